"""What a decision of the programme office would do to its capacity and its queue, before it is taken."""

from datetime import datetime

from domain.capacity import limit_of, over_committed, room
from domain.event import Command
from domain.names import work_id
from domain.office_commands import TakeOnWork
from domain.office_rules import decide
from domain.programme import Place, Programme, evolve
from domain.refusal import Refusal
from domain.service import Standing, survey, use_of
from domain.value import Fact


class Gauge(Fact):
    """How much of something there is and is used.

    Attributes:
        limit: Its name.
        most: How much there is; ``None`` where it has no limit.
        used: How much is used.
        free: How much can still be awarded; ``None`` where it has no limit.
    """

    limit: str
    most: int | None
    used: int
    free: int | None


class Moved(Fact):
    """One whose position in the queue changes.

    Attributes:
        name: Its name.
        before: Its position now; ``None`` where it is not in the order.
        after: Its position then; ``None`` where it has its slot.
    """

    name: str
    before: int | None
    after: int | None


class Preview(Fact):
    """What would be so.

    Attributes:
        takes: Of unplanned work: everything that it draws on, as it is now.
        starts: What would have a slot that has none now, by name.
        position: Of unplanned work: its position, where it would have to wait.
        waits_for: Of unplanned work: what it would wait for, in words.
        pushed_back: Who would wait longer.
        brought_forward: Who would wait less long.
        over_committed: Of what there would be more used than there is, and by how much.
    """

    takes: tuple[Gauge, ...] = ()
    starts: tuple[str, ...] = ()
    position: int | None = None
    waits_for: str = ""
    pushed_back: tuple[Moved, ...] = ()
    brought_forward: tuple[Moved, ...] = ()
    over_committed: dict[str, int]


def preview(state: Programme, command: Command, now: datetime) -> Preview | Refusal:
    """What a command would do to the capacity and the queue, or why it would be refused."""
    events = decide(state, command, now)
    if isinstance(events, Refusal):
        return events
    after = state
    for event in events:
        after = evolve(after, event)
    before = {it.place.name: it for it in survey(state)}
    then = {it.place.name: it for it in survey(after)}
    moved = tuple(
        Moved(name=name, before=it.position, after=then[name].position if name in then else None)
        for name, it in before.items()
        if name in then or name in after.slots
    )
    own = then.get(work_id(command.work)) if isinstance(command, TakeOnWork) else None
    return Preview(
        takes=_taken(state, after, command),
        starts=tuple(name for name in after.slots if name not in state.slots),
        position=own.position if own else None,
        waits_for=own.why if own else "",
        pushed_back=tuple(it for it in moved if it.before and it.after and it.after > it.before),
        brought_forward=tuple(it for it in moved if it.before and (it.after or 0) < it.before),
        over_committed=over_committed(after.limits, use_of(after)),
    )


def _taken(state: Programme, after: Programme, command: Command) -> tuple[Gauge, ...]:
    if not isinstance(command, TakeOnWork):
        return ()
    place = _find(after, work_id(command.work))
    used = use_of(state)
    return tuple(read_gauge(state, used, name) for name in place.needs)


def _find(state: Programme, name: str) -> Place:
    return state.slots.get(name) or state.queue[name]


def read_gauge(state: Programme, used: dict[str, int], limit: str) -> Gauge:
    """How much of something there is, and is used now."""
    return Gauge(
        limit=limit,
        most=limit_of(state.limits, limit),
        used=used.get(limit, 0),
        free=room(state.limits, used, limit),
    )


def read_gauges(state: Programme) -> tuple[Gauge, ...]:
    """Everything that has a limit or is used, the national first, then roles, then boards."""
    order = {"national": 0, "role": 1, "board": 2}
    waiting = [name for place in state.queue.values() for name in place.needs]
    used = use_of(state)
    names = dict.fromkeys((*state.limits, *used, *waiting))
    return tuple(
        read_gauge(state, used, name)
        for name in sorted(names, key=lambda it: (order[it.partition("/")[0]], it))
    )


def read_queue(state: Programme) -> tuple[Standing, ...]:
    """Everybody who waits: those who are ready in the order of service, then those who are not."""
    return (
        *survey(state),
        *(Standing(place=place, position=0) for place in state.queue.values() if not place.ready),
    )
