"""How events reach the ledger: in order, in batches, each once, and however long the database is away.

The ledger never holds something that the engine might forget (see docs/adr/0003). What a workflow task brings
about is written by an activity, which the engine starts once the task is durable. What earlier tasks brought
about is durable already, and is written within the task by a local activity.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError

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

HEARTBEAT = timedelta(seconds=1.5)
"""How soon a worker that dies while it writes is missed. A recorder at rest completes before the first
heartbeat, which would be billed."""

ONCE = RetryPolicy(maximum_attempts=1)

PATIENCE = timedelta(milliseconds=600)
"""How long a workflow task may be held up by the ledger: less than the time-out of the task itself."""


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
        self._fresh = 0
        self._freshened = 0

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

    def add(self, events: Sequence[Event], signature: str = "") -> None:
        """Put events in line that this workflow task brought about.

        Args:
            events: The events.
            signature: The signature of the command that caused them, which goes with the first.
        """
        self._fresh = len(events) + self._count_fresh()
        self._freshened = _task()
        written = [event.model_dump(mode="json") for event in events]
        if written and signature:
            written[0]["proof"] = signature
        self._waiting += written

    def confirm(self) -> None:
        """Take note that what is in line follows from what is durable, whatever becomes of this task."""
        self._fresh = 0

    async def deliver(self) -> None:
        """Write what waits, whenever something does, for as long as the workflow lives."""
        while True:
            await workflow.wait_condition(lambda: not self.is_empty)
            durable = len(self._waiting) - self._count_fresh()
            if durable:
                await self._write(durable, at_once=True)
            else:
                await self._write(len(self._waiting), at_once=False)

    def _count_fresh(self) -> int:
        """How many of the waiting events, the last ones, the engine may still forget: those of this task."""
        return self._fresh if self._freshened == _task() else 0

    async def _write(self, count: int, *, at_once: bool) -> None:
        events = tuple(self._waiting[: min(count, LARGEST_BATCH)])
        batch = Batch(stream=self._stream, first=self._recorded + 1, events=events)
        if not (at_once and await _write_at_once(batch)):
            await _write_durably(batch)
        del self._waiting[: len(events)]
        self._recorded += len(events)


async def _write_at_once(batch: Batch) -> bool:
    """Write within this workflow task, which costs no turn of the server; say whether that succeeded."""
    try:
        await workflow.execute_local_activity_method(
            LedgerActivities.record,
            batch,
            schedule_to_close_timeout=PATIENCE,
            retry_policy=ONCE,
            summary=_summary(batch),
        )
    except FailureError:
        return False
    return True


async def _write_durably(batch: Batch) -> None:
    """Write by an activity that the server keeps up for as long as it takes."""
    await workflow.execute_activity_method(
        LedgerActivities.record,
        batch,
        start_to_close_timeout=timedelta(minutes=5),
        heartbeat_timeout=HEARTBEAT,
        retry_policy=RETRY,
        summary=_summary(batch),
    )


def _task() -> int:
    """What tells this workflow task from every other one of the run."""
    return workflow.info().get_current_history_length()


def _summary(batch: Batch) -> str:
    """What a batch says, in a line: its first few events, the number of the others, and the last's number."""
    told = [f"{event['kind']} {event.get('step', '')}".strip() for event in batch.events[:NAMED]]
    others = len(batch.events) - len(told)
    return f"Record {', '.join(told)}{f' and {others} more' if others else ''}, up to event {batch.last}"
