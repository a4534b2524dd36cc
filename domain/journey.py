"""What every life has in common: a stage with its plan, gates, pauses, an end, and how healthy it is.

Technologies, rollouts and workstreams are journeys. This module holds what they carry and what can happen to
them; ``domain.steering`` decides about it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, TypeVar

from pydantic import Field

from domain.actor import Actor
from domain.event import Event
from domain.gate import Decision, Effect, Gate
from domain.plan import Evidence, Plan
from domain.refusal import Refusal
from domain.value import Fact, Instant, Slug, Value
from domain.work import Work, WorkEvent, evolve_work, next_moment, open_steps, overdue_steps, risk_moment

Source = Literal["own", "technology"]
"""Whose pause it is: the journey's own, or that of the technology it belongs to."""


class Rag(StrEnum):
    """The delivery status, in the words of Scottish Government board reports."""

    ON_TRACK = "On Track"
    AT_RISK = "At Risk"
    OFF_TRACK = "Off Track"
    DELIVERED = "Delivered"


class Authority(Value):
    """The roles that may steer: pause, resume, stop, reorder, publish, set capacity and priority.

    Attributes:
        national: Roles that may steer anything.
        board: Roles that may pause, resume and stop the rollouts of the boards they cover.
    """

    national: tuple[Slug, ...] = Field(min_length=1)
    board: tuple[Slug, ...] = ()


class Pace(Value):
    """How time counts.

    Attributes:
        day: How long a day of a plan lasts; a rehearsal makes it shorter.
        at_risk_share: The share of a step's time after which it counts as at risk.
    """

    day: timedelta = Field(default=timedelta(days=1), gt=timedelta(0))
    at_risk_share: float = Field(default=0.8, gt=0, lt=1)


class Hold(Fact):
    """A pause or an end: since when, why and by whom."""

    at: Instant
    reason: str
    name: str
    role: str


class OpenGate(Fact):
    """A gate that waits for its decision."""

    gate: Gate
    since: Instant


class Wait(Fact):
    """One thing that a journey waits for.

    Attributes:
        on: Who or what has to act: a role's slug, or a word such as ``capacity``.
        what: What is waited for, in words.
        since: Since when.
        due: By when it is expected, where that is known.
        late: Whether that has been noticed to have passed.
    """

    on: str
    what: str
    since: Instant | None = None
    due: Instant | None = None
    late: bool = False


class Journey(Fact):
    """The state that every life carries.

    Attributes:
        authority: Who may steer it.
        pace: How time counts for it.
        stage: The stage it is in.
        since: When it entered that stage.
        cycle: The cycle of test and learn, from 1.
        work: The stage's plan being worked on, or the last one where the stage has none.
        gate: The gate that waits for its decision.
        decisions: What was decided, oldest first.
        pauses: The pauses in force, by whose they are.
        paused_since: When the first of them began.
        stopped: The end, where it was stopped.
        rag: The delivery status last noted.
    """

    authority: Authority
    pace: Pace
    stage: str
    since: Instant
    cycle: int = 1
    work: Work | None = None
    gate: OpenGate | None = None
    decisions: tuple[Decision, ...] = ()
    pauses: dict[Source, Hold] = Field(default_factory=dict)
    paused_since: Instant | None = None
    stopped: Hold | None = None
    rag: Rag = Rag.ON_TRACK

    @property
    def board(self) -> str | None:
        """The board whose work this is; ``None`` at the national level."""
        return None

    @property
    def stream(self) -> str:
        """The id of the workflow and of the ledger stream."""
        raise NotImplementedError

    @property
    def working(self) -> bool:
        """Whether the plan at hand may still be worked on in this stage."""
        return True

    @property
    def repeatable(self) -> Plan | None:
        """The plan whose steps an outcome that repeats reopens."""
        return None if self.work is None else self.work.plan

    @property
    def at_rest(self) -> bool:
        """Whether nothing moves by itself: paused or stopped."""
        return bool(self.pauses) or self.stopped is not None


# --- events -------------------------------------------------------------------------------------------------


class StageEntered(Event):
    """A new stage began; with a plan where the stage has one."""

    kind: Literal["stage-entered"] = "stage-entered"
    stage: str
    plan: Plan | None = None


class GateOpened(Event):
    """A gate waits for its decision."""

    kind: Literal["gate-opened"] = "gate-opened"
    gate: Gate


class GateWithdrawn(Event):
    """A gate no longer waits, because what led up to it was reopened."""

    kind: Literal["gate-withdrawn"] = "gate-withdrawn"
    gate: str


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
    seen: dict[str, tuple[Evidence, ...]] = Field(default_factory=dict)


class Paused(Event):
    """The journey was paused."""

    kind: Literal["paused"] = "paused"
    source: Source
    role: str
    reason: str


class Resumed(Event):
    """A pause ended."""

    kind: Literal["resumed"] = "resumed"
    source: Source
    role: str
    reason: str


class Stopped(Event):
    """The journey was ended for good."""

    kind: Literal["stopped"] = "stopped"
    role: str
    reason: str


class RagChanged(Event):
    """The delivery status changed."""

    kind: Literal["rag-changed"] = "rag-changed"
    rag: Rag


JourneyEvent = (
    WorkEvent
    | StageEntered
    | GateOpened
    | GateWithdrawn
    | GateDecided
    | Paused
    | Resumed
    | Stopped
    | RagChanged
)

J = TypeVar("J", bound=Journey)


def evolve_journey(state: J, event: JourneyEvent) -> J:
    """Apply an event that every journey knows."""
    match event:
        case StageEntered():
            change: dict[str, object] = {"stage": event.stage, "since": event.at}
            if event.plan is not None:
                change["work"] = Work(plan=event.plan)
        case GateOpened():
            change = {"gate": OpenGate(gate=event.gate, since=event.at)}
        case GateWithdrawn():
            change = {"gate": None}
        case GateDecided():
            change = {"gate": None, "decisions": (*state.decisions, _decision(event))}
        case Paused():
            hold = Hold(at=event.at, reason=event.reason, name=event.by.name, role=event.role)
            change = {
                "pauses": {**state.pauses, event.source: hold},
                "paused_since": state.paused_since or event.at,
            }
        case Resumed():
            left = {source: hold for source, hold in state.pauses.items() if source != event.source}
            change = {"pauses": left, "paused_since": state.paused_since if left else None}
        case Stopped():
            hold = Hold(at=event.at, reason=event.reason, name=event.by.name, role=event.role)
            change = {"stopped": hold, "gate": None}
        case RagChanged():
            change = {"rag": event.rag}
        case _:
            change = {"work": None if state.work is None else evolve_work(state.work, event)}
    return state.model_copy(update=change)


def _decision(event: GateDecided) -> Decision:
    return Decision(
        gate=event.gate,
        title=event.title,
        outcome=event.outcome,
        effect=event.effect,
        reason=event.reason,
        at=event.at,
        name=event.by.name,
        role=event.role,
        cycle=event.cycle,
        seen=event.seen,
    )


# --- questions ----------------------------------------------------------------------------------------------


def next_deadline(state: Journey, now: datetime) -> datetime | None:
    """When the journey must next wake to notice what is late or at risk; ``None`` while it is at rest."""
    if state.at_rest or state.work is None:
        return None
    return next_moment(state.work, state.pace.at_risk_share, now)


def next_due(state: Journey) -> datetime | None:
    """The earliest due date of an open step."""
    if state.work is None or state.stopped:
        return None
    dues = [state.work.record(step.id).due for step in open_steps(state.work)]
    return min((due for due in dues if due is not None), default=None)


def judge_rag(state: Journey, delivered: bool, now: datetime) -> Rag:
    """The delivery status: delivered, off track with a late step, at risk with a pause or little time left.

    Args:
        state: The journey.
        delivered: Whether it has reached what it was for.
        now: The moment of the question.
    """
    if state.stopped:
        return state.rag
    work = state.work
    if work is not None and overdue_steps(work):
        return Rag.OFF_TRACK
    if state.pauses:
        return Rag.AT_RISK
    if delivered:
        return Rag.DELIVERED
    if work is not None:
        moments = (risk_moment(work.record(step.id), state.pace.at_risk_share) for step in open_steps(work))
        if any(moment is not None and moment <= now for moment in moments):
            return Rag.AT_RISK
    return Rag.ON_TRACK


def common_waits(state: Journey) -> tuple[Wait, ...]:
    """What every journey can wait for: its end is final, a pause hides the rest, then steps and the gate."""
    if state.stopped:
        return ()
    if state.pauses:
        return tuple(
            Wait(
                on="resume",
                what=f"resumption ({'paused here' if source == 'own' else 'the technology is paused'}: "
                f"{hold.reason})",
                since=hold.at,
            )
            for source, hold in sorted(state.pauses.items())
        )
    steps: tuple[Wait, ...] = ()
    if state.work is not None:
        records = ((step, state.work.record(step.id)) for step in open_steps(state.work))
        steps = tuple(
            Wait(on=step.owner, what=step.title, since=record.opened, due=record.due, late=record.overdue)
            for step, record in records
        )
    if state.gate is None:
        return steps
    gate = state.gate.gate
    return (
        *steps,
        *(
            Wait(on=role, what=f"the decision at {gate.title}", since=state.gate.since)
            for role in gate.decides
        ),
    )


# --- what follows by itself ---------------------------------------------------------------------------------

S = TypeVar("S")
E = TypeVar("E", bound=Event)


def with_consequences(
    state: S | None,
    outcome: tuple[E, ...] | Refusal,
    evolve: Callable[[S | None, E], S],
    consequences: Callable[[S, Actor, datetime], tuple[E, ...]],
    by: Actor,
    now: datetime,
) -> tuple[E, ...] | Refusal:
    """The events and all that follows from them by itself, in order; a refusal is handed on as it is.

    ``consequences`` is asked again after each round until nothing follows any more, so it must answer
    nothing once what it wants is so. It is asked as well where there is no event: time may have passed.
    """
    if isinstance(outcome, Refusal):
        return outcome
    happened: list[E] = []
    following = outcome
    if not following and state is not None:
        following = consequences(state, by, now)
    while following:
        for event in following:
            state = evolve(state, event)
        happened += following
        if state is None:
            break
        following = consequences(state, by, now)
    return tuple(happened)
