"""What may be done to a technology, and what follows from it by itself."""

from datetime import datetime
from typing import assert_never

from domain.actor import Actor
from domain.amendment import AmendmentCommand, PublishAmendments, to_publish
from domain.amendment_rules import decide_amendment, next_playbook
from domain.docket import GateDecided
from domain.event import Command
from domain.gate import Effect
from domain.gate_course import release_automatically
from domain.halt import HaltTechnology, in_force
from domain.halt_rules import open_halt_gates, raise_halt, release_decided
from domain.journey import JourneyEvent, with_consequences
from domain.playbook import Playbook, check_playbook, check_successor
from domain.proposal import (
    Proposal,
    check_draws,
    check_gates,
    check_infrastructure,
    check_plan_ids,
    check_release,
    check_release_halt,
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
from domain.succession import LeavePlace, ReplaceTechnology, SucceedAt
from domain.succession_rules import end_once_replaced, hear_of_succession, replace
from domain.technology import (
    DeclareChange,
    PilotCycleStarted,
    PlaybookPublished,
    Propose,
    PublishPlaybook,
    RolloutReported,
    Stage,
    Technology,
    TechnologyChanged,
    TechnologyEvent,
    TechnologyProposed,
    WaveReleased,
    WorkstreamReported,
    evolve,
    present_proposal,
)
from domain.technology_progress import is_scaled, next_wave, wanted_gate
from domain.wave_rules import decide_waves
from domain.waves import WaveCommand
from domain.workstream import ReportWorkstream


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
        case SucceedAt() | LeavePlace():
            return hear_of_succession(state, command, now)
        case _ if state.stopped is None and (decided := _decide_national(state, command, now)) is not None:
            return decided
        case _:
            common = decide_common(state, command, now)
            return common if isinstance(common, Refusal) else _with_passage(state, common, now)


def _decide_national(
    state: Technology, command: Command, now: datetime
) -> tuple[TechnologyEvent, ...] | Refusal | None:
    """Decide a command that only a technology knows; ``None`` where it is another."""
    match command:
        case PublishPlaybook():
            return _publish(state, command.playbook, (), "", command.actor, now)
        case PublishAmendments():
            playbook, numbers = next_playbook(state), tuple(it.number for it in to_publish(state.amendments))
            if isinstance(playbook, Refusal):
                return playbook
            return _publish(state, playbook, numbers, command.reason, command.actor, now)
        case AmendmentCommand():
            return decide_amendment(state, command, now)
        case HaltTechnology():
            return raise_halt(state, command, now)
        case WaveCommand():
            return decide_waves(state, command, now)
        case DeclareChange():
            return _change(state, command, now)
        case ReplaceTechnology():
            return replace(state, command, now)
        case _:
            return None


def _with_passage(
    state: Technology, events: tuple[JourneyEvent, ...], now: datetime
) -> tuple[TechnologyEvent, ...]:
    released = release_decided(state, events, now)
    decided = decision_in(state, events)
    return (*events, *released, *(() if decided is None else _passage(state, decided, now)))


def _propose(command: Propose, now: datetime) -> tuple[TechnologyEvent, ...] | Refusal:
    proposal, by = command.proposal, command.actor
    refusal = check_actor(by, proposal.authority.national, None, "Proposing a technology")
    refusal = refusal or check_gates(settings_of(proposal))
    refusal = refusal or check_release(proposal.gates.release) or check_draws(proposal)
    refusal = refusal or check_infrastructure(proposal)
    refusal = refusal or check_release_halt(proposal.gates.release_halt)
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
            if state.tracks.get(command.report.track) == command.report:
                return ()
            return (WorkstreamReported(at=now, by=command.actor, report=command.report),)


def _publish(
    state: Technology, playbook: Playbook, amendments: tuple[int, ...], reason: str, by: Actor, now: datetime
) -> tuple[TechnologyEvent, ...] | Refusal:
    if refusal := check_steering(state, by, "Publishing a playbook"):
        return refusal
    if state.stage not in {Stage.STANDARDISE, Stage.SCALE}:
        return Refusal(
            code="wrong-stage",
            message=f"{state.stream} is in stage {state.stage}: a playbook can be published once the scale "
            f"decision has opened standardisation.",
        )
    last = state.playbook.version if state.playbook else 0
    refusal = check_playbook(playbook, state.proposal.sections, last)
    if refusal is None and state.playbook is not None:
        refusal = check_successor(state.playbook, playbook)
    refusal = refusal or check_gates(settings_of_boards(present_proposal(state), playbook))
    plans = (playbook.implementation, playbook.handover)
    if refusal := refusal or check_plan_ids((*plans_of(state.proposal), *plans)):
        return refusal
    role = by.acting_as(state.authority.national) or ""
    published = PlaybookPublished(
        at=now, by=by, role=role, reason=reason, playbook=playbook, amendments=amendments
    )
    return (published,)


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
    if ended := end_once_replaced(state, now):
        return ended
    if opened := open_halt_gates(state, by, now):
        return opened
    free = not (state.at_rest or state.docket.reviews or in_force(state.halts.values()))
    if state.stage == Stage.SCALE and free and is_scaled(state):
        return (_next_stage(state, by, now),)
    common = common_consequences(state, wanted_gate(state), state.delivered, by, now)
    if common or (decided := release_automatically(state, now)) is None:
        return common
    return _with_passage(state, (decided,), now)
