"""Barriers and facilitators: what hinders or helps a life, what was tried about it, and how that ended.

Every life keeps those that were raised in it. They stay on record when they are closed, for the next board
learns from them (``domain.mitigation``).
"""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from domain.barrier_words import Nature, Outcome, Resolution, Severity
from domain.event import Command, Event
from domain.gate import Note
from domain.refusal import Refusal
from domain.value import Fact, Instant, Line, Slug, Value


class Escalation(Value):
    """When a barrier that is still open escalates, and to whom."""

    after: timedelta = Field(gt=timedelta(0))
    to: tuple[Slug, ...] = Field(min_length=1)


class BarrierPolicy(Value):
    """How barriers are handled in a life.

    Attributes:
        escalation: When barriers of each severity escalate; those of a severity that is not named never do.
    """

    escalation: dict[Severity, Escalation] = Field(default_factory=dict)


class Ground(Value):
    """Why something was expected to help, as far as was known when it was begun.

    Attributes:
        share: The share of experts who endorsed it for such a barrier, where that is published.
        source: Where that is published.
        tried: How often it had been tried against such barriers in this programme.
        worked: How often of these it had worked.
    """

    share: float | None = Field(default=None, ge=0, le=1)
    source: Line | None = None
    tried: int = Field(default=0, ge=0)
    worked: int = Field(default=0, ge=0)


class Attempt(Fact):
    """Something that is tried against a barrier.

    Attributes:
        number: From 1, within its barrier.
        strategy: What is done, as a slug under which boards compare what worked.
        what: What is done here.
        ground: Why it was expected to help.
        begun: Who began it and when.
        outcome: How it ended.
        ended: Who said so, when, and what was seen.
    """

    number: int
    strategy: str
    what: str
    ground: Ground
    begun: Note
    outcome: Outcome | None = None
    ended: Note | None = None


class Barrier(Fact):
    """Something that hinders or helps a life.

    Attributes:
        number: From 1, within its life.
        nature: Whether it hinders or helps.
        what: It, in a line.
        category: The construct, domain or other category that it belongs to.
        severity: How much it hinders; ``None`` for what helps.
        plan: The plan of the steps that it concerns, where it concerns steps.
        steps: These steps.
        owner: The role that sees to it.
        raised: Who raised it, when, and how it shows.
        evidence: The names of the evidence that shows it.
        due: When it escalates if it is still open.
        escalated: The roles to which it has escalated.
        attempts: What was tried.
        resolution: How it ended.
        closed: Who closed it, when and why.
    """

    number: int
    nature: Nature
    what: str
    category: str
    severity: Severity | None
    plan: str | None
    steps: tuple[str, ...]
    owner: str
    raised: Note
    evidence: tuple[str, ...] = ()
    due: Instant | None = None
    escalated: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    resolution: Resolution | None = None
    closed: Note | None = None

    @property
    def blocks(self) -> bool:
        """Whether its steps are held and no gate may be passed."""
        return self.closed is None and self.severity is Severity.BLOCKING

    def attempt(self, number: int) -> Attempt | None:
        """The attempt of that number."""
        return next((it for it in self.attempts if it.number == number), None)


Barriers = dict[int, Barrier]
"""The barriers of a life by their numbers, in the order in which they were raised."""


# --- commands -----------------------------------------------------------------------------------------------


class RaiseBarrier(Command):
    """Say what hinders or helps.

    Attributes:
        nature: Whether it hinders or helps.
        what: It, in a line.
        category: The category that it belongs to.
        severity: How much it hinders; none for what helps.
        steps: The steps of the plan at hand that it concerns; none where it concerns all of it.
        owner: The role that sees to it.
        evidence: The names of the evidence that shows it.
        reason: How it shows.
    """

    nature: Nature = Nature.BARRIER
    what: Line
    category: Slug
    severity: Severity | None = None
    steps: tuple[Slug, ...] = ()
    owner: Slug
    evidence: tuple[str, ...] = ()
    reason: str

    def misformed(self) -> Refusal | None:
        """Refuse a barrier of no severity, and a facilitator of one."""
        if (self.severity is None) == (self.nature is Nature.FACILITATOR):
            return None
        helps = "takes no severity: leave it out" if self.severity else "needs a severity: say how much"
        return Refusal(code="severity", message=f'The {self.nature} "{self.what}" {helps}.')


class BarrierCommand(Command):
    """A command about one barrier."""

    barrier: int


class ReassessBarrier(BarrierCommand):
    """Say that a barrier hinders more or less than was thought, or that somebody else sees to it.

    Attributes:
        severity: How much it hinders; as before unless given.
        owner: The role that sees to it; as before unless given.
        reason: Why.
    """

    severity: Severity | None = None
    owner: Slug | None = None
    reason: str


class MitigateBarrier(BarrierCommand):
    """Try something against a barrier.

    Attributes:
        strategy: What is done, as a slug.
        what: What is done here, in a line.
        ground: Why it is expected to help.
        reason: Why this is tried.
    """

    strategy: Slug
    what: Line
    ground: Ground = Ground()
    reason: str


class ConcludeMitigation(BarrierCommand):
    """Say how an attempt ended.

    Attributes:
        attempt: Its number.
        outcome: How it ended.
        reason: What was seen.
    """

    attempt: int
    outcome: Outcome
    reason: str


class CloseBarrier(BarrierCommand):
    """Say that a barrier no longer stands in the way, and how that came.

    Attributes:
        resolution: How it ended.
        reason: Why.
    """

    resolution: Resolution
    reason: str


# --- events -------------------------------------------------------------------------------------------------


class BarrierRaised(Event):
    """Something was found to hinder or to help; ``due`` is when it escalates."""

    kind: Literal["barrier-raised"] = "barrier-raised"
    number: int
    nature: Nature
    what: str
    category: str
    severity: Severity | None = None
    plan: str | None = None
    steps: tuple[str, ...] = ()
    owner: str
    evidence: tuple[str, ...] = ()
    due: Instant | None = None
    role: str
    reason: str


class BarrierReassessed(Event):
    """A barrier was found to hinder more or less, or somebody else sees to it."""

    kind: Literal["barrier-reassessed"] = "barrier-reassessed"
    number: int
    severity: Severity | None = None
    owner: str
    due: Instant | None = None
    escalated: tuple[str, ...] = ()
    role: str
    reason: str


class BarrierEscalated(Event):
    """A barrier was open for too long: these roles are called on."""

    kind: Literal["barrier-escalated"] = "barrier-escalated"
    number: int
    roles: tuple[str, ...]


class MitigationBegun(Event):
    """Something is tried against a barrier."""

    kind: Literal["mitigation-begun"] = "mitigation-begun"
    number: int
    attempt: int
    strategy: str
    what: str
    ground: Ground
    role: str
    reason: str


class MitigationConcluded(Event):
    """An attempt against a barrier ended."""

    kind: Literal["mitigation-concluded"] = "mitigation-concluded"
    number: int
    attempt: int
    outcome: Outcome
    role: str
    reason: str


class BarrierClosed(Event):
    """A barrier no longer stands in the way."""

    kind: Literal["barrier-closed"] = "barrier-closed"
    number: int
    resolution: Resolution
    role: str
    reason: str


BarrierEvent = (
    BarrierRaised
    | BarrierReassessed
    | BarrierEscalated
    | MitigationBegun
    | MitigationConcluded
    | BarrierClosed
)


def evolve_barriers(barriers: Barriers, event: BarrierEvent) -> Barriers:
    """Apply an event."""
    if isinstance(event, BarrierRaised):
        return {**barriers, event.number: _raised(event)}
    before = barriers[event.number]
    match event:
        case BarrierReassessed():
            change: dict[str, object] = {
                "severity": event.severity,
                "owner": event.owner,
                "due": event.due,
                "escalated": event.escalated,
            }
        case BarrierEscalated():
            change = {"escalated": event.roles}
        case MitigationBegun():
            begun = Attempt(
                number=event.attempt,
                strategy=event.strategy,
                what=event.what,
                ground=event.ground,
                begun=_note(event),
            )
            change = {"attempts": (*before.attempts, begun)}
        case MitigationConcluded():
            ended = {"outcome": event.outcome, "ended": _note(event)}
            attempts = (
                it.model_copy(update=ended) if it.number == event.attempt else it for it in before.attempts
            )
            change = {"attempts": tuple(attempts)}
        case BarrierClosed():
            change = {"resolution": event.resolution, "closed": _note(event)}
    return {**barriers, event.number: before.model_copy(update=change)}


def _raised(event: BarrierRaised) -> Barrier:
    return Barrier(
        number=event.number,
        nature=event.nature,
        what=event.what,
        category=event.category,
        severity=event.severity,
        plan=event.plan,
        steps=event.steps,
        owner=event.owner,
        raised=_note(event),
        evidence=event.evidence,
        due=event.due,
    )


def _note(event: BarrierRaised | MitigationBegun | MitigationConcluded | BarrierClosed) -> Note:
    return Note(at=event.at, name=event.by.name, role=event.role, reason=event.reason)


# --- questions ----------------------------------------------------------------------------------------------


def open_barriers(barriers: Barriers) -> tuple[Barrier, ...]:
    """What hinders and is not closed, in the order in which it was raised."""
    return tuple(it for it in barriers.values() if it.nature is Nature.BARRIER and it.closed is None)


def holding(barriers: Barriers, plan: str, step: str) -> Barrier | None:
    """The first barrier that holds a step of a plan, or ``None``."""
    return next((it for it in barriers.values() if it.blocks and it.plan == plan and step in it.steps), None)


def held_steps(barriers: Barriers, plan: str) -> tuple[str, ...]:
    """The steps of a plan that a barrier holds."""
    return tuple(
        dict.fromkeys(step for it in barriers.values() if it.blocks and it.plan == plan for step in it.steps)
    )
