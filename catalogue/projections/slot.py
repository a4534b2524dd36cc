"""What draws on a programme's capacity: what waits for it, what has it, what was found not to run."""

from typing import Any

from catalogue.projections.change import Changes
from catalogue.projections.place import Entry, moment
from catalogue.projections.tables import SLOTS
from domain.capacity import Lane
from domain.names import rollout_id, work_id
from domain.programme import (
    ORDINARY_PRIORITY,
    BoardSustained,
    ClaimRenewed,
    RolloutFound,
    SlotAwarded,
    SlotClaimed,
    SlotReclaimed,
    SlotReturned,
    WorkFinished,
    WorkTakenOn,
)

SlotEvent = (
    SlotClaimed
    | ClaimRenewed
    | WorkTakenOn
    | SlotAwarded
    | BoardSustained
    | SlotReturned
    | WorkFinished
    | SlotReclaimed
    | RolloutFound
)

_SERVED: dict[str, Any] = {"state": "held", "ready": True, "begun": False, "passed_over": 0, "asked": None}
_GONE: dict[str, Any] = {"ready": False, "begun": False, "passed_over": 0, "since": None, "asked": None}


def project_slot(changes: Changes, entry: Entry, event: SlotEvent) -> None:
    """What follows from an event about something in the books."""
    programme = entry.parts[1]
    match event:
        case SlotClaimed():
            _claim(changes, entry, event)
        case WorkTakenOn():
            _take_on(changes, entry, event)
        case SlotAwarded():
            changes.set(SLOTS, programme, event.name, **_SERVED, since=moment(event.at))
            if event.passed_over is not None:
                changes.set(SLOTS, programme, event.passed_over.name, passed_over=event.passed_over.times)
        case BoardSustained():
            name = rollout_id(event.technology, event.board)
            row = changes.row(SLOTS, programme, name)
            row.set(
                _of_rollout(event.technology, event.board)
                | _SERVED
                | {
                    "lane": Lane.SUSTAINING,
                    "roles": list(event.roles),
                    "since": moment(event.at),
                    "asking": event.asking,
                    "because": None,
                }
            )
        case WorkFinished():
            changes.set(SLOTS, programme, work_id(event.work), **_GONE, state="returned")
        case _:
            _of_books(changes, programme, event)


def _of_books(
    changes: Changes, programme: str, event: ClaimRenewed | SlotReturned | SlotReclaimed | RolloutFound
) -> None:
    name = rollout_id(event.technology, event.board)
    match event:
        case ClaimRenewed():
            changes.set(SLOTS, programme, name, asking=event.asking)
        case SlotReturned():
            changes.set(SLOTS, programme, name, **_GONE, state="returned", because=None)
        case SlotReclaimed():
            changes.set(SLOTS, programme, name, **_GONE, state="lost", because=event.because)
        case RolloutFound():
            changes.set(SLOTS, programme, name, state="found")


def _claim(changes: Changes, entry: Entry, event: SlotClaimed) -> None:
    row = changes.row(SLOTS, entry.parts[1], rollout_id(event.technology, event.board))
    row.set(
        _of_rollout(event.technology, event.board)
        | {
            "lane": Lane.DEVELOPING,
            "roles": list(event.roles),
            "state": "queued",
            "ready": event.ready,
            "begun": event.begun,
            "asking": event.asking,
            "because": None,
        }
    )
    # One that only says whether it is ready keeps its place in the queue.
    row.set_unknown({"since": moment(event.at), "asked": entry.sequence, "passed_over": 0})


def _take_on(changes: Changes, entry: Entry, event: WorkTakenOn) -> None:
    changes.set(
        SLOTS,
        entry.parts[1],
        work_id(event.work),
        technology=None,
        board=event.board,
        lane=event.lane,
        roles=list(event.roles),
        title=event.title,
        priority=event.priority,
        state="queued",
        ready=True,
        begun=False,
        asking=1,
        passed_over=0,
        since=moment(event.at),
        asked=entry.sequence,
    )


def _of_rollout(technology: str, board: str) -> dict[str, Any]:
    return {"technology": technology, "board": board, "title": "", "priority": ORDINARY_PRIORITY}
