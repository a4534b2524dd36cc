"""A technology's life: assessment, test and learn, standardisation, scaled implementation, sustained.

It directs its boards' rollouts and its workstreams, and moves on by what they report and by what people
decide at its gates.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.check import CheckNeeded
from domain.criterion import Criterion
from domain.event import Command, Event
from domain.evidence import NATIONAL, OWN, Held, Register, stands
from domain.gate import Gate
from domain.journey import (
    FIRST_VERSION,
    Journey,
    JourneyEvent,
    asked_at,
    asked_in,
    evolve_journey,
)
from domain.names import technology_id
from domain.plan import Plan
from domain.playbook import Playbook
from domain.proposal import (
    PILOTS,
    Proposal,
    Wave,
)
from domain.rollout import Report, RolloutStage
from domain.standing import Wait, common_waits
from domain.steps import Drawn
from domain.value import Line
from domain.work import StepStatus, is_finished, unmet_needs
from domain.workstream import WorkstreamReport


class Stage(StrEnum):
    """The stages of a technology's life, in their order."""

    ASSESS = "assess"
    TEST_AND_LEARN = "test-and-learn"
    STANDARDISE = "standardise"
    SCALE = "scale"
    SUSTAIN = "sustain"
    SUSTAINED = "sustained"


_WORKING = (Stage.ASSESS, Stage.STANDARDISE, Stage.SUSTAIN)


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
        proposed_by: The people who proposed it.
        changed_to: The version after the last material change.
    """

    proposal: Proposal
    waves: tuple[Wave, ...]
    released: tuple[str, ...] = ()
    reports: dict[str, Report] = Field(default_factory=dict)
    tracks: dict[str, WorkstreamReport] = Field(default_factory=dict)
    playbook: Playbook | None = None
    reopen: tuple[str, ...] = ()
    proposed_by: tuple[str, ...] = ()
    changed_to: str = FIRST_VERSION

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

    @property
    def version(self) -> str:
        """The version of the technology."""
        return self.changed_to

    @property
    def asked_by(self) -> tuple[str, ...]:
        """The people who proposed it."""
        return self.proposed_by

    @property
    def checks(self) -> tuple[CheckNeeded, ...]:
        """The governance checks that are signed once, nationally."""
        return self.proposal.checks

    @property
    def held(self) -> Held:
        """The national evidence, and what each pilot that still takes part has found."""
        pilots = {
            board: report.evidence
            for board, report in sorted(self.reports.items())
            if board in self.proposal.pilots and not report.stopped
        }
        return {OWN: tuple(self.on_record.values()), **pilots}

    @property
    def known_evidence(self) -> Register:
        """All evidence that a decision here can have seen."""
        reported = {entry.ref: entry for report in self.reports.values() for entry in report.evidence}
        return {**reported, **self.on_record}

    @property
    def drawn(self) -> Drawn:
        """For each finding that every pilot that takes part has: the names of the evidence."""
        pilots = {place: entries for place, entries in self.held.items() if place != OWN}
        names = dict.fromkeys(name for step in self.proposal.standardisation.steps for name in step.draws_on)
        found = {
            name: [
                [it.ref for it in entries if it.evidence.id == name and stands(it)]
                for entries in pilots.values()
            ]
            for name in names
        }
        return {
            name: tuple(ref for refs in by_pilot for ref in refs)
            for name, by_pilot in found.items()
            if by_pilot and all(by_pilot)
        }

    def gate_named(self, gate: str) -> Gate | None:
        """The gate of that slug: one of the technology's own, or the one before a wave."""
        gates = self.proposal.gates
        own = (gates.begin, gates.scale, gates.approve_playbook, gates.sustain)
        waves = (release_gate(self, wave) for wave in self.waves)
        return next((it for it in (*own, *waves) if it.id == gate), None)

    def asked_for(self) -> dict[str, str]:
        """The evidence that national plans, gates or checks ask for, or boards' gates of the nation."""
        proposal, gates = self.proposal, self.proposal.gates
        plans = (proposal.assessment, proposal.standardisation, proposal.sustain)
        asked = {name: name for check in self.checks for name in check.rests_on}
        asked |= asked_at((gates.begin, gates.scale, gates.approve_playbook, gates.release, gates.sustain))
        for plan in plans:
            asked |= asked_in(plan)
        for criterion in national_criteria(proposal):
            asked[criterion.evidence] = criterion.title
        checks = [check.id for check in self.checks]
        return {name: title for name, title in asked.items() if name not in checks}


# --- commands -----------------------------------------------------------------------------------------------


class Propose(Command):
    """Begin a technology's life."""

    proposal: Proposal


class PublishPlaybook(Command):
    """Make a version of the standardised approach the one that boards replicate."""

    playbook: Playbook


class DeclareChange(Command):
    """Say that the technology has changed materially.

    Attributes:
        version: What the version after the change is called.
        reason: What changed.
    """

    version: Line
    reason: str


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


class TechnologyChanged(Event):
    """The technology changed materially: what was found about the version before may no longer hold."""

    kind: Literal["technology-changed"] = "technology-changed"
    version: str
    role: str
    reason: str


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
    | TechnologyChanged
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
            proposed_by=event.by.people,
            changed_to=proposal.version,
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
        case TechnologyChanged():
            change = {"changed_to": event.version}
        case RolloutReported():
            change = {"reports": {**state.reports, event.report.board: event.report}}
        case WorkstreamReported():
            change = {"tracks": {**state.tracks, event.report.area: event.report}}
        case _:
            return evolve_journey(state, event)
    return state.model_copy(update=change)


# --- questions ----------------------------------------------------------------------------------------------


def national_criteria(proposal: Proposal) -> tuple[Criterion, ...]:
    """What the boards' gates ask of the national programme."""
    gates = (proposal.gates.go_live, proposal.gates.handover)
    return tuple(it for gate in gates for it in gate.criteria if it.source == NATIONAL)


def release_gate(state: Technology, wave: Wave) -> Gate:
    """The gate before a wave, which bears the wave's name."""
    gate = state.proposal.gates.release
    return gate.model_copy(update={"id": f"{gate.id}-{wave.name}", "title": f"{gate.title}: {wave.name}"})


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
        case Stage.SCALE if (wave := next_wave(state)) is not None:
            return release_gate(state, wave)
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


def waits(state: Technology) -> tuple[Wait, ...]:
    """What this technology waits for, in words."""
    common = common_waits(state)
    if state.at_rest:
        return common
    match Stage(state.stage):
        case Stage.TEST_AND_LEARN:
            what = f"cycle {state.cycle} of test and learn"
            return (*common, *(Wait(on=board, what=what) for board in pilots_under_way(state)))
        case Stage.STANDARDISE if kept_back := _kept_back(state):
            return (*common, *kept_back)
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


def _kept_back(state: Technology) -> tuple[Wait, ...]:
    """The steps that wait for what a pilot has to find anew."""
    work, drawn = state.work, state.drawn
    if work is None:
        return ()
    return tuple(
        Wait(on="pilots", what=f'the finding "{name}", on which "{step.title}" draws')
        for step in work.plan.steps
        for name in step.draws_on
        if name not in drawn
        and work.record(step.id).status is StepStatus.WAITING
        and not unmet_needs(work, step)
    )


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
