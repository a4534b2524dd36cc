"""What is bought: contracts with their worth, their term, and when they may be ended early."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator

from domain.partial_date import PartialDate, is_to_come, months_after
from domain.value import Line, Slug, Value


class Price(Value):
    """What a contract is worth over its term, to the penny, in pounds sterling.

    Attributes:
        amount: How much.
        lower_bound: Whether the source says "over" or "more than".
    """

    amount: Decimal = Field(ge=0, max_digits=14, decimal_places=2)
    lower_bound: bool = False


class Contract(Value):
    """What is bought, from when and for how long; what its source does not say is left out.

    Attributes:
        id: The contract's slug.
        title: What is bought.
        tendered: When the tender was published.
        awarded: When it was awarded.
        starts: When its term began; until that is known, the term is reckoned from the award.
        value: What it is worth over its term.
        term_months: The term without extensions.
        extension_months: By how much it may be extended.
        breaks_after_months: After how many months it may be ended early, the first break first.
        notice_months: How many months before a break notice has to be given.
        notes: What happened to it since.
        source: The title of its source.

    Raises:
        ValueError: The breaks do not follow each other within the term.
    """

    id: Slug
    title: Line
    tendered: PartialDate | None = None
    awarded: PartialDate
    starts: PartialDate | None = None
    value: Price | None = None
    term_months: int = Field(gt=0)
    extension_months: int = Field(default=0, ge=0)
    breaks_after_months: tuple[int, ...] = ()
    notice_months: int | None = Field(default=None, ge=0)
    notes: tuple[str, ...] = ()
    source: Line

    @model_validator(mode="after")
    def _breaks_follow_each_other_within_the_term(self) -> Self:
        months = (0, *self.breaks_after_months, self.term_months)
        if any(before >= after for before, after in pairwise(months)):
            raise ValueError(
                f'the breaks of contract "{self.id}" do not follow each other within its '
                f"{self.term_months} months: write them from the first to the last"
            )
        return self

    @property
    def ends(self) -> PartialDate | None:
        """When its term ends without extensions; ``None`` where its start is known by the year alone."""
        return months_after(self.starts or self.awarded, self.term_months)

    @property
    def extended_until(self) -> PartialDate | None:
        """When its term ends if every extension is taken up."""
        return months_after(self.starts or self.awarded, self.term_months + self.extension_months)

    @property
    def breaks(self) -> tuple[PartialDate, ...]:
        """When it may be ended early, as precisely as its start is known."""
        days = (months_after(self.starts or self.awarded, months) for months in self.breaks_after_months)
        return tuple(day for day in days if day is not None)

    def next_break(self, day: date) -> PartialDate | None:
        """The first break that has not gone by on a day; notice for it may already be too late."""
        return next((each for each in self.breaks if is_to_come(each, day)), None)

    def notice_date(self, day: date) -> PartialDate | None:
        """Until when to give notice for the first break for which that can still be done."""
        if self.notice_months is None:
            return None
        notices = (months_after(each, -self.notice_months) for each in self.breaks)
        return next((each for each in notices if each is not None and is_to_come(each, day)), None)
