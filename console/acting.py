"""Who acts: the role and boards that one's identity is used for, checked against the programme."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from console.ending import NotDone, suggest

if TYPE_CHECKING:
    from console.reading import Connection
    from domain.actor import Actor

AsOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        envvar="CAIRN_AS",
        metavar="ROLE[@BOARD]",
        help="The role you act in and the board you act for, several joined by commas: board-lead@fife. "
        "Without a board you act for the national programme. Of what your identity holds, you use this. "
        'Add " for NAME" to use what NAME delegated to you.',
    ),
]
IdentityOption = Annotated[
    str | None,
    typer.Option(
        "--identity",
        envvar="CAIRN_IDENTITY",
        metavar="NAME_OR_FILE",
        help="Which of your identities acts: the file of its key, or the name of a development identity.",
    ),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a few words; it stays on the record.")]

ON_BEHALF = " for "


@dataclass(frozen=True)
class Claimed:
    """In which role somebody wants to act, as it was typed.

    Attributes:
        roles: The roles.
        boards: The boards; ``None`` is the national programme, which covers all of them.
        on_behalf_of: Whose delegation is used.
    """

    roles: tuple[str, ...]
    boards: tuple[str, ...] | None
    on_behalf_of: str | None = None


def read_claim(acting_as: str | None) -> Claimed:
    """Read ``ROLE[,ROLE...][@BOARD[,BOARD...]][ for NAME]``.

    Raises:
        NotDone: Nobody was named, or not in that form.
    """
    if not (acting_as or "").strip():
        raise NotDone(
            "Say in which role you act: add --as ROLE or --as ROLE@BOARD, such as --as board-lead@fife, "
            "or set CAIRN_AS."
        )
    post, _, delegator = str(acting_as).partition(ON_BEHALF)
    roles, at, boards = post.partition("@")
    claim = Claimed(_words(roles), _words(boards) if at else None, delegator.strip() or None)
    if not claim.roles or claim.boards == ():
        raise NotDone(
            f'"{acting_as}" does not say who acts: write ROLE or ROLE@BOARD, such as board-lead@fife.'
        )
    return claim


async def check_claim(connection: "Connection", claim: Claimed) -> None:
    """Return if the programme has the roles and boards of a claim.

    Raises:
        NotDone: It has not.
    """
    from catalogue.queries.entities import list_entities
    from console.finding import find_board

    roles = [entity.id for entity in await list_entities(connection, kind="role", status="live")]
    if not roles:
        raise NotDone("No programme is loaded: run `python starter.py catalogue load` first.")
    for role in claim.roles:
        if role not in roles:
            hint = suggest(role, roles) or "see `python starter.py catalogue list --kind role`."
            raise NotDone(f'The programme has no role "{role}": {hint}')
    for board in claim.boards or ():
        await find_board(connection, board)


def actor_of(claim: Claimed, name: str) -> "Actor":
    """The actor that somebody of that name claims to be.

    Raises:
        NotDone: The name cannot stand on the record.
    """
    from pydantic import ValidationError

    from domain.actor import Actor
    from domain.text import check_text

    if refusal := check_text(name=name):
        raise NotDone(refusal.message)
    try:
        boards = "all" if claim.boards is None else claim.boards
        return Actor(name=name, roles=claim.roles, boards=boards, on_behalf_of=claim.on_behalf_of)
    except ValidationError as error:
        raise NotDone("The name is longer than one line of 300 characters: shorten it.") from error


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip().lower() for word in text.split(",") if word.strip())
