"""Versions of the playbook at a board: one is offered, and the board adopts or declines it.

What adopting would make of the work in progress is worked out in ``domain.edition_rules``.
"""

from typing import Literal

from pydantic import Field

from domain.event import Command, Event
from domain.gate import Note
from domain.migration import Migration
from domain.plan import Plan
from domain.playbook import Edition
from domain.value import Fact, Instant
from domain.work import Work


class Offer(Fact):
    """A later version than the one that the board replicates.

    Attributes:
        edition: The version.
        since: Since when it is offered.
        declined: Who declined it, when and why; it may still be adopted.
    """

    edition: Edition
    since: Instant
    declined: Note | None = None


class Behind(Fact):
    """What lies behind a gate that the board has passed: no later version changes it any more.

    Attributes:
        steps: The steps of that plan, as the version that the board replicates has it.
        done: The steps that were done or skipped there, each under which revision.
    """

    steps: tuple[str, ...] = ()
    done: dict[str, int] = Field(default_factory=dict)


class Unapplied(Fact):
    """A change of a version that does not reach a board, because it lies behind a gate that was passed."""

    step: str
    change: Literal["added", "dropped", "redone"]


def behind(work: Work) -> Behind:
    """What lies behind the gate at the end of a plan, once that was passed."""
    records = work.past | {step: work.record(step) for step in work.plan.by_id}
    return Behind(
        steps=tuple(work.plan.by_id),
        done={step: it.revision for step, it in records.items() if it.status.closed},
    )


# --- commands -----------------------------------------------------------------------------------------------


class EditionCommand(Command):
    """A decision about a version of the playbook that is offered to a board."""

    version: int = Field(ge=1)
    reason: str


class AdoptEdition(EditionCommand):
    """Go on by a later version of the playbook."""


class DeclineEdition(EditionCommand):
    """Stay on the present version of the playbook."""


# --- events -------------------------------------------------------------------------------------------------


class EditionOffered(Event):
    """A later version of the playbook can be adopted."""

    kind: Literal["edition-offered"] = "edition-offered"
    edition: Edition


class EditionAdopted(Event):
    """The board goes on by a later version of the playbook; all that becomes of its work is told.

    Attributes:
        before: The version that it replicated.
        version: The version that it replicates from now on.
        role: The role in which that was decided.
        reason: Why.
        plan: The plan that it works on, in the new version.
        handover: The plan of the handover, where that is still to come.
        implementation: The steps of the new version that lead to go-live.
        migration: What becomes of each step.
        unapplied: What does not reach the board, because it lies behind a gate that was passed.
    """

    kind: Literal["edition-adopted"] = "edition-adopted"
    before: int
    version: int
    role: str
    reason: str
    plan: Plan
    handover: Plan | None = None
    implementation: tuple[str, ...] = ()
    migration: Migration
    unapplied: tuple[Unapplied, ...] = ()


class EditionDeclined(Event):
    """The board stays on the version that it replicates."""

    kind: Literal["edition-declined"] = "edition-declined"
    before: int
    version: int
    role: str
    reason: str


EditionEvent = EditionOffered | EditionAdopted | EditionDeclined


def evolve_offer(offer: Offer | None, event: EditionEvent) -> Offer | None:
    """What is offered after an event."""
    match event:
        case EditionOffered():
            return Offer(edition=event.edition, since=event.at)
        case EditionAdopted():
            return None
        case EditionDeclined() if offer is not None:
            note = Note(at=event.at, name=event.by.name, role=event.role, reason=event.reason)
            return offer.model_copy(update={"declined": note})
        case EditionDeclined():
            return None
