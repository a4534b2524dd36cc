"""The rules by which a run chart tells a change from chance.

Sources: Perla, Provost and Murray, "The run chart: a simple analytical tool for learning from variation in
healthcare processes", BMJ Quality and Safety 20 (2011), for shift, trend and runs; Anhøj and Olesen, "Run
charts revisited", PLoS ONE 9(11) (2014), for the limit of crossings and for how little a trend says.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import groupby, pairwise
from math import comb
from typing import Literal

from domain.value import Fact

SHIFT = 6
"""Useful points in a row on one side of the median that make a shift (Perla and others 2011)."""

TREND = 5
"""Points in a row all going up or all going down that make a trend (Perla and others 2011)."""

FEWEST = 10
"""Useful points below which the number of runs says nothing; the published tables begin there."""

Direction = Literal["better", "worse"]


class SignalKind(StrEnum):
    """What there is to see in a series. Only a shift may decide; the others call for a look."""

    SHIFT = "shift"
    TREND = "trend"
    TOO_FEW_RUNS = "too-few-runs"
    TOO_MANY_RUNS = "too-many-runs"


class Signal(Fact):
    """A sign that a series does not move by chance alone.

    Attributes:
        kind: Which rule found it.
        direction: Where it goes; ``None`` for a number of runs, which has no direction.
        first: The day of its first point.
        last: The day of its last point.
        points: How many points make it.
    """

    kind: SignalKind
    direction: Direction | None
    first: date
    last: date
    points: int


Sided = tuple[tuple[date, int], ...]
"""Useful points in their order: 1 on the better side of the median, -1 on the worse."""

Valued = tuple[tuple[date, Fraction], ...]
"""All points in their order, turned so that more is better."""


def signals_of(useful: Sided, values: Valued) -> tuple[Signal, ...]:
    """All signals, in the order in which they begin."""
    found = (*_shifts(useful), *_trends(values), *_odd_runs(useful))
    return tuple(sorted(found, key=lambda signal: (signal.first, signal.last, signal.kind)))


def run_limits(useful: int) -> tuple[int, int] | None:
    """The fewest and the most runs that chance explains; ``None`` for fewer than ten useful points.

    By chance the series crosses the median between two useful points as often as not. There are too few
    crossings below the 5 % quantile of that binomial distribution (Anhøj and Olesen 2014); too many are
    judged by the mirror image of the same limit. There is one run more than there are crossings.
    """
    if useful < FEWEST:
        return None
    chances = useful - 1
    crossings, ways = 0, 1
    while ways * 20 < 2**chances:
        crossings += 1
        ways += comb(chances, crossings)
    return crossings + 1, chances - crossings + 1


def _shifts(useful: Sided) -> Iterator[Signal]:
    for side, points in groupby(useful, key=lambda point: point[1]):
        days = [day for day, _ in points]
        if len(days) >= SHIFT:
            yield _signal(SignalKind.SHIFT, days, side)


def _trends(values: Valued) -> Iterator[Signal]:
    # Of equal values in a row the first counts alone: they neither make nor break a trend (Perla and others).
    moving = values[:1] + tuple(after for before, after in pairwise(values) if after[1] != before[1])
    moves = [(before, after, after[1] > before[1]) for before, after in pairwise(moving)]
    for rising, steps in groupby(moves, key=lambda move: move[2]):
        way = list(steps)
        days = [way[0][0][0], *(after[0] for _, after, _ in way)]
        if len(days) >= TREND:
            yield _signal(SignalKind.TREND, days, 1 if rising else -1)


def _odd_runs(useful: Sided) -> Iterator[Signal]:
    limits = run_limits(len(useful))
    if limits is None:
        return
    fewest, most = limits
    runs = sum(1 for _ in groupby(useful, key=lambda point: point[1]))
    days = [day for day, _ in useful]
    if runs < fewest:
        yield _signal(SignalKind.TOO_FEW_RUNS, days, 0)
    elif runs > most:
        yield _signal(SignalKind.TOO_MANY_RUNS, days, 0)


def _signal(kind: SignalKind, days: list[date], side: int) -> Signal:
    direction: Direction | None = None if side == 0 else "better" if side > 0 else "worse"
    return Signal(kind=kind, direction=direction, first=days[0], last=days[-1], points=len(days))
