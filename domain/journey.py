"""What every life has in common: a stage with its plan, evidence, gates, pauses, an end, and its health.

Technologies, rollouts and workstreams are journeys. This module holds what they carry and what can happen to
them; ``domain.steering`` decides about it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, TypeVar

from pydantic import Field

from domain.actor import Actor
from domain.check import CheckNeeded
from domain.docket import Docket, DocketEvent, evolve_docket
from domain.event import Event
from domain.evidence import (
    OWN,
    CheckSigned,
    Entry,
    EvidenceAdded,
    EvidenceEvent,
    EvidenceExpired,
    EvidenceWithdrawn,
    Held,
    Register,
    Withdrawal,
    enter,
    set_aside,
)
from domain.gate import Decision, Gate, OpenGate
from domain.plan import Plan
from domain.refusal import Refusal
from domain.steps import DAY, Drawn
from domain.value import Fact, Instant, Slug, Value
from domain.work import (
    StepCompleted,
    StepReopened,
    Work,
    WorkEvent,
    evolve_work,
)

Source = Literal["own", "technology"]
"""Whose pause it is: the journey's own, or that of the technology it belongs to."""


FIRST_VERSION = "1"
"""The version of a technology whose proposal names none."""


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


class Journey(Fact):
    """The state that every life carries.

    Attributes:
        authority: Who may steer it.
        pace: How time counts for it.
        stage: The stage it is in.
        since: When it entered that stage.
        cycle: The cycle of test and learn, from 1.
        work: The stage's plan being worked on, or the last one where the stage has none.
        on_record: The evidence on record.
        expired: The evidence that was noticed to have expired while something rests on it.
        docket: The gates that wait, and what was decided.
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
    on_record: Register = Field(default_factory=dict)
    expired: tuple[str, ...] = ()
    docket: Docket = Docket()
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
    def place(self) -> str:
        """Where its evidence belongs, as the names of evidence begin: ``ccbt-perinatal/fife``."""
        return self.stream.partition("/")[2]

    @property
    def working(self) -> bool:
        """Whether the plan at hand may still be worked on in this stage."""
        return True

    @property
    def repeatable(self) -> Plan | None:
        """The plan whose steps an outcome that repeats reopens."""
        return None if self.work is None else self.work.plan

    @property
    def gate(self) -> OpenGate | None:
        """The gate that it has come to and that waits for its decision."""
        return self.docket.gate

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What was decided, oldest first."""
        return self.docket.decisions

    @property
    def version(self) -> str:
        """The version of the technology that it is about."""
        return FIRST_VERSION

    @property
    def asked_by(self) -> tuple[str, ...]:
        """The people who asked for all of this; none of them decides alone about it."""
        return ()

    @property
    def checks(self) -> tuple[CheckNeeded, ...]:
        """The governance checks that are to be signed here."""
        return ()

    @property
    def held_up(self) -> str:
        """Why no gate may be passed here at present; empty where nothing stands in the way."""
        return ""

    @property
    def held(self) -> Held:
        """The evidence on which a gate's criteria are judged."""
        return {OWN: tuple(self.on_record.values())}

    @property
    def known_evidence(self) -> Register:
        """All evidence that a decision can have seen, whatever has become of it."""
        return self.on_record

    @property
    def drawn(self) -> Drawn:
        """The evidence of others that is there for the steps that draw on it."""
        return {}

    def gate_named(self, gate: str) -> Gate | None:
        """The gate of that slug, wherever in this life it stands."""
        raise NotImplementedError

    def asked_for(self) -> dict[str, str]:
        """The evidence that steps or criteria here ask for: each slug with its title."""
        return {} if self.work is None else asked_in(self.work.plan)

    def paced(self, time: timedelta) -> timedelta:
        """A time of plan days as it counts here."""
        return time * (self.pace.day / DAY)

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
    WorkEvent | EvidenceEvent | DocketEvent | StageEntered | Paused | Resumed | Stopped | RagChanged
)

J = TypeVar("J", bound=Journey)


def asked_in(plan: Plan) -> dict[str, str]:
    """The evidence that a plan's steps ask for: each slug with its title."""
    return {item.id: item.title for step in plan.steps for item in step.evidence}


def asked_at(gates: Iterable[Gate]) -> dict[str, str]:
    """The evidence of their own that gates ask for: each slug with the criterion's title."""
    return {it.evidence: it.title for gate in gates for it in gate.criteria if it.source == OWN}


def evolve_journey(state: J, event: JourneyEvent) -> J:
    """Apply an event that every journey knows."""
    if isinstance(event, EvidenceEvent):
        change = _evolve_register(state, event)
    elif isinstance(event, DocketEvent):
        change = {"docket": evolve_docket(state.docket, event)}
    elif isinstance(event, WorkEvent):
        change = _evolve_work(state, event)
    else:
        change = _evolve_course(state, event)
    return state.model_copy(update=change)


def _evolve_course(
    state: Journey, event: StageEntered | Paused | Resumed | Stopped | RagChanged
) -> dict[str, object]:
    match event:
        case StageEntered():
            entered: dict[str, object] = {"stage": event.stage, "since": event.at}
            return entered if event.plan is None else {**entered, "work": Work(plan=event.plan)}
        case Paused():
            pauses = {**state.pauses, event.source: _hold(event)}
            return {"pauses": pauses, "paused_since": state.paused_since or event.at}
        case Resumed():
            left = {source: hold for source, hold in state.pauses.items() if source != event.source}
            if left:
                return {"pauses": left}
            return {"pauses": left, "paused_since": None, "docket": _delay(state, event.at)}
        case Stopped():
            closed = state.docket.model_copy(update={"gate": None, "reviews": {}})
            return {"stopped": _hold(event), "docket": closed}
        case RagChanged():
            return {"rag": event.rag}


def _hold(event: Paused | Stopped) -> Hold:
    return Hold(at=event.at, reason=event.reason, name=event.by.name, role=event.role)


def _evolve_work(state: Journey, event: WorkEvent) -> dict[str, object]:
    change: dict[str, object] = {"work": None if state.work is None else evolve_work(state.work, event)}
    match event:
        case StepCompleted():
            return {**change, "on_record": _brought(state, event)}
        case StepReopened():
            return {**change, "on_record": set_aside(state.on_record, event.plan, event.step)}
        case _:
            return change


def _evolve_register(state: Journey, event: EvidenceEvent) -> dict[str, object]:
    match event:
        case EvidenceAdded() | CheckSigned():
            entry = Entry(
                ref=event.ref,
                evidence=event.evidence,
                at=event.at,
                name=event.by.name,
                role=event.role,
                version=event.version,
            )
            return {"on_record": enter(state.on_record, entry, event.supersedes)}
        case EvidenceWithdrawn():
            by = event.by
            withdrawal = Withdrawal(
                at=event.at, reason=event.reason, name=by.name, role=event.role, people=by.people
            )
            entry = state.on_record[event.ref].model_copy(update={"withdrawn": withdrawal})
            return {"on_record": {**state.on_record, event.ref: entry}}
        case EvidenceExpired():
            return {"expired": (*state.expired, event.ref)}


def _brought(state: Journey, event: StepCompleted) -> Register:
    register = state.on_record
    for ref, evidence in zip(event.refs, event.evidence, strict=True):
        entry = Entry(
            ref=ref,
            evidence=evidence,
            at=event.at,
            name=event.by.name,
            role=event.role,
            version=state.version,
            plan=event.plan,
            step=event.step,
        )
        register = enter(register, entry)
    return register


def _delay(state: Journey, now: datetime) -> Docket:
    """The docket after a pause: the time that gates have does not run while nothing moves."""
    docket = state.docket
    if state.paused_since is None:
        return docket
    for matter in docket.matters:
        if matter.due is not None:
            # A gate that was reopened during the pause has lost only what was left of it.
            lost = now - max(state.paused_since, matter.since)
            docket = docket.with_gate(matter.model_copy(update={"due": matter.due + lost}))
    return docket


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
