"""Which service is offered where: what the catalogue states beside how far the rollouts have come."""

from catalogue.connection import Lent
from catalogue.queries.reading import fields
from catalogue.rows.entities import CoverageCell

_COVERAGE = """
WITH furthest AS (
    SELECT DISTINCT ON (technology.service, planned.board)
           technology.service, planned.board, technology.slug AS technology,
           coalesce(journey.stage, 'planned') AS stage, journey.since,
           coalesce(journey.paused_own, journey.paused_technology) IS NOT NULL
               OR (journey.stream IS NULL AND planned.paused IS NOT NULL) AS paused,
           journey.stopped IS NOT NULL OR (journey.stream IS NULL AND planned.stopped IS NOT NULL) AS stopped,
           EXISTS (SELECT FROM catalogue.freezing WHERE freezing.stream = journey.stream) AS halted
    FROM catalogue.technologies AS technology
    JOIN catalogue.planned ON planned.technology = technology.slug
    LEFT JOIN catalogue.journeys AS journey
        ON journey.stream = 'rollout/' || technology.slug || '/' || planned.board
    ORDER BY technology.service, planned.board,
             journey.stopped IS NOT NULL OR (journey.stream IS NULL AND planned.stopped IS NOT NULL),
             array_position($3::text[], coalesce(journey.stage, 'planned')) DESC NULLS LAST, technology.slug
), entry AS (
    SELECT id, name, data -> 'coverage' AS stated, data -> 'withdrawals' AS withdrawals
    FROM catalogue.entities
    WHERE kind NOT IN ('board', 'role', 'infrastructure') AND status = 'live'
      AND ($1::text IS NULL OR id = $1)
      AND (data -> 'coverage' ->> 'extent' IS NOT NULL OR kind = 'service')
), service AS (
    SELECT id, name, stated, withdrawals FROM entry
    UNION ALL
    -- A technology whose service nobody has registered is covered all the same.
    SELECT DISTINCT ON (service) service, title, NULL::jsonb, NULL::jsonb
    FROM catalogue.technologies
    WHERE NOT EXISTS (SELECT FROM catalogue.entities WHERE id = service)
      AND ($1::text IS NULL OR service = $1)
), board AS (
    -- What is not seen must not look as if it were not there.
    SELECT id FROM catalogue.entities
    WHERE kind = 'board' AND status = 'live' AND ARRAY[id, '*'] && (SELECT ledger.scope())
    UNION SELECT board FROM furthest
), cell AS (
    SELECT service.*, board.id AS board,
           CASE stated ->> 'extent' WHEN 'all' THEN true WHEN 'national' THEN true
                WHEN 'some' THEN stated -> 'boards' ? board.id ELSE false END AS offered,
           coalesce(withdrawals @> jsonb_build_array(jsonb_build_object('board', board.id)), false) AS ended
    FROM service CROSS JOIN board
    WHERE $2::text IS NULL OR board.id = $2
)
SELECT cell.id AS service, cell.name, cell.board,
       coalesce(furthest.stage, CASE WHEN ended THEN 'ended' WHEN offered THEN 'offered' ELSE 'none' END)
           AS status,
       furthest.technology, furthest.since, coalesce(furthest.paused, false) AS paused,
       coalesce(furthest.stopped, false) AS stopped, coalesce(furthest.halted, false) AS halted,
       stated ->> 'extent' AS extent, stated ->> 'source' AS source, stated ->> 'date' AS date,
       NULL::float8 AS usage
FROM cell LEFT JOIN furthest ON furthest.service = cell.id AND furthest.board = cell.board
ORDER BY cell.id, cell.board
"""

STAGES = (
    "planned",
    "released",
    "proof-of-concept",
    "piloted",
    "queued",
    "replication",
    "handover",
    "business-as-usual",
)
"""How far a rollout can come, in its order; the domain's order behind a stage that comes before all."""


async def coverage(
    connection: Lent, *, service: str | None = None, board: str | None = None
) -> tuple[CoverageCell, ...]:
    """Every service at every board, by service and then board; usage stays ``None``: it is not measured."""
    records = await connection.fetch(_COVERAGE, service, board, STAGES)
    return tuple(CoverageCell(**fields(record)) for record in records)
