"""What the durable shells promise about decisions: that their grounds are watched, and that all are told."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from domain.evidence import AddEvidence, WithdrawEvidence
from domain.gate import Seat, Terms, Waiving
from domain.gate_commands import AskWaiver, GrantWaiver
from domain.proposal import Proposal
from tests.domain.examples import FIFE, OFFICE, PROPOSAL, TAYSIDE, TECHNOLOGY
from tests.workflows.life import (
    DESCRIBE,
    PROCURE,
    bring,
    decide,
    go_live,
    pilot,
    reach,
    reach_test_and_learn,
    scale,
)
from tests.workflows.office import CLINICIAN, DECIDER, DIRECTOR, EVERYBODY, LEAD, Office

OUTCOME = "ccbt/tayside/outcomes/1"


def with_begin(**changes: object) -> Proposal:
    """The proposal with another gate at its beginning."""
    begin = PROPOSAL.gates.begin.model_copy(update=changes)
    return PROPOSAL.model_copy(
        update={"gates": PROPOSAL.gates.model_copy(update={"begin": type(begin).model_validate(dict(begin))})}
    )


async def test_a_withdrawn_finding_reopens_the_decision_and_holds_up_live_boards(at_work: Office) -> None:
    """One board withdraws what the scale decision rested on: every board hears of it, the live ones too."""
    await reach_test_and_learn(at_work)
    await scale(at_work)
    await go_live(at_work, FIFE)
    withdrawal = WithdrawEvidence(actor=EVERYBODY, ref=OUTCOME, reason="Two clinics were counted twice.")
    await at_work.tell(TAYSIDE, "withdraw_evidence", withdrawal)
    await reach(at_work, TECHNOLOGY, "gate-reopened")
    reopened = [event for event in at_work.ledger.streams[TECHNOLOGY] if event["kind"] == "gate-reopened"]
    assert [event["gate"]["id"] for event in reopened] == ["scale"], "what did not rely on it stays decided"
    assert OUTCOME in reopened[0]["because"]
    await at_work.ledger.until(
        lambda ledger: all(ledger.streams[board][-1].get("rag") == "At Risk" for board in (FIFE, TAYSIDE))
    )
    assert "No gate may be passed" in await at_work.details(FIFE)
    assert "Two clinics were counted twice." in await at_work.details(TECHNOLOGY)
    await at_work.tell(TAYSIDE, "add_evidence", AddEvidence(actor=EVERYBODY, evidence=bring("outcomes")))
    await at_work.ledger.until(
        lambda ledger: (
            [it["ref"] for it in ledger.streams[TECHNOLOGY][-1].get("report", {}).get("evidence", [])]
            == [OUTCOME, "ccbt/tayside/outcomes/2"]
        )
    )
    await at_work.tell(TECHNOLOGY, "decide_gate", decide("scale"))
    await at_work.ledger.until(
        lambda ledger: all(ledger.streams[board][-1].get("rag") == "On Track" for board in (FIFE, TAYSIDE))
    )


async def test_two_people_who_vote_at_the_same_instant_decide_once(at_work: Office) -> None:
    """A quorum of two is reached by whichever arrives second, and only by it."""
    seats = (Seat(role="npt", required=True), Seat(role="clinician", required=True))
    await at_work.open()
    await at_work.propose(with_begin(seats=seats, quorum=2))
    await at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE)
    await at_work.tell(TECHNOLOGY, "complete_step", PROCURE)
    await asyncio.gather(
        at_work.tell(TECHNOLOGY, "decide_gate", decide("begin")),
        at_work.tell(TECHNOLOGY, "decide_gate", decide("begin", by=CLINICIAN)),
    )
    kinds = at_work.ledger.kinds(TECHNOLOGY)
    await at_work.ledger.until(lambda ledger: "gate-decided" in ledger.kinds(TECHNOLOGY))
    kinds = at_work.ledger.kinds(TECHNOLOGY)
    assert (kinds.count("vote-cast"), kinds.count("gate-decided")) == (1, 1)
    decided = next(it for it in at_work.ledger.streams[TECHNOLOGY] if it["kind"] == "gate-decided")
    assert {vote["name"] for vote in decided["votes"]} == {"Decider", "Clinician"}


async def test_nobody_decides_alone_on_what_they_brought_about(at_work: Office) -> None:
    """Whoever closed the last step is told so by the engine, and so is whoever proposed it."""
    await at_work.propose()
    await at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE)
    await at_work.tell(TECHNOLOGY, "complete_step", PROCURE)
    for actor in (EVERYBODY, OFFICE):
        with pytest.raises(WorkflowUpdateFailedError) as refusal:
            await at_work.tell(TECHNOLOGY, "decide_gate", decide("begin", by=actor))
        assert isinstance(refusal.value.cause, ApplicationError)
        assert refusal.value.cause.type == "own-request"
    assert "gate-decided" not in at_work.ledger.kinds(TECHNOLOGY)


async def test_a_condition_that_is_not_met_in_time_reopens_the_gate(
    clockwork: WorkflowEnvironment, at_work: Office
) -> None:
    """Nobody has to ask: the workflow wakes on the day."""
    await at_work.propose()
    await at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE)
    await at_work.tell(TECHNOLOGY, "complete_step", PROCURE)
    due = datetime.now(UTC) + timedelta(days=30)
    terms = Terms(text="Sign the contract", owner="clinician", due=due)
    await at_work.tell(TECHNOLOGY, "decide_gate", decide("begin", terms=[terms]))
    await clockwork.sleep(timedelta(days=31))
    await reach(at_work, TECHNOLOGY, "gate-reopened")
    reopened = at_work.ledger.streams[TECHNOLOGY][-2]
    assert reopened["because"].startswith("condition 1 was not met by ")


async def test_a_waiver_that_expires_reopens_the_gate(
    clockwork: WorkflowEnvironment, at_work: Office
) -> None:
    """What was let through for a time has to be there when the time is over."""
    waiving = Waiving(approvers=("npt",), longest=timedelta(days=60))
    gates = PROPOSAL.gates
    waivable = gates.go_live.model_copy(update={"waiving": waiving})
    proposal = PROPOSAL.model_copy(update={"gates": gates.model_copy(update={"go_live": waivable})})
    await reach_test_and_learn(at_work, proposal)
    await scale(at_work)
    await go_live(at_work, FIFE)
    until = datetime.now(UTC) + timedelta(days=40)
    trained = "ccbt/fife/trained/1"
    gone = WithdrawEvidence(actor=EVERYBODY, ref=trained, reason="The list was of another board.")
    await at_work.tell(FIFE, "withdraw_evidence", gone)
    await reach(at_work, FIFE, "gate-reopened")
    wish = AskWaiver(actor=LEAD, gate="go-live", criterion="trained", reason="A day is booked.", until=until)
    await at_work.tell(FIFE, "ask_waiver", wish)
    grant = GrantWaiver(actor=OFFICE, gate="go-live", waiver=1, reason="Until that day.")
    await at_work.tell(FIFE, "grant_waiver", grant)
    await at_work.tell(FIFE, "decide_gate", decide("go-live"))
    await clockwork.sleep(timedelta(days=41))
    await reach(at_work, FIFE, "gate-reopened", 2)
    again = [event for event in at_work.ledger.streams[FIFE] if event["kind"] == "gate-reopened"][-1]
    assert again["because"].startswith("the waiver of Staff trained expired on ")


async def test_a_gate_that_waits_too_long_escalates(clockwork: WorkflowEnvironment, at_work: Office) -> None:
    """Then those above may decide it alone."""
    await at_work.open()
    await at_work.propose(with_begin(time_limit=timedelta(days=14), escalates_to=("director",)))
    await at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE)
    await at_work.tell(TECHNOLOGY, "complete_step", PROCURE)
    with pytest.raises(WorkflowUpdateFailedError):
        await at_work.tell(TECHNOLOGY, "decide_gate", decide("begin", by=DIRECTOR))
    await clockwork.sleep(timedelta(days=15))
    await reach(at_work, TECHNOLOGY, "gate-escalated")
    await at_work.tell(TECHNOLOGY, "decide_gate", decide("begin", by=DIRECTOR))
    await reach(at_work, TECHNOLOGY, "gate-decided")


async def test_a_pilots_later_finding_counts_at_the_scale_decision(at_work: Office) -> None:
    """What is added after the proof of concept reaches the technology by the post."""
    await reach_test_and_learn(at_work)
    for stream in (FIFE, TAYSIDE):
        await pilot(at_work, stream)
    await reach(at_work, TECHNOLOGY, "gate-opened", 2)
    gone = WithdrawEvidence(actor=EVERYBODY, ref=OUTCOME, reason="Two clinics were counted twice.")
    await at_work.tell(TAYSIDE, "withdraw_evidence", gone)
    await reach(at_work, TECHNOLOGY, "rollout-reported", 5)
    with pytest.raises(WorkflowUpdateFailedError) as refusal:
        await at_work.tell(TECHNOLOGY, "decide_gate", decide("scale", by=DECIDER))
    assert "Two clinics were counted twice" in str(refusal.value.cause)
