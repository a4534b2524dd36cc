"""One command takes a hundred rollouts to another version while the worker is killed twice: each once."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.client import Client

from domain.names import technology_id
from domain.technology import PublishPlaybook
from runtime.stack import Stack
from tests.console.story import plan, step
from tests.endtoend.crowd import DOES, FIRST, STEERS, Crowd, a_crowd, holder
from tests.endtoend.test_disturbances import check_sound

pytestmark = pytest.mark.asyncio(loop_scope="session")

BOARDS = 100
KILLED_AT = (10, 45)
"""How many boards have gone on when the worker is killed."""

SECOND = FIRST.model_copy(
    update={
        "version": 2,
        "implementation": plan(
            "implementation", step("name-a-lead", DOES), step("train", DOES), step("rehearse", DOES)
        ),
    }
)


PUBLISHED = "SELECT playbook FROM catalogue.technologies WHERE slug = $1"
ADOPTED = "SELECT count(*) FROM ledger.events WHERE type = 'edition-adopted' AND stream = ANY ($1::text[])"


@pytest_asyncio.fixture(loop_scope="session")
async def crowd(stack: Stack, client: Client) -> AsyncIterator[Crowd]:
    """Bring a hundred boards into replication."""
    async with a_crowd(stack, client, "migrated", BOARDS) as found:
        yield found


async def adopted(crowd: Crowd) -> int:
    """How many adoptions the ledger holds."""
    found: int = await crowd.connection.fetchval(ADOPTED, crowd.streams)
    return found


async def test_a_hundred_boards_go_on_by_one_command_while_the_worker_is_killed_twice(crowd: Crowd) -> None:
    """Every board has one adoption in the ledger and keeps what it had done; asked again, nothing is done."""
    slug, streams = crowd.life.slug, crowd.streams
    code, _, err = await crowd.run("catalogue", "load")
    assert code == 0, err
    closed = (
        "SELECT id, closed FROM catalogue.tasks WHERE stream = ANY ($1) AND status = 'completed' ORDER BY id"
    )
    done = await crowd.connection.fetch(closed, streams)
    command = PublishPlaybook(actor=holder(STEERS), playbook=SECOND)
    await crowd.tell(technology_id(slug), "publish_playbook", command)
    await crowd.until(PUBLISHED, slug, answer=SECOND.version.__eq__)
    migrate = ("playbook", "migrate", slug, "--reason", "It saves a week", "--as", STEERS, "-o", "json")
    migrating = asyncio.create_task(crowd.run(*migrate))
    for number in KILLED_AT:
        await crowd.until(ADOPTED, streams, answer=number.__le__)
        assert await adopted(crowd) < BOARDS, "the worker is killed while boards are still to go on"
        await crowd.stack.kill_worker()
        await crowd.stack.start_worker()
    code, out, err = await migrating
    assert code == 0, (err, [it for it in json.loads(out) if it["why"]])
    assert Counter(it["ending"] for it in json.loads(out)) == {"adopted": BOARDS}
    events = "SELECT stream FROM ledger.events WHERE type = 'edition-adopted' AND stream = ANY ($1::text[])"
    adoptions = Counter(row["stream"] for row in await crowd.connection.fetch(events, streams))
    assert adoptions == dict.fromkeys(streams, 1)
    versions = await crowd.connection.fetch(
        "SELECT playbook, offered FROM catalogue.rollouts WHERE stream = ANY ($1)", streams
    )
    assert {tuple(row) for row in versions} == {(2, None)}
    assert await crowd.connection.fetch(closed, streams) == done, "what was done stays done"
    code, out, err = await crowd.run(*migrate)
    assert code == 0, err
    assert Counter(it["ending"] for it in json.loads(out)) == {"was already": BOARDS}
    assert await adopted(crowd) == BOARDS
    await check_sound(crowd.stack)
