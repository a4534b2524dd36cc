"""What may be done to a technology, and what follows from it by itself."""

from datetime import datetime
from typing import assert_never

from domain.actor import Actor
from domain.docket import GateDecided
from domain.event import Command
from domain.gate import Effect
from domain.gate_course import release_automatically
from domain.journey import JourneyEvent, with_consequences
from domain.playbook import check_playbook
from domain.proposal import (
    PILOTS,
    Proposal,
    check_draws,
    check_gates,
    check_plan_ids,
    check_release,
    plans_of,
    settings_of,
    settings_of_boards,
)
from domain.refusal import Refusal
from domain.rollout import ReportRollout
from domain.steering import (
    check_steering,
    common_consequences,
    decide_common,
    decision_in,
    enter,
    reopen_plan,
)
from domain.steps import check_actor
from domain.technology import (
    DeclareChange,
    PilotCycleStarted,
    PlaybookPublished,
    Propose,
    PublishPlaybook,
    ReorderWaves,
    RolloutReported,
    Stage,
    Technology,
    TechnologyChanged,
    TechnologyEvent,
    TechnologyProposed,
    WaveReleased,
    WavesReordered,
    WorkstreamReported,
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
        case DeclareChange() if state.stopped is None:
            return _change(state, command, now)
        case _:
            decided = decide_common(state, command, now)
            return decided if isinstance(decided, Refusal) else _with_passage(state, decided, now)


def _with_passage(
    state: Technology, events: tuple[JourneyEvent, ...], now: datetime
) -> tuple[TechnologyEvent, ...]:
    decided = decision_in(state, events)
    return events if decided is None else (*events, *_passage(state, decided, now))


def _propose(command: Propose, now: datetime) -> tuple[TechnologyEvent, ...] | Refusal:
    proposal, by = command.proposal, command.actor
    refusal = check_actor(by, proposal.authority.national, None, "Proposing a technology")
    refusal = refusal or check_gates(settings_of(proposal))
    refusal = refusal or check_release(proposal.gates.release) or check_draws(proposal)
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
            if state.reports.get(command.report.board) == command.report:
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
    refusal = refusal or check_gates(settings_of_boards(state.proposal, command.playbook))
    plans = (command.playbook.implementation, command.playbook.handover)
    if refusal := refusal or check_plan_ids((*plans_of(state.proposal), *plans)):
        return refusal
    role = command.actor.acting_as(state.authority.national) or ""
    return (PlaybookPublished(at=now, by=command.actor, role=role, playbook=command.playbook),)


def _change(
    state: Technology, command: DeclareChange, now: datetime
) -> tuple[TechnologyEvent, ...] | Refusal:
    if refusal := check_steering(state, command.actor, "Declaring a change"):
        return refusal
    if command.version == state.version:
        return Refusal(
            code="same-version",
            message=f"{state.stream} is at version {state.version} already: say what the version after the "
            "change is called.",
        )
    role = command.actor.acting_as(state.authority.national) or ""
    return (
        TechnologyChanged(
            at=now, by=command.actor, version=command.version, role=role, reason=command.reason
        ),
    )


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


def _passage(state: Technology, decided: GateDecided, now: datetime) -> tuple[TechnologyEvent, ...]:
    by = decided.by
    match decided.effect:
        case Effect.PROCEED if state.stage == Stage.SCALE and (wave := next_wave(state)) is not None:
            return (WaveReleased(at=now, by=by, wave=wave.name, boards=wave.boards),)
        case Effect.PROCEED:
            return (_next_stage(state, by, now),)
        case Effect.REPEAT if state.stage == Stage.TEST_AND_LEARN:
            return (PilotCycleStarted(at=now, by=by, cycle=state.cycle + 1, reopen=decided.reopen),)
        case Effect.REPEAT:
            return reopen_plan(state, decided.reopen, decided.reason, by, now)
        case Effect.STOP:
            return ()
        case _:
            assert_never(decided.effect)


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
    if state.stage == Stage.SCALE and not state.at_rest and not state.docket.reviews and is_scaled(state):
        return (_next_stage(state, by, now),)
    common = common_consequences(state, wanted_gate(state), state.delivered, by, now)
    if common or (decided := release_automatically(state, now)) is None:
        return common
    return _with_passage(state, (decided,), now)
