"""In which order the programme office serves: finish before starting, by priority, and nobody waits for ever.

Each time somebody is served before one that asked earlier and draws on the same, the earliest of those is
passed over. One that was passed over often enough has its turn: it goes before everything else, and takes
hold of what it needs as that becomes free, one thing after the other and the national place last. So each is
served after no more than ``longest_wait`` awards, if slots are given back (docs/adr/0013).
"""

from collections.abc import Iterator
from typing import NamedTuple

from domain.capacity import Lane, count_use, in_words, is_lacking, limit_of, room
from domain.names import rollout_id, technology_id
from domain.programme import ORDINARY_PRIORITY, PassedOver, Place, Programme
from domain.value import Fact


class Standing(Fact):
    """Where one that is ready stands in the queue.

    Attributes:
        place: Its place in the books.
        position: Its place in the order of service, from 1.
        lacking: What it needs of which nothing is left.
        kept: What it needs that is kept for others, whose turn has come.
    """

    place: Place
    position: int
    lacking: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether it can be served."""
        return not self.lacking and not self.kept

    @property
    def why(self) -> str:
        """What it waits for, in words."""
        kept = tuple(f"{in_words(name)}, kept for one whose turn has come" for name in self.kept)
        return " and ".join((*(in_words(name) for name in self.lacking), *kept))


def use_of(state: Programme) -> dict[str, int]:
    """How much of everything is used now."""
    return count_use(place.needs for place in state.slots.values())


def rank_of(state: Programme, place: Place) -> int:
    """Its priority: its own, its technology's, or the ordinary one."""
    if place.technology is None or place.board is None:
        return place.priority
    own = rollout_id(place.technology, place.board)
    of_technology = state.priorities.get(technology_id(place.technology), ORDINARY_PRIORITY)
    return state.priorities.get(own, of_technology)


def has_turn(state: Programme, place: Place) -> bool:
    """Whether it was passed over so often that it goes before everything else."""
    return place.passed_over >= state.charter.serving.patience


def service_order(state: Programme) -> tuple[Place, ...]:
    """Those who are ready, in the order in which they are served.

    What was begun goes before what was not, sustaining before developing, a technology under way before
    another; those whose turn has come go first, in the order of asking, in which everything else ends too.
    """
    under_way = {place.technology for place in state.slots.values() if place.technology}

    def rank(place: Place) -> tuple[int | bool, ...]:
        if has_turn(state, place):
            return (False,)
        started = place.technology in under_way
        return (True, not place.begun, rank_of(state, place), place.lane is Lane.DEVELOPING, not started)

    return tuple(sorted((place for place in state.queue.values() if place.ready), key=rank))


def survey(state: Programme) -> tuple[Standing, ...]:
    """Where everybody stands who is ready, in the order of service."""
    return tuple(_walk(state))


def _walk(state: Programme) -> Iterator[Standing]:
    used, kept = use_of(state), dict[str, int]()
    for position, place in enumerate(service_order(state), start=1):
        lacking = tuple(name for name in place.needs if is_lacking(state.limits, used, name))
        promised = tuple(
            name
            for name in place.needs
            if name not in lacking and (left := room(state.limits, used, name)) is not None
            and left <= kept.get(name, 0)
        )  # fmt: skip
        yield Standing(place=place, position=position, lacking=lacking, kept=promised)
        if has_turn(state, place) and can_be_served(state, place):
            for name in place.needs:
                kept[name] = kept.get(name, 0) + 1
                if name in lacking or name in promised:
                    # What is further away it does not keep from others before this is there.
                    break


def can_be_served(state: Programme, place: Place) -> bool:
    """Whether there would be room once all was given back but what boards sustain, which may be never."""
    lasting = count_use(held.needs for held in state.slots.values() if held.is_live)
    return not any(is_lacking(state.limits, lasting, name) for name in place.needs)


class Next(NamedTuple):
    """Who is served next, and who is passed over by that."""

    place: Place
    passed_over: PassedOver | None


def next_in_queue(state: Programme) -> Next | None:
    """Who is served next: the first in the order of service whom everything fits."""
    first = next((standing.place for standing in _walk(state) if standing.fits), None)
    return None if first is None else Next(first, _passed_over(state, first))


def _passed_over(state: Programme, served: Place) -> PassedOver | None:
    """The earliest that had asked before, draws on the same and does not have its turn yet."""
    shared = {name for name in served.needs if limit_of(state.limits, name) is not None}
    for place in state.queue.values():
        if place.name == served.name:
            return None
        if place.ready and not has_turn(state, place) and any(name in shared for name in place.needs):
            return PassedOver(name=place.name, times=place.passed_over + 1)
    return None


def longest_wait(patience: int, before: int, scarce: int, held_through: int) -> int:
    """For how many awards of something that it draws on, at the most, one waits that stays ready.

    Each of those that were before it, and it itself, is passed over so often, and then waits until each board
    and role that it needs was given back once; the next national place is its own.

    Args:
        patience: How often one may be passed over.
        before: How many waited when it asked.
        scarce: How many boards and roles each draws on, at the most.
        held_through: Through how many awards a slot is held, at the most, before it is given back.
    """
    return before + (before + 1) * (patience + scarce * (held_through + 1))
