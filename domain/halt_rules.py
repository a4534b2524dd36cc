"""Who may stop the line, the gate that lets it move again, and what follows from the decision there."""

from collections.abc import Iterator
from datetime import datetime
from difflib import get_close_matches

from domain.actor import Actor
from domain.docket import GateDecided, GateOpened
from domain.gate import Effect, Note
from domain.gate_course import escalation_of
from domain.halt import Halt, Halted, HaltReleased, HaltTechnology, in_force
from domain.journey import JourneyEvent
from domain.plan import Plan
from domain.proposal import plans_of, track_plans
from domain.refusal import Refusal
from domain.steering import change_hold
from domain.technology import Technology
from domain.technology_gates import halt_gate, halt_gate_name


def raise_halt(
    state: Technology, command: HaltTechnology, now: datetime
) -> tuple[JourneyEvent, ...] | Refusal:
    """Stop the line: the events, or why not. A concern for safety is refused to nobody who acts somewhere."""
    actor = command.actor
    refusal = _check_raiser(state, actor) or _check_version(state, command.version)
    if refusal := refusal or _check_continuing(state, command.may_continue):
        return refusal
    role = actor.acting_as(state.proposal.halting.roles or actor.roles) or ""
    halt = Halt(
        number=len(state.halts) + 1,
        concern=command.concern,
        owner=command.owner,
        version=command.version,
        may_continue=command.may_continue,
        allowance=command.allowance,
        raised=Note(at=now, name=actor.name, role=role, reason=command.reason),
        people=actor.people,
    )
    return change_hold(state, Halted(at=now, by=actor, halt=halt))


def _check_raiser(state: Technology, actor: Actor) -> Refusal | None:
    accepted = state.proposal.halting.roles or actor.roles
    if actor.acting_as(accepted) is None:
        return Refusal(
            code="wrong-role",
            message=f"Stopping the line of {state.proposal.title} belongs to "
            f"{' or '.join(accepted) or 'whoever has a role'} and you act as "
            f"{', '.join(actor.roles) or 'nobody'}: tell one of them at once.",
        )
    if not actor.boards:
        return Refusal(
            code="out-of-scope",
            message=f"{state.stream} concerns others than {actor.scope}: ask someone who acts at a board or "
            "nationally to stop the line.",
        )
    return None


def _check_version(state: Technology, version: int | None) -> Refusal | None:
    published = state.playbook.version if state.playbook else 0
    if version is None or version <= published:
        return None
    there = f"versions 1 to {published}" if published else "none"
    return Refusal(
        code="no-such-version",
        message=f"The playbook of {state.stream} has no version {version}, for published are {there}: "
        "name one of them, or leave it out to halt the technology.",
    )


def _check_continuing(state: Technology, names: tuple[str, ...]) -> Refusal | None:
    known = tuple(dict.fromkeys(_may_be_named(state)))
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = (
                f'did you mean "{close[0]}"?'
                if close
                else "name a step or an area of work, or say it in words as what else may go on."
            )
            return Refusal(
                code="no-such-work",
                message=f'No plan of {state.stream} has a step or an area of work "{name}" that could '
                f"continue: {hint}",
            )
    return None


def _may_be_named(state: Technology) -> Iterator[str]:
    for plan in _plans(state):
        for step in plan.steps:
            yield step.id
            if step.area is not None:
                yield step.area


def _plans(state: Technology) -> Iterator[Plan]:
    """The plans by which anybody works: nationally, at pilots, in all tracks and by the present playbook."""
    yield from plans_of(state.proposal)
    yield from track_plans(state.proposal)
    if state.playbook is not None:
        yield from (state.playbook.implementation, state.playbook.handover)


def open_halt_gates(state: Technology, by: Actor, now: datetime) -> tuple[GateOpened, ...]:
    """The events of the gates of halts in force that do not wait yet, or wait again.

    Whoever raised the halt has brought its gate about, and whoever holds the role that owns it sees to what
    is decided on: neither decides alone.
    """
    if state.stopped is not None:
        return ()
    gate = state.proposal.gates.release_halt
    return tuple(
        GateOpened(
            at=now,
            by=by,
            gate=halt_gate(state.proposal, halt),
            asked_by=halt.people,
            due=escalation_of(state, gate, now),
            halt=halt.number,
            owned_by=halt.owner,
        )
        for halt in in_force(state.halts.values())
        if halt_gate_name(state.proposal, halt) not in state.docket.halts
    )


def release_decided(
    state: Technology, events: tuple[JourneyEvent, ...], now: datetime
) -> tuple[JourneyEvent, ...]:
    """What a decision among the events does to the halt that it is about: one that proceeds releases it."""
    decided = next(
        (it for it in events if isinstance(it, GateDecided) and it.gate in state.docket.halts), None
    )
    if decided is None or decided.effect is not Effect.PROCEED:
        return ()
    number = next(
        it.number for it in state.halts.values() if halt_gate_name(state.proposal, it) == decided.gate
    )
    by, role, reason = decided.by, decided.role, decided.reason
    return change_hold(state, HaltReleased(at=now, by=by, number=number, role=role, reason=reason))
