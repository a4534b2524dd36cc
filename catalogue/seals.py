"""Seals: what all streams had come to at a moment, so that what is cut off the ledger later is missed.

The chain of a stream does not show that its last events, or all of them, were deleted together with its head.
A seal does, for as long as its digest is kept where whoever deletes cannot reach it.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from catalogue.connection import Lent, Pool
from catalogue.database import TROUBLE

EVERY = timedelta(days=1)
"""How often a worker takes a seal."""

log = structlog.stdlib.get_logger("cairn.seals")

# One at a time, and each sees what the one before it left.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('cairn seals'))"
_SEAL = """
WITH last AS (
    SELECT number, digest FROM ledger.seals ORDER BY number DESC LIMIT 1
), moved AS (
    SELECT head.stream, head.head, event.hash
    FROM ledger.streams AS head
    JOIN ledger.events AS event ON (event.stream, event.sequence) = (head.stream, head.head)
    WHERE head.head > coalesce((SELECT max(sealed.head) FROM ledger.sealed_heads AS sealed
                                WHERE sealed.stream = head.stream), 0)
), counted AS (
    SELECT coalesce((SELECT number FROM last), 0) + 1 AS number, clock_timestamp() AS taken_at,
           count(*)::integer AS streams, coalesce(sum(head), 0) AS events
    FROM ledger.streams
), sealed AS (
    INSERT INTO ledger.seals (number, taken_at, streams, events, digest)
    SELECT number, taken_at, streams, events, ledger.seal_of(
               coalesce((SELECT digest FROM last), ''),
               ROW (number, taken_at, streams, events, NULL)::ledger.seals,
               (SELECT string_agg(format('%s %s %s', stream, head, encode(hash, 'hex')), chr(10)
                                  ORDER BY stream) FROM moved))
    FROM counted WHERE EXISTS (SELECT FROM moved)
    RETURNING number
)
INSERT INTO ledger.sealed_heads (stream, seal, head, hash)
SELECT stream, number, head, hash FROM moved CROSS JOIN sealed
"""
_LATEST = """
SELECT number, taken_at, streams, events, encode(digest, 'hex') AS digest FROM ledger.seals
ORDER BY number DESC LIMIT 1
"""


@dataclass(frozen=True)
class Seal:
    """A seal.

    Attributes:
        number: Its number, from 1.
        taken_at: When it was taken.
        streams: How many streams there were.
        events: How many events they had in all.
        digest: What it is known by, in hexadecimal: over the heads of all streams and the seal before it.
    """

    number: int
    taken_at: datetime
    streams: int
    events: int
    digest: str


async def seal(connection: Lent) -> Seal | None:
    """Seal the ledger as it stands and return the seal; ``None`` while the ledger is empty.

    Where nothing has happened since the last seal, that one is returned.
    """
    async with connection.transaction():
        await connection.execute(_ONE_AT_A_TIME)
        await connection.execute(_SEAL)
        return await latest(connection)


async def latest(connection: Lent) -> Seal | None:
    """The last seal, if there is any."""
    record = await connection.fetchrow(_LATEST)
    return None if record is None else Seal(**record)


async def keep_sealing(pool: Pool) -> None:
    """Seal the ledger now and then once a day, for as long as the task lives.

    Each digest goes to the log, which is kept apart from the database.
    """
    while True:
        try:
            async with pool.acquire() as connection:
                taken = await seal(connection)
        except TROUBLE as error:
            log.warning("not sealed", reason=str(error) or type(error).__name__)
        else:
            if taken is not None:
                log.info("sealed", number=taken.number, events=taken.events, digest=taken.digest)
        await asyncio.sleep(EVERY.total_seconds())
