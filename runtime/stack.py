"""Everything Cairn needs on one machine: PostgreSQL, Temporal with its UI, and a worker, started and kept up.

What the worker and the command line send to Temporal is encrypted; a codec endpoint lets the UI show it.

The services are the real ones and their data stay under the home, so what is tried here behaves as it will on
a cluster.
"""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from identity.development import DIRECTORY, ROOT_PUBLIC
from runtime.child import Ident
from runtime.codec_process import CodecProcess
from runtime.development import FOLDER, prepare_identities
from runtime.errors import CairnError
from runtime.home import Home
from runtime.keys import STACKS_OWN, make_keys
from runtime.ports import Ports
from runtime.postgres import OWNER, Postgres
from runtime.service import Say, Service
from runtime.settings import Settings
from runtime.state import default_home
from runtime.temporal_server import TemporalServer
from runtime.worker_process import COMMAND, WorkerProcess

Prepare = Callable[[Settings], Awaitable[None]]

FIRST_PAUSE = 0.05
"""Seconds before a service that died is first started again; doubled each time it dies young."""
LONGEST_PAUSE = 10.0
GROWN_UP = 5.0
"""Seconds a service must have lived for its next death to count as its first."""


def say_on_stderr(line: str) -> None:
    """Tell the person at the terminal."""
    sys.stderr.write(f"{line}\n")


class Stack:
    """The embedded services of one home, for as long as the `async with` block lasts.

    Args:
        home: Where data, logs and the state file are kept.
        worker: Whether to run a worker, or the command line of another one.
        prepare: Called when PostgreSQL and Temporal answer, before the worker starts: migrations.
        ports: The ports to prefer.
        restart: Whether a service that dies is started again.
        say: Where to tell a person what happens to the services.
    """

    def __init__(
        self,
        home: Path | None = None,
        *,
        worker: bool | Sequence[str] = True,
        prepare: Prepare | None = None,
        ports: Ports | None = None,
        restart: bool = True,
        say: Say = say_on_stderr,
    ) -> None:
        ports = ports or Ports()
        self._home = Home(home or default_home())
        self._database = Postgres(self._home.path, ports.database, say)
        self._codec = CodecProcess(self._home.path, ports.codec, ui_url=lambda: self._server.ui_url)
        self._server = TemporalServer(
            self._home.path, ports.temporal, ports.ui, codec_url=lambda: self._codec.url
        )
        command = COMMAND if isinstance(worker, bool) else worker
        self._worker = WorkerProcess(lambda: self.settings, command) if worker else None
        self._prepare = prepare
        self._restart = restart
        self._say = say
        self._keepers: list[asyncio.Task[None]] = []
        self._rested: set[str] = set()
        self._complete = False

    @property
    def settings(self) -> Settings:
        """The settings that lead to these services, whatever the environment says."""
        return Settings(
            home=self._home.path,
            database_url=self._database.url(),
            database_admin_url=self._database.url(OWNER),
            temporal_address=self._server.address,
            temporal_pinned=True,
            ui_url=self._server.ui_url,
            encryption_keys=self._home.path / STACKS_OWN,
            directory=self._home.path / FOLDER / DIRECTORY,
            directory_key=self._home.path / FOLDER / ROOT_PUBLIC,
            oidc_issuer="",
        )

    async def __aenter__(self) -> Self:
        """Start everything; return once everything answers."""
        self._home.take()
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything in reverse order."""
        await self._stop()

    async def kill_worker(self) -> None:
        """End the worker as a crash would."""
        await self._require_worker().crash()

    async def start_worker(self) -> None:
        """Start a worker that was killed; return once it asks for work."""
        await self._begin(self._require_worker())

    async def kill_server(self) -> None:
        """End the Temporal server as a crash would."""
        await self._server.crash()

    async def start_server(self) -> None:
        """Start a Temporal server that was killed; return once it answers."""
        await self._begin(self._server)

    async def stop_database(self) -> None:
        """Take PostgreSQL away, and keep it away until `start_database`."""
        self._rested.add(self._database.name)
        await self._database.end()

    async def start_database(self) -> None:
        """Bring PostgreSQL back; return once it answers."""
        await self._begin(self._database)

    async def steady(self) -> None:
        """Return once every service answers, those included that are being started again."""
        await asyncio.gather(*(service.up.wait() for service in self._services()))

    def pids(self) -> dict[str, int]:
        """Return the process ids of the services that run, by name."""
        return {name: ident.pid for name, ident in self._idents().items()}

    async def _start(self) -> None:
        for name in await asyncio.to_thread(self._home.clear_leftovers):
            self._say(f"Ended {name}, which an earlier run had left behind.")
        for service in self._services():
            service.choose_ports()
        make_keys(self._home.path / STACKS_OWN, self._home.started_at)
        await _all(self._database.begin(), self._begin_server(), self._make_identities())
        if self._prepare:
            await self._prepare(self.settings)
        if self._worker:
            await self._worker.begin()
        self._complete = True
        self._publish()
        if self._restart:
            self._keepers = [asyncio.create_task(self._keep(service)) for service in self._services()]

    async def _begin_server(self) -> None:
        """Start the codec endpoint, which answers the UI alone, and the server, which tells its UI of it."""
        ui = self._server.ui_url
        await self._codec.begin()
        await self._server.begin()
        if self._server.ui_url != ui:
            await self._codec.end()
            await self._codec.begin()

    async def _make_identities(self) -> None:
        programme = Settings(home=self._home.path).programme
        await asyncio.to_thread(prepare_identities, self._home.path, programme)

    async def _stop(self) -> None:
        self._complete = False
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        self._keepers = []
        for service in reversed(self._services()):
            await service.end()
        self._home.leave()

    def _services(self) -> list[Service]:
        services: list[Service] = [self._database, self._codec, self._server]
        return [*services, self._worker] if self._worker else services

    def _require_worker(self) -> WorkerProcess:
        if self._worker is None:
            raise CairnError("This stack was started without a worker: pass worker=True.")
        return self._worker

    async def _begin(self, service: Service) -> None:
        await service.begin()
        self._rested.discard(service.name)
        self._publish()

    def _publish(self) -> None:
        if self._complete:
            self._home.publish(self.settings, self._idents())

    def _idents(self) -> dict[str, Ident]:
        return {
            service.name: service.child.ident
            for service in self._services()
            if service.child.ident and service.child.running
        }

    async def _keep(self, service: Service) -> None:
        """Start a service again whenever it ends, after a pause that grows while it keeps dying young."""
        pause = FIRST_PAUSE
        clock = asyncio.get_running_loop()
        while True:
            born = clock.time()
            code = await service.child.ended()
            service.up.clear()
            if service.name in self._rested:
                await service.up.wait()
                continue
            if clock.time() - born > GROWN_UP:
                pause = FIRST_PAUSE
            self._say(f"{service.name} ended (code {code}); starting it again in {pause:.1f} s.")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            if service.child.running or service.name in self._rested:
                continue  # somebody started it meanwhile, or wants it down
            try:
                await self._renew(service)
            except Exception as error:  # noqa: BLE001  # whatever it was, supervision goes on
                self._say(str(error) or f"{service.name} could not be started: {error!r}.")

    async def _renew(self, service: Service) -> None:
        """Start a service that died; if it had to move, end those that know only the old place."""
        before, ui, codec = self.settings, self._server.ui_url, self._codec.url
        await self._begin(service)
        if self._worker and self.settings != before:
            await self._worker.end()
        if self._server.ui_url != ui:
            await self._codec.end()
        if self._codec.url != codec:
            await self._server.end()


async def run(
    home: Path | None = None,
    *,
    prepare: Prepare | None = None,
    worker: bool | Sequence[str] = True,
    ports: Ports | None = None,
    ready: Callable[[Stack], None] | None = None,
    say: Say = say_on_stderr,
) -> None:
    """Keep the embedded services up until SIGINT or SIGTERM, then end them in order.

    `ready` is called once, when everything answers.
    """
    stack = Stack(home, worker=worker, prepare=prepare, ports=ports, say=say)
    serving = asyncio.ensure_future(_serve(stack, ready))
    asked: list[int] = []

    def end(number: int) -> None:
        asked.append(number)
        if len(asked) == 1:  # a second Ctrl-C must not leave the ending half-done
            serving.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end, number)
    try:
        await serving
    except asyncio.CancelledError:
        if not asked:
            raise


async def _serve(stack: Stack, ready: Callable[[Stack], None] | None) -> None:
    async with stack:
        if ready:
            ready(stack)
        await asyncio.get_running_loop().create_future()


async def _all(*starts: Awaitable[None]) -> None:
    """Wait for every start, then raise the first failure, so that none is left half-way."""
    for outcome in await asyncio.gather(*starts, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
