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
from temporalio.converter import CompositePayloadConverter, DataConverter, EncodingPayloadConverter

from domain.value import Cargo


class CargoConverter(EncodingPayloadConverter):
    """Compresses what is carried rather than read: the state between two runs, batches for the ledger.

    A history is replayed, kept for years and paid for by size; cargo shrinks to about a fifth. Commands,
    answers, summaries and details stay as they are, for the people who read them in the Temporal UI.
    """

    @property
    def encoding(self) -> str:
        """The name under which payloads say that they are cargo."""
        return "binary/zlib-json"

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
