"""The base of everything the rules handle: immutable values, compared by content.

Authored documents and commands refuse what they do not know, so that a typing error is found where it was
made. Facts (events and state) ignore it, so that a worker of the previous release can still read what a
newer one wrote.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
"""A short name in lower case, words joined by hyphens: it becomes part of ids that people read and type."""

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$"),
]
"""One line of text, such as a title."""

Instant = AwareDatetime
"""A moment, always with its time zone."""


class Value(BaseModel):
    """An immutable value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Fact(BaseModel):
    """An immutable part of what happened or of what is so; unknown fields are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Cargo(Fact):
    """A fact that is carried rather than read, and may be compressed on the way."""


class Tagged(BaseModel):
    """A value that names its own kind, so that a union of such values can be read back."""

    def model_post_init(self, _context: Any, /) -> None:
        """Mark ``kind`` as set: it must be written even where only the fields that were given are."""
        self.__pydantic_fields_set__.add("kind")


def at_day(moment: datetime) -> str:
    """The day of a moment as people write it: ``3 Mar 2027``."""
    return f"{moment.day} {moment:%b %Y}"
