"""Which files make a programme, what each may hold, and which of its words refer to something elsewhere.

Paths name places in a file: ``steps.*.owner`` is the owner of every step; ``@`` stands for the keys of a
mapping instead of its values.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath

from pydantic import Field

from domain.barrier import BarrierPolicy
from domain.calendar import DAY
from domain.catalogue import Board, Capacity, Category, Entity, Frame, Role, Source
from domain.gate import Gate
from domain.governance import Check, Trait
from domain.halt import HaltPolicy
from domain.journey import FIRST_VERSION, Authority
from domain.measures import Measures
from domain.mitigation import BarrierCategory, Strategy
from domain.plan import Plan
from domain.playbook import Playbook
from domain.proposal import Wave, WaveRule
from domain.reminders import Reminders
from domain.value import Line, Slug, Value
from programme.calendar import CalendarSheet
from programme.document import Document


class PaceSheet(Value):
    """How time counts, beside the calendar."""

    day: timedelta = Field(default=DAY, gt=timedelta(0))
    at_risk_share: float = Field(default=0.8, gt=0, lt=1)


class OfficeSheet(Value):
    """``programme.yaml``: the programme office."""

    id: Slug
    name: Line
    capacity: Capacity
    pace: PaceSheet = PaceSheet()
    calendar: CalendarSheet | None = None
    reminders: Reminders | None = None
    authority: Authority
    halting: HaltPolicy
    sources: tuple[Source, ...] = Field(min_length=1)


class RolesSheet(Value):
    """``roles.yaml``."""

    roles: tuple[Role, ...] = Field(min_length=1)


class BoardsSheet(Value):
    """``boards.yaml``."""

    boards: tuple[Board, ...] = Field(min_length=1)


class ChecksSheet(Value):
    """``checks.yaml``."""

    checks: tuple[Check, ...]


class GatesSheet(Value):
    """``gates.yaml``."""

    gates: tuple[Gate, ...] = Field(min_length=1)


class CatalogueSheet(Value):
    """One file of ``catalogue/``: a category and its entities."""

    category: Category
    entities: tuple[Entity, ...] = Field(min_length=1)


class BarriersSheet(Value):
    """``barriers.yaml``: what hinders, what can be done about it, and when it is brought to others."""

    handling: BarrierPolicy
    strategies: tuple[Strategy, ...]
    categories: tuple[BarrierCategory, ...] = Field(min_length=1)


class GateNames(Value):
    """Which gate stands at which point of a technology's life and of its rollouts."""

    begin: Slug
    scale: Slug
    approve_playbook: Slug
    release: Slug
    go_live: Slug
    handover: Slug
    sustain: Slug
    release_halt: Slug


class Basis(Value):
    """A statement on which a proposal rests, with its source."""

    statement: str
    source: Line


class ProposalSheet(Value):
    """One file of ``technologies/``: a proposal that names its plans and gates instead of holding them."""

    technology: Slug
    service: Slug
    title: Line
    summary: str
    version: Line = FIRST_VERSION
    traits: tuple[Trait, ...] = ()
    pilots: tuple[Slug, ...] = Field(min_length=1)
    waves: tuple[Wave, ...] = ()
    wave_rule: WaveRule = WaveRule()
    assessment: Slug
    proof_of_concept: Slug
    standardisation: Slug
    sustain: Slug
    workstreams: dict[Slug, Slug] = Field(default_factory=dict)
    board_workstreams: dict[Slug, Slug] = Field(default_factory=dict)
    go_live_needs: tuple[Slug, ...] = ()
    gates: GateNames
    replaces: Slug | None = None
    basis: tuple[Basis, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file.

    Attributes:
        name: What a file of this kind is called in messages.
        pattern: Which files are of this kind; a star stands for any number of them.
        shape: What it may hold.
        defines: The places at which it defines names, by what they name.
        refers: The places at which it refers to names, with what they name.
    """

    name: str
    pattern: str
    shape: type[Value]
    defines: tuple[tuple[str, str], ...] = ()
    refers: tuple[tuple[str, str], ...] = ()

    @property
    def single(self) -> bool:
        """Whether a programme has exactly one such file."""
        return "*" not in self.pattern


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that could be read, and what kind it is."""

    kind: Kind
    document: Document


def _step_places(plan: str) -> tuple[tuple[str, str], ...]:
    tags = (
        ("owner", "role"),
        ("area", "area"),
        ("input", "input"),
        ("level", "level"),
        ("priority", "priority"),
        ("section", "section"),
        ("draws_on.*", "evidence"),
        ("provides", "entity"),
        ("evidence.*.finding", "kind of finding"),
    )
    return tuple((f"{plan}steps.*.{key}", target) for key, target in tags)


OFFICE = Kind(
    "programme",
    "programme.yaml",
    OfficeSheet,
    defines=(("sources.*.title", "source"), ("halting.evidence.*.id", "evidence")),
    refers=(
        ("authority.national.*", "role"),
        ("authority.board.*", "role"),
        ("halting.roles.*", "role"),
        ("halting.evidence.*.finding", "kind of finding"),
        ("capacity.source", "source"),
        ("calendar.holidays.source", "source"),
        ("calendar.holidays.add.*.boards.*", "board"),
        ("calendar.holidays.add.*.source", "source"),
        ("calendar.holidays.remove.*.boards.*", "board"),
        ("calendar.holidays.remove.*.source", "source"),
        ("calendar.leave.*.boards.*", "board"),
        ("calendar.leave.*.source", "source"),
        ("reminders.escalation.@", "role"),
        ("reminders.escalation.*", "role"),
        ("reminders.source", "source"),
        ("capacity.boards.@", "board"),
        ("capacity.roles.@", "role"),
        ("capacity.draws.*.*", "role"),
    ),
)
FRAME = Kind(
    "frame",
    "frame.yaml",
    Frame,
    defines=(
        ("levels.*.id", "level"),
        ("areas.*.id", "area"),
        ("priorities.*.id", "priority"),
        ("sections.*.id", "section"),
        ("themes.*.id", "theme"),
        ("outcomes.*.id", "outcome"),
        ("inputs.*.id", "input"),
    ),
    refers=(
        ("priorities.*.outputs.*.id", "evidence"),
        ("priorities.*.outputs.*.finding", "kind of finding"),
    ),
)
ROLES = Kind(
    "roles",
    "roles.yaml",
    RolesSheet,
    defines=(("roles.*.id", "role"),),
    refers=(("roles.*.level", "level"),),
)
BOARDS = Kind(
    "boards",
    "boards.yaml",
    BoardsSheet,
    defines=(
        ("boards.*.id", "board"),
        ("boards.*.gss", "board code"),
        ("boards.*.retired_codes.*", "board code"),
    ),
    refers=(("boards.*.population.source", "source"),),
)
CHECKS = Kind(
    "checks",
    "checks.yaml",
    ChecksSheet,
    defines=(("checks.*.id", "check"),),
    refers=(
        ("checks.*.signers.*", "role"),
        ("checks.*.rests_on.*", "evidence"),
        ("checks.*.source", "source"),
    ),
)
BARRIERS = Kind(
    "list of barriers",
    "barriers.yaml",
    BarriersSheet,
    defines=(("strategies.*.id", "strategy"), ("categories.*.id", "category of barriers")),
    refers=(
        ("handling.escalation.*.to.*", "role"),
        ("strategies.*.source", "source"),
        ("categories.*.endorsed.*.strategy", "strategy"),
        ("categories.*.matching", "source"),
        ("categories.*.source", "source"),
    ),
)
MEASURES = Kind(
    "list of measures",
    "measures.yaml",
    Measures,
    defines=(
        ("instruments.*.id", "instrument"),
        ("measures.*.id", "measure"),
        ("constructs.*.id", "construct"),
        ("domains.*.id", "domain"),
    ),
    refers=(
        ("instruments.*.source", "source"),
        ("measures.*.source", "source"),
        ("constructs.*.source", "source"),
        ("domains.*.source", "source"),
        ("comparisons.*.source", "source"),
        ("comparisons.*.measure", "measure"),
    ),
)
GATES = Kind(
    "gates",
    "gates.yaml",
    GatesSheet,
    defines=(("gates.*.id", "gate"),),
    refers=(
        ("gates.*.seats.*.role", "role"),
        ("gates.*.escalates_to.*", "role"),
        ("gates.*.waiving.approvers.*", "role"),
        ("gates.*.criteria.*.test.owner", "role"),
        ("gates.*.criteria.*.test.source", "source"),
        ("gates.*.criteria.*.test.reading", "reading"),
    ),
)
CATALOGUE = Kind(
    "catalogue",
    "catalogue/*.yaml",
    CatalogueSheet,
    defines=(
        ("category.id", "category"),
        ("entities.*.id", "entity"),
        ("entities.*.contracts.*.id", "contract"),
    ),
    refers=(
        ("category.figures.*.source", "source"),
        ("entities.*.category", "category"),
        ("entities.*.owner", "role"),
        ("entities.*.levels.*", "level"),
        ("entities.*.depends_on.*.entity", "entity"),
        ("entities.*.coverage.source", "source"),
        ("entities.*.coverage.boards.*", "board"),
        ("entities.*.facts.*.source", "source"),
        ("entities.*.figures.*.source", "source"),
        ("entities.*.contracts.*.source", "source"),
        ("entities.*.withdrawals.*.board", "board"),
        ("entities.*.withdrawals.*.replaced_by", "entity"),
        ("entities.*.withdrawals.*.source", "source"),
    ),
)
PLAN = Kind(
    "plan",
    "plans/*.yaml",
    Plan,
    defines=(("id", "plan"), ("steps.*.evidence.*.id", "evidence")),
    refers=_step_places(""),
)
PLAYBOOK = Kind(
    "playbook",
    "playbooks/*.yaml",
    Playbook,
    defines=(
        ("id", "playbook"),
        ("implementation.steps.*.evidence.*.id", "evidence"),
        ("handover.steps.*.evidence.*.id", "evidence"),
    ),
    refers=(("sections.@", "section"), *_step_places("implementation."), *_step_places("handover.")),
)
PROPOSAL = Kind(
    "technology",
    "technologies/*.yaml",
    ProposalSheet,
    defines=(("technology", "technology"),),
    refers=(
        ("service", "entity"),
        ("pilots.*", "board"),
        ("waves.*.boards.*", "board"),
        ("assessment", "plan"),
        ("proof_of_concept", "plan"),
        ("standardisation", "plan"),
        ("sustain", "plan"),
        ("workstreams.*", "plan"),
        ("board_workstreams.*", "plan"),
        ("go_live_needs.*", "entity"),
        ("gates.*", "gate"),
        ("basis.*.source", "source"),
    ),
)
KINDS = (
    *(OFFICE, FRAME, ROLES, BOARDS, CHECKS, BARRIERS, MEASURES, GATES, CATALOGUE, PLAN, PLAYBOOK),
    PROPOSAL,
)

SHARED = ("evidence",)
"""What may be defined in several plans: a pilot and a board can be asked for the same evidence."""


def kind_of(path: PurePath) -> Kind | None:
    """The kind of a file by its path inside the programme, or ``None`` where it is no file of a programme."""
    for kind in KINDS:
        if len(path.parts) == len(PurePath(kind.pattern).parts) and path.match(kind.pattern):
            return kind
    return None
