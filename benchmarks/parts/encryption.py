"""What encryption costs: microseconds and bytes a payload, and its share of a rollout's history."""

import os
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from typing import Any

from temporalio.api.common.v1 import Payload

from benchmarks.figures import Figure, Result
from benchmarks.parts import Part, Scale
from benchmarks.site import Site
from runtime.encryption import ENCODING, EncryptionCodec
from runtime.keys import KeyFile

SIZES = {"1 KB": 1_000, "100 KB": 100_000}
TIMES = 500
"""How often a payload is encrypted for one sample."""


async def measure(site: Site, scale: Scale) -> Part:
    """Measure payloads of each size, and one rollout."""
    if site.settings.encryption_keys is None:
        return Part([Result("A payload encrypted", None, "us", note="this site does not encrypt")])
    codec = EncryptionCodec(KeyFile(site.settings.encryption_keys))
    results: list[Result] = []
    raw: dict[str, Any] = {}
    for name, size in SIZES.items():
        plain = Payload(metadata={"encoding": b"json/plain"}, data=os.urandom(size))
        sealed = codec.encrypt(plain)
        to, back = _samples(codec.encrypt, plain, scale), _samples(codec.decrypt, sealed, scale)
        more = f"{sealed.ByteSize() - plain.ByteSize()} bytes more"
        results += [
            Result(f"A payload of {name} encrypted", Figure.of(to), "us", note=more),
            Result(f"A payload of {name} decrypted", Figure.of(back), "us"),
        ]
        raw[name] = {"encrypted": to, "decrypted": back}
    share, note = await _share_of_history(site, codec)
    results.append(Result("Encryption's share of a rollout's history", Figure.of([share]), "%", note=note))
    return Part(results, {**raw, "share": share})


def _samples(convert: Callable[[Payload], Payload], payload: Payload, scale: Scale) -> list[float]:
    samples = []
    for _ in range(scale.rounds):
        begun = perf_counter()
        for _ in range(TIMES):
            convert(payload)
        samples.append((perf_counter() - begun) / TIMES * 1e6)
    return samples


async def _share_of_history(site: Site, codec: EncryptionCodec) -> tuple[float, str]:
    (team,) = await site.rollouts(1)
    await team.sign(1)
    await site.recorded([team])
    history = await site.client.get_workflow_handle(team.workflow).fetch_history()
    sealed = [payload for event in history.events for payload in payloads_of(event)]
    added = sum(it.ByteSize() - codec.decrypt(it).ByteSize() for it in sealed)
    whole = sum(event.ByteSize() for event in history.events)
    sizes = f"{median(it.ByteSize() for it in sealed):.0f} bytes the middle one"
    return added / whole * 100, f"{len(sealed)} payloads, {sizes}, in {whole / 1024:.0f} KB"


def payloads_of(message: Any) -> Iterator[Payload]:
    """Find every encrypted payload in a message of the server's."""
    if isinstance(message, Payload):
        if message.metadata.get("encoding") == ENCODING:
            yield message
        return
    for descriptor, value in message.ListFields():
        if descriptor.message_type is None:
            continue
        if descriptor.message_type.GetOptions().map_entry:
            parts = [part for part in value.values() if hasattr(part, "ListFields")]
        else:
            parts = [value] if hasattr(value, "ListFields") else list(value)
        for part in parts:
            yield from payloads_of(part)
