"""The permanent record of what happened: events are added to the end of their stream and never changed.

Recording the same events again changes nothing, so whoever is unsure whether a batch arrived sends it again.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import asyncpg

from catalogue.connection import Lent, Pool
from catalogue.database import TROUBLE
from catalogue.errors import (
    DatabaseUnreachable,
    SequenceGap,
    StreamAltered,
    StreamDiverged,
    UnrecordableEvent,
)
from catalogue.projections import Changes, fold
from domain.record import Batch

CHANNEL = "cairn_events"
"""The channel on which every recorded batch is announced as ``<stream>#<head>``."""

PATIENCE_SECONDS = 5.0
"""How long to wait for a connection of the pool."""

# Locks the stream by moving its head, and does nothing at all unless the batch follows directly upon it.
_APPEND = """
WITH moved AS (
    INSERT INTO ledger.streams AS present (stream, head)
    SELECT $1, $3 WHERE $2 = 1 OR EXISTS (SELECT FROM ledger.streams WHERE stream = $1)
    ON CONFLICT (stream) DO UPDATE SET head = EXCLUDED.head WHERE present.head = $2 - 1
    RETURNING stream
), recorded AS (
    INSERT INTO ledger.events
        (stream, sequence, type, time, actor, roles, boards, on_behalf_of, data, proof)
    SELECT moved.stream, event.sequence, event.type, event.time, event.actor, event.roles, event.boards,
           event.on_behalf_of, event.data, event.proof
    FROM moved CROSS JOIN jsonb_to_recordset($4) AS event
        (sequence integer, type text, time timestamptz, actor text, roles text[], boards text[],
         on_behalf_of text, data jsonb, proof text)
    ORDER BY event.sequence  -- each is chained to the one before it
)
SELECT pg_notify($5, $1 || '#' || $3) FROM moved
"""
_COLUMNS = frozenset({"kind", "at", "by", "proof"})
"""The fields of an event that the ledger has columns for."""

_NO_PREDECESSOR = "23000"
"""With what the ledger's trigger refuses an event whose predecessor is missing."""

_HEAD = "SELECT head FROM ledger.streams WHERE stream = $1"
_RECORDED = """
SELECT sequence, type, time, actor, roles, boards, on_behalf_of, data, proof FROM ledger.events
WHERE stream = $1 AND sequence BETWEEN $2 AND $3 ORDER BY sequence
"""


class Ledger:
    """The ledger behind a pool of connections; one of them serves an append for as long as it takes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def append(self, batch: Batch) -> int:
        """Record the events that are not recorded yet and return the number of the stream's last event.

        The events, what follows from them in the catalogue's tables, and the announcement to those who
        follow the ledger are one transaction.

        Raises:
            StreamDiverged: Another event stands under the number of one of these.
            SequenceGap: Events between the stream's last one and these are missing.
            UnknownEvent: This release cannot read one of the events.
            UnrecordableEvent: PostgreSQL cannot hold what an event says.
        StreamAltered: The stream's end is not what was recorded.
            DatabaseUnreachable: PostgreSQL does not answer; nothing was recorded, as far as is known.
        """
        async with _trouble_named(), self._pool.acquire(timeout=PATIENCE_SECONDS) as connection:
            left = batch
            while left.events:
                async with connection.transaction():
                    recorded = await record(connection, left)
                if recorded:
                    return left.last
                # Somebody else recorded something in between, or this is a retry. Starting over in a new
                # transaction also keeps the numbers of transactions in the order of the stream.
                left = await _unrecorded(connection, left)
            return await head(connection, batch.stream)


async def record(connection: Lent, batch: Batch) -> bool:
    """Record a batch in the caller's transaction if it follows directly upon the stream's last event.

    Returns:
        Whether it was recorded; otherwise nothing has changed.
    """
    rows = [as_row(batch.first + place, event) for place, event in enumerate(batch.events)]
    changes = Changes()
    for row, event in zip(rows, batch.events, strict=True):
        fold(changes, batch.stream, row["sequence"], event)
    moved = await connection.fetch(_APPEND, batch.stream, batch.first, batch.last, rows, CHANNEL)
    if not moved:
        return False
    await write(connection, changes)
    return True


async def write(connection: Lent, changes: Changes) -> None:
    """Apply changes to the catalogue's tables, one statement a table."""
    for table, rows in changes.batches():
        await connection.execute(table.statement, rows)


async def head(connection: Lent, stream: str) -> int:
    """The number of the stream's last event, 0 while it has none."""
    return await connection.fetchval(_HEAD, stream) or 0


def as_row(sequence: int, event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as the ledger's columns take it: its own fields are what is left of it."""
    by = event["by"]
    boards = by.get("boards", ())
    return {
        "sequence": sequence,
        "type": event["kind"],
        "time": event["at"],
        "actor": by["name"],
        "roles": list(by["roles"]),
        "boards": None if boards == "all" else list(boards),
        "on_behalf_of": by.get("on_behalf_of"),
        "data": {name: value for name, value in event.items() if name not in _COLUMNS},
        "proof": event.get("proof"),
    }


def as_event(row: Mapping[str, Any]) -> dict[str, Any]:
    """The event as it was serialised, from the ledger's columns."""
    boards = row["boards"]
    by = {
        "name": row["actor"],
        "roles": list(row["roles"]),
        "boards": "all" if boards is None else list(boards),
    }
    if row["on_behalf_of"] is not None:
        by["on_behalf_of"] = row["on_behalf_of"]
    event = {"kind": row["type"], "at": row["time"].isoformat(), "by": by, **row["data"]}
    return event if row["proof"] is None else {**event, "proof": row["proof"]}


async def _unrecorded(connection: Lent, batch: Batch) -> Batch:
    """The part of the batch that is not recorded yet."""
    last = await head(connection, batch.stream)
    if batch.first > last + 1:
        raise SequenceGap(
            f"The ledger holds {batch.stream} up to event {last} and was sent event {batch.first}: send the "
            f"events in between first."
        )
    present = await connection.fetch(_RECORDED, batch.stream, batch.first, batch.last)
    for row, event in zip(present, batch.events, strict=False):
        sent = as_row(row["sequence"], event)
        sent["time"] = datetime.fromisoformat(sent["time"])
        if dict(row) != sent:
            raise StreamDiverged(
                f"Event {row['sequence']} of {batch.stream} was recorded as {row['type']} of "
                f"{row['time'].isoformat()} and differs from the {event['kind']} sent under the same number: "
                f"find out which of the two writers of this stream is wrong."
            )
    return Batch(stream=batch.stream, first=batch.first + len(present), events=batch.events[len(present) :])


@asynccontextmanager
async def _trouble_named() -> AsyncIterator[None]:
    try:
        yield
    except asyncpg.DataError as error:
        raise UnrecordableEvent(
            f"PostgreSQL cannot hold what an event says ({error}): correct the text that it carries."
        ) from error
    except asyncpg.IntegrityConstraintViolationError as error:
        if error.sqlstate != _NO_PREDECESSOR and error.constraint_name != "events_pkey":
            raise _unrecorded_yet(error) from error
        raise StreamAltered(
            f"The ledger's stream does not end as it was recorded ({error}): see what was altered with "
            f"`python starter.py events verify`."
        ) from error
    except TROUBLE as error:
        raise _unrecorded_yet(error) from error


def _unrecorded_yet(error: Exception) -> DatabaseUnreachable:
    return DatabaseUnreachable(
        f"The ledger's database did not record the events ({error or type(error).__name__}): they "
        f"will be recorded when they are sent again."
    )
