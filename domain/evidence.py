"""Evidence: dated, sourced findings on record; never edited, only superseded or withdrawn.

Every life keeps a register of the evidence that was brought to it. What stands in it stays there, so that a
decision can always be held against exactly what was seen.
"""

import hashlib
import json
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.event import Command, Event
from domain.findings import Finding
from domain.refusal import Refusal
from domain.value import Fact, Instant, Slug, Tagged

Source = Literal["own", "pilots", "national"]
"""Whose evidence it is: of the life that asks, of its pilot boards, or of the national programme."""

OWN: Source = "own"
NATIONAL: Source = "national"


class Verdict(StrEnum):
    """How a governance check was signed."""

    ACCEPTED = "accepted"
    CONDITIONAL = "conditional"
    REFUSED = "refused"


class Seen(Fact):
    """Exactly which evidence was seen: its name, and what its content is known by."""

    ref: str
    digest: str


class SignOff(Tagged, Fact):
    """A governance check was signed; only signing the check brings it about.

    Attributes:
        verdict: Accepted, accepted on terms, or refused.
        terms: On what terms, where it is conditional.
        rests_on: The evidence that was before whoever signed.
    """

    kind: Literal["sign-off"] = "sign-off"
    verdict: Verdict
    terms: str = ""
    rests_on: tuple[Seen, ...] = ()


SIGN_OFF = "sign-off"
"""The kind of evidence that only signing a check brings about."""

ATTESTATION = "attestation"
"""The kind of evidence that is a statement alone: whoever brings it stands for it."""

Found = Annotated[Finding | SignOff, Field(discriminator="kind")]
"""What a piece of evidence says: figures, a document, a statement, or a signature under a check."""


class Evidence(Fact):
    """A dated, sourced finding.

    Attributes:
        id: The slug under which a step or a criterion asks for it.
        statement: The finding in one or two sentences: aggregates only.
        source: Where it can be checked: a document, a report, a register.
        dated: The day of the finding, not of its entry.
        expires: The last day on which it holds; ``None`` where time alone does not end it.
        finding: What it says, as figures or by reference; without one it is an attestation.
    """

    id: Slug
    statement: str
    source: str
    dated: date
    expires: date | None = None
    finding: Found | None = None

    @property
    def kind(self) -> str:
        """The kind of finding that it is."""
        return ATTESTATION if self.finding is None else self.finding.kind


class Withdrawal(Fact):
    """The end of a piece of evidence: since when, why and by whom; ``people`` is whose act it was."""

    at: Instant
    reason: str
    name: str
    role: str
    people: tuple[str, ...] = ()


class Entry(Fact):
    """A piece of evidence as the register holds it.

    Attributes:
        ref: Its name: ``ccbt-perinatal/fife/dpia-signed/1``.
        evidence: What was found.
        at: When it was entered.
        name: Who entered it.
        role: In which role.
        version: The version of the technology that it is about.
        plan: The plan of the step that brought it, where one did.
        step: That step.
        set_aside: Whether that step is being done again, so that this no longer counts.
        superseded_by: The evidence that took its place.
        withdrawn: Its end, where it was withdrawn.
    """

    ref: str
    evidence: Evidence
    at: Instant
    name: str
    role: str
    version: str
    plan: str | None = None
    step: str | None = None
    set_aside: bool = False
    superseded_by: str | None = None
    withdrawn: Withdrawal | None = None


Register = dict[str, Entry]
"""The evidence on record by its name, in the order in which it came."""

Held = dict[str, tuple[Entry, ...]]
"""Evidence by place: ``own``, ``national``, or a pilot board's slug."""


# --- commands and events ------------------------------------------------------------------------------------


class AddEvidence(Command):
    """Bring a finding that no step asked for, or a better one in the place of another.

    Attributes:
        evidence: What was found.
        supersedes: The name of the evidence whose place it takes.
    """

    evidence: Evidence
    supersedes: str | None = None


class WithdrawEvidence(Command):
    """Say that a finding does not hold; every gate that relied on it is reopened.

    Attributes:
        ref: The evidence's name.
        reason: Why it does not hold.
    """

    ref: str
    reason: str


class SignCheck(Command):
    """Sign a governance check.

    Attributes:
        check: The check's slug.
        verdict: Accepted, accepted on terms, or refused.
        terms: On what terms, where it is conditional.
        statement: What was checked and found.
        source: Where that can be read.
        dated: The day of the signature.
    """

    check: Slug
    verdict: Verdict
    terms: str = ""
    statement: str
    source: str
    dated: date


class EvidenceAdded(Event):
    """A finding was entered; one that it supersedes no longer counts."""

    kind: Literal["evidence-added"] = "evidence-added"
    ref: str
    role: str
    version: str
    evidence: Evidence
    supersedes: str | None = None


class CheckSigned(Event):
    """A governance check was signed; a signature before it no longer counts."""

    kind: Literal["check-signed"] = "check-signed"
    ref: str
    role: str
    version: str
    evidence: Evidence
    supersedes: str | None = None


class EvidenceWithdrawn(Event):
    """A finding was withdrawn."""

    kind: Literal["evidence-withdrawn"] = "evidence-withdrawn"
    ref: str
    role: str
    reason: str


class EvidenceExpired(Event):
    """It was noticed that a finding on which something rests has expired."""

    kind: Literal["evidence-expired"] = "evidence-expired"
    ref: str


EvidenceEvent = EvidenceAdded | CheckSigned | EvidenceWithdrawn | EvidenceExpired


# --- questions ----------------------------------------------------------------------------------------------


def digest(evidence: Evidence) -> str:
    """What a piece of evidence is known by: a SHA-256 over its content, whatever the order of its fields.

    What was left out does not count, so that a field that a later release adds changes no digest.
    """
    content = {"kind": evidence.kind, **evidence.model_dump(mode="json", exclude_defaults=True)}
    written = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def seen(entry: Entry) -> Seen:
    """The evidence as a decision refers to it."""
    return Seen(ref=entry.ref, digest=digest(entry.evidence))


def grounds(entry: Entry) -> tuple[Seen, ...]:
    """The evidence, and what a signature in its turn rests on."""
    finding = entry.evidence.finding
    return (seen(entry), *(finding.rests_on if isinstance(finding, SignOff) else ()))


def stands(entry: Entry) -> bool:
    """Whether nobody has taken it back: neither withdrawn, nor superseded, nor to be brought again."""
    return entry.withdrawn is None and entry.superseded_by is None and not entry.set_aside


def has_expired(entry: Entry, today: date) -> bool:
    """Whether its last day has passed."""
    return entry.evidence.expires is not None and today > entry.evidence.expires


def in_force(entry: Entry, today: date) -> bool:
    """Whether a decision may rest on it today."""
    return stands(entry) and not has_expired(entry, today)


# --- what can be refused ------------------------------------------------------------------------------------


def check_dates(evidence: Evidence, today: date) -> Refusal | None:
    """Refuse evidence from a day still to come, or that has expired already."""
    if evidence.dated > today:
        return Refusal(
            code="evidence-in-future",
            message=f'Evidence "{evidence.id}" is dated {evidence.dated}, a day still to come: correct it.',
        )
    if evidence.expires is not None and evidence.expires < max(today, evidence.dated):
        return Refusal(
            code="evidence-expired",
            message=f'Evidence "{evidence.id}" expired on {evidence.expires}: bring what is in force.',
        )
    return None


def check_kind(evidence: Evidence, wanted: str | None) -> Refusal | None:
    """Refuse evidence that is not the kind of finding that was asked for, or a signature brought by hand."""
    if isinstance(evidence.finding, SignOff):
        return Refusal(
            code="not-to-be-brought",
            message=f'Evidence "{evidence.id}" is a signature, which only signing the check brings about: '
            "sign it with `check sign`.",
        )
    if wanted is not None and evidence.kind != wanted:
        return Refusal(
            code="wrong-kind",
            message=f'Evidence "{evidence.id}" has to be of the kind {wanted} and is {evidence.kind}: '
            "bring the figures or the reference that are asked for.",
        )
    return None


# --- applying what happened ---------------------------------------------------------------------------------


def enter(register: Register, entry: Entry, supersedes: str | None = None) -> Register:
    """The register with one more entry, which takes the place of another where it says so."""
    changed = {**register, entry.ref: entry}
    if supersedes is not None and supersedes in register:
        changed[supersedes] = register[supersedes].model_copy(update={"superseded_by": entry.ref})
    return changed


def set_aside(register: Register, plan: str, step: str) -> Register:
    """The register after a step was reopened: what it had brought no longer counts."""
    return {
        ref: entry.model_copy(update={"set_aside": True})
        if (entry.plan, entry.step) == (plan, step) and not entry.set_aside
        else entry
        for ref, entry in register.items()
    }


def next_ref(register: Register, place: str, evidence: str) -> str:
    """The name of the next evidence of that slug.

    Args:
        register: What is on record.
        place: Whose register it is: ``ccbt-perinatal/fife``.
        evidence: The evidence's slug.
    """
    same = sum(entry.evidence.id == evidence for entry in register.values())
    return f"{place}/{evidence}/{same + 1}"


def refs_for(register: Register, place: str, brought: tuple[Evidence, ...]) -> tuple[str, ...]:
    """The names of evidence of different slugs that is brought together."""
    return tuple(next_ref(register, place, evidence.id) for evidence in brought)
