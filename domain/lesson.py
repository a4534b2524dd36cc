"""Lessons: what a life has learned from its barriers, as it tells others."""

from domain.barrier import Barrier, Barriers
from domain.barrier_words import Nature, Outcome
from domain.names import barrier_name
from domain.value import Value


class Lesson(Value):
    """What hindered or helped somewhere, and what helped against it.

    Attributes:
        barrier: The barrier's name, by which all about it is found.
        nature: Whether it hindered or helped.
        what: It, in a line.
        category: The category that it belongs to.
        step: The first of the steps that it concerned, where it concerned any.
        helped: What was tried and worked or helped, in the order in which it ended.
    """

    barrier: str
    nature: Nature
    what: str
    category: str
    step: str | None = None
    helped: tuple[str, ...] = ()


def lessons_of(stream: str, barriers: Barriers) -> tuple[Lesson, ...]:
    """What a life has learned: what helps, and what hinders once something was tried against it to an end."""
    return tuple(_lesson(stream, it) for it in barriers.values() if _is_learned(it))


def _is_learned(it: Barrier) -> bool:
    return it.nature is Nature.FACILITATOR or any(attempt.outcome for attempt in it.attempts)


def _lesson(stream: str, it: Barrier) -> Lesson:
    helped = (each.what for each in it.attempts if each.outcome in {Outcome.WORKED, Outcome.HELPED})
    return Lesson(
        barrier=barrier_name(stream, it.number),
        nature=it.nature,
        what=it.what,
        category=it.category,
        step=it.steps[0] if it.steps else None,
        helped=tuple(helped),
    )
