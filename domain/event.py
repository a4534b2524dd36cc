"""What every event carries, and what every command carries."""

from domain.actor import Actor
from domain.refusal import Refusal
from domain.value import Fact, Instant, Tagged, Value


class Event(Tagged, Fact):
    """Something that happened; it is never changed or taken back.

    Attributes:
        kind: What happened, as a stable word; each event says its own.
        at: When it happened.
        by: Who made it happen; the engine where it followed by itself.
    """

    kind: str
    at: Instant
    by: Actor


class Command(Value):
    """What somebody wants to be done.

    Attributes:
        actor: Who wants it, with the roles and the boards they act for.
    """

    actor: Actor

    def misformed(self) -> Refusal | None:
        """What is wrong with the command in any state, beside its texts; a command may say more."""
        return None


class TimePassed(Command):
    """The moment of a deadline has come: notice what is late or at risk."""
