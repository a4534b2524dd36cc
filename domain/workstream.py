"""A parallel track of a technology: adoption, or infrastructure for sustainable delivery.

It works through one plan beside test and learn and scaling, and reports to its technology when it is done.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.actor import ENGINE, Actor
from domain.event import Command, Event
from domain.journey import (
    Authority,
    Journey,
    JourneyEvent,
    Pace,
    evolve_journey,
    with_consequences,
)
from domain.names import technology_id, workstream_id
from domain.plan import Plan
from domain.refusal import Refusal
from domain.standing import Wait, common_waits
from domain.steering import common_consequences, decide_common, enter, follow
from domain.value import Slug, Value
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
        area: The track: ``adoption`` or ``infrastructure``.
        authority: Who may steer.
        pace: How time counts.
        plan: What is to be done.
    """

    technology: Slug
    title: str
    area: Slug
    authority: Authority
    pace: Pace = Pace()
    plan: Plan


class WorkstreamDirection(Value):
    """What the technology wants of a workstream: always the whole of it.

    Attributes:
        paused: Why the technology is paused, while it is.
        stopped: Why the technology was stopped, if it was.
    """

    paused: str | None = None
    stopped: str | None = None


class WorkstreamReport(Value):
    """Where a workstream stands."""

    area: Slug
    done: bool = False
    stopped: bool = False


class Workstream(Journey):
    """The state of a workstream."""

    brief: WorkstreamBrief
    direction: WorkstreamDirection = WorkstreamDirection()

    @property
    def stream(self) -> str:
        """The id of the workflow and of the ledger stream."""
        return workstream_id(self.brief.technology, self.brief.area)

    @property
    def delivered(self) -> bool:
        """Whether its plan is done."""
        return self.stage == WorkstreamStage.DONE

    def gate_named(self, gate: str) -> None:
        """A workstream has no gates."""
        del gate


class StartWorkstream(Command):
    """Begin a workstream."""

    brief: WorkstreamBrief


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
            stage=WorkstreamStage.UNDER_WAY,
            since=event.at,
            brief=event.brief,
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
            plan, by = command.brief.plan, command.actor
            started = WorkstreamStarted(at=now, by=by, brief=command.brief)
            return (started, enter(WorkstreamStage.UNDER_WAY, by, now, plan))
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


def _directed(state: Workstream, command: DirectWorkstream, now: datetime) -> tuple[WorkstreamEvent, ...]:
    wanted, by = command.direction, command.actor
    if wanted == state.direction or state.stopped is not None:
        return ()
    directed = WorkstreamDirected(at=now, by=by, direction=wanted)
    return (directed, *follow(state, wanted.paused, wanted.stopped, by, now))


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
    report = WorkstreamReport(area=state.brief.area, done=state.delivered, stopped=state.stopped is not None)
    return {technology_id(state.brief.technology): ReportWorkstream(actor=ENGINE, report=report)}


def waits(state: Workstream) -> tuple[Wait, ...]:
    """What this workstream waits for, in words."""
    return common_waits(state)
