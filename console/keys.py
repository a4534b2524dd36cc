"""The keys that histories are encrypted with: made, rotated and listed, their secrets never shown."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import output
from console.command import group
from console.output import OutputOption, Styled, counted, example, minute

if TYPE_CHECKING:
    from runtime.keys import Keyring
    from runtime.settings import Settings

app = group("Make, rotate and list the keys that histories are encrypted with.")

FileOption = Annotated[
    Path | None,
    typer.Option(
        "--file",
        metavar="FILE",
        help="The key file; that of CAIRN_ENCRYPTION_KEYS or of the embedded services unless given.",
    ),
]


@app.command(epilog=example("keys init", "keys init --file /etc/cairn/encryption.json"))
def init(file: FileOption = None) -> None:
    """Make a key file with one key. A file that is there already is left alone."""
    from runtime.keys import make_keys, read_keys

    path = _path(file)
    made = make_keys(path, _now())
    current = read_keys(path).current
    if not made:
        output.write(f"Nothing to do: {path} is there, and key {current} encrypts.")
    else:
        output.write(f"{path} is made, readable by this user alone; key {current} encrypts.")
        output.write(KEEP)
    _make_token()


@app.command(epilog=example("keys rotate", "keys rotate --prepare"))
def rotate(
    file: FileOption = None,
    prepare: Annotated[
        bool,
        typer.Option(
            "--prepare", help="Only add the next key, so that every host can have it before any uses it."
        ),
    ] = False,
) -> None:
    """Encrypt with a new key from now on. The older keys stay, to read what they wrote."""
    from runtime.keys import prepare_key, rotate_keys

    path = _path(file)
    if prepare:
        ring = prepare_key(path, _now())
        output.write(f"Key {ring.prepared[-1]} is prepared; key {ring.current} encrypts as before.")
        output.write(
            "Copy the file to every host that has a copy of its own, then run `keys rotate` on each."
        )
    else:
        ring = rotate_keys(path, _now())
        older = counted(len(ring.keys) - 1, "older key")
        output.write(f"Key {ring.current} encrypts from now on; {older} still read what they wrote.")
        output.write(
            "Nothing has to be restarted: whoever uses this file reads it again by itself. Copy it to hosts "
            "that have a copy of their own; until then they try again what they cannot read."
        )
    output.write(KEEP)


KEEP = (
    "Keep a backup of the file, apart from those of the databases: what was written with a key that is lost "
    "cannot be read again."
)


@app.command(epilog=example("keys show", "keys show -o json"))
def show(file: FileOption = None, form: OutputOption = output.Format.TABLE) -> None:
    """List the keys with their dates and what each is for."""
    from runtime.keys import read_keys

    ring = read_keys(_path(file))
    if form is output.Format.JSON:
        output.write_json(
            [{"id": key.id, "made": key.made, "use": _use(ring, key.id)} for key in ring.keys.values()]
        )
        return
    output.print_table(
        ("Key", "Made", "~Use"),
        [(Styled(key.id, "bold"), minute(key.made), _use(ring, key.id)) for key in ring.keys.values()],
        empty="",
    )


def _use(ring: "Keyring", name: str) -> str:
    if name == ring.current:
        return "encrypts"
    return "prepared" if name in ring.prepared else "reads what it wrote"


def _make_token() -> None:
    """Make the codec endpoint's token, where the settings name a file for it and none is there."""
    from runtime.codec_token import make_token

    file = _settings().codec_token_file
    if file is not None and make_token(file):
        output.write(f"{file} is made; its token lets its bearer have payloads decrypted.")


def _path(file: Path | None) -> Path:
    from runtime.keys import STACKS_OWN

    if file is not None:
        return file
    settings = _settings()
    return settings.encryption_keys or settings.home / STACKS_OWN


def _settings() -> "Settings":
    from runtime.settings import Settings

    return Settings()


def _now() -> datetime:
    return datetime.now(UTC)
