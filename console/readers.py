"""Who may read: the logins of PostgreSQL that read for the programme, for a board, or the catalogue alone."""

import asyncio
from typing import Annotated

import typer

from console import output
from console.command import group
from console.ending import NotDone
from console.output import OutputOption, Styled, example

app = group("Settle which logins read what; it takes the database's owner, CAIRN_DATABASE_ADMIN_URL.")

LoginArgument = Annotated[str, typer.Argument(metavar="LOGIN", help="A login of PostgreSQL.")]


@app.command(
    epilog=example(
        "catalogue readers add fife_console --boards fife",
        "catalogue readers add office --national",
    )
)
def add(
    login: LoginArgument,
    boards: Annotated[
        str | None, typer.Option(help="National rows and those of these boards, separated by commas.")
    ] = None,
    national: Annotated[bool, typer.Option("--national", help="Everything.")] = False,
    viewer: Annotated[bool, typer.Option("--viewer", help="The catalogue, and no event.")] = False,
) -> None:
    """Let a login read; what it read before no longer counts. Writing stays with the application."""
    from catalogue.readers import add_reader
    from catalogue.schema import BOARD_ROLE, NATIONAL_ROLE, VIEWER_ROLE
    from runtime.settings import Settings

    if (boards is not None) + national + viewer != 1:
        raise NotDone("What may the login read? Give one of --boards, --national and --viewer.")
    role = NATIONAL_ROLE if national else VIEWER_ROLE if viewer else BOARD_ROLE
    named = [board.strip() for board in (boards or "").split(",") if board.strip()]
    reader = asyncio.run(add_reader(Settings().database_admin_url, login, role, named))
    sees = f", for {', '.join(reader.boards)}" if reader.boards else ""
    output.write(f"{login} reads as {role}{sees}: give its console CAIRN_DATABASE_ROLE={role}.")


@app.command("list", epilog=example("catalogue readers list"))
def list_(form: OutputOption = output.Format.TABLE) -> None:
    """List the logins that read, and what."""
    from catalogue.readers import list_readers
    from runtime.settings import Settings

    readers = asyncio.run(list_readers(Settings().database_admin_url))
    if form is output.Format.JSON:
        output.write_json(readers)
        return
    output.print_table(
        ("Login", "Role", "~Boards"),
        [(Styled(it.login, "bold"), it.role, ", ".join(it.boards)) for it in readers],
        empty="No login reads but the application's own.",
    )


@app.command(epilog=example("catalogue readers remove fife_console"))
def remove(login: LoginArgument) -> None:
    """Take from a login all that it may read."""
    from catalogue.readers import remove_reader
    from runtime.settings import Settings

    if not asyncio.run(remove_reader(Settings().database_admin_url, login)):
        raise NotDone(f'No reader is called "{login}": see `python starter.py catalogue readers list`.')
    output.write(f"{login} reads no more.")
