"""Questions about halts: which are in force, and how far the line has stopped."""

from catalogue.connection import Lent, Record
from catalogue.queries.reading import fields, note, said
from catalogue.rows.halts import Freezing, Halt

_HALTS = """
SELECT stream, technology, place, board, number, concern, owner, version, may_continue, allowance, raised,
       halted, freezes, released
FROM catalogue.halts
WHERE ($1::text IS NULL OR stream = $1) AND ($2::text IS NULL OR technology = $2)
ORDER BY technology, number, halted, stream
"""
# Who has begun, was not stopped, and is on the version that the halt is about, if it is about one.
_FREEZING = """
SELECT halt.number,
       coalesce(array_agg(rollout.board ORDER BY rollout.board) FILTER (WHERE rollout.stream IS NOT NULL),
                '{}')
           AS concerned,
       coalesce(array_agg(rollout.board ORDER BY rollout.board) FILTER (WHERE there.stream IS NOT NULL), '{}')
           AS frozen,
       extract(epoch FROM max(there.halted) - halt.halted)::float8 AS seconds
FROM catalogue.halts AS halt
LEFT JOIN (catalogue.rollouts AS rollout
           JOIN catalogue.journeys AS its ON its.stream = rollout.stream AND its.stopped IS NULL)
    ON rollout.technology = halt.technology AND (halt.version IS NULL OR halt.version = rollout.playbook)
LEFT JOIN catalogue.halts AS there ON there.stream = rollout.stream AND there.number = halt.number
WHERE halt.stream = 'technology/' || $1 AND ($2::integer IS NULL OR halt.number = $2)
GROUP BY halt.number, halt.halted
ORDER BY halt.number
"""


async def list_halts(
    connection: Lent, *, stream: str | None = None, technology: str | None = None
) -> tuple[Halt, ...]:
    """The halts that lives know, those that were released too, by their numbers.

    Args:
        connection: Where to ask.
        stream: As this life knows them.
        technology: As everything that belongs to a technology knows them.
    """
    return tuple(_halt(record) for record in await connection.fetch(_HALTS, stream, technology))


async def list_freezing(connection: Lent, technology: str, number: int | None = None) -> tuple[Freezing, ...]:
    """How far each halt of a technology has stopped the line, or that of one number."""
    records = await connection.fetch(_FREEZING, technology, number)
    return tuple(Freezing(**fields(record)) for record in records)


def _halt(record: Record) -> Halt:
    return Halt(**fields(record, raised=said(record["raised"]), released=note(record["released"])))
