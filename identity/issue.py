"""An issue of the directory: signed by the root key, read again whenever its file changes."""

import json
import os
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from domain.refusal import Refusal
from identity import jws
from identity.directory import Directory, find_unsound
from identity.errors import DirectoryRefused
from identity.keys import PrivateKey, PublicKey
from identity.people import Bearer, find_bearer

TYP = "cairn-directory+jws"


def seal(directory: Directory, root: PrivateKey) -> str:
    """Sign a directory.

    Raises:
        DirectoryRefused: It contradicts itself.
    """
    if wrong := find_unsound(directory):
        raise DirectoryRefused(wrong)
    return root.sign(directory.model_dump(mode="json", exclude_unset=True), TYP)


def open_sealed(text: str, anchor: PublicKey, where: object = "The directory") -> Directory:
    """Read a signed directory.

    Args:
        text: What was signed.
        anchor: The root key that is trusted.
        where: How a refusal calls it.

    Raises:
        DirectoryRefused: Another key signed it, it was changed afterwards, or it contradicts itself.
    """
    found = jws.take_apart(text.strip(), TYP)
    if found is None:
        raise DirectoryRefused(f"{where} is no signed directory, or was damaged: take the last issue again.")
    if found.kid != anchor.id:
        raise DirectoryRefused(
            f"{where} was signed by key {found.kid} and the one that is trusted is {anchor.id}: "
            "take the issue of your own root, or correct CAIRN_DIRECTORY_KEY."
        )
    if not jws.is_signed_by(found, anchor.verifying):
        raise DirectoryRefused(f"{where} was changed after it was signed: take the last issue again.")
    try:
        directory = Directory.model_validate_json(json.dumps(found.claims))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DirectoryRefused(
            f"{where} cannot be read ({place}: {first['msg']}): sign it with this release."
        ) from error
    if wrong := find_unsound(directory):
        raise DirectoryRefused(f"{where} is not sound: {wrong}")
    return directory


def write_issue(path: Path, directory: Directory, root: PrivateKey) -> None:
    """Put a new issue in a file's place, in one step.

    Raises:
        DirectoryRefused: It contradicts itself, or cannot be written.
    """
    text = seal(directory, root)
    new = path.with_name(f"{path.name}.new")
    try:
        new.write_text(f"{text}\n", encoding="ascii")
        new.replace(path)
    except OSError as error:
        raise DirectoryRefused(
            f"The directory {path} cannot be written ({error.strerror}): do it as the user it belongs to."
        ) from error


@dataclass(frozen=True)
class _Version:
    """What tells one content of a file from another without reading it."""

    inode: int
    size: int
    changed: int


class DirectoryFile:
    """The directory as a file holds it now: whatever is issued counts from the next decision on.

    A file that can no longer be trusted stops every decision until it is mended.

    Args:
        path: The file.
        anchor: The root key that is trusted.
    """

    def __init__(self, path: Path, anchor: PublicKey) -> None:
        self._path = path
        self._anchor = anchor
        self._version: _Version | None = None
        self._current: Directory | None = None
        self._serial = 0
        self._lock = threading.Lock()

    def current(self) -> Directory:
        """The directory.

        Raises:
            DirectoryRefused: It cannot be read, cannot be trusted, or is older than one that was read before.
        """
        with self._lock:  # many workflows ask at once, each on a thread of its own
            version = self._look()
            if self._current is None or version != self._version:
                self._current = None
                self._current = self._read()
                self._version = version
                self._serial = self._current.serial
            return self._current

    def find(self, subject: str, key_id: str, credential: str, now: datetime) -> Bearer | Refusal:
        """Whoever bears that name and that key."""
        del credential  # the directory says it all
        directory = self.current()
        person = next((it for it in directory.people if it.name == subject), None)
        return find_bearer(person, subject, key_id, directory, now)

    def _look(self) -> _Version:
        try:
            status = os.stat(self._path)  # noqa: PTH116  # asked before every decision
        except OSError as error:
            raise self._unreadable(error) from error
        return _Version(status.st_ino, status.st_size, status.st_mtime_ns)

    def _read(self) -> Directory:
        where = f"The directory {self._path}"
        try:
            text = self._path.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise self._unreadable(error) from error
        directory = open_sealed(text, self._anchor, where)
        if directory.serial < self._serial:
            raise DirectoryRefused(
                f"{where} is issue {directory.serial} and issue {self._serial} was seen before: "
                "take the last issue again."
            )
        return directory

    def _unreadable(self, error: OSError | UnicodeDecodeError) -> DirectoryRefused:
        why = error.strerror if isinstance(error, OSError) else "it is no signed text"
        return DirectoryRefused(
            f"The directory {self._path} cannot be read ({why}): correct CAIRN_DIRECTORY, or issue one."
        )
