"""What somebody does by the server's own interface, past every rule, shows against the ledger."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import asyncpg
import pytest
import pytest_asyncio
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import (
    DeleteWorkflowExecutionRequest,
    ResetWorkflowExecutionRequest,
)
from temporalio.client import Client

from catalogue.audit import verify
from catalogue.connection import Connection
from catalogue.database import connect
from console.comparison import SETTLED, compare
from domain.steering import Stop
from runtime.stack import Stack
from tests.endtoend.national_life import ASSESSMENT, EVERYBODY, PATIENCE, Cue, NationalLife, a_life
from workflows.lives import TechnologyLife

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOW = timedelta(0)
STOP = Stop(actor=EVERYBODY, reason="The supplier withdrew.")


@pytest_asyncio.fixture(loop_scope="session")
async def ledger(stack: Stack) -> AsyncIterator[Connection]:
    """Return a connection on which the ledger is read."""
    connection = await connect(stack.settings.database_url)
    try:
        yield connection
    finally:
        await connection.close()


@pytest_asyncio.fixture(loop_scope="session")
async def life(stack: Stack, client: Client) -> AsyncIterator[NationalLife]:
    """Return a technology that has come to its first decision, all of it recorded."""
    async with a_life(stack, client, "raw") as lived:
        await lived.begin()
        for number, (update, command) in enumerate(ASSESSMENT[:2]):
            await lived.tell(lived.technology, update, command, f"act/{number}")
        await lived.ledger.until(Cue(lived.technology, "gate-opened").given, PATIENCE)
        await until(lambda: under_way(client, lived.technology), 0)
        yield lived
        for name in (lived.technology, lived.programme):  # what was tampered with is not left to other tests
            await delete(client, name)


async def delete(client: Client, name: str) -> None:
    """Delete a workflow, as the server's interface lets anybody do."""
    await client.workflow_service.delete_workflow_execution(
        DeleteWorkflowExecutionRequest(
            namespace=client.namespace, workflow_execution=WorkflowExecution(workflow_id=name)
        )
    )


async def reset(client: Client, name: str, *, run: str = "", last: bool = False) -> None:
    """Set a workflow back to its first task, or to its last one, forgetting or not what came after."""
    handle = client.get_workflow_handle(name, run_id=run or None)
    history = await handle.fetch_history()
    tasks = [
        event.event_id
        for event in history.events
        if event.HasField("workflow_task_completed_event_attributes")
    ]
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=name, run_id=run),
            reason="Because it can be done.",
            workflow_task_finish_event_id=tasks[-1 if last else 0],
            request_id=str(uuid.uuid4()),
            reset_reapply_exclude_types=[] if last else [1, 2, 3],  # type: ignore[list-item]
        )
    )


async def under_way(client: Client, name: str) -> list[str]:
    """What the server waits for a worker to do."""
    described = (await client.get_workflow_handle(name).describe()).raw_description
    task = ["a task"] if described.HasField("pending_workflow_task") else []
    return task + [activity.activity_type.name for activity in described.pending_activities]


async def differences(
    client: Client,
    ledger: Connection,
    life: NationalLife,
    *,
    thorough: bool = False,
    settled: timedelta = SETTLED,
) -> list[str]:
    """Where the server and the ledger differ about a life."""
    found = await compare(client, ledger, thorough=thorough, settled=settled)
    return [sentence for sentence in found.differences if life.slug in sentence]


async def until(question: Callable[[], Awaitable[list[str]]], wanted: int) -> list[str]:
    """Ask until there are so many answers: what the server lists follows after a moment."""
    async with asyncio.timeout(PATIENCE):
        while len(found := await question()) != wanted:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.05)
    return found


async def test_a_life_that_nobody_touched_agrees(
    client: Client, ledger: Connection, life: NationalLife
) -> None:
    """Nothing is found, and something was looked at."""
    assert await differences(client, ledger, life) == []
    assert (await compare(client, ledger)).workflows >= 2


async def test_a_life_that_was_stopped_by_the_rules_agrees(
    client: Client, ledger: Connection, life: NationalLife
) -> None:
    """Its workflow completes, and the ledger knows that it came to its end."""
    await life.tell(life.technology, "stop", STOP, "stop")
    await client.get_workflow_handle(life.technology).result()
    assert await differences(client, ledger, life) == []


async def test_a_termination_is_found_and_can_be_undone_as_it_says(
    client: Client, ledger: Connection, life: NationalLife
) -> None:
    """The workflow goes on from its last task, in step with the ledger."""
    await client.get_workflow_handle(life.technology).terminate(reason="Because it can be done.")
    (found,) = await until(lambda: differences(client, ledger, life), 1)
    assert found.startswith(f"{life.technology} lives in the ledger and was terminated on the server: go on")
    assert f"reset --workflow-id {life.technology} --type LastWorkflowTask" in found

    await reset(client, life.technology, last=True)
    assert await until(lambda: differences(client, ledger, life), 0) == []
    await life.tell(life.technology, *ASSESSMENT[2], "act/later")
    await life.ledger.until(Cue(life.technology, "gate-decided").given, PATIENCE)
    assert await differences(client, ledger, life) == []


async def test_a_reset_that_forgot_what_was_decided_is_found_and_can_be_undone(
    client: Client, ledger: Connection, life: NationalLife
) -> None:
    """The workflow counts fewer events than the ledger; what it does from now on would be refused there."""
    whole = (await client.get_workflow_handle(life.technology).describe()).run_id or ""
    recorded = len(life.ledger.events(life.technology))
    await reset(client, life.technology)
    (found,) = await until(lambda: differences(client, ledger, life), 1)
    assert f"and the ledger at {recorded}: it was reset or started by hand" in found

    await reset(client, life.technology, run=whole, last=True)
    assert await until(lambda: differences(client, ledger, life), 0) == []


async def test_what_the_ledger_refuses_of_a_reset_life_is_found(
    client: Client, ledger: Connection, life: NationalLife
) -> None:
    """Once it has come as far again, by other decisions, its number no longer tells; the refusal does."""
    await reset(client, life.technology)
    for number, (update, command) in enumerate(ASSESSMENT):
        await life.tell(life.technology, update, command, f"again/{number}")

    async def refused() -> list[str]:
        return [
            sentence
            for sentence in await differences(client, ledger, life)
            if "cannot record what happens: Event" in sentence
        ]

    (found,) = await until(refused, 1)
    assert f"of {life.technology} was recorded as" in found


async def test_a_deletion_is_found(client: Client, ledger: Connection, life: NationalLife) -> None:
    """The ledger remembers what the server no longer knows."""
    recorded = len(life.ledger.events(life.technology))
    await delete(client, life.technology)
    (found,) = await until(lambda: differences(client, ledger, life), 1)
    assert found == (
        f"{life.technology} lives in the ledger, which has {recorded} events of it, and the server does not "
        "know it: it was deleted; bring it back from the server's backup."
    )
    await life.start("TechnologyLifecycle", TechnologyLife(), life.technology)  # for the fixture to delete


async def test_a_life_that_was_stopped_and_runs_again_is_found(
    client: Client, ledger: Connection, life: NationalLife
) -> None:
    """An end is an end."""
    await life.tell(life.technology, "stop", STOP, "stop")
    await client.get_workflow_handle(life.technology).result()
    await reset(client, life.technology)
    (found,) = await until(lambda: differences(client, ledger, life), 1)
    assert found.startswith(f"{life.technology} was stopped, says the ledger, and runs again")


FORGE = """
WITH moved AS (UPDATE ledger.streams SET head = head + 1 WHERE stream = $1 RETURNING *)
INSERT INTO ledger.events (stream, sequence, type, time, actor, roles, data)
SELECT stream, head, 'resumed', now(), 'Nobody', '{lead}', '{"reason": "Forged."}' FROM moved
"""
TAKE_BACK = """
WITH moved AS (UPDATE ledger.streams SET head = head - 1 WHERE stream = $1 RETURNING *)
DELETE FROM ledger.events AS event USING moved WHERE event.stream = moved.stream AND sequence > head
"""


async def test_an_event_that_was_added_past_the_workflow_is_found_by_asking_everyone(
    stack: Stack, client: Client, ledger: Connection, life: NationalLife
) -> None:
    """Whoever holds the application's login can chain a forged event in order; the workflow never knew it."""
    assert await differences(client, ledger, life, thorough=True) == []
    count = len(life.ledger.events(life.technology))
    await ledger.execute(FORGE, life.technology)
    try:
        assert (await verify(ledger)).findings == ()
        assert await differences(client, ledger, life) == []
        (found,) = await differences(client, ledger, life, thorough=True)
        assert found.startswith(f"{life.technology} knows of {count} events and the ledger holds {count + 1}")
    finally:
        owner = await asyncpg.connect(stack.settings.database_admin_url)
        await owner.execute(TAKE_BACK, life.technology)
        await owner.close()
    assert await differences(client, ledger, life, thorough=True) == []


async def test_a_foreign_start_is_found_once_it_is_old_enough(
    client: Client, ledger: Connection, life: NationalLife
) -> None:
    """A workflow that no worker carries out would otherwise stand in the lists like any other."""
    name = f"rollout/{life.slug}/nowhere"
    handle = await client.start_workflow("BoardRollout", id=name, task_queue="nobody-serves-it")
    try:
        (found,) = await until(lambda: differences(client, ledger, life, settled=NOW), 1)
        assert found.startswith(f"{name} runs and the ledger has no event of it")
        assert await differences(client, ledger, life) == []
    finally:
        await handle.terminate()
