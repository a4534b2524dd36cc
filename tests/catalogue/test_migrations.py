import asyncio
import shutil
from pathlib import Path

import asyncpg
import pytest

from catalogue import schema
from catalogue.database import connect, open_pool
from catalogue.errors import (
    DatabaseNewer,
    DatabaseUnreachable,
    MigrationAltered,
    MigrationRefused,
    NotMigrated,
    ServerTooOld,
)
from catalogue.projections.tables import ALL
from catalogue.schema import migrate, migrations
from tests.catalogue.conftest import Database, administer

NAMES = [migration.name for migration in migrations()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the migrations that a test may change."""
    return Path(shutil.copytree(schema.FOLDER, tmp_path / "migrations"))


async def test_migrating_again_changes_nothing(bare_database: Database) -> None:
    """A database is brought to its version once."""
    assert await migrate(bare_database.owner_url) == NAMES
    assert await migrate(bare_database.owner_url) == []
    connection = await connect(bare_database.url)
    assert await connection.fetchval("SELECT count(*) FROM ledger.events") == 0
    await connection.close()


async def test_several_that_migrate_at_once_apply_each_file_once(bare_database: Database) -> None:
    """Processes that start together wait for each other."""
    applied = await asyncio.gather(*(migrate(bare_database.owner_url) for _ in range(6)))
    assert sorted(name for names in applied for name in names) == NAMES


async def test_a_file_that_was_altered_after_it_was_applied_is_refused(
    database: Database, folder: Path
) -> None:
    """The database would not be what the file says."""
    file = folder / f"{NAMES[0]}.sql"
    file.write_text(f"{file.read_text()}\n-- a word more\n")
    with pytest.raises(MigrationAltered, match=NAMES[0]):
        await migrate(database.owner_url, folder=folder)


async def test_a_new_file_is_applied_to_a_database_in_use(database: Database, folder: Path) -> None:
    """Only what is new is applied."""
    (folder / "0999_later.sql").write_text("CREATE TABLE catalogue.later (id integer);")
    assert await migrate(database.owner_url, folder=folder) == ["0999_later"]


async def test_a_file_that_fails_leaves_nothing_behind(database: Database, folder: Path) -> None:
    """Each file is one transaction and can be put right."""
    (folder / "0999_broken.sql").write_text("CREATE TABLE catalogue.later (id integer); SELECT 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(database.owner_url, folder=folder)
    (folder / "0999_broken.sql").write_text("CREATE TABLE catalogue.later (id integer);")
    assert await migrate(database.owner_url, folder=folder) == ["0999_broken"]


async def test_a_database_of_a_later_release_is_refused(database: Database, folder: Path) -> None:
    """Neither use nor migration goes on with what it does not know."""
    (folder / "0999_later.sql").write_text("SELECT 1;")
    await migrate(database.owner_url, folder=folder)
    with pytest.raises(DatabaseNewer, match="Wrong database version: the database has 0999_later"):
        await connect(database.url)
    with pytest.raises(DatabaseNewer):
        await open_pool(database.url)
    with pytest.raises(DatabaseNewer):
        await migrate(database.owner_url)


async def test_a_database_of_an_earlier_release_is_refused(bare_database: Database, folder: Path) -> None:
    """The sentence names what is missing."""
    (folder / f"{NAMES[-1]}.sql").unlink()
    await migrate(bare_database.owner_url, folder=folder)
    with pytest.raises(NotMigrated, match=f"lacks {NAMES[-1]}"):
        await connect(bare_database.url)


async def test_a_database_that_was_never_migrated_is_refused(bare_database: Database) -> None:
    """The sentence says what to do."""
    with pytest.raises(NotMigrated, match="migrate it first"):
        await connect(bare_database.url)
    with pytest.raises(NotMigrated):
        await open_pool(bare_database.url)


async def test_a_user_who_may_not_migrate_is_told_so(bare_database: Database) -> None:
    """The application's own login cannot change the tables."""
    with pytest.raises(MigrationRefused, match="does not let this user migrate"):
        await migrate(bare_database.url)


async def test_a_user_who_may_not_act_as_the_application_is_told_so(database: Database) -> None:
    """Not being let in and not being let act are told apart."""
    stranger = f"stranger_{database.name}"
    await administer(database.server, f"CREATE ROLE {stranger} LOGIN PASSWORD 'unknown'")
    host = database.url.rsplit("@", 1)[1]
    with pytest.raises(DatabaseUnreachable, match="may not act as cairn_app"):
        await connect(f"postgresql://{stranger}:unknown@{host}")
    with pytest.raises(DatabaseUnreachable, match="does not let this user in"):
        await connect(f"postgresql://{stranger}:wrong@{host}")
    await administer(database.server, f"DROP ROLE {stranger}")


async def test_a_server_that_is_too_old_is_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would fail later with a syntax error."""
    monkeypatch.setattr(schema, "OLDEST_SERVER", 99)
    with pytest.raises(ServerTooOld, match="Cairn needs version 99 or later"):
        await migrate(database.owner_url)


async def test_a_server_that_does_not_answer_is_named() -> None:
    """Migrating fails in one sentence too."""
    with pytest.raises(DatabaseUnreachable, match="cannot be reached for migrating"):
        await migrate("postgresql://cairn@127.0.0.1:1/cairn")


async def test_the_columns_that_projections_write_are_those_of_the_tables(database: Database) -> None:
    """The code's list of tables and the migrations say the same."""
    connection = await connect(database.url)
    for table in ALL:
        columns = await connection.fetch(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'catalogue' AND table_name = $1",
            table.name,
        )
        assert sorted((*table.key, *table.columns)) == sorted(row["column_name"] for row in columns)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'catalogue'")
    assert {row["tablename"] for row in tables} == {table.name for table in ALL}
    await connection.close()
