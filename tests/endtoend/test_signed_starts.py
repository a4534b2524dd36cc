"""On the real server, with a real worker: no life begins for whoever does not prove who they are."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import (
    Client,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowHistoryEventFilterType,
    WorkflowUpdateFailedError,
)
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from catalogue import database
from domain.actor import Actor
from domain.names import technology_id
from domain.proof import START, Deed
from domain.proposal import Proposal
from domain.record import Receipt
from domain.steps import CompleteStep
from domain.technology import Propose
from identity import jws
from identity.decision import TYP, digest, sign_deed
from runtime.client import connect
from runtime.stack import Stack
from tests.domain.examples import OFFICE, PROPOSAL
from tests.endtoend.carrying import Carrying, keys_of
from tests.endtoend.national_life import AILSA, EVERYBODY, PATIENCE, Cue, a_life
from workflows import proof
from workflows.lives import TechnologyLife
from workflows.shell import JUST_BEGINNING, TASK_TIMEOUT

pytestmark = pytest.mark.asyncio(loop_scope="session")


def begin(slug: str, actor: Actor = OFFICE, **more: Any) -> TechnologyLife:
    """What a technology begins with."""
    proposal: Proposal = PROPOSAL.model_copy(update={"technology": slug, "programme": slug})
    return TechnologyLife(start=Propose(actor=actor, proposal=proposal), **more)


async def start(
    stack: Stack, life: TechnologyLife, signature: str, **options: Any
) -> WorkflowHandle[Any, Any]:
    """Start a technology with that signature."""
    assert life.start
    bare = await connect(stack.settings, interceptors=[Carrying(signature)])
    return await bare.start_workflow(
        "TechnologyLifecycle",
        life,
        id=technology_id(life.start.proposal.technology),
        task_queue=stack.settings.task_queue,
        task_timeout=TASK_TIMEOUT,
        **options,
    )


def sign_start(
    stack: Stack, life: TechnologyLife, at: datetime | None = None, key: Actor | None = None
) -> str:
    """The signature of a start."""
    assert life.start
    deed = Deed(
        workflow=technology_id(life.start.proposal.technology),
        update=START,
        id="TechnologyLifecycle",
        arguments=proof.as_json((life,)),
        actor=life.start.actor,
    )
    return sign_deed(deed, keys_of(stack, key or life.start.actor), at or datetime.now(UTC))


async def recorded_of(stack: Stack, client: Client, slug: str) -> int:
    """How many events the ledger has of a life, once the worker has had the time to write some."""
    async with a_life(stack, client, "afterwards") as other:  # what is written later is written after it
        await other.begin()
        await other.ledger.until(Cue(other.technology, "technology-proposed").given, PATIENCE)
        connection = await database.connect(stack.settings.database_url)
        try:
            where = "SELECT count(*) FROM ledger.events WHERE stream = $1"
            return int(await connection.fetchval(where, technology_id(slug)))
        finally:
            await connection.close()


@pytest.mark.parametrize("name", ["unsigned", "expired", "another-arguments", "another-key", "role"])
async def test_a_start_that_does_not_prove_whose_it_is_ends_at_once(
    stack: Stack, client: Client, name: str
) -> None:
    """In one sentence, with nothing recorded; and whoever may can start it afterwards."""
    slug = f"start-{name}"
    life = begin(slug)
    signature, code = {
        "unsigned": ("", "unsigned"),
        "expired": (sign_start(stack, life, datetime.now(UTC) - timedelta(minutes=2)), "expired"),
        "another-arguments": (sign_start(stack, begin(slug, EVERYBODY), key=OFFICE), "key-unknown"),
        "another-key": (sign_start(stack, life, key=EVERYBODY), "key-unknown"),
        "role": (
            sign_start(stack, begin(slug, AILSA.model_copy(update={"roles": ("npt",)}))),
            "role-not-held",
        ),
    }[name]
    if name == "role":
        life = begin(slug, AILSA.model_copy(update={"roles": ("npt",)}))
    handle = await start(stack, life, signature)
    with pytest.raises(WorkflowFailureError) as failure:
        await handle.result()
    cause = failure.value.cause
    assert isinstance(cause, ApplicationError)
    assert cause.type == code
    assert cause.non_retryable
    assert cause.message.endswith(".")
    assert await recorded_of(stack, client, slug) == 0
    again = begin(slug)
    await start(stack, again, sign_start(stack, again))
    async with a_life(stack, client, "began") as other:
        other.slug = slug
        await other.tell(technology_id(slug), "complete_step", _describe(), "describe/1")
        assert len(other.receipts) == 1


def _describe() -> CompleteStep:
    return CompleteStep(actor=EVERYBODY, plan="assessment", step="describe")


async def test_a_command_that_comes_before_its_life_was_verified_is_refused(
    stack: Stack, client: Client
) -> None:
    """However it is signed itself: nothing is accepted by a life that nobody may have begun."""
    slug = "start-too-early"
    await start(stack, begin(slug), "")
    handle = client.get_workflow_handle(technology_id(slug))
    with pytest.raises((WorkflowUpdateFailedError, RPCError)) as failure:
        await handle.execute_update("complete_step", _describe(), result_type=Receipt)
    if isinstance(failure.value, WorkflowUpdateFailedError):
        assert getattr(failure.value.cause, "type", "") in {JUST_BEGINNING, "unsigned", "UnprocessedUpdate"}
    assert await recorded_of(stack, client, slug) == 0


async def test_a_life_cannot_be_begun_in_the_middle(stack: Stack, client: Client) -> None:
    """Not even by somebody who may propose one: a state, a record or answers of one's own are refused."""
    forgeries: tuple[dict[str, Any], ...] = (
        {"recorded": 5},
        {"receipts": {"x": 1}},
        {"waiting": ({"kind": "stopped"},)},
    )
    for number, more in enumerate(forgeries):
        forged = begin(f"forged-{number}", **more)
        handle = await start(stack, forged, sign_start(stack, forged))
        with pytest.raises(WorkflowFailureError) as failure:
            await handle.result()
        assert getattr(failure.value.cause, "type", "") == "not-a-beginning"
        assert await recorded_of(stack, client, f"forged-{number}") == 0


async def test_a_life_is_not_begun_to_be_repeated(stack: Stack, client: Client) -> None:
    """A retry would go on from the run before with what a client has put there."""
    repeated = begin("repeated")
    retry = RetryPolicy(maximum_attempts=3)
    handle = await start(stack, repeated, sign_start(stack, repeated), retry_policy=retry)
    with pytest.raises(WorkflowFailureError) as failure:
        await handle.result()
    assert getattr(failure.value.cause, "type", "") == "not-a-beginning"
    assert await recorded_of(stack, client, "repeated") == 0


async def test_a_schedule_does_not_carry_an_unverified_life_on(stack: Stack, client: Client) -> None:
    """Its later runs go on from an earlier one, and are verified all the same."""
    slug = "scheduled"
    started = await start(stack, begin(slug, recorded=3), "", cron_schedule="@every 1s")
    handle = client.get_workflow_handle(started.id)
    try:
        for _ in range(2):
            run = client.get_workflow_handle(handle.id, run_id=(await handle.describe()).run_id)
            closing = run.fetch_history_events(
                wait_new_event=True, event_filter_type=WorkflowHistoryEventFilterType.CLOSE_EVENT
            )
            # A schedule makes of a failed run one that is continued.
            ended = await asyncio.wait_for(anext(closing), PATIENCE)
            continued = ended.workflow_execution_continued_as_new_event_attributes
            assert continued.failure.application_failure_info.type == "not-a-beginning"
    finally:
        await handle.terminate()
    assert await recorded_of(stack, client, slug) == 0


async def test_the_digest_is_the_same_on_both_sides_of_the_wire(stack: Stack, client: Client) -> None:
    """A whole proposal, with its durations and its dates, is read back as it was signed."""
    async with a_life(stack, client, "digest") as lived:
        await lived.begin()
        await lived.ledger.until(Cue(lived.technology, "technology-proposed").given, PATIENCE)
        event = lived.ledger.events(lived.technology)[0]
        said = jws.take_apart(event.data["proof"], TYP)
        assert said
        programme = PROPOSAL.model_copy(update={"technology": lived.slug, "programme": lived.slug})
        life = TechnologyLife(start=Propose(actor=OFFICE, proposal=programme))
        assert said.claims["arg"] == digest(proof.as_json((life,)))
