"""A single number that somebody else worked out: what a report states and no counts are given for."""

from typing import Literal, Self

from pydantic import model_validator

from domain.findings.amounts import Count, Number, Period
from domain.findings.reading import Reading, Readings
from domain.findings.slugs import SHARE, WORKED_OUT, unit_of
from domain.value import Fact, Line, Slug, Tagged


class Measure(Tagged, Fact):
    """A number under its name, for a period.

    Attributes:
        measure: What is measured; the number is read under this name.
        value: The number; a share from 0 to 1.
        unit: Its unit; a built-in measure has its own and no other.
        sample: On how many it rests, where that is known.
        period: The days that it covers.

    Raises:
        ValueError: A share lies outside 0 to 1.
    """

    kind: Literal["measure"] = "measure"
    measure: Slug
    value: Number
    unit: Line
    sample: Count | None = None
    period: Period

    @model_validator(mode="after")
    def _share_is_a_share(self) -> Self:
        if self.unit == SHARE and not 0 <= self.value <= 1:
            raise ValueError(
                f'The measure "{self.measure}" is {self.value:g} and a share lies between 0 and 1: '
                "divide per cents by 100."
            )
        return self

    def misnamed(self) -> str | None:
        """Why it cannot bear the name of a built-in measure, where it does so wrongly.

        A later release may build in a name that was free when this was stored. So it is refused only where
        it is written; what is stored can always be read, and gives no reading.
        """
        if self.measure in WORKED_OUT:
            return (
                f'The measure "{self.measure}" is worked out and never stated: '
                "bring the run chart or the contract."
            )
        # A rate in per cent would pass every condition that is written in shares.
        wanted = unit_of(self.measure)
        if wanted is not None and self.unit != wanted:
            return f'The measure "{self.measure}" is given in another unit: give it as "{wanted}".'
        return None

    def readings(self) -> Readings:
        """The number under its own name."""
        if self.misnamed():
            return {}
        return {self.measure: Reading(value=self.value, unit=self.unit, sample=self.sample)}
