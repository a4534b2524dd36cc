"""What a finding says as a number under a stable name: the only thing that a rule compares."""

from domain.value import Fact


class Reading(Fact):
    """A number with what has to be known to weigh it.

    Attributes:
        value: The number; a share lies between 0 and 1.
        unit: Its unit; ``share`` for a part of a whole.
        sample: On how many people, answers or points it rests. Small ones are for the reader to judge.
        numerator: The part, where the value is a share or a ratio of counts.
        denominator: The whole, where the value is a share or a ratio of counts.
    """

    value: float
    unit: str
    sample: int | None = None
    numerator: int | None = None
    denominator: int | None = None


Readings = dict[str, Reading]
"""Readings by their slugs."""


def ratio(numerator: int, denominator: int, unit: str, per: int = 1) -> Reading | None:
    """A ratio of two counts, or ``None`` where there is nothing to divide by.

    Args:
        numerator: The part.
        denominator: The whole, which is also the sample.
        unit: The unit of the value.
        per: For how many of the whole it is stated.
    """
    if denominator == 0:
        return None
    return Reading(
        value=numerator * per / denominator,
        unit=unit,
        sample=denominator,
        numerator=numerator,
        denominator=denominator,
    )


def collect(*named: tuple[str, Reading | None]) -> Readings:
    """The readings that there are, by name; what could not be worked out is left out."""
    return {name: reading for name, reading in named if reading is not None}
