"""Compact signatures over JSON, in the one form that Cairn writes and reads.

The algorithm is fixed and so are the header's members, so there is nothing to be talked into; a text that
decodes to the same signature but is written otherwise is refused too.
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

ALGORITHM = "Ed25519"
"""EdDSA over Curve25519 by its own name (RFC 9864)."""

SIZE_LIMIT = 4 * 1024 * 1024
"""Characters of a signed text; the largest is a directory."""


@dataclass(frozen=True)
class Unverified:
    """A signed text that was taken apart and not yet verified.

    Attributes:
        kid: The id of the key that is said to have signed.
        claims: What is said.
        text: The whole.
    """

    kid: str
    claims: dict[str, Any]
    text: str


def sign(claims: dict[str, Any], typ: str, key: OKPKey, kid: str) -> str:
    """Sign claims; `typ` says what kind of text this is, so that none passes for another."""
    header = {"alg": ALGORITHM, "kid": kid, "typ": typ}
    return jws.serialize_compact(header, encode_json(claims), key, algorithms=[ALGORITHM])


def take_apart(text: str, typ: str) -> Unverified | None:
    """Read a signed text of that kind without verifying it; ``None`` where it has not exactly that form."""
    parts = text.split(".") if len(text) <= SIZE_LIMIT else []
    if len(parts) != 3:  # noqa: PLR2004  # header, claims, signature
        return None
    header, claims = _read(parts[0]), _read(parts[1])
    if header is None or claims is None or decode(parts[2]) is None:
        return None
    kid = header.get("kid")
    if header != {"alg": ALGORITHM, "kid": kid, "typ": typ} or not isinstance(kid, str):
        return None
    return Unverified(kid, claims, text)


def is_signed_by(found: Unverified, key: OKPKey) -> bool:
    """Say whether that key signed the text."""
    try:
        jws.deserialize_compact(found.text, key, algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        return False
    return True


def encode_json(value: Any) -> bytes:
    """The one way in which a value is written as JSON: sorted, without spaces, in ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def encode(raw: bytes) -> str:
    """Bytes in base64url, without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes | None:
    """The bytes of a base64url text, or ``None`` where it is not the one text for them."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return raw if encode(raw) == text else None


def _read(part: str) -> dict[str, Any] | None:
    raw = decode(part)
    try:
        value = None if raw is None else json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
