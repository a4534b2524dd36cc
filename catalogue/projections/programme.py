"""Programme offices: limits, ranks, and everything in their books."""

from catalogue.projections.change import Changes
from catalogue.projections.place import Entry, moment, whole
from catalogue.projections.slot import project_slot
from catalogue.projections.steering import steer
from catalogue.projections.tables import LIMITS, PRIORITIES, PROGRAMMES
from domain.names import rollout_id, technology_id
from domain.programme import (
    CapacitySet,
    PrioritySet,
    ProgrammeEvent,
    ProgrammeOpened,
    WorkFinished,
    WorkTakenOn,
)


def project_programme(changes: Changes, entry: Entry, event: ProgrammeEvent) -> None:
    """What follows from an event of a programme's stream."""
    programme = entry.parts[1]
    match event:
        case ProgrammeOpened():
            changes.set(
                PROGRAMMES,
                programme,
                name=event.charter.name,
                since=moment(event.at),
                charter=whole(event.charter),
            )
            for limit, capacity in event.charter.limits.items():
                changes.set(LIMITS, programme, limit, capacity=capacity)
        case CapacitySet():
            changes.set(LIMITS, programme, event.limit, capacity=event.capacity)
            detail = {"limit": event.limit, "capacity": event.capacity}
            steer(changes, entry, event, event.role, event.reason, detail)
        case PrioritySet():
            _rank(changes, entry, event)
        case WorkTakenOn() | WorkFinished():
            steer(changes, entry, event, event.role, event.reason, {"work": event.work})
            project_slot(changes, entry, event)
        case _:
            project_slot(changes, entry, event)


def _rank(changes: Changes, entry: Entry, event: PrioritySet) -> None:
    for board in event.boards or (None,):
        technology = event.technology
        changes.set(
            PRIORITIES,
            entry.parts[1],
            technology_id(technology) if board is None else rollout_id(technology, board),
            technology=technology,
            board=board,
            priority=event.priority,
            at=moment(event.at),
            name=event.by.name,
            role=event.role,
            reason=event.reason,
        )
    detail = {"technology": event.technology, "boards": list(event.boards), "priority": event.priority}
    steer(changes, entry, event, event.role, event.reason, detail)
