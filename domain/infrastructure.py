"""Infrastructure on which going live depends: what of it is not ready yet, and by when it can be expected.

Steps of the tracks provide it. One that is done makes it ready; one that is skipped, or whose track was
stopped, is a decision to go without, and nobody waits for it any more.
"""

from collections.abc import Iterable
from datetime import datetime

from domain.critical_path import in_order
from domain.names import TaskName, task_name
from domain.pace import Pace
from domain.plan import Plan
from domain.value import Fact, Instant, at_day
from domain.work import StepStatus, Work


class Awaited(Fact):
    """A step that provides infrastructure, and that is not done yet.

    Attributes:
        infrastructure: The catalogue entity that is ready once the step is done.
        title: The step's title.
        owner: The role that does it.
        task: The step's task, whose name says in which track it is.
        due: When it can be expected: its due date, or what the steps before it leave; ``None`` where nobody
            can say, as with a step that is held or whose track has not begun.
        late: Whether it, or anything that it still needs, is past its due date.
    """

    infrastructure: str
    title: str
    owner: str
    task: str
    due: Instant | None = None
    late: bool = False

    @property
    def track(self) -> str:
        """The stream of the track.

        Raises:
            ValueError: The task's name is none.
        """
        name = TaskName.parse(self.task)
        if name is None:
            raise ValueError(f"not the name of a task: {self.task}")
        return name.workflow

    @property
    def what(self) -> str:
        """What is awaited, in words."""
        return f"{self.infrastructure} to be ready for go-live ({self.title})"

    @property
    def holds_up(self) -> str:
        """Why the gate stays shut, in words."""
        by = "" if self.due is None else f" (expected by {at_day(self.due)}{', late' if self.late else ''})"
        return f"{self.infrastructure} is not ready{by}"


def provided_by(plan: Plan) -> tuple[str, ...]:
    """The infrastructure that a plan's steps provide, each once."""
    return tuple(dict.fromkeys(step.provides for step in plan.steps if step.provides))


def outstanding(
    stream: str,
    work: Work,
    pace: Pace,
    needed: Iterable[str],
    *,
    held: Iterable[str] = (),
) -> tuple[Awaited, ...]:
    """What a track has not made ready yet of the infrastructure that is needed, in the order of its plan.

    Args:
        stream: The track's stream.
        work: What it works on.
        pace: How time counts for it.
        needed: The infrastructure on which going live depends.
        held: The steps that nobody can work on now, for a barrier, a pause or a halt: nobody can say when.
    """
    wanted, expected, late = frozenset(needed), _expected(work, pace, frozenset(held)), _late(work)
    return tuple(
        Awaited(
            infrastructure=step.provides,
            title=step.title,
            owner=step.owner,
            task=task_name(stream, work.plan.id, step.id),
            due=expected[step.id],
            late=step.id in late,
        )
        for step in work.plan.steps
        if step.provides in wanted and not work.record(step.id).status.closed
    )


def _expected(work: Work, pace: Pace, held: frozenset[str]) -> dict[str, datetime | None]:
    """When each step can be expected to be done, if everything takes the time that it has."""
    moments: dict[str, datetime | None] = {}
    for name in in_order(work.plan):
        step, record = work.plan.by_id[name], work.record(name)
        if record.status.closed:
            moments[name] = record.closed
        elif name in held:
            moments[name] = None
        elif record.status is StepStatus.OPEN:
            moments[name] = record.due
        else:
            before = [moments[need] for need in step.needs]
            known = [moment for moment in before if moment is not None]
            # What needs nothing more waits only while its track has not begun, or rests.
            waits = not all(work.record(need).status.closed for need in step.needs)
            told = waits and len(known) == len(before)
            moments[name] = pace.due(max(known), step.duration) if told else None
    return moments


def _late(work: Work) -> frozenset[str]:
    """The steps that are past their due date, and those that still need one that is."""
    late: list[str] = []
    for name in in_order(work.plan):
        record = work.record(name)
        needs = work.plan.by_id[name].needs
        if not record.status.closed and (record.overdue or any(need in late for need in needs)):
            late.append(name)
    return frozenset(late)
