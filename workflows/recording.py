"""How events reach the ledger: in order, in batches, each once, and however long the database is away."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.ledger import LedgerActivities

    from domain.event import Event
    from domain.record import Batch

LARGEST_BATCH = 200
"""Events written at once; a database that was away for long is not met with one huge statement."""

PROMPT = timedelta(seconds=3)
"""How long the quick way may take before the patient one takes over."""

PATIENT_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), backoff_coefficient=2, maximum_interval=timedelta(seconds=5)
)


class Outbox:
    """Events that happened and wait to be written to one stream of the ledger.

    Whoever holds the lock writes all that waits; the others then find their own events written.
    """

    def __init__(self, stream: str, recorded: int) -> None:
        self._stream = stream
        self._recorded = recorded
        self._waiting: list[Event] = []
        self._lock = asyncio.Lock()

    @property
    def last(self) -> int:
        """The number of the last event that happened."""
        return self._recorded + len(self._waiting)

    @property
    def recorded(self) -> int:
        """The number of the last event that the ledger has."""
        return self._recorded

    def add(self, events: tuple[Event, ...]) -> None:
        """Put events in line."""
        self._waiting += events

    async def record(self, number: int) -> None:
        """Return once the ledger has the event of this number and all before it."""
        async with self._lock:
            while self._recorded < number:
                events = self._waiting[:LARGEST_BATCH]
                await _write(
                    Batch(
                        stream=self._stream,
                        first=self._recorded + 1,
                        events=tuple(event.model_dump(mode="json") for event in events),
                    )
                )
                del self._waiting[: len(events)]
                self._recorded += len(events)


async def _write(batch: Batch) -> None:
    """Write a batch: by a local activity, which costs a fraction, or else by one that waits.

    Writing twice is harmless: the ledger knows each event by its stream and number.
    """
    try:
        await workflow.execute_local_activity_method(
            LedgerActivities.record,
            batch,
            schedule_to_close_timeout=PROMPT,
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_attempts=2),
        )
    except FailureError:
        await workflow.execute_activity_method(
            LedgerActivities.record,
            batch,
            start_to_close_timeout=timedelta(seconds=30),
            heartbeat_timeout=timedelta(seconds=2),
            retry_policy=PATIENT_RETRY,
            summary=f"Record events {batch.first} to {batch.last} once the ledger answers",
        )
