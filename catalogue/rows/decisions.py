"""What is said at gates, and what decisions depend on."""

from dataclasses import dataclass
from datetime import datetime

from catalogue.rows import Json


@dataclass(frozen=True)
class Note:
    """Who said or did something, when, in which role and why."""

    at: datetime
    name: str
    role: str
    reason: str


@dataclass(frozen=True)
class Seen:
    """Exactly which evidence was seen: its name, and what its content is known by."""

    ref: str
    digest: str


@dataclass(frozen=True)
class Judgement:
    """How a criterion was answered: met, not-met, inconclusive or missing.

    Attributes:
        criterion: The criterion's slug.
        title: What it asks, for people.
        required: Whether the gate cannot be passed without it.
        result: The answer.
        why: Why, in a sentence.
        evidence: What it rests on.
    """

    criterion: str
    title: str
    required: bool
    result: str
    why: str
    evidence: tuple[Seen, ...]


@dataclass(frozen=True)
class Vote:
    """What one person said at a gate.

    Attributes:
        role: The seat filled, or the role to which the gate had escalated.
        name: Who.
        people: Whose act it is, where duties are kept apart.
        outcome: The outcome wanted; ``None`` is an abstention.
        reason: Why.
        at: When.
        accepts: For each inconclusive criterion why it may pass.
        terms: What the outcome depends on: ``text``, ``owner`` and ``due`` of each.
        reopen: The steps to do again.
        basis: What the judged evidence was known by; a vote to proceed falls when the evidence changes.
    """

    role: str
    name: str
    people: tuple[str, ...]
    outcome: str | None
    reason: str
    at: datetime
    accepts: dict[str, str]
    terms: tuple[Json, ...]
    reopen: tuple[str, ...]
    basis: str


@dataclass(frozen=True)
class Objection:
    """A concern about passing a gate.

    Attributes:
        stream: The workflow and ledger stream.
        number: Its number there.
        gate: The gate's slug.
        raised: Who raised it, and why.
        people: Whose act that was; none of them answers it.
        answered: Who answered it, and how; ``None`` while it stands in the way.
    """

    stream: str
    number: int
    gate: str
    raised: Note
    people: tuple[str, ...]
    answered: Note | None


@dataclass(frozen=True)
class Waiver:
    """A criterion that need not be met for a time.

    Attributes:
        stream: The workflow and ledger stream.
        technology: The technology's slug.
        board: The board's slug, where it is a board's gate.
        gate: The gate's slug.
        number: Its number in the stream.
        criterion: The criterion's slug.
        until: Until when.
        asked: Who asked for it, and why.
        people: Whose act that was; none of them grants it.
        granted: Who granted it, and why; ``None`` while nobody has.
    """

    stream: str
    technology: str
    board: str | None
    gate: str
    number: int
    criterion: str
    until: datetime
    asked: Note
    people: tuple[str, ...]
    granted: Note | None


@dataclass(frozen=True)
class Condition:
    """What a gate was passed on.

    Attributes:
        stream: The workflow and ledger stream.
        technology: The technology's slug.
        board: The board's slug, where it is a board's gate.
        gate: The gate's slug.
        number: Its number in the stream.
        what: What has to be done.
        owner: The role that does it.
        due: Until when; if it is not done by then, the gate is reopened.
        met: Who said that it is met, and how.
        state: ``open``, ``met``, or ``lapsed`` since the gate was decided again.
    """

    stream: str
    technology: str
    board: str | None
    gate: str
    number: int
    what: str
    owner: str
    due: datetime
    met: Note | None
    state: str
