"""A contract as evidence: what it is worth, how long it runs, and until when notice can be given."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, Strict, field_validator, model_validator

from domain.findings.reading import Reading, Readings
from domain.findings.slugs import CONTRACT_DAYS_LEFT, CONTRACT_VALUE, UNITS
from domain.value import Fact, Tagged


class Money(Fact):
    """An amount of money.

    Attributes:
        amount: How much, to the penny.
        currency: In pounds sterling alone.
        lower_bound: Whether the source says "over" or "at least".
    """

    amount: Decimal = Field(ge=0, max_digits=14, decimal_places=2)
    currency: Literal["GBP"] = "GBP"
    lower_bound: Annotated[bool, Strict()] = False


class Contract(Tagged, Fact):
    """What is bought for how long; every day named is a day on which it is still in force.

    Attributes:
        value: What it is worth over its term, where that is known.
        starts: Its first day.
        ends: Its last day, no extension taken up.
        breaks: The days at whose end it may be ended early, in order whatever the order in which they came.
        notice_days: How many days before a break notice has to be given.
        extension_until: Its last day if every extension is taken up.

    Raises:
        ValueError: Its days are not in an order that a contract can have.
    """

    kind: Literal["contract"] = "contract"
    value: Money | None = None
    starts: date
    ends: date
    breaks: tuple[date, ...] = Field(default=(), max_length=50)
    notice_days: Annotated[int, Strict(), Field(ge=0, le=3660)] = 0
    extension_until: date | None = None

    @field_validator("breaks")
    @classmethod
    def _in_order_and_once(cls, breaks: tuple[date, ...]) -> tuple[date, ...]:
        return tuple(sorted(set(breaks)))

    @model_validator(mode="after")
    def _days_are_in_order(self) -> Self:
        if self.ends < self.starts:
            raise ValueError(
                f"The contract ends on {self.ends}, before it starts on {self.starts}: swap them."
            )
        for each in self.breaks:
            if not self.starts <= each < self.ends:
                raise ValueError(
                    f"The break on {each} is not between the start on {self.starts} and "
                    f"the end on {self.ends}: correct it."
                )
        if self.extension_until is not None and self.extension_until <= self.ends:
            raise ValueError(
                f"The extension until {self.extension_until} adds nothing to the end on {self.ends}: "
                "correct it or leave it out."
            )
        return self

    def in_force(self, day: date) -> bool:
        """Whether it is in force on a day, no extension taken up."""
        return self.starts <= day <= self.ends

    def days_left(self, day: date) -> int:
        """How many days there are from a day to its last, no extension taken up; none once that has come."""
        return max((self.ends - day).days, 0)

    def next_break(self, day: date) -> date | None:
        """The first break that has not gone by on a day; notice for it may already be too late."""
        return next((each for each in self.breaks if each >= day), None)

    def notice_date(self, day: date) -> date | None:
        """The last day to give notice for the first break for which that can still be done."""
        notice = timedelta(days=self.notice_days)
        return next((each - notice for each in self.breaks if each - notice >= day), None)

    def readings(self, day: date | None = None) -> Readings:
        """Its value where known, and the days left on a day where one is given."""
        found: Readings = {}
        if self.value is not None:
            found[CONTRACT_VALUE] = Reading(value=float(self.value.amount), unit=UNITS[CONTRACT_VALUE])
        if day is not None:
            found[CONTRACT_DAYS_LEFT] = Reading(value=self.days_left(day), unit=UNITS[CONTRACT_DAYS_LEFT])
        return found
