"""Questions about the programme office: its capacity, who has it, who waits for it."""

from catalogue.connection import Lent, Record
from catalogue.queries.reading import fields
from catalogue.rows.programmes import Priority, Programme, Slot

ORDINARY_PRIORITY = 100
"""The priority of a technology that nobody has ranked, as the domain counts it."""

_PROGRAMMES = """
SELECT slug, name, capacity, since, charter FROM catalogue.programmes
WHERE $1::text IS NULL OR slug = $1 ORDER BY slug
"""
_HELD = """
SELECT technology, board, state, since, ready FROM catalogue.slots
WHERE programme = $1 AND state = 'held' ORDER BY since, technology, board
"""
# The order of serving is the domain's: ready, by priority, a technology under way first, as they asked.
_QUEUE = """
SELECT slot.technology, slot.board, slot.state, slot.since, slot.ready
FROM catalogue.slots AS slot
LEFT JOIN catalogue.priorities AS rank USING (programme, technology)
WHERE slot.programme = $1 AND slot.state = 'queued'
ORDER BY NOT slot.ready, coalesce(rank.priority, $2),
         NOT EXISTS (SELECT FROM catalogue.slots AS held WHERE held.programme = slot.programme
                     AND held.technology = slot.technology AND held.state = 'held'),
         slot.since, slot.asked
"""
_PRIORITIES = """
SELECT technology, priority, at, name, role, reason FROM catalogue.priorities
WHERE programme = $1 ORDER BY priority, technology
"""


async def list_programmes(connection: Lent) -> tuple[Programme, ...]:
    """Every programme office that was opened, by slug."""
    records = await connection.fetch(_PROGRAMMES, None)
    return tuple([await _whole(connection, record) for record in records])


async def show_programme(connection: Lent, programme: str) -> Programme | None:
    """One programme office with its slots, queue and priorities; ``None`` where it was not opened."""
    record = await connection.fetchrow(_PROGRAMMES, programme)
    return None if record is None else await _whole(connection, record)


async def _whole(connection: Lent, record: Record) -> Programme:
    slug = record["slug"]
    slots = await connection.fetch(_HELD, slug)
    queue = await connection.fetch(_QUEUE, slug, ORDINARY_PRIORITY)
    priorities = await connection.fetch(_PRIORITIES, slug)
    return Programme(
        **fields(record),
        slots=tuple(Slot(**fields(row)) for row in slots),
        queue=tuple(Slot(**fields(row)) for row in queue),
        priorities=tuple(Priority(**fields(row)) for row in priorities),
    )
