"""How commands ask the catalogue: by the shortest way to the database, since people wait for the answer."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from console.ending import NotDone
from runtime.state import default_home, read_state

if TYPE_CHECKING:
    import asyncpg

    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]
else:
    Connection = Any

Answer = TypeVar("Answer")
Question: TypeAlias = Callable[[Connection], Awaitable[Answer]]


def ask(question: Question[Answer]) -> Answer:
    """Ask the catalogue one question.

    Raises:
        NotDone: There is no database to ask, or none that this release can read.
    """
    return asyncio.run(_ask(question))


async def _ask(question: Question[Answer]) -> Answer:
    async with opened() as connection:
        return await question(connection)


@asynccontextmanager
async def opened(url: str | None = None) -> AsyncIterator[Connection]:
    """Open the way to the catalogue, for as long as it is needed.

    Raises:
        NotDone: There is no database to ask, or none that this release can read.
    """
    import asyncpg

    from catalogue.database import connect
    from catalogue.errors import DatabaseUnreachable, LedgerError, NotMigrated

    role = database_role()
    try:
        connection = await connect(url or database_url(), role=role)
    except DatabaseUnreachable as error:
        if isinstance(error.__cause__, asyncpg.InsufficientPrivilegeError):
            raise NotDone(str(error)) from error
        raise NotDone(
            f"{str(error).partition(': ')[0]}: run `make up` for the embedded services, "
            "or point CAIRN_DATABASE_URL at yours."
        ) from error
    except NotMigrated as error:
        raise NotDone(
            "The database has not been migrated to this release: run `python starter.py catalogue migrate`."
        ) from error
    except LedgerError as error:
        raise NotDone(str(error)) from error
    try:
        yield connection
    except asyncpg.InsufficientPrivilegeError as error:
        raise NotDone(f"The role {role} may only read, and not all ({error}): nothing was done.") from error
    except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError) as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise NotDone(f"PostgreSQL went away in the middle ({error}): try again once it is back.") from error
    finally:
        connection.terminate()


def database_url() -> str:
    """Where the catalogue is, as the settings say it.

    The environment and the state file of a running stack are looked at first, because the settings' own way
    costs more than the question; where neither says it, the settings do.
    """
    url = os.environ.get("CAIRN_DATABASE_URL") or running_settings().get("database_url")
    if url:
        return url
    from runtime.settings import Settings

    return Settings().database_url


def database_role() -> str:
    """The role in which the catalogue is read, found in the same short way.

    Raises:
        NotDone: There is no such role.
    """
    from catalogue.schema import APPLICATION_ROLE, READER_ROLES

    role = os.environ.get("CAIRN_DATABASE_ROLE") or running_settings().get("database_role")
    if role in {None, "", APPLICATION_ROLE, *READER_ROLES}:
        return role or APPLICATION_ROLE
    roles = ", ".join((APPLICATION_ROLE, *READER_ROLES))
    raise NotDone(f'CAIRN_DATABASE_ROLE is "{role}", which is none of Cairn\'s roles: choose from {roles}.')


def running_settings() -> dict[str, str]:
    """The settings that a running stack of this home has published; empty while none runs.

    Raises:
        SettingsInvalid: The state file is there and is not one that a stack wrote.
    """
    return dict(read_state(default_home()).get("settings", {}))
