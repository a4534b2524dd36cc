"""What all ways of delivering have in common: a letter goes to a place, with one of four outcomes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from domain.notice_text import Notice


class Result(StrEnum):
    """What came of sending a letter to one place."""

    SENT = "sent"
    """The place has taken it."""
    REFUSED = "refused"
    """The place will never take it."""
    FAILED = "failed"
    """The place did not take it, and may take it later."""
    UNKNOWN = "unknown"
    """Nobody knows whether the place took it: the answer was lost."""


@dataclass(frozen=True)
class Outcome:
    """What came of sending a letter.

    Attributes:
        result: In a word.
        trouble: What was in the way, without an address and without anything that the other side wrote.
    """

    result: Result
    trouble: str | None = None


@dataclass(frozen=True)
class Letter:
    """A notice on its way.

    Attributes:
        id: What it is known by wherever it arrives: the same at every attempt.
        subject: The line by which people recognise it.
        body: What it says.
        written: When it was written.
        notice: The notice itself, for places that read data.
        may_repeat: Whether an earlier attempt may have arrived.
    """

    id: str
    subject: str
    body: str
    written: datetime
    notice: Notice
    may_repeat: bool = False

    @property
    def data(self) -> dict[str, Any]:
        """What a machine is told, in the form of the convention "Standard Webhooks"."""
        content = self.notice.model_dump(mode="json")
        told = {"subject": self.subject, "text": self.body, "mayRepeat": self.may_repeat}
        return {"type": "notice", "timestamp": content["written"], "data": {**content, **told}}


class Place(Protocol):
    """Somewhere that letters can be sent."""

    @property
    def target(self) -> str:
        """What the place is known by on record, which is no address."""
        ...

    async def send(self, letter: Letter) -> Outcome:
        """Send a letter; whatever goes wrong is an outcome."""
        ...


class Addresses(Protocol):
    """Says where recipients are to be reached."""

    def places_of(self, recipient: str) -> tuple[Place, ...]:
        """The places of ``role`` or ``role@board``; none where nobody is named."""
        ...


class NoAddresses:
    """What a worker has to which no addresses were given: nothing is sent."""

    def places_of(self, recipient: str) -> tuple[Place, ...]:
        """No place."""
        del recipient
        return ()
