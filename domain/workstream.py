"""A parallel track of a technology: adoption, or infrastructure for sustainable delivery.

It works through one plan beside test and learn and scaling, nationally or at one board, and reports to its
technology: whether it is done, and which infrastructure it has not made ready yet.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.actor import ENGINE, Actor
from domain.barrier import BarrierPolicy, holding
from domain.event import Command, Event
from domain.halt import Halt, merge_halts
from domain.infrastructure import Awaited, outstanding
from domain.journey import (
    Authority,
    Journey,
    JourneyEvent,
    evolve_journey,
    with_consequences,
)
from domain.lesson import Lesson, lessons_of
from domain.names import technology_id, track_name, workstream_id
from domain.pace import Pace
from domain.plan import Plan
from domain.refusal import Refusal
from domain.standing import common_waits
from domain.steering import common_consequences, decide_common, enter, follow
from domain.value import Slug, Value
from domain.waiting import Wait
from domain.work import is_finished


class WorkstreamStage(StrEnum):
    """The stages of a workstream."""

    UNDER_WAY = "under-way"
    DONE = "done"


class WorkstreamBrief(Value):
    """What a workstream is started with and keeps.

    Attributes:
        technology: The technology's slug.
        title: The technology's name for people.
        area: What the track is about: ``adoption`` or ``infrastructure``.
        board: The board whose track it is; ``None`` for a national one.
        authority: Who may steer.
        pace: How time counts.
        plan: What is to be done.
        handling: How barriers are handled.
        needed: The infrastructure on which going live depends.
    """

    technology: Slug
    title: str
    area: Slug
    board: Slug | None = None
    authority: Authority
    pace: Pace = Pace()
    plan: Plan
    handling: BarrierPolicy = BarrierPolicy()
    needed: tuple[Slug, ...] = ()

    @property
    def track(self) -> str:
        """How the track is called within its technology."""
        return track_name(self.area, self.board)


class WorkstreamDirection(Value):
    """What the technology wants of a workstream: always the whole of it.

    Attributes:
        paused: Why the technology, or the wave of its board, is paused, while it is.
        stopped: Why the technology, or the rollout at its board, was stopped, if one was.
        halts: The technology's halts, those that were released too.
    """

    paused: str | None = None
    stopped: str | None = None
    halts: tuple[Halt, ...] = ()


class WorkstreamReport(Value):
    """Where a workstream stands: always the whole of it.

    Attributes:
        area: What the track is about.
        board: The board whose track it is.
        done: Whether its plan is done.
        stopped: Whether it was stopped.
        lessons: What it has learned from its barriers.
        outstanding: What it has not made ready yet of the infrastructure on which going live depends; nothing
            once it was stopped.
        halted: The numbers of the halts that freeze it.
    """

    area: Slug
    board: Slug | None = None
    done: bool = False
    stopped: bool = False
    lessons: tuple[Lesson, ...] = ()
    outstanding: tuple[Awaited, ...] = ()
    halted: tuple[int, ...] = ()

    @property
    def track(self) -> str:
        """How the track is called within its technology."""
        return track_name(self.area, self.board)


class Workstream(Journey):
    """The state of a workstream."""

    brief: WorkstreamBrief
    direction: WorkstreamDirection = WorkstreamDirection()

    @property
    def board(self) -> str | None:
        """The board whose track it is."""
        return self.brief.board

    @property
    def stream(self) -> str:
        """The id of the workflow and of the ledger stream."""
        return workstream_id(self.brief.technology, self.brief.track)

    @property
    def delivered(self) -> bool:
        """Whether its plan is done."""
        return self.stage == WorkstreamStage.DONE

    def gate_named(self, gate: str) -> None:
        """A workstream has no gates."""
        del gate


class StartWorkstream(Command):
    """Begin a workstream; the technology may be paused, halted or stopped by now."""

    brief: WorkstreamBrief
    direction: WorkstreamDirection = WorkstreamDirection()


class DirectWorkstream(Command):
    """The technology says what it wants of this workstream."""

    direction: WorkstreamDirection


class ReportWorkstream(Command):
    """To the technology: where this workstream stands."""

    report: WorkstreamReport


class WorkstreamStarted(Event):
    """A workstream began."""

    kind: Literal["workstream-started"] = "workstream-started"
    brief: WorkstreamBrief
    direction: WorkstreamDirection = WorkstreamDirection()


class WorkstreamDirected(Event):
    """The technology changed what it wants of this workstream."""

    kind: Literal["workstream-directed"] = "workstream-directed"
    direction: WorkstreamDirection


WorkstreamEvent = Annotated[
    JourneyEvent | WorkstreamStarted | WorkstreamDirected, Field(discriminator="kind")
]


def evolve(state: Workstream | None, event: WorkstreamEvent) -> Workstream:
    """Apply an event.

    Raises:
        ValueError: The first event is not the workstream's start.
    """
    if isinstance(event, WorkstreamStarted):
        return Workstream(
            authority=event.brief.authority,
            pace=event.brief.pace,
            handling=event.brief.handling,
            stage=WorkstreamStage.UNDER_WAY,
            since=event.at,
            brief=event.brief,
            direction=event.direction,
        )
    if state is None:
        raise ValueError(f"a workstream begins with its start, not with {event.kind}")
    if isinstance(event, WorkstreamDirected):
        return state.model_copy(update={"direction": event.direction})
    return evolve_journey(state, event)


def decide(
    state: Workstream | None, command: Command, now: datetime
) -> tuple[WorkstreamEvent, ...] | Refusal:
    """Decide a command: the events with all that follows from them, or why not."""
    outcome = _decide_alone(state, command, now)
    return with_consequences(state, outcome, evolve, consequences, command.actor, now)


def _decide_alone(
    state: Workstream | None, command: Command, now: datetime
) -> tuple[WorkstreamEvent, ...] | Refusal:
    if state is None:
        if isinstance(command, StartWorkstream):
            return _start(command, now)
        return Refusal(
            code="not-started", message="This workstream has not started: its technology starts it."
        )
    match command:
        case StartWorkstream():
            return Refusal(
                code="already-started", message=f"{state.stream} has already started: go on with it."
            )
        case DirectWorkstream():
            return _directed(state, command, now)
        case _:
            return decide_common(state, command, now)


def _start(command: StartWorkstream, now: datetime) -> tuple[WorkstreamEvent, ...]:
    wanted, by = command.direction, command.actor
    started = WorkstreamStarted(at=now, by=by, brief=command.brief, direction=wanted)
    entered = enter(WorkstreamStage.UNDER_WAY, by, now, command.brief.plan)
    begun = evolve(evolve(None, started), entered)
    return (started, entered, *follow(begun, wanted.paused, wanted.stopped, wanted.halts, by, now))


def _directed(state: Workstream, command: DirectWorkstream, now: datetime) -> tuple[WorkstreamEvent, ...]:
    wanted, by = command.direction, command.actor
    wanted = wanted.model_copy(update={"halts": merge_halts(state.direction.halts, wanted.halts)})
    if wanted == state.direction or state.stopped is not None:
        return ()
    directed = WorkstreamDirected(at=now, by=by, direction=wanted)
    return (directed, *follow(state, wanted.paused, wanted.stopped, wanted.halts, by, now))


def consequences(state: Workstream, by: Actor, now: datetime) -> tuple[WorkstreamEvent, ...]:
    """What follows by itself from this state; nothing once all of it is so."""
    if not state.at_rest and state.work is not None:
        finished = is_finished(state.work)
        if finished and not state.delivered:
            return (enter(WorkstreamStage.DONE, by, now),)
        if state.delivered and not finished:
            return (enter(WorkstreamStage.UNDER_WAY, by, now),)
    return common_consequences(state, None, state.delivered, by, now)


def messages(state: Workstream) -> dict[str, Command]:
    """What should be known elsewhere, by the id of the workflow that should know it."""
    report = WorkstreamReport(
        area=state.brief.area,
        board=state.brief.board,
        done=state.delivered,
        stopped=state.stopped is not None,
        lessons=lessons_of(state.stream, state.barriers),
        outstanding=still_outstanding(state),
        halted=tuple(halt.number for halt in state.halting),
    )
    return {technology_id(state.brief.technology): ReportWorkstream(actor=ENGINE, report=report)}


def still_outstanding(state: Workstream) -> tuple[Awaited, ...]:
    """What it has not made ready yet of the infrastructure on which going live depends."""
    if state.stopped is not None or state.work is None or not state.brief.needed:
        return ()
    plan = state.work.plan
    return outstanding(
        state.stream,
        state.work,
        state.pace,
        state.brief.needed,
        held=[
            step.id
            for step in plan.steps
            if not state.lets(step) or holding(state.barriers, plan.id, step.id)
        ],
    )


def waits(state: Workstream) -> tuple[Wait, ...]:
    """What this workstream waits for, in words."""
    return common_waits(state)
