"""Makes keys and issues of the directory: the part of `identity` that touches files."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from pydantic import ValidationError

from console.ending import NotDone
from console.own import find_identity, own_file, read_directory
from domain.actor import Actor
from domain.refusal import Refusal
from domain.text import check_text
from identity.directory import Directory, in_words
from identity.errors import KeyUnusable
from identity.issue import DirectoryFile, write_issue
from identity.keyring import OwnIdentity
from identity.keys import PrivateKey, PublicKey, as_public, read_members, read_private, write_private
from identity.people import find_bearer
from runtime.settings import Settings

ROOT = "root"
DIRECTORY = "directory"
PUBLIC_SUFFIX = ".pub"
FORMER_SUFFIX = ".former"

Change = Callable[[Directory, datetime], Directory]


# --- keys ---------------------------------------------------------------------------------------------------


def make_root(folder: Path) -> tuple[Path, Path]:
    """Make a root key and an empty directory; return the directory and the public key.

    Raises:
        IdentityError: There is one already, or it cannot be written.
    """
    folder = folder.absolute()
    root = PrivateKey.generate()
    write_private(folder / ROOT, root, sub="root")
    public = _hand_over(folder / ROOT, root.public, "root")
    now = datetime.now(UTC)
    write_issue(folder / DIRECTORY, Directory(serial=1, issued=now, people=(), delegations=()), root)
    return folder / DIRECTORY, public


def make_own(name: str, file: Path | None) -> tuple[Path, Path]:
    """Make somebody a key; return its file and that of the public one.

    Raises:
        NotDone: The name cannot stand on the record.
        IdentityError: There is a key already, or it cannot be written.
    """
    if refusal := check_text(name=name):
        raise NotDone(refusal.message)
    try:
        name = Actor(name=name, roles=()).name
    except ValidationError as error:
        raise NotDone("A name is one line of 1 to 300 characters: write it so.") from error
    path, key = file or own_file(), PrivateKey.generate()
    write_private(path, key, sub=name)
    return path, _hand_over(path, key.public, name)


def renew_own(file: Path | None) -> tuple[Path, Path]:
    """Make somebody a new key in place of the one that they have; return its file and the public one's.

    Raises:
        IdentityError: There is none to renew, or it cannot be written.
    """
    path = file or own_file()
    own = OwnIdentity.read(path)
    path.replace(path.with_name(f"{path.name}{FORMER_SUFFIX}"))
    return make_own(own.name, path)


def _hand_over(private: Path, key: PublicKey, name: str) -> Path:
    path = private.with_name(f"{private.name}{PUBLIC_SUFFIX}")
    members = {**key.model_dump(), "kid": key.id, "sub": name}
    path.write_text(f"{json.dumps(members, indent=2)}\n", encoding="utf-8")
    return path


def read_handed_over(file: Path) -> tuple[str, PublicKey]:
    """Whose public key a file holds, and the key.

    Raises:
        KeyUnusable: It holds none, holds a private one, or does not say whose it is.
    """
    members = read_members(file)
    if "d" in members:
        raise KeyUnusable(f"{file} holds a private key, which nobody hands over: name {file}{PUBLIC_SUFFIX}.")
    name = members.get("sub")
    if not isinstance(name, str) or not name.strip():
        raise KeyUnusable(f'{file} does not say whose key it is: have "sub" name its owner.')
    return name, as_public(members, file)


# --- the directory ------------------------------------------------------------------------------------------


def reissue(root: Path | None, change: Change) -> Directory:
    """Change the directory, sign it with the root key, and put it in its place.

    Raises:
        NotDone: The settings name no directory.
        IdentityError: It cannot be trusted, the change is refused, or the root key is not here.
    """
    path = Settings().directory
    if path is None:
        nowhere()
    key, _ = read_private(root or path.with_name(ROOT))
    before = DirectoryFile(path, key.public).current()
    issue = change(before, datetime.now(UTC))
    write_issue(path, issue, key)
    return issue


def nowhere() -> NoReturn:
    """Say that there is no directory.

    Raises:
        NotDone: Always.
    """
    raise NotDone(
        "No directory is named here: set CAIRN_DIRECTORY and CAIRN_DIRECTORY_KEY, run `make up`, or make one "
        "with `python starter.py identity init --root FOLDER`."
    )


@dataclass(frozen=True)
class Standing:
    """Who somebody is, and what the directory says of them.

    Attributes:
        name: The name.
        key: The key's id.
        file: Where the key is kept.
        may_act: Whether decisions that it signs are accepted now.
        standing: That in words.
        roles: The roles held.
        boards: The boards covered.
        delegations: What was delegated, in words.
    """

    name: str
    key: str
    file: Path
    may_act: bool
    standing: str
    roles: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()
    delegations: tuple[str, ...] = ()


def look_up(wanted: str | None) -> Standing:
    """Who one is here.

    Raises:
        NotDone: One has no identity.
        IdentityError: The key or the directory cannot be used.
    """
    settings = Settings()
    who = find_identity(settings, wanted)
    key = who.keyring.key_of(Actor(name=who.name, roles=()))
    directory = read_directory(settings)
    if directory is None:
        where = settings.oidc_issuer or "nobody whom this machine knows"
        return Standing(who.name, key.id, who.where, may_act=False, standing=f"{where} says who may act")
    now = datetime.now(UTC)
    bearer = find_bearer(directory.by_name.get(who.name), who.name, key.id, directory, now)
    if isinstance(bearer, Refusal):
        return Standing(who.name, key.id, who.where, may_act=False, standing=bearer.message)
    person = bearer.person
    return Standing(
        who.name,
        key.id,
        who.where,
        may_act=True,
        standing=f"holds you, in issue {directory.serial}",
        roles=person.roles,
        boards=("all",) if person.boards == "all" else person.boards,
        delegations=tuple(
            f'{it.role} for {in_words(it.boards)}, from "{it.grantor}", until {it.until:%Y-%m-%d %H:%M} UTC'
            for it in bearer.delegations
            if it.in_force(now)
        ),
    )
