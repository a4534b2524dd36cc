"""The worker that the embedded stack keeps running beside its services, and the one that stands by.

A worker that dies leaves others waiting for as long as a new process takes to read its code, which on a busy
machine is a second or more. So another process has read it already and waits to be told.
"""

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from runtime.child import Child, Launch
from runtime.client import connect
from runtime.service import Service, surroundings
from runtime.settings import CODE, Settings
from runtime.worker_host import asks_for_work, worker_identity

PAUSE = 0.05
COMMAND = (sys.executable, str(CODE / "worker.py"))
STANDBY = "--standby"

STANDBY_AFTER = 2.0
"""Seconds after a worker has begun until the next one gets ready: what was interrupted goes first."""


class WorkerProcess(Service):
    """A worker in a process of its own; of Cairn's own worker, a second process stands by."""

    patience = 8.0

    def __init__(self, settings: Callable[[], Settings], command: Sequence[str] = COMMAND) -> None:
        super().__init__("Worker")
        self._settings = settings
        self._command = tuple(command)
        self._standby = Child("Standby")
        self._getting_ready: asyncio.Task[None] | None = None

    async def launch(self) -> Launch:
        """Say how to start it on the embedded services and on no others."""
        settings = self._settings()
        return Launch(
            command=self._command,
            log=settings.home / "logs" / "worker.log",
            environment=surroundings(**settings.environment()),
        )

    async def start(self) -> None:
        """Tell the process that stands by to begin, or start one if none does or the services have moved."""
        launch = await self.launch()
        if self._standby.running and self._standby.surrounded_by(launch.environment):
            self.child, self._standby = self._standby, Child("Standby")
            self.child.tell()
        else:
            await self._dismiss()
            await self.child.start(launch)

    async def begin(self) -> None:
        """Start the worker, return once it asks for work, and have the next one get ready after that."""
        await super().begin()
        if self._command == COMMAND:
            self._getting_ready = asyncio.create_task(self._stand_by())

    async def end(self) -> None:
        """End the worker and the one that stands by."""
        await self._dismiss()
        await super().end()

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

    async def _stand_by(self) -> None:
        await asyncio.sleep(STANDBY_AFTER)
        launch = await self.launch()
        await self._standby.start(replace(launch, command=(*self._command, STANDBY), told=True))

    async def _dismiss(self) -> None:
        if self._getting_ready:
            self._getting_ready.cancel()
            # Whether it could be started or not: what matters now is that none is coming any more.
            await asyncio.gather(self._getting_ready, return_exceptions=True)
            self._getting_ready = None
        await self._standby.kill()
