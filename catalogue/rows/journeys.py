"""Technologies, rollouts and workstreams at a glance."""

from dataclasses import dataclass
from datetime import datetime

from catalogue.rows import SlotState


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
class Wave:
    """Boards that are released together.

    Attributes:
        name: The wave's slug; ``pilots`` for the boards that test and learn.
        boards: Its boards' slugs.
        released: When it was released to replicate; ``None`` while it is still to come.
        paused: The pause in force, of the wave itself.
        stopped: The end, where it was stopped as a wave.
    """

    name: str
    boards: tuple[str, ...]
    released: datetime | None
    paused: Hold | None = None
    stopped: Hold | None = None


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
        halted: The numbers of the halts in force, those of one version of the playbook too.
        stopped: The end, where it was stopped.
        proposed: When it was proposed.
        proposed_by: Who proposed it.
        playbook: The version of the playbook published last.
        version: The version of the technology itself.
        replaces: The technology whose place it takes.
        replaced_by: The technology that takes its place.
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
    halted: tuple[int, ...]
    stopped: Hold | None
    proposed: datetime
    proposed_by: str
    playbook: int | None
    version: str
    replaces: str | None
    replaced_by: str | None
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
        halted: The numbers of the halts that freeze it.
        stopped: The end, where it was stopped.
        playbook: The version of the playbook that it replicates.
        latest: The version of the playbook published last.
        offered: The later version that it has not adopted, while it could.
        offered_since: Since when that is offered.
        declined: Who declined it, when and why.
        version: The version of the technology; ``None`` while planned.
        held_up: Why it may pass no gate at present; empty where nothing stands in the way.
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
    halted: tuple[int, ...]
    stopped: Hold | None
    playbook: int | None
    latest: int | None
    offered: int | None
    offered_since: datetime | None
    declined: Hold | None
    version: str | None
    held_up: str
    plan: str | None
    open: int
    closed: int
    total: int
    overdue: int
    slot: SlotState | None
    slot_since: datetime | None

    @property
    def outdated(self) -> bool:
        """Whether it replicates, or has replicated, an earlier version of the playbook than the last."""
        return self.playbook is not None and self.latest is not None and self.playbook < self.latest


@dataclass(frozen=True)
class Awaited:
    """Infrastructure on which going live depends and that is not ready yet.

    Attributes:
        infrastructure: The catalogue entity.
        board: Whose track provides it; ``None`` where that is a national one.
        title: The step that does.
        owner: The role whose step it is.
        task: That step's task.
        due: When it can be expected, where that can be told.
        late: Whether it, or anything that it still needs, is late.
    """

    infrastructure: str
    board: str | None
    title: str
    owner: str
    task: str
    due: datetime | None
    late: bool


@dataclass(frozen=True)
class Workstream:
    """A parallel track at a glance; the fields mean what they mean for a rollout."""

    technology: str
    area: str
    board: str | None
    stream: str
    stage: str
    since: datetime
    rag: str
    paused: Hold | None
    halted: tuple[int, ...]
    stopped: Hold | None
    plan: str | None
    open: int
    closed: int
    total: int
    overdue: int
