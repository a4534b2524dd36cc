"""What boards have shown about how long the steps of a playbook take."""

from datetime import timedelta

from catalogue.connection import Lent
from catalogue.queries.playbooks import show_playbook
from catalogue.rows.work import StepTimes
from domain.calendar import DAY
from domain.durations import learn
from domain.plan import Step
from domain.playbook import Playbook

_WORKED = """
SELECT plan, step, title, time, day FROM catalogue.worked
WHERE technology = $1 ORDER BY plan, step, board
"""


async def list_durations(connection: Lent, technology: str) -> tuple[StepTimes, ...]:
    """Each step of the latest playbook with how long boards took, and after them steps of earlier versions.

    Times are in days of the plan, whatever the pace of a rehearsal.
    """
    latest = await show_playbook(connection, technology)
    if latest is None:
        return ()
    playbook = Playbook.model_validate(latest.content)
    times: dict[tuple[str, str], list[timedelta]] = {}
    titles: dict[tuple[str, str], str] = {}
    for row in await connection.fetch(_WORKED, technology):
        name = (row["plan"], row["step"])
        times.setdefault(name, []).append(row["time"] * (DAY / row["day"]))
        titles[name] = row["title"]
    plans = (playbook.implementation, playbook.handover)
    steps = {(plan.id, step.id): step for plan in plans for step in plan.steps}
    earlier = [name for name in times if name not in steps and name[0] in [plan.id for plan in plans]]
    return tuple(
        _times(name, steps.get(name), titles.get(name, ""), times.get(name, []))
        for name in (*steps, *earlier)
    )


def _times(name: tuple[str, str], step: Step | None, title: str, times: list[timedelta]) -> StepTimes:
    learned = learn(times)
    return StepTimes(
        plan=name[0],
        step=name[1],
        title=title if step is None else step.title,
        planned=None if step is None else step.duration,
        boards=learned.boards if learned else 0,
        enough=learned is not None and learned.enough,
        median=learned.median if learned else None,
        least=learned.least if learned else None,
        most=learned.most if learned else None,
    )
