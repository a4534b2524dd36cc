"""How events reach the ledger: in order, in batches, each once, and however long the database is away.

A local activity writes them, one workflow task after the one in which they happened: by then the engine has
made them durable, so the ledger can never hold something that the engine does not know (docs/adr/0003).
"""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.ledger import LedgerActivities
    from domain.event import Event
    from domain.record import Batch

GATHER = timedelta(milliseconds=100)
"""How long events wait for others that happen at the same moment."""

LARGEST_BATCH = 200
"""Events written at once; a database that was away for long is not met with one huge statement."""

PROMPT = timedelta(seconds=2)
"""How long the quick way may take before the patient one takes over."""

PROMPT_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_attempts=2)

PATIENT_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), backoff_coefficient=2, maximum_interval=timedelta(seconds=5)
)
"""For as long as it takes: a sign-off that was acknowledged is never given up."""

NAMED = 3
"""How many events of a batch its summary names."""


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
        self._fresh_since = 0
        self._fresh = 0

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
        self._forget_durable()
        self._waiting += [event.model_dump(mode="json") for event in events]
        self._fresh += len(events)

    async def deliver(self) -> None:
        """Write what waits, whenever something does, for as long as the workflow lives."""
        while True:
            await workflow.wait_condition(lambda: not self.is_empty)
            await workflow.sleep(GATHER, summary="Gather what happens at the same moment")
            await self._write()

    async def _write(self) -> None:
        self._forget_durable()
        events = tuple(self._waiting[: min(len(self._waiting) - self._fresh, LARGEST_BATCH)])
        if not events:
            return
        batch = Batch(stream=self._stream, first=self._recorded + 1, events=events)
        await _record(batch)
        del self._waiting[: len(events)]
        self._recorded += len(events)

    def _forget_durable(self) -> None:
        """Once another workflow task has begun, what the tasks before it did is durable."""
        task = workflow.info().get_current_history_length()
        if task != self._fresh_since:
            self._fresh_since, self._fresh = task, 0


async def _record(batch: Batch) -> None:
    """Record a batch: by a local activity, which costs a fraction, or else by one that waits.

    Recording twice is harmless: the ledger knows each event by its stream and number.
    """
    summary = _summary(batch)
    try:
        await workflow.execute_local_activity_method(
            LedgerActivities.record,
            batch,
            schedule_to_close_timeout=PROMPT,
            retry_policy=PROMPT_RETRY,
            summary=summary,
        )
    except FailureError:
        await workflow.execute_activity_method(
            LedgerActivities.record,
            batch,
            start_to_close_timeout=timedelta(minutes=5),
            heartbeat_timeout=timedelta(seconds=1),
            retry_policy=PATIENT_RETRY,
            summary=summary,
        )


def _summary(batch: Batch) -> str:
    """What a batch says, in a line: its first few events, the number of the others, and the last's number."""
    told = [f"{event['kind']} {event.get('step', '')}".strip() for event in batch.events[:NAMED]]
    others = len(batch.events) - len(told)
    return f"Record {', '.join(told)}{f' and {others} more' if others else ''}, up to event {batch.last}"
