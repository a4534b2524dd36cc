"""How records of the database become the catalogue's rows, so that every question reads them the same way."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from catalogue.connection import Record
from catalogue.rows.journeys import Hold


def fields(record: Record, *without: str, **instead: Any) -> dict[str, Any]:
    """The columns of a record as arguments, arrays as tuples; some left out, some replaced."""
    kept = {name: value for name, value in record.items() if name not in without}
    frozen = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return {**frozen, **instead}


def hold(value: Mapping[str, Any] | None, source: str | None = None) -> Hold | None:
    """A pause or an end as a journey's column holds it."""
    if value is None:
        return None
    return Hold(
        at=datetime.fromisoformat(value["at"]),
        reason=value["reason"],
        name=value["name"],
        role=value["role"],
        source=source,
    )


def holds(record: Record) -> dict[str, Hold | None]:
    """The pause in force, a journey's own before its technology's, and the end."""
    own = hold(record["paused_own"], "own")
    return {
        "paused": own or hold(record["paused_technology"], "technology"),
        "stopped": hold(record["stopped"]),
    }
