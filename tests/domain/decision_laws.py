"""What must always hold of decisions, read from the books: of what is passed, and of what has fallen."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from domain.actor import ENGINE, Actor
from domain.criterion import Criterion, Flag, Judgement, Present, Result, Threshold
from domain.docket import (
    GateDecided,
    GateReopened,
    VoteCast,
)
from domain.event import Event
from domain.evidence import Evidence, SignOff
from domain.findings.measure import Measure
from domain.gate import Effect, Gate, Vote
from tests.domain.books import Book, Piece, Waiting
from tests.domain.halt_laws import is_release

# --- what is passed -----------------------------------------------------------------------------------------


def check_decision(book: Book, event: GateDecided, now: datetime) -> None:
    """Hold a decision against the laws, before it is written down."""
    waiting = book.open[event.gate]
    assert not book.pauses or is_release(event.gate), "nothing but a release is decided in a pause"
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
    if is_release(event.gate) and event.gate not in book.reopened:
        return
    first = event.gate == "go-live" and event.gate not in book.reopened
    ready = book.direction is None or not book.direction.awaits
    assert ready or not first, "went live before its infrastructure was ready"
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
            assert ENGINE.name not in event.asked_by
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
