"""Run charts whose runs were marked by hand, and the limits of chance by counting every way to fall."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise, product
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.findings import Point, RunChart, SignalKind, readings, run_limits

FIRST = date(2026, 1, 5)


def week(number: int) -> date:
    """The day of the point of that number, from 1."""
    return FIRST + timedelta(weeks=number - 1)


def chart(*values: float, better: Literal["up", "down"] = "up") -> RunChart:
    """A weekly series."""
    points = tuple(Point(on=week(number), value=value) for number, value in enumerate(values, start=1))
    return RunChart(measure="activations", unit="accounts", better=better, points=points)


def shift_of(series: RunChart) -> float | None:
    """Where the latest shift goes, where that can be read."""
    reading = readings(series).get("run-chart-shift")
    return None if reading is None else reading.value


# Sorted: 2 3 4 4 5 5 5 6 7 7, so the median is 5. On which side: . + - + . + - - . -
STEADY = (5, 7, 4, 6, 5, 7, 4, 3, 5, 2)
# Half below its median of 2 and half above, in turns.
TURNS = (1, 3) * 5


def test_a_shift_is_six_useful_points_on_one_side() -> None:
    """Marked by hand: after the baseline + + . + + + + is six in a row, the point on the median skipped.

    The runs are + | - | + + | - - - | + + + + + +: five, of 13 useful points, which chance explains.
    """
    series = chart(*STEADY, 6, 8, 5, 7, 9, 6, 8)
    assert series.median == 5
    assert len(series.useful) == 13
    (signal,) = series.signals
    assert (signal.kind, signal.direction, signal.first, signal.last, signal.points) == (
        SignalKind.SHIFT,
        "better",
        week(11),
        week(17),
        6,
    )
    assert shift_of(series) == 1


def test_five_useful_points_are_no_shift() -> None:
    """The sixth lies on the median and counts for nothing."""
    assert shift_of(chart(*STEADY, 6, 8, 5, 7, 9, 6)) == 0


def test_a_shift_says_which_way_it_goes() -> None:
    """Where less is better, six points above the median are worse."""
    series = chart(*STEADY, 6, 8, 7, 9, 6, 8, better="down")
    assert [signal.direction for signal in series.signals] == ["worse"]
    assert shift_of(series) == -1


def test_the_latest_shift_counts() -> None:
    """What got better and then worse again is worse."""
    assert shift_of(chart(*STEADY, 6, 8, 7, 9, 6, 8, 1, 3, 2, 4, 1, 3)) == -1


def test_a_trend_alone_says_nothing_to_a_rule() -> None:
    """Marked by hand: 1.5 1.8 (1.8) 2.2 2.4 2.6 rises over five points, the repeated one passed over.

    Its points lie on both sides of the median, three and three, so there is no shift.
    """
    series = chart(*TURNS, 1.5, 1.8, 1.8, 2.2, 2.4, 2.6)
    assert [(signal.kind, signal.direction, signal.points) for signal in series.signals] == [
        (SignalKind.TREND, "better", 5)
    ]
    assert shift_of(series) == 0


def test_four_points_in_a_row_are_no_trend() -> None:
    """A repeated point does not make it five."""
    kinds = [signal.kind for signal in chart(*TURNS, 1.5, 1.8, 1.8, 2.2, 2.4).signals]
    assert SignalKind.TREND not in kinds


def test_too_many_runs_are_seen() -> None:
    """Ten useful points in turns make ten runs, and chance explains eight."""
    (signal,) = chart(*TURNS).signals
    assert (signal.kind, signal.direction, signal.points) == (SignalKind.TOO_MANY_RUNS, None, 10)


def test_too_few_runs_are_seen() -> None:
    """Five below and then five above make two runs, and chance explains three; neither is a shift."""
    series = chart(1, 1, 1, 1, 1, 3, 3, 3, 3, 3)
    assert [signal.kind for signal in series.signals] == [SignalKind.TOO_FEW_RUNS]
    assert shift_of(series) == 0


def test_nothing_is_said_before_the_baseline_is_complete() -> None:
    """Nine points, however clear, have no median to be judged by."""
    series = chart(*range(1, 10))
    assert (series.median, series.useful, series.signals, readings(series)) == (None, (), (), {})


def test_the_median_is_that_of_the_baseline_alone() -> None:
    """What comes after the change does not move what it is judged by."""
    assert chart(*TURNS, *[9] * 20).median == 2


def test_a_point_on_the_median_is_seen_to_be_there() -> None:
    """Halfway between 87.1 and 87.3 lies 87.2, though no computer's fraction says so."""
    series = chart(*(87.1, 87.3) * 5, 87.2)
    assert series.median == Fraction("87.2")
    assert len(series.useful) == 10


def test_an_odd_baseline_has_its_middle_point_as_median() -> None:
    """Of nine points the fifth in size."""
    points = tuple(Point(on=week(at), value=value) for at, value in enumerate((9, 1, 8, 2, 7, 3, 6, 4, 5), 1))
    assert RunChart(measure="waits", unit="days", better="down", baseline=9, points=points).median == 5


def test_the_sample_is_the_useful_points() -> None:
    """Two of these twelve lie on the median."""
    reading = readings(chart(*TURNS, 2, 2))["run-chart-shift"]
    assert (reading.sample, reading.unit) == (10, "direction")


@pytest.mark.parametrize("useful", range(10, 17))
def test_chance_alone_seldom_gives_fewer_runs_than_the_limit(useful: int) -> None:
    """Of all ways in which points can fall above and below, fewer than one in twenty has too few runs.

    And with one run more it would be one in twenty or more: the limit is exactly where it should be.
    """
    runs = Counter(
        1 + sum(before != after for before, after in pairwise(way)) for way in product((0, 1), repeat=useful)
    )
    limits = run_limits(useful)
    assert limits is not None
    fewest, most = limits
    ways = 2**useful
    assert 20 * sum(runs[count] for count in range(1, fewest)) < ways
    assert 20 * sum(runs[count] for count in range(1, fewest + 1)) >= ways
    assert 20 * sum(runs[count] for count in range(most + 1, useful + 1)) < ways
    assert 20 * sum(runs[count] for count in range(most, useful + 1)) >= ways


@pytest.mark.parametrize(
    ("useful", "crossings"), [(10, 2), (11, 2), (12, 3), (14, 4), (17, 5), (19, 6), (22, 7), (24, 8)]
)
def test_the_fewest_runs_are_one_more_than_the_published_crossings(useful: int, crossings: int) -> None:
    """The 5 % quantile of as many coins as there are gaps, as Anhøj and Olesen give it."""
    limits = run_limits(useful)
    assert limits is not None
    assert limits[0] == crossings + 1


def test_nine_useful_points_are_too_few_to_count_runs() -> None:
    """The published tables begin with ten."""
    assert run_limits(9) is None
    assert run_limits(10) == (3, 8)


@given(values=st.lists(st.integers(0, 4), min_size=10, max_size=30))
def test_less_is_better_is_more_is_better_upside_down(values: list[int]) -> None:
    """A series and its mirror image have the same signals in the same directions."""
    mirrored = chart(*(-value for value in values), better="down")
    assert chart(*values).signals == mirrored.signals


def test_two_points_of_a_day_are_refused() -> None:
    """Nobody can say which of them it was."""
    point = Point(on=FIRST, value=1)
    with pytest.raises(ValidationError) as caught:
        RunChart(measure="waits", unit="days", better="down", points=(point, point))
    (detail,) = caught.value.errors()
    assert str(detail["ctx"]["error"]) == "The series has two points of 2026-01-05: keep one of them."


@pytest.mark.parametrize("baseline", [1, 7, 101])
def test_a_baseline_is_neither_a_moment_nor_for_ever(baseline: int) -> None:
    """A median of one point would make a shift of anything."""
    with pytest.raises(ValidationError):
        RunChart(
            measure="waits",
            unit="days",
            better="down",
            baseline=baseline,
            points=(Point(on=FIRST, value=1),),
        )
