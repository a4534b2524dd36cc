"""Finds the identity with which somebody acts: their own key, or a development identity of this home."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from console.ending import NotDone, suggest
from identity import development
from identity.directory import Directory
from identity.issue import DirectoryFile
from identity.keyring import Keyring, OwnIdentity
from identity.keys import read_public
from runtime.development import FOLDER

if TYPE_CHECKING:
    from console.acting import Claimed
    from runtime.settings import Settings


@dataclass(frozen=True)
class Identity:
    """Somebody, with the keys to prove it.

    Attributes:
        name: The name on the record.
        keyring: What signs for them.
        where: Where the key is.
    """

    name: str
    keyring: Keyring
    where: Path


def own_file() -> Path:
    """Where one's own key is kept unless somebody says otherwise."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path("~/.config").expanduser()
    return Path(base) / "cairn" / "identity"


def find_identity(settings: "Settings", wanted: str | None, claim: "Claimed | None" = None) -> Identity:
    """The identity that somebody named, else the development identity of a claim, else one's own.

    Raises:
        NotDone: There is none of that name, or none at all.
        IdentityError: Its key cannot be used.
    """
    folder = settings.home / FOLDER
    embedded = development.is_of(folder, settings.directory)
    if wanted:
        file = Path(wanted).expanduser()
        if file.is_file():
            return _own(file)
        if not embedded or os.sep in wanted:
            raise NotDone(f"There is no identity in the file {wanted}: name the file of your key.")
        return _named(settings, wanted)
    if embedded and claim is not None:
        return _of_claim(settings, claim)
    if own_file().is_file():
        return _own(own_file())
    raise NotDone(
        "You have no identity here, so you can look and not act: make one with `python starter.py identity "
        "init NAME`, or say which is yours with --identity."
    )


def read_directory(settings: "Settings") -> Directory | None:
    """The directory that the settings name, or ``None`` where they name none.

    Raises:
        IdentityError: It cannot be trusted.
    """
    if settings.directory is None or settings.directory_key is None:
        return None
    return DirectoryFile(settings.directory, read_public(settings.directory_key)).current()


def _own(file: Path) -> Identity:
    own = OwnIdentity.read(file)
    return Identity(own.name, own, file)


def _development(settings: "Settings", name: str) -> Identity:
    folder = settings.home / FOLDER
    return Identity(name, development.DevelopmentKeys.read(folder), folder / development.ROOT)


def _named(settings: "Settings", name: str) -> Identity:
    known = _everybody(settings)
    if name not in known:
        hint = suggest(name, known) or "see `python starter.py identity list`."
        raise NotDone(f'There is no development identity "{name}": {hint}')
    return _development(settings, name)


def _of_claim(settings: "Settings", claim: "Claimed") -> Identity:
    if claim.on_behalf_of:
        raise NotDone(
            f'Say who acts for "{claim.on_behalf_of}": add --identity NAME, such as --identity '
            '"fife board lead (deputy)".'
        )
    if len(claim.roles) > 1 or len(claim.boards or ()) > 1:
        raise NotDone(
            "A development identity holds one role, at one board or nationally: act in one, or name your own "
            "with --identity."
        )
    (role,), board = claim.roles, next(iter(claim.boards or ()), None)
    local, national = development.name_of(role, board), development.name_of(role, None)
    known = _everybody(settings)
    name = next((it for it in (local, national) if it in known), None)
    if name is None:
        raise NotDone(
            f'There is no development identity for the role "{role}": start the services again, which adds '
            "those that are missing."
        )
    return _development(settings, name)


def _everybody(settings: "Settings") -> dict[str, object]:
    directory = read_directory(settings)
    return {} if directory is None else dict(directory.by_name)
