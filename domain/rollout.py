"""One board's rollout of one technology: proof of concept, replication, handover, business as usual.

The technology directs its rollouts and they report back. Both send the whole of what they want or are, not
what changed, so a message that arrives twice or late does no harm.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.actor import ENGINE
from domain.check import CheckNeeded
from domain.event import Command, Event
from domain.evidence import NATIONAL, OWN, Entry, Held, Register
from domain.gate import Gate
from domain.journey import (
    FIRST_VERSION,
    Authority,
    Journey,
    JourneyEvent,
    Pace,
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
    undecided,
)
from domain.names import programme_id, rollout_id, technology_id
from domain.plan import Plan
from domain.playbook import Edition
from domain.standing import Wait, common_waits
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
        checks: The governance checks that the board has to sign.
        reported: The evidence that a pilot reports to the technology, by its slugs.
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


class Direction(Value):
    """What the technology wants of one of its rollouts: always the whole of it.

    Attributes:
        wave: The wave that the board belongs to.
        cycle: The cycle of test and learn, from 1.
        reopen: The steps to do again in that cycle; none means all of them.
        playbook: The playbook to replicate, once there is one.
        paused: Why the technology is paused, while it is.
        stopped: Why the technology was stopped, if it was.
        version: The version of the technology.
        held_up: Why no board may pass a gate at present; empty where nothing stands in the way.
        national: The national evidence that the board's gates ask for.
    """

    wave: str
    cycle: int = 1
    reopen: tuple[Slug, ...] = ()
    playbook: Edition | None = None
    paused: str | None = None
    stopped: str | None = None
    version: str = FIRST_VERSION
    held_up: str = ""
    national: tuple[Entry, ...] = ()


class Report(Value):
    """Where a rollout stands: always the whole of it.

    Attributes:
        board: The board's slug.
        stage: The stage it is in.
        cycle: The cycle of test and learn it is in, or finished last.
        paused: Whether it is paused by its own decision.
        stopped: Whether it was stopped.
        evidence: What its proof of concept found, once that is finished, and what it has withdrawn of it.
    """

    board: Slug
    stage: RolloutStage
    cycle: int
    paused: bool = False
    stopped: bool = False
    evidence: tuple[Entry, ...] = ()


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
        trials: The tests of change of its proof of concept.
    """

    brief: Brief
    direction: Direction
    granted: bool = False
    adopted: int | None = None
    handover: Plan | None = None
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
    def delivered(self) -> bool:
        """Whether the technology is business as usual at this board."""
        return self.stage == RolloutStage.BUSINESS_AS_USUAL

    @property
    def version(self) -> str:
        """The version of the technology."""
        return self.direction.version

    @property
    def held_up(self) -> str:
        """Why no gate may be passed here at present."""
        return self.direction.held_up

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
    JourneyEvent | TrialEvent | RolloutStarted | Directed | CycleStarted | SlotGranted | PlaybookAdopted,
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
        case TrialStarted() | TrialStudied() | TrialDecided():
            return state.model_copy(update={"trials": evolve_trials(state.trials, event)})
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
        evidence=_reported(state),
    )


def _reported(state: Rollout) -> tuple[Entry, ...]:
    """What a pilot found, from the end of its proof of concept on, and at any time what it has withdrawn."""
    if state.brief.pilot is None:
        return ()
    tested = RolloutStage(state.stage).rank >= RolloutStage.PILOTED.rank
    return tuple(
        entry
        for entry in state.on_record.values()
        if entry.evidence.id in state.brief.reported and (tested or entry.withdrawn is not None)
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
        case RolloutStage.PROOF_OF_CONCEPT:
            return (*common, *_trial_waits(state))
        case RolloutStage.PILOTED:
            what = "the scale decision and the standardised playbook"
            return (*common, Wait(on="technology", what=what, since=state.since))
        case RolloutStage.RELEASED:
            return (*common, Wait(on="technology", what="the standardised playbook", since=state.since))
        case RolloutStage.QUEUED:
            return (*common, Wait(on="capacity", what="one of the programme's slots", since=state.since))
        case _:
            return common


def _trial_waits(state: Rollout) -> tuple[Wait, ...]:
    return tuple(
        Wait(
            on="test-of-change",
            what=f'"{trial.title}" to be {"studied" if trial.found is None else "decided on"}',
            since=trial.started.at,
        )
        for trial in undecided(state.trials)
    )
