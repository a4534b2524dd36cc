"""Everything that a programme's files say, read and checked: what the rest of Cairn is given."""

from typing import Protocol, TypeVar

from domain.barrier import BarrierPolicy
from domain.calendar import Calendar
from domain.catalogue import Board, Capacity, Category, Entity, Frame, Role, Source
from domain.gate import Gate
from domain.governance import Check
from domain.halt import HaltPolicy
from domain.journey import Authority
from domain.measures import Measures
from domain.mitigation import BarrierCategory, Strategy
from domain.names import NATIONAL
from domain.pace import Pace
from domain.plan import Plan
from domain.playbook import Playbook
from domain.proposal import Proposal
from domain.reminders import Policy, Reminders
from domain.value import Line, Slug, Value


class Programme(Value):
    """A programme as its files describe it; every reference in it names something that is there.

    Attributes:
        id: The programme's slug.
        name: Its name for people.
        capacity: How much it does at once in each lane, and why.
        pace: How time counts.
        reminders: When people are told of what waits for them; nobody is where nothing is said.
        authority: The roles that may steer.
        halting: Who may stop the line, and what has to be brought before it moves again.
        sources: Where figures and facts can be checked.
        frame: The terms in which it describes its work.
        roles: Who owns steps, decides and signs.
        boards: The territorial boards, by slug.
        categories: The categories of the catalogue.
        entities: The catalogue.
        checks: The governance checks before a rollout.
        handling: How barriers are handled.
        strategies: What can be done against barriers.
        barriers: The categories of barriers and facilitators.
        measures: What is measured and how, and what others published.
        gates: The decision points.
        plans: The national plans and the proof of concept.
        playbooks: The standardised approaches.
        proposals: The technologies, with all that their lives are run by.
    """

    id: Slug
    name: Line
    capacity: Capacity
    pace: Pace
    reminders: Reminders | None = None
    authority: Authority
    halting: HaltPolicy
    sources: tuple[Source, ...]
    frame: Frame
    roles: tuple[Role, ...]
    boards: tuple[Board, ...]
    categories: tuple[Category, ...]
    entities: tuple[Entity, ...]
    checks: tuple[Check, ...]
    handling: BarrierPolicy
    strategies: tuple[Strategy, ...]
    barriers: tuple[BarrierCategory, ...]
    measures: Measures
    gates: tuple[Gate, ...]
    plans: tuple[Plan, ...]
    playbooks: tuple[Playbook, ...]
    proposals: tuple[Proposal, ...] = ()

    @property
    def policy(self) -> Policy | None:
        """What notices follow; ``None`` where the programme sets no rules for them."""
        if self.reminders is None:
            return None
        national = tuple(role.id for role in self.roles if role.level == NATIONAL)
        calendar = self.pace.calendar or Calendar()
        return Policy(
            name="Calendar and notices", reminders=self.reminders, calendar=calendar, national=national
        )

    def board(self, slug: str) -> Board:
        """The board of that slug; raises ``KeyError`` where there is none."""
        return _named(self.boards, slug)

    def entity(self, slug: str) -> Entity:
        """The catalogue entry of that slug; raises ``KeyError`` where there is none."""
        return _named(self.entities, slug)

    def role(self, slug: str) -> Role:
        """The role of that slug; raises ``KeyError`` where there is none."""
        return _named(self.roles, slug)

    def gate(self, slug: str) -> Gate:
        """The gate of that slug; raises ``KeyError`` where there is none."""
        return _named(self.gates, slug)

    def plan(self, slug: str) -> Plan:
        """The plan of that slug; raises ``KeyError`` where there is none."""
        return _named(self.plans, slug)

    def playbook(self, slug: str) -> Playbook:
        """The playbook of that slug; raises ``KeyError`` where there is none."""
        return _named(self.playbooks, slug)

    def proposal(self, technology: str) -> Proposal:
        """The proposal of that technology; raises ``KeyError`` where there is none."""
        for proposal in self.proposals:
            if proposal.technology == technology:
                return proposal
        raise KeyError(technology)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


def _named(things: tuple[N, ...], slug: str) -> N:
    for thing in things:
        if thing.id == slug:
            return thing
    raise KeyError(slug)
