"""The course of a small technology's life, as far as tests of the workflows need to take it."""

from datetime import date

from domain.actor import Actor
from domain.evidence import Evidence
from domain.gate_commands import DecideGate
from domain.proposal import Proposal
from domain.steps import CompleteStep
from domain.technology import PublishPlaybook
from tests.domain.examples import ADOPTION, FIFE, OFFICE, PLAYBOOK, PROPOSAL, TAYSIDE, TECHNOLOGY
from tests.workflows.office import DECIDER, EVERYBODY, Office

DESCRIBE = CompleteStep(actor=EVERYBODY, plan="assessment", step="describe")
PROCURE = CompleteStep(actor=EVERYBODY, plan="assessment", step="procure")


def bring(name: str, **more: object) -> Evidence:
    """A finding that is dated before any day on which the tests can run."""
    given: dict[str, object] = {
        "id": name,
        "statement": "8 of 10 completed",
        "source": "Evaluation",
        "dated": date(2026, 1, 1),
    }
    return Evidence.model_validate(given | more)


def decide(gate: str, outcome: str = "go", by: Actor = DECIDER, **more: object) -> DecideGate:
    """A decision at a gate, by somebody who did none of the work."""
    given: dict[str, object] = {
        "actor": by,
        "gate": gate,
        "outcome": outcome,
        "reason": "It was discussed.",
    }
    return DecideGate.model_validate(given | more)


async def reach_test_and_learn(at_work: Office, proposal: Proposal = PROPOSAL) -> None:
    """Take the technology through its assessment; the pilots and the workstream then exist."""
    await at_work.open()
    await at_work.propose(proposal)
    await at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE)
    await at_work.tell(TECHNOLOGY, "complete_step", PROCURE)
    await at_work.tell(TECHNOLOGY, "decide_gate", decide("begin"))
    await at_work.ledger.until(
        lambda ledger: all("step-opened" in ledger.kinds(stream) for stream in (FIFE, TAYSIDE, ADOPTION))
    )


async def pilot(at_work: Office, stream: str) -> None:
    """Do a pilot's whole proof of concept."""
    for step, evidence in (("set-up", ()), ("try", (bring("outcomes"),)), ("survey", ())):
        command = CompleteStep(actor=EVERYBODY, plan="proof", step=step, evidence=evidence)
        await at_work.tell(stream, "complete_step", command)


async def scale(at_work: Office) -> None:
    """From two fresh pilots to scaling."""
    await pilot(at_work, FIFE)
    await pilot(at_work, TAYSIDE)
    await at_work.ledger.until(lambda ledger: ledger.kinds(TECHNOLOGY).count("gate-opened") == 2)
    await at_work.tell(TECHNOLOGY, "decide_gate", decide("scale"))
    for step in ("write", "review"):
        command = CompleteStep(actor=EVERYBODY, plan="standardisation", step=step)
        await at_work.tell(TECHNOLOGY, "complete_step", command)
    await at_work.tell(TECHNOLOGY, "publish_playbook", PublishPlaybook(actor=OFFICE, playbook=PLAYBOOK))
    await at_work.tell(TECHNOLOGY, "decide_gate", decide("approve"))


async def reach(at_work: Office, stream: str, kind: str, times: int = 1) -> None:
    """Wait until the ledger has so many events of a kind in a stream."""
    await at_work.ledger.until(lambda ledger: ledger.kinds(stream).count(kind) >= times)


async def go_live(at_work: Office, stream: str) -> None:
    """From a slot to a live service at a board."""
    await reach(at_work, stream, "slot-granted")
    for step, evidence in (("prepare", ()), ("train", (bring("trained"),)), ("launch", ())):
        command = CompleteStep(actor=EVERYBODY, plan="replication", step=step, evidence=evidence)
        await at_work.tell(stream, "complete_step", command)
    await at_work.tell(stream, "decide_gate", decide("go-live"))
