"""What people have to be told of, as the rules for notices take it: every matter that waits for a role.

It says nothing that somebody wrote freely: titles are those of plans and gates, and the rest are numbers.
"""

from datetime import datetime, timedelta

from catalogue.connection import Lent
from catalogue.queries.reading import fields
from domain.notice import Matter

# Those that are paused or halted are there as well: what they were told has not to be told again afterwards.
_LIVES = """
life AS (
    SELECT journey.stream, journey.kind, journey.technology, journey.board, journey.stage, journey.cycle,
           journey.plan, journey.stopped, journey.paused_own, journey.paused_technology,
           coalesce(journey.paused_own, journey.paused_technology) IS NOT NULL AS paused,
           coalesce(journey.paused_own, journey.paused_technology) IS NOT NULL
           OR EXISTS (SELECT FROM catalogue.freezing WHERE freezing.stream = journey.stream) AS at_rest,
           technology.steered_by, technology.playbook,
           ARRAY(SELECT jsonb_array_elements_text(programme.charter #> '{authority,board}')) AS led_by
    FROM catalogue.journeys AS journey
    JOIN catalogue.technologies AS technology ON technology.slug = journey.technology
    JOIN catalogue.programmes AS programme ON programme.slug = technology.programme
    WHERE technology.programme = $1
), going AS (
    SELECT * FROM life WHERE stopped IS NULL
)
"""
_TASKS = """
SELECT 'task' AS subject, task.id || '#' || task.round AS key, task.id AS name, task.title,
       task.owner AS role, going.board, going.technology, task.opened AS since, task.due, false AS late,
       false AS again, going.paused OR EXISTS (
           SELECT FROM catalogue.freezing
           WHERE freezing.stream = task.stream
             AND NOT coalesce(ARRAY[task.step, task.area] && freezing.may_continue, false)
       ) OR EXISTS (
           SELECT FROM catalogue.holds AS held
           WHERE held.stream = task.stream AND held.plan = task.plan AND held.step = task.step
       ) AS at_rest
FROM going JOIN catalogue.tasks AS task USING (stream) WHERE task.status = 'open'
"""
# What blocks, or was open for too long: whoever sees to it, and to whom it escalated.
_BARRIERS = """
SELECT 'barrier', barrier.name || '#' || barrier.severity, barrier.name,
       initcap(barrier.severity) || ' barrier ' || barrier.number, role, going.board, going.technology,
       (barrier.raised ->> 'at')::timestamptz, barrier.due, role <> barrier.owner, false, at_rest
FROM going JOIN catalogue.barriers AS barrier USING (stream)
CROSS JOIN LATERAL (SELECT barrier.owner UNION SELECT unnest(barrier.escalated)) AS told (role)
WHERE barrier.closed IS NULL AND (barrier.severity = 'blocking' OR cardinality(barrier.escalated) > 0)
"""
# That the line is stopped is told to whoever owns the halt or has a say in its release, and to everybody else
# who leads what it freezes: nationally once, and at each board. A technology's halt of one version is told
# nationally, too, though it freezes nothing there.
_HALTS = """
SELECT CASE WHEN role = ANY (acting.roles) THEN 'halt' ELSE 'halted' END,
       going.stream || '/halt/' || halt.number, going.technology || ' ' || halt.number,
       'The line is stopped (halt ' || halt.number || ')', role, going.board, going.technology,
       (halt.raised ->> 'at')::timestamptz, NULL, false, false, false
FROM going JOIN catalogue.halts AS halt USING (stream)
CROSS JOIN LATERAL (
    SELECT ARRAY(
        SELECT halt.owner
        UNION
        SELECT unnest(gate.seats) FROM catalogue.waiting AS gate
        WHERE gate.stream = halt.stream AND gate.halt = halt.number
    ) AS roles WHERE going.kind = 'technology'
    UNION ALL
    SELECT '{}' WHERE going.kind <> 'technology'
) AS acting
CROSS JOIN LATERAL (
    SELECT unnest(acting.roles)
    UNION
    SELECT unnest(going.steered_by) WHERE going.kind = 'technology'
    UNION
    SELECT unnest(going.led_by) WHERE going.kind = 'rollout'
) AS told (role)
WHERE halt.released IS NULL AND going.kind IN ('technology', 'rollout')
"""
# Whoever has said something at a gate is not waited for there.
_DECISIONS = """
SELECT 'decision', gate.name || '#' || gate.opened, gate.name, gate.definition ->> 'title', silent.role,
       going.board, going.technology, gate.since, gate.due, NOT silent.role = ANY (gate.seats),
       gate.state = 'reopened', gate.at_rest
FROM going JOIN catalogue.waiting AS gate USING (stream)
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
SELECT 'objection', stream || '/objection/' || objection.number, gate.gate || ' ' || objection.number,
       'Objection ' || objection.number || ' at ' || (gate.definition ->> 'title'), role,
       going.board, going.technology, (objection.raised ->> 'at')::timestamptz, NULL, false, false,
       gate.at_rest
FROM going JOIN catalogue.waiting AS gate USING (stream)
JOIN catalogue.objections AS objection USING (stream, gate)
CROSS JOIN LATERAL unnest(gate.seats) AS role
WHERE objection.answered IS NULL
"""
_WAIVERS_ASKED = """
SELECT 'waiver asked', stream || '/waiver/' || waiver.number || '/asked', gate.gate || ' ' || waiver.number,
       'Waiver ' || waiver.number || ' of ' || waiver.criterion || ' at ' || (gate.definition ->> 'title'),
       role, going.board, going.technology, (waiver.asked ->> 'at')::timestamptz, NULL, false, false,
       gate.at_rest
FROM going JOIN catalogue.waiting AS gate USING (stream)
JOIN catalogue.waivers AS waiver USING (stream, gate)
CROSS JOIN LATERAL jsonb_array_elements_text(gate.definition #> '{waiving,approvers}') AS role
WHERE waiver.granted IS NULL AND waiver.until > $2
"""
_WAIVERS = """
SELECT 'waiver', stream || '/waiver/' || waiver.number, waiver.gate || ' ' || waiver.number,
       'Waiver ' || waiver.number || ' of ' || waiver.criterion || ' at ' || waiver.gate,
       waiver.asked ->> 'role', going.board, going.technology, (waiver.granted ->> 'at')::timestamptz,
       waiver.until, false, false, at_rest
FROM going JOIN catalogue.waivers AS waiver USING (stream)
WHERE waiver.granted IS NOT NULL AND waiver.until > $2
"""
_CONDITIONS = """
SELECT 'condition', stream || '/condition/' || condition.number, condition.gate || ' ' || condition.number,
       'Condition ' || condition.number || ' of ' || decision.title, condition.owner,
       going.board, going.technology, decision.at, condition.due, false, false, at_rest
FROM going JOIN catalogue.terms AS condition USING (stream)
JOIN catalogue.decisions AS decision USING (stream, sequence)
WHERE condition.state = 'open'
"""
# Noon of its last day stands for the day, wherever local midnight is.
_EVIDENCE = """
SELECT 'evidence', entry.ref, entry.ref, entry.ref, entry.role, entry.board, entry.technology, entry.at,
       entry.expires + time '12:00' AT TIME ZONE 'UTC', false, false, at_rest
FROM going JOIN catalogue.register AS entry USING (stream)
WHERE entry.stands AND entry.expires BETWEEN $2::date AND ($2 + $3)::date
"""
_RENEWALS = """
SELECT DISTINCT 'renewal', entry.ref || '/renewal', entry.ref, entry.ref, entry.role, entry.board,
       entry.technology, NULL::timestamptz, entry.expires + time '12:00' AT TIME ZONE 'UTC', false, false,
       holder.at_rest
FROM going JOIN catalogue.to_renew AS renewal ON renewal.life = going.stream
JOIN catalogue.register AS entry ON entry.ref = renewal.ref
JOIN going AS holder ON holder.stream = entry.stream
"""
_PLAYBOOK = """
SELECT 'playbook', stream || '/playbook/' || going.cycle, going.technology, 'The playbook to be published',
       role, NULL, going.technology, NULL, NULL, false, false, at_rest
FROM going CROSS JOIN LATERAL unnest(going.steered_by) AS role
WHERE going.kind = 'technology' AND going.stage = 'standardise' AND going.playbook IS NULL
  AND NOT EXISTS (
      SELECT FROM catalogue.tasks AS task
      WHERE task.stream = going.stream AND task.plan = going.plan
        AND task.status NOT IN ('completed', 'skipped')
  )
"""
# A technology's pause or end is told nationally once, and to each of its boards.
_HOLDS = """
SELECT hold.subject, stream || '/' || hold.subject || '/' || (hold.what ->> 'at'), stream, hold.title, role,
       life.board, life.technology, (hold.what ->> 'at')::timestamptz, NULL, false, false, false
FROM life
CROSS JOIN LATERAL (VALUES
    ('stopped', life.stopped, CASE life.kind WHEN 'rollout' THEN 'The rollout was stopped'
                                             ELSE 'It was stopped for good' END),
    ('paused', coalesce(life.paused_own, life.paused_technology),
     CASE life.kind WHEN 'rollout' THEN 'The rollout is paused' ELSE 'It is paused' END)
) AS hold (subject, what, title)
CROSS JOIN LATERAL (
    SELECT unnest(life.steered_by) WHERE hold.what ->> 'role' <> 'technology'
    UNION
    SELECT unnest(life.led_by) WHERE life.kind = 'rollout'
) AS told (role)
WHERE hold.what IS NOT NULL AND (hold.what ->> 'at')::timestamptz > $2 - $4::interval
  AND life.kind IN ('technology', 'rollout')
  AND NOT (hold.subject = 'paused' AND life.stopped IS NOT NULL)
"""
_SOURCES = (
    *(_TASKS, _DECISIONS, _OBJECTIONS, _WAIVERS_ASKED, _WAIVERS, _CONDITIONS, _EVIDENCE, _RENEWALS),
    *(_PLAYBOOK, _HOLDS, _BARRIERS, _HALTS),
)
# Made from the texts in this module, never from values.
_MATTERS = f"""
WITH {_LIVES}, matter AS ({" UNION ALL ".join(f"({source})" for source in _SOURCES)})
SELECT subject, key, name, title, role, board, technology, since, due, late, again, at_rest
FROM matter ORDER BY subject, key, role
"""  # noqa: S608 - see above

REMEMBERED = timedelta(days=30)
"""For how long it is told that something was stopped or paused."""

A_WEEK = timedelta(days=7)


async def list_matters(
    connection: Lent, programme: str, *, now: datetime, expiring_within: timedelta
) -> tuple[Matter, ...]:
    """All that waits for a role, or that it has to know, in a programme.

    Args:
        connection: Where to ask.
        programme: The programme's slug.
        now: The moment.
        expiring_within: How long before evidence expires it is a matter.
    """
    records = await connection.fetch(_MATTERS, programme, now, expiring_within + A_WEEK, REMEMBERED)
    return tuple(Matter(**fields(record)) for record in records)
