"""Due dates come from the working calendar: on working days, never early, and leave does not count."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.calendar import WEEKDAYS, Calendar, ClockChange, Leave
from domain.pace import Pace
from tests.domain.calendars import (
    DAY,
    LONDON,
    SCOTLAND,
    calendars,
    days,
    durations,
    minutes_that_count,
    moments,
    works,
)


def at(day: int, hour: int = 9, month: int = 12, year: int = 2026) -> datetime:
    """A moment of the winter, in UTC."""
    return datetime(year, month, day, hour, tzinfo=UTC)


@given(calendars(), moments, durations)
def test_a_due_date_is_the_end_of_a_working_day(
    calendar: Calendar, opened: datetime, allowed: timedelta
) -> None:
    """Nobody is asked for anything at a moment at which nobody works."""
    local = calendar.local_time(calendar.due(opened, allowed))
    assert works(calendar, local.date())
    assert local.time() == calendar.closes


@given(calendars(), moments, durations)
def test_nothing_is_due_before_its_time(calendar: Calendar, opened: datetime, allowed: timedelta) -> None:
    """Whoever has 14 days has 14 days, of which none is leave."""
    due = calendar.due(opened, allowed)
    assert due >= opened + allowed
    assert minutes_that_count(calendar, opened, due) >= allowed // timedelta(minutes=1)


@given(calendars(), moments, durations)
def test_nothing_is_due_later_than_the_next_working_day(
    calendar: Calendar, opened: datetime, allowed: timedelta
) -> None:
    """There is no earlier working day whose end would have been late enough."""
    due, spent = calendar.due(opened, allowed), calendar.advance(opened, allowed)
    day = calendar.local_time(due).date() - DAY
    while not works(calendar, day):
        day -= DAY
    assert calendar.moment(day, calendar.closes) < spent


@given(calendars(), moments, moments, durations)
def test_what_begins_later_is_not_due_earlier(
    calendar: Calendar, one: datetime, other: datetime, allowed: timedelta
) -> None:
    """The order of beginnings is kept."""
    earlier, later = sorted((one, other))
    assert calendar.due(earlier, allowed) <= calendar.due(later, allowed)


@given(calendars(), moments, durations, durations)
def test_what_has_more_time_is_not_due_earlier(
    calendar: Calendar, opened: datetime, one: timedelta, other: timedelta
) -> None:
    """More time is never less."""
    less, more = sorted((one, other))
    assert calendar.due(opened, less) <= calendar.due(opened, more)


@given(calendars(), moments, durations)
def test_days_of_leave_do_not_count(calendar: Calendar, opened: datetime, allowed: timedelta) -> None:
    """Exactly the time that is not leave goes by."""
    spent = calendar.advance(opened, allowed)
    assert minutes_that_count(calendar, opened, spent) == allowed // timedelta(minutes=1)
    assert calendar.counted(opened, spent) == allowed


@given(calendars(), st.tuples(moments, moments, moments))
def test_time_that_counts_adds_up(calendar: Calendar, three: tuple[datetime, datetime, datetime]) -> None:
    """It does not matter at which moment time is divided."""
    first, middle, last = sorted(three)
    assert calendar.counted(first, middle) + calendar.counted(middle, last) == calendar.counted(first, last)


@given(calendars(), moments, durations, durations, durations)
def test_a_pause_never_ends_on_a_day_without_work(
    calendar: Calendar, opened: datetime, allowed: timedelta, until_pause: timedelta, pause: timedelta
) -> None:
    """What was moved by a pause is due at the end of a working day, and has the time that it had left."""
    pace = Pace(calendar=calendar)
    since = opened + until_pause
    lost = pace.lost(since, since + pause)
    due = pace.due(opened, allowed, lost)
    assert works(calendar, calendar.local_time(due).date())
    assert calendar.counted(opened, due) >= allowed + lost
    assert due >= pace.due(opened, allowed)


@given(calendars(), days)
def test_working_days_are_counted_one_by_one(calendar: Calendar, day: date) -> None:
    """Three days before and three days after are three days of work."""
    for number in (1, 3):
        after = calendar.working_day(day, number)
        before = calendar.working_day(day, -number)
        between = [day + timedelta(days=n) for n in range(1, (after - day).days + 1)]
        assert sum(works(calendar, it) for it in between) == number
        between = [before + timedelta(days=n) for n in range((day - before).days)]
        assert sum(works(calendar, it) for it in between) == number
        assert works(calendar, after)
        assert works(calendar, before)


def test_fourteen_days_from_a_monday_end_at_the_close_of_a_monday() -> None:
    """Durations are calendar days, and the rest of the day is given on top."""
    assert SCOTLAND.due(at(7), timedelta(days=14)) == at(21, 17)


def test_what_would_fall_on_a_weekend_or_a_holiday_is_due_afterwards() -> None:
    """26 December 2026 is a Saturday, and the Monday after it is free for Boxing Day."""
    assert SCOTLAND.due(at(12), timedelta(days=14)) == at(29, 17)


def test_leave_makes_everything_wait() -> None:
    """Fourteen days that meet eleven days of leave last eleven days longer."""
    leave = Leave(name="Festive period", first=date(2026, 12, 25), last=date(2027, 1, 4))
    calendar = Calendar(clock=LONDON, holidays=SCOTLAND.holidays, leave=(leave,))
    assert SCOTLAND.due(at(18), timedelta(days=14)) == at(5, 17, 1, 2027)
    assert calendar.due(at(18), timedelta(days=14)) == at(12, 17, 1, 2027)


def test_an_evening_counts_for_the_next_day() -> None:
    """What would be due after the close of a day is due at the next."""
    assert SCOTLAND.due(at(7, 20), timedelta(days=1)) == at(9, 17)


def test_the_close_of_a_day_is_told_in_local_time() -> None:
    """In summer local time is an hour ahead of UTC."""
    opened = datetime(2026, 10, 19, 9, tzinfo=UTC)
    assert SCOTLAND.due(opened, timedelta(days=4)) == datetime(2026, 10, 23, 16, tzinfo=UTC)
    assert SCOTLAND.due(opened, timedelta(days=7)) == datetime(2026, 10, 26, 17, tzinfo=UTC)


def test_many_short_pauses_give_no_more_time_than_they_took() -> None:
    """A due date at the end of a day is not put off by a day at each of them."""
    pace = Pace(calendar=SCOTLAND)
    lost = sum((pace.lost(at(8, hour), at(8, hour) + timedelta(minutes=1)) for hour in range(8, 16)), DAY * 0)
    assert pace.due(at(7), timedelta(days=3), lost) == at(10, 17)


def test_a_rehearsal_has_no_calendar() -> None:
    """Where a day lasts a second there is no weekend."""
    pace = Pace(day=timedelta(seconds=1), calendar=SCOTLAND)
    assert pace.due(at(25), timedelta(days=3)) == at(25) + timedelta(seconds=3)
    assert pace.lost(at(25), at(26)) == DAY


def test_boards_keep_their_own_days() -> None:
    """A board's local holiday is a working day elsewhere, and its leave runs out elsewhere."""
    leave = Leave(name="Moving", first=date(2026, 12, 14), last=date(2026, 12, 15), boards=("fife",))
    calendar = Calendar(holidays=(date(2026, 12, 8),), local={"orkney": (date(2026, 12, 9),)}, leave=(leave,))
    free = {
        board: [day for day in range(7, 19) if day not in {12, 13} and not here.works(date(2026, 12, day))]
        for board in ("fife", "orkney", "borders", None)
        if (here := calendar.at(board))
    }
    assert free == {"fife": [8, 14, 15], "orkney": [9], "borders": [8], None: [8]}
    assert calendar.at("fife").due(at(10), timedelta(days=4)) == at(16, 17)
    assert calendar.at("orkney").due(at(10), timedelta(days=4)) == at(14, 17)
    assert [len(it.leave) for it in calendar.everywhere] == [0, 1, 0], "national, fife, orkney"


def test_a_calendar_that_was_asked_before_is_another_at_a_board() -> None:
    """What was worked out for everybody is not kept for a board."""
    calendar = Calendar(holidays=(date(2026, 12, 8),), local={"orkney": ()})
    assert not calendar.works(date(2026, 12, 8))
    assert calendar.at("orkney").works(date(2026, 12, 8))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"weekend": WEEKDAYS}, "leave one to work on"),
        ({"clock": (LONDON[1], LONDON[0])}, "sort them"),
        ({"closes": time(17, tzinfo=UTC)}, "leave the time zone out"),
    ],
)
def test_a_calendar_by_which_nobody_could_work_is_refused(wrong: dict[str, object], why: str) -> None:
    """Nothing would ever be due."""
    with pytest.raises(ValidationError, match=why):
        Calendar.model_validate(wrong)


@pytest.mark.parametrize("last", [date(2026, 12, 23), date(2028, 1, 1)])
def test_leave_has_an_end(last: date) -> None:
    """It lasts a day or more, and no longer than a year."""
    with pytest.raises(ValidationError, match="correct its days"):
        Leave(name="Leave", first=date(2026, 12, 24), last=last)


@given(calendars(), days)
def test_midnight_of_every_day_can_be_found(calendar: Calendar, day: date) -> None:
    """Local time and moments fit each other."""
    assert calendar.local_time(calendar.moment(day, time())).date() == day


def test_where_clocks_go_back_the_first_of_two_moments_is_meant() -> None:
    """01:30 comes twice on 25 October 2026."""
    assert SCOTLAND.moment(date(2026, 10, 25), time(1, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert ClockChange(at=at(1), ahead=DAY * 0) != LONDON[0]
