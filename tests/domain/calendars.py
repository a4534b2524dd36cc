"""Calendars as hypothesis draws them, and a second, naive way to count their days."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from domain.calendar import WEEKDAYS, Calendar, ClockChange, Leave, Weekday

DAY = timedelta(days=1)
FIRST, LAST = date(2026, 9, 1), date(2027, 5, 31)

LONDON = (
    ClockChange(at=datetime(2026, 3, 29, 1, tzinfo=UTC), ahead=timedelta(hours=1)),
    ClockChange(at=datetime(2026, 10, 25, 1, tzinfo=UTC), ahead=timedelta(0)),
    ClockChange(at=datetime(2027, 3, 28, 1, tzinfo=UTC), ahead=timedelta(hours=1)),
    ClockChange(at=datetime(2027, 10, 31, 1, tzinfo=UTC), ahead=timedelta(0)),
)

SCOTLAND = Calendar(
    clock=LONDON,
    holidays=(date(2026, 11, 30), date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 1, 4)),
)
"""Some days of a winter, without leave."""

days = st.dates(FIRST, LAST)
moments = st.integers(0, 240 * 24 * 60).map(
    lambda minutes: datetime(2026, 9, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
durations = st.integers(0, 60 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def leaves(draw: st.DrawFn) -> Leave:
    """A time of leave of up to five weeks."""
    first = draw(days)
    return Leave(name="Leave", first=first, last=first + timedelta(days=draw(st.integers(0, 35))))


@st.composite
def calendars(draw: st.DrawFn, *, leave: bool = True) -> Calendar:
    """A calendar of one place, with up to six days of weekend, holidays and leave that may overlap."""
    weekend: list[Weekday] = draw(st.lists(st.sampled_from(WEEKDAYS), max_size=6, unique=True))
    return Calendar(
        weekend=tuple(weekend),
        closes=draw(st.sampled_from([time(0), time(12, 30), time(17), time(23, 59)])),
        clock=draw(st.sampled_from([(), LONDON])),
        holidays=tuple(draw(st.lists(days, max_size=12))),
        leave=tuple(draw(st.lists(leaves(), max_size=3))) if leave else (),
    )


def works(calendar: Calendar, day: date) -> bool:
    """Whether people work on a day, said in another way."""
    free = day in calendar.holidays or day.strftime("%A").lower() in calendar.weekend
    return not free and not on_leave(calendar, day)


def on_leave(calendar: Calendar, day: date) -> bool:
    """Whether a day is one of leave."""
    return any((day - it.first).days >= 0 and (it.last - day).days >= 0 for it in calendar.leave)


def minutes_that_count(calendar: Calendar, since: datetime, until: datetime) -> int:
    """The minutes between two moments that are not of leave, counted one by one by whole local days."""
    counted, moment = 0, since
    while moment < until:
        local = calendar.local_time(moment)
        next_day = calendar.moment(local.date() + DAY, time())
        end = min(until, next_day)
        if not on_leave(calendar, local.date()):
            counted += round((end - moment) / timedelta(minutes=1))
        moment = end
    return counted
