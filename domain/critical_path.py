"""When a plan is done by the durations that its author has given: the longest way through it."""

from collections.abc import Iterable
from datetime import datetime

from domain.barrier import Barriers, held_steps
from domain.pace import Pace
from domain.plan import Plan
from domain.work import StepStatus, Work


def done_from(plan: Plan, pace: Pace, start: datetime) -> datetime:
    """When a plan that nobody has begun is planned to be done, if it is begun at a moment.

    Args:
        plan: The plan.
        pace: How time counts where it is worked on.
        start: When it is begun.
    """
    return max(_ends_from(plan, pace, start).values())


def ready_from(plan: Plan, needed: Iterable[str], pace: Pace, start: datetime) -> datetime:
    """When a plan that is begun at a moment is planned to have made infrastructure ready.

    Args:
        plan: The plan of a track.
        needed: The infrastructure that has to be ready.
        pace: How time counts where it is worked on.
        start: When it is begun; the answer where it provides nothing of what is needed.
    """
    wanted, ends = frozenset(needed), _ends_from(plan, pace, start)
    return max((ends[step.id] for step in plan.steps if step.provides in wanted), default=start)


def _ends_from(plan: Plan, pace: Pace, start: datetime) -> dict[str, datetime]:
    """When each step of a plan is planned to be done, if the plan is begun at a moment."""
    ends: dict[str, datetime] = {}
    for name in in_order(plan):
        step = plan.by_id[name]
        ends[name] = pace.due(max((ends[need] for need in step.needs), default=start), step.duration)
    return ends


def planned_end(work: Work, barriers: Barriers, pace: Pace, now: datetime) -> datetime | None:
    """When work in progress is planned to be done; ``None`` while a barrier holds a step of it.

    An open step takes until it is due, and what is late is counted as done today.

    Args:
        work: The work in progress.
        barriers: What hinders; a step that a barrier holds has no date, nor has what needs it.
        pace: How time counts where it is worked on.
        now: The moment of the question.
    """
    held = held_steps(barriers, work.plan.id)
    ends: dict[str, datetime] = {}
    for name in in_order(work.plan):
        step, record = work.plan.by_id[name], work.record(name)
        if record.status.closed:
            ends[name] = now
        elif name in held or any(need not in ends for need in step.needs):
            continue
        elif record.status is StepStatus.OPEN and record.due is not None:
            ends[name] = max(record.due, now)
        else:
            ends[name] = pace.due(max((ends[need] for need in step.needs), default=now), step.duration)
    return max(ends.values()) if len(ends) == len(work.plan.steps) else None


def in_order(plan: Plan) -> tuple[str, ...]:
    """The steps, each after all that it needs; of those that could come next, the one listed first.

    Raises:
        ValueError: Steps wait for each other, or for one that the plan does not have.
    """
    done: dict[str, None] = {}
    left = [step.id for step in plan.steps]
    while left:
        following = next((it for it in left if all(need in done for need in plan.by_id[it].needs)), None)
        if following is None:
            raise ValueError(f'the steps {", ".join(left)} of plan "{plan.id}" could never be begun')
        done[following] = None
        left.remove(following)
    return tuple(done)
