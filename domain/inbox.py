"""The order in which somebody sees what waits on them: what holds up others or is late before the rest."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from domain.waiting import WaitKind

MATTERS = (
    WaitKind.HALT,
    WaitKind.BARRIER,
    WaitKind.OBJECTION,
    WaitKind.REVIEW,
    WaitKind.GATE,
    WaitKind.EVIDENCE,
    WaitKind.CONDITION,
    WaitKind.STEP,
    WaitKind.CHANGE,
    WaitKind.OFFER,
)
"""The kinds of what waits on people, in the order in which they matter: what keeps whole boards from moving
comes before what keeps one piece of work."""

FAR = datetime.max.replace(tzinfo=UTC)


class Item(Protocol):
    """What waits on somebody."""

    @property
    def kind(self) -> str:
        """Its kind, as ``WaitKind`` says it."""

    @property
    def overdue(self) -> bool:
        """Whether its time has passed."""

    @property
    def due(self) -> datetime | None:
        """By when it is expected."""

    @property
    def since(self) -> datetime | None:
        """Since when it waits."""

    @property
    def what(self) -> str:
        """What is waited for, in words."""


Waiting = TypeVar("Waiting", bound=Item)


def in_order(items: Iterable[Waiting]) -> tuple[Waiting, ...]:
    """What waits on somebody, in the order of what matters.

    What is late comes first, by its kind; then the rest by its kind; within a kind by due date, then by age.
    What no person can act on is left out.
    """
    mine = (it for it in items if it.kind in MATTERS)
    return tuple(
        sorted(
            mine,
            key=lambda it: (
                not it.overdue,
                MATTERS.index(WaitKind(it.kind)),
                it.due or FAR,
                it.since or FAR,
                it.what,
            ),
        )
    )
