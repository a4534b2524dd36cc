"""One board's rollout of one technology: proof of concept, replication, handover, business as usual.

The technology directs its rollouts and they report back, in the terms of `domain.rollout_briefs`.
"""

from typing import Annotated, Literal

from pydantic import Field

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
from domain.evidence import NATIONAL, OWN, Held, Register, set_aside
from domain.gate import Gate
from domain.halt import Halt, halt_of_version
from domain.infrastructure import Awaited
from domain.journey import Journey, JourneyEvent, StageEntered, asked_at, asked_in, evolve_journey
from domain.learning import TrialDecided, TrialEvent, Trials, TrialStarted, TrialStudied, evolve_trials
from domain.migration import evolve_migration
from domain.names import rollout_id
from domain.plan import Plan
from domain.rollout_briefs import Brief, Claim, Direction, Report, RolloutStage
from domain.slot import PlaceTold, QueuePlace, SlotEvent, SlotGranted, SlotLost, hear
from domain.work import is_finished

_WORKING = (
    RolloutStage.PROOF_OF_CONCEPT,
    RolloutStage.PILOTED,
    RolloutStage.REPLICATION,
    RolloutStage.HANDOVER,
)

REPLICATING = (RolloutStage.REPLICATION, RolloutStage.HANDOVER)
"""The stages in which a board works by a version of the playbook."""


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
        return self.stage in REPLICATING and self.adopted is not None and self.stopped is None

    def is_concerned_by(self, halt: Halt) -> bool:
        """Whether a halt freezes this board: it is about the technology, or the version adopted here."""
        return halt.concerns(self.adopted)

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
