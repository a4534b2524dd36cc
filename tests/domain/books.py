"""The books of every stream, kept from its events alone.

Nothing here asks the rules: what is on record, who said what and what has fallen is worked out once more.
"""

from dataclasses import dataclass, field
from datetime import datetime

from domain.actor import Actor
from domain.criterion import Criterion
from domain.docket import (
    ConditionMet,
    GateDecided,
    GateEscalated,
    GateOpened,
    GateReopened,
    GateWithdrawn,
    ObjectionAnswered,
    ObjectionRaised,
    VoteCast,
    WaiverAsked,
    WaiverGranted,
)
from domain.editions import EditionAdopted
from domain.event import Event
from domain.evidence import CheckSigned, Evidence, EvidenceAdded, EvidenceWithdrawn
from domain.gate import Condition, Effect, Gate, Vote
from domain.journey import Paused, Resumed, StageEntered, Stopped
from domain.rollout import Directed, RolloutStarted
from domain.rollout_briefs import Direction, Report
from domain.technology import RolloutReported, TechnologyChanged, TechnologyProposed
from domain.waves import PilotSwapped
from domain.work import StepCompleted, StepReopened, StepSkipped


@dataclass
class Piece:
    """A piece of evidence, and what became of it."""

    ref: str
    evidence: Evidence
    version: str
    step: tuple[str, str] | None = None
    gone: bool = False
    withdrawn: bool = False
    withdrawn_by: tuple[str, ...] = ()
    superseded: bool = False

    def usable(self, now: datetime) -> bool:
        """Whether anybody may rely on it."""
        expires = self.evidence.expires
        return not self.gone and (expires is None or expires >= now.date())


@dataclass
class Waiting:
    """A gate that waits, who brought it about, and what was said so far with what could be seen then."""

    gate: Gate
    closers: tuple[str, ...] = ()
    escalated: bool = False
    said: dict[str, tuple[Vote, Actor, frozenset[str]]] = field(default_factory=dict)


@dataclass
class Book:
    """What the events of one stream say."""

    stream: str
    pieces: dict[str, Piece] = field(default_factory=dict)
    open: dict[str, Waiting] = field(default_factory=dict)
    reopened: dict[str, str] = field(default_factory=dict)
    passed: dict[str, GateDecided] = field(default_factory=dict)
    objections: dict[int, ObjectionRaised] = field(default_factory=dict)
    waivers: dict[int, WaiverAsked] = field(default_factory=dict)
    granted: set[int] = field(default_factory=set)
    conditions: dict[int, Condition] = field(default_factory=dict)
    proposers: tuple[str, ...] = ()
    closers: tuple[str, ...] = ()
    pauses: set[str] = field(default_factory=set)
    stopped: bool = False
    version: str = "1"
    pilots: tuple[str, ...] = ()
    reports: dict[str, Report] = field(default_factory=dict)
    direction: Direction | None = None

    # --- keeping it -----------------------------------------------------------------------------------------

    def note(self, event: Event, now: datetime) -> None:
        """Write down what happened."""
        self._note_evidence(event)
        self._note_gate(event, now)
        self._note_matter(event)
        self._note_course(event)
        if isinstance(event, EditionAdopted):
            self._note_version(event)
        if isinstance(event, PilotSwapped):
            self.pilots = tuple(event.into if it == event.out else it for it in self.pilots)

    def _note_evidence(self, event: Event) -> None:
        match event:
            case StepCompleted():
                for ref, evidence in zip(event.refs, event.evidence, strict=True):
                    step = (event.plan, event.step)
                    self.pieces[ref] = Piece(ref, evidence, self.told_version, step)
            case StepReopened():
                for piece in self.pieces.values():
                    piece.gone |= piece.step == (event.plan, event.step)
            case EvidenceAdded() | CheckSigned():
                assert event.ref not in self.pieces, "no two pieces bear one name"
                self.pieces[event.ref] = Piece(event.ref, event.evidence, event.version)
                if event.supersedes is not None:
                    old = self.pieces[event.supersedes]
                    old.gone = old.superseded = True
            case EvidenceWithdrawn():
                piece = self.pieces[event.ref]
                piece.gone = piece.withdrawn = True
                piece.withdrawn_by = event.by.people
            case _:
                pass

    def _note_version(self, event: EditionAdopted) -> None:
        """What is done again counts no longer; who changes the plan may leave nothing to be done."""
        again = [(event.plan.id, step) for step in event.migration.reopened]
        for piece in self.pieces.values():
            piece.gone |= piece.step in again
        self.closers = (*self.closers, *event.by.people)

    def _note_gate(self, event: Event, now: datetime) -> None:
        match event:
            case GateOpened():
                raised = event.gate.id.startswith("lift-halt-")
                self.open[event.gate.id] = Waiting(event.gate, event.asked_by if raised else self.closers)
            case GateReopened():
                self.open[event.gate.id] = Waiting(event.gate, self._causers(event))
                self.reopened[event.gate.id] = event.because
            case GateWithdrawn():
                del self.open[event.gate]
            case GateEscalated():
                self.open[event.gate].escalated = True
            case VoteCast():
                self._say(event.gate, event.vote, event.by, now)
            case GateDecided():
                del self.open[event.gate]
                self.reopened.pop(event.gate, None)
                self.passed.pop(event.gate, None)
                if event.effect is Effect.PROCEED:
                    self.passed[event.gate] = event
                lapsed = [number for number, it in self.conditions.items() if it.gate == event.gate]
                for number in lapsed:
                    del self.conditions[number]
                self.conditions |= {it.number: it for it in event.conditions}
            case Stopped():
                self.open.clear()
                self.reopened.clear()
            case _:
                pass

    def _causers(self, event: GateReopened) -> tuple[str, ...]:
        """Who withdrew what the gate relied on, as the event names it; else whoever the event names."""
        ref, _, fell = event.because.partition(" was withdrawn: ")
        return self.known()[ref].withdrawn_by if fell else event.asked_by

    def _say(self, gate: str, vote: Vote, by: Actor, now: datetime) -> None:
        waiting = self.open[gate]
        waiting.said[vote.role] = (vote, by, self.in_sight(waiting.gate, now))

    def _note_matter(self, event: Event) -> None:
        match event:
            case ObjectionRaised():
                self.objections[event.number] = event
            case ObjectionAnswered():
                raised = self.objections.pop(event.number)
                assert not set(raised.by.people) & set(event.by.people), "nobody answers their own objection"
            case WaiverAsked():
                self.waivers[event.number] = event
            case WaiverGranted():
                asked = self.waivers[event.number]
                assert not set(asked.by.people) & set(event.by.people), "nobody grants their own waiver"
                rule = self.open[event.gate].gate.waiving
                assert rule is not None
                assert event.role in rule.approvers
                assert event.role in event.by.roles
                self.granted.add(event.number)
                assert len(self.waived(event.gate, event.at)) <= rule.at_once
            case ConditionMet():
                assert event.role == self.conditions.pop(event.number).terms.owner
            case _:
                pass

    def _note_course(self, event: Event) -> None:
        match event:
            case StepCompleted() | StepSkipped():
                self.closers = event.by.people
            case StageEntered():
                self.closers = ()
            case Paused():
                self.pauses.add(event.source)
            case Resumed():
                self.pauses.discard(event.source)
            case Stopped():
                self.stopped = True
            case TechnologyProposed():
                self.proposers, self.pilots = event.by.people, event.proposal.pilots
                self.version = event.proposal.version
            case TechnologyChanged():
                self.version = event.version
            case RolloutReported():
                self.reports[event.report.board] = event.report
            case RolloutStarted() | Directed():
                self.direction = event.direction
            case _:
                pass

    # --- reading it -----------------------------------------------------------------------------------------

    @property
    def told_version(self) -> str:
        """The version of the technology, as this stream knows it."""
        return self.version if self.direction is None else self.direction.version

    @property
    def board(self) -> str | None:
        """The board whose stream this is."""
        return self.stream.rsplit("/", 1)[1] if self.stream.startswith("rollout/") else None

    def known(self) -> dict[str, Piece]:
        """Everything that this stream has on record or was told of."""
        told = [] if self.direction is None else list(self.direction.national)
        told += [entry for report in self.reports.values() for entry in report.evidence]
        found = {
            it.ref: Piece(
                it.ref,
                it.evidence,
                it.version,
                gone=it.withdrawn is not None or it.superseded_by is not None or it.set_aside,
                withdrawn=it.withdrawn is not None,
                withdrawn_by=() if it.withdrawn is None else it.withdrawn.people,
                superseded=it.superseded_by is not None,
            )
            for it in told
        }
        return found | self.pieces

    def places(self, criterion: Criterion) -> dict[str, list[Piece]]:
        """What a criterion asks for, by place."""
        known = self.known()
        if criterion.source == "own":
            refs = {"own": list(self.pieces)}
        elif criterion.source == "national":
            assert self.direction is not None
            refs = {"national": [it.ref for it in self.direction.national]}
        else:
            refs = {
                board: [it.ref for it in report.evidence]
                for board, report in self.reports.items()
                if board in self.pilots and not report.stopped
            }
        return {
            place: [known[ref] for ref in found if known[ref].evidence.id == criterion.evidence]
            for place, found in refs.items()
        }

    def in_sight(self, gate: Gate, now: datetime) -> frozenset[str]:
        """The evidence on which somebody who decides at this moment has to rely."""
        return frozenset(
            piece.ref
            for criterion in gate.criteria
            for found in self.places(criterion).values()
            for piece in found
            if piece.usable(now)
        )

    def waived(self, gate: str, now: datetime) -> dict[int, str]:
        """The criteria of a gate that are waived at this moment, by the waivers' numbers."""
        return {
            number: it.criterion
            for number, it in self.waivers.items()
            if number in self.granted and it.gate == gate and it.until > now
        }
