"""What may be done to every life: steps, gate decisions, pausing, resuming, stopping, and passing time."""

from collections.abc import Iterable
from datetime import datetime

from domain.actor import ENGINE, Actor
from domain.barrier import BarrierCommand, RaiseBarrier
from domain.barrier_rules import decide_barrier, escalate_barriers
from domain.docket import GateDecided, GateWithdrawn
from domain.event import Command, TimePassed
from domain.evidence import AddEvidence, SignCheck, WithdrawEvidence, refs_for
from domain.evidence_rules import decide_evidence
from domain.gate import Gate
from domain.gate_commands import GateCommand
from domain.gate_course import escalate, open_gate, reopen_what_fell
from domain.gate_rules import decide_at_gate
from domain.halt import Halt, Halted, HaltReleased
from domain.journey import (
    HoldEvent,
    Journey,
    JourneyEvent,
    Paused,
    RagChanged,
    Resumed,
    Source,
    StageEntered,
    Stopped,
    evolve_journey,
    gates_after_hold,
)
from domain.plan import Plan
from domain.refusal import Refusal
from domain.standing import judge_rag, notice_expired
from domain.steps import (
    ReopenStep,
    StepCommand,
    check_actor,
    decide_step,
    notice_overdue,
    open_what_can,
    reopen,
    reschedule,
)
from domain.value import at_day
from domain.work import StepCompleted, StepHeld, StepReopened, StepStatus, WorkEvent

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
        command: About a step, a gate, evidence or a barrier, or ``Pause``, ``Resume``, ``Stop`` or
            ``TimePassed``.
        now: The moment of the command.

    Raises:
        TypeError: The command is none of these.
    """
    if isinstance(command, TimePassed):
        # That time has passed is no wish of anybody's: it is never refused.
        return _notice_overdue(state, command.actor, now)
    if refusal := check_stopped(state):
        return refusal
    if refusal := check_held(state, command):
        return refusal
    match command:
        case Pause() | Resume() | Stop():
            return _steer(state, command, now)
        case AddEvidence() | WithdrawEvidence() | SignCheck():
            # What is known does not wait for a pause to end: least of all that a finding does not hold.
            return decide_evidence(state, command, now)
        case RaiseBarrier() | BarrierCommand():
            return decide_barrier(state, command, now)
        case StepCommand():
            if state.work is None or not state.working:
                return Refusal(
                    code="no-plan",
                    message=f"{state.stream} works on no plan in stage {state.stage}: no step is open.",
                )
            return _entered(state, decide_step(state.work, command, state.board, state.barriers, now))
        case GateCommand():
            return decide_at_gate(state, command, now)
        case _:
            raise TypeError(f"not a command of every journey: {type(command).__name__}")


def _notice_overdue(state: Journey, by: Actor, now: datetime) -> tuple[WorkEvent, ...]:
    """What is late now: nothing in a pause, and in a halt only what it lets continue."""
    if state.work is None or state.pauses or state.stopped is not None:
        return ()
    return notice_overdue(state.work, by, now, but_for=state.standing)


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


def check_halted(state: Journey) -> Refusal | None:
    """Refuse to go on with what is halted."""
    if not state.halting:
        return None
    halt = state.halting[0]
    return Refusal(
        code="halted",
        message=f"{state.stream} has been halted since {at_day(halt.raised.at)}, for safety "
        f"(halt {halt.number}: {halt.concern}): only the decision at the halt's own gate releases it, and "
        f"{halt.owner} sees to it.",
    )


def check_held(state: Journey, command: Command) -> Refusal | None:
    """Refuse a step or a decision of what is paused or halted.

    A halt may let a step continue, and the decision that releases one waits for nothing.
    """
    match command:
        case GateCommand() if command.gate not in state.docket.halts:
            return check_paused(state) or check_halted(state)
        case StepCommand():
            return check_paused(state) or (None if _may_continue(state, command) else check_halted(state))
        case _:
            return None


def _may_continue(state: Journey, command: StepCommand) -> bool:
    """Whether a halt lets all of it go on: to reopen a step moves what was built on it, too."""
    work = state.work
    if work is None or work.plan.id != command.plan or command.step not in work.plan.by_id:
        return False
    below = work.plan.downstream(command.step) if isinstance(command, ReopenStep) else ()
    moved = (it for it in below if work.record(it).status is not StepStatus.WAITING)
    return all(state.lets(work.plan.by_id[it]) for it in (command.step, *moved))


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
            paused = Paused(at=now, by=command.actor, source="own", role=role, reason=command.reason)
            return change_hold(state, paused)
        case Resume():
            if "own" not in state.pauses:
                return _not_paused(state)
            resumed = Resumed(at=now, by=command.actor, source="own", role=role, reason=command.reason)
            return change_hold(state, resumed)
        case Stop():
            return (Stopped(at=now, by=command.actor, role=role, reason=command.reason),)


def _not_paused(state: Journey) -> Refusal:
    if "technology" in state.pauses:
        return Refusal(
            code="not-paused-here",
            message=f"{state.stream} is at rest because its technology or its wave is paused: resume that.",
        )
    return Refusal(code="not-paused", message=f"{state.stream} is not paused: there is nothing to resume.")


def change_hold(state: Journey, change: HoldEvent) -> tuple[JourneyEvent, ...]:
    """A pause or a halt that begins or ends, with the due dates that move by it.

    Pauses and halts overlap, and a halt lets some steps continue. So whenever other clocks stand than before,
    what stood until then is settled: its due dates move by the time for which it stood.
    """
    after = evolve_journey(state, change)
    if state.paused_since is None or after.paused_since == state.paused_since:
        return (change,)
    settled = change.model_copy(update={"gates": gates_after_hold(state, change.at)})
    if state.work is None:
        return (settled,)
    moved = reschedule(state.work, state.standing, state.paused_since, state.pace, change.by, change.at)
    return (settled, *moved)


def follow(
    state: Journey,
    paused: str | None,
    stopped: str | None,
    halts: tuple[Halt, ...],
    by: Actor,
    now: datetime,
) -> tuple[JourneyEvent, ...]:
    """The events by which a journey follows its technology into a pause or a halt, out of it, or to its end.

    Args:
        state: The journey that follows.
        paused: Why the technology, or the wave, is paused, while it is.
        stopped: Why the technology, or the wave, was stopped, if it was.
        halts: The technology's halts, as far as they are known here.
        by: Who caused it.
        now: When.
    """
    if stopped is not None:
        return (Stopped(at=now, by=by, role="technology", reason=stopped),)
    events: list[JourneyEvent] = []
    for change in (*_follow_halts(state, halts, by, now), *_follow_pause(state, paused, by, now)):
        following = change_hold(state, change)
        for event in following:
            state = evolve_journey(state, event)
        events += following
    return tuple(events)


def _follow_halts(
    state: Journey, halts: tuple[Halt, ...], by: Actor, now: datetime
) -> Iterable[Halted | HaltReleased]:
    for halt in halts:
        known = state.halts.get(halt.number)
        if halt.in_force and known is None and state.is_concerned_by(halt):
            yield Halted(at=now, by=by, halt=halt)
        elif halt.released is not None and known is not None and known.in_force:
            role, reason = halt.released.role, halt.released.reason
            yield HaltReleased(at=now, by=by, number=halt.number, role=role, reason=reason)


def _follow_pause(
    state: Journey, paused: str | None, by: Actor, now: datetime
) -> tuple[Paused | Resumed, ...]:
    source: Source = "technology"
    known = state.pauses.get(source)
    # One that ends may leave another, and then what is said of it has to be that one's reason.
    if paused is not None and (known is None or known.reason != paused):
        return (Paused(at=now, by=by, source=source, role=source, reason=paused),)
    if paused is None and known is not None:
        reason = "what held it from above goes on"
        return (Resumed(at=now, by=by, source=source, role=source, reason=reason),)
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
        events += [*escalate(state, by, now), *_open_what_can(state, by, now)]
    if not state.at_rest:
        events += escalate_barriers(state, by, now)
        if state.gate is not None and state.gate.gate != wanted:
            events.append(GateWithdrawn(at=now, by=by, gate=state.gate.gate.id))
        elif state.gate is None and wanted is not None:
            events.append(open_gate(state, wanted, by, now))
    rag = judge_rag(state, delivered, now)
    if not events and rag is not state.rag:
        events.append(RagChanged(at=now, by=ENGINE, rag=rag))
    return tuple(events)


def _open_what_can(state: Journey, by: Actor, now: datetime) -> tuple[WorkEvent, ...]:
    """The steps that open now: none in a pause, and in a halt only what it lets continue."""
    work = state.work
    if work is None or not state.working:
        return ()
    opening = open_what_can(work, state.drawn, state.barriers, state.pace, by, now)
    return tuple(event for event in opening if state.lets(work.plan.by_id[event.step]))


def decision_in(state: Journey, events: tuple[JourneyEvent, ...]) -> GateDecided | None:
    """The decision among the events that moves the journey on.

    One at a reopened gate only confirms, and one about a halt moves nothing but the halt.
    """
    found = (event for event in events if isinstance(event, GateDecided))
    beside = (*state.docket.reviews, *state.docket.halts)
    return next((event for event in found if event.gate not in beside), None)


def enter(stage: str, by: Actor, now: datetime, plan: Plan | None = None) -> StageEntered:
    """The event of a stage that begins."""
    return StageEntered(at=now, by=by, stage=stage, plan=plan)
