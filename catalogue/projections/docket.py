"""Gates that wait, what is said at them, what is decided, and what that depends on."""

from typing import Any

from catalogue.projections.change import Changes
from catalogue.projections.place import Entry, moment, said, whole
from catalogue.projections.tables import CONDITIONS, DECISIONS, MATTERS, OBJECTIONS, VOTES, WAIVERS
from domain.docket import (
    ConditionMet,
    DocketEvent,
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


def project_docket(changes: Changes, entry: Entry, event: DocketEvent) -> None:
    """What happened at a gate, as it stands in the rows."""
    match event:
        case GateOpened():
            _open(changes, entry, event, state="open", because=None, halt=event.halt)
        case GateReopened():
            _open(changes, entry, event, state="reopened", because=event.because, halt=None)
        case GateWithdrawn():
            changes.set(MATTERS, entry.stream, event.gate, state=None)
        case GateEscalated():
            changes.set(MATTERS, entry.stream, event.gate, escalated=True)
        case VoteCast():
            _vote(changes, entry, event)
        case GateDecided():
            _decide(changes, entry, event)
        case ObjectionRaised() | ObjectionAnswered():
            _object(changes, entry, event)
        case WaiverAsked() | WaiverGranted():
            _waive(changes, entry, event)
        case ConditionMet():
            changes.set(CONDITIONS, entry.stream, event.number, met=_note(event))


def _open(changes: Changes, entry: Entry, event: GateOpened | GateReopened, **how: Any) -> None:
    changes.set(
        MATTERS,
        entry.stream,
        event.gate.id,
        technology=entry.technology,
        board=entry.board,
        definition=whole(event.gate),
        opened=entry.sequence,
        since=moment(event.at),
        due=moment(event.due) if event.due else None,
        escalated=False,
        asked_by=list(event.asked_by),
        **how,
    )


def _vote(changes: Changes, entry: Entry, event: VoteCast) -> None:
    changes.set(
        VOTES,
        entry.stream,
        event.gate,
        event.vote.role,
        board=entry.board,
        sequence=entry.sequence,
        content=whole(event.vote),
    )


def _decide(changes: Changes, entry: Entry, event: GateDecided) -> None:
    seen = {item.ref: None for judgement in event.judgements for item in judgement.evidence}
    changes.set(MATTERS, entry.stream, event.gate, state=None)
    changes.set(
        DECISIONS,
        entry.stream,
        entry.sequence,
        technology=entry.technology,
        board=entry.board,
        gate=event.gate,
        title=event.title,
        outcome=event.outcome,
        effect=event.effect,
        reason=event.reason,
        at=moment(event.at),
        name=event.by.name,
        role=event.role,
        cycle=event.cycle,
        judgements=[whole(judgement) for judgement in event.judgements],
        votes=[whole(vote) for vote in event.votes],
        waivers=list(event.waivers),
        relied_on=list(seen),
    )
    for condition in event.conditions:
        changes.set(
            CONDITIONS,
            entry.stream,
            condition.number,
            technology=entry.technology,
            board=entry.board,
            gate=event.gate,
            sequence=entry.sequence,
            what=condition.terms.text,
            owner=condition.terms.owner,
            due=moment(condition.terms.due),
        )


def _object(changes: Changes, entry: Entry, event: ObjectionRaised | ObjectionAnswered) -> None:
    if isinstance(event, ObjectionAnswered):
        changes.set(OBJECTIONS, entry.stream, event.number, answered=_note(event))
        return
    changes.set(
        OBJECTIONS,
        entry.stream,
        event.number,
        technology=entry.technology,
        board=entry.board,
        gate=event.gate,
        raised=_note(event),
        people=list(event.by.people),
    )


def _waive(changes: Changes, entry: Entry, event: WaiverAsked | WaiverGranted) -> None:
    if isinstance(event, WaiverGranted):
        changes.set(WAIVERS, entry.stream, event.number, granted=_note(event))
        return
    changes.set(
        WAIVERS,
        entry.stream,
        event.number,
        technology=entry.technology,
        board=entry.board,
        gate=event.gate,
        criterion=event.criterion,
        until=moment(event.until),
        asked=_note(event),
        people=list(event.by.people),
    )


def _note(
    event: ObjectionRaised | ObjectionAnswered | WaiverAsked | WaiverGranted | ConditionMet,
) -> dict[str, Any]:
    return said(event, event.role, event.reason)
