"""The database's shape and its version: numbered SQL files, each applied once and never changed after.

What was applied stands in `ledger.migrations` with a digest of the file, so a file that was altered and a
database of another release are both noticed before they do harm.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from catalogue.connection import Connection, Lent
from catalogue.errors import (
    DatabaseNewer,
    DatabaseUnreachable,
    MigrationAltered,
    MigrationRefused,
    NotMigrated,
    ServerTooOld,
)

APPLICATION_ROLE = "cairn_app"
"""What writes, and reads everything."""
NATIONAL_ROLE, BOARD_ROLE, VIEWER_ROLE = "cairn_national", "cairn_board", "cairn_viewer"
READER_ROLES = (NATIONAL_ROLE, BOARD_ROLE, VIEWER_ROLE)
"""What reads: everything; the national rows and those of a login's boards; the catalogue without events."""
FOLDER = Path(__file__).parent / "migrations"
OLDEST_SERVER = 15
"""The first whose views ask with the rights of whoever asks them."""
LOCK = 0x0CA1_14
"""The advisory lock under which one process at a time migrates a database."""

_PREPARE = """
CREATE SCHEMA IF NOT EXISTS ledger;
CREATE TABLE IF NOT EXISTS ledger.migrations (
    name       text PRIMARY KEY,
    digest     text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""
# Roles belong to the whole server, so another database may be creating the same ones at this moment.
_ROLES = """
DO $$ DECLARE wanted name;
BEGIN
    FOREACH wanted IN ARRAY '{cairn_app, cairn_national, cairn_board, cairn_viewer}'::name[] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
    END LOOP;
END $$
"""
# Whoever migrates and whoever owns the database may act as the application.
_MEMBERS = """
DO $$ DECLARE member name;
BEGIN
    FOR member IN
        SELECT rolname FROM pg_roles
        WHERE (rolname = current_user OR oid = (SELECT datdba FROM pg_database
                                                WHERE datname = current_database()))
          AND NOT pg_has_role(oid, 'cairn_app', 'MEMBER')
    LOOP
        EXECUTE format('GRANT cairn_app TO %I', member);
    END LOOP;
END $$
"""
# A ledger that was restored into another server brings along that server's transaction numbers. Numbers that
# this server has not come to yet would hide the events from every reader; the positions keep the order.
_RESTORED = """
UPDATE ledger.events SET transaction = '3'
WHERE EXISTS (SELECT FROM ledger.events
              WHERE transaction >= pg_snapshot_xmax(pg_current_snapshot()))
"""


@dataclass(frozen=True)
class Migration:
    """One numbered SQL file."""

    name: str
    sql: str

    @property
    def digest(self) -> str:
        """What the file's content is known by."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """The migrations of this release, in their order."""
    files = sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    return tuple(Migration(file.stem, file.read_text(encoding="utf-8")) for file in files)


async def migrate(dsn: str, *, folder: Path = FOLDER) -> list[str]:
    """Bring the database to this release's version and return the names of what was applied.

    Migrating twice, or from two processes at once, applies everything once.

    Raises:
        DatabaseUnreachable: PostgreSQL does not answer, or does not let this user in.
        ServerTooOld: PostgreSQL is older than version 15.
        DatabaseNewer: The database has migrations that this release does not know.
        MigrationAltered: A file differs from what was applied.
        MigrationRefused: This user may not do what a migration has to do.
    """
    try:
        connection = await asyncpg.connect(dsn, timeout=5)
    except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise DatabaseUnreachable(
            f"PostgreSQL cannot be reached for migrating ({error or type(error).__name__}): see that it runs "
            f"and that the address and the user are right."
        ) from error
    try:
        return await _migrate(connection, migrations(folder))
    except asyncpg.InsufficientPrivilegeError as error:
        raise MigrationRefused(
            f"PostgreSQL does not let this user migrate ({error}): migrate as the database's owner with the "
            f"right to create roles, or have {', '.join((APPLICATION_ROLE, *READER_ROLES))} created and "
            f"{APPLICATION_ROLE} granted to it first."
        ) from error
    finally:
        await connection.close()


async def check_version(connection: Lent) -> None:
    """Return if the database has exactly the migrations of this release.

    Raises:
        NotMigrated: Some are missing.
        DatabaseNewer: It has others besides.
    """
    known = [migration.name for migration in migrations()]
    try:
        rows = await connection.fetch("SELECT name FROM ledger.migrations")
    except (
        asyncpg.UndefinedTableError,
        asyncpg.InvalidSchemaNameError,
        asyncpg.InsufficientPrivilegeError,
    ) as error:
        raise NotMigrated("The database holds no ledger yet: migrate it first.") from error
    _see_known({row["name"] for row in rows}, known)
    if missing := [name for name in known if name not in {row["name"] for row in rows}]:
        raise NotMigrated(f"Wrong database version: the database lacks {', '.join(missing)}; migrate it.")


async def _migrate(connection: Connection, known: tuple[Migration, ...]) -> list[str]:
    version = connection.get_server_version()
    if version.major < OLDEST_SERVER:
        raise ServerTooOld(
            f"PostgreSQL {version.major} is too old: Cairn needs version {OLDEST_SERVER} or later."
        )
    await connection.execute("SELECT pg_advisory_lock($1)", LOCK)  # until the connection closes
    await connection.execute(_PREPARE)
    await connection.execute(_ROLES)
    await connection.execute(_MEMBERS)
    applied = {
        row["name"]: row["digest"] for row in await connection.fetch("SELECT * FROM ledger.migrations")
    }
    _see_known(set(applied), [migration.name for migration in known])
    done = []
    for migration in known:
        if migration.name not in applied:
            await _apply(connection, migration)
            done.append(migration.name)
        elif applied[migration.name] != migration.digest:
            raise MigrationAltered(
                f"Migration {migration.name} differs from the one that was applied to this database: "
                f"restore the file and write the change as a new migration."
            )
    await connection.execute(_RESTORED)
    return done


async def _apply(connection: Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(migration.sql)
        await connection.execute(
            "INSERT INTO ledger.migrations (name, digest) VALUES ($1, $2)", migration.name, migration.digest
        )


def _see_known(applied: set[str], known: list[str]) -> None:
    if unknown := sorted(applied - set(known)):
        raise DatabaseNewer(
            f"Wrong database version: the database has {', '.join(unknown)}, which this release does not "
            f"know; use the release that migrated it, or a later one."
        )
