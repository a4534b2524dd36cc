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
    AND NOT EXISTS (SELECT FROM catalogue.freezing WHERE freezing.stream = journey.stream)
)
"""
_HALTS = """
SELECT 'halt', stream, journey.board, CASE journey.kind WHEN 'technology' THEN halt.owner ELSE 'halt' END,
       'the release of halt ' || halt.number || ' of '
       || coalesce('version ' || halt.version || ' of the playbook', 'the technology')
       || ' (' || halt.concern || '), owned by ' || halt.owner
       || coalesce('; meanwhile go on: ' || nullif(array_to_string(
              halt.may_continue || CASE WHEN halt.allowance <> '' THEN ARRAY[halt.allowance] END,
              ', '), ''), ''),
       (halt.raised ->> 'at')::timestamptz, NULL::timestamptz, false, NULL
FROM journey JOIN catalogue.halts AS halt USING (stream) WHERE halt.released IS NULL
"""
# A board in the queue does not take up a version that is halted.
_HALTED_VERSION = """
SELECT 'halt', stream, moving.board, 'halt',
       'the release of halt ' || (rollout.kept_from ->> 'number') || ' of version '
       || (rollout.kept_from ->> 'version') || ' of the playbook (' || (rollout.kept_from ->> 'concern')
       || '), owned by ' || (rollout.kept_from ->> 'owner'),
       (rollout.kept_from -> 'raised' ->> 'at')::timestamptz, NULL::timestamptz, false, NULL
FROM moving JOIN catalogue.rollouts AS rollout USING (stream)
WHERE moving.stage = 'queued' AND rollout.kept_from IS NOT NULL
"""
_PAUSES = """
SELECT 'pause' AS kind, stream, journey.board, 'resume' AS "on",
       CASE source WHEN 'own' THEN 'resumption (paused here: '
            ELSE 'resumption (paused from above: ' END || (hold ->> 'reason') || ')' AS what,
       (hold ->> 'at')::timestamptz AS since, NULL::timestamptz AS due, false AS overdue, NULL::text AS name
FROM journey
CROSS JOIN LATERAL (VALUES ('own', paused_own), ('technology', paused_technology)) AS held (source, hold)
WHERE hold IS NOT NULL
"""
_TASKS = """
SELECT 'step', stream, journey.board, task.owner, task.title, task.opened, task.due, task.overdue, task.id
FROM journey JOIN catalogue.tasks AS task USING (stream)
WHERE task.status = 'open' AND coalesce(journey.paused_own, journey.paused_technology) IS NULL
  AND NOT EXISTS (
    SELECT FROM catalogue.freezing
    WHERE freezing.stream = task.stream
      AND NOT coalesce(ARRAY[task.step, task.area] && freezing.may_continue, false)
) AND NOT EXISTS (
    SELECT FROM catalogue.holds AS held
    WHERE held.stream = task.stream AND held.plan = task.plan AND held.step = task.step
)
"""
# A barrier that blocks, or that was open for too long: whoever sees to it is waited for.
_BARRIERS = """
SELECT 'barrier', stream, moving.board, role,
       barrier.severity || ' barrier ' || barrier.number || ' to be overcome: "' || barrier.what || '"'
       || coalesce(', which holds ' || (
           SELECT string_agg('"' || task.title || '"', ' and ' ORDER BY task.place_in_plan)
           FROM catalogue.tasks AS task
           WHERE barrier.severity = 'blocking' AND task.stream = barrier.stream AND task.plan = barrier.plan
             AND task.plan = moving.plan AND task.step = ANY (barrier.steps)
       ), ''),
       (barrier.raised ->> 'at')::timestamptz, barrier.due, barrier.escalated <> '{}', barrier.name
FROM moving JOIN catalogue.barriers AS barrier USING (stream)
CROSS JOIN LATERAL (SELECT barrier.owner UNION SELECT unnest(barrier.escalated)) AS called (role)
WHERE barrier.nature = 'barrier' AND barrier.closed IS NULL
  AND (barrier.severity = 'blocking' OR barrier.escalated <> '{}')
"""
# Whoever has said something at a gate is not waited for there.
_DECISIONS = """
SELECT CASE WHEN gate.because IS NULL THEN 'gate' ELSE 'review' END, stream, journey.board, role,
       'the decision at ' || (gate.definition ->> 'title') || coalesce(' again (' || gate.because || ')', ''),
       gate.since, gate.due, gate.escalated, gate.name
FROM journey JOIN catalogue.waiting AS gate USING (stream)
CROSS JOIN LATERAL (
    SELECT unnest(gate.seats)
    UNION
    SELECT unnest(gate.escalates_to) WHERE gate.escalated
    EXCEPT
    SELECT vote.role FROM catalogue.votes AS vote
    WHERE vote.stream = gate.stream AND vote.gate = gate.gate AND vote.sequence > gate.opened
) AS silent (role)
WHERE NOT gate.at_rest
"""
_OBJECTIONS = """
SELECT 'objection', stream, journey.board, role,
       'an answer to objection ' || objection.number || ' at ' || (gate.definition ->> 'title'),
       (objection.raised ->> 'at')::timestamptz, NULL, false, gate.name
FROM journey JOIN catalogue.waiting AS gate USING (stream)
JOIN catalogue.objections AS objection USING (stream, gate)
CROSS JOIN LATERAL unnest(gate.seats) AS role
WHERE objection.answered IS NULL AND NOT gate.at_rest
"""
_CONDITIONS = """
SELECT 'condition', stream, moving.board, condition.owner,
       'condition ' || condition.number || ': ' || condition.what, NULL, condition.due, false,
       moving.technology || '/' || coalesce(moving.board, 'national') || '/' || condition.gate
FROM moving JOIN catalogue.terms AS condition USING (stream) WHERE condition.state = 'open'
"""
_RENEWALS = """
SELECT 'evidence', moving.stream, moving.board, renewal.role,
       renewal.ref || ' to be brought anew: it expired on ' || renewal.expires, NULL, NULL, false, renewal.ref
FROM moving JOIN catalogue.to_renew AS renewal ON renewal.life = moving.stream
"""
_TRIALS = """
SELECT 'trial', stream, moving.board, 'test-of-change',
       '"' || trial.title || '" to be ' || CASE WHEN trial.found IS NULL THEN 'studied' ELSE 'decided on' END,
       (trial.started ->> 'at')::timestamptz, NULL, false, trial.trial
FROM moving JOIN catalogue.trials AS trial USING (stream)
WHERE moving.stage = 'proof-of-concept' AND trial.verdict IS NULL
"""
_CAPACITY = """
SELECT 'capacity', stream, moving.board, 'capacity', rollout.slot_wait, moving.since, NULL, false, NULL
FROM moving JOIN catalogue.rollouts AS rollout USING (stream)
WHERE moving.kind = 'rollout' AND moving.stage = 'queued'
"""
_TECHNOLOGY = """
SELECT 'dependency', stream, moving.board, 'technology',
       CASE stage WHEN 'piloted' THEN 'the scale decision and the standardised playbook'
            ELSE 'the standardised playbook and the release of its wave' END, moving.since, NULL, false, NULL
FROM moving WHERE kind = 'rollout' AND stage IN ('released', 'piloted')
"""
_OFFERS = """
SELECT 'offer', stream, moving.board, role,
       'version ' || rollout.offered || ' of the playbook to be adopted or declined', rollout.offered_since,
       NULL, false, NULL
FROM moving JOIN catalogue.rollouts AS rollout USING (stream)
CROSS JOIN LATERAL unnest(rollout.steered_by) AS role
WHERE rollout.offered IS NOT NULL AND rollout.declined IS NULL
"""
# Beside what the rules say in words, a board is told what keeps its gates shut.
_HELD_UP = """
SELECT 'dependency', stream, moving.board, 'technology', rollout.held_up,
       (SELECT min(gate.since) FROM catalogue.waiting AS gate
        WHERE gate.stream = 'technology/' || moving.technology AND gate.state = 'reopened'), NULL, false, NULL
FROM moving JOIN catalogue.rollouts AS rollout USING (stream) WHERE rollout.held_up <> ''
"""
# At the gate what is not ready keeps it shut; before that, what is late is told already.
_INFRASTRUCTURE = """
SELECT CASE WHEN gate.reached THEN 'infrastructure' ELSE 'dependency' END, stream, moving.board,
       awaited ->> 'owner', awaited ->> 'what', NULL, (awaited ->> 'due')::timestamptz,
       (awaited ->> 'late')::boolean, awaited ->> 'task'
FROM moving JOIN catalogue.rollouts AS rollout USING (stream)
CROSS JOIN LATERAL jsonb_array_elements(rollout.awaits) AS awaited
CROSS JOIN LATERAL (
    SELECT moving.stage = 'replication' AND EXISTS (
        SELECT FROM catalogue.waiting AS gate WHERE gate.stream = moving.stream AND gate.state = 'open'
    ) AS reached
) AS gate
WHERE gate.reached
   OR (awaited ->> 'late')::boolean AND moving.stage NOT IN ('handover', 'business-as-usual')
"""
_DELAYS = """
SELECT 'dependency', stream, NULL, awaited ->> 'owner', awaited ->> 'what', NULL,
       (awaited ->> 'due')::timestamptz, true, awaited ->> 'task'
FROM moving JOIN catalogue.outstanding USING (stream)
CROSS JOIN LATERAL jsonb_array_elements(outstanding.awaits) AS awaited
WHERE outstanding.board IS NULL AND (awaited ->> 'late')::boolean
  AND moving.stage NOT IN ('sustain', 'sustained')
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
SELECT 'dependency', stream, NULL, 'pilots',
       'the finding "' || finding || '", on which "' || title || '" draws', NULL, NULL, false, id
FROM kept
"""
_PLAYBOOK = """
SELECT 'change', stream, NULL, role, 'the playbook to be published', moving.since, NULL, false, NULL
FROM moving JOIN catalogue.technologies AS technology USING (stream)
CROSS JOIN LATERAL unnest(technology.steered_by) AS role
WHERE moving.stage = 'standardise' AND technology.playbook IS NULL
  AND NOT EXISTS (SELECT FROM kept WHERE kept.stream = moving.stream)
"""
_AMENDMENTS = """
SELECT 'change', stream, NULL, role,
       CASE WHEN accepted IS NULL THEN 'a review of change ' || number || ' to the playbook'
            ELSE 'change ' || number || ', which was accepted, to be published' END,
       (coalesce(amendment.reviewed, amendment.proposed) ->> 'at')::timestamptz, NULL, false, number::text
FROM moving JOIN catalogue.technologies AS technology USING (stream)
JOIN catalogue.amendments AS amendment ON amendment.technology = moving.technology
CROSS JOIN LATERAL unnest(technology.steered_by) AS role
WHERE moving.kind = 'technology' AND (accepted IS NULL OR accepted AND amendment.version IS NULL)
"""
_WAVES_AT_REST = """
SELECT 'dependency', stream, NULL, 'resume',
       'the resumption of wave ' || wave.name || ' (' || (wave.paused ->> 'reason') || ')',
       (wave.paused ->> 'at')::timestamptz, NULL, false, NULL
FROM moving JOIN catalogue.technologies AS technology USING (stream)
JOIN catalogue.waves AS wave ON wave.technology = technology.slug
WHERE moving.stage = 'scale' AND wave.paused IS NOT NULL AND wave.released IS NULL
  AND wave.ordered = technology.ordered AND EXISTS (
      SELECT FROM catalogue.journeys AS board
      WHERE board.technology = moving.technology AND board.kind = 'rollout' AND board.stopped IS NULL
  )
"""
_NO_BOARD_LEFT = """
SELECT 'gate', stream, NULL, role, 'a decision to stop it: every board''s rollout was stopped', NULL, NULL,
       false, NULL
FROM moving JOIN catalogue.technologies AS technology USING (stream)
CROSS JOIN LATERAL unnest(technology.steered_by) AS role
WHERE moving.stage = 'scale' AND (
    SELECT bool_and(board.stopped IS NOT NULL) FROM catalogue.journeys AS board
    WHERE board.technology = moving.technology AND board.kind = 'rollout'
)
"""
_SOURCES = (
    *(_PAUSES, _HALTS, _HALTED_VERSION),
    *(_TASKS, _BARRIERS, _DECISIONS, _OBJECTIONS, _CONDITIONS, _RENEWALS, _TRIALS, _CAPACITY),
    *(_INFRASTRUCTURE, _DELAYS),
    *(_TECHNOLOGY, _OFFERS, _HELD_UP, _KEPT_BACK, _PLAYBOOK, _AMENDMENTS, _WAVES_AT_REST, _NO_BOARD_LEFT),
)
# Made from the texts in this module, never from values.
_WAITS = f"""
WITH {_JOURNEYS}, {_PILOTS}, wait AS ({" UNION ALL ".join(_SOURCES)})
SELECT kind, stream, board, "on", what, since, due, overdue, name FROM wait
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
