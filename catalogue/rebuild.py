"""Folds the whole ledger into empty tables again, after a projection changed or was damaged."""

from typing import Any

from catalogue.connection import Lent, Pool
from catalogue.database import connect
from catalogue.ledger import as_event, write
from catalogue.projections import Changes, fold
from catalogue.projections.tables import ALL

CHUNK = 2_000
"""Events that are folded and written together."""

# Every append moves a head in this table first, so none is under way and the next one waits.
_HOLD_APPENDS = "LOCK TABLE ledger.streams IN EXCLUSIVE MODE"
_ALL = """
SELECT stream, sequence, type, time, actor, roles, boards, on_behalf_of, data, proof FROM ledger.events
ORDER BY stream, sequence
"""


async def rebuild(where: str | Pool) -> int:
    """Fold every event again and return how many there were; until then readers see the tables as before.

    It is one transaction, and appends wait for it.

    Args:
        where: The database's address, or a pool on it.
    """
    if isinstance(where, str):
        connection = await connect(where)
        try:
            return await _rebuild(connection)
        finally:
            await connection.close()
    async with where.acquire() as lent:
        return await _rebuild(lent)


async def _rebuild(connection: Lent) -> int:
    count = 0
    async with connection.transaction():
        await connection.execute(_HOLD_APPENDS)
        for table in ALL:
            await connection.execute(table.emptying)
        chunk: list[Any] = []
        async for row in connection.cursor(_ALL, prefetch=CHUNK):
            chunk.append(row)
            if len(chunk) == CHUNK:
                await _fold(connection, chunk)
                count, chunk = count + len(chunk), []
        await _fold(connection, chunk)
    return count + len(chunk)


async def _fold(connection: Lent, rows: list[Any]) -> None:
    changes = Changes()
    for row in rows:
        fold(changes, row["stream"], row["sequence"], as_event(row))
    await write(connection, changes)
