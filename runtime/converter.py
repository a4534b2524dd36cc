"""How values become payloads, decided once so that every client and worker reads what another wrote."""

import zlib
from collections.abc import Iterable
from dataclasses import replace

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import (
    PydanticPayloadConverter,
    ToJsonOptions,
    pydantic_data_converter,
)
from temporalio.converter import DataConverter, PayloadCodec

WORTH_COMPRESSING = 1024
"""Bytes below which a payload stays as it is: small ones are what people read in the Temporal UI."""

_ENCODING = b"binary/zlib"


class LeanPayloadConverter(PydanticPayloadConverter):
    """Writes only the fields that were given: defaults are the reader's to know."""

    def __init__(self) -> None:
        super().__init__(ToJsonOptions(exclude_unset=True))


class Compression(PayloadCodec):
    """Compresses large payloads: the state that a run carries to the next, plans, playbooks.

    A history is replayed, kept for years and paid for by size; such payloads shrink to about a fifth.
    """

    async def encode(self, payloads: Iterable[Payload]) -> list[Payload]:
        """Compress the payloads that are worth it."""
        return [_compress(payload) for payload in payloads]

    async def decode(self, payloads: Iterable[Payload]) -> list[Payload]:
        """Restore the payloads that were compressed; the others are handed back as they are."""
        return [_restore(payload) for payload in payloads]


def _compress(payload: Payload) -> Payload:
    if len(payload.data) < WORTH_COMPRESSING:
        return payload
    return Payload(metadata={"encoding": _ENCODING}, data=zlib.compress(payload.SerializeToString(), 6))


def _restore(payload: Payload) -> Payload:
    if payload.metadata.get("encoding") != _ENCODING:
        return payload
    return Payload.FromString(zlib.decompress(payload.data))


DATA_CONVERTER: DataConverter = replace(
    pydantic_data_converter, payload_converter_class=LeanPayloadConverter, payload_codec=Compression()
)
