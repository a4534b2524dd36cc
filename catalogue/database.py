"""The way to the ledger's database: every connection acts in one of the ledger's roles and reads jsonb.

The login's own rights do not matter once it is connected: as `cairn_app` it may add events, not change them;
in a reader's role it may read what that role sees.
"""

import json
from collections.abc import Awaitable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg

from catalogue.connection import Connection, Lent, Pool
from catalogue.errors import DatabaseUnreachable, NotMigrated
from catalogue.schema import APPLICATION_ROLE, check_version

PATIENCE_SECONDS = 5.0
"""How long PostgreSQL may take to let a connection in before a person is told."""

# Compiling a query that takes milliseconds would take a hundred.
_SESSION = {"timezone": "UTC", "jit": "off"}

# asyncpg calls it an internal error when a connection dies between two of its states.
TROUBLE = (
    TimeoutError,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What is raised when PostgreSQL, or the way to it, fails."""

Answer = TypeVar("Answer")


async def connect(dsn: str, *, role: str = APPLICATION_ROLE) -> Connection:
    """Open one connection that acts as the application, or as a reader.

    Args:
        dsn: The database's address.
        role: In which of the ledger's roles.

    Raises:
        DatabaseUnreachable: PostgreSQL did not answer in time, or does not let this user in.
        DatabaseUnfit: The database is not migrated, or not by this release.
    """
    connection = await _reach(
        dsn,
        asyncpg.connect(dsn, timeout=PATIENCE_SECONDS, server_settings={**_SESSION, "role": role}),
        role,
    )
    try:
        await read_json(connection)
        await check_version(connection)
    except BaseException:
        connection.terminate()
        raise
    return connection


async def open_pool(dsn: str, *, size: int = 10) -> Pool:
    """Open a pool of up to `size` connections that act as the application's role, one of them at once.

    Raises:
        DatabaseUnreachable: PostgreSQL did not answer in time, or does not let this user in.
        DatabaseUnfit: The database is not migrated, or not by this release.
    """
    pool = asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        timeout=PATIENCE_SECONDS,
        init=read_json,
        reset=_leave_as_is,
        server_settings={**_SESSION, "role": APPLICATION_ROLE},
    )
    await _reach(dsn, _opened(pool), APPLICATION_ROLE)
    try:
        async with pool.acquire() as connection:
            await check_version(connection)
    except BaseException:
        pool.terminate()
        raise
    return pool


async def read_json(connection: Lent) -> None:
    """Have a connection take and give jsonb as Python values."""
    await connection.set_type_codec("jsonb", encoder=_encode, decoder=json.loads, schema="pg_catalog")


def place(dsn: str) -> str:
    """Say where a database is, without the password."""
    try:
        parts = urlsplit(dsn)
        port = parts.port or 5432
    except ValueError:
        return "the configured address"
    return f"{parts.hostname or 'localhost'}:{port}{parts.path}"


async def _leave_as_is(connection: Lent) -> None:
    """Spare every use of the pool a round trip: nothing that borrows a connection changes its session."""


def _encode(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


async def _opened(pool: Pool) -> None:
    await pool


async def _reach(dsn: str, attempt: Awaitable[Answer], role: str) -> Answer:
    try:
        return await attempt
    except asyncpg.InvalidParameterValueError as error:  # the role is not there
        raise NotMigrated(f"The database at {place(dsn)} has no role {role}: migrate it first.") from error
    except asyncpg.InsufficientPrivilegeError as error:
        raise DatabaseUnreachable(
            f"The user of {place(dsn)} may not act as {role}: grant that role to it, or choose its own with "
            f"CAIRN_DATABASE_ROLE."
        ) from error
    except (*TROUBLE, ValueError) as error:
        raise DatabaseUnreachable(
            f"PostgreSQL at {place(dsn)} {_reason(error)}: see that it runs and that the address is right."
        ) from error


def _reason(error: BaseException) -> str:
    match error:
        case asyncpg.InvalidAuthorizationSpecificationError():
            return "does not let this user in"
        case asyncpg.InvalidCatalogNameError():
            return "has no such database"
        case asyncpg.CannotConnectNowError():
            return "is still starting or stopping"
        case asyncpg.TooManyConnectionsError():
            return "has no connection left"
        case _:
            return "does not answer"
