"""Following the ledger: every event once, in an order that never changes, and none missed.

Positions are given out before transactions commit, so a reader who only remembers the highest position would
miss an event that commits late. Readers therefore go by transaction first, and only as far as the oldest
transaction that is still open.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from catalogue.connection import Connection, Lent
from catalogue.database import TROUBLE
from catalogue.demand import ask_for
from catalogue.errors import DatabaseUnreachable
from catalogue.queries.events import as_event
from catalogue.rows.events import Event

CHANNEL = "cairn_events"
POLL_SECONDS = 1.0
"""How long to wait without an announcement: one may come before its events can be read."""

_AFTER = """
SELECT position, transaction::text::bigint AS transaction, stream, sequence, type, time, actor, roles, boards,
       on_behalf_of, data, proof, recorded_at
FROM ledger.events
WHERE (transaction, position) > ($1::text::xid8, $2)
  AND transaction < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY transaction, position LIMIT $3
"""
_HEAD = "SELECT head FROM ledger.streams WHERE stream = $1"
_LAST = """
SELECT transaction::text::bigint AS transaction, position FROM ledger.events
WHERE transaction < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY transaction DESC, position DESC LIMIT 1
"""


@dataclass(frozen=True, order=True)
class Cursor:
    """How far a reader has come."""

    transaction: int = 0
    position: int = 0

    @classmethod
    def of(cls, event: Event) -> "Cursor":
        """The place behind an event."""
        return cls(event.transaction, event.position)

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Read back what a cursor was written as.

        Raises:
            ValueError: The text is no cursor.
        """
        transaction, _, position = text.partition(".")
        return cls(int(transaction), int(position))

    def __str__(self) -> str:
        return f"{self.transaction}.{self.position}"


async def last_cursor(connection: Lent) -> Cursor:
    """The place behind everything that can be read now."""
    record = await connection.fetchrow(_LAST)
    return Cursor() if record is None else Cursor(record["transaction"], record["position"])


async def read_after(connection: Lent, cursor: Cursor, *, limit: int = 500) -> tuple[Event, ...]:
    """The next events behind the cursor, in the order that never changes."""
    records = await connection.fetch(_AFTER, str(cursor.transaction), cursor.position, limit)
    return tuple(as_event(record) for record in records)


async def tail(
    connection: Connection,
    after: Cursor | None = None,
    *,
    stream: str | None = None,
    type: str | None = None,  # noqa: A002 - the name that CloudEvents gives it
    poll_seconds: float = POLL_SECONDS,
) -> AsyncGenerator[Event, None]:
    """Every event behind the cursor and every one to come, until the caller stops asking.

    Args:
        connection: A connection for this alone.
        after: Where to begin; from the very first event if nothing is said.
        stream: A stream, or the beginning of several, ending at a slash.
        type: A kind of event.
        poll_seconds: How long to wait at most before looking without having been told.

    Raises:
        DatabaseUnreachable: The connection failed; follow on from the last event with another one.
    """
    cursor = after or Cursor()
    async with _announcements(connection) as announced:
        while True:
            announced.clear()
            events = await _read(connection, cursor)
            for event in events:
                cursor = Cursor.of(event)
                if _wanted(event, stream, type):
                    yield event
            if not events:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(announced.wait(), poll_seconds)


async def until_recorded(
    connection: Connection, stream: str, sequence: int, *, poll_seconds: float = POLL_SECONDS
) -> None:
    """Return once a stream has its event of that number; the caller sets the limit of its patience.

    Whoever records the stream is asked not to rest meanwhile.

    Args:
        connection: A connection for this alone.
        stream: The stream.
        sequence: The number of the event.
        poll_seconds: How long to wait at most before looking without having been told.

    Raises:
        DatabaseUnreachable: The connection failed.
    """
    async with _announcements(connection) as announced:
        while await _head(connection, stream) < sequence:
            with _trouble_named():
                await ask_for(connection, stream)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(announced.wait(), poll_seconds)
            announced.clear()


async def until_so(
    connection: Connection, question: Callable[[], Awaitable[bool]], *, poll_seconds: float = POLL_SECONDS
) -> None:
    """Return once a question about what was recorded is answered with yes; the caller limits its patience.

    Args:
        connection: A connection for this alone.
        question: What is asked again whenever something was recorded.
        poll_seconds: How long to wait at most before asking without having been told.

    Raises:
        DatabaseUnreachable: The connection failed.
    """
    async with _announcements(connection) as announced:
        while True:
            announced.clear()
            with _trouble_named():
                if await question():
                    return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(announced.wait(), poll_seconds)


@contextlib.asynccontextmanager
async def _announcements(connection: Connection) -> AsyncIterator[asyncio.Event]:
    """Set the event whenever something is announced, or the connection ends."""
    announced = asyncio.Event()

    def notice(*_: Any) -> None:
        announced.set()

    await connection.add_listener(CHANNEL, notice)
    connection.add_termination_listener(notice)
    try:
        yield announced
    finally:
        connection.remove_termination_listener(notice)
        if not connection.is_closed():
            await connection.remove_listener(CHANNEL, notice)


async def _read(connection: Connection, cursor: Cursor) -> tuple[Event, ...]:
    with _trouble_named():
        return await read_after(connection, cursor)


async def _head(connection: Connection, stream: str) -> int:
    with _trouble_named():
        return await connection.fetchval(_HEAD, stream) or 0


@contextlib.contextmanager
def _trouble_named() -> Iterator[None]:
    try:
        yield
    except TROUBLE as error:
        raise DatabaseUnreachable(
            f"The connection to the ledger failed ({error or type(error).__name__}): follow on with another."
        ) from error


def _wanted(event: Event, stream: str | None, kind: str | None) -> bool:
    within = stream is None or event.stream == stream or event.stream.startswith(f"{stream}/")
    return within and (kind is None or event.type == kind)
