import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from catalogue import demand
from catalogue.connection import Connection
from catalogue.database import connect
from catalogue.demand import Demand, ask_for, listen
from catalogue.ledger import Ledger
from catalogue.tail import until_recorded
from tests.catalogue.conftest import Database
from tests.catalogue.test_ledger import notes

HOUR = 3600.0


@pytest_asyncio.fixture
async def heard(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Demand]:
    """A recorder's ear; left alone, it would rest for an hour."""
    monkeypatch.setattr(demand, "REST_SECONDS", HOUR)
    async with listen(database.url) as listening:
        yield listening


async def test_a_recorder_that_rests_goes_on_when_somebody_asks(
    heard: Demand, connection: Connection
) -> None:
    """The stream that is asked for is not kept waiting; another one may rest."""
    asked, other = (asyncio.ensure_future(heard.rest(stream)) for stream in ("note/a", "note/b"))
    await ask_for(connection, "note/a")
    async with asyncio.timeout(10):
        await asked
    assert not other.done()
    other.cancel()


async def test_a_recorder_does_not_rest_while_somebody_looks(heard: Demand, connection: Connection) -> None:
    """Whoever asked just before the recorder came to rest is not forgotten."""
    resting = asyncio.ensure_future(heard.rest("note/a"))
    await ask_for(connection, "note/a")
    async with asyncio.timeout(10):
        await resting
        await heard.rest("note/a")


async def test_a_recorder_that_nobody_asks_has_rested_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that was lost costs a moment and no more."""
    monkeypatch.setattr(demand, "REST_SECONDS", 0.001)
    async with asyncio.timeout(10):
        await Demand().rest("note/a")


async def test_whoever_looks_out_for_an_event_asks_for_it(
    heard: Demand, connection: Connection, ledger: Ledger
) -> None:
    """A person who signs off and then looks is not kept waiting by a recorder at rest."""
    resting = asyncio.ensure_future(heard.rest("note/a"))
    looking = asyncio.ensure_future(until_recorded(connection, "note/a", 1, poll_seconds=HOUR))
    async with asyncio.timeout(10):
        await resting
        await ledger.append(notes("note/a", 1, 1))
        await looking


async def test_a_recorder_hears_again_when_the_database_is_back(
    heard: Demand, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection on which it listens is opened again as often as it takes."""
    monkeypatch.setattr(demand, "TRY_AGAIN_SECONDS", 0.01)
    await database.shut()
    await database.open_again()
    resting = asyncio.ensure_future(heard.rest("note/a"))
    async with asyncio.timeout(10):
        while not resting.done():  # nobody can tell from outside when it listens again
            asking = await connect(database.url)
            await ask_for(asking, "note/a")
            await asking.close()
