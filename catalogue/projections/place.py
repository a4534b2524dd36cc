"""Where an event stands, and what its stream's name says."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from domain.event import Event
from domain.names import NATIONAL, board_of_track, task_name


@dataclass(frozen=True)
class Entry:
    """The stream and the number of an event."""

    stream: str
    sequence: int

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The parts of the stream's name: the aggregate and then its slugs."""
        return tuple(self.stream.split("/"))

    @property
    def kind(self) -> str:
        """The aggregate."""
        return self.parts[0]

    @property
    def technology(self) -> str:
        """The technology of a journey."""
        return self.parts[1]

    @property
    def board(self) -> str | None:
        """The board of a rollout, or of a board's track."""
        match self.kind:
            case "rollout":
                return self.parts[2]
            case "workstream":
                return board_of_track(self.parts[2])
            case _:
                return None

    @property
    def place(self) -> str:
        """The place of a journey: ``national``, a board, or a track's name."""
        return NATIONAL if self.kind == "technology" else self.parts[2]

    def task(self, plan: str, step: str) -> str:
        """The name of a task of this journey."""
        return task_name(self.stream, plan, step)


def moment(value: datetime) -> str:
    """A moment as the tables take it."""
    return value.isoformat()


def said(event: Event, role: str, reason: str) -> dict[str, str]:
    """Who did something, when, in which role and why."""
    return {"at": moment(event.at), "reason": reason, "name": event.by.name, "role": role}


def whole(value: BaseModel) -> dict[str, Any]:
    """All of a value as JSON."""
    return value.model_dump(mode="json")
