import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from catalogue.cloudevents import as_cloudevent
from catalogue.connection import Connection
from catalogue.database import connect
from catalogue.errors import DatabaseUnreachable
from catalogue.ledger import Ledger, record
from catalogue.queries.events import list_events
from catalogue.rows.events import Event
from catalogue.schema import migrate
from catalogue.tail import Cursor, last_cursor, read_after, tail, until_recorded, until_so
from runtime.postgres import OWNER
from tests.catalogue.conftest import Database
from tests.catalogue.life import Life
from tests.catalogue.test_ledger import note, notes

LONG = 3600.0


async def take(events: AsyncIterator[Event], count: int) -> list[tuple[str, int]]:
    """The next events of a follower, who must not wait longer than a person would."""
    async with asyncio.timeout(10):
        return [(event.stream, event.sequence) for event in [await anext(events) for _ in range(count)]]


async def test_a_follower_gets_what_was_and_is_told_of_what_comes(
    ledger: Ledger, connection: Connection
) -> None:
    """What comes is announced: this follower would otherwise wait for an hour."""
    await ledger.append(notes("note/a", 1, 2))
    following = tail(connection, poll_seconds=LONG)
    assert await take(following, 2) == [("note/a", 1), ("note/a", 2)]
    coming = asyncio.ensure_future(take(following, 2))
    await ledger.append(notes("note/b", 1, 1))
    await ledger.append(notes("note/a", 3, 3))
    assert await coming == [("note/b", 1), ("note/a", 3)]
    await following.aclose()


async def test_an_event_that_commits_late_is_not_missed_and_order_holds(
    ledger: Ledger, connection: Connection, database: Database
) -> None:
    """A reader that went by positions alone would never see the late one."""
    slow, reader = await connect(database.url), await connect(database.url)
    following = tail(connection, poll_seconds=LONG)
    late = slow.transaction()
    await late.start()
    assert await record(slow, notes("note/late", 1, 1))
    await ledger.append(notes("note/early", 1, 1))

    assert await read_after(reader, Cursor()) == ()
    assert len(await list_events(reader)) == 1
    coming = asyncio.ensure_future(take(following, 2))
    await late.commit()
    assert await coming == [("note/late", 1), ("note/early", 1)]

    await following.aclose()
    await slow.close()
    await reader.close()


async def test_a_follower_goes_on_where_its_cursor_stands(ledger: Ledger, connection: Connection) -> None:
    """A cursor can be written down and read back."""
    for number in range(1, 6):
        await ledger.append(notes("note/a", number, number))
    events = await read_after(connection, Cursor(), limit=3)
    cursor = Cursor.parse(str(Cursor.of(events[-1])))
    assert [event.sequence for event in await read_after(connection, cursor)] == [4, 5]
    assert await last_cursor(connection) == Cursor.of((await read_after(connection, cursor))[-1])
    assert await read_after(connection, await last_cursor(connection)) == ()


async def test_a_follower_can_ask_for_some_streams_and_kinds(ledger: Ledger, connection: Connection) -> None:
    """A stream's name covers those below it and none that only begins alike."""
    for stream in ("note/a", "note/a/1", "note/ab"):
        await ledger.append(notes(stream, 1, 1))
    other = {**note(2), "kind": "ended"}
    await ledger.append(notes("note/a/1", 2, 2).model_copy(update={"events": (other,)}))
    following = tail(connection, stream="note/a")
    assert await take(following, 3) == [("note/a", 1), ("note/a/1", 1), ("note/a/1", 2)]
    await following.aclose()
    following = tail(connection, type="ended")
    assert await take(following, 1) == [("note/a/1", 2)]
    await following.aclose()


async def test_a_follower_whose_connection_dies_is_told(
    ledger: Ledger, connection: Connection, database: Database
) -> None:
    """It does not wait for ever on a connection that is gone."""
    await ledger.append(notes("note/a", 1, 1))
    following = tail(connection, poll_seconds=LONG)
    assert await take(following, 1)
    coming = asyncio.ensure_future(take(following, 1))
    await database.shut()
    with pytest.raises(DatabaseUnreachable, match="follow on with another"):
        await coming


async def test_a_ledger_restored_into_another_server_can_still_be_followed(
    ledger: Ledger, connection: Connection, database: Database
) -> None:
    """Transaction numbers of the old server would hide events; migrating puts that right."""
    await ledger.append(notes("note/a", 1, 3))
    owner = await asyncpg.connect(database.server.url(OWNER, database.name))
    await owner.execute(
        "UPDATE ledger.events SET transaction = (900000000 - sequence)::text::xid8 WHERE sequence > 1"
    )
    await owner.close()
    assert len(await read_after(connection, Cursor())) == 1
    await migrate(database.owner_url)
    assert [event.sequence for event in await read_after(connection, Cursor())] == [1, 2, 3]
    await ledger.append(notes("note/a", 4, 4))
    assert [event.sequence for event in await read_after(connection, Cursor())] == [1, 2, 3, 4]


async def test_events_can_be_listed_by_stream_kind_and_time(ledger: Ledger, connection: Connection) -> None:
    """The latest are listed, the oldest of them first."""
    await ledger.append(notes("note/a", 1, 5))
    await ledger.append(notes("other/a", 1, 5))
    events = await list_events(connection)
    assert len(events) == 10
    assert [event.sequence for event in await list_events(connection, stream="note", limit=2)] == [4, 5]
    assert await list_events(connection, type="noted", since=events[3].time, stream="other/a") == events[8:]
    assert await list_events(connection, type="other") == ()


async def test_every_event_reads_as_a_cloudevent(ledger: Ledger, connection: Connection) -> None:
    """Ids are unique in their source and attribute names are as CloudEvents 1.0 has them."""
    life = Life()
    life.open()
    life.propose()
    life.work()
    life.work()
    for batch in life.batches():
        await ledger.append(batch)
    events = [as_cloudevent(event) for event in await read_after(connection, Cursor())]
    assert len(events) == len(life.log)
    assert len({(event["source"], event["id"]) for event in events}) == len(events)
    for event in events:
        assert event["specversion"] == "1.0"
        assert all(name.isalnum() and name == name.lower() for name in event)
        assert not {"kind", "at", "by"} & set(event["data"])
    done = next(event for event in events if event["type"] == "cairn.technology.step-completed")
    assert done["source"] == "/cairn/technology/ccbt"
    assert done["id"] == f"technology/ccbt#{int(done['sequence'])}"
    assert done["subject"] == "ccbt/national/assessment/step-0"
    assert (done["actor"], done["actorroles"]) == ("Team", "team")
    assert done["time"] == "2027-01-05T09:00:00Z"
    assert done["data"]["note"] == "Went well."
    pilot = next(event for event in events if event["type"] == "cairn.rollout.rollout-started")
    assert pilot["subject"] == "board-0"


async def test_whoever_waits_for_an_event_is_told_when_it_is_there(
    ledger: Ledger, connection: Connection
) -> None:
    """A person who signs off and then looks sees the sign-off: this one would otherwise wait for an hour."""
    waiting = asyncio.ensure_future(until_recorded(connection, "note/a", 2, poll_seconds=LONG))
    await ledger.append(notes("note/a", 1, 1))
    await ledger.append(notes("note/b", 1, 2))
    assert not waiting.done()
    await ledger.append(notes("note/a", 2, 2))
    async with asyncio.timeout(10):
        await waiting


async def test_whoever_waits_for_an_answer_asks_again_whenever_something_is_recorded(
    ledger: Ledger, connection: Connection
) -> None:
    """What a command brings about in other streams is seen as soon as it is there, and not before."""
    asked: list[int] = []

    async def are_three() -> bool:
        asked.append(len(await list_events(connection, stream="note")))
        return asked[-1] >= 3

    waiting = asyncio.ensure_future(until_so(connection, are_three, poll_seconds=LONG))
    await ledger.append(notes("note/a", 1, 2))
    assert not waiting.done()
    await ledger.append(notes("note/b", 1, 1))
    async with asyncio.timeout(10):
        await waiting
    assert asked[-1] == 3


async def test_whoever_waits_for_what_is_there_already_does_not_wait(
    ledger: Ledger, connection: Connection
) -> None:
    """The ledger may be faster than the one who asks."""
    await ledger.append(notes("note/a", 1, 3))
    async with asyncio.timeout(10):
        await until_recorded(connection, "note/a", 2, poll_seconds=LONG)
