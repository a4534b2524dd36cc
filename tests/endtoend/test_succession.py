"""One technology takes another's place on the real services, and the ledger says that nobody went without."""

import asyncio
from datetime import datetime

import pytest
from temporalio.client import Client

from catalogue.connection import Connection
from catalogue.database import connect
from domain.rollout_briefs import RolloutStage
from domain.succession import ReplaceTechnology
from runtime.stack import Stack
from tests.domain.examples import PROPOSAL
from tests.endtoend.national_life import BOARDS, EVERYBODY, PATIENCE, PILOTS, Cue, NationalLife, a_life
from tests.endtoend.test_disturbances import check_sound

pytestmark = pytest.mark.asyncio(loop_scope="session")

KILLED_AFTER = (12, 45)
"""Sign-offs of the successor's people after which the worker is killed."""

_SERVED = """
SELECT split_part(stream, '/', 3) AS board,
       min(time) FILTER (WHERE type = 'stage-entered' AND data ->> 'stage' = 'handover') AS live,
       min(time) FILTER (WHERE type = 'stage-entered' AND data ->> 'stage' = 'business-as-usual') AS usual,
       min(time) FILTER (WHERE type = 'stopped') AS ended
FROM ledger.events WHERE stream LIKE 'rollout/' || $1 || '/%' GROUP BY board ORDER BY board
"""


async def served(connection: Connection, technology: str) -> dict[str, dict[str, datetime | None]]:
    """Of each board: when it went live, came to business as usual, and ended."""
    return {row["board"]: dict(row) for row in await connection.fetch(_SERVED, technology)}


async def test_no_board_is_without_service_while_one_technology_takes_anothers_place(
    stack: Stack, client: Client
) -> None:
    """The worker is killed twice on the way; each rollout ends once, and after its successor has come."""
    async with a_life(stack, client, "replaced") as old, a_life(stack, client, "successor") as new:
        await old.live()
        replace = ReplaceTechnology(actor=EVERYBODY, by=new.slug, reason="The contract ends.")
        await old.tell(old.technology, "replace_technology", replace, "replace")
        succeeding = PROPOSAL.model_copy(update={"replaces": old.slug})
        await asyncio.gather(new.live(succeeding), kill_along_the_way(stack, new))
        await old.ledger.until(Cue(old.technology, "stopped").given, PATIENCE)
        await new.ledger.until(Cue(new.technology, "place-left").given, PATIENCE)
        everywhere = sorted((*PILOTS, *BOARDS))
        for board in everywhere:
            usual = Cue(new.rollout(board), "stage-entered", stage=RolloutStage.BUSINESS_AS_USUAL)
            await new.ledger.until(usual.given, PATIENCE)
            await old.ledger.until(Cue(old.rollout(board), "stopped").given, PATIENCE)
        connection = await connect(stack.settings.database_url)
        try:
            before, after = await served(connection, old.slug), await served(connection, new.slug)
        finally:
            await connection.close()
        assert sorted(before) == sorted(after) == everywhere
        for board in everywhere:
            live, ended, follows = before[board]["live"], before[board]["ended"], after[board]["usual"]
            assert live is not None
            assert ended is not None
            assert follows is not None
            assert live < follows <= ended, f"{board} went without service"
            assert after[board]["ended"] is None
            ends = [event for event in old.ledger.events(old.rollout(board)) if event.type == "stopped"]
            assert len(ends) == 1
            assert RolloutStage.BUSINESS_AS_USUAL in {
                event.data.get("stage") for event in new.ledger.events(new.rollout(board))
            }
        assert [event.type for event in old.ledger.events(old.technology)].count("stopped") == 1
    await check_sound(stack)


async def kill_along_the_way(stack: Stack, life: NationalLife) -> None:
    """Kill the worker while the successor's people are at work."""
    for number in KILLED_AFTER:
        await life.answered(number)
        await stack.kill_worker()
        await stack.start_worker()
