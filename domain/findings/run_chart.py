"""A measure over time: dated points to be judged against the median of a baseline."""

from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, Strict, field_validator, model_validator

from domain.findings.amounts import Number
from domain.findings.reading import Reading, Readings
from domain.findings.runs import Direction, Signal, SignalKind, signals_of
from domain.findings.slugs import RUN_CHART_SHIFT, UNITS
from domain.value import Fact, Line, Slug, Tagged

BASELINE = 10
"""Points of a baseline unless said otherwise: about ten is usual (Perla and others 2011)."""

SHORTEST_BASELINE = 8
"""Below it, chance moves the median too far for it to be a baseline; a choice of this product."""


class Point(Fact):
    """One value of the series and its day; a month is told by its first day."""

    on: date
    value: Number


class RunChart(Tagged, Fact):
    """A series of points with the direction in which it should go.

    Attributes:
        measure: What is measured.
        unit: In what.
        better: Whether more is better or less.
        baseline: How many of the first points make the median.
        points: The series, by day whatever the order in which they came.

    Raises:
        ValueError: Two points are of the same day.
    """

    kind: Literal["run-chart"] = "run-chart"
    measure: Slug
    unit: Line
    better: Literal["up", "down"]
    baseline: Annotated[int, Strict(), Field(ge=SHORTEST_BASELINE, le=100)] = BASELINE
    points: tuple[Point, ...] = Field(min_length=1, max_length=1000)

    @field_validator("points")
    @classmethod
    def _in_order(cls, points: tuple[Point, ...]) -> tuple[Point, ...]:
        return tuple(sorted(points, key=lambda point: point.on))

    @model_validator(mode="after")
    def _each_day_once(self) -> Self:
        for before, after in pairwise(self.points):
            if before.on == after.on:
                raise ValueError(f"The series has two points of {after.on}: keep one of them.")
        return self

    @cached_property
    def median(self) -> Fraction | None:
        """The median of the baseline, exactly; ``None`` until the baseline is complete."""
        if len(self.points) < self.baseline:
            return None
        ordered = sorted(_exactly(point.value) for point in self.points[: self.baseline])
        return (ordered[(self.baseline - 1) // 2] + ordered[self.baseline // 2]) / 2

    @cached_property
    def useful(self) -> tuple[Point, ...]:
        """The points that are not on the median: only these count for shifts and runs."""
        if self.median is None:
            return ()
        return tuple(point for point in self.points if _exactly(point.value) != self.median)

    @cached_property
    def signals(self) -> tuple[Signal, ...]:
        """The signals of change in the order of their beginning; none until the baseline is complete.

        An astronomical point is a judgement of whoever looks at the chart, and is not among them.
        """
        median = self.median
        if median is None:
            return ()
        better = 1 if self.better == "up" else -1
        useful = tuple((point.on, better if point.value > median else -better) for point in self.useful)
        values = tuple((point.on, better * _exactly(point.value)) for point in self.points)
        return signals_of(useful, values)

    def readings(self) -> Readings:
        """Where the latest shift went: 1 for better, -1 for worse, 0 where there is none.

        A trend alone says too little to be read: it gives nothing (Anhøj and Olesen 2014).
        """
        if self.median is None:
            return {}
        shifts = [signal for signal in self.signals if signal.kind is SignalKind.SHIFT]
        value = _VALUES[shifts[-1].direction] if shifts else 0
        return {
            RUN_CHART_SHIFT: Reading(value=value, unit=UNITS[RUN_CHART_SHIFT], sample=len(self.useful)),
        }


_VALUES: dict[Direction | None, int] = {"better": 1, "worse": -1, None: 0}


def _exactly(value: float) -> Fraction:
    # As it is written, not as it is kept: halfway between 87.1 and 87.3 lies 87.2.
    return Fraction(repr(value))
