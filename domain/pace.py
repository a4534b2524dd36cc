"""How time counts for a life: how long a day of its plan lasts, by which calendar, and when it is at risk."""

from datetime import datetime, timedelta

from pydantic import Field

from domain.calendar import DAY, Calendar
from domain.value import Value


class Pace(Value):
    """How time counts.

    Attributes:
        day: How long a day of a plan lasts; a rehearsal makes it shorter, and then no calendar counts.
        at_risk_share: The share of a step's time after which it counts as at risk.
        calendar: Which days are worked; without one, every day is like every other.
    """

    day: timedelta = Field(default=DAY, gt=timedelta(0))
    at_risk_share: float = Field(default=0.8, gt=0, lt=1)
    calendar: Calendar | None = None

    def at(self, board: str | None) -> "Pace":
        """The pace of one board, or of the national level."""
        if self.calendar is None:
            return self
        return self.model_copy(update={"calendar": self.calendar.at(board)})

    @property
    def working_calendar(self) -> Calendar | None:
        """The calendar, where days last as long as the calendar's."""
        return self.calendar if self.day == DAY else None

    def due(self, opened: datetime, allowed: timedelta, lost: timedelta = timedelta(0)) -> datetime:
        """When something is due that has some days of a plan.

        Args:
            opened: Since when its time runs.
            allowed: The time it has, in days of a plan.
            lost: For how long it was paused since then.
        """
        time = allowed * (self.day / DAY) + lost
        calendar = self.working_calendar
        return opened + time if calendar is None else calendar.due(opened, time)

    def lost(self, since: datetime, until: datetime) -> timedelta:
        """The time that a pause took away; leave would not have counted anyway."""
        calendar = self.working_calendar
        return until - since if calendar is None else calendar.counted(since, until)
