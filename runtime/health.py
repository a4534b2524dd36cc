"""Tells a container's supervisor whether the worker in it does its work: `python -m runtime.health`.

A worker that hangs is no less gone than one that ended, but only the latter is noticed without being asked.
"""

import asyncio
import sys

from catalogue import database
from catalogue.errors import LedgerError
from runtime.client import connect, leave
from runtime.errors import CairnError
from runtime.settings import Settings
from runtime.worker_host import asks_for_work, worker_identity

CONTAINERS_OWN_PROCESS = 1


async def ailment(settings: Settings, pid: int = CONTAINERS_OWN_PROCESS) -> str | None:
    """Return what keeps the worker `pid` of this host from its work, or nothing."""
    try:
        client = await connect(settings)
        connection = await database.connect(settings.database_url)
    except (CairnError, LedgerError) as error:
        return str(error)
    await connection.close()
    identity = worker_identity(pid)
    if not await asks_for_work(client, settings, identity):
        return f"The worker {identity} does not ask for work on {settings.task_queue}: restart it."
    return None


async def main() -> int:
    """Say what is wrong, if anything is; return the exit code."""
    if wrong := await ailment(Settings()):
        sys.stderr.write(f"{wrong}\n")
        return 1
    return 0


if __name__ == "__main__":
    leave(asyncio.run(main()))
