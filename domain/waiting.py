"""What a life can wait for, in the order in which each kind decides whether anything else matters."""

from enum import StrEnum

from domain.value import Fact, Instant


class WaitKind(StrEnum):
    """What is waited for; a kind that comes earlier decides before those that come later."""

    HALT = "halt"
    PAUSE = "pause"
    BARRIER = "barrier"
    INFRASTRUCTURE = "infrastructure"
    EVIDENCE = "evidence"
    CRITERION = "criterion"
    OBJECTION = "objection"
    REVIEW = "review"
    GATE = "gate"
    STEP = "step"
    TRIAL = "trial"
    CAPACITY = "capacity"
    DEPENDENCY = "dependency"
    CONDITION = "condition"
    CHANGE = "change"
    OFFER = "offer"

    @property
    def rank(self) -> int:
        """The kind's place in the order, from 0."""
        return list(WaitKind).index(self)


class Wait(Fact):
    """One thing that a life waits for.

    Attributes:
        kind: What it is.
        on: Who or what has to act: a role's slug, or a word such as ``capacity``.
        what: What is waited for, in words.
        since: Since when.
        due: By when it is expected, where that is known.
        late: Whether that has been noticed to have passed.
        name: The name by which to act on it: a task's, a gate's, a barrier's; ``None`` where there is none.
        link: The stream of the life that it waits for, where it is another.
    """

    kind: WaitKind
    on: str
    what: str
    since: Instant | None = None
    due: Instant | None = None
    late: bool = False
    name: str | None = None
    link: str | None = None
