"""Which projection an event belongs to, by the first part of its stream's name."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import Discriminator, TypeAdapter, ValidationError

from catalogue.errors import UnknownEvent
from catalogue.projections.change import Changes
from catalogue.projections.entity import EntityEvent, project_entity
from catalogue.projections.place import Entry
from catalogue.projections.programme import project_programme
from catalogue.projections.rollout import project_rollout
from catalogue.projections.technology import project_technology
from catalogue.projections.workstream import project_workstream
from domain.programme import ProgrammeEvent
from domain.rollout import RolloutEvent
from domain.technology import TechnologyEvent
from domain.workstream import WorkstreamEvent

Project = Callable[[Changes, Entry, Any], None]

_PROJECTIONS: dict[str, tuple[Any, Project]] = {
    "technology": (TechnologyEvent, project_technology),
    "rollout": (RolloutEvent, project_rollout),
    "workstream": (WorkstreamEvent, project_workstream),
    "programme": (ProgrammeEvent, project_programme),
    "entity": (Annotated[EntityEvent, Discriminator("kind")], project_entity),
}


def fold(changes: Changes, stream: str, sequence: int, event: Mapping[str, Any]) -> None:
    """Add to the changes what follows from one event; a stream of another aggregate changes nothing.

    Raises:
        UnknownEvent: This release cannot read the event.
    """
    aggregate = stream.partition("/")[0]
    if aggregate not in _PROJECTIONS:
        return
    try:
        read = _reader(aggregate).validate_python(event)
    except ValidationError as error:
        raise UnknownEvent(
            f"Event {sequence} of {stream} ({event.get('kind')}) is none that this release can read: "
            f"run the release that wrote it, or a later one."
        ) from error
    _PROJECTIONS[aggregate][1](changes, Entry(stream, sequence), read)


@cache
def _reader(aggregate: str) -> TypeAdapter[Any]:
    return TypeAdapter(_PROJECTIONS[aggregate][0])
