import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from catalogue import schema, seals
from catalogue.audit import Finding, verify
from catalogue.connection import Connection, Pool
from catalogue.database import connect, open_pool
from catalogue.errors import StreamAltered
from catalogue.ledger import Ledger
from catalogue.schema import migrate
from catalogue.seals import seal
from domain.record import Batch
from runtime.postgres import SUPERUSER
from tests.catalogue.conftest import Database
from tests.catalogue.test_ledger import note, notes

FORGED = """
INSERT INTO ledger.events (stream, sequence, type, time, actor, roles, data, hash)
SELECT stream, 5, 'forged', time, actor, roles, data, hash FROM ledger.events
WHERE stream = 'note/a' AND sequence = 4
"""
COPIED_HEAD = "INSERT INTO ledger.streams SELECT 'technology/a', head FROM ledger.streams"
COPIED = """
INSERT INTO ledger.events (stream, sequence, type, time, actor, roles, boards, data, proof)
SELECT 'technology/a', sequence, type, time, actor, roles, boards, data, proof FROM ledger.events
ORDER BY sequence
"""
ALTERED = "was altered: it is not what its hash says."


@pytest_asyncio.fixture
async def intruder(database: Database) -> AsyncIterator[Connection]:
    """Return a superuser who passes over every trigger."""
    connection = await asyncpg.connect(database.server.url(SUPERUSER, database.name))
    await connection.execute("SET session_replication_role = replica")
    try:
        yield connection
    finally:
        await connection.close()


@pytest_asyncio.fixture
async def recorded(ledger: Ledger) -> Ledger:
    """Return a ledger with two streams of five events."""
    for stream in ("note/a", "note/b"):
        await ledger.append(notes(stream, 1, 3))
        await ledger.append(notes(stream, 4, 5))
    return ledger


async def found(connection: Connection, **more: Any) -> list[str]:
    """What differs, in the words of the findings."""
    return [finding.differs for finding in (await verify(connection, **more)).findings]


async def test_a_ledger_that_nobody_touched_is_sound(recorded: Ledger, connection: Connection) -> None:
    """Every stream begins a chain of its own."""
    assert recorded
    assert await seal(connection)
    verdict = await verify(connection)
    assert verdict.findings == ()
    assert (verdict.events, verdict.streams, verdict.seals, verdict.found) == (10, 2, 1, 0)


@pytest.mark.parametrize(
    "change",
    [
        "type = 'denied'",
        "time = time + interval '1 microsecond'",
        "actor = 'Bob'",
        "roles = '{chair}'",
        "boards = NULL",
        "boards = '{fife,lothian}'",
        "on_behalf_of = 'Bob'",
        "data = data || '{\"number\": 9}'",
        "proof = 'a.b.c'",
        "hash = sha256('')",
    ],
)
async def test_an_event_of_which_anything_was_altered_is_named(
    recorded: Ledger, connection: Connection, intruder: Connection, change: str
) -> None:
    """Every column that says what happened is in the hash."""
    assert recorded
    await intruder.execute(f"UPDATE ledger.events SET {change} WHERE stream = 'note/a' AND sequence = 5")
    (finding,) = (await verify(connection)).findings
    assert (finding.stream, finding.sequence) == ("note/a", 5)
    assert finding.type == ("denied" if "denied" in change else "noted")
    assert finding.differs == f"Event 5 of note/a ({finding.type}) {ALTERED}"


@pytest.mark.parametrize(
    ("statements", "differs"),
    [
        (
            ["DELETE FROM ledger.events WHERE stream = 'note/a' AND sequence IN (2, 3)"],
            ["Events 2 to 3 of note/a are missing before event 4 (noted)."],
        ),
        (
            ["DELETE FROM ledger.events WHERE stream = 'note/a' AND sequence = 1"],
            ["Event 1 of note/a is missing before event 2 (noted)."],
        ),
        (
            ["DELETE FROM ledger.events WHERE stream = 'note/a' AND sequence = 5"],
            ["note/a is cut off after event 4 (noted): it had 5 events."],
        ),
        (["DELETE FROM ledger.events WHERE stream = 'note/a'"], ["All 5 events of note/a are missing."]),
        (
            ["DELETE FROM ledger.streams WHERE stream = 'note/a'"],
            ["The head of note/a is missing, and its events up to 5 (noted) are there."],
        ),
        (
            [
                "UPDATE ledger.events SET sequence = 99 WHERE stream = 'note/a' AND sequence = 4",
                "UPDATE ledger.events SET sequence = 4 WHERE stream = 'note/a' AND sequence = 5",
                "UPDATE ledger.events SET sequence = 5 WHERE stream = 'note/a' AND sequence = 99",
            ],
            [f"Event 4 of note/a (noted) {ALTERED}", f"Event 5 of note/a (noted) {ALTERED}"],
        ),
        (
            [
                "UPDATE ledger.events SET sequence = 6 WHERE stream = 'note/a' AND sequence = 5",
                FORGED,
                "UPDATE ledger.streams SET head = 6 WHERE stream = 'note/a'",
            ],
            [f"Event 5 of note/a (forged) {ALTERED}", f"Event 6 of note/a (noted) {ALTERED}"],
        ),
        (
            ["UPDATE ledger.events SET stream = 'note/c' WHERE stream = 'note/a' AND sequence = 1"],
            [
                "Event 1 of note/a is missing before event 2 (noted).",
                f"Event 1 of note/c (noted) {ALTERED}",
                "The head of note/c is missing, and its events up to 1 (noted) are there.",
            ],
        ),
    ],
)
async def test_what_was_deleted_inserted_or_moved_is_named(
    recorded: Ledger,
    connection: Connection,
    intruder: Connection,
    statements: list[str],
    differs: list[str],
) -> None:
    """Each finding is one sentence that says where."""
    assert recorded
    for statement in statements:
        await intruder.execute(statement)
    assert await found(connection) == differs


async def test_an_event_that_the_application_inserts_by_hand_is_chained_and_missed_at_the_head(
    recorded: Ledger, connection: Connection
) -> None:
    """PostgreSQL itself computes the hash, whatever was given for it; the head was not moved."""
    assert recorded
    await connection.execute(
        "INSERT INTO ledger.events (stream, sequence, type, time, actor, roles, data, hash)"
        " VALUES ('note/a', 6, 'forged', now(), 'Bob', '{}', '{}', 'x')"
    )
    assert await found(connection) == [
        "Event 6 of note/a (forged) was added behind the stream's head, which is 5."
    ]
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="follows upon no event"):
        await connection.execute(
            "INSERT INTO ledger.events (stream, sequence, type, time, actor, roles, data)"
            " VALUES ('note/a', 8, 'forged', now(), 'Bob', '{}', '{}')"
        )


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("DELETE FROM ledger.events WHERE stream = 'note/a' AND sequence = 5", "follows upon no event"),
        (FORGED.replace("5, 'forged'", "6, 'forged'"), "duplicate key"),
    ],
)
async def test_nothing_is_recorded_behind_an_end_that_was_altered(
    recorded: Ledger, connection: Connection, intruder: Connection, statement: str, why: str
) -> None:
    """The sentence leads to what names it, and the other streams go on."""
    await intruder.execute(statement)
    before = await connection.fetch("SELECT * FROM ledger.events ORDER BY position")
    with pytest.raises(StreamAltered, match=f"does not end as it was recorded .*{why}.* events verify"):
        await recorded.append(notes("note/a", 6, 6))
    assert await connection.fetch("SELECT * FROM ledger.events ORDER BY position") == before
    assert await recorded.append(notes("note/b", 6, 6)) == 6


async def forge(intruder: Connection) -> None:
    """Alter an event and chain everything behind it anew, as somebody would who knows how it is done."""
    await intruder.execute("UPDATE ledger.events SET actor = 'Bob' WHERE stream = 'note/a' AND sequence = 2")
    for sequence in range(2, 6):
        await intruder.execute(
            "UPDATE ledger.events AS event SET hash = ledger.hash_of(before.hash, event)"
            " FROM ledger.events AS before WHERE event.stream = 'note/a' AND before.stream = 'note/a'"
            " AND event.sequence = $1 AND before.sequence = $1 - 1",
            sequence,
        )


async def test_a_chain_that_was_written_anew_does_not_pass_a_seal(
    recorded: Ledger, connection: Connection, intruder: Connection
) -> None:
    """The chain alone would be sound."""
    await seal(connection)
    await recorded.append(notes("note/a", 6, 6))
    await seal(connection)
    await forge(intruder)
    await intruder.execute("DELETE FROM ledger.events WHERE stream = 'note/a' AND sequence = 6")
    await intruder.execute("UPDATE ledger.streams SET head = 5 WHERE stream = 'note/a'")
    assert await found(connection) == ["Event 5 of note/a (noted) is another than when seal 1 was taken."]


@pytest.mark.parametrize(
    ("kept", "differs"),
    [
        (0, "The whole of note/a is missing, which had 5 events when seal 1 was taken."),
        (3, "Event 5 of note/a is missing, which was there when seal 1 was taken."),
    ],
)
async def test_what_was_deleted_together_with_its_head_does_not_pass_a_seal(
    recorded: Ledger, connection: Connection, intruder: Connection, kept: int, differs: str
) -> None:
    """Of whole streams and of their ends nothing else would be left to tell."""
    assert recorded
    await seal(connection)
    await intruder.execute("DELETE FROM ledger.events WHERE stream = 'note/a' AND sequence > $1", kept)
    await intruder.execute("UPDATE ledger.streams SET head = greatest($1, 1) WHERE stream = 'note/a'", kept)
    if not kept:
        await intruder.execute("DELETE FROM ledger.streams WHERE stream = 'note/a'")
    assert await found(connection) == [differs]


async def test_seals_that_were_altered_or_taken_away_are_named(
    recorded: Ledger, connection: Connection, intruder: Connection
) -> None:
    """The digest that somebody kept outside tells where the last seals are gone, or all were written anew."""
    first = await seal(connection)
    await recorded.append(notes("note/a", 6, 6))
    second = await seal(connection)
    await recorded.append(notes("note/a", 7, 7))
    third = await seal(connection)
    assert first is not None
    assert second is not None
    assert third is not None
    assert await found(connection, seal=third.digest.upper()) == []

    await intruder.execute("DELETE FROM ledger.seals WHERE number = 3")
    assert await found(connection) == []
    assert await found(connection, seal=third.digest) == [
        f"No seal has the digest {third.digest}: it was taken away or rewritten."
    ]
    await intruder.execute("UPDATE ledger.seals SET events = 9 WHERE number = 2")
    assert await found(connection) == ["Seal 2 was altered: it is not what its digest says."]
    await intruder.execute("DELETE FROM ledger.seals WHERE number = 1")
    assert await found(connection) == ["Seal 1 is missing before seal 2."]


async def test_a_seal_where_nothing_happened_is_the_last_one(
    recorded: Ledger, connection: Connection
) -> None:
    """Workers take seals as often as they start, and the table grows with what happens only."""
    first = await seal(connection)
    assert first is not None
    assert (first.number, first.streams, first.events) == (1, 2, 10)
    assert await seal(connection) == first
    await recorded.append(notes("note/c", 1, 1))
    second = await seal(connection)
    assert second is not None
    assert (second.number, second.streams, second.events) == (2, 3, 11)
    heads = await connection.fetch("SELECT seal, stream, head FROM ledger.sealed_heads ORDER BY 1, 2")
    assert [tuple(row) for row in heads] == [(1, "note/a", 5), (1, "note/b", 5), (2, "note/c", 1)]


async def test_a_worker_seals_again_and_again_and_tells_the_digest_to_its_log(
    recorded: Ledger, pool: Pool, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is kept apart from the database; a database that is away is waited for."""
    assert recorded
    monkeypatch.setattr(seals, "EVERY", timedelta(milliseconds=1))
    with capture_logs() as told:
        sealing = asyncio.create_task(seals.keep_sealing(pool))

        async def until_told(event: str) -> Mapping[str, Any]:
            while not told or told[-1]["event"] != event:  # noqa: ASYNC110 - a log tells nobody
                await asyncio.sleep(0)
            return told[-1]

        async with asyncio.timeout(10):
            sealed = await until_told("sealed")
            await database.shut()
            assert (await until_told("not sealed"))["log_level"] == "warning"
            await database.open_again()
            assert await until_told("sealed") == sealed
        sealing.cancel()
    connection = await connect(database.url)
    assert await found(connection, seal=sealed["digest"]) == []
    await connection.close()


async def test_an_empty_ledger_is_sound_and_has_no_seal(connection: Connection) -> None:
    """There is nothing to be said about nothing."""
    assert await seal(connection) is None
    assert (await verify(connection)).findings == ()


@pytest.mark.parametrize("table", ["seals", "sealed_heads"])
async def test_the_application_cannot_change_a_seal(
    recorded: Ledger, connection: Connection, table: str
) -> None:
    """Seals are append-only as events are."""
    assert recorded
    await seal(connection)
    for statement in (f"DELETE FROM ledger.{table}", f"UPDATE ledger.{table} SET hash = ''"):
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedColumnError)):
            await connection.execute(statement)


async def test_many_findings_are_counted_and_the_first_are_named(
    recorded: Ledger, connection: Connection, intruder: Connection
) -> None:
    """Nobody reads ten thousand sentences."""
    assert recorded
    await intruder.execute("UPDATE ledger.events SET actor = 'Bob'")
    verdict = await verify(connection, most=3)
    assert (len(verdict.findings), verdict.found) == (3, 10)


def in_python(previous: bytes, event: Mapping[str, Any]) -> bytes:
    """An event's hash without PostgreSQL."""
    said = [
        previous.hex(),
        event["stream"],
        event["sequence"],
        event["type"],
        event["time"].replace(tzinfo=None).isoformat(),
        event["actor"],
        event["roles"],
        event["boards"],
        event["on_behalf_of"],
        dict(sorted(json.loads(event["data"]).items(), key=lambda item: (len(item[0]), item[0]))),
        event["proof"],
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).digest()


async def test_the_hash_can_be_computed_by_anybody(
    ledger: Ledger, connection: Connection, intruder: Connection
) -> None:
    """An auditor needs neither Cairn nor PostgreSQL, in whatever zone and style the session writes dates."""
    by = {"name": "Ann", "roles": ["npt"], "boards": "all", "on_behalf_of": "Bob"}
    told = note(2, by=by, proof="a.b.c", text='é "quoted"\n')
    await ledger.append(Batch(stream="note/a", first=1, events=(note(1), told)))
    previous = b""
    for event in await intruder.fetch("SELECT * FROM ledger.events ORDER BY sequence"):
        assert event["hash"] == in_python(previous, dict(event))
        previous = event["hash"]
    assert event["on_behalf_of"] == "Bob"
    assert event["proof"] == "a.b.c"
    await connection.execute("SET timezone = 'Asia/Kathmandu'")
    await connection.execute("SET datestyle = 'German'")
    assert await found(connection) == []


async def test_what_a_person_is_said_to_have_done_without_a_signature_is_named(
    ledger: Ledger, connection: Connection
) -> None:
    """The engine signs nothing, and one signature is for all that a command brought about."""
    told = (("Ann", "good"), ("Ann", None), ("cairn", None), ("Bob", None))
    events = tuple(
        {**note(1), "by": {"name": name, "roles": ["npt"], "boards": "all"}, **({"proof": it} if it else {})}
        for name, it in told
    )
    await ledger.append(Batch(stream="note/a", first=1, events=events))
    async with connection.transaction():
        await connection.execute(COPIED_HEAD)
        await connection.execute(COPIED)
    verdict = await verify(connection, check_proof=lambda *_: None)
    assert [it.differs for it in verdict.findings] == [
        "Event 4 of technology/a (noted) bears no signature, and says that Bob did it."
    ]


async def test_proofs_are_judged_by_whoever_can(ledger: Ledger, connection: Connection) -> None:
    """The keys are not the ledger's affair; events without a proof are passed over."""
    await ledger.append(
        Batch(stream="note/a", first=1, events=(note(1), note(2, proof="good"), note(3, proof="bad")))
    )
    seen = []

    def check(proof: str, stream: str, event: Mapping[str, Any]) -> str | None:
        seen.append((proof, stream, event["number"], event["proof"]))
        return None if proof == "good" else "its key is not known."

    assert (await verify(connection)).proofs is None
    verdict = await verify(connection, check_proof=check)
    (finding,) = verdict.findings
    assert verdict.proofs == 2
    assert seen == [("good", "note/a", 2, "good"), ("bad", "note/a", 3, "bad")]
    differs = "Event 3 of note/a (noted) is not proved by its signature: its key is not known."
    assert finding == Finding("note/a", 3, "noted", differs)


async def test_a_ledger_from_before_the_chain_is_chained_when_it_is_migrated(
    bare_database: Database, tmp_path: Path
) -> None:
    """Its events are taken as they stand; what is recorded afterwards follows upon them."""
    for name in ("0001_ledger", "0002_catalogue"):
        (tmp_path / f"{name}.sql").write_text((schema.FOLDER / f"{name}.sql").read_text())
    await migrate(bare_database.owner_url, folder=tmp_path)
    before = await asyncpg.connect(bare_database.owner_url)
    await before.execute(
        "INSERT INTO ledger.streams (stream, head) VALUES ('note/a', 3), ('note/b', 3);"
        "INSERT INTO ledger.events (stream, sequence, type, time, actor, roles, data)"
        " SELECT 'note/' || name, number, 'noted', now(), 'Ann', '{npt}', '{}'"
        " FROM generate_series(3, 1, -1) AS number, unnest('{b,a}'::text[]) AS name"
    )
    await before.close()
    await migrate(bare_database.owner_url)
    pool: Pool = await open_pool(bare_database.url)
    try:
        await Ledger(pool).append(notes("note/a", 4, 4))
        async with pool.acquire() as connection:
            verdict = await verify(connection)  # type: ignore[arg-type]
    finally:
        await pool.close()
    assert (verdict.events, verdict.findings) == (7, ())
