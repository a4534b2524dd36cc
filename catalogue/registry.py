"""Brings the programme's catalogue into the ledger: each entry is a stream of its own."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogue.connection import Lent, Pool
from catalogue.errors import LedgerError
from catalogue.ledger import head, record
from catalogue.projections.entity import EntityChanged, EntityRegistered, EntityRetired
from domain.actor import ENGINE, Actor
from domain.record import Batch

Entry = tuple[str, str, Mapping[str, Any]]
"""An entry's kind, its slug, and its content as JSON."""

# Taken before the transaction has written anything, so that transactions keep the order of the streams.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('cairn registry'))"
_PRESENT = "SELECT kind, id, digest FROM catalogue.entities"


@dataclass(frozen=True)
class Loaded:
    """What loading the catalogue came to.

    Attributes:
        added: The entries that are new.
        changed: Those whose content changed, or that came back.
        unchanged: Those that stand in the catalogue as they are.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


async def register(pool: Pool, entries: Sequence[Entry], *, now: datetime, by: Actor = ENGINE) -> Loaded:
    """Record the entries that are new or changed, all of them or none; the others change nothing.

    Args:
        pool: The ledger's database.
        entries: The entries; those that are in the catalogue and not among these stay as they are.
        now: The moment of loading.
        by: Who loads.
    """
    added: list[str] = []
    changed: list[str] = []
    unchanged: list[str] = []
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_ONE_AT_A_TIME)
        present = {(row["kind"], row["id"]): row["digest"] for row in await connection.fetch(_PRESENT)}
        for kind, slug, content in entries:
            stream, digest = f"entity/{kind}/{slug}", digest_of(content)
            before = present.get((kind, slug))
            if before == digest:
                unchanged.append(stream)
                continue
            event = EntityRegistered if before is None else EntityChanged
            (added if before is None else changed).append(stream)
            await _append(connection, stream, event(at=now, by=by, digest=digest, entity=dict(content)))
            present[kind, slug] = digest
    return Loaded(tuple(added), tuple(changed), tuple(unchanged))


async def retire(pool: Pool, kind: str, slug: str, *, reason: str, now: datetime, by: Actor = ENGINE) -> bool:
    """Record that an entry is no longer offered; say whether it was there and not yet retired."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_ONE_AT_A_TIME)
        status = await connection.fetchval(
            "SELECT status FROM catalogue.entities WHERE kind = $1 AND id = $2", kind, slug
        )
        if status in {None, "retired"}:
            return False
        await _append(connection, f"entity/{kind}/{slug}", EntityRetired(at=now, by=by, reason=reason))
        return True


def digest_of(content: Mapping[str, Any]) -> str:
    """What an entry's content is known by, whatever the order of its fields."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


async def _append(
    connection: Lent, stream: str, event: EntityRegistered | EntityChanged | EntityRetired
) -> None:
    first = await head(connection, stream) + 1
    batch = Batch(stream=stream, first=first, events=(event.model_dump(mode="json"),))
    if not await record(connection, batch):
        raise LedgerError(f"Somebody else wrote to {stream} at the same moment: load the catalogue again.")
