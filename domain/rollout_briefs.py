"""What a board's rollout is told and what it tells: its brief, its direction, its report and its claim.

Each is always the whole, so that one which arrives twice or late does no harm.
"""

from enum import StrEnum

from domain.barrier import BarrierPolicy
from domain.capacity import Lane
from domain.check import CheckNeeded
from domain.evidence import Entry
from domain.gate import Gate
from domain.halt import Halt
from domain.infrastructure import Awaited
from domain.journey import FIRST_VERSION, Authority
from domain.lesson import Lesson
from domain.pace import Pace
from domain.plan import Plan
from domain.playbook import Edition
from domain.succession import Succession
from domain.value import Slug, Value


class RolloutStage(StrEnum):
    """The stages of a board's rollout, in their order."""

    RELEASED = "released"
    PROOF_OF_CONCEPT = "proof-of-concept"
    PILOTED = "piloted"
    QUEUED = "queued"
    REPLICATION = "replication"
    HANDOVER = "handover"
    BUSINESS_AS_USUAL = "business-as-usual"

    @property
    def rank(self) -> int:
        """The stage's place in the order, from 0."""
        return list(RolloutStage).index(self)


class Brief(Value):
    """What a rollout is started with and keeps.

    Attributes:
        technology: The technology's slug.
        title: The technology's name for people.
        board: The board's slug.
        programme: The programme whose office grants capacity.
        authority: Who may steer.
        pace: How time counts.
        pilot: The proof-of-concept plan, at a board that is a pilot, or was one.
        go_live: The gate at the end of replication.
        handover: The gate at the end of the handover.
        checks: The governance checks that the board has to sign.
        reported: The evidence that a pilot reports to the technology, by its slugs.
        handling: How barriers are handled.
    """

    technology: Slug
    title: str
    board: Slug
    programme: Slug
    authority: Authority
    pace: Pace = Pace()
    pilot: Plan | None = None
    go_live: Gate
    handover: Gate
    checks: tuple[CheckNeeded, ...] = ()
    reported: tuple[Slug, ...] = ()
    handling: BarrierPolicy = BarrierPolicy()


class Direction(Value):
    """What the technology wants of one of its rollouts: always the whole of it.

    Attributes:
        wave: The wave that the board belongs to.
        pilot: Whether the board is to test and learn.
        cycle: The cycle of test and learn, from 1.
        reopen: The steps to do again in that cycle; none means all of them.
        playbook: The playbook to replicate, once there is one.
        paused: Why the technology, or the wave, is paused, while it is.
        stopped: Why the technology, or the wave, was stopped, if it was.
        version: The version of the technology.
        held_up: Why no board may pass a gate at present; empty where nothing stands in the way.
        national: The national evidence that the board's gates ask for.
        succession: The technology that takes its own one's place, where one does.
        awaits: The infrastructure without which the board does not go live and that is not ready yet.
        halts: The technology's halts, those that were released too.
    """

    wave: str
    pilot: bool = False
    cycle: int = 1
    reopen: tuple[Slug, ...] = ()
    playbook: Edition | None = None
    paused: str | None = None
    stopped: str | None = None
    version: str = FIRST_VERSION
    held_up: str = ""
    national: tuple[Entry, ...] = ()
    succession: Succession | None = None
    awaits: tuple[Awaited, ...] = ()
    halts: tuple[Halt, ...] = ()


class Report(Value):
    """Where a rollout stands: always the whole of it.

    Attributes:
        board: The board's slug.
        stage: The stage it is in.
        cycle: The cycle of test and learn it is in, or finished last.
        paused: Whether it is paused by its own decision.
        stopped: Whether it was stopped.
        evidence: What its proof of concept found, once that is finished, and what it has withdrawn of it.
        lessons: What it has learned from its barriers.
        playbook: The version of the playbook that it replicates.
        offered: The later version that it has not adopted, while it could.
        declined: Whether it has declined that.
        halted: The numbers of the halts that freeze it.
    """

    board: Slug
    stage: RolloutStage
    cycle: int
    paused: bool = False
    stopped: bool = False
    evidence: tuple[Entry, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    playbook: int | None = None
    offered: int | None = None
    declined: bool = False
    halted: tuple[int, ...] = ()


class Claim(Value):
    """A rollout's wish for some of the programme's capacity: always the whole of it.

    Attributes:
        technology: The technology's slug.
        board: The board's slug.
        wanted: Whether the rollout needs capacity; once it no longer does, its slot is free.
        lane: Whether it develops, or sustains what is live.
        ready: Whether it could start now; one that waits while paused lets others go first.
        begun: Whether it is under way, so that it is to be finished before others start.
        asking: Which time it asks, from 1: it asks again once its place was taken away.
    """

    technology: Slug
    board: Slug
    wanted: bool
    lane: Lane = Lane.DEVELOPING
    ready: bool = True
    begun: bool = False
    asking: int = 1
