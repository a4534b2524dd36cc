"""The laws of capacity, read from the state and the events apart from the rules."""

from collections import Counter

from domain import programme
from domain.event import Event
from domain.programme import Place, Programme, SlotAwarded
from domain.rollout import Rollout
from domain.rollout_briefs import RolloutStage


def draws(place: Place) -> list[str]:
    """Everything that a piece of work draws on."""
    board = [f"board/{place.board}/{place.lane}"] if place.board else []
    return [f"national/{place.lane}", *board, *(f"role/{role}" for role in place.roles)]


def most(limits: dict[str, int], name: str) -> int | None:
    """How much there is of something; boards without a limit of their own have the one of every board."""
    if name.startswith("board/") and name not in limits:
        return limits.get(f"board/every-board/{name.rsplit('/', 1)[1]}")
    return limits.get(name)


def used(state: Programme) -> Counter[str]:
    """How much of everything is used."""
    return Counter(name for place in state.slots.values() for name in draws(place))


def check_award(state: Programme, event: SlotAwarded) -> None:
    """Nothing is awarded that is not there, and sustaining beyond a board's limit takes from developing."""
    place, now = state.queue[event.name], used(state)
    assert place.ready
    for name in draws(place):
        limit = most(state.limits, name)
        if limit is None:
            continue
        if name == f"board/{place.board}/developing":
            sustained = f"board/{place.board}/sustaining"
            allowed = most(state.limits, sustained)
            limit -= 0 if allowed is None else max(0, now[sustained] - allowed)
        assert now[name] < limit, f"{event.name} was given more of {name} than there is"


def check_books(state: Programme) -> None:
    """Whoever is ready and waits lacks something, or it is kept for an earlier one whose turn has come."""
    patience = state.charter.serving.patience
    now, waiting = used(state), [place for place in state.queue.values() if place.ready]
    assert not set(state.slots) & set(state.queue)
    assert not set(state.lost) & {*state.slots, *state.queue}
    assert all(place.passed_over <= patience for place in state.queue.values())
    for place in waiting:
        turn = place.passed_over >= patience
        # Those that would be served before it, were it not for what they lack themselves.
        first = [
            other
            for other in waiting
            if other.passed_over >= patience
            and other is not place
            and not (turn and waiting.index(other) > waiting.index(place))
        ]
        kept = Counter(name for other in first for name in draws(other))
        lacks = [
            name
            for name in draws(place)
            if (limit := most(state.limits, name)) is not None
            and limit - now[name] - _beyond(state, now, name) <= kept[name]
        ]
        assert lacks, f"{place.name} waits for nothing"


def _beyond(state: Programme, now: Counter[str], name: str) -> int:
    sustained = f"{name.rsplit('/', 1)[0]}/sustaining"
    allowed = most(state.limits, sustained)
    if not (name.startswith("board/") and name.endswith("/developing")) or allowed is None:
        return 0
    return max(0, now[sustained] - allowed)


def check_capacity(states: dict[str, object], history: dict[str, list[Event]]) -> None:
    """No board implements without a slot, and beyond what there ever was only live boards are sustained."""
    office = next((state for state in states.values() if isinstance(state, Programme)), None)
    if office is None:
        return
    check_books(office)
    for name, count in Counter(
        name for place in office.slots.values() if not place.is_live for name in draws(place)
    ).items():
        limit = _most_ever(office, history[office.stream], name)
        assert limit is None or count <= limit, f"more of {name} was awarded than there ever was"
    lost = {
        f"rollout/{event.technology}/{event.board}"
        for event in history[office.stream]
        if isinstance(event, programme.SlotReclaimed)
    }
    for stream, state in states.items():
        if isinstance(state, Rollout) and state.stopped is None and stream not in lost:
            busy = state.stage in {RolloutStage.REPLICATION, RolloutStage.HANDOVER}
            assert not busy or stream in office.slots, f"{stream} implements without a slot"


def _most_ever(office: Programme, history: list[Event], name: str) -> int | None:
    """How much of something there was at the most; ``None`` where it had no limit at some time."""
    limits, found = dict(office.charter.limits), [most(office.charter.limits, name)]
    for event in history:
        if isinstance(event, programme.CapacitySet):
            limits[event.limit] = event.capacity
            found.append(most(limits, name))
    numbers = [limit for limit in found if limit is not None]
    return max(numbers) if len(numbers) == len(found) else None


def check_told(sender: Programme, reader: Rollout) -> None:
    """A rollout that has read the latest knows whether it has a slot, and where it waits for one."""
    if reader.stopped is not None:
        return
    if reader.stream in sender.slots:
        assert reader.granted
    waiting = sender.queue.get(reader.stream)
    if waiting is not None and waiting.asking == reader.asking and not reader.granted:
        assert reader.stage != RolloutStage.QUEUED or reader.queued is not None
