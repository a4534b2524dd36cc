"""What waits on whom: tasks, decisions and what they rest on, pauses, capacity, and the work of others."""

from catalogue.connection import Lent
from catalogue.queries.reading import fields
from catalogue.rows.work import Wait

_JOURNEYS = """
journey AS (
    SELECT * FROM catalogue.journeys
    WHERE stopped IS NULL AND ($1::text IS NULL OR technology = $1) AND ($2::text IS NULL OR stream = $2)
), moving AS (
    SELECT * FROM journey WHERE coalesce(paused_own, paused_technology) IS NULL
)
"""
_PAUSES = """
SELECT stream, journey.board, 'resume' AS "on",
       CASE source WHEN 'own' THEN 'resumption (paused here: '
            ELSE 'resumption (the technology is paused: ' END || (hold ->> 'reason') || ')' AS what,
       (hold ->> 'at')::timestamptz AS since, NULL::timestamptz AS due, false AS overdue, NULL::text AS name
FROM journey
CROSS JOIN LATERAL (VALUES ('own', paused_own), ('technology', paused_technology)) AS held (source, hold)
WHERE hold IS NOT NULL
"""
_TASKS = """
SELECT stream, moving.board, task.owner, task.title, task.opened, task.due, task.overdue, task.id
FROM moving JOIN catalogue.tasks AS task USING (stream) WHERE task.status = 'open'
"""
# Whoever has said something at a gate is not waited for there.
_DECISIONS = """
SELECT stream, moving.board, role,
       'the decision at ' || (gate.definition ->> 'title') || coalesce(' again (' || gate.because || ')', ''),
       gate.since, gate.due, gate.escalated, gate.name
FROM moving JOIN catalogue.waiting AS gate USING (stream)
CROSS JOIN LATERAL (
    SELECT unnest(gate.seats)
    UNION
    SELECT unnest(gate.escalates_to) WHERE gate.escalated
    EXCEPT
    SELECT vote.role FROM catalogue.votes AS vote
    WHERE vote.stream = gate.stream AND vote.gate = gate.gate AND vote.sequence > gate.opened
) AS silent (role)
"""
_OBJECTIONS = """
SELECT stream, moving.board, role,
       'an answer to objection ' || objection.number || ' at ' || (gate.definition ->> 'title'),
       (objection.raised ->> 'at')::timestamptz, NULL, false, gate.name
FROM moving JOIN catalogue.waiting AS gate USING (stream)
JOIN catalogue.objections AS objection USING (stream, gate)
CROSS JOIN LATERAL unnest(gate.seats) AS role
WHERE objection.answered IS NULL
"""
_CONDITIONS = """
SELECT stream, moving.board, condition.owner, 'condition ' || condition.number || ': ' || condition.what,
       NULL, condition.due, false,
       moving.technology || '/' || coalesce(moving.board, 'national') || '/' || condition.gate
FROM moving JOIN catalogue.terms AS condition USING (stream) WHERE condition.state = 'open'
"""
_RENEWALS = """
SELECT moving.stream, moving.board, renewal.role,
       renewal.ref || ' to be brought anew: it expired on ' || renewal.expires, NULL, NULL, false, renewal.ref
FROM moving JOIN catalogue.to_renew AS renewal ON renewal.life = moving.stream
"""
_TRIALS = """
SELECT stream, moving.board, 'test-of-change',
       '"' || trial.title || '" to be ' || CASE WHEN trial.found IS NULL THEN 'studied' ELSE 'decided on' END,
       (trial.started ->> 'at')::timestamptz, NULL, false, trial.trial
FROM moving JOIN catalogue.trials AS trial USING (stream)
WHERE moving.stage = 'proof-of-concept' AND trial.verdict IS NULL
"""
_CAPACITY = """
SELECT stream, moving.board, 'capacity', 'one of the programme''s slots', moving.since, NULL, false, NULL
FROM moving WHERE kind = 'rollout' AND stage = 'queued'
"""
_TECHNOLOGY = """
SELECT stream, moving.board, 'technology',
       CASE stage WHEN 'piloted' THEN 'the scale decision and the standardised playbook'
            ELSE 'the standardised playbook' END, moving.since, NULL, false, NULL
FROM moving WHERE kind = 'rollout' AND stage IN ('released', 'piloted')
"""
# Beside what the rules say in words, a board is told what keeps its gates shut.
_HELD_UP = """
SELECT stream, moving.board, 'technology', rollout.held_up,
       (SELECT min(gate.since) FROM catalogue.waiting AS gate
        WHERE gate.stream = 'technology/' || moving.technology AND gate.state = 'reopened'), NULL, false, NULL
FROM moving JOIN catalogue.rollouts AS rollout USING (stream) WHERE rollout.held_up <> ''
"""
_PILOTS = """
kept AS (
    SELECT moving.stream, finding, task.title, task.id
    FROM moving JOIN catalogue.tasks AS task USING (stream, plan)
    CROSS JOIN LATERAL unnest(task.draws_on) AS finding
    WHERE moving.kind = 'technology' AND moving.stage = 'standardise' AND task.status = 'waiting'
      AND NOT EXISTS (
          SELECT FROM catalogue.tasks AS need
          WHERE need.stream = task.stream AND need.plan = task.plan AND need.step = ANY (task.needs)
            AND need.status NOT IN ('completed', 'skipped')
      )
      AND coalesce((
          SELECT bool_or(NOT EXISTS (
              SELECT FROM catalogue.known AS found
              WHERE found.life = moving.stream AND found.place = pilot.board AND found.evidence = finding
                AND found.stands
          ))
          FROM catalogue.rollouts AS pilot JOIN catalogue.journeys AS its USING (stream)
          WHERE pilot.technology = moving.technology AND pilot.pilot AND its.stopped IS NULL
      ), true)
)
"""
_KEPT_BACK = """
SELECT stream, NULL, 'pilots', 'the finding "' || finding || '", on which "' || title || '" draws', NULL,
       NULL, false, id
FROM kept
"""
_PLAYBOOK = """
SELECT stream, NULL, role, 'the playbook to be published', moving.since, NULL, false, NULL
FROM moving JOIN catalogue.technologies AS technology USING (stream)
CROSS JOIN LATERAL unnest(technology.steered_by) AS role
WHERE moving.stage = 'standardise' AND technology.playbook IS NULL
  AND NOT EXISTS (SELECT FROM kept WHERE kept.stream = moving.stream)
"""
_NO_BOARD_LEFT = """
SELECT stream, NULL, role, 'a decision to stop it: every board''s rollout was stopped', NULL, NULL, false,
       NULL
FROM moving JOIN catalogue.technologies AS technology USING (stream)
CROSS JOIN LATERAL unnest(technology.steered_by) AS role
WHERE moving.stage = 'scale' AND (
    SELECT bool_and(board.stopped IS NOT NULL) FROM catalogue.journeys AS board
    WHERE board.technology = moving.technology AND board.kind = 'rollout'
)
"""
_SOURCES = (
    *(_PAUSES, _TASKS, _DECISIONS, _OBJECTIONS, _CONDITIONS, _RENEWALS, _TRIALS, _CAPACITY, _TECHNOLOGY),
    *(_HELD_UP, _KEPT_BACK, _PLAYBOOK, _NO_BOARD_LEFT),
)
# Made from the texts in this module, never from values.
_WAITS = f"""
WITH {_JOURNEYS}, {_PILOTS}, wait AS ({" UNION ALL ".join(_SOURCES)})
SELECT stream, board, "on", what, since, due, overdue, name FROM wait
WHERE $3::text IS NULL OR "on" = $3
ORDER BY NOT overdue, due NULLS LAST, since, stream, what, "on"
"""  # noqa: S608 - see above


async def list_waits(
    connection: Lent, *, technology: str | None = None, stream: str | None = None, on: str | None = None
) -> tuple[Wait, ...]:
    """What waits on whom: the overdue first, then by due date.

    Args:
        connection: Where to ask.
        technology: Of everything that belongs to a technology.
        stream: Of one technology, rollout or track.
        on: On this role, or on another of the words of ``Wait.on``.
    """
    records = await connection.fetch(_WAITS, technology, stream, on)
    return tuple(Wait(**fields(record)) for record in records)
