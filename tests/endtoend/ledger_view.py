"""The ledger as the tests look at it: waited for, made comparable between runs, and checked for soundness."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from catalogue.connection import Connection
from catalogue.database import TROUBLE, connect
from catalogue.errors import DatabaseUnreachable
from catalogue.ledger import CHANNEL
from catalogue.projections.tables import ALL

LOOK_AGAIN = 0.2
"""Seconds after which the ledger is read again unannounced: announcements are lost with the database."""

_EVENTS = """
SELECT stream, type, actor, data, proof FROM ledger.events
WHERE split_part(stream, '/', 2) = $1 ORDER BY stream, sequence
"""
_UNSOUND = """
SELECT streams.stream, head, count(sequence), max(sequence) FROM ledger.streams
LEFT JOIN ledger.events USING (stream) GROUP BY streams.stream, head
HAVING count(sequence) <> head OR max(sequence) <> head OR min(sequence) <> 1
"""
_STRAY = "SELECT count(*) FROM ledger.events WHERE stream NOT IN (SELECT stream FROM ledger.streams)"

REPORTS = ("rollout-reported", "workstream-reported")
WHERE_IT_WAITS = "place-told"


@dataclass(frozen=True)
class Recorded:
    """One event of the ledger."""

    type: str
    actor: str
    data: dict[str, Any]
    proof: str | None


class LedgerView:
    """What the ledger holds about one life, kept up to date for as long as the block lasts.

    The database may go and come back meanwhile; the view then stays as it was and catches up.
    """

    def __init__(self, url: str, slug: str) -> None:
        self._url = url
        self._slug = slug
        self._streams: dict[str, list[Recorded]] = {}
        self._changed = asyncio.Condition()
        self._announced = asyncio.Event()
        self._following: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to follow."""
        self._following = asyncio.create_task(self._follow())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Follow no longer."""
        if self._following:
            self._following.cancel()
            with suppress(asyncio.CancelledError):
                await self._following

    def events(self, stream: str) -> list[Recorded]:
        """The events of a stream, in order."""
        return self._streams.get(stream, [])

    @property
    def streams(self) -> dict[str, list[Recorded]]:
        """Every stream of this life."""
        return self._streams

    def count(self) -> int:
        """How many events this life has so far."""
        return sum(len(events) for events in self._streams.values())

    async def until(self, condition: Callable[["LedgerView"], bool], patience: float) -> None:
        """Return once the ledger is as wanted; fail after `patience` seconds."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: condition(self)), patience)

    async def _follow(self) -> None:
        while True:
            with suppress(DatabaseUnreachable, *TROUBLE):
                connection = await connect(self._url)
                try:
                    await connection.add_listener(CHANNEL, self._hear)
                    await self._look_for_ever(connection)
                finally:
                    connection.terminate()
            await asyncio.sleep(LOOK_AGAIN)  # the database is away

    async def _look_for_ever(self, connection: Connection) -> None:
        while True:
            self._announced.clear()
            rows = await connection.fetch(_EVENTS, self._slug)
            streams: dict[str, list[Recorded]] = {}
            for row in rows:
                recorded = Recorded(row["type"], row["actor"], row["data"], row["proof"])
                streams.setdefault(row["stream"], []).append(recorded)
            async with self._changed:
                self._streams = streams
                self._changed.notify_all()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._announced.wait(), LOOK_AGAIN)

    def _hear(self, *_notification: object) -> None:
        self._announced.set()


# --- the same story, whenever it happened -------------------------------------------------------------------


@dataclass(frozen=True)
class Account:
    """What a life left in the ledger, without what differs from run to run: times, and the life's own name.

    Attributes:
        streams: Each stream's events in order. A rollout and a workstream hear from one stream alone at any
            stage, so their order is settled by the script; so is that of a technology without the reports.
            Where a rollout stands in the queue is left out, for it depends on who asked first.
        office: How often each thing happened at the programme office. Whoever asks first is served first, and
            that is a matter of milliseconds.
        reports: The last word of each board and track to its technology. Reports arrive in any order, and one
            that is out of date before it could be sent is never sent (docs/adr/0002).
    """

    streams: dict[str, list[str]]
    office: Counter[str]
    reports: dict[str, str]


def account(ledger: LedgerView, slug: str) -> Account:
    """Give an account of a life."""
    streams: dict[str, list[str]] = {}
    office: Counter[str] = Counter()
    reports: dict[str, str] = {}
    for stream, events in ledger.streams.items():
        told = [(event, _told(event, slug)) for event in events]
        if stream.startswith("programme/"):
            office.update(words for _, words in told)
            continue
        left_out = {*REPORTS, WHERE_IT_WAITS}
        streams[_anonymous(stream, slug)] = [words for event, words in told if event.type not in left_out]
        reports |= {_sender(event): words for event, words in told if event.type in REPORTS}
    return Account(streams, office, reports)


def _sender(event: Recorded) -> str:
    report = event.data["report"]
    return str(report.get("board") or report.get("area"))


def _told(event: Recorded, slug: str) -> str:
    data = _timeless(event.data)
    due = data.pop("due", None)
    if isinstance(due, dict):
        data["rescheduled"] = sorted(due)
        data.pop("lost", None)
    if isinstance(gates := data.get("gates"), dict):
        data["gates"] = sorted(gates)
    return f"{event.type} by {event.actor}: {_anonymous(json.dumps(data, sort_keys=True), slug)}"


def _timeless(value: Any) -> Any:
    """Without the moments of what is told, and without what evidence of other names is known by."""
    if isinstance(value, dict):
        return {name: _timeless(part) for name, part in value.items() if name not in {"at", "basis"}}
    return [_timeless(part) for part in value] if isinstance(value, list) else value


def _anonymous(text: str, slug: str) -> str:
    return text.replace(slug, "LIFE")


# --- soundness ----------------------------------------------------------------------------------------------


async def unsound_streams(connection: Connection) -> list[tuple[Any, ...]]:
    """The streams whose events are not numbered from 1 to their head without a gap, and stray events."""
    found = [tuple(row) for row in await connection.fetch(_UNSOUND)]
    stray = await connection.fetchval(_STRAY)
    return [*found, *([("events without a stream", stray)] if stray else [])]


async def dump_projections(connection: Connection) -> dict[str, list[str]]:
    """Everything that the projections hold."""
    return {
        table.name: sorted(
            str(tuple(row)) for row in await connection.fetch(f"SELECT * FROM catalogue.{table.name}")
        )
        for table in ALL
    }
