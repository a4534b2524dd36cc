"""Capacity: in two lanes, with limits nationally, at each board and of each scarce role, and what fits them.

A limit is a number under a name that people can read: ``national/developing``, ``board/fife/sustaining``,
``role/clinical-safety-officer``. A piece of work draws on several of them, by one each.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from domain.value import Slug, Value


class Lane(StrEnum):
    """The two kinds of work: finishing what is new, and keeping up what is live."""

    DEVELOPING = "developing"
    SUSTAINING = "sustaining"


CAPACITY_LIMIT = 1000

EVERY_BOARD = "every-board"
"""Stands for a board in the name of the limit that counts at every board without one of its own."""

LimitName = Annotated[
    str,
    StringConstraints(
        pattern=r"^(national/(developing|sustaining)|board/[a-z0-9-]+/(developing|sustaining)|role/[a-z0-9-]+)$",
        max_length=120,
    ),
]

Limits = dict[LimitName, Annotated[int, Field(ge=0, le=CAPACITY_LIMIT)]]
"""How much there is of what is limited; what has no limit is not in it."""

Draws = dict[Lane, tuple[Slug, ...]]
"""The roles that work in a lane draws on."""


class Serving(Value):
    """How the queue for capacity is served.

    Attributes:
        patience: How often one may be passed over by others that asked later, before it goes first.
        look_every: How often the office looks whether the rollouts in its books still run.
    """

    patience: int = Field(gt=0)
    look_every: timedelta = Field(gt=timedelta())


def national(lane: Lane) -> str:
    """The name of a lane's national limit."""
    return f"national/{lane}"


def at_board(board: str, lane: Lane) -> str:
    """The name of a lane's limit at a board, or at every board without one of its own."""
    return f"board/{board}/{lane}"


def of_role(role: str) -> str:
    """The name of the limit of what a role carries at once, over both lanes."""
    return f"role/{role}"


def needs_of(lane: Lane, board: str | None, roles: tuple[str, ...]) -> tuple[str, ...]:
    """What a piece of work draws on, from what is nearest to what is shared by all.

    Work whose turn has come takes hold of its needs in this order, so that a national place, which everybody
    can use, never stands idle for it (see ``domain.service``).
    """
    here = () if board is None else (at_board(board, lane),)
    return (*here, *(of_role(role) for role in dict.fromkeys(roles)), national(lane))


def count_use(works: Iterable[tuple[str, ...]]) -> dict[str, int]:
    """How much of everything works draw on together."""
    used: dict[str, int] = {}
    for needs in works:
        for name in needs:
            used[name] = used.get(name, 0) + 1
    return used


def limit_of(limits: Mapping[str, int], name: str) -> int | None:
    """How much there is of something; ``None`` where it has no limit."""
    if name in limits:
        return limits[name]
    kind, _, rest = name.partition("/")
    return limits.get(at_board(EVERY_BOARD, Lane(rest.rpartition("/")[2]))) if kind == "board" else None


def room(limits: Mapping[str, int], used: Mapping[str, int], name: str) -> int | None:
    """How much of something is left, below zero where there is too little; ``None`` where it has no limit.

    Sustaining comes first: what a board sustains beyond its limit is taken from what it may develop.
    """
    limit = limit_of(limits, name)
    if limit is None:
        return None
    return limit - used.get(name, 0) - _taken_by_sustaining(limits, used, name)


def _taken_by_sustaining(limits: Mapping[str, int], used: Mapping[str, int], name: str) -> int:
    kind, _, rest = name.partition("/")
    board, _, lane = rest.rpartition("/")
    if kind != "board" or lane != Lane.DEVELOPING:
        return 0
    sustained = at_board(board, Lane.SUSTAINING)
    limit = limit_of(limits, sustained)
    return 0 if limit is None else max(0, used.get(sustained, 0) - limit)


def is_lacking(limits: Mapping[str, int], used: Mapping[str, int], name: str) -> bool:
    """Whether nothing is left of something."""
    left = room(limits, used, name)
    return left is not None and left <= 0


def over_committed(limits: Mapping[str, int], used: Mapping[str, int]) -> dict[str, int]:
    """Of what more is used than there is, and by how much."""
    over = {name: used[name] - limit for name in used if (limit := limit_of(limits, name)) is not None}
    return {name: by for name, by in sorted(over.items()) if by > 0}


def in_words(name: str) -> str:
    """A limit as people speak of it."""
    kind, _, rest = name.partition("/")
    if kind == "national":
        return f"a national place for {rest}"
    if kind == "role":
        return f"room of the role {rest}"
    board, _, lane = rest.rpartition("/")
    return f"room for {lane} at {'every board' if board == EVERY_BOARD else board}"
