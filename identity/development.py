"""Identities for a machine of one's own: everybody of a programme, twice, all from one secret.

DEVELOPMENT ONLY. Whoever can read the root key is everybody; it never leaves the folder of the embedded
stack, and nothing but the embedded stack trusts it.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.actor import Actor
from identity.directory import Boards, Directory, Key, Person
from identity.issue import DirectoryFile, write_issue
from identity.keys import KEY_BYTES, PrivateKey, read_private, write_private

DIRECTORY = "directory"
ROOT = "root"
ROOT_PUBLIC = "root.pub"
DEPUTY = " (deputy)"


def name_of(role: str, board: str | None, *, deputy: bool = False) -> str:
    """How the holder of a role is called: ``policy lead``, ``fife board lead (deputy)``."""
    words = role.replace("-", " ")
    return f"{words if board is None else f'{board} {words}'}{DEPUTY if deputy else ''}"


def cast(national: Iterable[str], local: Iterable[str], boards: Iterable[str]) -> Iterator[Person]:
    """Everybody of a programme, each with a deputy so that four eyes can be tried; nobody has keys yet.

    Args:
        national: The roles that are held for the whole programme.
        local: The roles that are held at each board.
        boards: The boards.
    """
    posts: list[tuple[str, str | None]] = [(role, None) for role in national]
    posts += [(role, board) for board in boards for role in local]
    for role, board in posts:
        covered: Boards = "all" if board is None else (board,)
        for deputy in (False, True):
            yield Person(name=name_of(role, board, deputy=deputy), roles=(role,), boards=covered)


class DevelopmentKeys:
    """Derives everybody's key from the root's secret by their name.

    Args:
        root: The root key.
    """

    def __init__(self, root: PrivateKey) -> None:
        self.root = root
        self._derived: dict[str, PrivateKey] = {}

    @classmethod
    def read(cls, folder: Path) -> "DevelopmentKeys":
        """Read the root key of a folder of development identities.

        Raises:
            KeyUnusable: There is none.
        """
        return cls(read_private(folder / ROOT)[0])

    def named(self, name: str) -> PrivateKey:
        """The key of whoever bears that name."""
        if name not in self._derived:
            info = f"cairn development identity: {name}".encode()
            derive = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info)
            self._derived[name] = PrivateKey(derive.derive(self.root.seed))
        return self._derived[name]

    def key_of(self, actor: Actor) -> PrivateKey:
        """The actor's key."""
        return self.named(actor.name)

    def credential_of(self, actor: Actor) -> str:
        """Nothing: the directory says it all."""
        del actor
        return ""


def prepare(folder: Path, people: Iterable[Person], now: datetime) -> int:
    """Make development identities in a folder, or add whoever is missing; return how many were added.

    Nobody who is there already is changed, so that what was revoked stays revoked.

    Raises:
        IdentityError: The folder holds what these identities cannot be made of.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / ROOT).exists():
        write_private(folder / ROOT, PrivateKey.generate(), sub="development root")
    keys = DevelopmentKeys.read(folder)
    public = keys.root.public.model_dump_json()
    if not (folder / ROOT_PUBLIC).exists():
        (folder / ROOT_PUBLIC).write_text(f"{public}\n", encoding="ascii")
    path = folder / DIRECTORY
    before = DirectoryFile(path, keys.root.public).current() if path.exists() else None
    known = before.by_name if before else {}
    missing = [it for it in people if it.name not in known]
    if missing or before is None:
        added = tuple(_with_key(it, keys, now) for it in missing)
        serial, there = (before.serial, before.people) if before else (0, ())
        delegations = before.delegations if before else ()
        issue = Directory(serial=serial + 1, issued=now, people=(*there, *added), delegations=delegations)
        write_issue(path, issue, keys.root)
    return len(missing)


def _with_key(person: Person, keys: DevelopmentKeys, now: datetime) -> Person:
    key = Key(key=keys.named(person.name).public, since=now)
    return person.model_copy(update={"keys": (key,)})


def is_of(folder: Path, directory: Path | None) -> bool:
    """Say whether a directory is that of a folder of development identities."""
    return directory is not None and os.path.realpath(directory) == os.path.realpath(folder / DIRECTORY)
