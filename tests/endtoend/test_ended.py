"""What somebody is told who speaks to a workflow that is over, or that never was.

Neither reaches the rules: the server itself answers, with the status ``NOT_FOUND``. Whoever shows such an
answer to a person has to put it into words.
"""

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.steering import Stop
from domain.steps import CompleteStep
from runtime.stack import Stack
from tests.endtoend.national_life import EVERYBODY, PATIENCE, Cue, a_life

pytestmark = pytest.mark.asyncio(loop_scope="session")

DESCRIBE = CompleteStep(actor=EVERYBODY, plan="assessment", step="describe")


async def test_a_stopped_technology_answers_that_it_is_completed(stack: Stack, client: Client) -> None:
    """What was done stays on record, and nothing more can be done."""
    async with a_life(stack, client, "stopped") as life:
        await life.begin()
        stop = Stop(actor=EVERYBODY, reason="The supplier withdrew.")
        await life.tell(life.technology, "stop", stop, "stop")
        handle = client.get_workflow_handle(life.technology)
        assert await handle.result() == "Stopped: The supplier withdrew."
        await life.ledger.until(Cue(life.technology, "stopped").given, PATIENCE)

        with pytest.raises(RPCError) as told:
            await handle.execute_update("complete_step", DESCRIBE)
    assert told.value.status is RPCStatusCode.NOT_FOUND
    assert told.value.message == "workflow execution already completed"


async def test_a_technology_that_never_was_is_not_found(client: Client) -> None:
    """The server names the id that it does not know."""
    with pytest.raises(RPCError) as told:
        await client.get_workflow_handle("technology/nobody-proposed").execute_update(
            "complete_step", DESCRIBE
        )
    assert told.value.status is RPCStatusCode.NOT_FOUND
    assert told.value.message == "workflow not found for ID: technology/nobody-proposed"
