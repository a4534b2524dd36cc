"""The evidence on record, the governance checks and the tests of change."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from catalogue.rows import Json
from catalogue.rows.decisions import Note

Standing = Literal["in force", "expired", "superseded", "withdrawn", "set aside"]
"""Whether a decision may rest on evidence today, or why not."""


@dataclass(frozen=True)
class Evidence:
    """A dated, sourced finding as the register of a life holds it.

    Attributes:
        ref: Its name: ``ccbt-perinatal/fife/dpia-signed/1``.
        stream: The workflow and ledger stream that holds it.
        technology: The technology's slug.
        board: The board's slug, where it is a board's.
        evidence: The slug under which steps and criteria ask for it.
        kind: The kind of finding.
        statement: The finding in one or two sentences.
        source: Where it can be checked.
        dated: The day of the finding.
        expires: The last day on which it holds.
        content: All of it, as ``domain.evidence.Evidence`` is written.
        digest: What its content is known by in decisions.
        version: The version of the technology that it is about.
        plan: The plan of the step that brought it, where one did.
        step: That step.
        name: Who entered it.
        role: In which role.
        at: When.
        superseded_by: The evidence that took its place.
        withdrawn: Who withdrew it, and why.
        standing: ``set aside`` while the step that brought it is done again.
        relied_on: The names of the passed gates that rest on it.
    """

    ref: str
    stream: str
    technology: str
    board: str | None
    evidence: str
    kind: str
    statement: str
    source: str
    dated: date
    expires: date | None
    content: Json
    digest: str
    version: str
    plan: str | None
    step: str | None
    name: str
    role: str
    at: datetime
    superseded_by: str | None
    withdrawn: Note | None
    standing: Standing
    relied_on: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """A governance check that has to be signed in a life.

    Attributes:
        stream: The workflow and ledger stream.
        technology: The technology's slug.
        board: The board's slug, where a board signs it.
        check: The check's slug.
        title: Its name for people.
        signers: The roles of which any may sign.
        rests_on: The evidence that has to be in force before it is accepted.
        independent: Whether nobody who acts for the board may sign.
        signature: The signature in force, accepted or not; ``None`` while there is none.
    """

    stream: str
    technology: str
    board: str | None
    check: str
    title: str
    signers: tuple[str, ...]
    rests_on: tuple[str, ...]
    independent: bool
    signature: Evidence | None


@dataclass(frozen=True)
class Trial:
    """A test of change in a proof of concept.

    Attributes:
        stream: The workflow and ledger stream.
        technology: The technology's slug.
        board: The board's slug.
        trial: Its slug.
        title: What is tried.
        priority: The test-and-learn priority that it serves.
        prediction: What is expected.
        started: Who started it.
        found: The name of the evidence that was found, once it has been studied.
        verdict: ``adopt``, ``adapt`` or ``abandon``, once it has ended.
        decided: Who decided that, and why.
    """

    stream: str
    technology: str
    board: str
    trial: str
    title: str
    priority: str
    prediction: str
    started: Note
    found: str | None
    verdict: str | None
    decided: Note | None
