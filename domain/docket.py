"""The docket of a life: gates that wait, what was said and decided at them, and what that depends on."""

from typing import Literal

from pydantic import Field

from domain.criterion import Judgement
from domain.event import Event
from domain.gate import (
    Condition,
    Decision,
    Effect,
    Gate,
    Note,
    Objection,
    OpenGate,
    Vote,
    Waiver,
)
from domain.value import Fact, Instant


class Docket(Fact):
    """All matters of decision of one life.

    Attributes:
        gate: The gate that it has come to and that waits for its decision.
        halts: The gates at which halts can be released, by their slugs.
        reviews: The gates that were passed and have to be decided again, by their slugs.
        decisions: What was decided, oldest first.
        objections: What was objected.
        waivers: What was to be waived.
        conditions: What gates were passed on.
    """

    gate: OpenGate | None = None
    halts: dict[str, OpenGate] = Field(default_factory=dict)
    reviews: dict[str, OpenGate] = Field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    objections: tuple[Objection, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def matter(self, gate: str) -> OpenGate | None:
        """The gate of that slug, if it waits for a decision: for its first one or for another."""
        if self.gate is not None and self.gate.gate.id == gate:
            return self.gate
        return self.halts.get(gate) or self.reviews.get(gate)

    @property
    def matters(self) -> tuple[OpenGate, ...]:
        """All gates that wait for a decision."""
        reviews = tuple(self.reviews[gate] for gate in sorted(self.reviews))
        return (*(() if self.gate is None else (self.gate,)), *self.releases, *reviews)

    @property
    def releases(self) -> tuple[OpenGate, ...]:
        """The gates at which halts can be released."""
        return tuple(self.halts[gate] for gate in sorted(self.halts))

    @property
    def passed(self) -> tuple[Decision, ...]:
        """The decisions on which the life has moved on: the last one at each gate, where it proceeds."""
        last = {decision.gate: decision for decision in self.decisions}
        return tuple(decision for decision in last.values() if decision.effect is Effect.PROCEED)

    def earlier_review(self, gate: str) -> OpenGate | None:
        """The first gate that was passed before this one and has to be decided again."""
        order = tuple(dict.fromkeys(decision.gate for decision in self.decisions))
        before = order[: order.index(gate)] if gate in self.reviews else order
        return next((self.reviews[it] for it in before if it in self.reviews), None)

    def open_objections(self, gate: str) -> tuple[Objection, ...]:
        """The objections at a gate that nobody has answered."""
        return tuple(it for it in self.objections if it.gate == gate and it.answered is None)

    def open_conditions(self, gate: str) -> tuple[Condition, ...]:
        """What a gate was passed on and is not met yet."""
        return tuple(it for it in self.conditions if it.gate == gate and it.met is None and not it.lapsed)

    def with_gate(self, gate: OpenGate) -> "Docket":
        """This docket with one of its waiting gates replaced."""
        if self.gate is not None and self.gate.gate.id == gate.gate.id:
            return self.model_copy(update={"gate": gate})
        if gate.gate.id in self.halts:
            return self.model_copy(update={"halts": {**self.halts, gate.gate.id: gate}})
        return self.model_copy(update={"reviews": {**self.reviews, gate.gate.id: gate}})


# --- events -------------------------------------------------------------------------------------------------


class GateOpened(Event):
    """A gate waits for its decision; ``due`` is when it escalates.

    One that can release a halt names it, and the role that owns it.
    """

    kind: Literal["gate-opened"] = "gate-opened"
    gate: Gate
    asked_by: tuple[str, ...] = ()
    due: Instant | None = None
    halt: int | None = None
    owned_by: str | None = None


class GateWithdrawn(Event):
    """A gate no longer waits, because what led up to it was reopened."""

    kind: Literal["gate-withdrawn"] = "gate-withdrawn"
    gate: str


class GateReopened(Event):
    """A gate that had been passed has to be decided again, because what it rested on has fallen."""

    kind: Literal["gate-reopened"] = "gate-reopened"
    gate: Gate
    because: str
    asked_by: tuple[str, ...] = ()
    due: Instant | None = None


class GateEscalated(Event):
    """A gate waited for too long: these roles may now decide it alone."""

    kind: Literal["gate-escalated"] = "gate-escalated"
    gate: str
    roles: tuple[str, ...]


class VoteCast(Event):
    """Somebody said what should be decided; others have to agree."""

    kind: Literal["vote-cast"] = "vote-cast"
    gate: str
    vote: Vote


class GateDecided(Event):
    """A decision was taken at a gate."""

    kind: Literal["gate-decided"] = "gate-decided"
    gate: str
    title: str
    outcome: str
    effect: Effect
    reason: str
    role: str
    cycle: int
    reopen: tuple[str, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    votes: tuple[Vote, ...] = ()
    waivers: tuple[int, ...] = ()
    conditions: tuple[Condition, ...] = ()


class ObjectionRaised(Event):
    """Somebody objected to passing a gate."""

    kind: Literal["objection-raised"] = "objection-raised"
    gate: str
    number: int
    role: str
    reason: str


class ObjectionAnswered(Event):
    """An objection was answered."""

    kind: Literal["objection-answered"] = "objection-answered"
    gate: str
    number: int
    role: str
    reason: str


class WaiverAsked(Event):
    """Somebody asked that a criterion be waived for a time."""

    kind: Literal["waiver-asked"] = "waiver-asked"
    gate: str
    number: int
    criterion: str
    until: Instant
    role: str
    reason: str


class WaiverGranted(Event):
    """A waiver was granted."""

    kind: Literal["waiver-granted"] = "waiver-granted"
    gate: str
    number: int
    role: str
    reason: str


class ConditionMet(Event):
    """What a gate was passed on is met."""

    kind: Literal["condition-met"] = "condition-met"
    gate: str
    number: int
    role: str
    reason: str


DocketEvent = (
    GateOpened
    | GateWithdrawn
    | GateReopened
    | GateEscalated
    | VoteCast
    | GateDecided
    | ObjectionRaised
    | ObjectionAnswered
    | WaiverAsked
    | WaiverGranted
    | ConditionMet
)


# --- applying what happened ---------------------------------------------------------------------------------


def evolve_docket(docket: Docket, event: DocketEvent) -> Docket:
    """Apply an event."""
    match event:
        case GateOpened():
            opened = OpenGate(
                gate=event.gate,
                since=event.at,
                asked_by=event.asked_by,
                due=event.due,
                owned_by=event.owned_by,
            )
            if event.halt is not None:
                return docket.model_copy(update={"halts": {**docket.halts, event.gate.id: opened}})
            return docket.model_copy(update={"gate": opened})
        case GateWithdrawn():
            return docket.model_copy(update={"gate": None})
        case GateReopened():
            review = OpenGate(
                gate=event.gate,
                since=event.at,
                asked_by=event.asked_by,
                due=event.due,
                because=event.because,
            )
            return docket.model_copy(update={"reviews": {**docket.reviews, event.gate.id: review}})
        case GateEscalated() | VoteCast():
            return _at_matter(docket, event)
        case GateDecided():
            return _decided(docket, event)
        case ObjectionRaised():
            objection = Objection(
                number=event.number, gate=event.gate, raised=_note(event), people=event.by.people
            )
            return docket.model_copy(update={"objections": (*docket.objections, objection)})
        case WaiverAsked():
            waiver = Waiver(
                number=event.number,
                gate=event.gate,
                criterion=event.criterion,
                until=event.until,
                asked=_note(event),
                people=event.by.people,
            )
            return docket.model_copy(update={"waivers": (*docket.waivers, waiver)})
        case ObjectionAnswered() | WaiverGranted() | ConditionMet():
            return _settle(docket, event)


def _at_matter(docket: Docket, event: GateEscalated | VoteCast) -> Docket:
    matter = docket.matter(event.gate)
    if matter is None:
        return docket
    if isinstance(event, GateEscalated):
        return docket.with_gate(matter.model_copy(update={"escalated": True}))
    votes = {**matter.votes, event.vote.role: event.vote}
    return docket.with_gate(matter.model_copy(update={"votes": votes}))


def _decided(docket: Docket, event: GateDecided) -> Docket:
    decision = Decision(
        gate=event.gate,
        title=event.title,
        outcome=event.outcome,
        effect=event.effect,
        reason=event.reason,
        at=event.at,
        name=event.by.name,
        role=event.role,
        cycle=event.cycle,
        judgements=event.judgements,
        votes=event.votes,
        waivers=event.waivers,
    )
    beside = event.gate in docket.reviews or event.gate in docket.halts
    # A new decision at a gate settles anew on what it depends.
    kept = tuple(
        it.model_copy(update={"lapsed": True}) if it.gate == event.gate and it.met is None else it
        for it in docket.conditions
    )
    return docket.model_copy(
        update={
            "gate": docket.gate if beside else None,
            "halts": {gate: it for gate, it in docket.halts.items() if gate != event.gate},
            "reviews": {gate: it for gate, it in docket.reviews.items() if gate != event.gate},
            "decisions": (*docket.decisions, decision),
            "conditions": (*kept, *event.conditions),
        }
    )


def _settle(docket: Docket, event: ObjectionAnswered | WaiverGranted | ConditionMet) -> Docket:
    note = _note(event)
    match event:
        case ObjectionAnswered():
            change: dict[str, object] = {
                "objections": tuple(
                    it.model_copy(update={"answered": note}) if it.number == event.number else it
                    for it in docket.objections
                )
            }
        case WaiverGranted():
            change = {
                "waivers": tuple(
                    it.model_copy(update={"granted": note}) if it.number == event.number else it
                    for it in docket.waivers
                )
            }
        case ConditionMet():
            change = {
                "conditions": tuple(
                    it.model_copy(update={"met": note}) if it.number == event.number else it
                    for it in docket.conditions
                )
            }
    return docket.model_copy(update=change)


def _note(event: ObjectionRaised | ObjectionAnswered | WaiverAsked | WaiverGranted | ConditionMet) -> Note:
    return Note(at=event.at, name=event.by.name, role=event.role, reason=event.reason)
