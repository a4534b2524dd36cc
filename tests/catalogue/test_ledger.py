import asyncio
from typing import Any

import asyncpg
import pytest

from catalogue.cloudevents import as_cloudevent
from catalogue.connection import Connection, Pool
from catalogue.database import connect
from catalogue.errors import (
    DatabaseUnreachable,
    SequenceGap,
    StreamDiverged,
    UnknownEvent,
    UnrecordableEvent,
)
from catalogue.ledger import Ledger, as_event
from catalogue.queries.events import list_events
from domain.record import Batch
from tests.catalogue.conftest import Database


def note(number: int, **more: Any) -> dict[str, Any]:
    """An event of an aggregate that has no projection."""
    by = {"name": "Ann", "roles": ["npt"], "boards": ["fife"]}
    return {"kind": "noted", "at": f"2027-01-04T09:00:{number % 60:02}Z", "by": by, "number": number, **more}


def notes(stream: str, first: int, last: int) -> Batch:
    """A batch of such events."""
    return Batch(stream=stream, first=first, events=tuple(note(number) for number in range(first, last + 1)))


async def dump(connection: Connection) -> list[Any]:
    """Everything that the ledger holds."""
    return [tuple(row) for row in await connection.fetch("SELECT * FROM ledger.events ORDER BY position")]


async def test_a_batch_is_recorded_and_the_head_moves_with_it(ledger: Ledger, connection: Connection) -> None:
    """Every part of an event can be read back, and batches follow each other."""
    assert await ledger.append(notes("note/a", 1, 3)) == 3
    assert await ledger.append(notes("note/a", 4, 4)) == 4
    events = await list_events(connection, stream="note/a")
    assert [event.sequence for event in events] == [1, 2, 3, 4]
    assert events[0].data == {"number": 1}
    assert (events[0].actor, events[0].roles, events[0].boards) == ("Ann", ("npt",), ("fife",))


async def test_recording_a_batch_twice_changes_nothing(ledger: Ledger, connection: Connection) -> None:
    """Whoever does not know whether a batch arrived may send it again, whole or in part."""
    await ledger.append(notes("note/a", 1, 3))
    before = await dump(connection)
    assert await ledger.append(notes("note/a", 1, 3)) == 3
    assert await ledger.append(notes("note/a", 2, 2)) == 3
    assert await dump(connection) == before


async def test_a_retry_that_brings_more_records_only_what_is_new(
    ledger: Ledger, connection: Connection
) -> None:
    """What was recorded stays as it is, down to its moment of recording."""
    await ledger.append(notes("note/a", 1, 3))
    before = await dump(connection)
    assert await ledger.append(notes("note/a", 2, 5)) == 5
    after = await dump(connection)
    assert after[:3] == before
    assert len(after) == 5


async def test_a_retry_in_another_spelling_of_the_same_moment_is_the_same(ledger: Ledger) -> None:
    """Events are compared by what they say, not by how it is written."""
    await ledger.append(notes("note/a", 1, 1))
    again = {**note(1), "at": "2027-01-04T10:00:01.000+01:00"}
    assert await ledger.append(Batch(stream="note/a", first=1, events=(again,))) == 1


@pytest.mark.parametrize(
    "altered",
    [
        {"number": 7},
        {"kind": "denied"},
        {"at": "2027-01-04T09:00:09Z"},
        {"by": {"name": "Bob", "roles": ["npt"], "boards": ["fife"]}},
        {"by": {"name": "Ann", "roles": ["npt"], "boards": "all"}},
        {"by": {"name": "Ann", "roles": ["npt"], "boards": ["fife"], "on_behalf_of": "Bob"}},
        {"proof": "a.b.c"},
    ],
)
async def test_a_retry_that_says_something_else_is_refused(
    ledger: Ledger, connection: Connection, altered: dict[str, Any]
) -> None:
    """No part of an event can differ, and nothing of such a batch is recorded."""
    await ledger.append(notes("note/a", 1, 3))
    before = await dump(connection)
    events = (note(2), {**note(3), **altered}, note(4))
    with pytest.raises(StreamDiverged, match="Event 3 of note/a was recorded as noted"):
        await ledger.append(Batch(stream="note/a", first=2, events=events))
    assert await dump(connection) == before


@pytest.mark.parametrize("recorded", [0, 3])
async def test_a_gap_is_refused(ledger: Ledger, connection: Connection, recorded: int) -> None:
    """Events are never recorded before those that come before them."""
    if recorded:
        await ledger.append(notes("note/a", 1, recorded))
    with pytest.raises(SequenceGap, match=f"holds note/a up to event {recorded} and was sent event 5"):
        await ledger.append(notes("note/a", 5, 6))
    assert len(await dump(connection)) == recorded


async def test_an_empty_batch_answers_with_the_head(ledger: Ledger) -> None:
    """Nothing to record is no error."""
    assert await ledger.append(Batch(stream="note/a", first=1, events=())) == 0
    await ledger.append(notes("note/a", 1, 2))
    assert await ledger.append(Batch(stream="note/a", first=3, events=())) == 2


async def test_a_proof_and_a_delegation_are_part_of_the_event(ledger: Ledger, connection: Connection) -> None:
    """They are columns of the ledger, and come back where they were when the event was serialised."""
    by = {"name": "Ann", "roles": ["npt"], "boards": ["fife"], "on_behalf_of": "Bob"}
    told = note(1, by=by, proof="a.b.c")
    for _ in range(2):  # sent again, it is the same
        assert await ledger.append(Batch(stream="note/a", first=1, events=(told,))) == 1
    row = await connection.fetchrow("SELECT * FROM ledger.events")
    assert row is not None
    assert as_event(dict(row)) == {**told, "at": "2027-01-04T09:00:01+00:00"}
    (event,) = await list_events(connection)
    assert (event.on_behalf_of, event.proof, event.data) == ("Bob", "a.b.c", {"number": 1})
    cloudevent = as_cloudevent(event)
    assert (cloudevent["actoronbehalfof"], cloudevent["proof"]) == ("Bob", "a.b.c")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.events SET data = '{}'",
        "DELETE FROM ledger.events",
        "TRUNCATE ledger.events",
        "DELETE FROM ledger.streams",
        "ALTER TABLE ledger.events ADD extra text",
        "UPDATE ledger.migrations SET digest = ''",
        "CREATE TABLE ledger.other (id int)",
    ],
)
async def test_the_application_cannot_change_what_was_recorded(
    ledger: Ledger, connection: Connection, statement: str
) -> None:
    """PostgreSQL itself keeps the ledger append-only."""
    await ledger.append(notes("note/a", 1, 2))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)


async def test_writers_of_one_stream_record_each_event_once(ledger: Ledger, connection: Connection) -> None:
    """Overlapping batches sent at once leave one stream without doubles, in the order readers follow."""
    batches = [notes("note/a", first, last) for first in range(1, 6) for last in range(first, 9)]

    async def insist(batch: Batch) -> None:
        while True:
            try:
                await ledger.append(batch)
            except SequenceGap:
                continue
            return

    await asyncio.gather(*(insist(batch) for batch in reversed(batches)))
    events = await list_events(connection, stream="note/a")
    assert [event.sequence for event in events] == list(range(1, 9))
    in_order = sorted(events, key=lambda event: (event.transaction, event.position))
    assert [event.sequence for event in in_order] == list(range(1, 9))


async def test_writers_of_many_streams_do_not_disturb_each_other(
    ledger: Ledger, connection: Connection
) -> None:
    """Streams are locked one by one."""

    async def write(stream: str) -> None:
        for first in range(1, 20, 2):
            assert await ledger.append(notes(stream, first, first + 1)) == first + 1

    await asyncio.gather(*(write(f"note/{number}") for number in range(12)))
    counts = await connection.fetch("SELECT stream, count(*), max(sequence) FROM ledger.events GROUP BY 1")
    assert {tuple(row)[1:] for row in counts} == {(20, 20)}
    assert len(counts) == 12


async def test_an_event_that_this_release_cannot_read_is_not_recorded(
    ledger: Ledger, connection: Connection
) -> None:
    """A table that passed over an event would be wrong without anybody knowing."""
    with pytest.raises(UnknownEvent, match="rollout/ccbt/fife"):
        await ledger.append(notes("rollout/ccbt/fife", 1, 1))
    assert await dump(connection) == []


async def test_a_text_that_postgresql_cannot_hold_is_refused_for_good(ledger: Ledger) -> None:
    """A null character would otherwise be tried again for ever."""
    with pytest.raises(UnrecordableEvent):
        await ledger.append(Batch(stream="note/a", first=1, events=(note(1, text="a\0b"),)))


async def test_a_database_that_went_away_is_named_in_one_sentence(ledger: Ledger, database: Database) -> None:
    """The failure is one of ours, and the ledger goes on once the database is back."""
    await ledger.append(notes("note/a", 1, 1))
    await database.shut()
    with pytest.raises(DatabaseUnreachable, match="will be recorded when they are sent again"):
        await ledger.append(notes("note/a", 2, 2))
    with pytest.raises(DatabaseUnreachable, match=r"does not (let this user in|answer)"):
        await connect(database.url)
    await database.open_again()
    assert await ledger.append(notes("note/a", 2, 2)) == 2


async def test_every_connection_acts_as_the_application(pool: Pool, connection: Connection) -> None:
    """The login's own rights never apply."""
    assert await pool.fetchval("SELECT current_user") == "cairn_app"
    assert await connection.fetchval("SELECT current_user") == "cairn_app"


async def test_an_address_that_nobody_answers_at_is_named_without_its_password() -> None:
    """The sentence says where, and no secret."""
    with pytest.raises(DatabaseUnreachable, match=r"127\.0\.0\.1:1/cairn does not answer") as raised:
        await connect("postgresql://cairn:secret@127.0.0.1:1/cairn")
    assert "secret" not in str(raised.value)
