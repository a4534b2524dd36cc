"""Ed25519 keys as JSON Web Keys: private ones in files for their owner alone, public ones to hand over."""

import hashlib
import json
import os
import stat
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import ValidationError, field_validator

from domain.value import Fact
from identity import jws
from identity.errors import KeyUnusable

ID_LENGTH = 22
"""Characters of a key's id: 132 bits of its thumbprint."""

KEY_BYTES = 32

CACHED = 4096
"""Keys that are kept as the library takes them."""


class PublicKey(Fact):
    """The public half of a key, as a JSON Web Key (RFC 8037); other members of one are passed over."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    x: str

    @field_validator("x")
    @classmethod
    def _is_a_key(cls, x: str) -> str:
        if len(jws.decode(x) or b"") != KEY_BYTES:
            raise ValueError("this is no Ed25519 key")
        return x

    @property
    def id(self) -> str:
        """The beginning of the key's thumbprint (RFC 7638)."""
        return _thumbprint(self.x)[:ID_LENGTH]

    @property
    def verifying(self) -> OKPKey:
        """The key as the library takes it."""
        return _verifying(self.x)


@lru_cache(maxsize=CACHED)
def _thumbprint(x: str) -> str:
    members = {"crv": "Ed25519", "kty": "OKP", "x": x}
    return jws.encode(hashlib.sha256(jws.encode_json(members)).digest())


@lru_cache(maxsize=CACHED)
def _verifying(x: str) -> OKPKey:
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x})


class PrivateKey:
    """A private key: it signs, and is never printed.

    Args:
        seed: Its 32 secret bytes.
    """

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        raw = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        self.public = PublicKey(x=jws.encode(raw))

    @classmethod
    def generate(cls) -> "PrivateKey":
        """A new key."""
        return cls(os.urandom(KEY_BYTES))

    @property
    def seed(self) -> bytes:
        """The secret, for those who derive other keys from it."""
        return self._seed

    @property
    def id(self) -> str:
        """The key's id."""
        return self.public.id

    @cached_property
    def _signing(self) -> OKPKey:
        return OKPKey.import_key({**self.public.model_dump(), "d": jws.encode(self._seed)})

    def sign(self, claims: dict[str, Any], typ: str) -> str:
        """Sign claims as a text of that kind."""
        return jws.sign(claims, typ, self._signing, self.id)


def write_private(path: Path, key: PrivateKey, **more: str) -> None:
    """Write a private key to a new file that its owner alone can read.

    Args:
        path: The file.
        key: The key.
        more: Further members, such as ``sub``, whose key it is.

    Raises:
        KeyUnusable: There is such a file already, or it cannot be written.
    """
    members = {**key.public.model_dump(), "d": jws.encode(key.seed), "kid": key.id, **more}
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(f"{json.dumps(members, indent=2)}\n")
    except FileExistsError as error:
        raise KeyUnusable(
            f"There is a key in {path} already, and it is not overwritten: choose another file, or use it."
        ) from error
    except OSError as error:
        raise KeyUnusable(
            f"The key cannot be written to {path} ({error.strerror}): choose another."
        ) from error


def read_private(path: Path) -> tuple[PrivateKey, dict[str, Any]]:
    """Read a private key; answer with all members of its file too.

    Raises:
        KeyUnusable: There is none, it is damaged, or others than its owner could read it.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise KeyUnusable(f"The key {path} cannot be read ({error.strerror}): correct the path.") from error
    if stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyUnusable(
            f"The key {path} can be read by others than its owner: make a new one if they may have, "
            f"or run `chmod 600 {path}`."
        )
    members = read_members(path)
    seed = jws.decode(str(members.get("d", ""))) or b""
    if len(seed) != KEY_BYTES or PrivateKey(seed).public.x != members.get("x"):
        raise KeyUnusable(f"{path} holds no private Ed25519 key: name the file that `identity init` wrote.")
    return PrivateKey(seed), members


def read_public(path: Path) -> PublicKey:
    """Read a public key.

    Raises:
        KeyUnusable: There is none, or it is damaged.
    """
    return as_public(read_members(path), path)


def as_public(members: dict[str, Any], where: object) -> PublicKey:
    """The public key of a JSON Web Key's members.

    Raises:
        KeyUnusable: They are none of an Ed25519 key.
    """
    try:
        key = PublicKey.model_validate(members)
        _ = key.verifying
    except (ValidationError, JoseError, ValueError) as error:
        raise KeyUnusable(
            f"{where} holds no public Ed25519 key: name the file that was handed over."
        ) from error
    return key


def read_members(path: Path) -> dict[str, Any]:
    """The members of a JSON file.

    Raises:
        KeyUnusable: It cannot be read, or is none.
    """
    try:
        members = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise KeyUnusable(f"The key {path} cannot be read ({error.strerror}): correct the path.") from error
    except (ValueError, RecursionError) as error:
        raise KeyUnusable(f"{path} is no JSON Web Key: name a file that `identity init` wrote.") from error
    if not isinstance(members, dict):
        raise KeyUnusable(f"{path} is no JSON Web Key: name a file that `identity init` wrote.")
    return members
