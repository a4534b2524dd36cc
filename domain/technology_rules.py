"""What may be done to a technology, and what follows from it by itself."""

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
from domain.playbook import check_playbook
from domain.proposal import (
    PILOTS,
    Proposal,
    check_gates,
    check_plan_ids,
    gates_of,
    gates_of_boards,
    plans_of,
)
from domain.refusal import Refusal
from domain.rollout import ReportRollout
from domain.steering import (
    DecideGate,
    check_steering,
    common_consequences,
    decide_common,
    enter,
    reopen_plan,
)
from domain.steps import check_actor
from domain.technology import (
    PilotCycleStarted,
    PlaybookPublished,
    Propose,
    PublishPlaybook,
    ReorderWaves,
    RolloutReported,
    Stage,
    Technology,
    TechnologyEvent,
    TechnologyProposed,
    WaveReleased,
    WavesReordered,
    WorkstreamReported,
    _with_findings,
    evidence,
    evolve,
    is_scaled,
    next_wave,
    wanted_gate,
)
from domain.workstream import (
    ReportWorkstream,
)


def decide(
    state: Technology | None, command: Command, now: datetime
) -> tuple[TechnologyEvent, ...] | Refusal:
    """Decide a command: the events with all that follows from them, or why not."""
    outcome = _decide_alone(state, command, now)
    return with_consequences(state, outcome, evolve, consequences, command.actor, now)


def _decide_alone(
    state: Technology | None, command: Command, now: datetime
) -> tuple[TechnologyEvent, ...] | Refusal:
    if state is None:
        if isinstance(command, Propose):
            return _propose(command, now)
        return Refusal(
            code="not-proposed", message="This technology has not been proposed: propose it first."
        )
    match command:
        case Propose():
            return Refusal(
                code="already-proposed",
                message=f"{state.proposal.title} ({state.proposal.technology}) has already been proposed: "
                "go on with it, or propose another under its own name.",
            )
        case ReportRollout() | ReportWorkstream():
            return _note(state, command, now)
        case PublishPlaybook() if state.stopped is None:
            return _publish(state, command, now)
        case ReorderWaves() if state.stopped is None:
            return _reorder(state, command, now)
        case DecideGate():
            decided = decide_common(state, command, evidence(state), now)
            if isinstance(decided, Refusal):
                return decided
            return (*decided, *_passage(state, command, decided, now))
        case _:
            return decide_common(state, command, evidence(state), now)


def _propose(command: Propose, now: datetime) -> tuple[TechnologyEvent, ...] | Refusal:
    proposal, by = command.proposal, command.actor
    refusal = check_actor(by, proposal.authority.national, None, "Proposing a technology")
    refusal = refusal or check_gates(gates_of(proposal))
    if refusal := refusal or check_plan_ids(plans_of(proposal)):
        return refusal
    # Defaults are pinned with the rest: what a life is run by must not change with a later release.
    pinned = Proposal.model_validate(proposal.model_dump())
    proposed = TechnologyProposed(at=now, by=by, proposal=pinned)
    return (proposed, enter(Stage.ASSESS, by, now, pinned.assessment))


def _note(
    state: Technology, command: ReportRollout | ReportWorkstream, now: datetime
) -> tuple[TechnologyEvent, ...]:
    # A report that says nothing new is no event: reports may come twice.
    match command:
        case ReportRollout():
            if state.reports.get(command.report.board) == _with_findings(state, command.report):
                return ()
            return (RolloutReported(at=now, by=command.actor, report=command.report),)
        case ReportWorkstream():
            if state.tracks.get(command.report.area) == command.report:
                return ()
            return (WorkstreamReported(at=now, by=command.actor, report=command.report),)


def _publish(
    state: Technology, command: PublishPlaybook, now: datetime
) -> tuple[TechnologyEvent, ...] | Refusal:
    if refusal := check_steering(state, command.actor, "Publishing a playbook"):
        return refusal
    if state.stage not in {Stage.STANDARDISE, Stage.SCALE}:
        return Refusal(
            code="wrong-stage",
            message=f"{state.stream} is in stage {state.stage}: a playbook can be published once the scale "
            f"decision has opened standardisation.",
        )
    published = state.playbook.version if state.playbook else 0
    refusal = check_playbook(command.playbook, state.proposal.sections, published)
    refusal = refusal or check_gates(gates_of_boards(state.proposal, command.playbook))
    plans = (command.playbook.implementation, command.playbook.handover)
    if refusal := refusal or check_plan_ids((*plans_of(state.proposal), *plans)):
        return refusal
    role = command.actor.acting_as(state.authority.national) or ""
    return (PlaybookPublished(at=now, by=command.actor, role=role, playbook=command.playbook),)


def _reorder(
    state: Technology, command: ReorderWaves, now: datetime
) -> tuple[TechnologyEvent, ...] | Refusal:
    if refusal := check_steering(state, command.actor, "Reordering waves"):
        return refusal
    waiting = [wave for wave in state.waves if wave.name not in (*state.released, PILOTS)]
    before = sorted(board for wave in waiting for board in wave.boards)
    after = sorted(board for wave in command.waves for board in wave.boards)
    if before != after:
        return Refusal(
            code="boards-differ",
            message=f"The new waves must hold exactly the boards not yet released "
            f"({', '.join(before) or 'none are left'}), each once: they hold {', '.join(after) or 'none'}.",
        )
    names = [*state.released, PILOTS, *(wave.name for wave in command.waves)]
    if len(frozenset(names)) < len(names) - (PILOTS in state.released):
        return Refusal(
            code="wave-name-taken",
            message="Two waves would bear the same name: give each wave that is still to come its own.",
        )
    role = command.actor.acting_as(state.authority.national) or ""
    return (WavesReordered(at=now, by=command.actor, role=role, reason=command.reason, waves=command.waves),)


def _passage(
    state: Technology, command: DecideGate, decided: tuple[JourneyEvent, ...], now: datetime
) -> tuple[TechnologyEvent, ...]:
    by = command.actor
    effect = next(event.effect for event in decided if isinstance(event, GateDecided))
    match effect:
        case Effect.PROCEED:
            return (_next_stage(state, by, now),)
        case Effect.REPEAT if state.stage == Stage.TEST_AND_LEARN:
            return (PilotCycleStarted(at=now, by=by, cycle=state.cycle + 1, reopen=command.reopen),)
        case Effect.REPEAT:
            return reopen_plan(state, command.reopen, command.reason, by, now)
        case Effect.STOP:
            return ()
        case _:
            assert_never(effect)


def _next_stage(state: Technology, by: Actor, now: datetime) -> TechnologyEvent:
    match Stage(state.stage):
        case Stage.ASSESS:
            return enter(Stage.TEST_AND_LEARN, by, now)
        case Stage.TEST_AND_LEARN:
            return enter(Stage.STANDARDISE, by, now, state.proposal.standardisation)
        case Stage.STANDARDISE:
            return enter(Stage.SCALE, by, now)
        case Stage.SCALE:
            return enter(Stage.SUSTAIN, by, now, state.proposal.sustain)
        case Stage.SUSTAIN | Stage.SUSTAINED:
            return enter(Stage.SUSTAINED, by, now)


def consequences(state: Technology, by: Actor, now: datetime) -> tuple[TechnologyEvent, ...]:
    """What follows by itself from this state; nothing once all of it is so."""
    if state.stage == Stage.SCALE and not state.at_rest:
        if (wave := next_wave(state)) is not None:
            return (WaveReleased(at=now, by=by, wave=wave.name, boards=wave.boards),)
        if is_scaled(state):
            return (_next_stage(state, by, now),)
    return common_consequences(state, wanted_gate(state), state.delivered, by, now)
