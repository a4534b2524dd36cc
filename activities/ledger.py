"""How workflows record what happened: the one activity through which events reach the ledger."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.beating import beating
from catalogue.errors import AppendRefused, LedgerError
from domain.record import Batch

WHEN_REFUSED = timedelta(minutes=1)
"""How long to wait before events that the ledger refused are sent again."""

Rest = Callable[[str], Awaitable[None]]
"""Lets a stream rest after a batch, until somebody looks out for more of it or it was long enough."""


class Appends(Protocol):
    """What records events."""

    async def append(self, batch: Batch) -> int:
        """Record the events that are not recorded yet and return the number of the stream's last event."""
        ...


class LedgerActivities:
    """The ledger's activities.

    Args:
        ledger: Where events are recorded.
        rest: What an activity does after it has recorded a batch.
    """

    def __init__(self, ledger: Appends, rest: Rest) -> None:
        self._ledger = ledger
        self._rest = rest

    def all(self) -> list[Callable[..., Any]]:
        """Every activity, ready for a worker."""
        return [self.record]

    @activity.defn(name="record")
    async def record(self, batch: Batch) -> int:
        """Record a batch of events once, however often it is asked, and return the stream's last number.

        Run by the server, it rests when the events are recorded, so that what happens meanwhile is recorded
        together; run within a workflow task, which others wait for, it does not.
        """
        async with beating():
            try:
                recorded = await self._ledger.append(batch)
            except LedgerError as error:
                raise _failure(error) from error
            if not activity.info().is_local:
                await self._rest(batch.stream)
            return recorded


def _failure(error: LedgerError) -> ApplicationError:
    # What the ledger refuses does not get better by itself; but people can mend it, and an event that the
    # engine has acknowledged is never given up. So it is tried again, seldom, and shows in the Temporal UI.
    refused = isinstance(error, AppendRefused)
    return ApplicationError(
        str(error), type=type(error).__name__, next_retry_delay=WHEN_REFUSED if refused else None
    )
