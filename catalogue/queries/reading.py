"""How records of the database become the catalogue's rows, so that every question reads them the same way."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from catalogue.connection import Record
from catalogue.rows.decisions import Judgement, Note, Seen, Vote
from catalogue.rows.journeys import Awaited, Hold


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


def note(value: Mapping[str, Any] | None) -> Note | None:
    """Who said or did something, as a column holds it."""
    return None if value is None else said(value)


def said(value: Mapping[str, Any]) -> Note:
    """Who said or did something, as a column that is always filled holds it."""
    return Note(
        at=datetime.fromisoformat(value["at"]), name=value["name"], role=value["role"], reason=value["reason"]
    )


def awaited(value: Mapping[str, Any]) -> Awaited:
    """Infrastructure that is not ready yet, as columns hold it."""
    due = value["due"]
    return Awaited(
        infrastructure=value["infrastructure"],
        board=value["board"],
        title=value["title"],
        owner=value["owner"],
        task=value["task"],
        due=None if due is None else datetime.fromisoformat(due),
        late=value["late"],
    )


def judgement(value: Mapping[str, Any]) -> Judgement:
    """How a criterion was answered, as a decision holds it."""
    evidence = tuple(Seen(ref=item["ref"], digest=item["digest"]) for item in value["evidence"])
    return Judgement(
        criterion=value["criterion"],
        title=value["title"],
        required=value["required"],
        result=value["result"],
        why=value["why"],
        evidence=evidence,
    )


def vote(value: Mapping[str, Any]) -> Vote:
    """What one person said at a gate, as a column holds it."""
    return Vote(
        role=value["role"],
        name=value["name"],
        people=tuple(value["people"]),
        outcome=value["outcome"],
        reason=value["reason"],
        at=datetime.fromisoformat(value["at"]),
        accepts=value["accepts"],
        terms=tuple(value["terms"]),
        reopen=tuple(value["reopen"]),
        basis=value["basis"],
    )


def holds(record: Record) -> dict[str, Hold | None]:
    """The pause in force, a journey's own before its technology's, and the end."""
    own = hold(record["paused_own"], "own")
    return {
        "paused": own or hold(record["paused_technology"], "technology"),
        "stopped": hold(record["stopped"]),
    }
