"""What many people do at the same moment is done once or refused in a sentence, and nobody waits for ever."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.event import Command
from domain.record import Receipt
from domain.steps import CompleteStep, ReopenStep
from runtime.client import connect
from runtime.stack import Stack
from tests.domain.examples import PROPOSAL, make_plan, make_step
from tests.endtoend.conftest import keyring_of
from tests.endtoend.eager_worker import eager_worker
from tests.endtoend.national_life import EVERYBODY, PATIENCE, Cue, NationalLife, a_life, decide
from workflows.shell import JUST_BEGINNING

pytestmark = pytest.mark.asyncio(loop_scope="session")

CROWD = 30
RUNS_TO_CROSS = 3
UNPROCESSED = "UnprocessedUpdate"
STEPS = tuple(f"step-{number}" for number in range(CROWD))
CROWDED = PROPOSAL.model_copy(
    update={
        "assessment": make_plan("assessment", *map(make_step, STEPS)),
        "workstreams": {"adoption": make_plan("adoption", *map(make_step, STEPS))},
    }
)


@pytest_asyncio.fixture(loop_scope="session")
async def crowd(stack: Stack) -> tuple[Client, ...]:
    """Return many clients, each with a connection of its own."""
    keyring = keyring_of(stack)
    return tuple(await asyncio.gather(*(connect(stack.settings, keyring=keyring) for _ in range(CROWD))))


@pytest_asyncio.fixture(loop_scope="session")
async def renewed(stack: Stack, stack_home: Path, client: Client) -> AsyncIterator[NationalLife]:
    """Return a life whose every stage many can work on at once, and whose runs end at every chance."""
    async with (
        eager_worker(stack.settings, stack_home / "logs" / "eager.log") as queue,
        a_life(stack, client, "crowded", queue) as life,
    ):
        await life.begin(CROWDED)
        yield life


def complete(plan: str, step: str) -> CompleteStep:
    """Complete a step that asks for nothing."""
    return CompleteStep(actor=EVERYBODY, plan=plan, step=step)


def reopen(plan: str, step: str) -> ReopenStep:
    """Reopen a step."""
    return ReopenStep(actor=EVERYBODY, plan=plan, step=step, reason="One group was missed.")


def application_error(refused: WorkflowUpdateFailedError) -> ApplicationError:
    """What a refusal says."""
    assert isinstance(refused.cause, ApplicationError)
    return refused.cause


def says_so_already(sentence: str) -> bool:
    """Whether somebody is told that it already is as they wanted.

    A server that has ten updates of a run in flight turns others away, and carries some of these out all the
    same; the client sends them again, perhaps to the next run, which does not know them.
    """
    return "was already completed on" in sentence or "only a completed or skipped step can be" in sentence


async def answer(client: Client, stream: str, update: str, command: Command) -> Receipt | str:
    """The receipt of an update, or the sentence that refuses it; no answer in time fails the test.

    The server drops a refusal that comes with the end of a run and says that nobody processed the update;
    whoever hears that asks again.
    """
    handle = client.get_workflow_handle(stream)
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                receipt: Receipt = await handle.execute_update(update, command, result_type=Receipt)
            except WorkflowUpdateFailedError as refused:
                cause = application_error(refused)
                if cause.type not in {UNPROCESSED, JUST_BEGINNING}:
                    return cause.message
            else:
                return receipt


async def all_answers(
    crowd: Sequence[Client], stream: str, update: str, commands: Sequence[Command]
) -> list[Receipt | str]:
    """Everybody sends a command of their own at once."""
    return await asyncio.gather(
        *(answer(client, stream, update, command) for client, command in zip(crowd, commands, strict=True))
    )


def carried_out(life: NationalLife, kind: str) -> Counter[str]:
    """How often each step of the technology's own plan has such an event in the ledger."""
    return Counter(event.data["step"] for event in life.ledger.events(life.technology) if event.type == kind)


async def recorded(life: NationalLife, receipts: Sequence[Receipt]) -> None:
    """Wait until the ledger holds what was acknowledged."""
    last = max(receipt.sequence for receipt in receipts)
    await life.ledger.until(lambda ledger: len(ledger.events(life.technology)) >= last, PATIENCE)


async def test_sign_offs_that_race_a_new_run_are_each_carried_out_once(
    crowd: tuple[Client, ...], renewed: NationalLife
) -> None:
    """Thirty people sign off, reopen and sign off again while run after run ends: each time once."""
    stream = renewed.technology
    completions = [complete("assessment", step) for step in STEPS]
    reopenings = [reopen("assessment", step) for step in STEPS]

    async def again(one: Client, reopening: ReopenStep, completion: CompleteStep) -> list[Receipt | str]:
        return [
            await answer(one, stream, "reopen_step", reopening),
            await answer(one, stream, "complete_step", completion),
        ]

    answers = await all_answers(crowd, stream, "complete_step", completions)
    rounds = 0
    async with asyncio.timeout(PATIENCE):
        while not rounds or await renewed.runs(stream) < RUNS_TO_CROSS:
            rounds += 1
            for both in await asyncio.gather(*map(again, crowd, reopenings, completions)):
                answers += both
    receipts = [given for given in answers if isinstance(given, Receipt)]
    await recorded(renewed, receipts)
    assert len({receipt.sequence for receipt in receipts}) == len(receipts)
    assert [given for given in answers if isinstance(given, str) and not says_so_already(given)] == []
    assert carried_out(renewed, "step-completed") == dict.fromkeys(STEPS, rounds + 1)
    assert carried_out(renewed, "step-reopened") == dict.fromkeys(STEPS, rounds)


async def test_what_races_the_end_of_a_stage_is_carried_out_or_refused_in_a_sentence(
    crowd: tuple[Client, ...], client: Client, renewed: NationalLife
) -> None:
    """Thirty people reopen their steps and do them again while somebody tries to decide the stage's gate."""
    stream = renewed.technology
    await all_answers(crowd, stream, "complete_step", [complete("assessment", step) for step in STEPS])
    late = f"{stream} works on no plan in stage test-and-learn: no step is open."

    async def think_twice(one: Client, step: str) -> bool:
        reopened = await answer(one, stream, "reopen_step", reopen("assessment", step))
        if reopened == late:
            return False
        assert isinstance(reopened, Receipt) or says_so_already(reopened), reopened
        again = await answer(one, stream, "complete_step", complete("assessment", step))
        assert isinstance(again, Receipt) or says_so_already(again), again
        return True

    async def insist() -> bool:
        while isinstance(decided := await answer(client, stream, *decide("begin")), str):
            assert decided.startswith(f'Gate "begin" of {stream} is not open: in stage ')
            if "in stage test-and-learn" in decided:
                break
        return True

    everybody = [think_twice(one, step) for one, step in zip(crowd, STEPS, strict=True)]
    async with asyncio.timeout(PATIENCE):
        _, *thought = await asyncio.gather(insist(), *everybody)
    await renewed.ledger.until(Cue(stream, "stage-entered", stage="test-and-learn").given, PATIENCE)
    assert carried_out(renewed, "step-reopened").total() == sum(thought)
    assert carried_out(renewed, "step-completed").total() == CROWD + sum(thought)
    async with asyncio.timeout(PATIENCE):
        while await renewed.runs(stream) == 1:  # the next run begins once what ended this one is recorded
            pass


async def test_of_two_people_who_complete_the_same_step_at_once_one_is_refused(
    stack: Stack, client: Client
) -> None:
    """One event; the other reads who was quicker."""
    async with a_life(stack, client, "same-step") as life:
        await life.begin()
        people = [EVERYBODY.model_copy(update={"name": name}) for name in ("First", "Second")]
        describe = complete("assessment", "describe")
        answers = await asyncio.gather(
            *(
                answer(
                    client, life.technology, "complete_step", describe.model_copy(update={"actor": person})
                )
                for person in people
            )
        )
        receipts = [given for given in answers if isinstance(given, Receipt)]
        sentences = [given for given in answers if isinstance(given, str)]
        assert (len(receipts), len(sentences)) == (1, 1)
        await recorded(life, receipts)
        events = life.ledger.events(life.technology)
        (quicker,) = [event.actor for event in events if event.type == "step-completed"]
        assert sentences[0].startswith('"Describe" was already completed on ')
        assert sentences[0].endswith(f" by {quicker}: reopen it if it has to be done again.")
