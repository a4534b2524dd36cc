"""What may be done to a board's rollout, and what follows from it by itself."""

from datetime import datetime
from typing import assert_never

from domain.actor import Actor
from domain.docket import GateDecided
from domain.edition_rules import decide_edition, offer
from domain.editions import EditionCommand, EditionOffered
from domain.event import Command
from domain.evidence import EvidenceAdded, check_dates, check_kind, next_ref
from domain.gate import Effect
from domain.gate_course import release_automatically
from domain.halt import merge_halts
from domain.journey import JourneyEvent, Stopped, with_consequences
from domain.learning import (
    DecideTrial,
    StartTrial,
    StudyTrial,
    TrialCommand,
    TrialStarted,
    TrialStudied,
    check_start,
    decide_trial,
    find_trial,
    undecided,
)
from domain.plan import Plan
from domain.refusal import Refusal
from domain.rollout import (
    CycleStarted,
    Direct,
    Directed,
    Grant,
    PlaybookAdopted,
    Rollout,
    RolloutEvent,
    RolloutStarted,
    StartRollout,
    evolve,
    wanted_gate,
)
from domain.rollout_briefs import RolloutStage
from domain.slot import PlaceTold, QueuePlace, SlotGranted, SlotLost
from domain.steering import (
    check_halted,
    check_paused,
    check_stopped,
    common_consequences,
    decide_common,
    decision_in,
    enter,
    follow,
    reopen_plan,
)
from domain.steps import check_actor
from domain.work import StepHeld, is_finished, open_steps


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
            return (started, *follow(begun, wanted.paused, wanted.stopped, wanted.halts, command.actor, now))
        return Refusal(code="not-started", message="This rollout has not started: its technology starts it.")
    match command:
        case StartRollout():
            return Refusal(
                code="already-started", message=f"{state.stream} has already started: go on with it."
            )
        case Direct():
            return _directed(state, command, now)
        case Grant():
            return _hear_of_slot(state, command, now)
        case TrialCommand():
            return _try_change(state, command, now)
        case EditionCommand():
            return decide_edition(state, command, now)
        case _:
            decided = decide_common(state, command, now)
            return decided if isinstance(decided, Refusal) else _with_passage(state, decided, now)


def _with_passage(
    state: Rollout, events: tuple[JourneyEvent, ...], now: datetime
) -> tuple[RolloutEvent, ...]:
    decided = decision_in(state, events)
    return events if decided is None else (*events, *_passage(state, decided, now))


def _try_change(state: Rollout, command: TrialCommand, now: datetime) -> tuple[RolloutEvent, ...] | Refusal:
    if refusal := check_stopped(state) or check_paused(state) or check_halted(state):
        return refusal
    pilot, actor = state.brief.pilot, command.actor
    if pilot is None or state.stage != RolloutStage.PROOF_OF_CONCEPT:
        return Refusal(
            code="wrong-stage",
            message=f"{state.stream} is in stage {state.stage}: changes are tested in a proof of concept.",
        )
    owners = tuple(dict.fromkeys(step.owner for step in pilot.steps))
    if refusal := check_actor(actor, owners, state.board, f'The test of change "{command.trial}"'):
        return refusal
    role = actor.acting_as(owners) or ""
    if isinstance(command, StartTrial):
        priorities = tuple(dict.fromkeys(step.priority for step in pilot.steps if step.priority))
        checks = tuple(check.id for check in state.checks)
        if refusal := check_start(state.trials, command, priorities, checks):
            return refusal
        return (
            TrialStarted(
                at=now,
                by=actor,
                trial=command.trial,
                title=command.title,
                priority=command.priority,
                prediction=command.prediction,
                role=role,
            ),
        )
    trial = find_trial(state.trials, command.trial)
    if isinstance(trial, Refusal):
        return trial
    match command:
        case StudyTrial():
            return _study(state, command, role, now)
        case DecideTrial():
            decided = decide_trial(trial, command, role, now)
            return decided if isinstance(decided, Refusal) else (decided,)
        case _:
            raise TypeError(f"not a command about a test of change: {type(command).__name__}")


def _study(
    state: Rollout, command: StudyTrial, role: str, now: datetime
) -> tuple[RolloutEvent, ...] | Refusal:
    evidence = command.evidence
    if evidence.id != command.trial:
        return Refusal(
            code="other-evidence",
            message=f'What a test of change found bears its name: call the evidence "{command.trial}".',
        )
    if refusal := check_dates(evidence, now.date()) or check_kind(evidence, None):
        return refusal
    ref, before = next_ref(state.on_record, state.place, evidence.id), state.trials[command.trial].found
    return (
        EvidenceAdded(
            at=now,
            by=command.actor,
            ref=ref,
            role=role,
            version=state.version,
            evidence=evidence,
            supersedes=before,
        ),
        TrialStudied(at=now, by=command.actor, trial=command.trial, ref=ref),
    )


def _directed(state: Rollout, command: Direct, now: datetime) -> tuple[RolloutEvent, ...]:
    wanted, by = command.direction, command.actor
    if state.stopped is not None:
        return ()
    # A halt that was released stays released here, whatever an earlier message says that comes late.
    wanted = wanted.model_copy(update={"halts": merge_halts(state.direction.halts, wanted.halts)})
    offered: tuple[EditionOffered, ...] = ()
    if state.adopted is not None:
        # A board that has adopted a version keeps to it, unless it adopts the one that is offered now.
        # Plans are long, so they are told once and not with every direction.
        offered = offer(state, wanted.playbook, by, now) if wanted.stopped is None else ()
        wanted = wanted.model_copy(update={"playbook": None})
    if wanted == state.direction:
        return offered
    directed = Directed(at=now, by=by, direction=wanted)
    return (directed, *offered, *follow(state, wanted.paused, wanted.stopped, wanted.halts, by, now))


def _hear_of_slot(state: Rollout, command: Grant, now: datetime) -> tuple[RolloutEvent, ...]:
    by = command.actor
    if state.stopped is not None or command.asking != state.asking:
        return ()  # it has asked again since this was said
    if command.granted:
        return () if state.granted else (SlotGranted(at=now, by=by),)
    if not command.queued:
        return (SlotLost(at=now, by=by, asking=state.asking + 1),)
    place = QueuePlace(position=command.position, waits_for=command.waits_for)
    if state.granted or state.stage != RolloutStage.QUEUED or place == state.queued:
        return ()
    return (PlaceTold(at=now, by=by, place=place),)


def _passage(state: Rollout, decided: GateDecided, now: datetime) -> tuple[RolloutEvent, ...]:
    by = decided.by
    match decided.effect:
        case Effect.PROCEED if state.stage == RolloutStage.REPLICATION:
            return (enter(RolloutStage.HANDOVER, by, now, state.handover),)
        case Effect.PROCEED:
            return (enter(RolloutStage.BUSINESS_AS_USUAL, by, now),)
        case Effect.REPEAT:
            return reopen_plan(state, decided.reopen, decided.reason, by, now)
        case Effect.STOP:
            return ()
        case _:
            assert_never(decided.effect)


def consequences(state: Rollout, by: Actor, now: datetime) -> tuple[RolloutEvent, ...]:
    """What follows by itself from this state; nothing once all of it is so."""
    if ended := _give_way(state, by, now):
        return ended
    if not state.at_rest and (moves := _moves(state, by, now)):
        return moves
    common = common_consequences(state, wanted_gate(state), state.delivered, by, now)
    if common or (decided := release_automatically(state, now)) is None:
        return common
    return _with_passage(state, (decided,), now)


def _give_way(state: Rollout, by: Actor, now: datetime) -> tuple[RolloutEvent, ...]:
    """The end of a rollout whose technology is replaced: where it is live, only once its successor is."""
    succession = state.direction.succession
    if succession is None or state.stopped is not None or (state.live and not succession.live):
        return ()
    reason = f"{succession.by} takes its place{' and is business as usual here' if succession.live else ''}"
    return (Stopped(at=now, by=by, role="technology", reason=reason),)


def _moves(state: Rollout, by: Actor, now: datetime) -> tuple[RolloutEvent, ...]:
    wanted, pilot = state.direction, state.brief.pilot
    match RolloutStage(state.stage):
        case RolloutStage.RELEASED if pilot is not None and wanted.pilot:
            return _begin_testing(state, pilot, by, now)
        case RolloutStage.PROOF_OF_CONCEPT | RolloutStage.PILOTED if not wanted.pilot:
            return _stop_testing(state, by, now)
        case RolloutStage.PROOF_OF_CONCEPT if _is_tested(state):
            return (enter(RolloutStage.PILOTED, by, now),)
        case RolloutStage.PILOTED if not _is_tested(state):
            return (enter(RolloutStage.PROOF_OF_CONCEPT, by, now),)
        case RolloutStage.PILOTED if wanted.cycle > state.cycle:
            return (
                CycleStarted(at=now, by=by, cycle=wanted.cycle),
                enter(RolloutStage.PROOF_OF_CONCEPT, by, now),
                *reopen_plan(state, wanted.reopen, f"cycle {wanted.cycle} of test and learn", by, now),
            )
        case RolloutStage.RELEASED | RolloutStage.PILOTED if wanted.playbook is not None:
            return (enter(RolloutStage.QUEUED, by, now),)
        case RolloutStage.QUEUED if (
            state.granted and wanted.playbook is not None and state.halted_edition is None
        ):
            return (
                PlaybookAdopted(at=now, by=by, version=wanted.playbook.version),
                enter(RolloutStage.REPLICATION, by, now, wanted.playbook.implementation),
            )
        case _:
            return ()


def _begin_testing(state: Rollout, pilot: Plan, by: Actor, now: datetime) -> tuple[RolloutEvent, ...]:
    """The events of a proof of concept that begins, or that goes on where the board was a pilot before."""
    wanted = state.direction
    again = state.work is not None and state.work.plan.id == pilot.id
    entered = enter(RolloutStage.PROOF_OF_CONCEPT, by, now, None if again else pilot)
    if wanted.cycle <= state.cycle:
        return (entered,)
    reopened = reopen_plan(state, wanted.reopen, f"cycle {wanted.cycle} of test and learn", by, now)
    return (CycleStarted(at=now, by=by, cycle=wanted.cycle), entered, *(reopened if again else ()))


def _stop_testing(state: Rollout, by: Actor, now: datetime) -> tuple[RolloutEvent, ...]:
    """The events of a board that is a pilot no more: what it has begun is put down, what it found stays."""
    work = state.work
    held = (
        StepHeld(at=now, by=by, plan=work.plan.id, step=step.id, round=work.record(step.id).round)
        for step in (() if work is None else open_steps(work))
        if work is not None
    )
    return (*held, enter(RolloutStage.RELEASED, by, now))


def _is_tested(state: Rollout) -> bool:
    """Whether the pilot's plan is done and every test of change has ended."""
    return state.work is not None and is_finished(state.work) and not undecided(state.trials)
