"""What may be done about changes to the playbook: propose, review, and publish what was accepted."""

from datetime import datetime
from difflib import get_close_matches

from domain.actor import person_in_both
from domain.amendment import (
    Amendment,
    AmendmentCommand,
    AmendmentProposed,
    AmendmentReviewed,
    ProposeAmendment,
    ReviewAmendment,
    amend,
    learn,
    to_publish,
)
from domain.playbook import Playbook
from domain.refusal import Refusal
from domain.steering import check_steering
from domain.technology import Technology, TechnologyEvent
from domain.technology_progress import lessons
from domain.value import at_day

Decided = tuple[TechnologyEvent, ...] | Refusal


def decide_amendment(state: Technology, command: AmendmentCommand, now: datetime) -> Decided:
    """Decide a command about a change that is not published yet: the events, or why not.

    Raises:
        TypeError: It is no such command.
    """
    match command:
        case ProposeAmendment():
            return _propose(state, command, now)
        case ReviewAmendment():
            return _review(state, command, now)
        case _:
            raise TypeError(f"not a command about a change to the playbook: {type(command).__name__}")


def _propose(state: Technology, command: ProposeAmendment, now: datetime) -> Decided:
    """Propose a change: whoever acts anywhere may, for what was learned there."""
    playbook, actor = state.playbook, command.actor
    if not actor.roles:
        return Refusal(
            code="wrong-role",
            message="Proposing a change to the playbook takes a role, and you have none: act in one.",
        )
    if playbook is None:
        return _no_playbook(state)
    if refusal := _check_ground(state, command):
        return refusal
    accepted = tuple(it.change for it in to_publish(state.amendments))
    changed = amend(playbook, (*accepted, command.change))
    if isinstance(changed, Refusal):
        return changed
    if _same_plans(changed, amend(playbook, accepted)):
        return Refusal(
            code="nothing-new",
            message="The playbook with what was accepted says that already: say what is to be different.",
        )
    return (
        AmendmentProposed(
            at=now,
            by=actor,
            number=len(state.amendments) + 1,
            change=command.change,
            lessons=tuple(dict.fromkeys(command.lessons)),
            evidence=tuple(dict.fromkeys(command.evidence)),
            observed=command.observed,
            against=playbook.version,
            role=actor.roles[0],
            reason=command.reason,
        ),
    )


def _no_playbook(state: Technology) -> Refusal:
    return Refusal(
        code="no-playbook", message=f"{state.stream} has published no playbook yet: publish the first."
    )


def _same_plans(one: Playbook, other: Playbook | Refusal) -> bool:
    return isinstance(other, Playbook) and (one.implementation, one.handover) == (
        other.implementation,
        other.handover,
    )


def _check_ground(state: Technology, command: ProposeAmendment) -> Refusal | None:
    learned = [it.barrier for it in lessons(state)]
    for name in command.lessons:
        if name not in learned:
            close = get_close_matches(name, learned, n=1)
            hint = f"did you mean {close[0]}?" if close else "record what was tried there and how it ended."
            return Refusal(
                code="no-such-lesson", message=f'Nothing was learned yet from a barrier "{name}": {hint}'
            )
    for ref in command.evidence:
        if ref not in state.known_evidence:
            return Refusal(
                code="no-such-evidence",
                message=f'{state.stream} knows no evidence "{ref}": list the evidence to see its names.',
            )
    if command.observed is not None and getattr(command.change, "duration", None) is None:
        return Refusal(
            code="nothing-observed",
            message="How long a step took is a ground for a change of its duration alone: leave it out.",
        )
    return None


def _review(state: Technology, command: ReviewAmendment, now: datetime) -> Decided:
    """Accept or decline a proposed change: whoever steers may, except who proposed it."""
    found = state.amendments.get(command.amendment)
    if found is None:
        known = ", ".join(map(str, state.amendments)) or "none"
        return Refusal(
            code="no-such-amendment",
            message=f"No change {command.amendment} to the playbook was proposed: there is {known}.",
        )
    if refusal := check_steering(state, command.actor, f"Reviewing change {found.number} to the playbook"):
        return refusal
    if refusal := _check_reviewable(found, command):
        return refusal
    if command.accept and (refusal := _check_fits(state, found)):
        return refusal
    role = command.actor.acting_as(state.authority.national) or ""
    return (
        AmendmentReviewed(
            at=now,
            by=command.actor,
            number=found.number,
            accepted=command.accept,
            role=role,
            reason=command.reason,
        ),
    )


def _check_reviewable(found: Amendment, command: ReviewAmendment) -> Refusal | None:
    # What was accepted may still be declined, for it may no longer go together with what came since.
    settled = found.version is not None or found.accepted is False or found.accepted is command.accept
    if found.reviewed is not None and settled:
        said = "accepted" if found.accepted else "declined"
        where = f" and is published in version {found.version}" if found.version else ""
        return Refusal(
            code="already-reviewed",
            message=f"Change {found.number} was {said} on {at_day(found.reviewed.at)}{where}: propose "
            "another.",
        )
    if person := person_in_both(found.people, command.actor.people):
        return Refusal(
            code="own-amendment",
            message=f"{person} proposed change {found.number}, and nobody reviews their own, in person or by "
            "a delegation: ask someone else who steers.",
        )
    return None


def _check_fits(state: Technology, found: Amendment) -> Refusal | None:
    """Refuse a change that no longer goes together with what was published or accepted since."""
    if state.playbook is None:
        return _no_playbook(state)
    accepted = (it.change for it in to_publish(state.amendments))
    changed = amend(state.playbook, (*accepted, found.change))
    return changed if isinstance(changed, Refusal) else None


def next_playbook(state: Technology) -> Playbook | Refusal:
    """The version that what was accepted makes, with what was learned among its mitigations."""
    accepted = to_publish(state.amendments)
    if state.playbook is None:
        return _no_playbook(state)
    if not accepted:
        return Refusal(
            code="nothing-accepted",
            message=f"No accepted change of {state.stream} waits to be published: propose and review one, or "
            "publish a playbook from a file.",
        )
    changed = amend(state.playbook, tuple(it.change for it in accepted))
    if isinstance(changed, Refusal):
        return changed
    known = {it.barrier: it for it in lessons(state)}
    names = dict.fromkeys(name for it in accepted for name in it.lessons if name in known)
    return learn(changed, tuple(known[name] for name in names))
