"""How events reach the ledger: in order, in batches, each once, and however long the database is away.

Events are written by an activity that the engine has made durable together with what caused them, so the
ledger can never hold something that the engine does not know (see docs/adr/0003).
"""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.ledger import LedgerActivities
    from domain.event import Event
    from domain.record import Batch

LARGEST_BATCH = 200
"""Events written at once; a database that was away for long is not met with one huge statement."""

NAMED = 3
"""How many events of a batch its summary names."""

RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), backoff_coefficient=2, maximum_interval=timedelta(seconds=5)
)
"""For as long as it takes: a sign-off that was acknowledged is never given up."""


class Outbox:
    """Events that happened and wait to be written to one stream of the ledger.

    One batch is on its way at a time; what happens meanwhile goes with the next.

    Args:
        stream: The stream.
        recorded: The number of the last event that the ledger has.
        waiting: The events after it, as the run before handed them on.
    """

    def __init__(self, stream: str, recorded: int, waiting: tuple[dict[str, Any], ...]) -> None:
        self._stream = stream
        self._recorded = recorded
        self._waiting = list(waiting)

    @property
    def last(self) -> int:
        """The number of the last event that happened."""
        return self._recorded + len(self._waiting)

    @property
    def recorded(self) -> int:
        """The number of the last event that the ledger has."""
        return self._recorded

    @property
    def waiting(self) -> tuple[dict[str, Any], ...]:
        """The events that the ledger does not have yet, as they are written to it."""
        return tuple(self._waiting)

    @property
    def is_empty(self) -> bool:
        """Whether the ledger has every event."""
        return not self._waiting

    def add(self, events: tuple[Event, ...]) -> None:
        """Put events in line."""
        self._waiting += [event.model_dump(mode="json") for event in events]

    async def deliver(self) -> None:
        """Write what waits, whenever something does, for as long as the workflow lives."""
        while True:
            await workflow.wait_condition(lambda: not self.is_empty)
            events = tuple(self._waiting[:LARGEST_BATCH])
            batch = Batch(
                stream=self._stream,
                first=self._recorded + 1,
                events=events,
            )
            await workflow.execute_activity_method(
                LedgerActivities.record,
                batch,
                start_to_close_timeout=timedelta(minutes=5),
                heartbeat_timeout=timedelta(seconds=1),
                retry_policy=RETRY,
                summary=_summary(events, batch.last),
            )
            del self._waiting[: len(events)]
            self._recorded += len(events)


def _summary(events: tuple[dict[str, Any], ...], last: int) -> str:
    """What a batch says, in a line: its first few events, the number of the others, and the last's number."""
    told = [f"{event['kind']} {event.get('step', '')}".strip() for event in events[:NAMED]]
    others = len(events) - len(told)
    return f"Record {', '.join(told)}{f' and {others} more' if others else ''}, up to event {last}"
