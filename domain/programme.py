"""The programme office: it grants the slots in which boards implement, finishing before starting."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from domain.actor import ENGINE, Actor
from domain.event import Command, Event, TimePassed
from domain.journey import Authority
from domain.names import programme_id, rollout_id
from domain.refusal import Refusal
from domain.rollout import ClaimSlot, Grant
from domain.steps import check_actor
from domain.value import Fact, Instant, Slug, Value

ORDINARY_PRIORITY = 100
"""The priority of a technology that nobody has ranked; a lower number goes first."""

LOWEST_PRIORITY = 1000

CAPACITY_LIMIT = 1000


class Charter(Value):
    """What a programme office is opened with.

    Attributes:
        programme: The programme's slug.
        name: Its name for people.
        capacity: How many boards may implement at once, over all technologies.
        authority: Who may steer.
    """

    programme: Slug
    name: str
    capacity: int = Field(ge=0, le=CAPACITY_LIMIT)
    authority: Authority


class Place(Fact):
    """A rollout's place in the queue, or its slot.

    Attributes:
        technology: The technology's slug.
        board: The board's slug.
        since: When it joined the queue, or was granted its slot.
        ready: Whether it could start now.
    """

    technology: str
    board: str
    since: Instant
    ready: bool = True


class Programme(Fact):
    """The state of a programme office.

    Attributes:
        charter: What it was opened with.
        capacity: How many slots there are now.
        priorities: The rank of technologies; a lower number goes first.
        queue: Who waits for a slot, by rollout, in the order of asking.
        slots: Who holds a slot, by rollout.
        since: When it was opened.
    """

    charter: Charter
    capacity: int
    since: Instant
    priorities: dict[str, int] = Field(default_factory=dict)
    queue: dict[str, Place] = Field(default_factory=dict)
    slots: dict[str, Place] = Field(default_factory=dict)

    @property
    def stream(self) -> str:
        """The id of the workflow and of the ledger stream."""
        return programme_id(self.charter.programme)


class OpenProgramme(Command):
    """Open the programme office."""

    charter: Charter


class SetCapacity(Command):
    """Change how many boards may implement at once; slots that are held are kept until they are free."""

    capacity: int
    reason: str

    def misformed(self) -> Refusal | None:
        """Refuse a capacity beyond all reason."""
        if 0 <= self.capacity <= CAPACITY_LIMIT:
            return None
        return Refusal(
            code="capacity-out-of-range",
            message=f"A capacity of {self.capacity} is out of range: choose 0 to {CAPACITY_LIMIT}.",
        )


class SetPriority(Command):
    """Rank a technology; a lower number goes first."""

    technology: Slug
    priority: int
    reason: str

    def misformed(self) -> Refusal | None:
        """Refuse a priority that the ledger could not hold."""
        if 1 <= self.priority <= LOWEST_PRIORITY:
            return None
        return Refusal(
            code="priority-out-of-range",
            message=f"A priority of {self.priority} is out of range: choose 1 (first) to "
            f"{LOWEST_PRIORITY} (last).",
        )


class ProgrammeOpened(Event):
    """The programme office opened."""

    kind: Literal["programme-opened"] = "programme-opened"
    charter: Charter


class CapacitySet(Event):
    """The number of slots changed."""

    kind: Literal["capacity-set"] = "capacity-set"
    capacity: int
    role: str
    reason: str


class PrioritySet(Event):
    """A technology was ranked."""

    kind: Literal["priority-set"] = "priority-set"
    technology: str
    priority: int
    role: str
    reason: str


class SlotClaimed(Event):
    """A rollout joined the queue, or said whether it is ready to start."""

    kind: Literal["slot-claimed"] = "slot-claimed"
    technology: str
    board: str
    ready: bool


class SlotAwarded(Event):
    """A rollout was given a slot."""

    kind: Literal["slot-awarded"] = "slot-awarded"
    technology: str
    board: str


class SlotReturned(Event):
    """A rollout no longer needs its slot, or its place in the queue."""

    kind: Literal["slot-returned"] = "slot-returned"
    technology: str
    board: str


ProgrammeEvent = Annotated[
    ProgrammeOpened | CapacitySet | PrioritySet | SlotClaimed | SlotAwarded | SlotReturned,
    Field(discriminator="kind"),
]


def evolve(state: Programme | None, event: ProgrammeEvent) -> Programme:
    """Apply an event.

    Raises:
        ValueError: The first event is not the office's opening.
    """
    if isinstance(event, ProgrammeOpened):
        return Programme(charter=event.charter, capacity=event.charter.capacity, since=event.at)
    if state is None:
        raise ValueError(f"a programme begins with its opening, not with {event.kind}")
    match event:
        case CapacitySet():
            return state.model_copy(update={"capacity": event.capacity})
        case PrioritySet():
            ranks = {**state.priorities, event.technology: event.priority}
            return state.model_copy(update={"priorities": ranks})
    rollout = rollout_id(event.technology, event.board)
    queue = {name: place for name, place in state.queue.items() if name != rollout}
    slots = {name: place for name, place in state.slots.items() if name != rollout}
    match event:
        case SlotClaimed():
            before = state.queue.get(rollout)
            place = Place(
                technology=event.technology,
                board=event.board,
                since=before.since if before else event.at,
                ready=event.ready,
            )
            # One that only says whether it is ready keeps its place in the order.
            queue = {**state.queue, rollout: place}
        case SlotAwarded():
            place = Place(technology=event.technology, board=event.board, since=event.at)
            slots = {**slots, rollout: place}
        case SlotReturned():
            pass
    return state.model_copy(update={"queue": queue, "slots": slots})


def decide(state: Programme | None, command: Command, now: datetime) -> tuple[ProgrammeEvent, ...] | Refusal:
    """Decide a command: the events with all that follows from them, or why not."""
    outcome = _decide_alone(state, command, now)
    if isinstance(outcome, Refusal):
        return outcome
    events: list[ProgrammeEvent] = []
    following = outcome
    while following:
        for event in following:
            state = evolve(state, event)
        events += following
        following = () if state is None else award(state, command.actor, now)
    return tuple(events)


def _decide_alone(
    state: Programme | None, command: Command, now: datetime
) -> tuple[ProgrammeEvent, ...] | Refusal:
    if state is None:
        if isinstance(command, OpenProgramme):
            return (ProgrammeOpened(at=now, by=command.actor, charter=command.charter),)
        return Refusal(code="not-open", message="The programme office is not open: load the programme first.")
    match command:
        case OpenProgramme():
            return Refusal(
                code="already-open", message=f"{state.stream} is already open: set its capacity instead."
            )
        case ClaimSlot():
            return _claim(state, command, now)
        case SetCapacity() | SetPriority():
            return _steer(state, command, now)
        case TimePassed():
            return ()
        case _:
            raise TypeError(f"not a command of the programme office: {type(command).__name__}")


def _claim(state: Programme, command: ClaimSlot, now: datetime) -> tuple[ProgrammeEvent, ...]:
    claim, by = command.claim, command.actor
    rollout = rollout_id(claim.technology, claim.board)
    waiting, holding = state.queue.get(rollout), rollout in state.slots
    if not claim.wanted:
        if waiting is None and not holding:
            return ()
        return (SlotReturned(at=now, by=by, technology=claim.technology, board=claim.board),)
    if holding or (waiting is not None and waiting.ready == claim.ready):
        return ()
    return (SlotClaimed(at=now, by=by, technology=claim.technology, board=claim.board, ready=claim.ready),)


def _steer(
    state: Programme, command: SetCapacity | SetPriority, now: datetime
) -> tuple[ProgrammeEvent, ...] | Refusal:
    roles = state.charter.authority.national
    what = f"Setting the {'capacity' if isinstance(command, SetCapacity) else 'priorities'} of the programme"
    refusal = check_actor(command.actor, roles, None, what)
    if refusal:
        return refusal
    role = command.actor.acting_as(roles) or ""
    match command:
        case SetCapacity():
            return (
                CapacitySet(
                    at=now, by=command.actor, capacity=command.capacity, role=role, reason=command.reason
                ),
            )
        case SetPriority():
            return (
                PrioritySet(
                    at=now,
                    by=command.actor,
                    technology=command.technology,
                    priority=command.priority,
                    role=role,
                    reason=command.reason,
                ),
            )


def award(state: Programme, by: Actor, now: datetime) -> tuple[ProgrammeEvent, ...]:
    """The slot that is awarded next, if one is free and somebody who is ready waits."""
    if len(state.slots) >= state.capacity or (first := next_in_queue(state)) is None:
        return ()
    return (SlotAwarded(at=now, by=by, technology=first.technology, board=first.board),)


def next_in_queue(state: Programme) -> Place | None:
    """Who is served next: by priority, then a technology already under way, then the order of asking."""
    return next(iter(queue_order(state)), None)


def queue_order(state: Programme) -> tuple[Place, ...]:
    """Those who are ready, in the order in which they are served."""
    under_way = {place.technology for place in state.slots.values()}
    ready = [place for place in state.queue.values() if place.ready]
    return tuple(
        sorted(
            ready,
            key=lambda place: (
                state.priorities.get(place.technology, ORDINARY_PRIORITY),
                place.technology not in under_way,
                place.since,
            ),
        )
    )


def messages(state: Programme) -> dict[str, Command]:
    """What the rollouts that hold a slot should know, by workflow id."""
    return {rollout: Grant(actor=ENGINE, granted=True) for rollout in state.slots}
