"""Days known only as precisely as a source says, and what can be reckoned with them."""

from calendar import monthrange
from datetime import date
from typing import Annotated

from pydantic import StringConstraints

PartialDate = Annotated[
    str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")
]
"""A day, a month or a year, as precisely as the source says: ``2023-11-30``, ``2021-08`` or ``2019``."""

_TO_THE_MONTH = 2
"""The parts of a date that names no day."""


def months_after(start: PartialDate, months: int) -> PartialDate | None:
    """The date so many months later or, below nought, earlier; ``None`` where only a year is known.

    A month has not always the day: a year after 29 February is 28 February.
    """
    parts = [int(part) for part in start.split("-")]
    if len(parts) < _TO_THE_MONTH:
        return None
    year, month = divmod(parts[0] * 12 + parts[1] - 1 + months, 12)
    found = f"{year:04}-{month + 1:02}"
    if len(parts) == _TO_THE_MONTH:
        return found
    return f"{found}-{min(parts[2], monthrange(year, month + 1)[1]):02}"


def is_to_come(when: PartialDate, day: date) -> bool:
    """Whether it has not gone by on a day; what is known to the month has not until the month is over."""
    return when >= day.isoformat()[: len(when)]
