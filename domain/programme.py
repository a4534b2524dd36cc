"""The programme office: what it was opened with, who holds its capacity, who waits for it.

The rules are in ``office_rules``, the order of service in ``service``.
"""

from typing import Annotated, Literal

from pydantic import Field

from domain.capacity import Draws, Lane, Limits, Serving, needs_of
from domain.event import Event
from domain.journey import Authority
from domain.names import programme_id, rollout_id, technology_id, work_id
from domain.value import Fact, Instant, Slug, Value

ORDINARY_PRIORITY = 100
"""The priority of what nobody has ranked; a lower number goes first."""


class Charter(Value):
    """What a programme office is opened with.

    Attributes:
        programme: The programme's slug.
        name: Its name for people.
        limits: How much can be done at once, in each lane: nationally, at boards, by scarce roles.
        draws: The roles that a board draws on which implements, and one that is live.
        serving: How the queue is served.
        authority: Who may steer.
    """

    programme: Slug
    name: str
    limits: Limits
    draws: Draws = Field(default_factory=dict)
    serving: Serving
    authority: Authority


class Place(Fact):
    """A piece of work's place in the queue, or its slot.

    Attributes:
        name: Its name: a rollout's workflow, or that of unplanned work.
        technology: The technology's slug; ``None`` for unplanned work.
        board: The board's slug; ``None`` for work that is no board's.
        lane: Its lane.
        roles: The roles it draws on.
        since: When it joined the queue, or was granted its slot.
        ready: Whether it could start now.
        begun: Whether it is under way although it waits: its slot was taken away by mistake.
        asking: Which time it asks, from 1.
        passed_over: How often one that asked later was served before it.
        title: What unplanned work is about.
        priority: The rank of unplanned work.
    """

    name: str
    technology: str | None = None
    board: str | None = None
    lane: Lane
    roles: tuple[str, ...] = ()
    since: Instant
    ready: bool = True
    begun: bool = False
    asking: int = 1
    passed_over: int = 0
    title: str = ""
    priority: int = ORDINARY_PRIORITY

    @property
    def needs(self) -> tuple[str, ...]:
        """The limits it draws on, by their names."""
        return needs_of(self.lane, self.board, self.roles)

    @property
    def is_live(self) -> bool:
        """Whether it is a service that a board runs, which is sustained whether or not there is room."""
        return self.technology is not None and self.lane is Lane.SUSTAINING


class Lost(Fact):
    """A rollout that no longer ran when the office looked, so that its place was taken away.

    Attributes:
        technology: The technology's slug.
        board: The board's slug.
        asking: Which time it had asked.
        alive: Whether it was seen to run again; it is told then that it has no place.
    """

    technology: str
    board: str
    asking: int
    alive: bool = False


class Programme(Fact):
    """The state of a programme office.

    Attributes:
        charter: What it was opened with.
        since: When it was opened.
        limits: How much can be done at once now.
        priorities: The rank of technologies and of boards' rollouts, by their streams; a lower number goes
            first, and a rollout's own counts before its technology's.
        queue: What waits for capacity, by name, in the order of asking.
        slots: What has capacity, by name.
        lost: The rollouts whose place was taken away because they no longer ran, by name.
    """

    charter: Charter
    since: Instant
    limits: dict[str, int]
    priorities: dict[str, int] = Field(default_factory=dict)
    queue: dict[str, Place] = Field(default_factory=dict)
    slots: dict[str, Place] = Field(default_factory=dict)
    lost: dict[str, Lost] = Field(default_factory=dict)

    @property
    def stream(self) -> str:
        """The id of the workflow and of the ledger stream."""
        return programme_id(self.charter.programme)


# --- events -------------------------------------------------------------------------------------------------


class ProgrammeOpened(Event):
    """The programme office opened."""

    kind: Literal["programme-opened"] = "programme-opened"
    charter: Charter


class CapacitySet(Event):
    """A limit changed."""

    kind: Literal["capacity-set"] = "capacity-set"
    limit: str
    capacity: int
    role: str
    reason: str


class PrioritySet(Event):
    """A technology was ranked, or some boards' rollouts of it."""

    kind: Literal["priority-set"] = "priority-set"
    technology: str
    boards: tuple[str, ...] = ()
    priority: int
    role: str
    reason: str


class SlotClaimed(Event):
    """A rollout joined the queue, or said anew whether it is ready to start."""

    kind: Literal["slot-claimed"] = "slot-claimed"
    technology: str
    board: str
    roles: tuple[str, ...] = ()
    ready: bool
    begun: bool = False
    asking: int = 1


class ClaimRenewed(Event):
    """A rollout that has a slot asked for one again: it keeps the one that it has."""

    kind: Literal["claim-renewed"] = "claim-renewed"
    technology: str
    board: str
    asking: int


class WorkTakenOn(Event):
    """Unplanned work joined the queue."""

    kind: Literal["work-taken-on"] = "work-taken-on"
    work: str
    title: str
    lane: Lane
    board: str | None
    roles: tuple[str, ...]
    priority: int
    role: str
    reason: str


class PassedOver(Value):
    """One that asked before another was served, and draws on the same.

    Attributes:
        name: Its name.
        times: How often that has happened to it by now.
    """

    name: str
    times: int


class SlotAwarded(Event):
    """Work was given a slot.

    Attributes:
        name: The name of the work.
        technology: The technology; ``None`` for unplanned work.
        board: The board; ``None`` for work that is no board's.
        passed_over: Who had asked before, draws on the same and goes on waiting.
    """

    kind: Literal["slot-awarded"] = "slot-awarded"
    name: str
    technology: str | None
    board: str | None
    passed_over: PassedOver | None = None


class BoardSustained(Event):
    """A board runs the service as part of its business, which is sustained from now on, room or not."""

    kind: Literal["board-sustained"] = "board-sustained"
    technology: str
    board: str
    roles: tuple[str, ...] = ()
    asking: int = 1


class SlotReturned(Event):
    """A rollout no longer needs its slot, or its place in the queue."""

    kind: Literal["slot-returned"] = "slot-returned"
    technology: str
    board: str


class WorkFinished(Event):
    """Unplanned work no longer needs its slot, or its place in the queue."""

    kind: Literal["work-finished"] = "work-finished"
    work: str
    board: str | None
    role: str
    reason: str


class SlotReclaimed(Event):
    """A rollout no longer ran, so its slot or its place in the queue was taken away."""

    kind: Literal["slot-reclaimed"] = "slot-reclaimed"
    technology: str
    board: str
    because: str


class RolloutFound(Event):
    """A rollout whose place was taken away runs after all: it is told to ask again."""

    kind: Literal["rollout-found"] = "rollout-found"
    technology: str
    board: str


ProgrammeEvent = Annotated[
    ProgrammeOpened
    | CapacitySet
    | PrioritySet
    | SlotClaimed
    | ClaimRenewed
    | WorkTakenOn
    | SlotAwarded
    | BoardSustained
    | SlotReturned
    | WorkFinished
    | SlotReclaimed
    | RolloutFound,
    Field(discriminator="kind"),
]


def evolve(state: Programme | None, event: ProgrammeEvent) -> Programme:
    """Apply an event.

    Raises:
        ValueError: The first event is not the office's opening.
    """
    if isinstance(event, ProgrammeOpened):
        return Programme(charter=event.charter, limits=dict(event.charter.limits), since=event.at)
    if state is None:
        raise ValueError(f"a programme begins with its opening, not with {event.kind}")
    match event:
        case CapacitySet():
            return state.model_copy(update={"limits": {**state.limits, event.limit: event.capacity}})
        case PrioritySet():
            return state.model_copy(update={"priorities": {**state.priorities, **_ranks(event)}})
        case SlotReturned():
            return _without(state, rollout_id(event.technology, event.board))
        case WorkFinished():
            return _without(state, work_id(event.work))
        case SlotReclaimed() | RolloutFound():
            return _looked_up(state, event)
        case _:
            return _served(state, event)


def _served(
    state: Programme, event: SlotClaimed | ClaimRenewed | WorkTakenOn | SlotAwarded | BoardSustained
) -> Programme:
    match event:
        case SlotClaimed():
            return _claimed(state, event)
        case ClaimRenewed():
            held = state.slots[rollout_id(event.technology, event.board)]
            return _held(state, held.model_copy(update={"asking": event.asking}))
        case WorkTakenOn():
            return _queued(state, _place_of_work(event))
        case SlotAwarded():
            return _awarded(state, event)
        case BoardSustained():
            return _held(state, _place_of_board(event))


def _looked_up(state: Programme, event: SlotReclaimed | RolloutFound) -> Programme:
    name = rollout_id(event.technology, event.board)
    if isinstance(event, RolloutFound):
        found = state.lost[name].model_copy(update={"alive": True})
        return state.model_copy(update={"lost": {**state.lost, name: found}})
    known = state.slots.get(name) or state.queue.get(name) or state.lost[name]
    gone = Lost(technology=event.technology, board=event.board, asking=known.asking)
    without = _without(state, name)
    return without.model_copy(update={"lost": {**without.lost, name: gone}})


def _ranks(event: PrioritySet) -> dict[str, int]:
    if not event.boards:
        return {technology_id(event.technology): event.priority}
    return {rollout_id(event.technology, board): event.priority for board in event.boards}


def _claimed(state: Programme, event: SlotClaimed) -> Programme:
    name = rollout_id(event.technology, event.board)
    said = {"ready": event.ready, "begun": event.begun, "asking": event.asking}
    if (waiting := state.queue.get(name)) is not None:
        # One that only says whether it is ready keeps its place in the order.
        return _queued(state, waiting.model_copy(update=said))
    place = Place(
        name=name,
        technology=event.technology,
        board=event.board,
        lane=Lane.DEVELOPING,
        roles=event.roles,
        since=event.at,
        ready=event.ready,
        begun=event.begun,
        asking=event.asking,
    )
    return _queued(_without(state, name), place)


def _place_of_work(event: WorkTakenOn) -> Place:
    return Place(
        name=work_id(event.work),
        board=event.board,
        lane=event.lane,
        roles=event.roles,
        since=event.at,
        title=event.title,
        priority=event.priority,
    )


def _place_of_board(event: BoardSustained) -> Place:
    return Place(
        name=rollout_id(event.technology, event.board),
        technology=event.technology,
        board=event.board,
        lane=Lane.SUSTAINING,
        roles=event.roles,
        since=event.at,
        asking=event.asking,
    )


def _awarded(state: Programme, event: SlotAwarded) -> Programme:
    waiting = state.queue[event.name]
    # What it was while it waited is over.
    fresh = {"since": event.at, "ready": True, "begun": False, "passed_over": 0}
    state = _held(state, waiting.model_copy(update=fresh))
    if event.passed_over is None:
        return state
    passed = state.queue[event.passed_over.name]
    return _queued(state, passed.model_copy(update={"passed_over": event.passed_over.times}))


def _queued(state: Programme, place: Place) -> Programme:
    return state.model_copy(update={"queue": {**state.queue, place.name: place}})


def _held(state: Programme, place: Place) -> Programme:
    freed = state if place.name in state.slots else _without(state, place.name)
    return freed.model_copy(update={"slots": {**freed.slots, place.name: place}})


def _without(state: Programme, name: str) -> Programme:
    return state.model_copy(
        update={
            "queue": {other: place for other, place in state.queue.items() if other != name},
            "slots": {other: place for other, place in state.slots.items() if other != name},
            "lost": {other: gone for other, gone in state.lost.items() if other != name},
        }
    )
