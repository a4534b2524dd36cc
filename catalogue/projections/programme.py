"""Programme offices: capacity, who holds a slot, who waits for one, and how technologies rank."""

from catalogue.projections.change import Changes
from catalogue.projections.journey import steer
from catalogue.projections.place import Entry, moment, whole
from catalogue.projections.tables import PRIORITIES, PROGRAMMES, SLOTS
from domain.programme import (
    CapacitySet,
    PrioritySet,
    ProgrammeEvent,
    ProgrammeOpened,
    SlotAwarded,
    SlotClaimed,
    SlotReturned,
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
                capacity=event.charter.capacity,
                since=moment(event.at),
                charter=whole(event.charter),
            )
        case CapacitySet():
            changes.set(PROGRAMMES, programme, capacity=event.capacity)
            steer(changes, entry, event, event.role, event.reason, {"capacity": event.capacity})
        case PrioritySet():
            _rank(changes, entry, event)
        case SlotClaimed():
            row = changes.row(SLOTS, programme, event.technology, event.board)
            row.set({"state": "queued", "ready": event.ready})
            # One that only says whether it is ready keeps its place in the queue.
            row.set_unknown({"since": moment(event.at), "asked": entry.sequence})
        case SlotAwarded():
            granted = {"state": "held", "ready": True, "since": moment(event.at), "asked": None}
            changes.set(SLOTS, programme, event.technology, event.board, **granted)
        case SlotReturned():
            returned = {"state": "returned", "ready": False, "since": None, "asked": None}
            changes.set(SLOTS, programme, event.technology, event.board, **returned)


def _rank(changes: Changes, entry: Entry, event: PrioritySet) -> None:
    changes.set(
        PRIORITIES,
        entry.parts[1],
        event.technology,
        priority=event.priority,
        at=moment(event.at),
        name=event.by.name,
        role=event.role,
        reason=event.reason,
    )
    detail = {"technology": event.technology, "priority": event.priority}
    steer(changes, entry, event, event.role, event.reason, detail)
