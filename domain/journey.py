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
from domain.barrier import Barrier, BarrierEvent, BarrierPolicy, Barriers, evolve_barriers
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
from domain.halt import (
    Halt,
    Halted,
    HaltEvent,
    HaltReleased,
    Halts,
    HoldChange,
    evolve_halts,
    in_force,
)
from domain.infrastructure import Awaited
from domain.pace import Pace
from domain.plan import Plan, Step
from domain.refusal import Refusal
from domain.steps import Drawn
from domain.value import Fact, Instant, Slug, Value
from domain.work import (
    StepCompleted,
    StepReopened,
    Work,
    WorkEvent,
    evolve_work,
    open_steps,
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
        handling: How barriers are handled in it.
        barriers: What was found to hinder or to help.
        pauses: The pauses in force, by whose they are.
        halts: The halts that were heard of here, those that were released too.
        paused_since: Since when the clocks stand that stand now, for pauses and halts together.
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
    handling: BarrierPolicy = BarrierPolicy()
    barriers: Barriers = Field(default_factory=dict)
    pauses: dict[Source, Hold] = Field(default_factory=dict)
    halts: Halts = Field(default_factory=dict)
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
        return "; ".join(f'barrier {it.number} blocks it: "{it.what}"' for it in self.blocking)

    @property
    def delays(self) -> tuple[Awaited, ...]:
        """The infrastructure that is late and on which going live depends here."""
        return ()

    @property
    def blocking(self) -> tuple[Barrier, ...]:
        """The barriers that hold their steps, and keep every gate here shut."""
        return tuple(it for it in self.barriers.values() if it.blocks)

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

    @property
    def at_rest(self) -> bool:
        """Whether nothing moves by itself: paused, halted or stopped."""
        return self.on_hold or self.stopped is not None

    @property
    def on_hold(self) -> bool:
        """Whether a pause or a halt is in force; steps that a halt lets continue may be at work even so."""
        return bool(self.pauses or self.halting)

    @property
    def halting(self) -> tuple[Halt, ...]:
        """The halts in force that freeze this life; what has ended is frozen by none."""
        if self.stopped is not None:
            return ()
        return tuple(it for it in in_force(self.halts.values()) if self.is_concerned_by(it))

    def is_concerned_by(self, halt: Halt) -> bool:
        """Whether a halt freezes this life: one of the technology as a whole freezes all of it."""
        return halt.version is None

    def lets(self, step: Step) -> bool:
        """Whether the work on a step may go on: nothing holds this life, or what does lets it continue."""
        return self.stopped is None and not self.pauses and all(halt.lets(step) for halt in self.halting)

    @property
    def standing(self) -> tuple[str, ...]:
        """The open steps whose clocks stand."""
        if self.work is None or not self.on_hold:
            return ()
        return tuple(step.id for step in open_steps(self.work) if not self.lets(step))

    @property
    def live_matters(self) -> tuple[OpenGate, ...]:
        """The gates that can be decided now: to release a halt waits for no pause and for no other halt."""
        return self.docket.releases if self.on_hold else self.docket.matters


# --- events -------------------------------------------------------------------------------------------------


class StageEntered(Event):
    """A new stage began; with a plan where the stage has one."""

    kind: Literal["stage-entered"] = "stage-entered"
    stage: str
    plan: Plan | None = None


class Paused(HoldChange):
    """The journey was paused."""

    kind: Literal["paused"] = "paused"
    source: Source
    role: str
    reason: str


class Resumed(HoldChange):
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


HoldEvent = Paused | Resumed | HaltEvent
"""What changes by what a journey is held."""

JourneyEvent = (
    WorkEvent | EvidenceEvent | DocketEvent | BarrierEvent | StageEntered | HoldEvent | Stopped | RagChanged
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
    elif isinstance(event, BarrierEvent):
        change = {"barriers": evolve_barriers(state.barriers, event)}
    elif isinstance(event, WorkEvent):
        change = _evolve_work(state, event)
    elif isinstance(event, HoldEvent):
        change = _evolve_holds(state, event)
    else:
        change = _evolve_course(state, event)
    return state.model_copy(update=change)


def _evolve_course(state: Journey, event: StageEntered | Stopped | RagChanged) -> dict[str, object]:
    match event:
        case StageEntered():
            entered: dict[str, object] = {"stage": event.stage, "since": event.at}
            return entered if event.plan is None else {**entered, "work": Work(plan=event.plan)}
        case Stopped():
            closed = state.docket.model_copy(update={"gate": None, "halts": {}, "reviews": {}})
            return {"stopped": _hold(event), "docket": closed}
        case RagChanged():
            return {"rag": event.rag}


def _evolve_holds(state: Journey, event: HoldEvent) -> dict[str, object]:
    match event:
        case Paused():
            change: dict[str, object] = {"pauses": {**state.pauses, event.source: _hold(event)}}
        case Resumed():
            left = {source: hold for source, hold in state.pauses.items() if source != event.source}
            change = {"pauses": left}
        case Halted() | HaltReleased():
            change = {"halts": evolve_halts(state.halts, event)}
    after = state.model_copy(update=change)
    if (after.on_hold, after.standing) == (state.on_hold, state.standing):
        return change
    # From here on other clocks stand than before: those that stood are settled up to this moment.
    since = event.at if after.on_hold else None
    return {**change, "paused_since": since, "docket": _delay(state, event)}


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


def gates_after_hold(state: Journey, now: datetime) -> dict[str, datetime]:
    """Until when the gates that wait have time once what held them changes: it does not run meanwhile.

    The time to release a halt runs on, whatever is held.
    """
    return {
        matter.gate.id: state.pace.due(matter.since, limit, matter.lost + lost)
        for matter in state.docket.matters
        if matter.gate.id not in state.docket.halts
        and (limit := matter.gate.time_limit) is not None
        and (lost := _lost_at(state, matter, now)) is not None
    }


def _lost_at(state: Journey, matter: OpenGate, now: datetime) -> timedelta | None:
    if state.paused_since is None:
        return None
    # A gate that was reopened during the pause has lost only what was left of it.
    return state.pace.lost(max(state.paused_since, matter.since), now)


def _delay(state: Journey, event: HoldChange) -> Docket:
    docket = state.docket
    for matter in docket.matters:
        lost = _lost_at(state, matter, event.at)
        if lost is not None and (due := event.gates.get(matter.gate.id)) is not None:
            later = matter.model_copy(update={"due": due, "lost": matter.lost + lost})
            docket = docket.with_gate(later)
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
