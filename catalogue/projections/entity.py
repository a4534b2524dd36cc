"""The catalogue's entries as they were registered last."""

from typing import Any, Literal

from catalogue.projections.change import Changes
from catalogue.projections.place import Entry, moment
from catalogue.projections.tables import ENTITIES
from domain.event import Event


class EntityRegistered(Event):
    """An entry came into the catalogue, or came back."""

    kind: Literal["entity-registered"] = "entity-registered"
    digest: str
    entity: dict[str, Any]


class EntityChanged(Event):
    """An entry's content changed."""

    kind: Literal["entity-changed"] = "entity-changed"
    digest: str
    entity: dict[str, Any]


class EntityRetired(Event):
    """An entry is no longer offered; what it was stays on record."""

    kind: Literal["entity-retired"] = "entity-retired"
    reason: str


EntityEvent = EntityRegistered | EntityChanged | EntityRetired


def project_entity(changes: Changes, entry: Entry, event: EntityEvent) -> None:
    """What follows from an event of an entry's stream, ``entity/<kind>/<id>``."""
    _, kind, slug = entry.parts
    match event:
        case EntityRegistered() | EntityChanged():
            changes.set(
                ENTITIES,
                kind,
                slug,
                name=event.entity.get("name") or event.entity.get("title") or slug,
                status=event.entity.get("status", "live"),
                since=moment(event.at),
                digest=event.digest,
                data=event.entity,
            )
        case EntityRetired():
            changes.set(ENTITIES, kind, slug, status="retired", since=moment(event.at), digest="")
