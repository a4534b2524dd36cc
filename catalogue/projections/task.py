"""Tasks: one row for every step of every plan that a journey has entered, waiting ones included."""

from datetime import timedelta
from typing import Any, assert_never

from catalogue.projections.change import Changes
from catalogue.projections.place import Entry, moment, whole
from catalogue.projections.tables import TASKS
from domain.plan import Plan, Step
from domain.work import (
    StepCompleted,
    StepEvent,
    StepHeld,
    StepOpened,
    StepOverdue,
    StepReopened,
    StepSkipped,
    StepsRescheduled,
    WorkEvent,
)

UNTOUCHED: dict[str, Any] = {
    "status": "waiting",
    "opened": None,
    "due": None,
    "overdue": False,
    "closed": None,
    "closed_by": None,
    "note": None,
    "given": [],
    "drawn": [],
    "allowed": None,
}
"""What stands in the row of a step that waits for its turn."""


def enter_plan(changes: Changes, entry: Entry, plan: Plan) -> None:
    """Every step of the plan waits."""
    for place, step in enumerate(plan.steps):
        changes.set(
            TASKS,
            entry.task(plan.id, step.id),
            **placed(entry, plan, step, place),
            round=1,
            **authored(step),
            **UNTOUCHED,
        )


def project_task(changes: Changes, entry: Entry, event: WorkEvent) -> None:
    """What happened to steps, as it stands in their rows."""
    if isinstance(event, StepsRescheduled):
        for step, due in event.due.items():
            changes.set(TASKS, entry.task(event.plan, step), due=moment(due))
        return
    changes.set(TASKS, entry.task(event.plan, event.step), **_happened(event))


def placed(entry: Entry, plan: Plan, step: Step, place: int) -> dict[str, Any]:
    """Where a task belongs, and its place in its plan."""
    return {
        "stream": entry.stream,
        "technology": entry.technology,
        "place": "workstream" if entry.kind == "workstream" else entry.place,
        "board": entry.board,
        "plan": plan.id,
        "step": step.id,
        "place_in_plan": place,
    }


def allowed(time: timedelta) -> str:
    """The time that a step is given, as the tables take it."""
    return f"{time.total_seconds():.6f} seconds"


def authored(step: Step) -> dict[str, Any]:
    """What its author has written about a step."""
    return {
        "title": step.title,
        "owner": step.owner,
        "needs": list(step.needs),
        "mandatory": step.mandatory,
        "guidance": step.guidance,
        "area": step.area,
        "input": step.input,
        "level": step.level,
        "asked": [whole(item) for item in step.evidence],
        "draws_on": list(step.draws_on),
    }


def _happened(
    event: StepOpened | StepCompleted | StepSkipped | StepReopened | StepHeld | StepOverdue,
) -> dict[str, Any]:
    match event:
        case StepOpened():
            return _opened(event)
        case StepCompleted():
            note = event.note or None
            return {"status": "completed", **_closed(event), "note": note, "given": _given(event)}
        case StepSkipped():
            return {"status": "skipped", **_closed(event), "note": event.reason}
        case StepReopened():
            return {**UNTOUCHED, "round": event.round, "note": event.reason}
        case StepHeld():
            return {**UNTOUCHED, "round": event.round}
        case StepOverdue():
            return {"overdue": True}
        case _:
            assert_never(event)


def _opened(event: StepOpened) -> dict[str, Any]:
    return {
        "status": "open",
        "round": event.round,
        "opened": moment(event.at),
        "due": moment(event.due),
        "overdue": False,
        "title": event.title,
        "owner": event.owner,
        "area": event.area,
        "input": event.input,
        "level": event.level,
        "asked": [whole(item) for item in event.evidence],
        "drawn": list(event.draws_on),
        "allowed": allowed(event.due - event.at),
    }


def _given(event: StepCompleted) -> list[dict[str, Any]]:
    brought = zip(event.refs, event.evidence, strict=True)
    return [{"ref": ref, **whole(evidence)} for ref, evidence in brought]


def _closed(event: StepEvent) -> dict[str, Any]:
    return {"closed": moment(event.at), "closed_by": event.by.name}
