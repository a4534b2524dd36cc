"""Tasks: one row for every step of every plan that a journey has entered, waiting ones included."""

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

_UNTOUCHED: dict[str, Any] = {
    "status": "waiting",
    "opened": None,
    "due": None,
    "overdue": False,
    "closed": None,
    "closed_by": None,
    "note": None,
    "given": [],
    "drawn": [],
}


def enter_plan(changes: Changes, entry: Entry, plan: Plan) -> None:
    """Every step of the plan waits."""
    for place, step in enumerate(plan.steps):
        changes.set(
            TASKS,
            entry.task(plan.id, step.id),
            stream=entry.stream,
            technology=entry.technology,
            place="workstream" if entry.kind == "workstream" else entry.place,
            board=entry.board,
            plan=plan.id,
            step=step.id,
            place_in_plan=place,
            round=1,
            **_authored(step),
            **_UNTOUCHED,
        )


def project_task(changes: Changes, entry: Entry, event: WorkEvent) -> None:
    """What happened to steps, as it stands in their rows."""
    if isinstance(event, StepsRescheduled):
        for step, due in event.due.items():
            changes.set(TASKS, entry.task(event.plan, step), due=moment(due))
        return
    changes.set(TASKS, entry.task(event.plan, event.step), **_happened(event))


def _authored(step: Step) -> dict[str, Any]:
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
            return {**_UNTOUCHED, "round": event.round, "note": event.reason}
        case StepHeld():
            return {**_UNTOUCHED, "round": event.round}
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
    }


def _given(event: StepCompleted) -> list[dict[str, Any]]:
    brought = zip(event.refs, event.evidence, strict=True)
    return [{"ref": ref, **whole(evidence)} for ref, evidence in brought]


def _closed(event: StepEvent) -> dict[str, Any]:
    return {"closed": moment(event.at), "closed_by": event.by.name}
