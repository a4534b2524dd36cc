"""Gates: decisions that people take together on evidence, and the record of each."""

from datetime import timedelta
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from domain.criterion import Criterion, Judgement
from domain.value import Fact, Instant, Line, Slug, Value


class Effect(StrEnum):
    """What an outcome does to the life that waits at the gate."""

    PROCEED = "proceed"
    REPEAT = "repeat"
    STOP = "stop"


class Seat(Value):
    """A role that has a say in a decision; it is filled by one person at a time.

    Attributes:
        role: The role.
        required: Whether nothing is decided without it; whoever fills it may abstain.
        independent: Whether it assures the work of a board, so that nobody who acts for that board fills it.
    """

    role: Slug
    required: bool = False
    independent: bool = False


class Waiving(Value):
    """How a criterion may be waived.

    Attributes:
        approvers: The roles that may grant a waiver; never to the person who asked for it.
        at_once: How many may be in force at the same time.
        longest: For how long one may be granted.
    """

    approvers: tuple[Slug, ...] = Field(min_length=1)
    at_once: int = Field(default=1, ge=1)
    longest: timedelta = Field(default=timedelta(days=90), gt=timedelta(0))


class Gate(Value):
    """A decision point.

    Attributes:
        id: The gate's slug.
        title: Its name for people.
        question: What has to be decided.
        seats: Who has a say.
        quorum: How many of them have to agree on an outcome; abstentions do not count.
        outcomes: Each possible outcome with its effect.
        criteria: What is asked of the evidence before an outcome that proceeds.
        time_limit: After how long it escalates.
        escalates_to: The roles that may then decide alone.
        waiving: How a criterion may be waived; not at all unless given.
        automatic: Whether it opens by itself once every criterion is met.

    Raises:
        ValueError: A role has two seats, a criterion stands twice, the quorum is larger than the seats are
            many, or a gate that escalates does not say to whom, or names one of its own seats.
    """

    id: Slug
    title: Line
    question: Line
    seats: tuple[Seat, ...] = Field(min_length=1)
    quorum: int = Field(default=1, ge=1)
    outcomes: dict[Slug, Effect] = Field(min_length=1)
    criteria: tuple[Criterion, ...] = ()
    time_limit: timedelta | None = Field(default=None, gt=timedelta(0))
    escalates_to: tuple[Slug, ...] = ()
    waiving: Waiving | None = None
    automatic: bool = False

    @model_validator(mode="after")
    def _can_be_decided(self) -> Self:
        for what, names in (
            ("seat", [seat.role for seat in self.seats]),
            ("criterion", [criterion.id for criterion in self.criteria]),
        ):
            for name in names:
                if names.count(name) > 1:
                    raise ValueError(f'{what} "{name}" stands twice at gate "{self.id}": keep one')
        if self.quorum > len(self.seats):
            raise ValueError(
                f'gate "{self.id}" asks {self.quorum} to agree and has {len(self.seats)} seats: '
                "lower the quorum or add seats"
            )
        if (self.time_limit is None) != (not self.escalates_to):
            raise ValueError(
                f'gate "{self.id}" has only one of time_limit and escalates_to: give both or neither'
            )
        if seated := [role for role in self.escalates_to if role in self.decides]:
            raise ValueError(
                f'gate "{self.id}" escalates to {", ".join(seated)}, who has a seat there and decides with '
                "others: name another role"
            )
        return self

    @property
    def decides(self) -> tuple[str, ...]:
        """The roles that have a say."""
        return tuple(seat.role for seat in self.seats)


class Terms(Value):
    """What a conditional go depends on.

    Attributes:
        text: What has to be done.
        owner: The role that does it.
        due: Until when; if it is not done by then, the gate is reopened.
    """

    text: str
    owner: Slug
    due: Instant


class Vote(Fact):
    """What one person said at a gate.

    Attributes:
        role: The seat filled, or the role to which the gate had escalated.
        name: Who.
        people: Whose act it is, where duties are kept apart.
        outcome: The outcome wanted; ``None`` is an abstention.
        reason: Why.
        at: When.
        accepts: For each inconclusive criterion why it may pass.
        terms: What the outcome depends on.
        reopen: The steps to do again, for an outcome that repeats.
        basis: What the judged evidence is known by; a vote to proceed falls when the evidence changes.
    """

    role: str
    name: str
    people: tuple[str, ...]
    outcome: str | None
    reason: str
    at: Instant
    accepts: dict[str, str] = Field(default_factory=dict)
    terms: tuple[Terms, ...] = ()
    reopen: tuple[str, ...] = ()
    basis: str = ""


class Note(Fact):
    """Who said or did something, when, in which role and why."""

    at: Instant
    name: str
    role: str
    reason: str


class Objection(Fact):
    """A concern about passing a gate, which somebody else has to answer first."""

    number: int
    gate: str
    raised: Note
    people: tuple[str, ...]
    answered: Note | None = None


class Waiver(Fact):
    """A criterion that need not be met for a time."""

    number: int
    gate: str
    criterion: str
    until: Instant
    asked: Note
    people: tuple[str, ...]
    granted: Note | None = None


class Condition(Fact):
    """What a gate was passed on: it has to be met in time; a later decision there may do away with it."""

    number: int
    gate: str
    terms: Terms
    met: Note | None = None
    lapsed: bool = False


class OpenGate(Fact):
    """A gate that waits for its decision.

    Attributes:
        gate: The gate.
        since: Since when.
        asked_by: The people who brought it about; none of them decides it alone.
        due: When it escalates.
        lost: For how long it was paused; that time does not count.
        because: Why it was reopened, where it had been passed.
        owned_by: The role that owns what is decided on; whoever holds it does not decide alone either.
        escalated: Whether it has escalated.
        votes: What was said so far, by role.
    """

    gate: Gate
    since: Instant
    asked_by: tuple[str, ...] = ()
    due: Instant | None = None
    lost: timedelta = timedelta(0)
    because: str | None = None
    owned_by: str | None = None
    escalated: bool = False
    votes: dict[str, Vote] = Field(default_factory=dict)

    @property
    def may_decide(self) -> tuple[str, ...]:
        """The roles that have a say at present."""
        return (*self.gate.decides, *(self.gate.escalates_to if self.escalated else ()))


class Decision(Fact):
    """What was decided at a gate: by whom, when, why and on what.

    Attributes:
        gate: The gate's slug.
        title: Its name for people.
        outcome: The outcome chosen.
        effect: What it does.
        reason: Why, in the words of whoever completed the decision.
        at: When.
        name: Who completed it.
        role: In which role.
        cycle: The cycle of test and learn in which it was taken, from 1.
        judgements: How each criterion was answered, and by exactly which evidence.
        votes: What everybody said who had a say.
        waivers: The numbers of the waivers on which it rests.
    """

    gate: str
    title: str
    outcome: str
    effect: Effect
    reason: str
    at: Instant
    name: str
    role: str
    cycle: int
    judgements: tuple[Judgement, ...] = ()
    votes: tuple[Vote, ...] = ()
    waivers: tuple[int, ...] = ()

    @property
    def relied_on(self) -> frozenset[str]:
        """The names of the evidence that was seen."""
        return frozenset(item.ref for judgement in self.judgements for item in judgement.evidence)
