"""One board's rollout of one technology: proof of concept, replication, handover, business as usual.

The technology directs its rollouts and they report back. Both send the whole of what they want or are, not
what changed, so a message that arrives twice or late does no harm.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.actor import ENGINE
from domain.event import Command, Event
from domain.gate import Gate
from domain.journey import (
    Authority,
    Journey,
    JourneyEvent,
    Pace,
    StageEntered,
    Wait,
    common_waits,
    evolve_journey,
)
from domain.names import programme_id, rollout_id, technology_id
from domain.plan import Evidence, Plan
from domain.playbook import Edition
from domain.value import Slug, Value
from domain.work import evidence_held, is_finished


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


_WORKING = (
    RolloutStage.PROOF_OF_CONCEPT,
    RolloutStage.PILOTED,
    RolloutStage.REPLICATION,
    RolloutStage.HANDOVER,
)


class Brief(Value):
    """What a rollout is started with and keeps.

    Attributes:
        technology: The technology's slug.
        title: The technology's name for people.
        board: The board's slug.
        programme: The programme whose office grants capacity.
        authority: Who may steer.
        pace: How time counts.
        pilot: The proof-of-concept plan, at a pilot board.
        go_live: The gate at the end of replication.
        handover: The gate at the end of the handover.
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


class Direction(Value):
    """What the technology wants of one of its rollouts: always the whole of it.

    Attributes:
        wave: The wave that the board belongs to.
        cycle: The cycle of test and learn, from 1.
        reopen: The steps to do again in that cycle; none means all of them.
        playbook: The playbook to replicate, once there is one.
        paused: Why the technology is paused, while it is.
        stopped: Why the technology was stopped, if it was.
    """

    wave: str
    cycle: int = 1
    reopen: tuple[Slug, ...] = ()
    playbook: Edition | None = None
    paused: str | None = None
    stopped: str | None = None


class Report(Value):
    """Where a rollout stands: always the whole of it.

    Attributes:
        board: The board's slug.
        stage: The stage it is in.
        cycle: The cycle of test and learn it is in, or finished last.
        paused: Whether it is paused by its own decision.
        stopped: Whether it was stopped.
        evidence: What its proof of concept found, once that is finished.
    """

    board: Slug
    stage: RolloutStage
    cycle: int
    paused: bool = False
    stopped: bool = False
    evidence: dict[str, Evidence] = Field(default_factory=dict)


class Claim(Value):
    """A rollout's wish for one of the programme's slots: always the whole of it.

    Attributes:
        technology: The technology's slug.
        board: The board's slug.
        wanted: Whether the rollout needs a slot; once it no longer does, the slot is free.
        ready: Whether it could start now; one that waits while paused lets others go first.
    """

    technology: Slug
    board: Slug
    wanted: bool
    ready: bool = True


class Rollout(Journey):
    """The state of a board's rollout.

    Attributes:
        brief: What it was started with.
        direction: What the technology wants of it.
        granted: Whether it holds one of the programme's slots.
        adopted: The version of the playbook that it replicates, once it has started.
        handover: The plan of the handover that is to come, from that version.
        findings: What its proof of concept found.
    """

    brief: Brief
    direction: Direction
    granted: bool = False
    adopted: int | None = None
    handover: Plan | None = None
    findings: dict[str, Evidence] = Field(default_factory=dict)

    @property
    def board(self) -> str | None:
        """The board."""
        return self.brief.board

    @property
    def stream(self) -> str:
        """The id of the workflow and of the ledger stream."""
        return rollout_id(self.brief.technology, self.brief.board)

    @property
    def working(self) -> bool:
        """Whether the plan at hand may still be worked on in this stage."""
        return self.stage in _WORKING

    @property
    def delivered(self) -> bool:
        """Whether the technology is business as usual at this board."""
        return self.stage == RolloutStage.BUSINESS_AS_USUAL


# --- commands -----------------------------------------------------------------------------------------------


class StartRollout(Command):
    """Begin a board's rollout."""

    brief: Brief
    direction: Direction


class Direct(Command):
    """The technology says what it wants of this rollout."""

    direction: Direction


class Grant(Command):
    """The programme office says whether this rollout holds a slot."""

    granted: bool


class ReportRollout(Command):
    """To the technology: where this rollout stands."""

    report: Report


class ClaimSlot(Command):
    """To the programme office: whether this rollout needs a slot."""

    claim: Claim


# --- events -------------------------------------------------------------------------------------------------


class RolloutStarted(Event):
    """A board's rollout began."""

    kind: Literal["rollout-started"] = "rollout-started"
    brief: Brief
    direction: Direction


class Directed(Event):
    """The technology changed what it wants of this rollout."""

    kind: Literal["directed"] = "directed"
    direction: Direction


class CycleStarted(Event):
    """Another cycle of test and learn began at this pilot."""

    kind: Literal["cycle-started"] = "cycle-started"
    cycle: int


class SlotGranted(Event):
    """The rollout holds a slot and can start replicating."""

    kind: Literal["slot-granted"] = "slot-granted"


class PlaybookAdopted(Event):
    """The board took up the playbook that the technology offers."""

    kind: Literal["playbook-adopted"] = "playbook-adopted"
    version: int


RolloutEvent = Annotated[
    JourneyEvent | RolloutStarted | Directed | CycleStarted | SlotGranted | PlaybookAdopted,
    Field(discriminator="kind"),
]


def evolve(state: Rollout | None, event: RolloutEvent) -> Rollout:
    """Apply an event.

    Raises:
        ValueError: The first event is not the rollout's start.
    """
    if isinstance(event, RolloutStarted):
        return Rollout(
            authority=event.brief.authority,
            pace=event.brief.pace,
            stage=RolloutStage.RELEASED,
            since=event.at,
            brief=event.brief,
            direction=event.direction,
        )
    if state is None:
        raise ValueError(f"a rollout begins with its start, not with {event.kind}")
    match event:
        case Directed():
            return state.model_copy(update={"direction": event.direction})
        case CycleStarted():
            return state.model_copy(update={"cycle": event.cycle})
        case SlotGranted():
            return state.model_copy(update={"granted": True})
        case PlaybookAdopted():
            return _adopt(state, event.version)
        case _:
            return _on_entering(evolve_journey(state, event), event)


def _adopt(state: Rollout, version: int) -> Rollout:
    # The plans are long: the state keeps only the one that is still to come.
    offered = state.direction.playbook
    return state.model_copy(
        update={
            "adopted": version,
            "handover": offered.handover if offered else None,
            "direction": state.direction.model_copy(update={"playbook": None}),
        }
    )


def _on_entering(state: Rollout, event: JourneyEvent) -> Rollout:
    if not isinstance(event, StageEntered):
        return state
    if event.stage == RolloutStage.PILOTED and state.work is not None:
        return state.model_copy(update={"findings": evidence_held(state.work)})
    if event.stage == RolloutStage.HANDOVER:
        return state.model_copy(update={"handover": None})
    return state


# --- questions ----------------------------------------------------------------------------------------------


def wanted_gate(state: Rollout) -> Gate | None:
    """The gate that should be open: at the end of replication and of the handover."""
    if state.work is None or not is_finished(state.work):
        return None
    if state.stage == RolloutStage.REPLICATION:
        return state.brief.go_live
    return state.brief.handover if state.stage == RolloutStage.HANDOVER else None


def report(state: Rollout) -> Report:
    """What the technology should know of this rollout."""
    return Report(
        board=state.brief.board,
        stage=RolloutStage(state.stage),
        cycle=state.cycle,
        paused="own" in state.pauses,
        stopped=state.stopped is not None,
        evidence=state.findings if state.stage == RolloutStage.PILOTED else {},
    )


def claim(state: Rollout) -> Claim:
    """Whether this rollout needs one of the programme's slots: from the queue until business as usual."""
    in_need = RolloutStage.QUEUED.rank <= RolloutStage(state.stage).rank < RolloutStage.BUSINESS_AS_USUAL.rank
    return Claim(
        technology=state.brief.technology,
        board=state.brief.board,
        wanted=in_need and state.stopped is None,
        ready=not state.at_rest,
    )


def messages(state: Rollout) -> dict[str, Command]:
    """What should be known elsewhere, by the id of the workflow that should know it."""
    technology, programme = technology_id(state.brief.technology), programme_id(state.brief.programme)
    wanted: dict[str, Command] = {technology: ReportRollout(actor=ENGINE, report=report(state))}
    if RolloutStage(state.stage).rank >= RolloutStage.QUEUED.rank:
        wanted[programme] = ClaimSlot(actor=ENGINE, claim=claim(state))
    return wanted


def waits(state: Rollout) -> tuple[Wait, ...]:
    """What this rollout waits for, in words."""
    common = common_waits(state)
    if state.at_rest:
        return common
    match RolloutStage(state.stage):
        case RolloutStage.PILOTED:
            what = "the scale decision and the standardised playbook"
            return (*common, Wait(on="technology", what=what, since=state.since))
        case RolloutStage.RELEASED:
            return (*common, Wait(on="technology", what="the standardised playbook", since=state.since))
        case RolloutStage.QUEUED:
            return (*common, Wait(on="capacity", what="one of the programme's slots", since=state.since))
        case _:
            return common
