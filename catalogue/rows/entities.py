"""Entries of the catalogue, and where each service stands at each board."""

from dataclasses import dataclass
from datetime import datetime

from catalogue.rows import Json


@dataclass(frozen=True)
class Board:
    """A health board of the catalogue."""

    id: str
    name: str
    data: Json


@dataclass(frozen=True)
class Entity:
    """An entry of the catalogue.

    Attributes:
        kind: What it is: a service, infrastructure, a resource, a board, a role.
        id: Its slug.
        name: Its name for people.
        status: ``live`` or ``retired``.
        since: When this content was registered.
        data: The whole entry as it was registered.
    """

    kind: str
    id: str
    name: str
    status: str
    since: datetime
    data: Json


@dataclass(frozen=True)
class EntityCard:
    """One entry with what surrounds it.

    Attributes:
        entity: The entry.
        dependants: The entries that depend on it, with how.
        technologies: The technologies that are to become it, by slug.
    """

    entity: Entity
    dependants: tuple[tuple[str, str], ...]
    technologies: tuple[str, ...]


@dataclass(frozen=True)
class CoverageCell:
    """Where one service stands at one board; being offered does not say that it is used.

    Attributes:
        service: The catalogue entry's slug.
        name: Its name for people.
        board: The board's slug.
        status: The stage of the furthest rollout; ``offered`` where only the catalogue says so, ``ended``
            where it says that it was withdrawn, ``none`` where neither says anything.
        technology: The technology of that rollout.
        since: When the rollout entered that stage.
        paused: Whether that rollout is paused.
        halted: Whether it is halted.
        stopped: Whether that rollout was stopped.
        extent: How far the catalogue says it is offered: ``all``, ``some``, ``none`` or ``national``.
        source: The title of that statement's source.
        date: When that was so, as precisely as the source says.
        usage: How much it is used; ``None`` is not measured, which is not the same as not used.
    """

    service: str
    name: str
    board: str
    status: str
    technology: str | None
    since: datetime | None
    paused: bool
    halted: bool
    stopped: bool
    extent: str | None
    source: str | None
    date: str | None
    usage: float | None = None
