"""People around a gate, and the worlds in which they wait for a decision."""

from datetime import timedelta
from typing import Any

from domain.evidence import AddEvidence, SignCheck, Verdict, WithdrawEvidence
from domain.gate import Seat, Terms, Waiving
from domain.gate_commands import AnswerObjection, AskWaiver, DecideGate, GrantWaiver, ObjectToGate
from domain.plan import Plan
from domain.refusal import Refusal
from domain.technology import Stage
from tests.domain.examples import (
    ASSESSMENT,
    NATIONAL_TEAM,
    TECHNOLOGY,
    ask_of,
    bring,
    lead_of,
    make_gate,
    propose,
    someone,
)
from tests.domain.world import Answer, World, found_programme, reach

CHAIR = someone("Chair", "npt")
CLINICIAN = someone("Clinician", "clinician")
CHIEF = someone("Chief", "chief")
ASSURER = someone("Assurer", "assurer")
BYSTANDER = someone("Bystander", "visitor")

PANEL: dict[str, Any] = {
    "seats": (Seat(role="npt", required=True), Seat(role="clinician"), Seat(role="assurer")),
    "quorum": 2,
}
"""Three seats of which one has to be filled, and two have to agree."""

WAIVING = Waiving(approvers=("chief",), at_once=1, longest=timedelta(days=90))
CASE = ask_of("case", title="Case for change")
CASE_REF = "ccbt/case/1"


def at_begin(criteria: tuple[object, ...] = (CASE,), *, plan: Plan = ASSESSMENT, **gate: object) -> World:
    """A world whose assessment is done, so that its first gate, with these rules, waits for a decision."""
    begin = make_gate("begin", "npt", criteria, **gate)  # type: ignore[arg-type]
    world = found_programme(propose(gates={"begin": begin}, assessment=plan))
    world.finish_plan(TECHNOLOGY)
    return world


def decide(world: World, actor: object = CHAIR, outcome: str = "go", **more: object) -> Answer:
    """Somebody says what should be decided, at the first gate unless told otherwise."""
    stream = str(more.pop("stream", TECHNOLOGY))
    given = {"actor": actor, "gate": "begin", "outcome": outcome, "reason": "as agreed"}
    return world.do(stream, DecideGate.model_validate(given | more))


def agree(answer: Answer) -> Answer:
    """The answer, which is no refusal."""
    assert not isinstance(answer, Refusal), answer.message
    return answer


def withdraw(world: World, ref: str, stream: str = TECHNOLOGY, **more: object) -> Answer:
    """Somebody says that a finding does not hold, and everybody hears of it."""
    given = {"actor": NATIONAL_TEAM, "ref": ref, "reason": "miscounted"}
    answer = world.do(stream, WithdrawEvidence.model_validate(given | more))
    world.settle()
    return answer


def add(world: World, name: str, supersedes: str | None = None, **more: object) -> Answer:
    """Somebody brings a finding, nationally unless told otherwise, and everybody hears of it."""
    stream, actor = str(more.pop("stream", TECHNOLOGY)), more.pop("actor", NATIONAL_TEAM)
    given = {"actor": actor, "evidence": bring(name, **more), "supersedes": supersedes}
    answer = world.do(stream, AddEvidence.model_validate(given))
    world.settle()
    return answer


def sign(world: World, check: str = "safety", verdict: Verdict = Verdict.ACCEPTED, **more: object) -> Answer:
    """Somebody signs a check, nationally unless told otherwise, and everybody hears of it."""
    stream = str(more.pop("stream", TECHNOLOGY))
    given = {
        "actor": CLINICIAN,
        "check": check,
        "verdict": verdict,
        "statement": "The hazards are controlled.",
        "source": "Hazard log",
        "dated": world.now.date(),
    }
    answer = world.do(stream, SignCheck.model_validate(given | more))
    world.settle()
    return answer


def oppose(world: World, actor: object = BYSTANDER, gate: str = "begin", stream: str = TECHNOLOGY) -> Answer:
    """Somebody objects to passing a gate."""
    given = {"actor": actor, "gate": gate, "reason": "no user was asked"}
    return world.do(stream, ObjectToGate.model_validate(given))


def answer(world: World, actor: object = CHAIR, objection: int = 1, gate: str = "begin") -> Answer:
    """Somebody answers an objection at a national gate."""
    given = {"actor": actor, "gate": gate, "objection": objection, "reason": "users were asked in May"}
    return world.do(TECHNOLOGY, AnswerObjection.model_validate(given))


def ask_to_waive(
    world: World, days: int = 30, actor: object = CHAIR, criterion: str = "case", gate: str = "begin"
) -> Answer:
    """Somebody asks that a criterion of a national gate be waived for so many days."""
    until = world.now + timedelta(days=days)
    given = {"actor": actor, "gate": gate, "criterion": criterion, "until": until, "reason": "it is late"}
    return world.do(TECHNOLOGY, AskWaiver.model_validate(given))


def grant(world: World, waiver: int = 1, actor: object = CHIEF, gate: str = "begin") -> Answer:
    """Somebody grants a waiver at a national gate."""
    given = {"actor": actor, "gate": gate, "waiver": waiver, "reason": "for the winter"}
    return world.do(TECHNOLOGY, GrantWaiver.model_validate(given))


def on_terms(world: World, days: int = 10, text: str = "Ask ten users") -> tuple[Terms, ...]:
    """The terms of a conditional go."""
    return (Terms(text=text, owner="team", due=world.now + timedelta(days=days)),)


def reviews(world: World, stream: str = TECHNOLOGY) -> list[str]:
    """The gates of a stream that have to be decided again."""
    return list(world.journey(stream).docket.reviews)


def because(world: World, gate: str = "begin", stream: str = TECHNOLOGY) -> str:
    """Why a gate has to be decided again."""
    return world.journey(stream).docket.reviews[gate].because or ""


def passed(world: World, gate: str = "begin", stream: str = TECHNOLOGY) -> bool:
    """Whether a gate was passed."""
    return any(decision.gate == gate for decision in world.journey(stream).docket.passed)


def nationally_grounded() -> World:
    """A world in which the pilots are released, and every board goes live on the nation's case for change."""
    go_live = make_gate("go-live", "lead", (ask_of("national-case", evidence="case", source="national"),))
    begin = make_gate("begin", "npt", (CASE,))
    return reach(
        Stage.SCALE,
        found_programme(propose(gates={"begin": begin, "go_live": go_live}, assessment=ASSESSMENT)),
    )


def go_live(world: World, stream: str) -> None:
    """A board replicates, and goes live if it may."""
    world.settle()
    world.finish_plan(stream)
    board = stream.rsplit("/", 1)[1]
    decide(world, lead_of(board), stream=stream, gate="go-live")
    world.settle()
