"""What technologies, rollouts and tracks have in common: stage, pauses, end, gate, decisions, status."""

from typing import Any

from catalogue.projections.change import Changes
from catalogue.projections.place import Entry, moment, whole
from catalogue.projections.tables import DECISIONS, JOURNEYS, STEERING
from catalogue.projections.task import enter_plan, project_task
from domain.event import Event
from domain.journey import (
    GateDecided,
    GateOpened,
    GateWithdrawn,
    JourneyEvent,
    Paused,
    Rag,
    RagChanged,
    Resumed,
    StageEntered,
    Stopped,
)

_NO_GATE: dict[str, Any] = {"gate": None, "gate_since": None}


def begin(changes: Changes, entry: Entry, event: Event, stage: str) -> None:
    """A journey begins in its first stage."""
    changes.set(
        JOURNEYS,
        entry.stream,
        kind=entry.kind,
        technology=entry.technology,
        place=entry.place,
        board=entry.board,
        stage=stage,
        since=moment(event.at),
        cycle=1,
        rag=Rag.ON_TRACK,
    )


def project_journey(changes: Changes, entry: Entry, event: JourneyEvent) -> None:
    """What can happen to every journey, as it stands in the rows."""
    match event:
        case StageEntered():
            _enter(changes, entry, event)
        case GateOpened():
            changes.set(JOURNEYS, entry.stream, gate=whole(event.gate), gate_since=moment(event.at))
        case GateWithdrawn():
            changes.set(JOURNEYS, entry.stream, **_NO_GATE)
        case GateDecided():
            changes.set(JOURNEYS, entry.stream, **_NO_GATE)
            _decide(changes, entry, event)
        case Paused():
            _hold(changes, entry, event)
        case Resumed():
            column = f"paused_{event.source}"
            changes.set(JOURNEYS, entry.stream, **{column: None})
            steer(changes, entry, event, event.role, event.reason, {"source": event.source})
        case Stopped():
            hold = _held(event, event.role, event.reason)
            changes.set(JOURNEYS, entry.stream, stopped=hold, **_NO_GATE)
            steer(changes, entry, event, event.role, event.reason)
        case RagChanged():
            changes.set(JOURNEYS, entry.stream, rag=event.rag)
        case _:
            project_task(changes, entry, event)


def steer(
    changes: Changes,
    entry: Entry,
    event: Event,
    role: str,
    reason: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Note who steered, how and why."""
    changes.set(
        STEERING,
        entry.stream,
        entry.sequence,
        act=kind_of(event),
        at=moment(event.at),
        name=event.by.name,
        role=role,
        reason=reason,
        detail=detail or {},
    )


def kind_of(event: Event) -> str:
    """The kind that an event names."""
    return str(getattr(event, "kind", ""))


def _enter(changes: Changes, entry: Entry, event: StageEntered) -> None:
    changes.set(JOURNEYS, entry.stream, stage=event.stage, since=moment(event.at))
    if event.plan is not None:
        changes.set(JOURNEYS, entry.stream, plan=event.plan.id)
        enter_plan(changes, entry, event.plan)


def _hold(changes: Changes, entry: Entry, event: Paused) -> None:
    column = f"paused_{event.source}"
    changes.set(JOURNEYS, entry.stream, **{column: _held(event, event.role, event.reason)})
    steer(changes, entry, event, event.role, event.reason, {"source": event.source})


def _held(event: Event, role: str, reason: str) -> dict[str, str]:
    return {"at": moment(event.at), "reason": reason, "name": event.by.name, "role": role}


def _decide(changes: Changes, entry: Entry, event: GateDecided) -> None:
    changes.set(
        DECISIONS,
        entry.stream,
        entry.sequence,
        technology=entry.technology,
        board=entry.board,
        gate=event.gate,
        title=event.title,
        outcome=event.outcome,
        effect=event.effect,
        reason=event.reason,
        at=moment(event.at),
        name=event.by.name,
        role=event.role,
        cycle=event.cycle,
        seen={place: [whole(item) for item in items] for place, items in event.seen.items()},
    )
