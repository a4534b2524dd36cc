import asyncio
from datetime import UTC, datetime
from typing import Any

from catalogue.connection import Connection, Pool
from catalogue.rebuild import rebuild
from catalogue.registry import Loaded, register, retire
from tests.catalogue import queries

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BOARDS = tuple(
    ("board", name, {"id": name, "name": f"NHS {name.capitalize()}"}) for name in ("fife", "orkney")
)
PLATFORM: dict[str, Any] = {"id": "platform", "name": "Platform", "category": "platforms", "depends_on": []}
SERVICE: dict[str, Any] = {
    "id": "ccbt",
    "name": "cCBT",
    "category": "digital-therapy",
    "depends_on": [{"entity": "platform", "kind": "delivered-on"}],
    "coverage": {"extent": "some", "boards": ["fife"], "source": "Account", "date": "2026-11-23"},
    "withdrawals": [],
}
GUIDES: dict[str, Any] = {
    "id": "guides",
    "name": "Guides",
    "category": "resources",
    "coverage": {"extent": "national", "boards": [], "source": "Account", "date": "2026-11"},
    "withdrawals": [{"board": "orkney", "on": "2025-12-01", "source": "Notice"}],
}
ENTRIES = (
    *BOARDS,
    ("infrastructure", "platform", PLATFORM),
    ("service", "ccbt", SERVICE),
    ("resource", "guides", GUIDES),
)


async def test_loading_the_same_catalogue_twice_records_nothing(pool: Pool, connection: Connection) -> None:
    """The order of an entry's fields does not matter."""
    first = await register(pool, ENTRIES, now=NOW)
    assert len(first.added) == 5
    again = tuple((kind, slug, dict(reversed(content.items()))) for kind, slug, content in ENTRIES)
    assert await register(pool, again, now=NOW) == Loaded((), (), first.added)
    assert len(await queries.list_events(connection)) == 5


async def test_a_changed_entry_is_recorded_once_as_changed(pool: Pool, connection: Connection) -> None:
    """The same change loaded twice is one event."""
    await register(pool, ENTRIES, now=NOW)
    changed = ("service", "ccbt", {**SERVICE, "name": "Online CBT"})
    loaded = await register(pool, (changed, changed), now=NOW)
    assert (loaded.added, loaded.changed) == ((), ("entity/service/ccbt",))
    card = await queries.show_entity(connection, "ccbt")
    assert card is not None
    assert card.entity.name == "Online CBT"
    events = await queries.list_events(connection, stream="entity/service/ccbt")
    assert [event.type for event in events] == ["entity-registered", "entity-changed"]


async def test_catalogues_loaded_at_once_record_each_entry_once(pool: Pool, connection: Connection) -> None:
    """Loaders wait for each other."""
    loaded = await asyncio.gather(*(register(pool, ENTRIES, now=NOW) for _ in range(5)))
    assert sorted(len(each.added) for each in loaded) == [0, 0, 0, 0, 5]
    assert len(await queries.list_events(connection)) == 5


async def test_a_retired_entry_stays_on_record_and_can_come_back(pool: Pool, connection: Connection) -> None:
    """It leaves the coverage, not the history, and a rebuild agrees."""
    await register(pool, ENTRIES, now=NOW)
    assert await retire(pool, "service", "ccbt", reason="Replaced.", now=NOW)
    assert not await retire(pool, "service", "ccbt", reason="Replaced.", now=NOW)
    assert not await retire(pool, "service", "unknown", reason="Replaced.", now=NOW)
    assert [entry.id for entry in await queries.list_entities(connection, status="retired")] == ["ccbt"]
    assert {cell.service for cell in await queries.coverage(connection)} == {"guides"}
    loaded = await register(pool, ENTRIES, now=NOW)
    assert loaded.changed == ("entity/service/ccbt",)
    assert await queries.list_entities(connection, status="retired") == ()
    before = await connection.fetch("SELECT * FROM catalogue.entities ORDER BY kind, id")
    await rebuild(pool)
    assert await connection.fetch("SELECT * FROM catalogue.entities ORDER BY kind, id") == before


async def test_entries_are_listed_and_shown_with_what_depends_on_them(
    pool: Pool, connection: Connection
) -> None:
    """An entry says whom its failure would affect."""
    await register(pool, ENTRIES, now=NOW)
    assert [board.id for board in await queries.list_boards(connection)] == ["fife", "orkney"]
    assert [entry.id for entry in await queries.list_entities(connection, category="platforms")] == [
        "platform"
    ]
    card = await queries.show_entity(connection, "platform")
    assert card is not None
    assert card.dependants == (("ccbt", "delivered-on"),)
    assert card.technologies == ()
    assert await queries.show_entity(connection, "unknown") is None


async def test_coverage_says_offered_where_only_the_catalogue_says_so(
    pool: Pool, connection: Connection
) -> None:
    """The statement keeps its source and date; usage is not measured."""
    await register(pool, ENTRIES, now=NOW)
    cells = {(cell.service, cell.board): cell for cell in await queries.coverage(connection)}
    assert {key: cell.status for key, cell in cells.items()} == {
        ("ccbt", "fife"): "offered",
        ("ccbt", "orkney"): "none",
        ("guides", "fife"): "offered",
        ("guides", "orkney"): "ended",
    }
    offered = cells["ccbt", "fife"]
    assert (offered.source, offered.date, offered.extent) == ("Account", "2026-11-23", "some")
    assert {cell.usage for cell in cells.values()} == {None}
