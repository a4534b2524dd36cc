"""Gives each test a migrated database of its own on one real PostgreSQL, copied from a template."""

import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from catalogue.connection import Connection, Pool
from catalogue.database import connect, open_pool
from catalogue.ledger import Ledger
from catalogue.schema import migrate
from runtime.postgres import LOGIN, OWNER, SUPERUSER, Postgres

TEMPLATE = "template_migrated"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_home() -> Iterator[Path]:
    """Return a folder that PostgreSQL's user can reach when the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-ledger-"))
    folder.chmod(0o711)
    (folder / "logs").mkdir()
    yield folder
    shutil.rmtree(folder)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres(postgres_home: Path) -> AsyncIterator[Postgres]:
    """Return the server of the session, with one database that is migrated and kept as it is."""
    server = Postgres(postgres_home, 0, lambda _: None)
    server.choose_ports()
    await server.begin()
    try:
        await administer(server, f"CREATE DATABASE {TEMPLATE} OWNER {OWNER}")
        await migrate(server.url(OWNER, TEMPLATE))
        yield server
    finally:
        await server.end()


async def administer(server: Postgres, statement: str) -> None:
    """Do what only the superuser may."""
    connection = await asyncpg.connect(server.url(SUPERUSER, "postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


class Database:
    """One test's database and the ways to it."""

    def __init__(self, server: Postgres, name: str) -> None:
        self.name = name
        self.server = server
        self.url = server.url(LOGIN, name)
        self.owner_url = server.url(OWNER, name)

    async def shut(self) -> None:
        """End every connection and let no other in; return when they are gone."""
        await administer(self.server, f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false")
        await administer(
            self.server,
            f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{self.name}'",
        )

    async def open_again(self) -> None:
        """Let connections in again."""
        await administer(self.server, f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true")


async def new_database(server: Postgres, clause: str = f"TEMPLATE {TEMPLATE}") -> AsyncIterator[Database]:
    """Yield a database, migrated unless the clause says otherwise, and drop it afterwards."""
    name = f"test_{next(_numbers)}"
    await administer(server, f"CREATE DATABASE {name} {clause} OWNER {OWNER}")
    yield Database(server, name)
    await administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture
async def database(postgres: Postgres) -> AsyncIterator[Database]:
    """Return a migrated database that holds nothing."""
    async for database in new_database(postgres):
        yield database


@pytest_asyncio.fixture
async def bare_database(postgres: Postgres) -> AsyncIterator[Database]:
    """Return a database that was never migrated."""
    async for database in new_database(postgres, ""):
        yield database


@pytest_asyncio.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    """Return a pool that acts as the application."""
    pool = await open_pool(database.url)
    try:
        yield pool
    finally:
        await pool.close()


@pytest.fixture
def ledger(pool: Pool) -> Ledger:
    """Return an empty ledger."""
    return Ledger(pool)


@pytest_asyncio.fixture
async def connection(database: Database) -> AsyncIterator[Connection]:
    """Return a connection that acts as the application."""
    connection = await connect(database.url)
    try:
        yield connection
    finally:
        await connection.close()
