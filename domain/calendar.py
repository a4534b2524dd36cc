"""The working calendar: which days people work, and when what is to be done within some days is due.

Everything that it rests on is data that came in with it: the weekend, the holidays, the leave, the hour at
which a working day closes, and when the clocks change. So a due date is the same on every machine and at
every replay, whatever becomes of the law or of a time zone's rules.
"""

from datetime import date, datetime, time, timedelta, timezone
from functools import cached_property
from itertools import pairwise
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from domain.value import Instant, Line, Slug, Value

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)

DAY = timedelta(days=1)

LONGEST_LEAVE = timedelta(days=366)
"""A leave without end would be no leave: what is due would never be."""


class Leave(Value):
    """A time in which nobody works and nothing runs out, from its first day to its last.

    Attributes:
        name: What it is, for people.
        first: Its first day.
        last: Its last day.
        boards: Where it is; everywhere unless boards are named, and then at the national level not.

    Raises:
        ValueError: It ends before it begins, or lasts longer than a year.
    """

    name: Line
    first: date
    last: date
    boards: tuple[Slug, ...] | Literal["all"] = "all"

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if not self.first <= self.last <= self.first + LONGEST_LEAVE:
            raise ValueError(f'the leave "{self.name}" lasts no day or more than a year: correct its days')
        return self

    def concerns(self, board: str | None) -> bool:
        """Whether it is leave at a board, or at the national level where that is ``None``."""
        return self.boards == "all" or (board is not None and board in self.boards)


class ClockChange(Value):
    """From a moment on, local time is so much ahead of UTC."""

    at: Instant
    ahead: timedelta


class Calendar(Value):
    """Which days people work, and from when to when.

    Attributes:
        weekend: The days of the week on which nobody works.
        closes: The local time at which a working day ends, and with it what is due on it.
        clock: How local time follows UTC, in order; before the first change the two are the same.
        holidays: The days on which nobody works, though what has to be done goes on running out.
        local: The holidays of the boards whose own differ, all of each board's.
        leave: The times in which nothing runs out either.

    Raises:
        ValueError: Nobody would ever work, or the changes of the clock are in no order.
    """

    weekend: tuple[Weekday, ...] = ("saturday", "sunday")
    closes: time = time(17)
    clock: tuple[ClockChange, ...] = ()
    holidays: tuple[date, ...] = ()
    local: dict[Slug, tuple[date, ...]] = Field(default_factory=dict)
    leave: tuple[Leave, ...] = ()

    @model_validator(mode="after")
    def _somebody_works(self) -> Self:
        if all(day in self.weekend for day in WEEKDAYS):
            raise ValueError("every day of the week is a weekend's: leave one to work on")
        if any(later.at <= earlier.at for earlier, later in pairwise(self.clock)):
            raise ValueError("the changes of the clock are not in the order of time: sort them")
        if self.closes.tzinfo is not None:
            raise ValueError("a working day closes at a local time: leave the time zone out")
        return self

    def at(self, board: str | None) -> "Calendar":
        """The calendar of one board, or of the national level: nothing in it is about others."""
        own = self.holidays if board is None else self.local.get(board, self.holidays)
        here = tuple(
            it.model_copy(update={"boards": "all"}) if it.boards != "all" else it
            for it in self.leave
            if it.concerns(board)
        )
        # Made anew, for a copy would keep what was worked out of the one before.
        return Calendar(weekend=self.weekend, closes=self.closes, clock=self.clock, holidays=own, leave=here)

    @property
    def everywhere(self) -> tuple["Calendar", ...]:
        """The national calendar, then that of each board whose days differ, in the order of their names."""
        differing = {*self.local, *(board for it in self.leave if it.boards != "all" for board in it.boards)}
        return (self.at(None), *(self.at(board) for board in sorted(differing)))

    # --- days -----------------------------------------------------------------------------------------------

    def works(self, day: date) -> bool:
        """Whether people work on that day."""
        return (
            WEEKDAYS[day.weekday()] not in self.weekend and day not in self._free and not self.on_leave(day)
        )

    def on_leave(self, day: date) -> bool:
        """Whether that day is one of leave, on which nothing runs out."""
        return any(it.first <= day <= it.last for it in self._here)

    def working_day(self, day: date, number: int) -> date:
        """The working day so many working days after a day, or before it where the number is negative.

        Number 0 is the day itself, or the next working day where nobody works on it.
        """
        step = -DAY if number < 0 else DAY
        while number == 0 and not self.works(day):
            day += DAY
        left = abs(number)
        while left:
            day += step
            left -= self.works(day)
        return day

    # --- moments --------------------------------------------------------------------------------------------

    def local_time(self, moment: datetime) -> datetime:
        """A moment as local clocks show it."""
        return moment.astimezone(timezone(self._ahead(moment)))

    def moment(self, day: date, clock: time) -> datetime:
        """The moment at which local clocks show a time of a day; the first of two where they go back."""
        shown = datetime.combine(day, clock)
        guesses = (shown.replace(tzinfo=timezone(ahead)) for ahead in self._offsets)
        right = [it for it in guesses if self.local_time(it).replace(tzinfo=None) == shown]
        # Where clocks jump over the time, it is read as if they had not done so yet.
        return min(right) if right else shown.replace(tzinfo=timezone(min(self._offsets)))

    def close(self, moment: datetime) -> datetime:
        """The end of a working day that comes next, which is the moment itself where a day ends just then."""
        day = self.local_time(moment).date()
        while not (self.works(day) and (closing := self.moment(day, self.closes)) >= moment):
            day += DAY
        return closing

    def due(self, opened: datetime, allowed: timedelta) -> datetime:
        """When something is due that has so much time: at the end of a working day, never before its time.

        Days of the weekend and holidays count, since durations are calendar days; days of leave do not. What
        has more time, or begins later, is never due earlier.
        """
        return self.close(self.advance(opened, allowed))

    def advance(self, start: datetime, time_given: timedelta) -> datetime:
        """The moment at which so much time has gone by since the start, leave not counted."""
        end = start + time_given
        for first, after in self._leaves:
            if after <= start:
                continue
            if first >= end:
                break
            end += after - max(first, start)
        return end

    def counted(self, since: datetime, until: datetime) -> timedelta:
        """The time that went by between two moments, leave not counted."""
        uncounted = (
            min(after, until) - max(first, since)
            for first, after in self._leaves
            if first < until and after > since
        )
        return until - since - sum(uncounted, timedelta(0))

    # --- what it rests on -----------------------------------------------------------------------------------

    @cached_property
    def _free(self) -> frozenset[date]:
        return frozenset(self.holidays)

    @cached_property
    def _here(self) -> tuple[Leave, ...]:
        """The leave of the national level: a board's calendar was made with ``at``."""
        return tuple(it for it in self.leave if it.concerns(None))

    @cached_property
    def _offsets(self) -> tuple[timedelta, ...]:
        return tuple(sorted({timedelta(0), *(it.ahead for it in self.clock)}))

    @cached_property
    def _leaves(self) -> tuple[tuple[datetime, datetime], ...]:
        """The times of leave from moment to moment, in order, those that touch as one."""
        merged: list[tuple[datetime, datetime]] = []
        for it in sorted(self._here, key=lambda leave: leave.first):
            first, after = self.moment(it.first, time()), self.moment(it.last + DAY, time())
            if merged and first <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], after))
            else:
                merged.append((first, after))
        return tuple(merged)

    def _ahead(self, moment: datetime) -> timedelta:
        ahead = timedelta(0)
        for change in self.clock:
            if change.at > moment:
                break
            ahead = change.ahead
        return ahead
