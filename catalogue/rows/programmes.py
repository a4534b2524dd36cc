"""Programme offices, with who holds and who waits for capacity, and published playbooks."""

from dataclasses import dataclass
from datetime import datetime

from catalogue.rows import Json, SlotState
from catalogue.rows.decisions import Note


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
    """Something in the books of a programme office: it has a slot, or waits for one.

    Attributes:
        name: The rollout's stream, or the name of work that nobody planned.
        technology: The technology's slug; ``None`` for work that nobody planned.
        board: The board's slug; ``None`` for work that is no board's.
        lane: ``developing`` or ``sustaining``.
        roles: The roles on which it draws.
        title: What work that nobody planned is about.
        state: ``held`` or ``queued``.
        since: When it was granted, or when it joined the queue.
        ready: Whether it could start now.
        position: Its position in the order of service, from 1; ``None`` where it does not wait, or not ready.
        waits_for: What it waits for, in words.
        passed_over: How often one that asked later was served before it.
    """

    name: str
    technology: str | None
    board: str | None
    lane: str
    roles: tuple[str, ...]
    title: str
    state: SlotState
    since: datetime
    ready: bool
    position: int | None
    waits_for: str
    passed_over: int


@dataclass(frozen=True)
class Limit:
    """How much of something there is.

    Attributes:
        limit: Its name, such as ``board/fife/developing``.
        most: How much there is; ``None`` where it has no limit.
        used: How much is used.
        free: How much can still be awarded; ``None`` where it has no limit.
        over: By how much more is used than there is.
    """

    limit: str
    most: int | None
    used: int
    free: int | None
    over: int


@dataclass(frozen=True)
class Priority:
    """The rank of a technology, or of one board's rollout of it; a lower number goes first."""

    technology: str
    board: str | None
    priority: int
    at: datetime
    name: str
    role: str
    reason: str


@dataclass(frozen=True)
class Programme:
    """A programme office.

    Attributes:
        slug: The programme's slug.
        name: Its name for people.
        since: When the office was opened.
        charter: What it was opened with.
        limits: How much there is now of what is limited, by name.
    """

    slug: str
    name: str
    since: datetime
    charter: Json
    limits: dict[str, int]


@dataclass(frozen=True)
class Office:
    """A programme office with its books.

    Attributes:
        slug: The programme's slug.
        name: Its name for people.
        since: When the office was opened.
        charter: What it was opened with.
        limits: How much there is of everything, and is used.
        slots: What has a slot, the longest first.
        queue: What waits for one, in the order of serving; what is not ready comes last.
        priorities: The ranks that were set, the first first.
    """

    slug: str
    name: str
    since: datetime
    charter: Json
    limits: tuple[Limit, ...]
    slots: tuple[Slot, ...]
    queue: tuple[Slot, ...]
    priorities: tuple[Priority, ...]


@dataclass(frozen=True)
class Amendment:
    """A change to a technology's playbook that was proposed.

    Attributes:
        technology: The technology's slug.
        number: From 1, within its technology.
        part: The plan that it changes: ``implementation`` or ``handover``.
        step: The step that it is about.
        change: What is to change, as ``domain.amendment.Change`` is written.
        lessons: The names of the barriers from which it was learned.
        evidence: The names of the evidence on which it rests.
        observed: How long the step took at boards, where that is why: ``boards``, ``median``, ``least`` and
            ``most``.
        against: The version that it is to change.
        proposed: Who proposed it, and why.
        people: Whose act that was; none of them reviews it.
        accepted: What the review came to; ``None`` while nobody has reviewed it.
        reviewed: Who reviewed it, and why.
        version: The version in which it was published.
    """

    technology: str
    number: int
    part: str
    step: str
    change: Json
    lessons: tuple[str, ...]
    evidence: tuple[str, ...]
    observed: Json | None
    against: int
    proposed: Note
    people: tuple[str, ...]
    accepted: bool | None
    reviewed: Note | None
    version: int | None
