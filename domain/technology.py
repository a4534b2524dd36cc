"""A technology's life: assessment, test and learn, standardisation, scaled implementation, sustained.

It directs its boards' rollouts and its workstreams, and moves on by what they report and by what people
decide at its gates.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self, assert_never

from pydantic import Field, model_validator

from domain.actor import ENGINE, Actor
from domain.event import Command, Event
from domain.gate import Effect, Gate
from domain.journey import (
    Authority,
    GateDecided,
    Journey,
    JourneyEvent,
    Pace,
    Wait,
    common_waits,
    evolve_journey,
    with_consequences,
)
from domain.names import rollout_id, technology_id, workstream_id
from domain.plan import Plan
from domain.playbook import Playbook, check_playbook, edition_of
from domain.refusal import Refusal
from domain.rollout import Brief, Direct, Direction, Report, ReportRollout, RolloutStage, StartRollout
from domain.steering import (
    DecideGate,
    Held,
    check_steering,
    common_consequences,
    decide_common,
    enter,
    reopen_plan,
)
from domain.steps import check_actor
from domain.value import Line, Slug, Value
from domain.work import evidence_held, is_finished
from domain.workstream import (
    DirectWorkstream,
    ReportWorkstream,
    StartWorkstream,
    WorkstreamBrief,
    WorkstreamDirection,
    WorkstreamReport,
)

PILOTS = "pilots"
"""The name of the wave that the pilot boards form."""


class Stage(StrEnum):
    """The stages of a technology's life, in their order."""

    ASSESS = "assess"
    TEST_AND_LEARN = "test-and-learn"
    STANDARDISE = "standardise"
    SCALE = "scale"
    SUSTAIN = "sustain"
    SUSTAINED = "sustained"


_WORKING = (Stage.ASSESS, Stage.STANDARDISE, Stage.SUSTAIN)


class Wave(Value):
    """Boards that are released together."""

    name: Slug
    boards: tuple[Slug, ...] = Field(min_length=1)


class WaveRule(Value):
    """When the next wave is released.

    Attributes:
        reached: The stage that every board released so far has to have reached; boards that are paused or
            stopped do not hold the others back.
    """

    reached: RolloutStage = RolloutStage.HANDOVER


class Gates(Value):
    """The gates of a technology's life and of its rollouts."""

    begin: Gate
    scale: Gate
    approve_playbook: Gate
    go_live: Gate
    handover: Gate
    sustain: Gate


class Proposal(Value):
    """All that a technology's life is run by, pinned when it is proposed.

    Attributes:
        technology: The technology's slug.
        service: The catalogue entity that it becomes.
        title: Its name for people.
        summary: What it is and for whom.
        programme: The programme whose office grants capacity.
        authority: Who may steer.
        pace: How time counts.
        pilots: The boards that test and learn.
        waves: The boards that replicate, in the order of their release.
        wave_rule: When the next wave is released.
        assessment: The plan of assessment and procurement.
        proof_of_concept: The plan of each pilot.
        standardisation: The plan that makes the playbook.
        sustain: The plan of the national handover to business as usual.
        workstreams: The plans of the parallel tracks, by area.
        sections: The sections that every playbook must fill.
        gates: The gates.

    Raises:
        ValueError: A board or a wave stands twice.
    """

    technology: Slug
    service: Slug
    title: Line
    summary: str
    programme: Slug
    authority: Authority
    pace: Pace = Pace()
    pilots: tuple[Slug, ...] = Field(min_length=1)
    waves: tuple[Wave, ...] = ()
    wave_rule: WaveRule = WaveRule()
    assessment: Plan
    proof_of_concept: Plan
    standardisation: Plan
    sustain: Plan
    workstreams: dict[Slug, Plan] = Field(default_factory=dict)
    sections: tuple[Slug, ...]
    gates: Gates

    @model_validator(mode="after")
    def _each_board_stands_once(self) -> Self:
        boards = [*self.pilots, *(board for wave in self.waves for board in wave.boards)]
        names = [PILOTS, *(wave.name for wave in self.waves)]
        for what, items in (("board", boards), ("wave", names)):
            for item in items:
                if items.count(item) > 1:
                    raise ValueError(f'{what} "{item}" stands twice among pilots and waves: keep one')
        return self


class Technology(Journey):
    """The state of a technology's life.

    Attributes:
        proposal: What it is run by.
        waves: The waves in their present order, the pilots first.
        released: The names of the waves that were released.
        reports: Where each board's rollout stands, as it last reported.
        tracks: Where each workstream stands, as it last reported.
        playbook: The version published last.
        reopen: The steps that pilots do again in this cycle; none means all of them.
    """

    proposal: Proposal
    waves: tuple[Wave, ...]
    released: tuple[str, ...] = ()
    reports: dict[str, Report] = Field(default_factory=dict)
    tracks: dict[str, WorkstreamReport] = Field(default_factory=dict)
    playbook: Playbook | None = None
    reopen: tuple[str, ...] = ()

    @property
    def stream(self) -> str:
        """The id of the workflow and of the ledger stream."""
        return technology_id(self.proposal.technology)

    @property
    def working(self) -> bool:
        """Whether the plan at hand may still be worked on in this stage."""
        return self.stage in _WORKING

    @property
    def repeatable(self) -> Plan | None:
        """The plan whose steps an outcome that repeats reopens: the pilots', at the scale decision."""
        if self.stage == Stage.TEST_AND_LEARN:
            return self.proposal.proof_of_concept
        return super().repeatable

    @property
    def delivered(self) -> bool:
        """Whether the technology is sustained."""
        return self.stage == Stage.SUSTAINED


# --- commands -----------------------------------------------------------------------------------------------


class Propose(Command):
    """Begin a technology's life."""

    proposal: Proposal


class PublishPlaybook(Command):
    """Make a version of the standardised approach the one that boards replicate."""

    playbook: Playbook


class ReorderWaves(Command):
    """Change the order and the make-up of the waves that are not released yet.

    Attributes:
        waves: All of them, in their new order.
        reason: Why.
    """

    waves: tuple[Wave, ...]
    reason: str


# --- events -------------------------------------------------------------------------------------------------


class TechnologyProposed(Event):
    """A technology's life began."""

    kind: Literal["technology-proposed"] = "technology-proposed"
    proposal: Proposal


class PlaybookPublished(Event):
    """A version of the playbook was published."""

    kind: Literal["playbook-published"] = "playbook-published"
    role: str
    playbook: Playbook


class WavesReordered(Event):
    """The waves still to be released changed."""

    kind: Literal["waves-reordered"] = "waves-reordered"
    role: str
    reason: str
    waves: tuple[Wave, ...]


class WaveReleased(Event):
    """A wave of boards may start replicating."""

    kind: Literal["wave-released"] = "wave-released"
    wave: str
    boards: tuple[str, ...]


class PilotCycleStarted(Event):
    """Another cycle of test and learn began."""

    kind: Literal["pilot-cycle-started"] = "pilot-cycle-started"
    cycle: int
    reopen: tuple[str, ...] = ()


class RolloutReported(Event):
    """A board's rollout said where it stands."""

    kind: Literal["rollout-reported"] = "rollout-reported"
    report: Report


class WorkstreamReported(Event):
    """A workstream said where it stands."""

    kind: Literal["workstream-reported"] = "workstream-reported"
    report: WorkstreamReport


TechnologyEvent = Annotated[
    JourneyEvent
    | TechnologyProposed
    | PlaybookPublished
    | WavesReordered
    | WaveReleased
    | PilotCycleStarted
    | RolloutReported
    | WorkstreamReported,
    Field(discriminator="kind"),
]


def evolve(state: Technology | None, event: TechnologyEvent) -> Technology:
    """Apply an event.

    Raises:
        ValueError: The first event is not the proposal.
    """
    if isinstance(event, TechnologyProposed):
        proposal = event.proposal
        return Technology(
            authority=proposal.authority,
            pace=proposal.pace,
            stage=Stage.ASSESS,
            since=event.at,
            proposal=proposal,
            waves=(Wave(name=PILOTS, boards=proposal.pilots), *proposal.waves),
        )
    if state is None:
        raise ValueError(f"a technology begins with its proposal, not with {event.kind}")
    match event:
        case PlaybookPublished():
            change: dict[str, object] = {"playbook": event.playbook}
        case WavesReordered():
            kept = tuple(wave for wave in state.waves if wave.name in state.released or wave.name == PILOTS)
            change = {"waves": (*kept, *event.waves)}
        case WaveReleased():
            change = {"released": (*state.released, event.wave)}
        case PilotCycleStarted():
            change = {"cycle": event.cycle, "reopen": event.reopen}
        case RolloutReported():
            change = {"reports": {**state.reports, event.report.board: _with_findings(state, event.report)}}
        case WorkstreamReported():
            change = {"tracks": {**state.tracks, event.report.area: event.report}}
        case _:
            return evolve_journey(state, event)
    return state.model_copy(update=change)


def _with_findings(state: Technology, report: Report) -> Report:
    # What a pilot found is reported whole while it is piloted; reports of later stages do not repeat it.
    before = state.reports.get(report.board)
    if before is None or report.stage.rank <= RolloutStage.PILOTED.rank:
        return report
    return report.model_copy(update={"evidence": before.evidence})


# --- deciding -----------------------------------------------------------------------------------------------


def decide(
    state: Technology | None, command: Command, now: datetime
) -> tuple[TechnologyEvent, ...] | Refusal:
    """Decide a command: the events with all that follows from them, or why not."""
    outcome = _decide_alone(state, command, now)
    if isinstance(outcome, Refusal):
        return outcome
    if not outcome and state is not None:
        outcome = consequences(state, command.actor, now)
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
    refusal = refusal or _check_gates(_gates_of(proposal))
    if refusal := refusal or _check_plan_ids(_plans_of(proposal)):
        return refusal
    # Defaults are pinned with the rest: what a life is run by must not change with a later release.
    pinned = Proposal.model_validate(proposal.model_dump())
    proposed = TechnologyProposed(at=now, by=by, proposal=pinned)
    return (proposed, enter(Stage.ASSESS, by, now, pinned.assessment))


def _plans_of(proposal: Proposal) -> tuple[Plan, ...]:
    return (proposal.assessment, proposal.proof_of_concept, proposal.standardisation, proposal.sustain)


def _gates_of(proposal: Proposal) -> tuple[tuple[Gate, Plan, Plan], ...]:
    gates, pilots = proposal.gates, proposal.proof_of_concept
    return (
        (gates.begin, proposal.assessment, pilots),
        (gates.scale, proposal.assessment, pilots),
        (gates.approve_playbook, proposal.standardisation, pilots),
        (gates.sustain, proposal.sustain, pilots),
    )


def _check_plan_ids(plans: tuple[Plan, ...]) -> Refusal | None:
    ids = [plan.id for plan in plans]
    for name in ids:
        if ids.count(name) > 1:
            return Refusal(
                code="plan-name-taken",
                message=f'Two plans of one technology are called "{name}": rename one, because tasks are '
                "named after their plan.",
            )
    return None


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
    refusal = refusal or _check_gates(_gates_of_boards(state.proposal, command.playbook))
    plans = (command.playbook.implementation, command.playbook.handover)
    if refusal := refusal or _check_plan_ids((*_plans_of(state.proposal), *plans)):
        return refusal
    role = command.actor.acting_as(state.authority.national) or ""
    return (PlaybookPublished(at=now, by=command.actor, role=role, playbook=command.playbook),)


def _gates_of_boards(proposal: Proposal, playbook: Playbook) -> tuple[tuple[Gate, Plan, Plan], ...]:
    gates, pilots = proposal.gates, proposal.proof_of_concept
    return ((gates.go_live, playbook.implementation, pilots), (gates.handover, playbook.handover, pilots))


def _check_gates(gates: tuple[tuple[Gate, Plan, Plan], ...]) -> Refusal | None:
    """Refuse gates that could never be passed; each comes with its own plan and that of the pilots."""
    for gate, own, pilots in gates:
        for need in gate.needs:
            plan = own if need.source == "plan" else pilots
            if not any(need.evidence == item.id for step in plan.steps for item in step.evidence):
                return Refusal(
                    code="gate-cannot-pass",
                    message=f'{gate.title} needs evidence "{need.evidence}" and no step of plan "{plan.id}" '
                    f"asks for it: add it to the step that brings it.",
                )
    return None


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


# --- questions ----------------------------------------------------------------------------------------------


def evidence(state: Technology) -> Held:
    """The evidence at hand: the plan's, and what each pilot that still takes part has found."""
    pilots = {
        board: report.evidence
        for board, report in sorted(state.reports.items())
        if board in state.proposal.pilots and not report.stopped
    }
    return {"plan": {} if state.work is None else evidence_held(state.work), **pilots}


def wanted_gate(state: Technology) -> Gate | None:
    """The gate that should be open in this state, if any."""
    gates = state.proposal.gates
    plan_done = state.work is not None and is_finished(state.work)
    match Stage(state.stage):
        case Stage.ASSESS if plan_done:
            return gates.begin
        case Stage.TEST_AND_LEARN if not pilots_under_way(state):
            return gates.scale
        case Stage.STANDARDISE if plan_done and state.playbook is not None:
            return gates.approve_playbook
        case Stage.SUSTAIN if plan_done:
            return gates.sustain
        case _:
            return None


def pilots_under_way(state: Technology) -> tuple[str, ...]:
    """The pilot boards that have not finished the present cycle of test and learn."""
    return tuple(
        board
        for board in state.proposal.pilots
        if (report := state.reports.get(board)) is None
        or not (report.stopped or (report.stage is RolloutStage.PILOTED and report.cycle == state.cycle))
    )


def next_wave(state: Technology) -> Wave | None:
    """The wave that the wave rule releases now, if any."""
    boards = [board for wave in state.waves if wave.name in state.released for board in wave.boards]
    reached = state.proposal.wave_rule.reached.rank
    for board in boards:
        report = state.reports.get(board)
        if report is None or not (report.paused or report.stopped or report.stage.rank >= reached):
            return None
    return next((wave for wave in state.waves if wave.name not in state.released), None)


def is_scaled(state: Technology) -> bool:
    """Say whether all boards that go on are at business as usual and all workstreams are done."""
    reports = [state.reports.get(board) for wave in state.waves for board in wave.boards]
    live = [report for report in reports if report is None or not report.stopped]
    tracks = [state.tracks.get(area) for area in sorted(state.proposal.workstreams)]
    return (
        len(state.released) == len(state.waves)
        and bool(live)
        and all(report is not None and report.stage is RolloutStage.BUSINESS_AS_USUAL for report in live)
        and all(track is not None and (track.done or track.stopped) for track in tracks)
    )


def boards_started(state: Technology) -> tuple[tuple[str, str], ...]:
    """The boards whose rollouts should exist by now, each with its wave."""
    if state.stage == Stage.ASSESS:
        return ()
    return tuple(
        (board, wave.name)
        for wave in state.waves
        if wave.name == PILOTS or wave.name in state.released
        for board in wave.boards
    )


def direction(state: Technology, wave: str) -> Direction:
    """What the technology wants of the rollouts of a wave."""
    paused = state.pauses.get("own")
    return Direction(
        wave=wave,
        cycle=state.cycle,
        reopen=state.reopen,
        playbook=edition_of(state.playbook) if state.playbook and wave in state.released else None,
        paused=paused.reason if paused else None,
        stopped=state.stopped.reason if state.stopped else None,
    )


def children(state: Technology) -> dict[str, Command]:
    """The rollouts and workstreams that should exist by now, by workflow id, with how each is started."""
    if state.stage == Stage.ASSESS:
        return {}
    proposal = state.proposal
    tracks = {
        workstream_id(proposal.technology, area): StartWorkstream(
            actor=ENGINE,
            brief=WorkstreamBrief(
                technology=proposal.technology,
                title=proposal.title,
                area=area,
                authority=proposal.authority,
                pace=proposal.pace,
                plan=plan,
            ),
        )
        for area, plan in sorted(proposal.workstreams.items())
    }
    rollouts = {
        rollout_id(proposal.technology, board): StartRollout(
            actor=ENGINE,
            brief=_brief(proposal, board),
            direction=direction(state, wave),
        )
        for board, wave in boards_started(state)
    }
    return {**tracks, **rollouts}


def _brief(proposal: Proposal, board: str) -> Brief:
    return Brief(
        technology=proposal.technology,
        title=proposal.title,
        board=board,
        programme=proposal.programme,
        authority=proposal.authority,
        pace=proposal.pace,
        pilot=proposal.proof_of_concept if board in proposal.pilots else None,
        go_live=proposal.gates.go_live,
        handover=proposal.gates.handover,
    )


def messages(state: Technology) -> dict[str, Command]:
    """What rollouts and workstreams should know, by workflow id."""
    if state.stage == Stage.ASSESS:
        return {}
    technology = state.proposal.technology
    paused = state.pauses.get("own")
    to_track = WorkstreamDirection(
        paused=paused.reason if paused else None, stopped=state.stopped.reason if state.stopped else None
    )
    tracks = {
        workstream_id(technology, area): DirectWorkstream(actor=ENGINE, direction=to_track)
        for area in sorted(state.proposal.workstreams)
    }
    rollouts = {
        rollout_id(technology, board): Direct(actor=ENGINE, direction=direction(state, wave))
        for board, wave in boards_started(state)
    }
    return {**tracks, **rollouts}


def waits(state: Technology) -> tuple[Wait, ...]:
    """What this technology waits for, in words."""
    common = common_waits(state)
    if state.at_rest:
        return common
    match Stage(state.stage):
        case Stage.TEST_AND_LEARN:
            what = f"cycle {state.cycle} of test and learn"
            return (*common, *(Wait(on=board, what=what) for board in pilots_under_way(state)))
        case Stage.STANDARDISE if state.playbook is None:
            what = "the playbook to be published"
            return (
                *common,
                *(Wait(on=role, what=what, since=state.since) for role in state.authority.national),
            )
        case Stage.SCALE:
            return (*common, *_scale_waits(state))
        case _:
            return common


def _scale_waits(state: Technology) -> tuple[Wait, ...]:
    if state.reports and all(report.stopped for report in state.reports.values()):
        what = "a decision to stop it: every board's rollout was stopped"
        return tuple(Wait(on=role, what=what) for role in state.authority.national)
    boards = tuple(
        Wait(on=board, what=f"business as usual (now {report.stage if report else 'starting'})")
        for board, _ in boards_started(state)
        if (report := state.reports.get(board)) is None
        or not (report.stopped or report.stage is RolloutStage.BUSINESS_AS_USUAL)
    )
    tracks = tuple(
        Wait(on=area, what=f"the {area} workstream")
        for area in sorted(state.proposal.workstreams)
        if (track := state.tracks.get(area)) is None or not (track.done or track.stopped)
    )
    return (*boards, *tracks)
