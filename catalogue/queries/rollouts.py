"""Questions about the boards' rollouts and the parallel tracks."""

from catalogue.connection import Lent, Record
from catalogue.queries.barriers import list_barriers
from catalogue.queries.gates import list_decisions, list_gates, list_steering
from catalogue.queries.halts import list_halts
from catalogue.queries.reading import awaited, fields, hold, holds
from catalogue.queries.tasks import list_tasks
from catalogue.queries.waits import list_waits
from catalogue.rows.cards import RolloutCard
from catalogue.rows.journeys import Awaited, Rollout, Workstream

_HOLDS = ("paused_own", "paused_technology", "stopped")

_ROLLOUTS = """
WITH known AS (
    SELECT technology, board, coalesce(planned.wave, rollout.wave) AS wave,
           coalesce(planned.pilot, rollout.pilot) AS pilot, planned.paused, planned.stopped,
           rollout.programme, rollout.playbook, rollout.version, rollout.offered,
           rollout.offered_since, rollout.declined, rollout.stream, planned.ordered, planned.place,
           planned.place_in_wave
    FROM catalogue.planned FULL JOIN catalogue.rollouts AS rollout USING (technology, board)
)
SELECT known.technology, known.board, 'rollout/' || known.technology || '/' || known.board AS stream,
       known.wave, known.pilot, coalesce(journey.stage, 'planned') AS stage, journey.since,
       coalesce(journey.cycle, 1) AS cycle, journey.rag, journey.paused_own,
       coalesce(journey.paused_technology, CASE WHEN journey.stream IS NULL THEN known.paused END)
           AS paused_technology,
       coalesce(journey.stopped, CASE WHEN journey.stream IS NULL THEN known.stopped END) AS stopped,
       known.playbook, known.offered, known.offered_since, known.declined,
       (SELECT its.playbook FROM catalogue.technologies AS its WHERE its.slug = known.technology) AS latest,
       known.version, coalesce(held_up.why, '') AS held_up, journey.plan,
       ARRAY(SELECT freezing.number FROM catalogue.freezing
             WHERE freezing.stream = known.stream ORDER BY freezing.number) AS halted,
       coalesce(progress.open, 0) AS open,
       coalesce(progress.closed, 0) AS closed, coalesce(progress.total, 0) AS total,
       coalesce(progress.overdue, 0) AS overdue, slot.state AS slot, slot.since AS slot_since
FROM known
LEFT JOIN catalogue.journeys AS journey USING (stream)
LEFT JOIN catalogue.progress USING (stream)
LEFT JOIN catalogue.held_up USING (stream)
LEFT JOIN catalogue.slots AS slot
    ON (slot.programme, slot.technology, slot.board) = (known.programme, known.technology, known.board)
    AND slot.state IN ('queued', 'held')
WHERE ($1::text IS NULL OR known.technology = $1) AND ($2::text IS NULL OR known.board = $2)
  AND ($3::text IS NULL OR coalesce(journey.stage, 'planned') = $3)
ORDER BY known.technology, NOT known.pilot, known.ordered, known.place, known.place_in_wave, known.board
"""
_WORKSTREAMS = """
SELECT journey.technology, split_part(journey.place, '@', 1) AS area, journey.board, journey.stream,
       journey.stage, journey.since, journey.rag, journey.paused_own,
       journey.paused_technology, journey.stopped, journey.plan,
       ARRAY(SELECT freezing.number FROM catalogue.freezing
             WHERE freezing.stream = journey.stream ORDER BY freezing.number) AS halted,
       progress.open, progress.closed, progress.total, progress.overdue
FROM catalogue.journeys AS journey JOIN catalogue.progress USING (stream)
WHERE journey.kind = 'workstream' AND ($1::text IS NULL OR journey.technology = $1)
  AND ($2::text IS NULL OR journey.board = $2)
ORDER BY journey.technology, journey.board NULLS FIRST, area
"""
_AWAITS = """
SELECT awaited FROM catalogue.rollouts CROSS JOIN LATERAL jsonb_array_elements(awaits)
    WITH ORDINALITY AS each (awaited, place)
WHERE stream = $1 ORDER BY place
"""
_OUTSTANDING = """
SELECT awaited FROM catalogue.outstanding CROSS JOIN LATERAL jsonb_array_elements(awaits)
    WITH ORDINALITY AS each (awaited, place)
WHERE technology = $1 ORDER BY board NULLS FIRST, track, place
"""


async def list_rollouts(
    connection: Lent,
    *,
    technology: str | None = None,
    board: str | None = None,
    stage: str | None = None,
) -> tuple[Rollout, ...]:
    """The rollouts, also those only planned: by technology, wave by wave, the pilots first."""
    records = await connection.fetch(_ROLLOUTS, technology, board, stage)
    return tuple(_rollout(record) for record in records)


async def show_rollout(connection: Lent, technology: str, board: str) -> RolloutCard | None:
    """One rollout with the tasks of its present plan, its gate and its decisions; ``None`` if unknown.

    What was done of steps that a version has dropped is among the tasks.
    """
    found = await list_rollouts(connection, technology=technology, board=board)
    if not found:
        return None
    rollout = found[0]
    tasks = await list_tasks(connection, stream=rollout.stream)
    title = await connection.fetchval("SELECT title FROM catalogue.technologies WHERE slug = $1", technology)
    return RolloutCard(
        rollout=rollout,
        title=title or technology,
        workstreams=await list_workstreams(connection, technology=technology, board=board),
        awaits=tuple(
            awaited(record["awaited"]) for record in await connection.fetch(_AWAITS, rollout.stream)
        ),
        tasks=tuple(task for task in tasks if task.plan == rollout.plan and task.status != "dropped"),
        barriers=await list_barriers(connection, stream=rollout.stream),
        gates=await list_gates(connection, stream=rollout.stream),
        decisions=await list_decisions(connection, stream=rollout.stream),
        steering=await list_steering(connection, stream=rollout.stream),
        waits=await list_waits(connection, stream=rollout.stream),
        halts=await list_halts(connection, stream=rollout.stream),
    )


async def list_workstreams(
    connection: Lent, *, technology: str | None = None, board: str | None = None
) -> tuple[Workstream, ...]:
    """The parallel tracks, by technology: the national ones first, then board by board."""
    records = await connection.fetch(_WORKSTREAMS, technology, board)
    return tuple(Workstream(**fields(record, *_HOLDS, **holds(record))) for record in records)


async def list_outstanding(connection: Lent, technology: str) -> tuple[Awaited, ...]:
    """The infrastructure on which going live depends and that is not ready: national first."""
    records = await connection.fetch(_OUTSTANDING, technology)
    return tuple(awaited(record["awaited"]) for record in records)


def _rollout(record: Record) -> Rollout:
    declined = hold(record["declined"])
    return Rollout(**fields(record, *_HOLDS, **holds(record), declined=declined))
