"""Questions of the ledger itself."""

from datetime import datetime

from catalogue.connection import Lent, Record
from catalogue.queries.reading import fields
from catalogue.rows.events import Event

_LIST = """
SELECT position, transaction::text::bigint AS transaction, stream, sequence, type, time, actor, roles, boards,
       on_behalf_of, data, proof, recorded_at
FROM ledger.events
WHERE ($1::text IS NULL OR stream = $1 OR stream >= $1 || '/' AND stream < $1 || '0')
  AND ($2::text IS NULL OR type = $2)
  AND ($3::timestamptz IS NULL OR time >= $3)
ORDER BY position DESC LIMIT $4
"""


async def list_events(
    connection: Lent,
    *,
    stream: str | None = None,
    type: str | None = None,  # noqa: A002 - the name that CloudEvents gives it
    since: datetime | None = None,
    limit: int = 50,
) -> tuple[Event, ...]:
    """The latest events, the oldest of them first.

    Args:
        connection: Where to ask.
        stream: A stream, or the beginning of several: ``rollout/ccbt-perinatal`` is all of its boards.
        type: A kind of event, such as ``step-completed``.
        since: Only what happened from then on.
        limit: How many at most.
    """
    records = await connection.fetch(_LIST, stream, type, since, limit)
    return tuple(as_event(record) for record in reversed(records))


def as_event(record: Record) -> Event:
    """An event as one record of the ledger holds it."""
    return Event(**fields(record))
