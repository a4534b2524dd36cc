"""What may be done to every life: steps, gate decisions, pausing, resuming, stopping, and passing time."""

from datetime import datetime

from domain.actor import ENGINE, Actor
from domain.docket import GateDecided, GateWithdrawn
from domain.event import Command, TimePassed
from domain.evidence import AddEvidence, SignCheck, WithdrawEvidence, refs_for
from domain.evidence_rules import decide_evidence
from domain.gate import Gate
from domain.gate_commands import GateCommand
from domain.gate_course import escalate, open_gate, reopen_what_fell
from domain.gate_rules import decide_at_gate
from domain.journey import (
    Journey,
    JourneyEvent,
    Paused,
    RagChanged,
    Resumed,
    Source,
    StageEntered,
    Stopped,
)
from domain.plan import Plan
from domain.refusal import Refusal
from domain.standing import judge_rag, notice_expired
from domain.steps import (
    StepCommand,
    check_actor,
    decide_step,
    notice_overdue,
    open_what_can,
    reopen,
    reschedule,
)
from domain.value import at_day
from domain.work import StepCompleted, StepHeld, StepReopened, WorkEvent

# --- commands -----------------------------------------------------------------------------------------------


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


def decide_common(state: Journey, command: Command, now: datetime) -> tuple[JourneyEvent, ...] | Refusal:
    """Decide a command that every journey knows; what follows by itself is not yet included.

    Args:
        state: The journey.
        command: About a step, a gate or evidence, or ``Pause``, ``Resume``, ``Stop`` or ``TimePassed``.
        now: The moment of the command.

    Raises:
        TypeError: The command is none of these.
    """
    if isinstance(command, TimePassed):
        # That time has passed is no wish of anybody's: it is never refused.
        return () if state.at_rest or state.work is None else notice_overdue(state.work, command.actor, now)
    if refusal := check_stopped(state):
        return refusal
    match command:
        case Pause() | Resume() | Stop():
            return _steer(state, command, now)
        case AddEvidence() | WithdrawEvidence() | SignCheck():
            # What is known does not wait for a pause to end: least of all that a finding does not hold.
            return decide_evidence(state, command, now)
        case StepCommand() | GateCommand() if refusal := check_paused(state):
            return refusal
        case StepCommand():
            if state.work is None or not state.working:
                return Refusal(
                    code="no-plan",
                    message=f"{state.stream} works on no plan in stage {state.stage}: no step is open.",
                )
            return _entered(state, decide_step(state.work, command, state.board, now))
        case GateCommand():
            return decide_at_gate(state, command, now)
        case _:
            raise TypeError(f"not a command of every journey: {type(command).__name__}")


def _entered(state: Journey, decided: tuple[WorkEvent, ...] | Refusal) -> tuple[WorkEvent, ...] | Refusal:
    """What was decided about steps, with the names under which their evidence is entered."""
    if isinstance(decided, Refusal):
        return decided
    return tuple(
        event.model_copy(update={"refs": refs_for(state.on_record, state.place, event.evidence)})
        if isinstance(event, StepCompleted) and event.evidence
        else event
        for event in decided
    )


def check_stopped(state: Journey) -> Refusal | None:
    """Refuse to do anything to what has ended."""
    if state.stopped is None:
        return None
    return Refusal(
        code="stopped",
        message=f"{state.stream} was stopped on {at_day(state.stopped.at)} "
        f"({state.stopped.reason}): nothing can be done to it any more.",
    )


def check_paused(state: Journey) -> Refusal | None:
    """Refuse to go on with what is paused."""
    if not state.pauses:
        return None
    hold = state.pauses.get("own") or state.pauses["technology"]
    return Refusal(
        code="paused",
        message=f"{state.stream} has been paused since {at_day(hold.at)} ({hold.reason}): "
        f"it has to be resumed first.",
    )


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
    """What follows by itself in every journey: grounds fall, steps open, the gate opens, the status turns.

    Args:
        state: The journey.
        wanted: The gate that should be open in this state, if any.
        delivered: Whether the journey has reached what it was for.
        by: Who caused it.
        now: When.
    """
    events: list[JourneyEvent] = []
    if state.stopped is None:
        events += [*notice_expired(state, by, now), *reopen_what_fell(state, by, now)]
    if not state.at_rest:
        events += escalate(state, by, now)
        if state.work is not None and state.working:
            events += open_what_can(state.work, state.drawn, state.pace.day, by, now)
        if state.gate is not None and state.gate.gate != wanted:
            events.append(GateWithdrawn(at=now, by=by, gate=state.gate.gate.id))
        elif state.gate is None and wanted is not None:
            events.append(open_gate(state, wanted, by, now))
    rag = judge_rag(state, delivered, now)
    if not events and rag is not state.rag:
        events.append(RagChanged(at=now, by=ENGINE, rag=rag))
    return tuple(events)


def decision_in(state: Journey, events: tuple[JourneyEvent, ...]) -> GateDecided | None:
    """The decision among the events that moves the journey on; one at a reopened gate only confirms."""
    found = (event for event in events if isinstance(event, GateDecided))
    return next((event for event in found if event.gate not in state.docket.reviews), None)


def enter(stage: str, by: Actor, now: datetime, plan: Plan | None = None) -> StageEntered:
    """The event of a stage that begins."""
    return StageEntered(at=now, by=by, stage=stage, plan=plan)
