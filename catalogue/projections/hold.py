"""What holds a life: pauses, and halts as it knows them - since when, and how each was released."""

from catalogue.projections.change import Changes
from catalogue.projections.place import Entry, moment, said, whole
from catalogue.projections.steering import steer
from catalogue.projections.tables import HALTS, JOURNEYS, MATTERS
from domain.halt import Halted, HaltReleased
from domain.journey import HoldEvent, Paused, Resumed


def project_hold(changes: Changes, entry: Entry, event: HoldEvent) -> None:
    """What follows from a pause or a halt that begins or ends in a life."""
    for gate, due in event.gates.items():
        changes.set(MATTERS, entry.stream, gate, due=moment(due))
    match event:
        case Paused():
            paused = said(event, event.role, event.reason)
            changes.set(JOURNEYS, entry.stream, **{f"paused_{event.source}": paused})
            steer(changes, entry, event, event.role, event.reason, {"source": event.source})
        case Resumed():
            changes.set(JOURNEYS, entry.stream, **{f"paused_{event.source}": None})
            steer(changes, entry, event, event.role, event.reason, {"source": event.source})
        case Halted():
            _halt(changes, entry, event)
        case HaltReleased():
            released = said(event, event.role, event.reason)
            changes.set(HALTS, entry.stream, event.number, released=released)
            steer(changes, entry, event, event.role, event.reason, {"halt": event.number})


def _halt(changes: Changes, entry: Entry, event: Halted) -> None:
    halt = event.halt
    changes.set(
        HALTS,
        entry.stream,
        halt.number,
        technology=entry.technology,
        place=entry.place,
        board=entry.board,
        concern=halt.concern,
        owner=halt.owner,
        version=halt.version,
        may_continue=list(halt.may_continue),
        allowance=halt.allowance,
        raised=whole(halt.raised),
        halted=moment(event.at),
        freezes=entry.kind != "technology" or halt.version is None,
        released=None,
    )
    detail = {"halt": halt.number, "concern": halt.concern, "owner": halt.owner, "version": halt.version}
    steer(changes, entry, event, halt.raised.role, halt.raised.reason, detail)
