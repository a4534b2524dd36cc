"""Events of the ledger."""

from dataclasses import dataclass, field
from datetime import datetime

from catalogue.rows import Json


@dataclass(frozen=True)
class Event:
    """An event as the ledger holds it.

    Attributes:
        position: Its number in the whole ledger: unique, but not the order in which events became visible.
        transaction: The number of the transaction that recorded it; see ``catalogue.tail``.
        stream: Its stream.
        sequence: Its number in the stream, from 1.
        type: Its kind, such as ``step-completed``.
        time: When it happened.
        actor: Who made it happen.
        roles: The actor's roles.
        boards: The boards that the actor covers; ``None`` is all of them.
        on_behalf_of: Whose delegation the actor used.
        data: Its own fields.
        proof: The signature by which the actor proved the decision, as compact JWS.
        recorded_at: When it was recorded.
    """

    position: int
    transaction: int
    stream: str
    sequence: int
    type: str
    time: datetime
    actor: str
    roles: tuple[str, ...]
    boards: tuple[str, ...] | None
    on_behalf_of: str | None
    data: Json = field(repr=False)
    proof: str | None = field(repr=False)
    recorded_at: datetime
