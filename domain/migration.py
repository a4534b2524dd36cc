"""What becomes of work in progress when the plan that it follows is changed for another version of it.

What was done stays done and what was begun goes on, unless the new version says otherwise. By which versions
in between one came there does not matter, so nothing here looks beyond what has become of each step.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from pydantic import Field

from domain.pace import Pace
from domain.plan import Plan, Step
from domain.value import Fact, Instant
from domain.work import StepRecord, StepStatus, Work


class Moved(Fact):
    """A due date that moves, because the step is given more time or less."""

    step: str
    before: Instant
    after: Instant


class Migration(Fact):
    """What becomes of each step; the lists are in the order of the plan that has the step.

    Attributes:
        kept: The steps in both versions that go on as they are.
        added: The steps that the old version did not have; what was done under an earlier one is done.
        reopened: The steps that were done and have to be done again.
        held: The open steps that wait again, because they now need what is not done.
        resumed: The steps that an earlier version had made wait, and that are open again.
        dropped: The steps that the new version does not have; what was done stays on record.
        due: The due dates that move.
        records: What becomes of the records that change.
        past: The records of steps that were dropped, as they are kept.
    """

    kept: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    resumed: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    due: tuple[Moved, ...] = ()
    records: dict[str, StepRecord] = Field(default_factory=dict)
    past: dict[str, StepRecord] = Field(default_factory=dict)


def migrate(work: Work, plan: Plan, pace: Pace, moment: datetime) -> Migration:
    """What becomes of work in progress under another version of its plan.

    Args:
        work: The work in progress.
        plan: The new version of its plan.
        pace: How time counts.
        moment: The moment up to which time has counted: now, or when a pause began.
    """
    known = work.past | work.records
    before = {step: known[step] for step in plan.by_id if step in known}
    after = _carry(before, plan, pace, moment)
    both = [step for step in plan.by_id if step in work.plan.by_id]
    dropped = tuple(step for step in work.plan.by_id if step not in plan.by_id)
    reopened = _which(before, after, lambda old, new: old.status.closed and not new.status.closed)
    held = _which(before, after, lambda old, new: _is_open(old) and not _is_open(new))
    resumed = _which(before, after, lambda old, new: not _is_open(old) and _is_open(new))
    return Migration(
        kept=tuple(step for step in both if step not in (*reopened, *held, *resumed)),
        added=tuple(step for step in plan.by_id if step not in work.plan.by_id),
        reopened=reopened,
        held=held,
        resumed=tuple(step for step in resumed if step in both),
        dropped=dropped,
        due=_moved_dues(before, after),
        records={step: it for step, it in after.items() if work.records.get(step) != it},
        past={step: _rest(work.records[step], pace, moment) for step in dropped if step in work.records},
    )


def evolve_migration(work: Work, plan: Plan, migration: Migration, by: tuple[str, ...]) -> Work:
    """The work once its plan was changed by somebody."""
    kept = {step: work.records[step] for step in plan.by_id if step in work.records}
    past = {step: record for step, record in work.past.items() if step not in plan.by_id}
    return Work(
        plan=plan,
        records={**kept, **migration.records},
        past={**past, **migration.past},
        changed_by=by,
    )


def find_unsafe(work: Work, plan: Plan) -> tuple[str, ...]:
    """Why changing the plan would be unsafe: the completed steps that others rest on, and would lose."""
    return tuple(_find_unsafe(work, plan))


def _find_unsafe(work: Work, plan: Plan) -> Iterator[str]:
    for step in work.plan.steps:
        record, doing = work.record(step.id), ""
        if step.id not in plan.by_id and record.status is StepStatus.COMPLETED:
            doing = "dropping"
        elif _is_redone(record, plan.by_id.get(step.id)):
            doing = "doing again"
        if doing and (resting := _resting_on(work, plan, step.id)):
            names = " and ".join(f'"{it.title}" ({work.record(it.id).status})' for it in resting)
            yield f'{doing} "{step.title}" ({record.status}) takes the ground from {names}'


def _resting_on(work: Work, plan: Plan, step: str) -> tuple[Step, ...]:
    """The steps that were begun on the ground of this one, and stay begun under the new version."""
    dependants = (work.plan.by_id[name] for name in work.plan.dependants[step])
    return tuple(
        it
        for it in dependants
        if work.record(it.id).status is not StepStatus.WAITING
        and it.id in plan.by_id
        and not _is_redone(work.record(it.id), plan.by_id[it.id])
    )


def _is_redone(record: StepRecord, step: Step | None) -> bool:
    return step is not None and record.status.closed and step.revision > record.revision


def _is_open(record: StepRecord) -> bool:
    return record.status is StepStatus.OPEN


# --- the records under the new version ----------------------------------------------------------------------


def _carry(
    before: Mapping[str, StepRecord], plan: Plan, pace: Pace, moment: datetime
) -> dict[str, StepRecord]:
    renewed = {step: _renew(record, plan.by_id[step]) for step, record in before.items()}
    closed = frozenset(step for step, record in renewed.items() if record.status.closed)
    return {
        step: _run(record, plan.by_id[step].duration, pace, moment)
        if all(need in closed for need in plan.by_id[step].needs)
        else _rest(record, pace, moment)
        for step, record in renewed.items()
    }


def _renew(record: StepRecord, step: Step) -> StepRecord:
    """The record, or one of a new round where the step has to be done again."""
    return StepRecord(round=record.round + 1) if _is_redone(record, step) else record


def _run(record: StepRecord, time: timedelta, pace: Pace, moment: datetime) -> StepRecord:
    """The record of a step that waits for nothing: what was begun goes on, with the time that it now has."""
    if record.status.closed or record.opened is None:
        return record
    lost = record.lost if record.used is None else pace.lost(record.opened, moment) - record.used
    due = pace.due(record.opened, time, lost)
    going = {"status": StepStatus.OPEN, "lost": lost, "due": due, "overdue": due <= moment, "used": None}
    return record.model_copy(update=going)


def _rest(record: StepRecord, pace: Pace, moment: datetime) -> StepRecord:
    """The record of a step that waits, or is dropped: the clock of what was begun stands."""
    if record.status.closed or record.opened is None or record.used is not None:
        return record
    standing = {
        "status": StepStatus.WAITING,
        "lost": timedelta(0),
        "due": None,
        "overdue": False,
        "used": pace.lost(record.opened, moment) - record.lost,
    }
    return record.model_copy(update=standing)


# --- the lists ----------------------------------------------------------------------------------------------


def _which(
    before: Mapping[str, StepRecord],
    after: Mapping[str, StepRecord],
    question: Callable[[StepRecord, StepRecord], bool],
) -> tuple[str, ...]:
    return tuple(step for step, record in after.items() if question(before[step], record))


def _moved_dues(before: Mapping[str, StepRecord], after: Mapping[str, StepRecord]) -> tuple[Moved, ...]:
    return tuple(
        Moved(step=step, before=old, after=new)
        for step, record in after.items()
        if (old := before[step].due) is not None
        and (new := record.due) is not None
        and _is_open(record)
        and old != new
    )
