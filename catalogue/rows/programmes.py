"""Programme offices, with who holds and who waits for capacity, and published playbooks."""

from dataclasses import dataclass
from datetime import datetime

from catalogue.rows import Json, SlotState


@dataclass(frozen=True)
class Playbook:
    """A published version of the standardised approach.

    Attributes:
        technology: The technology's slug.
        version: From 1.
        id: The playbook's slug.
        title: Its name for people.
        published: When.
        published_by: Who published it.
        role: In which role.
        content: All of it.
    """

    technology: str
    version: int
    id: str
    title: str
    published: datetime
    published_by: str
    role: str
    content: Json


@dataclass(frozen=True)
class Slot:
    """A rollout's slot, or its place in the queue for one.

    Attributes:
        technology: The technology's slug.
        board: The board's slug.
        state: ``held`` or ``queued``.
        since: When it was granted, or when it joined the queue.
        ready: Whether it could start now.
    """

    technology: str
    board: str
    state: SlotState
    since: datetime
    ready: bool


@dataclass(frozen=True)
class Priority:
    """The rank of a technology; a lower number goes first."""

    technology: str
    priority: int
    at: datetime
    name: str
    role: str
    reason: str


@dataclass(frozen=True)
class Programme:
    """The programme office: its capacity and who has it.

    Attributes:
        slug: The programme's slug.
        name: Its name for people.
        capacity: How many boards may implement at once.
        since: When the office was opened.
        charter: What it was opened with.
        slots: Who holds a slot, the longest first.
        queue: Who waits for one, in the order of serving; those that are not ready come last.
        priorities: The ranks that were set, the first first.
    """

    slug: str
    name: str
    capacity: int
    since: datetime
    charter: Json
    slots: tuple[Slot, ...]
    queue: tuple[Slot, ...]
    priorities: tuple[Priority, ...]
