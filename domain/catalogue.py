"""The reference data of a programme: its frame, roles, boards and catalogue of services.

Nothing here decides; it is what decisions and reports refer to. Every figure carries its source and date, and
what is not known is left out rather than guessed.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from domain.capacity import (
    CAPACITY_LIMIT,
    EVERY_BOARD,
    Draws,
    Lane,
    Limits,
    Serving,
    at_board,
    national,
    of_role,
)
from domain.partial_date import PartialDate
from domain.plan import EvidenceAsked
from domain.procurement import Contract
from domain.value import Line, Slug, Value

BoardCode = Annotated[str, StringConstraints(pattern=r"^S08\d{6}$")]
"""A health board's nine-character geography code (GSS)."""


class Source(Value):
    """A place where a figure or a fact can be checked; cited by its title.

    Attributes:
        title: The name under which figures and facts cite it.
        publisher: Who published it.
        url: Where it stands, when known.
        published: When it was published, when it says so.
        read: The day it was read; figures of an undated source carry this day.
        note: What a reader has to know before relying on it.
    """

    title: Line
    publisher: Line
    url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    published: PartialDate | None = None
    read: date | None = None
    note: str | None = None


class Term(Value):
    """One named part of the programme's frame, such as an area of work."""

    id: Slug
    name: Line


class Priority(Term):
    """One thing that every test and learn has to cover, with the findings in which it ends.

    Attributes:
        outputs: What each pilot brings of it, and what the standardised approach draws on.
    """

    outputs: tuple[EvidenceAsked, ...] = Field(min_length=1)


class Frame(Value):
    """The terms in which the programme describes its work; steps and reports are tagged with their ids.

    Attributes:
        levels: At which work is done.
        areas: Areas of work.
        priorities: What every test and learn has to cover.
        sections: What every playbook has to fill.
        themes: What the programme is organised by.
        outcomes: What the programme is for.
        inputs: Areas that need sustained input.
    """

    levels: tuple[Term, ...] = Field(min_length=1)
    areas: tuple[Term, ...] = Field(min_length=1)
    priorities: tuple[Priority, ...] = Field(min_length=1)
    sections: tuple[Term, ...] = Field(min_length=1)
    themes: tuple[Term, ...] = Field(min_length=1)
    outcomes: tuple[Term, ...] = Field(min_length=1)
    inputs: tuple[Term, ...] = Field(min_length=1)


class Role(Value):
    """A role that owns steps, decides at gates or signs checks; never a person."""

    id: Slug
    name: Line
    level: Slug


class Region(StrEnum):
    """The planning regions of Scotland's boards."""

    NORTH = "north"
    EAST = "east"
    WEST = "west"


class Islands(StrEnum):
    """How much of a board's area is islands; it decides where the island assessment applies."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


class Population(Value):
    """How many people live in a board's area."""

    value: int = Field(gt=0)
    date: date
    source: Line


class Board(Value):
    """A territorial health board.

    Attributes:
        id: The board's slug, part of its rollouts' ids.
        name: Its name with the prefix ``NHS``.
        gss: Its current geography code.
        region: Its planning region.
        islands: How much of it is islands.
        population: How many people live there.
        retired_codes: Codes under which old extracts still know it.
    """

    id: Slug
    name: Line
    gss: BoardCode
    region: Region
    islands: Islands
    population: Population
    retired_codes: tuple[BoardCode, ...] = ()


class Figure(Value):
    """A dated, sourced number.

    Attributes:
        measure: What is counted.
        value: How many.
        unit: Of what.
        lower_bound: Whether the source says "over" or "more than".
        period: Over what time; ``None`` where the source does not say.
        source: The title of its source.
        date: The day it describes, or on which an undated source was read.
    """

    measure: Line
    value: int | float
    unit: Line
    lower_bound: bool = False
    period: Literal["week", "month", "year", "since start"] | None = None
    source: Line
    date: date


class KnownFact(Value):
    """A sourced statement about an entity."""

    text: str
    source: Line
    date: PartialDate


class Coverage(Value):
    """Where an entity is offered; being offered does not say that it is used.

    Attributes:
        extent: ``all`` boards, ``some`` of them, ``none``, or ``national``: offered directly to everyone.
        boards: Which boards, where it is some.
        note: What qualifies the statement.
        source: The title of its source.
        date: When it was so.

    Raises:
        ValueError: The extent is some boards and none is named, or another and some are.
    """

    extent: Literal["all", "some", "none", "national"]
    boards: tuple[Slug, ...] = ()
    note: str | None = None
    source: Line
    date: PartialDate

    @model_validator(mode="after")
    def _boards_are_named_where_it_is_some(self) -> Self:
        if (self.extent == "some") != bool(self.boards):
            raise ValueError(
                f'coverage "{self.extent}" names {len(self.boards)} boards: '
                'name the boards where the extent is "some", and only there'
            )
        return self


class Relation(Value):
    """What an entity depends on, and how: if that fails, this is affected."""

    entity: Slug
    kind: Literal[
        "delivered-on",
        "staffed-by",
        "staffed-under",
        "led-by",
        "reports-through",
        "trained-through",
        "extends",
    ]


class Withdrawal(Value):
    """The end of an entity at a board.

    Attributes:
        board: The board.
        on: The day from which it was no longer offered there.
        replaced_by: The entity that took its place.
        source: The title of its source.
    """

    board: Slug
    on: date
    replaced_by: Slug | None = None
    source: Line


class EntityKind(StrEnum):
    """What a catalogue entry is."""

    SERVICE = "service"
    INFRASTRUCTURE = "infrastructure"
    RESOURCE = "resource"


Access = Literal["referral", "self-referral", "open"]
"""How people reach a service; ``open`` needs no referral of any kind."""


class Entity(Value):
    """One entry of the catalogue.

    Attributes:
        id: The entry's slug.
        name: Its name for people.
        kind: A service, infrastructure that services depend on, or an online resource.
        category: The category it belongs to.
        status: Whether it is live or retired.
        summary: What it is, in a sentence.
        audience: For whom, where that is stated.
        access: How people reach it, where that is stated for this entry.
        owner: The role that answers for it.
        levels: The levels at which it is run.
        depends_on: What it depends on.
        coverage: Where it is offered, where that is stated.
        facts: What else is known about it.
        figures: Its baseline figures.
        contracts: The contracts under which it is bought.
        withdrawals: Where it has ended.
    """

    id: Slug
    name: Line
    kind: EntityKind
    category: Slug
    status: Literal["live", "retired"] = "live"
    summary: Line
    audience: Line | None = None
    access: tuple[Access, ...] = ()
    owner: Slug
    levels: tuple[Slug, ...] = Field(min_length=1)
    depends_on: tuple[Relation, ...] = ()
    coverage: Coverage | None = None
    facts: tuple[KnownFact, ...] = ()
    figures: tuple[Figure, ...] = ()
    contracts: tuple[Contract, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()


class Category(Value):
    """A kind of entities, with what is stated about them together and not one by one.

    Attributes:
        id: The category's slug.
        name: Its name for people.
        summary: What its entities have in common, in a sentence.
        access: How people reach its entities, where the source says so for all of them together.
        figures: Baseline figures over all its entities.
    """

    id: Slug
    name: Line
    summary: Line
    access: tuple[Access, ...] = ()
    figures: tuple[Figure, ...] = ()


PerLane = dict[Lane, Annotated[int, Field(ge=0, le=CAPACITY_LIMIT)]]
"""How much in each lane; a lane that is not in it has no limit."""


class Capacity(Value):
    """How much the programme does at the same time in each lane, and why.

    Attributes:
        national: How much over all boards.
        every_board: How much at a board without limits of its own.
        boards: How much at boards with limits of their own.
        roles: How much work of either lane a scarce role carries.
        draws: The roles that a board draws on which implements, and one that is live.
        serving: How the queue is served.
        reason: Why this much.
        source: The title of its source.
        date: When it was set.
    """

    national: PerLane
    every_board: PerLane = Field(default_factory=dict)
    boards: dict[Slug, PerLane] = Field(default_factory=dict)
    roles: dict[Slug, Annotated[int, Field(ge=0, le=CAPACITY_LIMIT)]] = Field(default_factory=dict)
    draws: Draws = Field(default_factory=dict)
    serving: Serving
    reason: str
    source: Line
    date: date

    @property
    def limits(self) -> Limits:
        """How much there is of everything, by the names that the office knows."""
        boards = {EVERY_BOARD: self.every_board, **self.boards}
        return {
            **{national(lane): most for lane, most in self.national.items()},
            **{at_board(board, lane): most for board in boards for lane, most in boards[board].items()},
            **{of_role(role): most for role, most in self.roles.items()},
        }
