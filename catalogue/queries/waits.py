"""What waits on whom, over tasks, gates, pauses and the queue for capacity."""

from catalogue.connection import Lent
from catalogue.queries.reading import fields
from catalogue.rows.work import Wait

_WAITS = """
WITH journey AS (
    SELECT * FROM catalogue.journeys
    WHERE stopped IS NULL AND ($1::text IS NULL OR technology = $1) AND ($2::text IS NULL OR stream = $2)
), moving AS (
    SELECT * FROM journey WHERE coalesce(paused_own, paused_technology) IS NULL
), wait AS (
    SELECT stream, journey.board, 'resume' AS "on",
           CASE source WHEN 'own' THEN 'resumption (paused here: '
                ELSE 'resumption (the technology is paused: ' END || (hold ->> 'reason') || ')' AS what,
           (hold ->> 'at')::timestamptz AS since, NULL::timestamptz AS due, false AS overdue,
           NULL::text AS name
    FROM journey
    CROSS JOIN LATERAL (VALUES ('own', paused_own), ('technology', paused_technology)) AS held (source, hold)
    WHERE hold IS NOT NULL
    UNION ALL
    SELECT stream, moving.board, task.owner, task.title, task.opened, task.due, task.overdue, task.id
    FROM moving JOIN catalogue.tasks AS task USING (stream) WHERE task.status = 'open'
    UNION ALL
    SELECT stream, moving.board, role, 'the decision at ' || (gate ->> 'title'), gate_since, NULL, false,
           technology || '/' || coalesce(moving.board, 'national') || '/' || (gate ->> 'id')
    FROM moving CROSS JOIN LATERAL jsonb_array_elements_text(gate -> 'decides') AS role
    WHERE gate IS NOT NULL
    UNION ALL
    SELECT stream, moving.board, 'capacity', 'one of the programme''s slots', moving.since, NULL, false, NULL
    FROM moving WHERE kind = 'rollout' AND stage = 'queued'
    UNION ALL
    SELECT stream, moving.board, 'technology',
           CASE stage WHEN 'piloted' THEN 'the scale decision and the standardised playbook'
                ELSE 'the standardised playbook' END, moving.since, NULL, false, NULL
    FROM moving WHERE kind = 'rollout' AND stage IN ('released', 'piloted')
)
SELECT stream, board, "on", what, since, due, overdue, name FROM wait
WHERE $3::text IS NULL OR "on" = $3
ORDER BY NOT overdue, due NULLS LAST, since, stream, what, "on"
"""


async def list_waits(
    connection: Lent, *, technology: str | None = None, stream: str | None = None, on: str | None = None
) -> tuple[Wait, ...]:
    """What waits on whom: the overdue first, then by due date.

    Args:
        connection: Where to ask.
        technology: Of everything that belongs to a technology.
        stream: Of one technology, rollout or track.
        on: On this role, or on ``capacity``, ``resume`` or ``technology``.
    """
    records = await connection.fetch(_WAITS, technology, stream, on)
    return tuple(Wait(**fields(record)) for record in records)
