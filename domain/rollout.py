"""One board's rollout of one technology: proof of concept, replication, handover, business as usual.

The technology directs its rollouts and they report back. Both send the whole of what they want or are, not
what changed, so a message that arrives twice or late does no harm.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.actor import ENGINE
from domain.barrier import BarrierPolicy
from domain.capacity import Lane
from domain.check import CheckNeeded
from domain.editions import (
    Behind,
    EditionAdopted,
    EditionDeclined,
    EditionEvent,
    EditionOffered,
    Offer,
    behind,
    evolve_offer,
)
from domain.event import Command, Event
from domain.evidence import NATIONAL, OWN, Entry, Held, Register, set_aside
from domain.gate import Gate
from domain.halt import Halt, halt_of_version
from domain.infrastructure import Awaited
from domain.journey import (
    FIRST_VERSION,
    Authority,
    Journey,
    JourneyEvent,
    StageEntered,
    asked_at,
    asked_in,
    evolve_journey,
)
from domain.learning import (
    TrialDecided,
    TrialEvent,
    Trials,
    TrialStarted,
    TrialStudied,
    evolve_trials,
)
from domain.lesson import Lesson, lessons_of
from domain.migration import evolve_migration
from domain.names import programme_id, rollout_id, technology_id
from domain.pace import Pace
from domain.plan import Plan
from domain.playbook import Edition
from domain.slot import PlaceTold, QueuePlace, SlotEvent, SlotGranted, SlotLost, hear
from domain.succession import Succession
from domain.value import Slug, Value
from domain.work import is_finished


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

_REPLICATING = (RolloutStage.REPLICATION, RolloutStage.HANDOVER)


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


class Rollout(Journey):
    """The state of a board's rollout.

    Attributes:
        brief: What it was started with.
        direction: What the technology wants of it.
        granted: Whether it holds one of the programme's slots.
        queued: Where it stands in the queue for one, as far as it was told.
        asking: Which time it asks for one, from 1.
        adopted: The version of the playbook that it replicates, once it has started.
        handover: The plan of the handover that is to come, from that version.
        offer: A later version, which it may adopt or decline.
        behind: What lies behind its go-live, once that was passed.
        trials: The tests of change of its proof of concept.
    """

    brief: Brief
    direction: Direction
    granted: bool = False
    queued: QueuePlace | None = None
    asking: int = 1
    adopted: int | None = None
    handover: Plan | None = None
    offer: Offer | None = None
    behind: Behind = Behind()
    trials: Trials = Field(default_factory=dict)

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
    def is_pilot(self) -> bool:
        """Whether it tests and learns, or has done so for the scale decision."""
        return self.brief.pilot is not None and self.direction.pilot

    @property
    def replicating(self) -> bool:
        """Whether it works by a version of the playbook, and could go on by a later one."""
        return self.stage in _REPLICATING and self.adopted is not None and self.stopped is None

    def is_concerned_by(self, halt: Halt) -> bool:
        """Whether a halt freezes this board: it is about the technology, or the version adopted here."""
        return halt.version is None or halt.version == self.adopted

    @property
    def halted_edition(self) -> Halt | None:
        """The halt for which the version that the board would take up is not taken up."""
        wanted = self.direction.playbook
        return None if wanted is None else halt_of_version(self.direction.halts, wanted.version)

    @property
    def delivered(self) -> bool:
        """Whether the technology is business as usual at this board."""
        return self.stage == RolloutStage.BUSINESS_AS_USUAL

    @property
    def live(self) -> bool:
        """Whether people are served here: from go-live until it ends."""
        return RolloutStage(self.stage).rank >= RolloutStage.HANDOVER.rank and self.stopped is None

    @property
    def version(self) -> str:
        """The version of the technology."""
        return self.direction.version

    @property
    def held_up(self) -> str:
        """Why no gate may be passed here: for what the technology says, infrastructure, or a barrier here."""
        lacking = (it.holds_up for it in self.direction.awaits if self.at_go_live)
        return "; ".join(why for why in (self.direction.held_up, *lacking, super().held_up) if why)

    @property
    def shut(self) -> str:
        """Why no gate may be passed here, beside infrastructure: by the technology, or a barrier here."""
        return "; ".join(why for why in (self.direction.held_up, super().held_up) if why)

    @property
    def at_go_live(self) -> bool:
        """Whether it has come to the gate behind which people are served."""
        return self.gate is not None and self.gate.gate.id == self.brief.go_live.id

    @property
    def delays(self) -> tuple[Awaited, ...]:
        """The infrastructure that is late, until people are served here."""
        return () if self.live else tuple(it for it in self.direction.awaits if it.late)

    @property
    def checks(self) -> tuple[CheckNeeded, ...]:
        """The governance checks that the board has to sign."""
        return self.brief.checks

    @property
    def held(self) -> Held:
        """The board's own evidence, and the national evidence that its gates ask for."""
        return {OWN: tuple(self.on_record.values()), NATIONAL: self.direction.national}

    @property
    def known_evidence(self) -> Register:
        """All evidence that a decision here can have seen."""
        return {**{entry.ref: entry for entry in self.direction.national}, **self.on_record}

    def gate_named(self, gate: str) -> Gate | None:
        """The gate of that slug: to go live, or to hand over."""
        return next((it for it in (self.brief.go_live, self.brief.handover) if it.id == gate), None)

    def asked_for(self) -> dict[str, str]:
        """The evidence that the pilot's plan, the plan at hand, or the board's gates ask for."""
        pilot = {} if self.brief.pilot is None else asked_in(self.brief.pilot)
        gates = asked_at((self.brief.go_live, self.brief.handover))
        checks = [check.id for check in self.checks]
        grounds = {name: name for check in self.checks for name in check.rests_on}
        asked = {**grounds, **gates, **pilot, **super().asked_for()}
        return {name: title for name, title in asked.items() if name not in checks}


# --- commands -----------------------------------------------------------------------------------------------


class StartRollout(Command):
    """Begin a board's rollout."""

    brief: Brief
    direction: Direction


class Direct(Command):
    """The technology says what it wants of this rollout."""

    direction: Direction


class Grant(Command):
    """The programme office says whether this rollout holds a slot or where it waits: the whole of it.

    Attributes:
        granted: Whether it holds a slot.
        queued: Whether it waits for one; neither means that its place was taken away.
        position: Its position in the order of service, where it is told.
        waits_for: What it waits for, in words.
        asking: Which time it had asked when this was said.
    """

    granted: bool
    queued: bool = False
    position: int | None = None
    waits_for: str = ""
    asking: int = 1


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


class PlaybookAdopted(Event):
    """The board took up the playbook that the technology offers."""

    kind: Literal["playbook-adopted"] = "playbook-adopted"
    version: int


RolloutEvent = Annotated[
    JourneyEvent
    | TrialEvent
    | RolloutStarted
    | Directed
    | CycleStarted
    | SlotEvent
    | PlaybookAdopted
    | EditionEvent,
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
            handling=event.brief.handling,
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
        case SlotGranted() | PlaceTold() | SlotLost():
            return state.model_copy(update=hear(event))
        case PlaybookAdopted():
            return _adopt(state, event.version)
        case TrialStarted() | TrialStudied() | TrialDecided():
            return state.model_copy(update={"trials": evolve_trials(state.trials, event)})
        case EditionOffered() | EditionDeclined():
            return state.model_copy(update={"offer": evolve_offer(state.offer, event)})
        case EditionAdopted():
            return _go_on_by(state, event)
        case _:
            return _on_entering(evolve_journey(_on_leaving(state, event), event), event)


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


def _go_on_by(state: Rollout, event: EditionAdopted) -> Rollout:
    register = state.on_record
    for step in event.migration.reopened:
        register = set_aside(register, event.plan.id, step)
    work = state.work
    if work is not None:
        work = evolve_migration(work, event.plan, event.migration, event.by.people)
    return state.model_copy(
        update={
            "adopted": event.version,
            "work": work,
            "handover": event.handover,
            "offer": evolve_offer(state.offer, event),
            "behind": state.behind.model_copy(update={"steps": event.implementation}),
            "on_record": register,
        }
    )


def _on_entering(state: Rollout, event: JourneyEvent) -> Rollout:
    if not isinstance(event, StageEntered):
        return state
    if event.stage == RolloutStage.BUSINESS_AS_USUAL:
        return state.model_copy(update={"offer": None, "behind": Behind()})
    return state


def _on_leaving(state: Rollout, event: JourneyEvent) -> Rollout:
    if isinstance(event, StageEntered) and event.stage == RolloutStage.HANDOVER and state.work is not None:
        return state.model_copy(update={"handover": None, "behind": behind(state.work)})
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
        evidence=_reported(state),
        lessons=lessons_of(state.stream, state.barriers),
        playbook=state.adopted,
        offered=state.offer.edition.version if state.offer else None,
        declined=state.offer is not None and state.offer.declined is not None,
        halted=tuple(halt.number for halt in state.halting),
    )


def _reported(state: Rollout) -> tuple[Entry, ...]:
    """What a pilot found, from the end of its proof of concept on, and at any time what it has withdrawn."""
    if not state.is_pilot:
        return ()
    tested = RolloutStage(state.stage).rank >= RolloutStage.PILOTED.rank
    return tuple(
        entry
        for entry in state.on_record.values()
        if entry.evidence.id in state.brief.reported and (tested or entry.withdrawn is not None)
    )


def claim(state: Rollout) -> Claim:
    """What this rollout needs of the programme's capacity: from the queue on, until it is stopped."""
    return Claim(
        technology=state.brief.technology,
        board=state.brief.board,
        wanted=RolloutStage(state.stage).rank >= RolloutStage.QUEUED.rank and state.stopped is None,
        lane=Lane.SUSTAINING if state.delivered else Lane.DEVELOPING,
        # To whoever has a place it means nothing: then a pause or a halt need not be told to the office.
        ready=state.granted or (not state.at_rest and state.halted_edition is None),
        begun=state.stage in _REPLICATING,
        asking=state.asking,
    )


def messages(state: Rollout) -> dict[str, Command]:
    """What should be known elsewhere, by the id of the workflow that should know it."""
    technology, programme = technology_id(state.brief.technology), programme_id(state.brief.programme)
    wanted: dict[str, Command] = {technology: ReportRollout(actor=ENGINE, report=report(state))}
    if RolloutStage(state.stage).rank >= RolloutStage.QUEUED.rank:
        wanted[programme] = ClaimSlot(actor=ENGINE, claim=claim(state))
    return wanted
