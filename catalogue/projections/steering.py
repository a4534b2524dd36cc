"""Who steered, how and why: one row for each act."""

from typing import Any

from catalogue.projections.change import Changes
from catalogue.projections.place import Entry, moment
from catalogue.projections.tables import STEERING
from domain.event import Event


def steer(
    changes: Changes,
    entry: Entry,
    event: Event,
    role: str,
    reason: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Note who steered, how and why."""
    changes.set(
        STEERING,
        entry.stream,
        entry.sequence,
        act=kind_of(event),
        at=moment(event.at),
        name=event.by.name,
        role=role,
        reason=reason,
        detail=detail or {},
    )


def kind_of(event: Event) -> str:
    """The kind that an event names."""
    return str(getattr(event, "kind", ""))
