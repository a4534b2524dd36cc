"""What people may want at a gate: decide, object, answer, waive, meet a condition."""

from pydantic import Field

from domain.event import Command
from domain.gate import Terms
from domain.value import Instant, Slug

ABSTAIN = "abstain"
"""The word that stands for no outcome."""


# --- commands -----------------------------------------------------------------------------------------------


class GateCommand(Command):
    """A command about a gate."""

    gate: Slug


class DecideGate(GateCommand):
    """Say what should be decided at a gate; it is decided once enough of those who have a say agree.

    Attributes:
        outcome: One of the gate's outcomes, or ``abstain``.
        reason: Why.
        reopen: For an outcome that repeats: the steps to do again; none means all of them.
        accepts: For an outcome that proceeds: why each inconclusive criterion may pass, by its slug.
        terms: For an outcome that proceeds: on what terms.
    """

    outcome: Slug
    reason: str
    reopen: tuple[Slug, ...] = ()
    accepts: dict[Slug, str] = Field(default_factory=dict)
    terms: tuple[Terms, ...] = ()


class ObjectToGate(GateCommand):
    """Raise a concern that has to be answered before the gate is passed."""

    reason: str


class AnswerObjection(GateCommand):
    """Answer an objection.

    Attributes:
        objection: Its number.
        reason: The answer.
    """

    objection: int
    reason: str


class AskWaiver(GateCommand):
    """Ask that a criterion be waived for a time.

    Attributes:
        criterion: Its slug.
        reason: Why.
        until: Until when.
    """

    criterion: Slug
    reason: str
    until: Instant


class GrantWaiver(GateCommand):
    """Grant a waiver that somebody else asked for.

    Attributes:
        waiver: Its number.
        reason: Why.
    """

    waiver: int
    reason: str


class MeetCondition(GateCommand):
    """Say that a condition is met.

    Attributes:
        condition: Its number.
        reason: How it was met, and where that can be seen.
    """

    condition: int
    reason: str
