"""Who acts: the roles and boards that whoever gives a command acts for, checked against the programme."""

import getpass
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from console.ending import NotDone, suggest

if TYPE_CHECKING:
    from console.reading import Connection
    from domain.actor import Actor

ENGINE_ROLE = "engine"

AsOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        envvar="CAIRN_AS",
        metavar="ROLE[@BOARD]",
        help="The role you act in and the board you act for, several joined by commas: board-lead@fife. "
        "Without a board you act for the national programme.",
    ),
]
NameOption = Annotated[
    str | None,
    typer.Option(
        "--name", envvar="CAIRN_NAME", help="Your name on the record; your login name unless given."
    ),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, in a few words; it stays on the record.")]


@dataclass(frozen=True)
class Claimed:
    """Whom somebody says they act as, as it was typed.

    Attributes:
        roles: The roles.
        boards: The boards; ``None`` is the national programme, which covers all of them.
        name: The name for the record.
    """

    roles: tuple[str, ...]
    boards: tuple[str, ...] | None
    name: str


def read_claim(acting_as: str | None, name: str | None) -> Claimed:
    """Read ``ROLE[,ROLE...][@BOARD[,BOARD...]]``.

    Raises:
        NotDone: Nobody was named, or not in that form.
    """
    if not (acting_as or "").strip():
        raise NotDone(
            "Say in which role you act: add --as ROLE or --as ROLE@BOARD, such as --as board-lead@fife, "
            "or set CAIRN_AS."
        )
    roles, at, boards = str(acting_as).partition("@")
    claim = Claimed(_words(roles), _words(boards) if at else None, read_name(name))
    if not claim.roles or claim.boards == ():
        raise NotDone(
            f'"{acting_as}" does not say who acts: write ROLE or ROLE@BOARD, such as board-lead@fife.'
        )
    return claim


async def identify(connection: "Connection", claim: Claimed) -> "Actor":
    """The actor of a claim, whose roles and boards the programme has.

    Raises:
        NotDone: It has not, or the name cannot stand on the record.
    """
    from pydantic import ValidationError

    from catalogue.queries.entities import list_entities
    from console.finding import find_board
    from domain.actor import Actor
    from domain.text import check_text

    roles = [entity.id for entity in await list_entities(connection, kind="role", status="live")]
    if not roles:
        raise NotDone("No programme is loaded: run `python starter.py catalogue load` first.")
    for role in claim.roles:
        if role not in roles:
            hint = suggest(role, roles) or "see `python starter.py catalogue list --kind role`."
            raise NotDone(f'The programme has no role "{role}": {hint}')
    for board in claim.boards or ():
        await find_board(connection, board)
    if refusal := check_text(name=claim.name):
        raise NotDone(refusal.message)
    try:
        boards = "all" if claim.boards is None else claim.boards
        return Actor(name=claim.name, roles=claim.roles, boards=boards)
    except ValidationError as error:
        raise NotDone("The name is longer than one line of 300 characters: shorten it.") from error


def read_name(name: str | None) -> str:
    """The name for the record: the one that was typed, else the login name."""
    return (name or "").strip() or _login()


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip().lower() for word in text.split(",") if word.strip())


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise NotDone("This login has no name: say yours with --name.") from error
