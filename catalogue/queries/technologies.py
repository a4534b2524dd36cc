"""Questions about technologies."""

from datetime import datetime

from catalogue.connection import Lent, Record
from catalogue.queries.barriers import list_barriers
from catalogue.queries.gates import list_decisions, list_gates, list_steering
from catalogue.queries.halts import list_freezing, list_halts
from catalogue.queries.reading import fields, hold, holds
from catalogue.queries.rollouts import list_outstanding, list_rollouts, list_workstreams
from catalogue.queries.tasks import list_tasks
from catalogue.rows.cards import TechnologyCard
from catalogue.rows.journeys import Technology, Wave

_TECHNOLOGIES = """
SELECT technology.slug, technology.title, technology.service, technology.summary, technology.programme,
       journey.stage, journey.since, journey.cycle, journey.rag, journey.paused_own,
       journey.paused_technology, journey.stopped, technology.proposed, technology.proposed_by,
       technology.playbook, technology.version, technology.replaces, technology.replaced_by,
       ARRAY(SELECT halt.number FROM catalogue.halts AS halt
             WHERE halt.stream = technology.stream AND halt.released IS NULL ORDER BY halt.number) AS halted,
       (SELECT count(*) FROM catalogue.planned WHERE planned.technology = technology.slug) AS boards,
       (SELECT count(*) FROM catalogue.journeys AS rollout
        WHERE rollout.technology = technology.slug AND rollout.kind = 'rollout'
          AND rollout.stage = 'business-as-usual' AND rollout.stopped IS NULL) AS boards_live,
       count(task.id) AS open, count(task.id) FILTER (WHERE task.overdue) AS overdue
FROM catalogue.technologies AS technology
JOIN catalogue.journeys AS journey USING (stream)
LEFT JOIN (catalogue.tasks AS task
           JOIN catalogue.journeys AS owner ON owner.stream = task.stream AND owner.stopped IS NULL)
    ON task.technology = technology.slug AND task.status = 'open'
WHERE $1::text IS NULL OR technology.slug = $1
GROUP BY technology.slug, journey.stream
ORDER BY technology.slug
"""
_WAVES = """
SELECT wave.name, wave.boards, wave.released, wave.paused, wave.stopped
FROM catalogue.waves AS wave JOIN catalogue.technologies AS technology ON technology.slug = wave.technology
WHERE wave.technology = $1
  AND (wave.released IS NOT NULL OR wave.stopped IS NOT NULL OR wave.name = 'pilots'
       OR wave.ordered = technology.ordered)
ORDER BY wave.name <> 'pilots', wave.ordered, wave.place
"""


async def list_technologies(connection: Lent) -> tuple[Technology, ...]:
    """The technologies, by slug."""
    records = await connection.fetch(_TECHNOLOGIES, None)
    return tuple(_technology(record) for record in records)


async def find_technology(connection: Lent, slug: str) -> Technology | None:
    """One technology at a glance, or ``None``."""
    record = await connection.fetchrow(_TECHNOLOGIES, slug)
    return None if record is None else _technology(record)


async def list_waves(connection: Lent, technology: str) -> tuple[Wave, ...]:
    """The waves in their present order, the pilots first."""
    return tuple(
        Wave(**fields(record, paused=hold(record["paused"]), stopped=hold(record["stopped"])))
        for record in await connection.fetch(_WAVES, technology)
    )


async def show_technology(connection: Lent, slug: str) -> TechnologyCard | None:
    """One technology with all that surrounds it; ``tasks`` are its national ones; ``None`` if unknown."""
    technology = await find_technology(connection, slug)
    if technology is None:
        return None
    stream = f"technology/{slug}"
    return TechnologyCard(
        technology=technology,
        waves=await list_waves(connection, slug),
        rollouts=await list_rollouts(connection, technology=slug),
        workstreams=await list_workstreams(connection, technology=slug),
        awaits=await list_outstanding(connection, slug),
        tasks=await list_tasks(connection, stream=stream),
        barriers=await list_barriers(connection, technology=slug),
        gates=await list_gates(connection, stream=stream),
        decisions=await list_decisions(connection, technology=slug),
        steering=await list_steering(connection, technology=slug),
        halts=await list_halts(connection, stream=stream),
        freezing=await list_freezing(connection, slug),
    )


def _technology(record: Record) -> Technology:
    since: datetime = record["since"]
    return Technology(
        **fields(record, "paused_own", "paused_technology", "stopped", "since", since=since, **holds(record))
    )
