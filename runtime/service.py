"""What the stack asks of each service it embeds: take a port, start, answer, end."""

import asyncio
import os
from abc import ABC, abstractmethod
from collections.abc import Callable

from runtime.child import Child, Launch

START_LIMIT = 60.0
"""Seconds a service may take to answer, on a slow machine, before its start has failed."""

ATTEMPTS = 5
"""How often a service is started that finds its port taken, each time at another one."""

PORT_TAKEN = "address already in use"
"""What every service says of a port, given to it or of its own choice, on which somebody else listens."""

Say = Callable[[str], None]


class Service(ABC):
    """One embedded service: a child process and the knowledge of when it answers."""

    patience = 5.0
    """Seconds it may take to end when asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.child = Child(name)
        self.up = asyncio.Event()
        """Set while the service answers, as far as anybody has noticed."""

    @abstractmethod
    async def launch(self) -> Launch:
        """Make ready whatever must be there first, and say how the process starts."""

    @abstractmethod
    async def answer(self) -> None:
        """Return once the service can be used."""

    def choose_ports(self) -> None:
        """Choose where it listens: where it last did if nobody else does, or else anywhere."""
        return

    async def begin(self) -> None:
        """Start the service and return once it answers.

        Raises:
            ServiceFailed: It ended or stayed silent instead.
        """
        for _ in range(ATTEMPTS):
            if await self._attempt():
                self.up.set()
                return
            if not self.child.has_said(PORT_TAKEN):
                break
            # Somebody was quicker between choosing and listening, and may have gone again.
            self.choose_ports()
        raise self.child.failure()

    async def end(self) -> None:
        """End the service if it runs."""
        self.up.clear()
        await self.child.stop(self.patience)

    async def crash(self) -> None:
        """End the service without asking."""
        self.up.clear()
        await self.child.kill()

    async def start(self) -> None:
        """Start the process; it answers when it answers."""
        await self.child.start(await self.launch())

    async def _attempt(self) -> bool:
        await self.start()
        answered = asyncio.ensure_future(self.answer())
        ended = asyncio.ensure_future(self.child.ended())
        try:
            await asyncio.wait({answered, ended}, timeout=START_LIMIT, return_when=asyncio.FIRST_COMPLETED)
            if answered.done() and not ended.done():
                answered.result()
                return True
        finally:
            for task in (answered, ended):
                task.cancel()
            await asyncio.gather(answered, ended, return_exceptions=True)
        await self.child.stop(self.patience)
        return False


def surroundings(**more: str) -> dict[str, str]:
    """Return this process's environment without Temporal's settings, which are about some other server."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
    return {**inherited, **more}
