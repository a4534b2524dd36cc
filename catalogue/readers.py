"""Who reads: which logins of PostgreSQL may read what, as those who own the database settle it.

A login reads by the one role that is granted to it; for a board's, `ledger.readers` holds the boards. Readers
themselves can widen neither: roles and entitlements are the owner's to give.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from catalogue.connection import Connection
from catalogue.database import PATIENCE_SECONDS, TROUBLE, place
from catalogue.errors import DatabaseUnreachable, NotMigrated, ReaderRefused
from catalogue.schema import APPLICATION_ROLE, BOARD_ROLE, READER_ROLES

_LOGIN = """
SELECT rolcanlogin AS enters,
       rolsuper OR rolbypassrls OR pg_has_role(oid, $2, 'MEMBER')
           OR pg_has_role(oid, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER')
           AS more
FROM pg_roles WHERE rolname = $1
"""
_BOARDS = "SELECT id FROM catalogue.entities WHERE kind = 'board' AND status = 'live' ORDER BY id"
# The owner may grant the roles without reading by them.
_READERS = """
SELECT login.rolname AS login, role.rolname AS role, coalesce(readers.boards, '{}') AS boards
FROM pg_auth_members AS given
JOIN pg_roles AS role ON role.oid = given.roleid
JOIN pg_roles AS login ON login.oid = given.member
LEFT JOIN ledger.readers ON readers.login = login.rolname AND role.rolname = $2
WHERE role.rolname = ANY ($1) AND login.rolcanlogin
  AND (pg_has_role(login.oid, role.oid, 'USAGE') OR NOT login.rolinherit)
ORDER BY login.rolname, role.rolname
"""
_LEFT = "SELECT rolname FROM pg_roles WHERE rolname = ANY ($2) AND pg_has_role($1::name, oid, 'MEMBER')"
_ENTITLE = """
INSERT INTO ledger.readers (login, boards) VALUES ($1, $2)
ON CONFLICT (login) DO UPDATE SET boards = EXCLUDED.boards
"""


@dataclass(frozen=True)
class Reader:
    """A login that reads.

    Attributes:
        login: Its name in PostgreSQL.
        role: The role by which it reads.
        boards: Whose rows a board's login sees, beside the national ones.
    """

    login: str
    role: str
    boards: tuple[str, ...]


async def list_readers(admin_dsn: str) -> tuple[Reader, ...]:
    """Every login that reads by one of the readers' roles."""
    async with _administering(admin_dsn) as connection:
        rows = await connection.fetch(_READERS, READER_ROLES, BOARD_ROLE)
    return tuple(Reader(row["login"], row["role"], tuple(row["boards"])) for row in rows)


async def add_reader(admin_dsn: str, login: str, role: str, boards: Sequence[str] = ()) -> Reader:
    """Let a login read by one role, and by it alone; a board's login, the rows of these boards.

    Raises:
        ReaderRefused: There is no such login or board, or the login may do more than read already.
    """
    reader = Reader(login, role, tuple(sorted(set(boards))))
    async with _administering(admin_dsn) as connection, connection.transaction():
        await _check_login(connection, login)
        await _check_boards(connection, reader)
        await _revoke(connection, login)
        await connection.execute(await _statement(connection, "GRANT %I TO %I", role, login))
        if role == BOARD_ROLE:
            await connection.execute(_ENTITLE, login, reader.boards)
    return reader


async def remove_reader(admin_dsn: str, login: str) -> bool:
    """Take from a login all that it may read; say whether there was anything."""
    async with _administering(admin_dsn) as connection, connection.transaction():
        readers = await connection.fetch(_READERS, READER_ROLES, BOARD_ROLE)
        if login not in {row["login"] for row in readers}:
            return False
        await _revoke(connection, login)
        return True


async def _check_login(connection: Connection, login: str) -> None:
    found = await connection.fetchrow(_LOGIN, login, APPLICATION_ROLE)
    if found is None or not found["enters"]:
        raise ReaderRefused(
            f'PostgreSQL has no login "{login}": create it first with CREATE ROLE ... LOGIN PASSWORD ...'
        )
    if found["more"]:
        raise ReaderRefused(
            f"{login} may do more than read, so no entitlement would hold it: choose a login of its own."
        )


async def _check_boards(connection: Connection, reader: Reader) -> None:
    if reader.role != BOARD_ROLE:
        return
    known = [row["id"] for row in await connection.fetch(_BOARDS)]
    if not reader.boards:
        raise ReaderRefused(f"{reader.login} would read for no board: name its boards.")
    if unknown := [board for board in reader.boards if board not in known]:
        raise ReaderRefused(
            f"The catalogue has no board {', '.join(unknown)}: choose from {', '.join(known) or 'none yet'}."
        )


async def _revoke(connection: Connection, login: str) -> None:
    await connection.execute("DELETE FROM ledger.readers WHERE login = $1", login)
    for role in READER_ROLES:
        await connection.execute(await _statement(connection, "REVOKE %I FROM %I", role, login))
    if left := await connection.fetchval(_LEFT, login, READER_ROLES):
        raise ReaderRefused(
            f"Somebody else granted {left} to {login}, or to a role that it belongs to: have them revoke it."
        )


async def _statement(connection: Connection, form: str, role: str, login: str) -> str:
    """A statement about roles, their names quoted by PostgreSQL itself."""
    return str(await connection.fetchval("SELECT format($1, $2::text, $3::text)", form, role, login))


@asynccontextmanager
async def _administering(dsn: str) -> AsyncIterator[Connection]:
    try:
        connection = await asyncpg.connect(dsn, timeout=PATIENCE_SECONDS)
    except (*TROUBLE, ValueError) as error:
        raise DatabaseUnreachable(
            f"PostgreSQL at {place(dsn)} cannot be reached ({error or type(error).__name__}): see that it "
            f"runs and that CAIRN_DATABASE_ADMIN_URL is right."
        ) from error
    try:
        yield connection
    except asyncpg.InsufficientPrivilegeError as error:
        raise ReaderRefused(
            f"PostgreSQL does not let this user settle who reads ({error}): point CAIRN_DATABASE_ADMIN_URL "
            f"at the database's owner, who may grant {', '.join(READER_ROLES)}."
        ) from error
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError) as error:
        raise NotMigrated("The database is not migrated to this release: migrate it first.") from error
    finally:
        await connection.close()
