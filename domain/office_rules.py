"""What may be done in the programme office, what follows from it, and what others should know of it."""

from datetime import datetime

from domain.actor import ENGINE, Actor
from domain.capacity import Lane
from domain.event import Command, TimePassed
from domain.names import rollout_id, work_id
from domain.office_commands import (
    RUNNING,
    FinishWork,
    NoteLives,
    OpenProgramme,
    SetCapacity,
    SetPriority,
    TakeOnWork,
)
from domain.programme import (
    BoardSustained,
    CapacitySet,
    ClaimRenewed,
    PrioritySet,
    Programme,
    ProgrammeEvent,
    ProgrammeOpened,
    RolloutFound,
    SlotAwarded,
    SlotClaimed,
    SlotReclaimed,
    SlotReturned,
    WorkFinished,
    WorkTakenOn,
    evolve,
)
from domain.refusal import Refusal
from domain.rollout import ClaimSlot, Grant
from domain.service import next_in_queue, survey
from domain.steps import check_actor

POSITIONS_TOLD = 10
"""How many of those that wait are told where they stand.

Each award moves everybody behind it, and each who is told costs a message: those further back are told once
that they wait, and hear more when they come near."""

FURTHER_BACK = f"its turn: {POSITIONS_TOLD} or more are before it"


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
        following = () if state is None else consequences(state, command.actor, now)
    return tuple(events)


def consequences(state: Programme, by: Actor, now: datetime) -> tuple[ProgrammeEvent, ...]:
    """The slot that is awarded next, if somebody can be served."""
    if (served := next_in_queue(state)) is None:
        return ()
    place = served.place
    return (
        SlotAwarded(
            at=now,
            by=by,
            name=place.name,
            technology=place.technology,
            board=place.board,
            passed_over=served.passed_over,
        ),
    )


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
        case NoteLives():
            return _note_lives(state, command, now)
        case SetCapacity() | SetPriority() | TakeOnWork() | FinishWork():
            return _steer(state, command, now)
        case TimePassed():
            return ()
        case _:
            raise TypeError(f"not a command of the programme office: {type(command).__name__}")


# --- what rollouts say --------------------------------------------------------------------------------------


def _claim(state: Programme, command: ClaimSlot, now: datetime) -> tuple[ProgrammeEvent, ...]:
    claim, by = command.claim, command.actor
    name = rollout_id(claim.technology, claim.board)
    waiting, held = state.queue.get(name), state.slots.get(name)
    known = waiting or held
    if not claim.wanted:
        if known is None and name not in state.lost:
            return ()
        return (SlotReturned(at=now, by=by, technology=claim.technology, board=claim.board),)
    if known is not None and claim.asking < known.asking:
        return ()  # it has asked again since it said this
    roles = state.charter.draws.get(claim.lane, ())
    if claim.lane is Lane.SUSTAINING:
        if held is not None and held.lane is Lane.SUSTAINING and held.asking == claim.asking:
            return ()
        return (
            BoardSustained(
                at=now,
                by=by,
                technology=claim.technology,
                board=claim.board,
                roles=roles,
                asking=claim.asking,
            ),
        )
    if held is not None:
        told = ClaimRenewed(
            at=now, by=by, technology=claim.technology, board=claim.board, asking=claim.asking
        )
        return () if held.asking == claim.asking else (told,)
    said = (claim.ready, claim.begun, claim.asking)
    if waiting is not None and (waiting.ready, waiting.begun, waiting.asking) == said:
        return ()
    return (
        SlotClaimed(
            at=now,
            by=by,
            technology=claim.technology,
            board=claim.board,
            roles=roles,
            ready=claim.ready,
            begun=claim.begun,
            asking=claim.asking,
        ),
    )


# --- what people say ----------------------------------------------------------------------------------------

_ACTS = {
    SetCapacity: "Setting the capacity of the programme",
    SetPriority: "Setting the priorities of the programme",
    TakeOnWork: "Taking on work that nobody planned",
    FinishWork: "Finishing unplanned work",
}

Steering = SetCapacity | SetPriority | TakeOnWork | FinishWork


def _steer(state: Programme, command: Steering, now: datetime) -> tuple[ProgrammeEvent, ...] | Refusal:
    roles = state.charter.authority.national
    if refusal := check_actor(command.actor, roles, None, _ACTS[type(command)]):
        return refusal
    role = command.actor.acting_as(roles) or ""
    match command:
        case SetCapacity():
            return (
                CapacitySet(
                    at=now,
                    by=command.actor,
                    limit=command.limit,
                    capacity=command.capacity,
                    role=role,
                    reason=command.reason,
                ),
            )
        case SetPriority():
            return (
                PrioritySet(
                    at=now,
                    by=command.actor,
                    technology=command.technology,
                    boards=command.boards,
                    priority=command.priority,
                    role=role,
                    reason=command.reason,
                ),
            )
        case TakeOnWork():
            return _take_on(state, command, role, now)
        case FinishWork():
            return _finish(state, command, role, now)


def _take_on(
    state: Programme, command: TakeOnWork, role: str, now: datetime
) -> tuple[ProgrammeEvent, ...] | Refusal:
    if work_id(command.work) in {**state.queue, **state.slots}:
        return Refusal(
            code="work-known",
            message=f'"{command.work}" was already taken on: finish that first, or call this something else.',
        )
    return (
        WorkTakenOn(
            at=now,
            by=command.actor,
            work=command.work,
            title=command.title,
            lane=command.lane,
            board=command.board,
            roles=tuple(dict.fromkeys(command.roles)),
            priority=command.priority,
            role=role,
            reason=command.reason,
        ),
    )


def _finish(
    state: Programme, command: FinishWork, role: str, now: datetime
) -> tuple[ProgrammeEvent, ...] | Refusal:
    name = work_id(command.work)
    place = state.slots.get(name) or state.queue.get(name)
    if place is None:
        known = [work.removeprefix(work_id("")) for work in {**state.slots, **state.queue}]
        open_now = ", ".join(work for work in known if "/" not in work) or "none"
        return Refusal(
            code="no-such-work",
            message=f'There is no unplanned work "{command.work}" to finish: choose from {open_now}.',
        )
    return (
        WorkFinished(
            at=now,
            by=command.actor,
            work=command.work,
            board=place.board,
            role=role,
            reason=command.reason,
        ),
    )


# --- what the engine says -----------------------------------------------------------------------------------


def _note_lives(state: Programme, command: NoteLives, now: datetime) -> tuple[ProgrammeEvent, ...]:
    by, events = command.actor, list[ProgrammeEvent]()
    for name, found in command.states.items():
        place, gone = state.slots.get(name) or state.queue.get(name), state.lost.get(name)
        if found != RUNNING and place is not None and place.technology and place.board:
            technology, board = place.technology, place.board
        elif gone is not None and gone.alive != (found == RUNNING):
            technology, board = gone.technology, gone.board
        else:
            continue
        if found == RUNNING:
            events.append(RolloutFound(at=now, by=by, technology=technology, board=board))
        else:
            because = f"its workflow no longer runs ({found})"
            events.append(SlotReclaimed(at=now, by=by, technology=technology, board=board, because=because))
    return tuple(events)


def lives_to_look_up(state: Programme) -> tuple[str, ...]:
    """The workflows of the rollouts in the books, by id: those that have or want a place, or have lost it."""
    books = {**state.slots, **state.queue}
    return (*(name for name, place in books.items() if place.technology), *state.lost)


def next_look(state: Programme, now: datetime) -> datetime | None:
    """When the office looks next whether these still run; ``None`` while there are none."""
    if not lives_to_look_up(state):
        return None
    every = state.charter.serving.look_every
    return state.since + every * ((now - state.since) // every + 1)


# --- what others should know --------------------------------------------------------------------------------


def messages(state: Programme) -> dict[str, Command]:
    """What the rollouts should know that have a slot, wait for one or have lost theirs, by workflow id."""
    held = {
        name: Grant(actor=ENGINE, granted=True, asking=place.asking)
        for name, place in state.slots.items()
        if place.technology
    }
    lost = {
        name: Grant(actor=ENGINE, granted=False, asking=gone.asking)
        for name, gone in state.lost.items()
        if gone.alive
    }
    return {**held, **_told_to_wait(state), **lost}


def _told_to_wait(state: Programme) -> dict[str, Grant]:
    near = {standing.place.name: standing for standing in survey(state)[:POSITIONS_TOLD]}
    told: dict[str, Grant] = {}
    for name, place in state.queue.items():
        if not place.technology:
            continue
        standing = near.get(name)
        told[name] = Grant(
            actor=ENGINE,
            granted=False,
            queued=True,
            position=standing.position if standing else None,
            waits_for=standing.why if standing else FURTHER_BACK if place.ready else "",
            asking=place.asking,
        )
    return told
