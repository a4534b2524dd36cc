"""What a rollout hears of the programme's capacity: that it has a slot, where it waits, that it lost it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from domain.event import Event
from domain.value import Value

ONE_OF_THE_SLOTS = "one of the programme's slots"


class QueuePlace(Value):
    """Where a rollout stands in the queue.

    Attributes:
        position: Its position in the order of service, where it is told.
        waits_for: What it waits for, in words.
    """

    position: int | None = None
    waits_for: str = ""


class SlotGranted(Event):
    """The rollout holds a slot and can start replicating."""

    kind: Literal["slot-granted"] = "slot-granted"


class PlaceTold(Event):
    """The rollout heard where it stands in the queue."""

    kind: Literal["place-told"] = "place-told"
    place: QueuePlace


class SlotLost(Event):
    """The rollout heard that its place was taken away, and asks again."""

    kind: Literal["slot-lost"] = "slot-lost"
    asking: int


SlotEvent = Annotated[SlotGranted | PlaceTold | SlotLost, Field(discriminator="kind")]


def hear(event: SlotEvent) -> dict[str, Any]:
    """What an event changes in the state of a rollout."""
    match event:
        case SlotGranted():
            return {"granted": True, "queued": None}
        case PlaceTold():
            return {"queued": event.place}
        case SlotLost():
            return {"granted": False, "queued": None, "asking": event.asking}


def words_of(place: QueuePlace | None) -> str:
    """What a rollout in the queue waits for."""
    if place is None:
        return ONE_OF_THE_SLOTS
    position = f" (position {place.position})" if place.position else ""
    return f"{ONE_OF_THE_SLOTS}{position}{f': {place.waits_for}' if place.waits_for else ''}"
