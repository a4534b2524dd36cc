"""What may be done to the steps of a plan: completing, skipping, reopening, opening, noticing the late.

The one place that decides about steps; each function answers with events or with a refusal.
"""

from datetime import datetime
from difflib import get_close_matches

from domain.actor import Actor
from domain.barrier import Barriers, held_steps, holding
from domain.event import Command
from domain.evidence import Evidence, check_dates, check_kind
from domain.pace import Pace
from domain.plan import Plan, Step
from domain.refusal import Refusal
from domain.value import Slug, at_day
from domain.work import (
    StepCompleted,
    StepHeld,
    StepOpened,
    StepOverdue,
    StepRecord,
    StepReopened,
    StepSkipped,
    StepsRescheduled,
    StepStatus,
    Work,
    WorkEvent,
    open_steps,
    unmet_needs,
)

Drawn = dict[str, tuple[str, ...]]
"""The names of the evidence that is there for what steps draw on, by its slug."""


class StepCommand(Command):
    """A command about one step of the plan that is being worked on."""

    plan: Slug
    step: Slug


class CompleteStep(StepCommand):
    """The step's work is done.

    Attributes:
        note: What the next board should know.
        evidence: What the step asked for.
    """

    note: str = ""
    evidence: tuple[Evidence, ...] = ()


class SkipStep(StepCommand):
    """The step is not needed here, for a stated reason."""

    reason: str


class ReopenStep(StepCommand):
    """A step that was completed or skipped has to be done again, and so has all that was built on it."""

    reason: str


def decide_step(
    work: Work, command: StepCommand, board: str | None, barriers: Barriers, now: datetime
) -> tuple[WorkEvent, ...] | Refusal:
    """Decide a command about a step: the events, or why not.

    Args:
        work: The plan being worked on.
        command: A ``CompleteStep``, ``SkipStep`` or ``ReopenStep``.
        board: The board whose work it is; ``None`` at the national level.
        barriers: What hinders there; a barrier that blocks holds its steps.
        now: The moment of the command.
    """
    step = work.plan.by_id.get(command.step)
    if command.plan != work.plan.id or step is None:
        return _no_such_step(work, command)
    if refusal := check_actor(command.actor, (step.owner,), board, f'"{step.title}"'):
        return refusal
    if refusal := _check_held(work, step, barriers):
        return refusal
    match command:
        case CompleteStep():
            return _complete(work, step, command, now)
        case SkipStep():
            return _skip(work, step, command, now)
        case ReopenStep():
            if not work.record(step.id).status.closed:
                return Refusal(
                    code="not-closed",
                    message=f'"{step.title}" is {work.record(step.id).status}: '
                    "only a completed or skipped step can be reopened.",
                )
            return reopen(work, (step.id,), command.reason, command.actor, now)
        case _:
            raise TypeError(f"not a step command: {type(command).__name__}")


def _check_held(work: Work, step: Step, barriers: Barriers) -> Refusal | None:
    barrier = holding(barriers, work.plan.id, step.id)
    if barrier is None or work.record(step.id).status.closed:
        return None
    return Refusal(
        code="held-by-barrier",
        message=f'"{step.title}" is held by barrier {barrier.number} ("{barrier.what}"): overcome and close '
        "that first.",
    )


def check_actor(actor: Actor, roles: tuple[str, ...], board: str | None, what: str) -> Refusal | None:
    """Refuse an actor who lacks the role, or whose scope lacks the board.

    Args:
        actor: Who wants to act.
        roles: The roles of which any will do.
        board: The board acted upon; ``None`` at the national level.
        what: What is acted upon, as the sentence's subject.
    """
    if actor.acting_as(roles) is None:
        return Refusal(
            code="wrong-role",
            message=f"{what} belongs to {' or '.join(roles)} and you act as "
            f"{', '.join(actor.roles) or 'nobody'}: ask someone who holds that role.",
        )
    if not actor.covers(board):
        place = board or "the national programme"
        return Refusal(
            code="out-of-scope",
            message=f"{what} is the work of {place} and you act for {actor.scope}: "
            f"ask someone who acts for {place}.",
        )
    return None


def check_reopening(steps: tuple[str, ...], plan: Plan | None) -> Refusal | None:
    """Refuse to reopen a step that the plan does not have."""
    known = () if plan is None else tuple(plan.by_id)
    for step in steps:
        if step not in known:
            close = get_close_matches(step, known, n=1)
            hint = f'did you mean "{close[0]}"?' if close else f"choose from {', '.join(known) or 'nothing'}."
            return Refusal(code="no-such-step", message=f'There is no step "{step}" to reopen: {hint}')
    return None


def reopen(
    work: Work, steps: tuple[str, ...], reason: str, by: Actor, now: datetime
) -> tuple[WorkEvent, ...]:
    """The events that reopen steps and everything that was built on them; no step means all of them."""
    chosen = frozenset(steps or work.plan.by_id)
    built_on = frozenset(below for step in chosen for below in work.plan.downstream(step))
    events: list[WorkEvent] = []
    for step in work.plan.steps:
        record = work.record(step.id)
        if record.status.closed and step.id in chosen | built_on:
            events.append(
                StepReopened(
                    at=now, by=by, plan=work.plan.id, step=step.id, round=record.round + 1, reason=reason
                )
            )
        elif record.status is StepStatus.OPEN and step.id in built_on:
            events.append(StepHeld(at=now, by=by, plan=work.plan.id, step=step.id, round=record.round))
    return tuple(events)


def open_what_can(
    work: Work, drawn: Drawn, barriers: Barriers, pace: Pace, by: Actor, now: datetime
) -> tuple[StepOpened, ...]:
    """The events that open every step that waits for nothing any more.

    Args:
        work: The plan being worked on.
        drawn: The evidence at hand for what steps draw on, by its slug; without it they stay closed.
        barriers: What hinders; a step that a barrier holds stays closed.
        pace: How time counts.
        by: Who caused it.
        now: When.
    """
    held = held_steps(barriers, work.plan.id)
    return tuple(
        StepOpened(
            at=now,
            by=by,
            plan=work.plan.id,
            step=step.id,
            round=work.record(step.id).round,
            title=step.title,
            owner=step.owner,
            due=pace.due(now, step.duration),
            area=step.area,
            input=step.input,
            level=step.level,
            evidence=step.evidence,
            draws_on=tuple(ref for name in step.draws_on for ref in drawn[name]),
        )
        for step in work.plan.steps
        if work.record(step.id).status is StepStatus.WAITING
        and not unmet_needs(work, step)
        and all(name in drawn for name in step.draws_on)
        and step.id not in held
    )


def notice_overdue(
    work: Work, by: Actor, now: datetime, *, but_for: tuple[str, ...] = ()
) -> tuple[WorkEvent, ...]:
    """The events of due dates that have passed without having been noticed, but for clocks that stand."""
    return tuple(
        StepOverdue(at=now, by=by, plan=work.plan.id, step=step.id, round=record.round, due=record.due)
        for step in open_steps(work)
        if step.id not in but_for
        if (record := work.record(step.id)).due is not None and record.due <= now and not record.overdue
    )


def reschedule(
    work: Work, steps: tuple[str, ...], since: datetime, pace: Pace, by: Actor, now: datetime
) -> tuple[WorkEvent, ...]:
    """The event that moves the due dates of steps by the time for which their clocks stood.

    Args:
        work: The plan being worked on.
        steps: The open steps whose clocks stood.
        since: Since when they stood.
        pace: How time counts.
        by: Who caused it.
        now: When other clocks stand than before.
    """
    lost = pace.lost(since, now)
    # Counted from the opening, so that many short pauses add up to no more than the time that they took.
    due = {
        step: pace.due(record.opened, work.plan.by_id[step].duration, record.lost + lost)
        for step in steps
        if (record := work.record(step)).opened is not None
    }
    return (StepsRescheduled(at=now, by=by, plan=work.plan.id, due=due, lost=lost),) if due else ()


def _no_such_step(work: Work, command: StepCommand) -> Refusal:
    if command.plan != work.plan.id:
        return Refusal(
            code="other-plan",
            message=f'The plan being worked on is "{work.plan.id}", not "{command.plan}": '
            f"list the tasks to see what is open.",
        )
    close = get_close_matches(command.step, work.plan.by_id, n=1)
    hint = f'did you mean "{close[0]}"?' if close else "list the tasks to see its steps."
    return Refusal(code="no-such-step", message=f'Plan "{work.plan.id}" has no step "{command.step}": {hint}')


def _closed_already(step: Step, record: StepRecord) -> Refusal | None:
    if not record.status.closed or record.closed is None:
        return None
    return Refusal(
        code="already-closed",
        message=f'"{step.title}" was already {record.status} on {at_day(record.closed)} by '
        f"{record.closed_by}: reopen it if it has to be done again.",
    )


def _complete(
    work: Work, step: Step, command: CompleteStep, now: datetime
) -> tuple[WorkEvent, ...] | Refusal:
    record = work.record(step.id)
    refusal = _closed_already(step, record)
    if refusal is None and record.status is StepStatus.WAITING:
        refusal = _too_early(work, step)
    if refusal or (refusal := _check_evidence(step, command.evidence, now)):
        return refusal
    return (
        StepCompleted(
            at=now,
            by=command.actor,
            plan=work.plan.id,
            step=step.id,
            round=record.round,
            role=step.owner,
            note=command.note,
            evidence=command.evidence,
        ),
    )


def _too_early(work: Work, step: Step) -> Refusal:
    needs = " and ".join(f'"{need.title}" ({need.id})' for need in unmet_needs(work, step))
    return Refusal(
        code="too-early",
        message=f'"{step.title}" cannot be completed yet: it waits for {needs or "the plan to open"}.',
    )


def _check_evidence(step: Step, brought: tuple[Evidence, ...], now: datetime) -> Refusal | None:
    asked = {item.id: item.title for item in step.evidence}
    kinds = {item.id: item.finding for item in step.evidence}
    given = [item.id for item in brought]
    if missing := [name for name in asked if name not in given]:
        lacking = ", ".join(f"{name} ({asked[name]})" for name in missing)
        return Refusal(code="evidence-missing", message=f'"{step.title}" asks for evidence: bring {lacking}.')
    for item in brought:
        if item.id not in asked or given.count(item.id) > 1:
            wanted = ", ".join(asked) or "none"
            return Refusal(
                code="evidence-unasked",
                message=f'"{step.title}" does not ask for evidence "{item.id}" (it asks for {wanted}), '
                "or it was brought twice: correct the name.",
            )
        if refusal := check_dates(item, now.date()) or check_kind(item, kinds[item.id]):
            return refusal
    return None


def _skip(work: Work, step: Step, command: SkipStep, now: datetime) -> tuple[WorkEvent, ...] | Refusal:
    record = work.record(step.id)
    if step.mandatory:
        return Refusal(
            code="mandatory",
            message=f'"{step.title}" may not be skipped: the plan marks it as mandatory, so complete it.',
        )
    if refusal := _closed_already(step, record):
        return refusal
    if record.status is StepStatus.WAITING:
        return _too_early(work, step)
    return (
        StepSkipped(
            at=now,
            by=command.actor,
            plan=work.plan.id,
            step=step.id,
            round=record.round,
            role=step.owner,
            reason=command.reason,
        ),
    )
