"""A plan being worked on: which steps are open, done, skipped or late, and what has happened to them.

Technologies, rollouts and workstreams all run their plans through it; what may be done to a step is decided
in ``domain.steps``.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, assert_never

from pydantic import Field

from domain.event import Event
from domain.evidence import Evidence
from domain.plan import EvidenceAsked, Plan, Step
from domain.value import Fact, Instant


class StepStatus(StrEnum):
    """Where a step stands."""

    WAITING = "waiting"
    OPEN = "open"
    COMPLETED = "completed"
    SKIPPED = "skipped"

    @property
    def closed(self) -> bool:
        """Whether steps that need this one may start."""
        return self in {StepStatus.COMPLETED, StepStatus.SKIPPED}


class StepRecord(Fact):
    """What has become of a step.

    Attributes:
        status: Where it stands.
        round: From 1; one higher each time the step is reopened.
        opened: When it last opened.
        due: When it has to be done.
        lost: For how long it was paused while it was open; that time does not count.
        overdue: Whether its due date has been noticed to have passed.
        closed: When it was completed or skipped.
        closed_by: Who did that.
        people: Whose act that was, where duties are kept apart.
        revision: The revision of the step under which that was.
        used: How much of its time it had used, where it had been begun and waits because the plan changed.
    """

    status: StepStatus = StepStatus.WAITING
    round: int = 1
    opened: Instant | None = None
    due: Instant | None = None
    lost: timedelta = timedelta(0)
    overdue: bool = False
    closed: Instant | None = None
    closed_by: str | None = None
    people: tuple[str, ...] = ()
    revision: int = 1
    used: timedelta | None = None


class Work(Fact):
    """A plan and what has become of its steps so far; a step without a record waits in its first round.

    Attributes:
        plan: The plan.
        records: What has become of its steps.
        past: What had become of steps that the plan no longer has; a later version that has one of them again
            finds it as it was.
        changed_by: Whose act it was that the plan was changed since the last step was closed.
    """

    plan: Plan
    records: dict[str, StepRecord] = Field(default_factory=dict)
    past: dict[str, StepRecord] = Field(default_factory=dict)
    changed_by: tuple[str, ...] = ()

    def record(self, step: str) -> StepRecord:
        """The record of a step of this plan."""
        return self.records.get(step, _UNTOUCHED)

    def with_record(self, step: str, record: StepRecord) -> "Work":
        """This work with one record replaced."""
        return self.model_copy(update={"records": {**self.records, step: record}})


_UNTOUCHED = StepRecord()


# --- events -------------------------------------------------------------------------------------------------


class StepEvent(Event):
    """Something happened to one step."""

    plan: str
    step: str
    round: int


class StepOpened(StepEvent):
    """A step can be worked on: everything that it needs is done."""

    kind: Literal["step-opened"] = "step-opened"
    title: str
    owner: str
    due: Instant
    area: str | None = None
    input: str | None = None
    level: str | None = None
    evidence: tuple[EvidenceAsked, ...] = ()
    draws_on: tuple[str, ...] = ()


class StepCompleted(StepEvent):
    """A step was completed; ``refs`` are the names under which its evidence was entered."""

    kind: Literal["step-completed"] = "step-completed"
    role: str
    note: str = ""
    evidence: tuple[Evidence, ...] = ()
    refs: tuple[str, ...] = ()


class StepSkipped(StepEvent):
    """A step was skipped."""

    kind: Literal["step-skipped"] = "step-skipped"
    role: str
    reason: str


class StepReopened(StepEvent):
    """A closed step has to be done again; ``round`` is the new round."""

    kind: Literal["step-reopened"] = "step-reopened"
    reason: str


class StepHeld(StepEvent):
    """An open step waits again, because something that it needs was reopened."""

    kind: Literal["step-held"] = "step-held"


class StepOverdue(StepEvent):
    """An open step's due date has passed."""

    kind: Literal["step-overdue"] = "step-overdue"
    due: Instant


class StepsRescheduled(Event):
    """Due dates moved, because the work had been paused for some time, which is what it lost."""

    kind: Literal["steps-rescheduled"] = "steps-rescheduled"
    plan: str
    due: dict[str, Instant]
    lost: timedelta


WorkEvent = (
    StepOpened | StepCompleted | StepSkipped | StepReopened | StepHeld | StepOverdue | StepsRescheduled
)


# --- applying what happened ---------------------------------------------------------------------------------


def evolve_work(work: Work, event: WorkEvent) -> Work:
    """Apply an event to the work."""
    if isinstance(event, StepsRescheduled):
        moved = {step: _move(work.record(step), due, event.lost) for step, due in event.due.items()}
        return work.model_copy(update={"records": {**work.records, **moved}})
    record = work.record(event.step)
    match event:
        case StepOpened():
            change: dict[str, object] = {
                "status": StepStatus.OPEN,
                "round": event.round,
                "opened": event.at,
                "due": event.due,
                "lost": timedelta(0),
                "overdue": False,
                "used": None,
            }
        case StepCompleted():
            change = _closed(StepStatus.COMPLETED, work.plan, event)
        case StepSkipped():
            change = _closed(StepStatus.SKIPPED, work.plan, event)
        case StepReopened():
            return work.with_record(event.step, StepRecord(round=event.round))
        case StepHeld():
            return work.with_record(event.step, StepRecord(round=event.round))
        case StepOverdue():
            change = {"overdue": True}
        case _:
            assert_never(event)
    changed = work.with_record(event.step, record.model_copy(update=change))
    closed = isinstance(event, StepCompleted | StepSkipped)
    return changed.model_copy(update={"changed_by": ()}) if closed else changed


def _closed(status: StepStatus, plan: Plan, event: StepCompleted | StepSkipped) -> dict[str, object]:
    return {
        "revision": plan.by_id[event.step].revision,
        "status": status,
        "closed": event.at,
        "closed_by": event.by.name,
        "people": event.by.people,
    }


def _move(record: StepRecord, due: datetime, lost: timedelta) -> StepRecord:
    return record.model_copy(update={"due": due, "lost": record.lost + lost})


# --- questions ----------------------------------------------------------------------------------------------


def open_steps(work: Work) -> tuple[Step, ...]:
    """The steps that can be worked on now, in the plan's order."""
    return tuple(step for step in work.plan.steps if work.record(step.id).status is StepStatus.OPEN)


def unmet_needs(work: Work, step: Step) -> tuple[Step, ...]:
    """The prerequisites of a step that are not closed."""
    return tuple(work.plan.by_id[need] for need in step.needs if not work.record(need).status.closed)


def is_finished(work: Work) -> bool:
    """Say whether every step is completed or skipped."""
    return all(work.record(step.id).status.closed for step in work.plan.steps)


def count_closed(work: Work) -> int:
    """How many steps are completed or skipped."""
    return sum(work.record(step.id).status.closed for step in work.plan.steps)


def last_closers(work: Work) -> tuple[str, ...]:
    """The people who closed the last step; of steps closed at the same moment, those of each.

    Whoever has changed the plan since then, so that no step is left, is one of them.
    """
    records = (*work.records.values(), *work.past.values())
    last = max((record.closed for record in records if record.closed is not None), default=None)
    people = [name for it in records if it.closed is not None and it.closed == last for name in it.people]
    return tuple(dict.fromkeys((*people, *work.changed_by)))


def overdue_steps(work: Work) -> tuple[Step, ...]:
    """The open steps whose due date has been noticed to have passed."""
    return tuple(step for step in open_steps(work) if work.record(step.id).overdue)


def risk_moment(record: StepRecord, share: float) -> datetime | None:
    """The moment from which an open step counts as at risk: when that share of its time is used up."""
    if record.opened is None or record.due is None:
        return None
    counted_from = record.opened + record.lost
    return counted_from + (record.due - counted_from) * share


def next_moment(work: Work, share: float, now: datetime, *, but_for: tuple[str, ...] = ()) -> datetime | None:
    """The next moment at which an open step becomes at risk or late, but for those whose clocks stand."""
    moments: list[datetime] = []
    for step in (it for it in open_steps(work) if it.id not in but_for):
        record = work.record(step.id)
        if record.due is not None and not record.overdue:
            moments.append(max(record.due, now))
        if (risk := risk_moment(record, share)) is not None and risk > now:
            moments.append(risk)
    return min(moments, default=None)
