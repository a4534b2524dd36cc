"""What the durable shells promise about halts: every life freezes, once, and only the gate lets it go on."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from domain.evidence import AddEvidence
from domain.halt import HaltTechnology
from domain.steering import Pause, Resume
from domain.steps import CompleteStep
from tests.domain.examples import ADOPTION, FIFE, OFFICE, TAYSIDE, TECHNOLOGY
from tests.workflows.life import bring, decide, reach, reach_test_and_learn
from tests.workflows.office import CLINICIAN, EVERYBODY, LEAD, Office

HALT = HaltTechnology(
    actor=LEAD,
    concern="A wrong score is shown",
    owner="clinician",
    reason="Two people were told that they are well.",
)
LIVES = (TECHNOLOGY, FIFE, TAYSIDE, ADOPTION)
SET_UP = CompleteStep(actor=EVERYBODY, plan="proof", step="set-up")


async def frozen(at_work: Office, number: int = 1) -> None:
    """Wait until every life has heard of a halt."""
    for stream in LIVES:
        await reach(at_work, stream, "halted", number)


async def lift(at_work: Office, number: int = 1) -> None:
    """Bring the review of a halt, and have both who decide let the line move."""
    evidence = AddEvidence(actor=EVERYBODY, evidence=bring(f"safety-review-{number}"))
    await at_work.tell(TECHNOLOGY, "add_evidence", evidence)
    for by in (CLINICIAN, OFFICE):
        await at_work.tell(TECHNOLOGY, "decide_gate", decide(f"lift-halt-{number}", by=by))


async def refusal_of(at_work: Office, stream: str, update: str, command: object) -> str:
    """The code with which something is refused."""
    with pytest.raises(WorkflowUpdateFailedError) as refusal:
        await at_work.tell(stream, update, command)  # type: ignore[arg-type]
    assert isinstance(refusal.value.cause, ApplicationError)
    return str(refusal.value.cause.type)


async def test_a_halt_freezes_every_life_once_and_its_release_lets_each_go_on(at_work: Office) -> None:
    """Raised by somebody of one board; told to all; refused to nobody's surprise; released by two."""
    await reach_test_and_learn(at_work)
    await at_work.tell(TECHNOLOGY, "halt_technology", HALT)
    await frozen(at_work)
    for stream in (FIFE, TAYSIDE):
        assert await refusal_of(at_work, stream, "complete_step", SET_UP) == "halted"
    assert "A wrong score is shown" in await at_work.details(TECHNOLOGY)
    assert "halt 1" in await at_work.details(FIFE)
    assert LEAD.name not in await at_work.details(FIFE), "roles and boards, never names"
    await lift(at_work)
    for stream in LIVES:
        await reach(at_work, stream, "halt-released")
        assert at_work.ledger.kinds(stream).count("halted") == 1
        assert at_work.ledger.kinds(stream).count("halt-released") == 1
    await at_work.tell(FIFE, "complete_step", SET_UP)


async def test_the_same_halt_sent_twice_is_one_and_another_has_its_own_number(at_work: Office) -> None:
    """A command that is repeated under its id changes nothing; each halt needs its own release."""
    await reach_test_and_learn(at_work)
    receipts = await asyncio.gather(
        *(at_work.tell(TECHNOLOGY, "halt_technology", HALT, "halt/the-same") for _ in range(2))
    )
    assert receipts[0] == receipts[1]
    await at_work.tell(TECHNOLOGY, "halt_technology", HALT.model_copy(update={"concern": "No alarm"}))
    await frozen(at_work, 2)
    assert at_work.ledger.kinds(TECHNOLOGY).count("halted") == 2
    await lift(at_work)
    await reach(at_work, FIFE, "halt-released")
    assert await refusal_of(at_work, FIFE, "complete_step", SET_UP) == "halted"
    await lift(at_work, 2)
    await reach(at_work, FIFE, "halt-released", 2)
    await at_work.tell(FIFE, "complete_step", SET_UP)


async def test_one_decides_nothing_and_a_pause_that_ends_does_not_end_a_halt(at_work: Office) -> None:
    """Neither who raised it nor who steers lets the line move; only its gate does."""
    await reach_test_and_learn(at_work)
    await at_work.tell(TECHNOLOGY, "pause", Pause(actor=OFFICE, reason="Winter."))
    await at_work.tell(TECHNOLOGY, "halt_technology", HALT)
    await frozen(at_work)
    await at_work.tell(TECHNOLOGY, "resume", Resume(actor=OFFICE, reason="Spring."))
    await reach(at_work, FIFE, "resumed")
    assert await refusal_of(at_work, FIFE, "complete_step", SET_UP) == "halted"
    alone = decide("lift-halt-1", by=CLINICIAN)
    assert await refusal_of(at_work, TECHNOLOGY, "decide_gate", alone) == "criteria-unmet"
    review = AddEvidence(actor=EVERYBODY, evidence=bring("safety-review-1"))
    await at_work.tell(TECHNOLOGY, "add_evidence", review)
    await at_work.tell(TECHNOLOGY, "decide_gate", alone)
    assert "halt-released" not in at_work.ledger.kinds(TECHNOLOGY)


async def test_time_stands_still_in_a_halt_and_its_release_does_not(
    clockwork: WorkflowEnvironment, at_work: Office
) -> None:
    """Weeks later no step is late, but the release has escalated."""
    await reach_test_and_learn(at_work)
    await at_work.tell(TECHNOLOGY, "halt_technology", HALT)
    await frozen(at_work)
    await clockwork.sleep(timedelta(days=60))
    await reach(at_work, TECHNOLOGY, "gate-escalated")
    assert "step-overdue" not in [kind for stream in LIVES for kind in at_work.ledger.kinds(stream)]
