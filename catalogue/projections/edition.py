"""Versions of the playbook at a board: offered, adopted with all that becomes of its tasks, or declined."""

from typing import Any

from catalogue.projections.change import Changes
from catalogue.projections.place import Entry, moment, said
from catalogue.projections.steering import steer
from catalogue.projections.tables import ROLLOUTS, TASKS
from catalogue.projections.task import UNTOUCHED, allowed, authored, placed
from domain.editions import EditionAdopted, EditionDeclined, EditionEvent, EditionOffered
from domain.work import StepRecord, StepStatus

NOT_OFFERED: dict[str, Any] = {"offered": None, "offered_since": None, "declined": None}
"""What stands in a rollout's row where no later version is offered."""


def project_edition(changes: Changes, entry: Entry, event: EditionEvent) -> None:
    """What follows from a version that is offered, adopted or declined."""
    match event:
        case EditionOffered():
            offered = {"offered": event.edition.version, "offered_since": moment(event.at), "declined": None}
            changes.set(ROLLOUTS, entry.stream, **offered)
        case EditionDeclined():
            changes.set(ROLLOUTS, entry.stream, declined=said(event, event.role, event.reason))
            steer(changes, entry, event, event.role, event.reason, _versions(event))
        case EditionAdopted():
            changes.set(ROLLOUTS, entry.stream, playbook=event.version, **NOT_OFFERED)
            _migrate(changes, entry, event)
            told = event.migration
            detail = {
                **_versions(event),
                "added": list(told.added),
                "reopened": list(told.reopened),
                "held": list(told.held),
                "dropped": list(told.dropped),
                "unapplied": [it.step for it in event.unapplied],
            }
            steer(changes, entry, event, event.role, event.reason, detail)


def _versions(event: EditionAdopted | EditionDeclined) -> dict[str, Any]:
    return {"before": event.before, "version": event.version}


def _migrate(changes: Changes, entry: Entry, event: EditionAdopted) -> None:
    plan, told = event.plan, event.migration
    for place, step in enumerate(plan.steps):
        task, record = entry.task(plan.id, step.id), told.records.get(step.id)
        changes.set(TASKS, task, **placed(entry, plan, step, place), **authored(step), dropped=None)
        if step.id in told.reopened and record is not None:
            changes.set(TASKS, task, **UNTOUCHED, round=record.round)
            changes.set(TASKS, task, note=event.reason)
        elif record is not None:
            changes.set(TASKS, task, **_stands(record))
        elif step.id in told.added:
            changes.set(TASKS, task, **UNTOUCHED, round=1)
    for name in told.dropped:
        kept = told.past.get(name)
        gone: dict[str, Any] = {"dropped": event.version}
        if kept is None or not kept.status.closed:
            gone |= {"status": "dropped", "due": None, "overdue": False}
        changes.set(TASKS, entry.task(plan.id, name), **gone)


def _stands(record: StepRecord) -> dict[str, Any]:
    stands: dict[str, Any] = {
        "status": record.status,
        "round": record.round,
        "opened": moment(record.opened) if record.opened else None,
        "due": moment(record.due) if record.due else None,
        "overdue": record.overdue,
        "closed": moment(record.closed) if record.closed else None,
        "closed_by": record.closed_by,
    }
    if record.status is StepStatus.OPEN and record.opened and record.due:
        stands["allowed"] = allowed(record.due - record.opened - record.lost)
    return stands
