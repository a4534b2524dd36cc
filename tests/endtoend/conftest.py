"""One embedded stack for the session: the real server, the real database and a worker in its own process.

Each test lives a life of its own on it, under a name of its own.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from catalogue.schema import migrate
from identity import development as identities
from identity.directory import Person
from runtime.client import connect
from runtime.development import FOLDER
from runtime.ports import Ports
from runtime.settings import Settings
from runtime.stack import Stack
from tests.endtoend.national_life import CAST


@pytest.fixture(scope="session")
def stack_home() -> Iterator[Path]:
    """Return a folder that PostgreSQL's user can reach, with nothing configured by the developer."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-endtoend-"))
    folder.chmod(0o711)
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("CAIRN_", "TEMPORAL_")):
                patch.delenv(name)
        yield folder
    shutil.rmtree(folder)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack(stack_home: Path) -> AsyncIterator[Stack]:
    """Return the running services; what is taken away stays away until it is brought back."""

    async def prepare(settings: Settings) -> None:
        await migrate(settings.database_admin_url)

    people = [Person(name=it.name, roles=it.roles, boards=it.boards) for it in CAST]
    identities.prepare(stack_home / FOLDER, people, datetime.now(UTC))
    async with Stack(stack_home, prepare=prepare, ports=Ports.anywhere(), restart=False) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def client(stack: Stack) -> Client:
    """Return a client that outlives the server's restarts, and signs for everybody."""
    return await connect(stack.settings, keyring=keyring_of(stack))


def keyring_of(stack: Stack) -> identities.DevelopmentKeys:
    """Everybody's keys."""
    return identities.DevelopmentKeys.read(stack.settings.home / FOLDER)
