"""Questions about barriers and facilitators, and about what helped before."""

from catalogue.connection import Lent, Record
from catalogue.queries.reading import fields, note, said
from catalogue.rows.barriers import Barrier, Experience, Mitigation

_BARRIERS = """
SELECT barrier.name, barrier.stream, barrier.number, barrier.technology, barrier.place, barrier.board,
       barrier.sequence, barrier.nature, barrier.what, barrier.category, barrier.severity, barrier.plan,
       barrier.steps, barrier.owner, barrier.raised, barrier.evidence, barrier.due, barrier.escalated,
       barrier.resolution, barrier.closed
FROM catalogue.barriers AS barrier JOIN catalogue.journeys AS journey USING (stream)
WHERE ($1::text IS NULL OR barrier.name = $1) AND ($2::text IS NULL OR barrier.stream = $2)
  AND ($3::text IS NULL OR barrier.technology = $3) AND ($4::text IS NULL OR barrier.board = $4)
  AND ($5::text IS NULL OR barrier.category = $5)
  AND ($6::boolean OR barrier.closed IS NULL AND journey.stopped IS NULL)
ORDER BY barrier.closed IS NOT NULL, barrier.nature,
         array_position(ARRAY['blocking', 'serious', 'minor'], barrier.severity),
         barrier.raised ->> 'at', barrier.stream, barrier.number
"""
_MITIGATIONS = """
SELECT barrier, number, strategy, what, ground, begun, outcome, ended
FROM catalogue.mitigations WHERE barrier = ANY ($1) ORDER BY barrier, number
"""
_EXPERIENCE = """
SELECT mitigation.strategy,
       count(*) FILTER (WHERE outcome = 'worked')::integer AS worked,
       count(*) FILTER (WHERE outcome = 'helped')::integer AS helped,
       count(*) FILTER (WHERE outcome = 'failed')::integer AS failed,
       coalesce(array_agg(DISTINCT barrier.technology || '/' || barrier.place)
                FILTER (WHERE outcome IN ('worked', 'helped')), '{}') AS places
FROM catalogue.mitigations AS mitigation
JOIN catalogue.barriers AS barrier ON barrier.name = mitigation.barrier
WHERE barrier.category = $1 AND outcome IS NOT NULL
GROUP BY mitigation.strategy ORDER BY mitigation.strategy
"""


async def list_barriers(
    connection: Lent,
    *,
    stream: str | None = None,
    technology: str | None = None,
    board: str | None = None,
    category: str | None = None,
    closed: bool = False,
) -> tuple[Barrier, ...]:
    """What hinders and what helps: the open before the closed, what blocks before the rest.

    Args:
        connection: Where to ask.
        stream: Of one technology, rollout or track.
        technology: Of everything that belongs to a technology.
        board: Of one board.
        category: Of one category.
        closed: Also what was closed, and what belongs to a life that was stopped.
    """
    found = await connection.fetch(_BARRIERS, None, stream, technology, board, category, closed)
    return await _with_mitigations(connection, found)


async def show_barrier(connection: Lent, name: str) -> Barrier | None:
    """The barrier of that name, open or closed; ``None`` where there is none."""
    found = await connection.fetch(_BARRIERS, name, None, None, None, None, True)
    return next(iter(await _with_mitigations(connection, found)), None)


async def list_experience(connection: Lent, category: str) -> tuple[Experience, ...]:
    """What was tried to an end against barriers of a category, anywhere in the programme."""
    records = await connection.fetch(_EXPERIENCE, category)
    return tuple(Experience(**fields(record)) for record in records)


async def _with_mitigations(connection: Lent, found: list[Record]) -> tuple[Barrier, ...]:
    names = [record["name"] for record in found]
    tried: dict[str, list[Mitigation]] = {name: [] for name in names}
    for record in await connection.fetch(_MITIGATIONS, names) if names else ():
        tried[record["barrier"]].append(
            Mitigation(**fields(record, begun=said(record["begun"]), ended=note(record["ended"])))
        )
    return tuple(
        Barrier(
            **fields(
                record,
                raised=said(record["raised"]),
                closed=note(record["closed"]),
                mitigations=tuple(tried[record["name"]]),
            )
        )
        for record in found
    )
