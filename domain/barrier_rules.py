"""What may be done about barriers and facilitators: raise, reassess, mitigate, conclude, close."""

from datetime import datetime
from difflib import get_close_matches

from domain.actor import Actor
from domain.barrier import (
    Attempt,
    Barrier,
    BarrierClosed,
    BarrierCommand,
    BarrierEscalated,
    BarrierEvent,
    BarrierRaised,
    BarrierReassessed,
    CloseBarrier,
    ConcludeMitigation,
    MitigateBarrier,
    MitigationBegun,
    MitigationConcluded,
    RaiseBarrier,
    ReassessBarrier,
    open_barriers,
)
from domain.barrier_words import Nature, Outcome, Resolution, Severity
from domain.journey import Journey
from domain.refusal import Refusal
from domain.steps import check_actor
from domain.value import at_day

Decided = tuple[BarrierEvent, ...] | Refusal


def decide_barrier(state: Journey, command: RaiseBarrier | BarrierCommand, now: datetime) -> Decided:
    """Decide a command about a barrier: the events, or why not.

    Raises:
        TypeError: It is no command about a barrier.
    """
    if isinstance(command, RaiseBarrier):
        return _raise(state, command, now)
    barrier = state.barriers.get(command.barrier)
    if barrier is None:
        known = ", ".join(map(str, state.barriers)) or "none"
        return Refusal(
            code="no-such-barrier",
            message=f"{state.stream} has no barrier {command.barrier}: there is {known}.",
        )
    if barrier.closed is not None:
        return Refusal(
            code="barrier-closed",
            message=f"{_name(barrier)} was closed on {at_day(barrier.closed.at)} as {barrier.resolution}: "
            "raise another if it hinders again.",
        )
    role = _acting(state, barrier, command.actor)
    if isinstance(role, Refusal):
        return role
    match command:
        case ReassessBarrier():
            return _reassess(state, barrier, command, role, now)
        case MitigateBarrier():
            return _mitigate(barrier, command, role, now)
        case ConcludeMitigation():
            return _conclude(barrier, command, role, now)
        case CloseBarrier():
            return _close(state, barrier, command, role, now)
        case _:
            raise TypeError(f"not a command about a barrier: {type(command).__name__}")


def _name(barrier: Barrier) -> str:
    return f'{barrier.nature.capitalize()} {barrier.number} ("{barrier.what}")'


def _acting(state: Journey, barrier: Barrier, actor: Actor) -> str | Refusal:
    """In which role somebody sees to a barrier: its owner's, one called on, or one that steers."""
    roles = (barrier.owner, *barrier.escalated, *_steering(state))
    refusal = check_actor(actor, roles, state.board, _name(barrier))
    return refusal or actor.acting_as(roles) or ""


def _steering(state: Journey) -> tuple[str, ...]:
    return (*state.authority.national, *(state.authority.board if state.board is not None else ()))


def _raise(state: Journey, command: RaiseBarrier, now: datetime) -> Decided:
    actor, work = command.actor, state.work
    if not actor.roles:
        return Refusal(
            code="wrong-role", message="Raising a barrier takes a role, and you have none: act in one."
        )
    # Anybody who acts somewhere may say what hinders the whole; of one board, those who act there.
    if not (actor.covers(state.board) if state.board is not None else actor.boards):
        return Refusal(
            code="out-of-scope",
            message=f"{state.stream} concerns others than {actor.scope}: ask someone who acts there.",
        )
    steps = () if work is None else tuple(work.plan.by_id)
    for step in command.steps:
        if step not in steps:
            close = get_close_matches(step, steps, n=1)
            hint = f'did you mean "{close[0]}"?' if close else f"choose from {', '.join(steps) or 'nothing'}."
            return Refusal(
                code="no-such-step", message=f'{state.stream} works on no step "{step}" now: {hint}'
            )
    for ref in command.evidence:
        if ref not in state.known_evidence:
            return Refusal(
                code="no-such-evidence",
                message=f'{state.stream} knows no evidence "{ref}": list the evidence to see its names.',
            )
    return (
        BarrierRaised(
            at=now,
            by=actor,
            number=len(state.barriers) + 1,
            nature=command.nature,
            what=command.what,
            category=command.category,
            severity=command.severity,
            plan=work.plan.id if work is not None and command.steps else None,
            steps=tuple(dict.fromkeys(command.steps)),
            owner=command.owner,
            evidence=tuple(dict.fromkeys(command.evidence)),
            due=_due(state, command.severity, now),
            role=actor.roles[0],
            reason=command.reason,
        ),
    )


def _due(state: Journey, severity: Severity | None, raised: datetime) -> datetime | None:
    """When a barrier of that severity escalates."""
    if severity is None or (escalation := state.handling.escalation.get(severity)) is None:
        return None
    return state.pace.due(raised, escalation.after)


def _reassess(
    state: Journey, barrier: Barrier, command: ReassessBarrier, role: str, now: datetime
) -> Decided:
    severity, owner = command.severity or barrier.severity, command.owner or barrier.owner
    if barrier.nature is Nature.FACILITATOR and command.severity is not None:
        return Refusal(
            code="severity", message=f"{_name(barrier)} helps, so it takes no severity: leave it out."
        )
    if (severity, owner) == (barrier.severity, barrier.owner):
        return Refusal(
            code="nothing-new",
            message=f"{_name(barrier)} is {severity or 'a help'} and {owner} sees to it already: say what "
            "has changed.",
        )
    # Its age counts from when it was raised, however it was judged at first.
    same = severity is barrier.severity
    return (
        BarrierReassessed(
            at=now,
            by=command.actor,
            number=barrier.number,
            severity=severity,
            owner=owner,
            due=barrier.due if same else _due(state, severity, barrier.raised.at),
            escalated=barrier.escalated if same else (),
            role=role,
            reason=command.reason,
        ),
    )


def _mitigate(barrier: Barrier, command: MitigateBarrier, role: str, now: datetime) -> Decided:
    if barrier.nature is Nature.FACILITATOR:
        return Refusal(
            code="helps", message=f"{_name(barrier)} helps: there is nothing to mitigate, so make use of it."
        )
    pending = (it for it in barrier.attempts if it.outcome is None)
    if under_way := next((it for it in pending if it.strategy == command.strategy), None):
        return Refusal(
            code="under-way",
            message=f'"{command.strategy}" is being tried already as mitigation {under_way.number}: say how '
            "that ended first.",
        )
    return (
        MitigationBegun(
            at=now,
            by=command.actor,
            number=barrier.number,
            attempt=len(barrier.attempts) + 1,
            strategy=command.strategy,
            what=command.what,
            ground=command.ground,
            role=role,
            reason=command.reason,
        ),
    )


def _conclude(barrier: Barrier, command: ConcludeMitigation, role: str, now: datetime) -> Decided:
    attempt = barrier.attempt(command.attempt)
    if attempt is None:
        known = ", ".join(str(it.number) for it in barrier.attempts) or "none"
        return Refusal(
            code="no-such-mitigation",
            message=f"{_name(barrier)} has no mitigation {command.attempt}: there is {known}.",
        )
    if attempt.ended is not None:
        return Refusal(
            code="mitigation-ended",
            message=f"Mitigation {attempt.number} of {_name(barrier)} ended on {at_day(attempt.ended.at)}: "
            f"it {attempt.outcome}; try another.",
        )
    return (
        MitigationConcluded(
            at=now,
            by=command.actor,
            number=barrier.number,
            attempt=attempt.number,
            outcome=command.outcome,
            role=role,
            reason=command.reason,
        ),
    )


def _close(state: Journey, barrier: Barrier, command: CloseBarrier, role: str, now: datetime) -> Decided:
    if refusal := _check_outcomes(barrier, command.resolution):
        return refusal
    if command.resolution is Resolution.ACCEPTED and barrier.nature is Nature.BARRIER:
        # To live with what hinders is a decision about the rollout, not about the barrier.
        what = f"Living with {_name(barrier)}"
        if refusal := check_actor(command.actor, _steering(state), state.board, what):
            return refusal
        role = command.actor.acting_as(_steering(state)) or role
    return (
        BarrierClosed(
            at=now,
            by=command.actor,
            number=barrier.number,
            resolution=command.resolution,
            role=role,
            reason=command.reason,
        ),
    )


def _check_outcomes(barrier: Barrier, resolution: Resolution) -> Refusal | None:
    if pending := [it for it in barrier.attempts if it.outcome is None]:
        return Refusal(
            code="outcome-missing",
            message=f'{_name(barrier)} cannot be closed while mitigation {pending[0].number} ("'
            f'{pending[0].what}") has no outcome: say how it ended first.',
        )
    if resolution is Resolution.OVERCOME and not any(_helped(it) for it in barrier.attempts):
        return Refusal(
            code="nothing-helped",
            message=f"{_name(barrier)} cannot be closed as overcome, for nothing that was tried worked or "
            "helped: record what did, or close it as accepted or gone.",
        )
    return None


def _helped(attempt: Attempt) -> bool:
    return attempt.outcome in {Outcome.WORKED, Outcome.HELPED}


def escalate_barriers(state: Journey, by: Actor, now: datetime) -> tuple[BarrierEscalated, ...]:
    """The events of barriers that were open for too long."""
    return tuple(
        BarrierEscalated(at=now, by=by, number=it.number, roles=state.handling.escalation[it.severity].to)
        for it in open_barriers(state.barriers)
        if it.severity in state.handling.escalation and it.due is not None and it.due <= now
        if not it.escalated
    )
