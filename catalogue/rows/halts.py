"""Halts as people look at them: the technology's own, with how far the line has stopped, and a life's."""

from dataclasses import dataclass
from datetime import datetime

from catalogue.rows.decisions import Note


@dataclass(frozen=True)
class Halt:
    """A halt as one life knows it.

    Attributes:
        stream: The life.
        technology: The technology's slug.
        place: ``national``, a board's slug or a track's area.
        board: The board, where it is one's.
        number: Its number in its technology.
        concern: What is feared for whom.
        owner: The role that sees to it.
        version: The version of the playbook that it is about; ``None`` where it is about the technology.
        may_continue: The areas of work and the steps that go on.
        allowance: What else may go on, in words.
        raised: Who raised it, when and why.
        halted: When this life heard of it.
        freezes: Whether it freezes this life.
        released: The decision that released it; ``None`` while it is in force here.
    """

    stream: str
    technology: str
    place: str
    board: str | None
    number: int
    concern: str
    owner: str
    version: int | None
    may_continue: tuple[str, ...]
    allowance: str
    raised: Note
    halted: datetime
    freezes: bool
    released: Note | None

    @property
    def about(self) -> str:
        """What it is about, in words."""
        return "the technology" if self.version is None else f"version {self.version} of the playbook"


@dataclass(frozen=True)
class Freezing:
    """How far one halt has stopped the line, as the ledger has it.

    Attributes:
        number: The halt's number.
        concerned: The boards that have begun, were not stopped, and are on its version, if it is about one.
        frozen: Those of them that have heard of it.
        seconds: How long it took from the halt until the last of those was frozen; ``None`` where none is.
    """

    number: int
    concerned: tuple[str, ...]
    frozen: tuple[str, ...]
    seconds: float | None

    @property
    def complete(self) -> bool:
        """Whether every board that it concerns is frozen."""
        return self.concerned == self.frozen
