"""Questions about tasks."""

from typing import Literal

from catalogue.connection import Lent
from catalogue.queries.reading import fields
from catalogue.rows.work import Task

Status = Literal["waiting", "open", "completed", "skipped", "dropped"]

_TASKS = """
SELECT task.id, task.stream, task.technology, task.place, task.board, task.plan, task.step, task.title,
       task.owner, task.status, task.round, task.needs, task.mandatory, task.guidance, task.area, task.input,
       task.level, task.opened, task.due, task.overdue, task.closed, task.closed_by, task.note, task.asked,
       task.given, task.draws_on, task.drawn, task.dropped,
       (SELECT min(held.barrier) FROM catalogue.holds AS held
        WHERE held.stream = task.stream AND held.plan = task.plan AND held.step = task.step) AS held_by,
       coalesce(journey.paused_own, journey.paused_technology, journey.stopped) IS NOT NULL
       OR halt.number IS NOT NULL AS at_rest,
       halt.number AS halted_by
FROM catalogue.tasks AS task JOIN catalogue.journeys AS journey USING (stream)
LEFT JOIN LATERAL (
    SELECT min(freezing.number) AS number FROM catalogue.freezing
    WHERE freezing.stream = task.stream
      AND NOT coalesce(ARRAY[task.step, task.area] && freezing.may_continue, false)
) AS halt ON true
WHERE ($1::text IS NULL OR task.id = $1) AND ($2::text IS NULL OR task.stream = $2)
  AND ($3::text IS NULL OR task.technology = $3) AND ($4::text IS NULL OR task.board = $4)
  AND ($5::text IS NULL OR task.owner = $5) AND ($6::text IS NULL OR task.status = $6)
  AND (NOT $7::boolean OR task.status = 'open' AND task.overdue)
  AND ($6::text IS DISTINCT FROM 'open' OR journey.stopped IS NULL)
ORDER BY task.stream, task.plan = journey.plan DESC, task.plan, task.dropped IS NOT NULL,
         task.place_in_plan, task.step
"""


async def list_tasks(
    connection: Lent,
    *,
    stream: str | None = None,
    technology: str | None = None,
    board: str | None = None,
    role: str | None = None,
    status: Status | None = None,
    overdue: bool = False,
) -> tuple[Task, ...]:
    """The tasks in the order of their plans.

    Args:
        connection: Where to ask.
        stream: Of one technology, rollout or track.
        technology: Of everything that belongs to a technology.
        board: Of one board.
        role: Of the role that owns them.
        status: In this status; ``open`` leaves out those of a journey that was stopped.
        overdue: Only open ones whose due date has been noticed to have passed.
    """
    wanted: Status | None = "open" if overdue and status is None else status
    records = await connection.fetch(_TASKS, None, stream, technology, board, role, wanted, overdue)
    return tuple(Task(**fields(record)) for record in records)


async def show_task(connection: Lent, task: str) -> Task | None:
    """The task of that readable name, or ``None``."""
    record = await connection.fetchrow(_TASKS, task, None, None, None, None, None, False)
    return None if record is None else Task(**fields(record))
