"""Whatever is taken away in the middle of a national life, the ledger tells the same story in the end."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from catalogue.connection import Connection
from catalogue.database import connect
from catalogue.rebuild import rebuild
from runtime.stack import Stack
from tests.endtoend.eager_worker import eager_worker
from tests.endtoend.ledger_view import Account, account, dump_projections, unsound_streams
from tests.endtoend.national_life import PATIENCE, PILOTS, Cue, NationalLife, a_life

pytestmark = pytest.mark.asyncio(loop_scope="session")

BOARDS_OF_A_LIFE = 5
SIGN_OFFS_WITHOUT_DATABASE = 6
ATTEMPTS = 20
"""How often the tables are compared while other lives still go on."""


@dataclass(frozen=True)
class Reference:
    """A life that nothing disturbed: its account, and how many events and sign-offs it has."""

    account: Account
    events: int
    sign_offs: int


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def reference(stack: Stack, client: Client) -> Reference:
    """Live a life that nothing disturbs."""
    async with a_life(stack, client, "undisturbed") as life:
        await life.live()
        assert life.refused == []
        return Reference(account(life.ledger, life.slug), life.ledger.count(), len(life.receipts))


def check_same_story(life: NationalLife, reference: Reference) -> None:
    """The life's events are the reference's, and everything that was acknowledged is among them, once."""
    lived = account(life.ledger, life.slug)
    for stream, told in reference.account.streams.items():
        assert lived.streams[stream] == told, stream
    assert lived == reference.account
    answers = [(receipt.stream, receipt.sequence) for receipt in life.receipts]
    assert len(set(answers)) == len(answers), "no two sign-offs were answered with the same event"
    assert len(answers) + len(life.refused) == reference.sign_offs
    for stream, sequence in answers:
        assert 0 < sequence <= len(life.ledger.events(stream)), f"{stream} lacks event {sequence}"


async def check_sound(stack: Stack) -> None:
    """Every stream is numbered without a gap, and the tables are what the events say."""
    database = await connect(stack.settings.database_url)
    try:
        assert await unsound_streams(database) == []
        for _ in range(ATTEMPTS):
            events, before = await count_events(database), await dump_projections(database)
            assert await rebuild(stack.settings.database_url) > 0
            after = await dump_projections(database)
            if await count_events(database) == events:
                break
        else:
            raise AssertionError("the ledger grew in every attempt")
        assert after == before
    finally:
        await database.close()


async def count_events(database: Connection) -> int:
    """How many events there are; where other lives went on meanwhile, tables that differ tell nothing."""
    count: int = await database.fetchval("SELECT count(*) FROM ledger.events")
    return count


async def reached(life: NationalLife, reference: Reference, *shares: float) -> AsyncIterator[float]:
    """Each share in turn, when the ledger holds that much of the story."""
    for share in shares:
        at = int(reference.events * share)
        await life.ledger.until(lambda ledger, at=at: ledger.count() >= at, PATIENCE)  # type: ignore[misc]
        yield share


async def test_two_undisturbed_lives_leave_the_same_story(
    stack: Stack, client: Client, reference: Reference
) -> None:
    """Otherwise the comparisons of this module would compare noise."""
    assert set(reference.account.reports) == {"adoption", "borders", "fife", "lothian", "orkney", "tayside"}
    assert len(reference.account.streams) == 2 + BOARDS_OF_A_LIFE
    async with a_life(stack, client, "again") as life:
        await life.live()
        check_same_story(life, reference)
    await check_sound(stack)


async def test_a_worker_that_is_killed_again_and_again_changes_nothing(
    stack: Stack, client: Client, reference: Reference
) -> None:
    """Four SIGKILLs from the assessment to the last handovers, each at the same event of the story."""
    async with a_life(stack, client, "killed") as life:
        living = asyncio.create_task(life.live())
        async for _ in reached(life, reference, 0.1, 0.35, 0.6, 0.85):
            await stack.kill_worker()
            await stack.start_worker()
        await living
        check_same_story(life, reference)
    await check_sound(stack)


async def test_sign_offs_go_on_while_the_database_is_away(
    stack: Stack, client: Client, reference: Reference
) -> None:
    """People are answered by the engine alone; when the database is back, the ledger catches up in order."""
    async with a_life(stack, client, "without-database") as life:
        living = asyncio.create_task(life.live())
        granted = [Cue(life.rollout(board), "slot-granted") for board in PILOTS]
        await life.ledger.until(lambda ledger: all(cue.given(ledger) for cue in granted), PATIENCE)
        life.at_work.clear()
        await stack.stop_database()
        before = len(life.receipts)
        life.at_work.set()
        await life.answered(before + SIGN_OFFS_WITHOUT_DATABASE)
        await stack.start_database()
        await living
        check_same_story(life, reference)
        assert life.refused == []
    await check_sound(stack)


async def test_a_server_that_is_killed_goes_on_from_its_file(
    stack: Stack, client: Client, reference: Reference
) -> None:
    """Two SIGKILLs: what was acknowledged is known to the server that comes back on the same data."""
    async with a_life(stack, client, "without-server") as life:
        living = asyncio.create_task(life.live())
        async for _ in reached(life, reference, 0.3, 0.7):
            await stack.kill_server()
            await stack.start_server()
        await living
        check_same_story(life, reference)
    await check_sound(stack)


async def test_continuing_as_new_at_every_chance_changes_nothing(
    stack: Stack, stack_home: Path, client: Client, reference: Reference
) -> None:
    """At every stage's end and every thirty events of history; the story is the same."""
    async with (
        eager_worker(stack.settings, stack_home / "logs" / "eager.log") as queue,
        a_life(stack, client, "renewed", queue) as life,
    ):
        await life.live()
        check_same_story(life, reference)
        # How many runs it takes depends on how much is recorded at once.
        assert await life.runs(life.technology) > 3
        assert await life.runs(life.rollout("fife")) > 1
        assert await life.runs(life.programme) > 1
    await check_sound(stack)
