"""What may be done to a board's rollout, and what follows from it by itself."""

from datetime import datetime
from typing import assert_never

from domain.actor import Actor
from domain.event import Command
from domain.gate import Effect
from domain.journey import (
    GateDecided,
    JourneyEvent,
    with_consequences,
)
from domain.refusal import Refusal
from domain.rollout import (
    CycleStarted,
    Direct,
    Directed,
    Grant,
    PlaybookAdopted,
    Rollout,
    RolloutEvent,
    RolloutStage,
    RolloutStarted,
    SlotGranted,
    StartRollout,
    evolve,
    wanted_gate,
)
from domain.steering import (
    DecideGate,
    Held,
    common_consequences,
    decide_common,
    enter,
    follow,
    reopen_plan,
)
from domain.work import evidence_held, is_finished


def decide(state: Rollout | None, command: Command, now: datetime) -> tuple[RolloutEvent, ...] | Refusal:
    """Decide a command: the events with all that follows from them, or why not."""
    outcome = _decide_alone(state, command, now)
    return with_consequences(state, outcome, evolve, consequences, command.actor, now)


def _decide_alone(
    state: Rollout | None, command: Command, now: datetime
) -> tuple[RolloutEvent, ...] | Refusal:
    if state is None:
        if isinstance(command, StartRollout):
            started = RolloutStarted(
                at=now, by=command.actor, brief=command.brief, direction=command.direction
            )
            # The technology may have been paused or stopped since it wanted this rollout.
            wanted, begun = command.direction, evolve(None, started)
            return (started, *follow(begun, wanted.paused, wanted.stopped, command.actor, now))
        return Refusal(code="not-started", message="This rollout has not started: its technology starts it.")
    match command:
        case StartRollout():
            return Refusal(
                code="already-started", message=f"{state.stream} has already started: go on with it."
            )
        case Direct():
            return _directed(state, command, now)
        case Grant():
            due = command.granted and not state.granted and state.stopped is None
            return (SlotGranted(at=now, by=command.actor),) if due else ()
        case DecideGate():
            decided = decide_common(state, command, _evidence(state), now)
            return (
                decided
                if isinstance(decided, Refusal)
                else (*decided, *_passage(state, command, decided, now))
            )
        case _:
            return decide_common(state, command, _evidence(state), now)


def _evidence(state: Rollout) -> Held:
    return {"plan": {} if state.work is None else evidence_held(state.work)}


def _directed(state: Rollout, command: Direct, now: datetime) -> tuple[RolloutEvent, ...]:
    wanted, by = command.direction, command.actor
    if state.adopted is not None:
        # A board that has adopted a version keeps to it; which one is offered now does not concern it.
        wanted = wanted.model_copy(update={"playbook": None})
    if wanted == state.direction or state.stopped is not None:
        return ()
    directed = Directed(at=now, by=by, direction=wanted)
    return (directed, *follow(state, wanted.paused, wanted.stopped, by, now))


def _passage(
    state: Rollout, command: DecideGate, decided: tuple[JourneyEvent, ...], now: datetime
) -> tuple[RolloutEvent, ...]:
    by = command.actor
    effect = next(event.effect for event in decided if isinstance(event, GateDecided))
    match effect:
        case Effect.PROCEED if state.stage == RolloutStage.REPLICATION:
            return (enter(RolloutStage.HANDOVER, by, now, state.handover),)
        case Effect.PROCEED:
            return (enter(RolloutStage.BUSINESS_AS_USUAL, by, now),)
        case Effect.REPEAT:
            return reopen_plan(state, command.reopen, command.reason, by, now)
        case Effect.STOP:
            return ()
        case _:
            assert_never(effect)


def consequences(state: Rollout, by: Actor, now: datetime) -> tuple[RolloutEvent, ...]:
    """What follows by itself from this state; nothing once all of it is so."""
    if not state.at_rest and (moves := _moves(state, by, now)):
        return moves
    return common_consequences(state, wanted_gate(state), state.delivered, by, now)


def _moves(state: Rollout, by: Actor, now: datetime) -> tuple[RolloutEvent, ...]:
    wanted, pilot = state.direction, state.brief.pilot
    match RolloutStage(state.stage):
        case RolloutStage.RELEASED if pilot is not None:
            return (enter(RolloutStage.PROOF_OF_CONCEPT, by, now, pilot),)
        case RolloutStage.PROOF_OF_CONCEPT if state.work is not None and is_finished(state.work):
            return (enter(RolloutStage.PILOTED, by, now),)
        case RolloutStage.PILOTED if state.work is not None and not is_finished(state.work):
            return (enter(RolloutStage.PROOF_OF_CONCEPT, by, now),)
        case RolloutStage.PILOTED if wanted.cycle > state.cycle:
            return (
                CycleStarted(at=now, by=by, cycle=wanted.cycle),
                enter(RolloutStage.PROOF_OF_CONCEPT, by, now),
                *reopen_plan(state, wanted.reopen, f"cycle {wanted.cycle} of test and learn", by, now),
            )
        case RolloutStage.RELEASED | RolloutStage.PILOTED if wanted.playbook is not None:
            return (enter(RolloutStage.QUEUED, by, now),)
        case RolloutStage.QUEUED if state.granted and wanted.playbook is not None:
            return (
                PlaybookAdopted(at=now, by=by, version=wanted.playbook.version),
                enter(RolloutStage.REPLICATION, by, now, wanted.playbook.implementation),
            )
        case _:
            return ()
