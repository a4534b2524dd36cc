"""What is asked of the programme office: by people, and by the engine about the rollouts in its books."""

from domain.capacity import CAPACITY_LIMIT, Lane, LimitName, national
from domain.event import Command
from domain.programme import ORDINARY_PRIORITY, Charter
from domain.refusal import Refusal
from domain.value import Line, Slug

LOWEST_PRIORITY = 1000


class OpenProgramme(Command):
    """Open the programme office."""

    charter: Charter


class SetCapacity(Command):
    """Change how much can be done at once; what is under way goes on.

    Attributes:
        limit: Which limit, by its name.
        capacity: How much from now on.
        reason: Why.
    """

    limit: LimitName = national(Lane.DEVELOPING)
    capacity: int
    reason: str

    def misformed(self) -> Refusal | None:
        """Refuse a capacity beyond all reason."""
        if 0 <= self.capacity <= CAPACITY_LIMIT:
            return None
        return Refusal(
            code="capacity-out-of-range",
            message=f"A capacity of {self.capacity} is out of range: choose 0 to {CAPACITY_LIMIT}.",
        )


class SetPriority(Command):
    """Rank a technology, or some boards' rollouts of it; a lower number goes first.

    Attributes:
        technology: The technology's slug.
        boards: The boards whose rollouts are ranked; none means the technology.
        priority: The rank.
        reason: Why.
    """

    technology: Slug
    boards: tuple[Slug, ...] = ()
    priority: int
    reason: str

    def misformed(self) -> Refusal | None:
        """Refuse a priority that the ledger could not hold."""
        return _check_priority(self.priority)


class TakeOnWork(Command):
    """Take on work that nobody planned: it joins the queue like everything else.

    Attributes:
        work: Its slug.
        title: What it is about.
        lane: Its lane.
        board: Where it is done; ``None`` for work that is no board's.
        roles: The roles it draws on.
        priority: Its rank; a lower number goes first.
        reason: Why it is taken on.
    """

    work: Slug
    title: Line
    lane: Lane
    board: Slug | None = None
    roles: tuple[Slug, ...] = ()
    priority: int = ORDINARY_PRIORITY
    reason: str

    def misformed(self) -> Refusal | None:
        """Refuse a priority that the ledger could not hold."""
        return _check_priority(self.priority)


class FinishWork(Command):
    """Unplanned work is done, or is not to be done any more: what it has is free."""

    work: Slug
    reason: str


class NoteLives(Command):
    """The engine's answer about the workflows in the books.

    Attributes:
        states: What became of each workflow that was looked up, by its id: ``running``, or how it ended.
    """

    states: dict[str, str]


RUNNING = "running"
"""How the engine says that a workflow runs."""


def _check_priority(priority: int) -> Refusal | None:
    if 1 <= priority <= LOWEST_PRIORITY:
        return None
    return Refusal(
        code="priority-out-of-range",
        message=f"A priority of {priority} is out of range: choose 1 (first) to {LOWEST_PRIORITY} (last).",
    )
