"""Barriers and facilitators, and what was tried about them, each in its row."""

from typing import Any

from catalogue.projections.change import Changes
from catalogue.projections.place import Entry, moment, said, whole
from catalogue.projections.tables import BARRIERS, MITIGATIONS
from domain.barrier import (
    BarrierClosed,
    BarrierEscalated,
    BarrierEvent,
    BarrierRaised,
    BarrierReassessed,
    MitigationBegun,
    MitigationConcluded,
)
from domain.names import barrier_name


def project_barrier(changes: Changes, entry: Entry, event: BarrierEvent) -> None:
    """What happened to a barrier, as it stands in its row."""
    name = barrier_name(entry.stream, event.number)
    match event:
        case BarrierRaised():
            changes.set(BARRIERS, name, **_raised(entry, event))
        case BarrierReassessed():
            changes.set(
                BARRIERS,
                name,
                severity=event.severity,
                owner=event.owner,
                due=_day(event),
                escalated=list(event.escalated),
            )
        case BarrierEscalated():
            changes.set(BARRIERS, name, escalated=list(event.roles))
        case MitigationBegun():
            changes.set(
                MITIGATIONS,
                name,
                event.attempt,
                stream=entry.stream,
                board=entry.board,
                strategy=event.strategy,
                what=event.what,
                ground=whole(event.ground),
                begun=said(event, event.role, event.reason),
            )
        case MitigationConcluded():
            ended = said(event, event.role, event.reason)
            changes.set(MITIGATIONS, name, event.attempt, outcome=event.outcome, ended=ended)
        case BarrierClosed():
            closed = said(event, event.role, event.reason)
            changes.set(BARRIERS, name, resolution=event.resolution, closed=closed)


def _raised(entry: Entry, event: BarrierRaised) -> dict[str, Any]:
    return {
        "stream": entry.stream,
        "number": event.number,
        "technology": entry.technology,
        "place": entry.place,
        "board": entry.board,
        "sequence": entry.sequence,
        "nature": event.nature,
        "what": event.what,
        "category": event.category,
        "severity": event.severity,
        "plan": event.plan,
        "steps": list(event.steps),
        "owner": event.owner,
        "raised": said(event, event.role, event.reason),
        "evidence": list(event.evidence),
        "due": _day(event),
        "escalated": [],
    }


def _day(event: BarrierRaised | BarrierReassessed) -> str | None:
    return None if event.due is None else moment(event.due)
