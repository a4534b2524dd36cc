"""Identities: one's own key, and the directory of those who may act."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import output
from console.acting import IdentityOption, ReasonOption
from console.command import group
from console.ending import NotDone
from console.output import OutputOption, Styled, counted, day, example

if TYPE_CHECKING:
    from identity.directory import Boards, Directory, Person

app = group("Prove who you are; keep the directory of those who may act.")

FileOption = Annotated[
    Path | None, typer.Option("--file", help="Where your key is kept; ~/.config/cairn/identity unless given.")
]
RootOption = Annotated[
    Path | None,
    typer.Option("--root", help="The root's private key; the file `root` beside the directory unless given."),
]
RoleOption = Annotated[list[str], typer.Option("--role", help="A role; once for each.")]
BoardOption = Annotated[
    list[str] | None,
    typer.Option("--board", help="A board, or `all` for the national programme; once for each."),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The name as the directory has it.")]
PublicFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="The public key that was handed over, such as identity.pub.")
]


@app.command(epilog=example('identity init "Jean Kerr"', "identity init --root trust"))
def init(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Your name, as it is to stand on the record.")
    ] = None,
    file: FileOption = None,
    root: Annotated[
        Path | None, typer.Option("--root", help="Make a root key and an empty directory in this folder.")
    ] = None,
) -> None:
    """Make a key of your own; or, with --root, a root key and an empty directory."""
    from console import keeping

    if (name is None) == (root is None):
        raise NotDone('Say what to make: `identity init "YOUR NAME"` a key of yours, `--root FOLDER` a root.')
    if root is not None:
        directory, public = keeping.make_root(root)
        output.write(f"The directory is {directory}, and what makes it true is {public}. Workers need both:")
        output.write(f"  export CAIRN_DIRECTORY={directory} CAIRN_DIRECTORY_KEY={public}")
        output.write(f"Keep {directory.with_name('root')} where no worker can read it.")
        return
    key, public = keeping.make_own(str(name), file)
    output.write(f"Your key is {key}, for you alone. Hand {public} to whoever keeps the directory.")


@app.command(epilog=example("identity whoami", 'identity whoami --identity "fife board lead"'))
def whoami(identity: IdentityOption = None, form: OutputOption = output.Format.TABLE) -> None:
    """Show who you are here: name, key, roles, boards, what was delegated to you."""
    from console import keeping

    found = keeping.look_up(identity)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    output.print_facts(
        (
            ("Name", found.name),
            ("Key", f"{found.key} in {found.file}"),
            ("Directory", found.standing),
            ("Roles", ", ".join(found.roles)),
            ("Boards", ", ".join(found.boards)),
            *(("Delegated", it) for it in found.delegations),
        )
    )


@app.command("list", epilog=example("identity list", "identity list -o json"))
def list_(form: OutputOption = output.Format.TABLE) -> None:
    """List those who may act, and those who may not any more."""
    from console import keeping
    from console.own import read_directory
    from runtime.settings import Settings

    found = read_directory(Settings()) or keeping.nowhere()
    if form is output.Format.JSON:
        output.write_json(found)
        return
    output.print_table(
        ("~Name", "Roles", "Boards", "~Keys"),
        [(it.name, ", ".join(it.roles), _boards(it.boards), _keys(it)) for it in found.people],
        empty="Nobody may act yet: see `python starter.py identity add --help`.",
    )
    output.write(
        f"Issue {found.serial} of {day(found.issued)}: {counted(len(found.people), 'entry', 'entries')}."
    )


def _keys(person: "Person") -> "str | Styled":
    if person.revoked:
        return Styled(f"revoked on {day(person.revoked.at)}: {person.revoked.reason}", "red")
    return ", ".join(it.key.id for it in person.keys if it.revoked is None) or "none that counts"


@app.command(epilog=example("identity add jean.pub --role board-lead --board fife"))
def add(file: PublicFile, role: RoleOption, board: BoardOption = None, root: RootOption = None) -> None:
    """Add somebody to the directory, or change what somebody there holds."""
    from console import keeping
    from identity import changes

    name, key = keeping.read_handed_over(file)
    issue = keeping.reissue(
        root, lambda before, now: changes.add(before, name, key, tuple(role), _all_or(board), now)
    )
    held = f"{', '.join(role)} for {_boards(_all_or(board))}"
    output.write(f'"{name}" may act as {held} with key {key.id}. {_said(issue)}')


@app.command(
    epilog=example('identity rotate --reason "A year is over"', 'identity rotate jean.pub --reason "Lost"')
)
def rotate(
    reason: ReasonOption,
    public: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="Somebody's new public key; without it, a new key for yourself."
        ),
    ] = None,
    file: FileOption = None,
    root: RootOption = None,
) -> None:
    """Make yourself a new key; or, with FILE, let the directory take it in place of the former ones."""
    from console import keeping
    from identity import changes

    if public is None:
        key, handed = keeping.renew_own(file)
        output.write(f"Your new key is {key}, the former one is kept beside it. Hand over {handed}.")
        return
    name, new = keeping.read_handed_over(public)
    issue = keeping.reissue(root, lambda before, now: changes.rotate(before, name, new, reason, now))
    output.write(f'"{name}" signs with key {new.id} from now on, and with no other. {_said(issue)}')


@app.command(
    epilog=example(
        'identity revoke "Jean Kerr" --key a8Qx... --reason "Laptop stolen"',
        'identity revoke "Jean Kerr" --reason "Left the board"',
    )
)
def revoke(
    name: Name,
    reason: ReasonOption,
    key: Annotated[str | None, typer.Option("--key", help="Only this key; the person unless given.")] = None,
    root: RootOption = None,
) -> None:
    """Let somebody, or one of their keys, count no longer. Workers heed it from the next decision on."""
    from console import keeping
    from identity import changes

    issue = keeping.reissue(root, lambda before, now: changes.revoke(before, name, key, reason, now))
    what = f'Key {key} of "{name}" no longer counts.' if key else f'"{name}" may not act any more.'
    output.write(f"{what} {_said(issue)}")


@app.command(
    epilog=example(
        'identity delegate "Jean Kerr" "Iain Muir" --role board-lead --board fife \\',
        '      --until 2026-12-31 --reason "Annual leave"',
    )
)
def delegate(
    grantor: Annotated[str, typer.Argument(metavar="FROM", help="Whose role it is.")],
    deputy: Annotated[str, typer.Argument(metavar="TO", help="Who is to act.")],
    role: Annotated[str, typer.Option("--role", help="The role.")],
    until: Annotated[str, typer.Option("--until", metavar="YYYY-MM-DD", help="The last day.")],
    reason: ReasonOption,
    board: BoardOption = None,
    root: RootOption = None,
) -> None:
    """Let somebody act for somebody else, in one role, until a day. It never gives more than they hold."""
    from console import keeping
    from identity import changes
    from identity.directory import Delegation

    end = _end_of(until)

    def change(before: "Directory", now: datetime) -> "Directory":
        given = Delegation(
            grantor=grantor,
            deputy=deputy,
            role=role,
            boards=_all_or(board),
            since=now,
            until=end,
            reason=reason,
        )
        return changes.delegate(before, given, now)

    issue = keeping.reissue(root, change)
    output.write(f'"{deputy}" may act as {role} for "{grantor}" until the end of {until}. {_said(issue)}')
    where = "" if board is None or "all" in board else f"@{','.join(board)}"
    output.write(f'They say so with --as "{role}{where} for {grantor}".')


def _end_of(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)
    except ValueError as error:
        raise NotDone(f'"{text}" is no day: write it as YYYY-MM-DD.') from error


def _all_or(board: list[str] | None) -> "Boards":
    return "all" if board is not None and "all" in board else tuple(board or ())


def _boards(boards: "Boards") -> str:
    return "all boards" if boards == "all" else ", ".join(boards) or "no board"


def _said(issue: "Directory") -> str:
    return f"This is issue {issue.serial} of the directory."
