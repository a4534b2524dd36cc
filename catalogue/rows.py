"""What the catalogue's questions answer with: plain records, quick to import and easy to write as JSON."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]

SlotState = Literal["queued", "held"]


@dataclass(frozen=True)
class Hold:
    """A pause in force, or an end: since when, why and by whom.

    Attributes:
        at: Since when.
        reason: Why.
        name: Who decided.
        role: In which role; ``technology`` where it only follows its technology.
        source: Whose pause it is, ``own`` or ``technology``; ``None`` for an end.
    """

    at: datetime
    reason: str
    name: str
    role: str
    source: str | None = None


@dataclass(frozen=True)
class Board:
    """A health board of the catalogue."""

    id: str
    name: str
    data: Json


@dataclass(frozen=True)
class Entity:
    """An entry of the catalogue.

    Attributes:
        kind: What it is: a service, infrastructure, a resource, a board, a role.
        id: Its slug.
        name: Its name for people.
        status: ``live`` or ``retired``.
        since: When this content was registered.
        data: The whole entry as it was registered.
    """

    kind: str
    id: str
    name: str
    status: str
    since: datetime
    data: Json


@dataclass(frozen=True)
class EntityCard:
    """One entry with what surrounds it.

    Attributes:
        entity: The entry.
        dependants: The entries that depend on it, with how.
        technologies: The technologies that are to become it, by slug.
    """

    entity: Entity
    dependants: tuple[tuple[str, str], ...]
    technologies: tuple[str, ...]


@dataclass(frozen=True)
class CoverageCell:
    """Where one service stands at one board; being offered does not say that it is used.

    Attributes:
        service: The catalogue entry's slug.
        name: Its name for people.
        board: The board's slug.
        status: The stage of the furthest rollout; ``offered`` where only the catalogue says so, ``ended``
            where it says that it was withdrawn, ``none`` where neither says anything.
        technology: The technology of that rollout.
        since: When the rollout entered that stage.
        paused: Whether that rollout is paused.
        stopped: Whether that rollout was stopped.
        extent: How far the catalogue says it is offered: ``all``, ``some``, ``none`` or ``national``.
        source: The title of that statement's source.
        date: When that was so, as precisely as the source says.
        usage: How much it is used; ``None`` is not measured, which is not the same as not used.
    """

    service: str
    name: str
    board: str
    status: str
    technology: str | None
    since: datetime | None
    paused: bool
    stopped: bool
    extent: str | None
    source: str | None
    date: str | None
    usage: float | None = None


@dataclass(frozen=True)
class Wave:
    """Boards that are released together.

    Attributes:
        name: The wave's slug; ``pilots`` for the boards that test and learn.
        boards: Its boards' slugs.
        released: When it was released to replicate; ``None`` while it is still to come.
    """

    name: str
    boards: tuple[str, ...]
    released: datetime | None


@dataclass(frozen=True)
class Technology:
    """A technology's life at a glance.

    Attributes:
        slug: The technology's slug.
        title: Its name for people.
        service: The catalogue entry that it becomes.
        summary: What it is and for whom.
        programme: The programme's slug.
        stage: The stage it is in.
        since: When it entered that stage.
        cycle: The cycle of test and learn, from 1.
        rag: The delivery status.
        paused: The pause in force.
        stopped: The end, where it was stopped.
        proposed: When it was proposed.
        proposed_by: Who proposed it.
        playbook: The version of the playbook published last.
        boards: How many boards are planned.
        boards_live: How many of them are at business as usual.
        open: How many of its tasks are open, over all boards and tracks.
        overdue: How many of these are overdue.
    """

    slug: str
    title: str
    service: str
    summary: str
    programme: str
    stage: str
    since: datetime
    cycle: int
    rag: str
    paused: Hold | None
    stopped: Hold | None
    proposed: datetime
    proposed_by: str
    playbook: int | None
    boards: int
    boards_live: int
    open: int
    overdue: int


@dataclass(frozen=True)
class Rollout:
    """One board's rollout at a glance; also one that is only planned.

    Attributes:
        technology: The technology's slug.
        board: The board's slug.
        stream: Its workflow and ledger stream.
        wave: The wave that the board belongs to.
        pilot: Whether the board tests and learns.
        stage: The stage it is in; ``planned`` before it has started.
        since: When it entered that stage.
        cycle: The cycle of test and learn, from 1.
        rag: The delivery status; ``None`` while planned.
        paused: The pause in force, its own before its technology's.
        stopped: The end, where it was stopped.
        playbook: The version of the playbook that it replicates.
        plan: The plan being worked on, or worked on last.
        open: How many of that plan's steps are open.
        closed: How many are completed or skipped.
        total: How many there are.
        overdue: How many of the open ones are overdue.
        slot: Whether it holds one of the programme's slots or queues for one.
        slot_since: Since when.
    """

    technology: str
    board: str
    stream: str
    wave: str | None
    pilot: bool
    stage: str
    since: datetime | None
    cycle: int
    rag: str | None
    paused: Hold | None
    stopped: Hold | None
    playbook: int | None
    plan: str | None
    open: int
    closed: int
    total: int
    overdue: int
    slot: SlotState | None
    slot_since: datetime | None


@dataclass(frozen=True)
class Workstream:
    """A parallel track at a glance; the fields mean what they mean for a rollout."""

    technology: str
    area: str
    stream: str
    stage: str
    since: datetime
    rag: str
    paused: Hold | None
    stopped: Hold | None
    plan: str | None
    open: int
    closed: int
    total: int
    overdue: int


@dataclass(frozen=True)
class Task:
    """A step of a plan as somebody's task.

    Attributes:
        id: Its readable name: technology, place, plan and step, joined by slashes.
        stream: The workflow and ledger stream that it belongs to.
        technology: The technology's slug.
        place: ``national``, ``workstream`` or the board's slug.
        board: The board's slug, where it is a board's task.
        plan: The plan's slug.
        step: The step's slug.
        title: What is to be done.
        owner: The role that does it.
        status: ``waiting``, ``open``, ``completed`` or ``skipped``.
        round: From 1; one higher each time it was reopened.
        needs: The steps of the plan that come first.
        mandatory: Whether it may never be skipped.
        guidance: What helps whoever does it.
        area: The area of work.
        input: The area of sustained input.
        level: The level at which it is done.
        opened: When it last opened.
        due: When it has to be done.
        overdue: Whether its due date has been noticed to have passed.
        closed: When it was completed or skipped.
        closed_by: Who did that.
        note: The note of whoever completed it, the reason for skipping it, or for reopening it.
        asked: The evidence it asks for: ``id`` and ``title`` of each.
        given: The evidence that was brought: ``id``, ``statement``, ``source`` and ``dated`` of each.
        at_rest: Whether its journey is paused or stopped, so that it cannot be worked on.
    """

    id: str
    stream: str
    technology: str
    place: str
    board: str | None
    plan: str
    step: str
    title: str
    owner: str
    status: str
    round: int
    needs: tuple[str, ...]
    mandatory: bool
    guidance: str | None
    area: str | None
    input: str | None
    level: str | None
    opened: datetime | None
    due: datetime | None
    overdue: bool
    closed: datetime | None
    closed_by: str | None
    note: str | None
    asked: tuple[Json, ...]
    given: tuple[Json, ...]
    at_rest: bool


@dataclass(frozen=True)
class Gate:
    """A gate that waits for its decision.

    Attributes:
        name: Its readable name, such as ``ccbt-perinatal/fife/go-live``.
        stream: The workflow and ledger stream that waits at it.
        technology: The technology's slug.
        board: The board's slug, where it is a board's gate.
        gate: The gate's slug.
        title: Its name for people.
        question: What has to be decided.
        roles: The roles of which any may decide.
        outcomes: Each possible outcome with its effect.
        needs: The evidence without which it cannot be passed: ``evidence``, ``title``, ``source`` of each.
        since: Since when it waits.
        at_rest: Whether its journey is paused, so that it cannot be decided now.
    """

    name: str
    stream: str
    technology: str
    board: str | None
    gate: str
    title: str
    question: str
    roles: tuple[str, ...]
    outcomes: dict[str, str]
    needs: tuple[Json, ...]
    since: datetime
    at_rest: bool


@dataclass(frozen=True)
class Decision:
    """What was decided at a gate: by whom, when, why and on what.

    Attributes:
        stream: The workflow and ledger stream.
        sequence: The number of the event in its stream.
        technology: The technology's slug.
        board: The board's slug, where it is a board's decision.
        gate: The gate's slug.
        title: The gate's name for people.
        outcome: The outcome chosen.
        effect: What it does: ``proceed``, ``repeat`` or ``stop``.
        reason: Why.
        at: When.
        name: Who decided.
        role: The role used.
        cycle: The cycle of test and learn in which it was taken.
        seen: The evidence that it rests on, by place.
    """

    stream: str
    sequence: int
    technology: str
    board: str | None
    gate: str
    title: str
    outcome: str
    effect: str
    reason: str
    at: datetime
    name: str
    role: str
    cycle: int
    seen: dict[str, list[Json]]


@dataclass(frozen=True)
class Steering:
    """How somebody steered: paused, resumed, stopped, reordered waves, published, set capacity or priority.

    Attributes:
        stream: The workflow and ledger stream.
        sequence: The number of the event in its stream.
        act: The kind of the event, such as ``paused``.
        at: When.
        name: Who.
        role: In which role.
        reason: Why.
        detail: What, where the act has more to say: the waves, the capacity, the version.
    """

    stream: str
    sequence: int
    act: str
    at: datetime
    name: str
    role: str
    reason: str
    detail: Json


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


@dataclass(frozen=True)
class Wait:
    """One thing that a technology, a rollout or a track waits for.

    Attributes:
        stream: Which workflow waits.
        board: The board's slug, where it is a board's rollout.
        on: Who has to act: a role's slug, ``capacity`` or ``resume``.
        what: What is waited for, in words.
        since: Since when.
        due: By when it is expected.
        overdue: Whether that has passed.
        name: The name by which to act on it: a task's id or a gate's name; ``None`` where there is none.
    """

    stream: str
    board: str | None
    on: str
    what: str
    since: datetime | None
    due: datetime | None
    overdue: bool
    name: str | None


@dataclass(frozen=True)
class TechnologyCard:
    """Everything about one technology that fits on a page."""

    technology: Technology
    waves: tuple[Wave, ...]
    rollouts: tuple[Rollout, ...]
    workstreams: tuple[Workstream, ...]
    tasks: tuple[Task, ...]
    gate: Gate | None
    decisions: tuple[Decision, ...]
    steering: tuple[Steering, ...]


@dataclass(frozen=True)
class RolloutCard:
    """Everything about one board's rollout that fits on a page: ``tasks`` are those of its present plan."""

    rollout: Rollout
    title: str
    tasks: tuple[Task, ...]
    gate: Gate | None
    decisions: tuple[Decision, ...]
    steering: tuple[Steering, ...]
    waits: tuple[Wait, ...]


@dataclass(frozen=True)
class Snapshot:
    """One look at a technology for somebody who watches it."""

    technology: Technology
    waves: tuple[Wave, ...]
    rollouts: tuple[Rollout, ...]
    workstreams: tuple[Workstream, ...]
    waits: tuple[Wait, ...]


@dataclass(frozen=True)
class Event:
    """An event as the ledger holds it.

    Attributes:
        position: Its number in the whole ledger: unique, but not the order in which events became visible.
        transaction: The number of the transaction that recorded it; see ``catalogue.tail``.
        stream: Its stream.
        sequence: Its number in the stream, from 1.
        type: Its kind, such as ``step-completed``.
        time: When it happened.
        actor: Who made it happen.
        roles: The actor's roles.
        boards: The boards that the actor covers; ``None`` is all of them.
        data: Its own fields.
        recorded_at: When it was recorded.
    """

    position: int
    transaction: int
    stream: str
    sequence: int
    type: str
    time: datetime
    actor: str
    roles: tuple[str, ...]
    boards: tuple[str, ...] | None
    data: Json = field(repr=False)
    recorded_at: datetime
