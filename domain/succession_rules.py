"""What may be done about a technology's succession, and what follows from it by itself."""

from datetime import datetime

from domain.actor import ENGINE
from domain.journey import Stopped
from domain.refusal import Refusal
from domain.steering import check_steering
from domain.succession import (
    LeavePlace,
    PlaceLeft,
    ReplacementDeclared,
    ReplaceTechnology,
    SucceedAt,
    SuccessorReported,
)
from domain.technology import Technology, TechnologyEvent
from domain.technology_progress import boards_started, live_boards
from domain.value import at_day


def replace(
    state: Technology, command: ReplaceTechnology, now: datetime
) -> tuple[TechnologyEvent, ...] | Refusal:
    """Say that another technology takes this one's place."""
    if refusal := check_steering(state, command.actor, f"Replacing {state.stream}"):
        return refusal
    if command.by == state.proposal.technology:
        return Refusal(
            code="replaces-itself", message=f"{state.stream} cannot take its own place: name its successor."
        )
    if (known := state.replacement) is not None:
        return Refusal(
            code="already-replaced",
            message=f"{known.by} takes the place of {state.stream} since {at_day(known.declared.at)} "
            f"({known.declared.reason}): see how far that has come.",
        )
    if not live_boards(state):
        return Refusal(
            code="nothing-live",
            message=f"{state.stream} is live at no board, so there is no service to go on: stop it instead.",
        )
    role = command.actor.acting_as(state.authority.national) or ""
    return (
        ReplacementDeclared(at=now, by=command.actor, successor=command.by, role=role, reason=command.reason),
    )


def hear_of_succession(
    state: Technology, command: SucceedAt | LeavePlace, now: datetime
) -> tuple[TechnologyEvent, ...]:
    """Take note of what the other side of a succession says; what is known already is no event."""
    if state.stopped is not None:
        return ()
    match command:
        case SucceedAt():
            if state.successors.get(command.technology, ()) == command.boards:
                return ()
            return (
                SuccessorReported(
                    at=now, by=command.actor, successor=command.technology, boards=command.boards
                ),
            )
        case LeavePlace():
            ours = command.technology == state.proposal.replaces
            if not ours or not command.ended or state.place_left:
                return ()
            return (PlaceLeft(at=now, by=command.actor, technology=command.technology),)


def end_once_replaced(state: Technology, now: datetime) -> tuple[TechnologyEvent, ...]:
    """The end of a technology that was replaced, once its rollouts have ended at every board."""
    if state.replacement is None or state.stopped is not None:
        return ()
    reports = [state.reports.get(board) for board, _ in boards_started(state)]
    if not all(report is not None and report.stopped for report in reports):
        return ()
    reason = f"{state.replacement.by} has taken its place at every board"
    return (Stopped(at=now, by=ENGINE, role=ENGINE.roles[0], reason=reason),)
