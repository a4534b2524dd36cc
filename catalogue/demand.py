"""Who waits for the ledger: whoever looks out for an event says so, and a recorder that rests goes on.

Recorders rest between two batches of a stream, so that a busy stream is written seldom. Somebody who looks
out for what was not written yet must not wait for that. The word goes by notification and binds nobody: where
it is lost, the recorder goes on when it has rested.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from catalogue.connection import Connection, Lent
from catalogue.database import connect
from catalogue.errors import LedgerError

CHANNEL = "cairn_wanted"
"""The channel on which a stream is asked for, by its name."""

REST_SECONDS = 0.45
"""How long a recorder rests at most, and how long one that was asked for is taken to be watched."""

TRY_AGAIN_SECONDS = 1.0
"""When the recorder listens again after PostgreSQL went away."""


async def ask_for(connection: Lent, stream: str) -> None:
    """Say that somebody looks out for what happened in a stream."""
    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, stream)


class Demand:
    """Hears which streams are asked for; `listen` makes one that does."""

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}
        self._resting: dict[str, asyncio.Event] = {}

    async def rest(self, stream: str) -> None:
        """Return when somebody asks for the stream or has just done so, at the latest when it is rested."""
        now = asyncio.get_running_loop().time()
        self._asked = {name: at for name, at in self._asked.items() if at > now - REST_SECONDS}
        if stream in self._asked:
            return
        woken = self._resting.setdefault(stream, asyncio.Event())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), REST_SECONDS)
        self._resting.pop(stream, None)

    def hear(self, stream: str) -> None:
        """Take note that a stream is asked for."""
        self._asked[stream] = asyncio.get_running_loop().time()
        if stream in self._resting:
            self._resting[stream].set()


@asynccontextmanager
async def listen(dsn: str) -> AsyncIterator[Demand]:
    """Hear what is asked for, on a connection of its own and for as long as the block lasts.

    Raises:
        DatabaseUnreachable: PostgreSQL did not answer in time, or does not let this user in.
        DatabaseUnfit: The database is not migrated, or not by this release.
    """
    demand = Demand()
    hearing = asyncio.create_task(_keep_hearing(dsn, demand, await _subscribe(dsn, demand)))
    try:
        yield demand
    finally:
        hearing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await hearing


async def _keep_hearing(dsn: str, demand: Demand, connection: Connection) -> None:
    """Subscribe again whenever the connection has ended."""
    try:
        while True:
            await _end_of(connection)
            connection = await _subscribe_again(dsn, demand)
    finally:
        connection.terminate()


async def _subscribe_again(dsn: str, demand: Demand) -> Connection:
    while True:
        try:
            return await _subscribe(dsn, demand)
        except LedgerError:
            await asyncio.sleep(TRY_AGAIN_SECONDS)


async def _subscribe(dsn: str, demand: Demand) -> Connection:
    """Open a connection that passes on what is asked for from now on."""

    def asked(_connection: Any, _pid: int, _channel: str, stream: object) -> None:
        demand.hear(str(stream))

    connection = await connect(dsn)
    await connection.add_listener(CHANNEL, asked)
    return connection


async def _end_of(connection: Connection) -> None:
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _connection: ended.set())
    if not connection.is_closed():
        await ended.wait()
