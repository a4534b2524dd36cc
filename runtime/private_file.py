"""Files that hold a secret: read only where they are guarded, written whole or not at all."""

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from runtime.errors import SecretUnusable

SIZE_LIMIT = 1_000_000
"""Bytes; a larger file is not what it should be."""

TOO_OPEN = stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH
"""Who must be kept out. A group may read, for that is how a service's account is given a secret."""


def read_private(path: Path, what: str) -> str:
    """Return the text of a file that other users can neither read nor write.

    Raises:
        SecretUnusable: It is not there, cannot be read, or is open to others.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if mode & TOO_OPEN:
                raise SecretUnusable(
                    f"{what} {path} is open to other users (mode {stat.S_IMODE(mode):04o}): "
                    f"run `chmod 600 {path}`, and replace what is in it if somebody may have read it."
                )
            return file.read(SIZE_LIMIT).decode("ascii")
    except OSError as error:
        raise SecretUnusable(
            f"{what} {path} cannot be read ({error.strerror}): put it there, readable by the user that runs "
            "Cairn, or correct the setting that names it."
        ) from error
    except UnicodeDecodeError as error:
        raise SecretUnusable(f"{what} {path} is not text: put the right file in its place.") from error


@contextmanager
def writing(path: Path, what: str) -> Iterator[Callable[[str], None]]:
    """Be the only one who changes a file, and write it in one step, readable by this user alone.

    A file that is replaced keeps its owner and its group's right to read, so that whoever read it still can.

    Raises:
        SecretUnusable: Somebody else is changing it, or this user may not.
    """
    new = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise SecretUnusable(
            f"{what} {path} is being changed by another process, or a change was cut short: wait for it, "
            f"or delete {new} if there is none."
        ) from error
    except OSError as error:
        raise SecretUnusable(
            f"{what} {path} cannot be written ({error.strerror}): run this as the user that may."
        ) from error

    def write(text: str) -> None:
        with open(handle, "w", encoding="ascii", closefd=False) as file:
            file.write(text)
            file.flush()
            os.fsync(handle)
        with contextlib.suppress(FileNotFoundError):
            before = path.stat()
            os.fchmod(handle, stat.S_IMODE(before.st_mode) & (stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP))
            os.fchown(handle, before.st_uid, before.st_gid)
        new.replace(path)

    try:
        yield write
    finally:
        os.close(handle)
        new.unlink(missing_ok=True)
