"""Makes the working calendar of what the programme's file says: public holidays, leave, and the clocks.

Holidays and the changes of the clocks are worked out here, once, for the years that the file names. What
comes of it is pinned in each proposal, so no life depends on the packages that know them.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from pydantic import Field, model_validator

from domain.calendar import DAY, WEEKDAYS, Calendar, ClockChange, Leave, Weekday
from domain.value import Line, Slug, Value

HOUR = timedelta(hours=1)


class DayChange(Value):
    """A day that becomes a holiday, or stops being one, everywhere or at some boards.

    Attributes:
        date: The day.
        name: What it is, or why it is worked on.
        boards: Where; everywhere unless boards are named.
        source: Who said so.
    """

    date: date
    name: Line
    boards: tuple[Slug, ...] | Literal["all"] = "all"
    source: Line

    def concerns(self, board: str | None) -> bool:
        """Whether it is about a board, or about everybody where that is ``None``."""
        return self.boards == "all" or (board is not None and board in self.boards)


class HolidaysSheet(Value):
    """Which public holidays count, and what differs from them.

    Attributes:
        country: The country, by its code.
        subdivision: The part of it, by its code.
        first_year: The first year for which they are worked out.
        last_year: The last one; what is due after it knows no holidays.
        source: Who says which days they are.
        add: Days that are holidays as well.
        remove: Days on which people work after all.

    Raises:
        ValueError: There is no such country, or there are no such years.
    """

    country: str = Field(pattern=r"^[A-Z]{2}$")
    subdivision: str | None = Field(default=None, pattern=r"^[A-Z0-9]{1,3}$")
    first_year: int = Field(ge=2000, le=2200)
    last_year: int = Field(ge=2000, le=2200)
    source: Line
    add: tuple[DayChange, ...] = ()
    remove: tuple[DayChange, ...] = ()

    @model_validator(mode="after")
    def _are_known(self) -> Self:
        if not self.first_year <= self.last_year < self.first_year + 30:
            raise ValueError(
                "the holidays are for no year or for more than 30: correct first_year or last_year"
            )
        self.public()
        return self

    def public(self) -> tuple[date, ...]:
        """The public holidays of these years, in order.

        Raises:
            ValueError: The country or its part is not known.
        """
        years = range(self.first_year, self.last_year + 1)
        try:
            found = holidays.country_holidays(self.country, subdiv=self.subdivision, years=years)
        except NotImplementedError as error:
            where = f"{self.country} {self.subdivision or ''}".strip()
            raise ValueError(
                f'nothing is known of the holidays of "{where}": correct country or subdivision'
            ) from error
        return tuple(sorted(found))


class LeaveSheet(Leave):
    """A time of leave, with whoever says so."""

    source: Line


class CalendarSheet(Value):
    """The working calendar as the programme's file says it.

    Attributes:
        time_zone: Where local time is told, by its name.
        weekend: The days of the week on which nobody works.
        closes: The local time at which a working day ends.
        holidays: Which days are holidays.
        leave: In which times nothing runs out.

    Raises:
        ValueError: There is no such time zone, or nobody would ever work.
    """

    time_zone: str
    weekend: tuple[Weekday, ...] = ("saturday", "sunday")
    closes: time
    holidays: HolidaysSheet
    leave: tuple[LeaveSheet, ...] = ()

    @model_validator(mode="after")
    def _can_be_made(self) -> Self:
        make_calendar(self)
        return self


def make_calendar(sheet: CalendarSheet) -> Calendar:
    """The calendar of what a file says.

    Raises:
        ValueError: It cannot be made of it; says why and what to do.
    """
    public, rule = sheet.holidays.public(), sheet.holidays
    boards = {
        board for change in (*rule.add, *rule.remove) if change.boards != "all" for board in change.boards
    }
    return Calendar(
        weekend=sheet.weekend,
        closes=sheet.closes,
        clock=_clock(sheet.time_zone, rule.first_year, rule.last_year),
        holidays=_free_days(sheet, public, None),
        local={board: _free_days(sheet, public, board) for board in sorted(boards)},
        leave=tuple(
            Leave(name=it.name, first=it.first, last=it.last, boards=it.boards) for it in sheet.leave
        ),
    )


def _free_days(sheet: CalendarSheet, public: tuple[date, ...], board: str | None) -> tuple[date, ...]:
    """The holidays of a board that change anything: those of the weekend are free anyway."""
    rule = sheet.holidays
    added = {it.date for it in rule.add if it.concerns(board)}
    removed = {it.date for it in rule.remove if it.concerns(board)}
    days = ({*public} | added) - removed
    return tuple(sorted(day for day in days if WEEKDAYS[day.weekday()] not in sheet.weekend))


def _clock(name: str, first_year: int, last_year: int) -> tuple[ClockChange, ...]:
    """How local time follows UTC, from the first year to the end of the year after the last."""
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f'there is no time zone "{name}": write one such as Europe/London') from error
    return tuple(
        _changes(zone, datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 2, 1, 1, tzinfo=UTC))
    )


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[ClockChange]:
    ahead, moment = timedelta(0), start
    while moment < end:
        if _ahead(zone, moment + DAY) != ahead or _ahead(zone, moment) != ahead:
            for hour in range(24):
                at = moment + hour * HOUR
                if (found := _ahead(zone, at)) != ahead:
                    ahead = found
                    yield ClockChange(at=at, ahead=ahead)
        moment += DAY


def _ahead(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)
