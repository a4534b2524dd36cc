"""How values become payloads, decided once so that every client and worker reads what another wrote."""

import zlib
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import (
    PydanticPayloadConverter,
    ToJsonOptions,
    pydantic_data_converter,
)
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    EncodingPayloadConverter,
)

from domain.value import Cargo
from runtime.encryption import ClearCodec, EncryptionCodec
from runtime.keys import KeyFile
from runtime.settings import Settings

CARGO_ENCODING = "binary/zlib-json"
LARGEST_CARGO = 50_000_000
"""Bytes that cargo may have when it is unpacked for a person: the most that a history holds."""


class CargoConverter(EncodingPayloadConverter):
    """Compresses what is carried rather than read: the state between two runs, batches for the ledger.

    A history is replayed, kept for years and paid for by size; cargo shrinks to about a fifth. Commands,
    answers, summaries and details stay as they are, for the people who read them in the Temporal UI.
    """

    @property
    def encoding(self) -> str:
        """The name under which payloads say that they are cargo."""
        return CARGO_ENCODING

    def to_payload(self, value: Any) -> Payload | None:
        """Compress cargo; leave every other value to the other converters."""
        if not isinstance(value, Cargo):
            return None
        written = value.model_dump_json(exclude_unset=True).encode()
        return Payload(metadata={"encoding": self.encoding.encode()}, data=zlib.compress(written))

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """Restore cargo as the type that its reader expects."""
        return _adapter(type_hint).validate_json(zlib.decompress(payload.data))


@cache
def _adapter(type_hint: type | None) -> TypeAdapter[Any]:
    return TypeAdapter(type_hint if type_hint is not None else Any)


# Made once, for they keep nothing, and a worker makes a converter for every workflow task.
_CONVERTERS = (
    CargoConverter(),
    *PydanticPayloadConverter(ToJsonOptions(exclude_unset=True)).converters.values(),
)


class LeanPayloadConverter(CompositePayloadConverter):
    """Writes only the fields that were given, for defaults are the reader's to know; compresses cargo."""

    def __init__(self) -> None:
        super().__init__(*_CONVERTERS)


DATA_CONVERTER: DataConverter = replace(pydantic_data_converter, payload_converter_class=LeanPayloadConverter)
"""What values become where nothing is encrypted, and what an encrypted payload holds."""


def data_converter(settings: Settings) -> DataConverter:
    """Return the converter that the settings ask for: one that encrypts where they name a key file.

    Failures are encrypted with their messages and traces, for a refusal may repeat what people wrote.

    Raises:
        SecretUnusable: The key file cannot be used.
    """
    if settings.encryption_keys is None:
        return replace(DATA_CONVERTER, payload_codec=ClearCodec())
    return replace(
        DATA_CONVERTER,
        payload_codec=EncryptionCodec(KeyFile(settings.encryption_keys)),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def unpack_cargo(payload: Payload) -> Payload:
    """Return cargo as the JSON that it was made from, for people; hand on what is no cargo, or damaged."""
    if payload.metadata.get("encoding") != CARGO_ENCODING.encode():
        return payload
    unpacking = zlib.decompressobj()
    try:
        written = unpacking.decompress(payload.data, LARGEST_CARGO)
    except zlib.error:
        return payload
    if not unpacking.eof:
        return payload
    return Payload(metadata={"encoding": b"json/plain"}, data=written)
