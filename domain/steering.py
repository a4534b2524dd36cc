"""What may be done to every life: steps, gate decisions, pausing, resuming, stopping, and passing time."""

from datetime import datetime
from difflib import get_close_matches

from domain.actor import ENGINE, Actor
from domain.event import Command, TimePassed
from domain.gate import Effect, Gate, evidence_seen, missing_evidence
from domain.journey import (
    GateDecided,
    GateOpened,
    GateWithdrawn,
    Journey,
    JourneyEvent,
    Paused,
    RagChanged,
    Resumed,
    Source,
    StageEntered,
    Stopped,
    judge_rag,
)
from domain.plan import Evidence, Plan
from domain.refusal import Refusal
from domain.steps import (
    StepCommand,
    check_actor,
    decide_step,
    notice_overdue,
    open_what_can,
    reopen,
    reschedule,
)
from domain.value import Slug, at_day
from domain.work import StepHeld, StepReopened

Held = dict[str, dict[str, Evidence]]
"""Evidence by place (``plan`` or a board) and then by slug."""


# --- commands -----------------------------------------------------------------------------------------------


class DecideGate(Command):
    """A decision at a gate.

    Attributes:
        gate: The gate's slug.
        outcome: One of the gate's outcomes.
        reason: Why.
        reopen: For an outcome that repeats: the steps to do again; none means all of them.
    """

    gate: Slug
    outcome: Slug
    reason: str
    reopen: tuple[Slug, ...] = ()


class Pause(Command):
    """Let nothing move until it is resumed; due dates move with it."""

    reason: str


class Resume(Command):
    """Go on after a pause."""

    reason: str


class Stop(Command):
    """End it for good; what was done stays on record."""

    reason: str


# --- deciding -----------------------------------------------------------------------------------------------


def decide_common(
    state: Journey, command: Command, held: Held, now: datetime
) -> tuple[JourneyEvent, ...] | Refusal:
    """Decide a command that every journey knows; what follows by itself is not yet included.

    Args:
        state: The journey.
        command: A step command, ``DecideGate``, ``Pause``, ``Resume``, ``Stop`` or ``TimePassed``.
        held: The evidence on which a gate decision can rest.
        now: The moment of the command.

    Raises:
        TypeError: The command is none of these.
    """
    if isinstance(command, TimePassed):
        # That time has passed is no wish of anybody's: it is never refused.
        return () if state.at_rest or state.work is None else notice_overdue(state.work, command.actor, now)
    if state.stopped:
        return Refusal(
            code="stopped",
            message=f"{state.stream} was stopped on {at_day(state.stopped.at)} "
            f"({state.stopped.reason}): nothing can be done to it any more.",
        )
    match command:
        case Pause() | Resume() | Stop():
            return _steer(state, command, now)
        case StepCommand() | DecideGate() if state.pauses:
            hold = state.pauses.get("own") or state.pauses["technology"]
            return Refusal(
                code="paused",
                message=f"{state.stream} has been paused since {at_day(hold.at)} ({hold.reason}): "
                f"it has to be resumed first.",
            )
        case StepCommand():
            if state.work is None or not state.working:
                return Refusal(
                    code="no-plan",
                    message=f"{state.stream} works on no plan in stage {state.stage}: no step is open.",
                )
            return decide_step(state.work, command, state.board, now)
        case DecideGate():
            return _decide_gate(state, command, held, now)
        case _:
            raise TypeError(f"not a command of every journey: {type(command).__name__}")


def check_steering(state: Journey, actor: Actor, what: str) -> Refusal | None:
    """Refuse an actor who may not steer this journey."""
    roles = state.authority.national
    if state.board is not None:
        roles = (*roles, *state.authority.board)
    return check_actor(actor, roles, state.board, what)


_DOING = {"Pause": "Pausing", "Resume": "Resuming", "Stop": "Stopping"}


def _steer(
    state: Journey, command: Pause | Resume | Stop, now: datetime
) -> tuple[JourneyEvent, ...] | Refusal:
    doing = _DOING[type(command).__name__]
    refusal = check_steering(state, command.actor, f"{doing} {state.stream}")
    if refusal:
        return refusal
    role = command.actor.acting_as((*state.authority.national, *state.authority.board)) or ""
    match command:
        case Pause():
            if hold := state.pauses.get("own"):
                return Refusal(
                    code="already-paused",
                    message=f"{state.stream} has been paused since {at_day(hold.at)} ({hold.reason}): "
                    "there is no need to pause it again.",
                )
            return pause(command.actor, "own", role, command.reason, now)
        case Resume():
            if "own" not in state.pauses:
                return _not_paused(state)
            return resume(state, command.actor, "own", role, command.reason, now)
        case Stop():
            return (Stopped(at=now, by=command.actor, role=role, reason=command.reason),)


def _not_paused(state: Journey) -> Refusal:
    if "technology" in state.pauses:
        return Refusal(
            code="not-paused-here",
            message=f"{state.stream} is at rest because its technology is paused: resume the technology.",
        )
    return Refusal(code="not-paused", message=f"{state.stream} is not paused: there is nothing to resume.")


def pause(by: Actor, source: Source, role: str, reason: str, now: datetime) -> tuple[JourneyEvent, ...]:
    """The event of a pause."""
    return (Paused(at=now, by=by, source=source, role=role, reason=reason),)


def resume(
    state: Journey, by: Actor, source: Source, role: str, reason: str, now: datetime
) -> tuple[JourneyEvent, ...]:
    """The events of a pause that ends: due dates move by the time lost once no other pause is left."""
    resumed = Resumed(at=now, by=by, source=source, role=role, reason=reason)
    if len(state.pauses) > 1 or state.work is None or state.paused_since is None:
        return (resumed,)
    return (resumed, *reschedule(state.work, now - state.paused_since, by, now))


def follow(
    state: Journey, paused: str | None, stopped: str | None, by: Actor, now: datetime
) -> tuple[JourneyEvent, ...]:
    """The events by which a journey follows its technology into a pause, out of it, or to its end.

    Args:
        state: The journey that follows.
        paused: Why the technology is paused, while it is.
        stopped: Why the technology was stopped, if it was.
        by: Who caused it.
        now: When.
    """
    if stopped is not None:
        return (Stopped(at=now, by=by, role="technology", reason=stopped),)
    if paused is not None and "technology" not in state.pauses:
        return pause(by, "technology", "technology", paused, now)
    if paused is None and "technology" in state.pauses:
        return resume(state, by, "technology", "technology", "the technology was resumed", now)
    return ()


def _decide_gate(
    state: Journey, command: DecideGate, held: Held, now: datetime
) -> tuple[JourneyEvent, ...] | Refusal:
    if state.gate is None or state.gate.gate.id != command.gate:
        is_open = f'"{state.gate.gate.id}"' if state.gate else "none"
        return Refusal(
            code="gate-not-open",
            message=f'Gate "{command.gate}" of {state.stream} is not open: in stage {state.stage} the open '
            f"gate is {is_open}; show the gate to see what it waits for.",
        )
    gate = state.gate.gate
    refusal = check_actor(command.actor, gate.decides, state.board, f"The decision at {gate.title}")
    refusal = refusal or _check_outcome(state, gate, command)
    if refusal:
        return refusal
    effect = gate.outcomes[command.outcome]
    if effect is Effect.PROCEED and (lacking := missing_evidence(gate, held)):
        items = "; ".join(f"{title} ({place})" for place, title in lacking)
        return Refusal(
            code="evidence-missing",
            message=f"{gate.title} cannot be passed without evidence, {items}: reopen the step that asks for "
            f"it and bring it, or decide another outcome.",
        )
    decided = GateDecided(
        at=now,
        by=command.actor,
        gate=gate.id,
        title=gate.title,
        outcome=command.outcome,
        effect=effect,
        reason=command.reason,
        role=command.actor.acting_as(gate.decides) or "",
        cycle=state.cycle,
        seen=evidence_seen(gate, held),
    )
    match effect:
        case Effect.STOP:
            return (
                decided,
                Stopped(at=now, by=command.actor, role=decided.role, reason=command.reason),
            )
        case _:
            return (decided,)


def _check_outcome(state: Journey, gate: Gate, command: DecideGate) -> Refusal | None:
    if command.outcome not in gate.outcomes:
        return Refusal(
            code="no-such-outcome",
            message=f'{gate.title} has no outcome "{command.outcome}": choose {" or ".join(gate.outcomes)}.',
        )
    if command.reopen and gate.outcomes[command.outcome] is not Effect.REPEAT:
        return Refusal(
            code="nothing-to-reopen",
            message=f'Outcome "{command.outcome}" of {gate.title} repeats nothing: '
            "leave out the steps to reopen.",
        )
    return check_reopening(command.reopen, state.repeatable)


def check_reopening(steps: tuple[str, ...], plan: Plan | None) -> Refusal | None:
    """Refuse to reopen a step that the plan does not have."""
    known = () if plan is None else tuple(plan.by_id)
    for step in steps:
        if step not in known:
            close = get_close_matches(step, known, n=1)
            hint = f'did you mean "{close[0]}"?' if close else f"choose from {', '.join(known) or 'nothing'}."
            return Refusal(code="no-such-step", message=f'There is no step "{step}" to reopen: {hint}')
    return None


def reopen_plan(
    state: Journey, steps: tuple[str, ...], reason: str, by: Actor, now: datetime
) -> tuple[StepReopened | StepHeld, ...]:
    """The events that reopen steps of the plan, all of them where none is named."""
    if state.work is None:
        return ()
    return tuple(
        event
        for event in reopen(state.work, steps, reason, by, now)
        if isinstance(event, StepReopened | StepHeld)
    )


# --- what follows by itself ---------------------------------------------------------------------------------


def common_consequences(
    state: Journey, wanted: Gate | None, delivered: bool, by: Actor, now: datetime
) -> tuple[JourneyEvent, ...]:
    """What follows by itself in every journey: steps open, the gate opens or is withdrawn, the status turns.

    Args:
        state: The journey.
        wanted: The gate that should be open in this state, if any.
        delivered: Whether the journey has reached what it was for.
        by: Who caused it.
        now: When.
    """
    events: list[JourneyEvent] = []
    if not state.at_rest:
        if state.work is not None and state.working:
            events += open_what_can(state.work, state.pace.day, by, now)
        if state.gate is not None and state.gate.gate != wanted:
            events.append(GateWithdrawn(at=now, by=by, gate=state.gate.gate.id))
        elif state.gate is None and wanted is not None:
            events.append(GateOpened(at=now, by=by, gate=wanted))
    rag = judge_rag(state, delivered, now)
    if not events and rag is not state.rag:
        events.append(RagChanged(at=now, by=ENGINE, rag=rag))
    return tuple(events)


def enter(stage: str, by: Actor, now: datetime, plan: Plan | None = None) -> StageEntered:
    """The event of a stage that begins."""
    return StageEntered(at=now, by=by, stage=stage, plan=plan)
