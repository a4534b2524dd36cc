"""The keys that payloads are encrypted with, and the file that holds them.

The file says which key is current. Every other key in it reads what it wrote before it was replaced, so a key
is never taken out of the file while a history or a backup may still need it.

Commands that only show keys import this module, so it imports neither Temporal nor a cipher.
"""

import base64
import binascii
import json
import logging
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from runtime.errors import KeyMissing, SecretUnusable
from runtime.private_file import read_private, writing

log = logging.getLogger("cairn.keys")

STACKS_OWN = Path("keys") / "encryption.json"
"""The key file of an embedded stack, below its home."""

WHAT = "The key file"
SECRET_BYTES = 32
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Key:
    """A key for AES-256, with the name under which payloads refer to it."""

    id: str
    made: datetime
    secret: bytes = field(repr=False)

    @classmethod
    def make(cls, now: datetime) -> "Key":
        """Make a key at random; its name says the day."""
        return cls(f"{now:%Y-%m-%d}-{secrets.token_hex(4)}", now, secrets.token_bytes(SECRET_BYTES))


@dataclass(frozen=True)
class Keyring:
    """The keys of one file.

    Attributes:
        current: The name of the key that encrypts.
        keys: All keys by name, in the order in which they were made.
    """

    current: str
    keys: Mapping[str, Key]

    @classmethod
    def of(cls, key: Key) -> "Keyring":
        """Begin with one key."""
        return cls(key.id, MappingProxyType({key.id: key}))

    @property
    def prepared(self) -> tuple[str, ...]:
        """The names of keys that were made after the current one and wait to take its place."""
        names = tuple(self.keys)
        return names[names.index(self.current) + 1 :]

    def with_key(self, key: Key) -> "Keyring":
        """Add a key that encrypts nothing yet."""
        return replace(self, keys=MappingProxyType({**self.keys, key.id: key}))

    def with_current(self, name: str) -> "Keyring":
        """Have another key encrypt."""
        return replace(self, current=name)


def read_keys(path: Path) -> Keyring:
    """Read a key file.

    Raises:
        SecretUnusable: It cannot be read, is open to other users, or is not a key file.
    """
    try:
        return _parse(json.loads(read_private(path, WHAT)))
    except (KeyError, TypeError, ValueError) as error:
        wrong = type(error).__name__  # never the error's own words, which may quote a secret
        raise SecretUnusable(
            f"{WHAT} {path} is damaged ({wrong}): restore it from its backup, "
            "or make one with `python starter.py keys init` where nothing was encrypted yet."
        ) from None


def make_keys(path: Path, now: datetime) -> bool:
    """Make a key file with one key, unless there is one; say whether there was none.

    Raises:
        SecretUnusable: There is something else, or this user may not write there.
    """
    if path.exists():
        read_keys(path)
        return False
    with writing(path, WHAT) as write:
        if path.exists():
            return False
        write(_text(Keyring.of(Key.make(now))))
    return True


def prepare_key(path: Path, now: datetime) -> Keyring:
    """Add a key that encrypts nothing yet, so that every host can have it before any uses it.

    Raises:
        SecretUnusable: The file cannot be read or written.
    """
    with writing(path, WHAT) as write:
        ring = read_keys(path).with_key(Key.make(now))
        write(_text(ring))
    return ring


def rotate_keys(path: Path, now: datetime) -> Keyring:
    """Have the newest prepared key encrypt from now on, or a new one where none was prepared.

    Raises:
        SecretUnusable: The file cannot be read or written.
    """
    with writing(path, WHAT) as write:
        ring = read_keys(path)
        if not ring.prepared:
            ring = ring.with_key(Key.make(now))
        ring = ring.with_current(ring.prepared[-1])
        write(_text(ring))
    return ring


class KeyFile:
    """The keys of a file, read again whenever it has changed, so that a rotation needs no restart.

    A file that can no longer be read does not stop anybody: the keys that were read last go on.

    Raises:
        SecretUnusable: The file cannot be used from the start.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen = _signature(path)
        self._ring = read_keys(path)

    def current(self) -> Key:
        """The key that encrypts now."""
        self._look_again()
        return self._ring.keys[self._ring.current]

    def find(self, name: str) -> Key:
        """The key of that name; where it is not known yet, the file is looked at again.

        Raises:
            KeyMissing: The file does not hold it.
        """
        if name not in self._ring.keys:
            self._look_again()
        try:
            return self._ring.keys[name]
        except KeyError:
            raise KeyMissing(
                f'The encryption key "{name}" is not in the key file {self.path}: put it back from the '
                "backup of your keys; a worker tries what needs it again until it is there."
            ) from None

    def _look_again(self) -> None:
        seen = _signature(self.path)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._ring = read_keys(self.path)
        except SecretUnusable as error:
            log.warning("%s Until then the keys that were read before are used.", error)
        else:
            log.info("read the key file again; %s encrypts", self._ring.current)


def _signature(path: Path) -> tuple[int, ...]:
    try:
        status = os.stat(path)  # noqa: PTH116  # at every payload, and much quicker than a path's own
    except OSError:
        return ()
    return status.st_ino, status.st_mtime_ns, status.st_size, status.st_mode


def _parse(file: Any) -> Keyring:
    keys = {name: _key(name, value) for name, value in file["keys"].items()}
    if file["current"] not in keys:
        raise KeyError
    return Keyring(file["current"], MappingProxyType(keys))


def _key(name: str, value: Mapping[str, str]) -> Key:
    made = datetime.fromisoformat(value["made"])
    try:
        secret = base64.b64decode(value["secret"], validate=True)
    except binascii.Error:
        raise ValueError from None
    if len(secret) != SECRET_BYTES or not ID.fullmatch(name) or made.tzinfo is None:
        raise ValueError
    return Key(name, made, secret)


def _text(ring: Keyring) -> str:
    keys = {
        key.id: {
            "made": key.made.isoformat(timespec="seconds"),
            "secret": base64.b64encode(key.secret).decode(),
        }
        for key in ring.keys.values()
    }
    return json.dumps({"current": ring.current, "keys": keys}, indent=2) + "\n"
