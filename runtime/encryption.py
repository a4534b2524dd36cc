"""How payloads are encrypted before they leave this process, so that the server keeps what it cannot read."""

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from runtime.errors import KeyMissing, PayloadAltered
from runtime.keys import KeyFile

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"
NONCE_BYTES = 12
LONGEST_NAME = 80
"""Characters of a key's name that are repeated to a person; it comes from outside."""


class EncryptionCodec(PayloadCodec):
    """Encrypts each payload whole, its metadata included, with AES-256-GCM under the current key.

    The key's name stands beside the payload and is authenticated with it. What was written before encryption
    was switched on is handed on as it is.

    A payload that cannot be decrypted raises an ordinary exception, which fails a worker's task and not the
    workflow: the server gives the task out again until the key is there.
    """

    def __init__(self, keys: KeyFile) -> None:
        self._keys = keys

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt payloads."""
        return [self.encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt payloads.

        Raises:
            KeyMissing: The key file lacks a key that one was encrypted with.
            PayloadAltered: One is not what was encrypted.
        """
        return [self.decrypt(payload) for payload in payloads]

    def encrypt(self, payload: Payload) -> Payload:
        """Encrypt one payload."""
        key = self._keys.current()
        nonce = os.urandom(NONCE_BYTES)
        name = key.id.encode()
        sealed = AESGCM(key.secret).encrypt(nonce, payload.SerializeToString(), _bound_to(name))
        return Payload(metadata={"encoding": ENCODING, KEY_ID: name}, data=nonce + sealed)

    def decrypt(self, payload: Payload) -> Payload:
        """Decrypt one payload; one that is not encrypted is handed on as it is.

        Raises:
            KeyMissing: The key file lacks the key that it was encrypted with.
            PayloadAltered: It is not what was encrypted.
        """
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        key = self._keys.find(_named(payload))
        nonce, sealed = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
        try:
            return Payload.FromString(AESGCM(key.secret).decrypt(nonce, sealed, _bound_to(key.id.encode())))
        except (InvalidTag, ValueError, DecodeError) as error:
            raise PayloadAltered(
                f'A payload does not decrypt with the key "{key.id}": it was altered on its way, or '
                f"{self._keys.path} holds another key of that name; compare it with the backup of your keys."
            ) from error


class ClearCodec(PayloadCodec):
    """Encrypts nothing, and says so when it meets what is encrypted.

    Without it a worker would come upon an encoding that it does not know only within the workflow, where a
    message that cannot be read is dropped for good. So it fails the task, which is given out again.
    """

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Hand payloads on."""
        return [*payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Hand payloads on.

        Raises:
            KeyMissing: One is encrypted.
        """
        for payload in payloads:
            if payload.metadata.get("encoding") == ENCODING:
                raise KeyMissing(
                    f'A payload is encrypted with the key "{_named(payload)}" and this process has no keys: '
                    "set CAIRN_ENCRYPTION_KEYS to the key file; a worker tries this again until it has them."
                )
        return [*payloads]


def _named(payload: Payload) -> str:
    return payload.metadata.get(KEY_ID, b"").decode("ascii", "replace")[:LONGEST_NAME]


def _bound_to(name: bytes) -> bytes:
    return ENCODING + b"\0" + name
