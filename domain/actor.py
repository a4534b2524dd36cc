"""Who acts: every command carries an actor with the roles held and the boards covered."""

from typing import Literal

from domain.value import Line, Slug, Value


class Actor(Value):
    """A person (or the engine itself) with roles, and with the boards on whose behalf they may act.

    Attributes:
        name: How the ledger names the actor; the Temporal UI shows roles and boards instead.
        roles: The roles held, as slugs of the programme's own list.
        boards: The boards covered, or ``"all"`` for an actor of the national programme.
        on_behalf_of: Whose delegation is used, where the actor acts for somebody else.
    """

    name: Line
    roles: tuple[Slug, ...]
    boards: tuple[Slug, ...] | Literal["all"] = ()
    on_behalf_of: Line | None = None

    def covers(self, board: str | None) -> bool:
        """Say whether the actor's scope holds this board; ``None`` is the national level."""
        return self.boards == "all" or (board is not None and board in self.boards)

    def acting_as(self, accepted: tuple[str, ...]) -> str | None:
        """The first of the accepted roles that the actor holds, or ``None``."""
        return next((role for role in accepted if role in self.roles), None)

    @property
    def people(self) -> tuple[str, ...]:
        """Whose act it is where duties are to be kept apart: the actor's own, and the delegator's too."""
        return (self.name,) if self.on_behalf_of is None else (self.name, self.on_behalf_of)

    @property
    def scope(self) -> str:
        """The boards covered, in words."""
        if self.boards == "all":
            return "all boards"
        return ", ".join(self.boards) or "no board"


def person_in_both(some: tuple[str, ...], others: tuple[str, ...]) -> str | None:
    """The person who acts in both, in person or by a delegation; ``None`` where nobody does."""
    return next((name for name in some if name in others), None)


ENGINE = Actor(name="cairn", roles=("engine",), boards="all")
"""The actor of what the engine does by itself: noticing that a due date has passed, granting a slot."""
