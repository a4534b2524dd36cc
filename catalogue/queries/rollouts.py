"""Questions about the boards' rollouts and the parallel tracks."""

from catalogue.connection import Lent, Record
from catalogue.queries.gates import list_decisions, list_gates, list_steering
from catalogue.queries.reading import fields, holds
from catalogue.queries.tasks import list_tasks
from catalogue.queries.waits import list_waits
from catalogue.rows.cards import RolloutCard
from catalogue.rows.journeys import Rollout, Workstream

_HOLDS = ("paused_own", "paused_technology", "stopped")

_ROLLOUTS = """
WITH known AS (
    SELECT technology, board, coalesce(planned.wave, rollout.wave) AS wave,
           coalesce(rollout.pilot, planned.pilot) AS pilot, rollout.programme, rollout.playbook,
           rollout.version, rollout.held_up, rollout.stream, planned.ordered, planned.place,
           planned.place_in_wave
    FROM catalogue.planned FULL JOIN catalogue.rollouts AS rollout USING (technology, board)
)
SELECT known.technology, known.board, 'rollout/' || known.technology || '/' || known.board AS stream,
       known.wave, known.pilot, coalesce(journey.stage, 'planned') AS stage, journey.since,
       coalesce(journey.cycle, 1) AS cycle, journey.rag, journey.paused_own, journey.paused_technology,
       journey.stopped, known.playbook, known.version, coalesce(known.held_up, '') AS held_up, journey.plan,
       coalesce(progress.open, 0) AS open,
       coalesce(progress.closed, 0) AS closed, coalesce(progress.total, 0) AS total,
       coalesce(progress.overdue, 0) AS overdue, slot.state AS slot, slot.since AS slot_since
FROM known
LEFT JOIN catalogue.journeys AS journey USING (stream)
LEFT JOIN catalogue.progress USING (stream)
LEFT JOIN catalogue.slots AS slot
    ON (slot.programme, slot.technology, slot.board) = (known.programme, known.technology, known.board)
    AND slot.state <> 'returned'
WHERE ($1::text IS NULL OR known.technology = $1) AND ($2::text IS NULL OR known.board = $2)
  AND ($3::text IS NULL OR coalesce(journey.stage, 'planned') = $3)
ORDER BY known.technology, NOT known.pilot, known.ordered, known.place, known.place_in_wave, known.board
"""
_WORKSTREAMS = """
SELECT journey.technology, journey.place AS area, journey.stream, journey.stage, journey.since, journey.rag,
       journey.paused_own, journey.paused_technology, journey.stopped, journey.plan,
       progress.open, progress.closed, progress.total, progress.overdue
FROM catalogue.journeys AS journey JOIN catalogue.progress USING (stream)
WHERE journey.kind = 'workstream' AND ($1::text IS NULL OR journey.technology = $1)
ORDER BY journey.technology, area
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
    """One rollout with the tasks of its present plan, its gate and its decisions; ``None`` if unknown."""
    found = await list_rollouts(connection, technology=technology, board=board)
    if not found:
        return None
    rollout = found[0]
    tasks = await list_tasks(connection, stream=rollout.stream)
    title = await connection.fetchval("SELECT title FROM catalogue.technologies WHERE slug = $1", technology)
    return RolloutCard(
        rollout=rollout,
        title=title or technology,
        tasks=tuple(task for task in tasks if task.plan == rollout.plan),
        gates=await list_gates(connection, stream=rollout.stream),
        decisions=await list_decisions(connection, stream=rollout.stream),
        steering=await list_steering(connection, stream=rollout.stream),
        waits=await list_waits(connection, stream=rollout.stream),
    )


async def list_workstreams(connection: Lent, *, technology: str | None = None) -> tuple[Workstream, ...]:
    """The parallel tracks, by technology and area."""
    records = await connection.fetch(_WORKSTREAMS, technology)
    return tuple(Workstream(**fields(record, *_HOLDS, **holds(record))) for record in records)


def _rollout(record: Record) -> Rollout:
    return Rollout(**fields(record, *_HOLDS, **holds(record)))
