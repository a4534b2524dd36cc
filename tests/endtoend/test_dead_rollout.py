"""On the real server: a rollout is terminated while it holds the only slot, and the next one gets it."""

from datetime import timedelta

import pytest
from temporalio.client import Client

from catalogue.database import connect
from catalogue.offices import show_office
from domain.capacity import Serving
from domain.event import Command
from runtime.stack import Stack
from tests.domain.examples import charter_of
from tests.endtoend.ledger_view import unsound_streams
from tests.endtoend.national_life import ASSESSMENT, PATIENCE, PILOTS, PROOF, STANDARDISATION, Cue, a_life

pytestmark = pytest.mark.asyncio(loop_scope="session")

ONE_SLOT = charter_of(1).model_copy(update={"serving": Serving(patience=3, look_every=timedelta(seconds=2))})


async def test_the_slot_of_a_terminated_rollout_is_freed_and_the_ledger_says_why(
    stack: Stack, client: Client
) -> None:
    """Whatever becomes of a workflow: nobody has to tell the office, and nobody waits for ever."""
    async with a_life(stack, client, "terminated") as life:
        await life.begin(charter=ONE_SLOT)
        numbers = iter(range(100))

        async def play(stream: str, cue: Cue, acts: tuple[tuple[str, Command], ...]) -> None:
            await life.ledger.until(cue.given, PATIENCE)
            for update, command in acts:
                await life.tell(stream, update, command, f"act/{next(numbers)}")

        await play(life.technology, Cue(life.technology, "technology-proposed"), ASSESSMENT)
        for board in PILOTS:
            await play(life.rollout(board), Cue(life.rollout(board), "step-opened"), PROOF)
        await play(life.technology, Cue(life.technology, "gate-opened", times=2), STANDARDISATION)
        await life.ledger.until(Cue(life.programme, "slot-claimed", times=2).given, PATIENCE)
        await life.ledger.until(Cue(life.programme, "slot-awarded").given, PATIENCE)
        first = next(it for it in life.ledger.events(life.programme) if it.type == "slot-awarded")
        holder, other = str(first.data["name"]), {life.rollout(board) for board in PILOTS}
        (waiting,) = other - {holder}

        await client.get_workflow_handle(holder).terminate("A hand slipped.")
        await life.ledger.until(Cue(waiting, "slot-granted").given, PATIENCE)
        await life.ledger.until(Cue(life.programme, "slot-awarded", times=2).given, PATIENCE)
        reclaimed = [it for it in life.ledger.events(life.programme) if it.type == "slot-reclaimed"]
        assert [it.data["because"] for it in reclaimed] == ["its workflow no longer runs (terminated)"]
        assert holder.endswith(f"/{reclaimed[0].data['board']}")

        database = await connect(stack.settings.database_url)
        try:
            shown = await show_office(database, life.slug)
            assert shown is not None
            assert [slot.name for slot in shown.slots] == [waiting]
            assert await unsound_streams(database) == []
        finally:
            await database.close()
