"""How events leave a workflow: in batches, numbered within their stream, on the way to the ledger."""

from typing import Any

from domain.value import Cargo, Fact


class Batch(Cargo):
    """Consecutive events of one stream.

    Attributes:
        stream: The stream, which is the id of the workflow.
        first: The number of the first event in its stream, from 1.
        events: The events as they were serialised: each has ``kind``, ``at``, ``by`` and its own fields.
    """

    stream: str
    first: int
    events: tuple[dict[str, Any], ...]

    @property
    def last(self) -> int:
        """The number of the last event."""
        return self.first + len(self.events) - 1


class Receipt(Fact):
    """What an update answers once what it caused stands in the ledger.

    Attributes:
        stream: The stream.
        sequence: The number of the last event that the update caused.
    """

    stream: str
    sequence: int
