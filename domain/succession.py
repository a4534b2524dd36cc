"""Succession: one technology takes the place of another, board by board, and no board is without service.

The one that is replaced stays live at a board until its successor is business as usual there; only then does
its rollout at that board end. Each rollout decides that itself, for it alone knows whether it is live. When
all of them have ended, so does the technology.
"""

from typing import Literal

from domain.event import Command, Event
from domain.gate import Note
from domain.value import Fact, Slug, Value


class Succession(Value):
    """What a rollout is told of the technology that takes its own one's place.

    Attributes:
        by: The successor's slug.
        live: Whether the successor is business as usual at this board.
    """

    by: Slug
    live: bool


class Replacement(Fact):
    """The technology that takes another's place, and who decided that.

    Attributes:
        by: The successor's slug.
        declared: Who decided it, when and why.
    """

    by: str
    declared: Note


class ReplaceTechnology(Command):
    """Say that another technology takes this one's place.

    Attributes:
        by: The successor's slug.
        reason: Why.
    """

    by: Slug
    reason: str


class SucceedAt(Command):
    """From a technology that is to take this one's place: where it is business as usual, always all of it."""

    technology: Slug
    boards: tuple[Slug, ...]


class LeavePlace(Command):
    """To the successor: whether the technology whose place it takes has ended."""

    technology: Slug
    ended: bool


class ReplacementDeclared(Event):
    """Another technology takes this one's place."""

    kind: Literal["replacement-declared"] = "replacement-declared"
    successor: str
    role: str
    reason: str


class SuccessorReported(Event):
    """A technology that is to take this one's place said where it is business as usual."""

    kind: Literal["successor-reported"] = "successor-reported"
    successor: str
    boards: tuple[str, ...]


class PlaceLeft(Event):
    """The technology whose place this one takes has ended."""

    kind: Literal["place-left"] = "place-left"
    technology: str


SuccessionEvent = ReplacementDeclared | SuccessorReported | PlaceLeft
