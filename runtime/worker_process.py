"""The worker that the embedded stack keeps running beside its services."""

import asyncio
import sys
from collections.abc import Callable, Sequence

from runtime.child import Launch
from runtime.client import connect
from runtime.service import Service, surroundings
from runtime.settings import CODE, Settings
from runtime.worker_host import asks_for_work, worker_identity

PAUSE = 0.05
COMMAND = (sys.executable, str(CODE / "worker.py"))


class WorkerProcess(Service):
    """A worker in a process of its own."""

    patience = 8.0

    def __init__(self, settings: Callable[[], Settings], command: Sequence[str] = COMMAND) -> None:
        super().__init__("Worker")
        self._settings = settings
        self._command = tuple(command)

    async def launch(self) -> Launch:
        """Say how to start it on the embedded services and on no others."""
        settings = self._settings()
        return Launch(
            command=self._command,
            log=settings.home / "logs" / "worker.log",
            environment=surroundings(**settings.environment()),
        )

    async def answer(self) -> None:
        """Return once this very process asks the server for work; another command than ours is not asked."""
        if self._command != COMMAND or self.child.ident is None:
            return
        settings = self._settings()
        client = await connect(settings)
        identity = worker_identity(self.child.ident.pid)
        while True:
            if await asks_for_work(client, settings, identity):
                return
            await asyncio.sleep(PAUSE)
