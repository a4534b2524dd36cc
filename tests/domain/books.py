"""The books of every stream, kept from its events alone, and the laws of decisions that are read from them.

Nothing here asks the rules: what is on record, who said what and what has fallen is worked out once more.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from domain.actor import Actor
from domain.criterion import Criterion, Flag, Judgement, Present, Result, Threshold
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
from domain.event import Event
from domain.evidence import CheckSigned, Evidence, EvidenceAdded, EvidenceWithdrawn, SignOff
from domain.findings.measure import Measure
from domain.gate import Condition, Effect, Gate, Vote
from domain.journey import Paused, Resumed, StageEntered, Stopped
from domain.rollout import Directed, Direction, Report, RolloutStarted
from domain.technology import RolloutReported, TechnologyChanged, TechnologyProposed
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
            case _:
                pass

    def _note_gate(self, event: Event, now: datetime) -> None:
        match event:
            case GateOpened():
                self.open[event.gate.id] = Waiting(event.gate, self.closers)
            case GateReopened():
                self.open[event.gate.id] = Waiting(event.gate)
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


# --- what is passed -----------------------------------------------------------------------------------------


def check_decision(book: Book, event: GateDecided, now: datetime) -> None:
    """Hold a decision against the laws, before it is written down."""
    waiting = book.open[event.gate]
    assert not book.pauses, "nothing is decided in a pause"
    assert not book.stopped
    assert waiting.gate.outcomes[event.outcome] is event.effect
    if event.effect is Effect.PROCEED:
        check_ground(book, waiting, event, now)
        check_way(book, event)
    if event.by.name == "cairn":
        assert waiting.gate.automatic, f"{event.gate} does not open by itself"
        assert event.effect is Effect.PROCEED
        assert all(it.result is Result.MET for it in event.judgements if it.required)
    else:
        check_votes(book, waiting, event, now)


def check_way(book: Book, event: GateDecided) -> None:
    """Nothing stands in the way: no objection, no earlier gate that fell, nobody who holds it up."""
    assert all(it.gate != event.gate for it in book.objections.values()), "passed over an objection"
    assert book.direction is None or not book.direction.held_up, "passed while held up"
    order = list(dict.fromkeys([*book.passed, event.gate]))
    before = order[: order.index(event.gate)] if event.gate in book.reopened else order
    assert not [gate for gate in before if gate in book.reopened and gate != event.gate]


def check_ground(book: Book, waiting: Waiting, event: GateDecided, now: datetime) -> None:
    """Every required criterion that is not waived is answered, by evidence that is in force."""
    known, judged = book.known(), {it.criterion: it for it in event.judgements}
    assert set(judged) == {it.id for it in waiting.gate.criteria}
    waived = set(book.waived(event.gate, now).values())
    for criterion in waiting.gate.criteria:
        judgement = judged[criterion.id]
        check_sight(book, criterion, judgement, known, now)
        if criterion.required and criterion.id not in waived:
            check_answered(book, criterion, judgement, event, now)


def check_sight(
    book: Book, criterion: Criterion, judgement: Judgement, known: dict[str, Piece], now: datetime
) -> None:
    """A decision names all that is in force, and nothing that has fallen."""
    seen = {item.ref for item in judgement.evidence}
    usable = {it.ref for found in book.places(criterion).values() for it in found if it.usable(now)}
    assert usable <= seen
    below = {
        ground.ref
        for ref in usable
        if isinstance(finding := known[ref].evidence.finding, SignOff)
        for ground in finding.rests_on
    }
    assert seen <= usable | below
    assert not [ref for ref in seen if known[ref].withdrawn], "relied on what was withdrawn"


def check_answered(
    book: Book, criterion: Criterion, judgement: Judgement, event: GateDecided, now: datetime
) -> None:
    """What is required is met, or somebody who agreed has said why it may be unclear."""
    usable = {
        place: [it for it in found if it.usable(now)] for place, found in book.places(criterion).items()
    }
    assert any(usable.values()), f"{event.gate} was passed without {criterion.evidence}"
    if judgement.result is Result.INCONCLUSIVE:
        agreed = [vote for vote in event.votes if vote.outcome == event.outcome]
        assert any(vote.accepts.get(criterion.id, "").strip() for vote in agreed)
        return
    assert judgement.result is Result.MET
    good = [place for place, found in usable.items() if found and _all_meet(criterion, found, book, now)]
    assert len(good) >= (criterion.minimum_boards or len(usable))


def _all_meet(criterion: Criterion, found: list[Piece], book: Book, now: datetime) -> bool:
    fresh = [
        it
        for it in found
        if (criterion.fresh_for is None or now.date() - it.evidence.dated <= criterion.fresh_for)
        and (not criterion.same_version or it.version == book.told_version)
    ]
    # What is stale may count as if it were not there; else a person would have had to accept it.
    ignored = criterion.stale == "missing" or len(fresh) == len(found)
    return ignored and bool(fresh) and all(_reaches(criterion, it.evidence) for it in fresh)


def _reaches(criterion: Criterion, evidence: Evidence) -> bool:
    test, finding = criterion.test, evidence.finding
    if isinstance(finding, SignOff):
        return finding.verdict != "refused"
    if isinstance(test, Flag):
        return isinstance(finding, Measure) and finding.value <= test.most
    if not isinstance(test, Threshold):
        return isinstance(test, Present)
    if not isinstance(finding, Measure):
        return False
    enough = criterion.minimum_sample is None or (finding.sample or 0) >= criterion.minimum_sample
    return enough and finding.value >= test.value


def check_votes(book: Book, waiting: Waiting, event: GateDecided, now: datetime) -> None:
    """Enough people agree, nobody counts twice, and nobody decides alone what they asked for."""
    gate, sight = waiting.gate, book.in_sight(waiting.gate, now)
    said = {role: (vote, sight_then) for role, (vote, _, sight_then) in waiting.said.items()}
    last = next(vote for vote in event.votes if vote.role == event.role)
    said[last.role] = (last, sight)
    assert {vote.role: vote for vote in event.votes} == {role: vote for role, (vote, _) in said.items()}
    check_seat(book, gate, last, event.by)
    names = [(role, name) for role, (vote, _) in said.items() for name in vote.people]
    people = [name for _, name in names]
    assert len(set(people)) == len(people), "nobody fills two seats"
    alone = waiting.escalated and last.role in gate.escalates_to
    standing = [
        vote
        for vote, then in said.values()
        if vote.outcome is None or event.effect is not Effect.PROCEED or then == sight
    ]
    agreed = [vote for vote in standing if vote.outcome == event.outcome]
    if alone:
        assert last.outcome == event.outcome
    else:
        assert last.role in {seat.role for seat in gate.seats}
        assert len(agreed) >= gate.quorum, "fewer agree than have to"
        filled = {vote.role: vote.outcome for vote in standing}
        for seat in gate.seats:
            assert not seat.required or seat.role in filled, f"nobody sits for {seat.role}"
            assert not seat.required or filled[seat.role] in {None, event.outcome}
    if event.effect is Effect.PROCEED and (alone or gate.quorum == 1):
        askers = {*book.proposers, *waiting.closers}
        deciders = [last] if alone else agreed
        assert all(not askers & set(vote.people) for vote in deciders), "nobody decides alone on their own"


def check_seat(book: Book, gate: Gate, vote: Vote, by: Actor) -> None:
    """Whoever fills a seat holds its role, acts there, and is independent where it has to be."""
    assert vote.role in by.roles
    assert vote.people == by.people
    assert by.boards == "all" or (book.board is not None and book.board in by.boards)
    for seat in gate.seats:
        if seat.role == vote.role and seat.independent and book.board is not None:
            assert by.boards == "all", "assured by somebody of the board"


# --- what has fallen ----------------------------------------------------------------------------------------


def fallen(book: Book, gate: str, now: datetime, known: dict[str, Piece]) -> Iterator[str]:
    """Everything for which a passed gate has to be decided again, as far as it is known."""
    decided = book.passed[gate]
    for ref in sorted(seen_at(decided)):
        if ref in known and known[ref].withdrawn:
            yield f"{ref} was withdrawn"
    for it in book.conditions.values():
        if it.gate == gate and it.terms.due <= now:
            yield f"condition {it.number} is not met"
    waived = book.waived(gate, now)
    for number in decided.waivers:
        name = book.waivers[number].criterion
        if number not in waived and name not in waived.values() and not about(decided, name, known):
            yield f"waiver {number} has run out and nothing was brought"
    for judgement in decided.judgements:
        name = judgement.criterion
        moved = any(item.ref in known and known[item.ref].superseded for item in judgement.evidence)
        if moved and judgement.required and name not in waived.values() and not about(decided, name, known):
            yield f"what took the place of the ground of {name} is gone"


def seen_at(decided: GateDecided) -> set[str]:
    """The evidence that a decision has seen."""
    return {item.ref for judgement in decided.judgements for item in judgement.evidence}


def about(decided: GateDecided, criterion: str, known: dict[str, Piece]) -> list[str]:
    """What stands of the kind that a decision has seen for a criterion, expired or not."""
    judgement = next(it for it in decided.judgements if it.criterion == criterion)
    kinds = {item.ref.rpartition("/")[0] for item in judgement.evidence}
    # Where nothing was seen it is not known here what would have been.
    if not kinds:
        return ["unknown"]
    return [ref for ref, piece in known.items() if ref.rpartition("/")[0] in kinds and not piece.gone]


def may_have_fallen(book: Book, event: GateReopened, now: datetime, known: dict[str, Piece]) -> bool:
    """Whether anything happened at all that can reopen a gate."""
    decided = book.passed[event.gate.id]
    pieces = [known[ref] for ref in sorted(seen_at(decided)) if ref in known]
    bound = any(criterion.same_version for criterion in event.gate.criteria)
    moved = any(it.superseded or (bound and it.version != book.told_version) for it in pieces)
    lapsed = any(book.waivers[number].until <= now for number in decided.waivers)
    return moved or lapsed or any(fallen(book, event.gate.id, now, known))


@dataclass
class Books:
    """The books of every stream."""

    by_stream: dict[str, Book] = field(default_factory=dict)

    def of(self, stream: str) -> Book:
        """The book of one stream."""
        return self.by_stream.setdefault(stream, Book(stream))

    def note(self, stream: str, event: Event) -> None:
        """Hold an event against the laws, and write it down."""
        book, now = self.of(stream), event.at
        if isinstance(event, GateDecided):
            check_decision(book, event, now)
        if isinstance(event, VoteCast):
            check_seat(book, book.open[event.gate].gate, event.vote, event.by)
        if isinstance(event, GateReopened):
            assert event.gate.id not in book.open
            assert event.because.strip()
            assert may_have_fallen(book, event, now, book.known()), "reopened without a cause"
        book.note(event, now)

    def check_fallen(self, stream: str, now: datetime) -> None:
        """Every gate whose ground has fallen, as far as this stream knows, waits to be decided again."""
        book = self.of(stream)
        for gate in book.passed:
            if gate not in book.reopened and not book.stopped:
                assert not list(fallen(book, gate, now, book.known())), f"{gate} rests on what has fallen"

    def check_delivered(self, stream: str, now: datetime) -> None:
        """Every gate that rests on what anybody has withdrawn waits to be decided again: all have heard."""
        book = self.of(stream)
        everything = {ref: piece for other in self.by_stream.values() for ref, piece in other.pieces.items()}
        for gate in book.passed:
            if gate not in book.reopened and not book.stopped:
                found = [it for it in fallen(book, gate, now, everything) if "withdrawn" in it]
                assert not found, f"{gate} of {stream} rests on what was withdrawn elsewhere"
