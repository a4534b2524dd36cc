"""A technology's life: assessment, test and learn, standardisation, scaled implementation, sustained.

It directs its boards' rollouts and its workstreams, and moves on by what they report and by what people
decide at its gates.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.amendment import (
    AmendmentEvent,
    AmendmentProposed,
    AmendmentReviewed,
    Amendments,
    evolve_amendments,
    publish_in,
)
from domain.check import CheckNeeded
from domain.event import Command, Event
from domain.evidence import OWN, Held, Register, stands
from domain.gate import Gate, Note
from domain.halt import halt_of_version
from domain.infrastructure import Awaited
from domain.journey import FIRST_VERSION, Hold, Journey, JourneyEvent, asked_at, asked_in, evolve_journey
from domain.names import technology_id
from domain.plan import Plan
from domain.playbook import Playbook
from domain.proposal import PILOTS, Proposal, Wave
from domain.rollout_briefs import Report
from domain.steps import Drawn
from domain.succession import PlaceLeft, Replacement, ReplacementDeclared, SuccessionEvent, SuccessorReported
from domain.technology_gates import (
    brought_for,
    halt_gate,
    halt_gate_name,
    national_criteria,
    release_gate,
    release_gate_name,
)
from domain.tracks import late_nationally
from domain.value import Line
from domain.waves import (
    BoardAdded,
    PilotSwapped,
    WaveEvent,
    WavePaused,
    WaveResumed,
    WavesReordered,
    WaveStopped,
)
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
        pilots: The boards that test and learn, or have done so.
        former_pilots: The boards that tested and learned until others took their place.
        waves: The waves in their present order, the pilots first.
        released: The names of the waves that were released.
        waves_paused: The waves that rest, by their names.
        waves_stopped: The waves that were ended, by their names.
        checks_added: The governance checks of boards that the proposal did not have.
        reports: Where each board's rollout stands, as it last reported.
        tracks: Where each workstream stands, as it last reported, by the track's name.
        playbook: The version published last.
        amendments: The changes to it that were proposed.
        replacement: The technology that takes its place, once that was decided.
        successors: Where technologies that are to take its place are business as usual, as they said.
        place_left: Whether the technology whose place it takes has ended.
        reopen: The steps that pilots do again in this cycle; none means all of them.
        proposed_by: The people who proposed it.
        changed_to: The version after the last material change.
    """

    proposal: Proposal
    pilots: tuple[str, ...]
    former_pilots: tuple[str, ...] = ()
    waves: tuple[Wave, ...]
    released: tuple[str, ...] = ()
    waves_paused: dict[str, Hold] = Field(default_factory=dict)
    waves_stopped: dict[str, Hold] = Field(default_factory=dict)
    checks_added: dict[str, tuple[CheckNeeded, ...]] = Field(default_factory=dict)
    reports: dict[str, Report] = Field(default_factory=dict)
    tracks: dict[str, WorkstreamReport] = Field(default_factory=dict)
    playbook: Playbook | None = None
    amendments: Amendments = Field(default_factory=dict)
    replacement: Replacement | None = None
    successors: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    place_left: bool = False
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
    def delays(self) -> tuple[Awaited, ...]:
        """The national infrastructure that is late, while a board's going live depends on it."""
        if self.stage in {Stage.SUSTAIN, Stage.SUSTAINED}:
            return ()
        return late_nationally(self.proposal, self.tracks)

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
            if board in self.pilots and not report.stopped
        }
        return {OWN: tuple(self.on_record.values()), **pilots}

    @property
    def known_evidence(self) -> Register:
        """All evidence that a decision here can have seen."""
        reported = {entry.ref: entry for report in self.reports.values() for entry in report.evidence}
        return {**reported, **self.on_record}

    @property
    def held_up(self) -> str:
        """Why no gate may be passed here at present: a barrier, or a halt of the version that comes next."""
        version = self.playbook.version if self.playbook else None
        halt = halt_of_version(self.halts.values(), version)
        why = "" if halt is None else f"halt {halt.number} freezes {halt.about}: {halt.concern}"
        return "; ".join(each for each in (why, super().held_up) if each)

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
        if found := next((it for it in own if it.id == gate), None):
            return found
        for halt in self.halts.values():
            if halt_gate_name(self.proposal, halt) == gate:
                return halt_gate(self.proposal, halt)
        for wave in self.waves:
            if release_gate_name(self.proposal, wave) == gate:
                return release_gate(self.proposal, wave)
        return None

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
        for halt in self.halts.values():
            asked |= {
                brought_for(it.id, halt): f"{it.title}, for halt {halt.number}"
                for it in proposal.halting.evidence
            }
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


# --- events -------------------------------------------------------------------------------------------------


class TechnologyProposed(Event):
    """A technology's life began."""

    kind: Literal["technology-proposed"] = "technology-proposed"
    proposal: Proposal


class PlaybookPublished(Event):
    """A version of the playbook was published; ``amendments`` are the numbers of those that made it."""

    kind: Literal["playbook-published"] = "playbook-published"
    role: str
    reason: str = ""
    playbook: Playbook
    amendments: tuple[int, ...] = ()


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


NationalEvent = (
    AmendmentEvent
    | SuccessionEvent
    | PlaybookPublished
    | WaveEvent
    | WaveReleased
    | PilotCycleStarted
    | TechnologyChanged
    | RolloutReported
    | WorkstreamReported
)
"""What happens to a technology alone."""

TechnologyEvent = Annotated[
    JourneyEvent | TechnologyProposed | NationalEvent,
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
            pace=proposal.pace.at(None),
            handling=proposal.handling,
            stage=Stage.ASSESS,
            since=event.at,
            proposal=proposal,
            proposed_by=event.by.people,
            changed_to=proposal.version,
            pilots=proposal.pilots,
            waves=(Wave(name=PILOTS, boards=proposal.pilots), *proposal.waves),
        )
    if state is None:
        raise ValueError(f"a technology begins with its proposal, not with {event.kind}")
    if isinstance(event, NationalEvent):
        return state.model_copy(update=_change(state, event))
    return evolve_journey(state, event)


def _change(state: Technology, event: NationalEvent) -> dict[str, object]:
    if isinstance(event, SuccessionEvent):
        return _succeed(state, event)
    match event:
        case PlaybookPublished():
            amendments = publish_in(state.amendments, event.amendments, event.playbook.version)
            return {"playbook": event.playbook, "amendments": amendments}
        case AmendmentProposed() | AmendmentReviewed():
            return {"amendments": evolve_amendments(state.amendments, event)}
        case WavesReordered() | BoardAdded() | PilotSwapped() | WavePaused() | WaveResumed() | WaveStopped():
            return _rearrange(state, event)
        case WaveReleased():
            return {"released": (*state.released, event.wave)}
        case PilotCycleStarted():
            return {"cycle": event.cycle, "reopen": event.reopen}
        case TechnologyChanged():
            return {"changed_to": event.version}
        case RolloutReported():
            return {"reports": {**state.reports, event.report.board: event.report}}
        case WorkstreamReported():
            return {"tracks": {**state.tracks, event.report.track: event.report}}


def _succeed(state: Technology, event: SuccessionEvent) -> dict[str, object]:
    match event:
        case ReplacementDeclared():
            note = Note(at=event.at, name=event.by.name, role=event.role, reason=event.reason)
            return {"replacement": Replacement(by=event.successor, declared=note)}
        case SuccessorReported():
            return {"successors": {**state.successors, event.successor: event.boards}}
        case PlaceLeft():
            return {"place_left": True}


def _rearrange(state: Technology, event: WaveEvent) -> dict[str, object]:
    match event:
        case WavesReordered():
            return {"waves": _with_to_come(state, event.waves)}
        case WavePaused():
            return {"waves_paused": {**state.waves_paused, event.wave: _hold(event)}}
        case WaveResumed():
            return {"waves_paused": _without(state.waves_paused, event.wave)}
        case WaveStopped():
            return {
                "waves_paused": _without(state.waves_paused, event.wave),
                "waves_stopped": {**state.waves_stopped, event.wave: _hold(event)},
            }
        case BoardAdded():
            checks = {**state.checks_added, event.board: event.checks}
            return {"waves": _with_to_come(state, event.waves), "checks_added": checks}
        case PilotSwapped():
            former = [board for board in (*state.former_pilots, event.out) if board != event.into]
            return {
                "pilots": event.pilots,
                # Before test and learn nobody has begun, so nobody has to be told.
                "former_pilots": () if state.stage == Stage.ASSESS else tuple(dict.fromkeys(former)),
                "waves": (
                    Wave(name=PILOTS, boards=event.pilots),
                    *(wave for wave in _with_to_come(state, event.waves) if wave.name != PILOTS),
                ),
            }


def _with_to_come(state: Technology, waves: tuple[Wave, ...]) -> tuple[Wave, ...]:
    coming = [wave.name for wave in waves_to_come(state)]
    return (*(wave for wave in state.waves if wave.name not in coming), *waves)


def _hold(event: WavePaused | WaveStopped) -> Hold:
    return Hold(at=event.at, reason=event.reason, name=event.by.name, role=event.role)


def _without(holds: dict[str, Hold], wave: str) -> dict[str, Hold]:
    return {name: hold for name, hold in holds.items() if name != wave}


# --- questions ----------------------------------------------------------------------------------------------


def waves_to_come(state: Technology) -> tuple[Wave, ...]:
    """The waves that are still to be released, in their order."""
    gone = (PILOTS, *state.released, *state.waves_stopped)
    return tuple(wave for wave in state.waves if wave.name not in gone)


def wave_of(state: Technology, board: str) -> Wave | None:
    """The wave of a board; ``None`` where it takes no part."""
    return next((wave for wave in state.waves if board in wave.boards), None)


def checks_at(state: Technology, board: str) -> tuple[CheckNeeded, ...] | None:
    """The governance checks that a board has to sign; ``None`` where nothing is said of it."""
    return {**state.proposal.board_checks, **state.checks_added}.get(board)


def present_proposal(state: Technology) -> Proposal:
    """The proposal with the pilots, the boards and their checks as they are now."""
    return state.proposal.model_copy(
        update={
            "pilots": state.pilots,
            "board_checks": {**state.proposal.board_checks, **state.checks_added},
        }
    )
