"""The evidence on record, the version of the technology that it is about, and the checks to be signed."""

from collections.abc import Sequence
from typing import Any

from catalogue.projections.change import Changes
from catalogue.projections.place import Entry, moment, said, whole
from catalogue.projections.tables import CHECKS, EVIDENCE, EXPIRIES, VERSIONS
from domain.check import CheckNeeded
from domain.event import Event
from domain.evidence import (
    CheckSigned,
    Evidence,
    EvidenceAdded,
    EvidenceEvent,
    EvidenceExpired,
    EvidenceWithdrawn,
    digest,
)
from domain.work import StepCompleted


def project_evidence(changes: Changes, entry: Entry, event: EvidenceEvent) -> None:
    """What became of evidence, as it stands in the rows."""
    match event:
        case EvidenceAdded() | CheckSigned():
            _enter(changes, entry, event, event.ref, event.evidence, role=event.role, version=event.version)
            if event.supersedes is not None:
                changes.set(EVIDENCE, event.supersedes, superseded_by=event.ref)
        case EvidenceWithdrawn():
            end = {**said(event, event.role, event.reason), "people": list(event.by.people)}
            changes.set(EVIDENCE, event.ref, withdrawn=end)
        case EvidenceExpired():
            changes.set(EXPIRIES, entry.stream, event.ref, board=entry.board, at=moment(event.at))


def enter_brought(changes: Changes, entry: Entry, event: StepCompleted) -> None:
    """What a completed step brought; the event does not say about which version: see `note_version`."""
    for place, (ref, evidence) in enumerate(zip(event.refs, event.evidence, strict=True)):
        _enter(
            changes,
            entry,
            event,
            ref,
            evidence,
            role=event.role,
            plan=event.plan,
            step=event.step,
            round=event.round,
            place_in_event=place,
        )


def note_version(changes: Changes, entry: Entry, version: str) -> None:
    """The version that what comes from here on is about."""
    changes.set(VERSIONS, entry.stream, entry.sequence, board=entry.board, version=version)


def need_checks(changes: Changes, entry: Entry, checks: Sequence[CheckNeeded]) -> None:
    """The checks that are to be signed in a life."""
    for place, check in enumerate(checks):
        changes.set(
            CHECKS,
            entry.stream,
            check.id,
            technology=entry.technology,
            board=entry.board,
            place=place,
            title=check.title,
            signers=list(check.signers),
            rests_on=list(check.rests_on),
            definition=whole(check),
        )


def _enter(changes: Changes, entry: Entry, event: Event, ref: str, evidence: Evidence, **known: Any) -> None:
    values = {
        "stream": entry.stream,
        "technology": entry.technology,
        "board": entry.board,
        "evidence": evidence.id,
        "kind": evidence.kind,
        "statement": evidence.statement,
        "source": evidence.source,
        "dated": evidence.dated.isoformat(),
        "expires": evidence.expires.isoformat() if evidence.expires else None,
        "content": whole(evidence),
        "digest": digest(evidence),
        "name": event.by.name,
        "at": moment(event.at),
        "sequence": entry.sequence,
        "place_in_event": 0,
    }
    changes.set(EVIDENCE, ref, **(values | known))
