"""Where it is measured: one embedded stack with a worker of Cairn's and one of the floor's, side by side."""

import asyncio
import itertools
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
from temporalio.client import Client

from benchmarks.bill import find_metrics
from benchmarks.floor import FLOOR_QUEUE, Floor, TechnologySink
from benchmarks.sign_offs import SignOff, Team, measured, script
from catalogue import database
from catalogue.connection import Connection
from catalogue.demand import ask_for
from catalogue.schema import migrate
from domain.actor import Actor
from domain.names import programme_id, rollout_id, technology_id
from domain.office_commands import OpenProgramme
from domain.playbook import edition_of
from domain.programme import Charter
from domain.rollout import StartRollout
from domain.rollout_briefs import Brief, Direction
from identity.development import DevelopmentKeys, name_of
from programme.contents import Programme
from programme.reader import load_programme
from runtime.child import Child, Launch
from runtime.client import connect
from runtime.development import FOLDER
from runtime.ports import Ports
from runtime.service import surroundings
from runtime.settings import CODE, Settings
from runtime.stack import Stack
from runtime.worker_host import asks_for_work, worker_identity
from workflows.lives import ProgrammeLife
from workflows.shell import TASK_TIMEOUT
from workflows.technology_lifecycle import child_start

PAUSE = 0.005
BEGUN = 3
"""Events of a history whose first workflow task is not completed yet."""

FLOOR_PATIENCE = 8.0
"""Seconds that the floor's worker may take to end."""

PATIENCE = timedelta(seconds=120)
"""How long anything that is waited for may take before the measurement has failed."""

MEASURED = "measured"
"""The programme whose office gives every measured rollout its slot at once."""


@dataclass(frozen=True)
class Clients:
    """How the engine is reached.

    Attributes:
        signing: As Cairn does, with the key of each command's actor.
        bare: As the floor is, where nobody is asked who they are.
    """

    signing: Client
    bare: Client


class Site:
    """A stack with everything that a measurement needs."""

    def __init__(
        self, stack: Stack, floor: Child, clients: Clients, connection: Connection, programme: Programme
    ) -> None:
        self.stack = stack
        self._floor = floor
        self.client = clients.signing
        self._bare_client = clients.bare
        self.connection = connection
        self.programme = programme
        self._numbers = itertools.count(1)

    @property
    def settings(self) -> Settings:
        """The settings that lead to the stack."""
        return self.stack.settings

    @property
    def actor(self) -> Actor:
        """Somebody who may steer."""
        role = self.programme.authority.national[0]
        return Actor(name=name_of(role, None), roles=(role,), boards="all")

    def metrics(self) -> str | None:
        """Where the Temporal server shows its metrics."""
        connections = psutil.Process(self.stack.pids()["Temporal"]).net_connections()
        return find_metrics(sorted({it.laddr.port for it in connections if it.status == psutil.CONN_LISTEN}))

    def processor_seconds(self) -> dict[str, float]:
        """Return what each process has been charged so far, those that it has started included."""
        pids = {**self.stack.pids(), "Client": os.getpid()}
        if self._floor.ident:
            pids["Floor's worker"] = self._floor.ident.pid
        return {name: _charged(pid, alone=name == "Client") for name, pid in pids.items()}

    async def open_office(self) -> None:
        """Open the programme office that grants every slot at once."""
        charter = Charter(
            programme=MEASURED,
            name="Measured",
            limits={},
            serving=self.programme.capacity.serving,
            authority=self.programme.authority,
        )
        await self.client.start_workflow(
            "ProgrammeOffice",
            ProgrammeLife(start=OpenProgramme(actor=self.actor, charter=charter)),
            id=programme_id(MEASURED),
            task_queue=self.settings.task_queue,
            task_timeout=TASK_TIMEOUT,
        )

    async def rollouts(self, count: int) -> list[Team]:
        """Start rollouts of a new technology and return once each has begun to replicate and is at rest."""
        technology = f"measured-{next(self._numbers)}"
        await self.client.start_workflow(
            TechnologySink.run, id=technology_id(technology), task_queue=FLOOR_QUEUE
        )
        names = self._names(count)
        await asyncio.gather(*(self._start(technology, name) for name in names))
        streams = [rollout_id(technology, name) for name in names]
        await self.until(
            "SELECT count(*) = cardinality($1::text[]) FROM catalogue.journeys "
            "WHERE stream = ANY($1) AND stage = 'replication'",
            streams,
        )
        return [
            Team(self.client, stream, self.script(name)) for stream, name in zip(streams, names, strict=True)
        ]

    async def floors(self, count: int) -> list[Team]:
        """Start floor workflows of the same number and return once each has run."""
        number = next(self._numbers)
        names = self._names(count)
        ids = [f"floor--/measured-{number}/{name}" for name in names]  # as long as a rollout's
        starts = (self._bare_client.start_workflow(Floor.run, id=it, task_queue=FLOOR_QUEUE) for it in ids)
        handles = await asyncio.gather(*starts)
        for handle in handles:
            while (await handle.describe()).history_length <= BEGUN:  # noqa: ASYNC110  # polled
                await asyncio.sleep(PAUSE)
        return [Team(self._bare_client, it, self.script(name)) for it, name in zip(ids, names, strict=True)]

    async def recorded(self, teams: Sequence[Team]) -> None:
        """Return once every answered sign-off stands in the ledger."""
        heads = {team.workflow: max(it.receipt.sequence for it in team.answers) for team in teams}
        for stream in heads:
            await ask_for(self.connection, stream)
        await self.until(
            "SELECT count(*) = cardinality($1::text[]) "
            "FROM unnest($1::text[], $2::int[]) AS wanted (stream, head) "
            "JOIN ledger.streams USING (stream) WHERE streams.head >= wanted.head",
            list(heads),
            list(heads.values()),
        )

    async def restart_worker(self) -> None:
        """End Cairn's worker in order and return once its successor asks for work."""
        pid = self.stack.pids()["Worker"]
        os.kill(pid, signal.SIGTERM)
        await self.next_worker(pid)

    async def next_worker(self, former: int) -> None:
        """Return once another worker than the former one asks for work."""
        async with asyncio.timeout(PATIENCE.total_seconds()):
            while True:
                pid = self.stack.pids().get("Worker", former)
                if pid != former and await asks_for_work(self.client, self.settings, worker_identity(pid)):
                    return
                await asyncio.sleep(PAUSE)

    def script(self, board: str) -> tuple[SignOff, ...]:
        """Everything that is signed at a board."""
        gates = self.programme.proposals[0].gates
        playbook = self.programme.playbooks[0]
        return script(board, playbook, measured(gates.go_live), measured(gates.handover))

    def _names(self, count: int) -> list[str]:
        boards = self.programme.boards
        return [f"{boards[place % len(boards)].id}-{place + 1}" for place in range(count)]

    async def _start(self, technology: str, board: str) -> None:
        proposal = self.programme.proposals[0]
        brief = Brief(
            technology=technology,
            title=proposal.title,
            board=board,
            programme=MEASURED,
            authority=proposal.authority,
            go_live=measured(proposal.gates.go_live),
            handover=measured(proposal.gates.handover),
        )
        direction = Direction(wave="measured", playbook=edition_of(self.programme.playbooks[0]))
        child = child_start(StartRollout(actor=self.actor, brief=brief, direction=direction))
        await self.client.start_workflow(
            child.workflow,
            child.life,
            id=rollout_id(technology, board),
            task_queue=self.settings.task_queue,
            task_timeout=TASK_TIMEOUT,
            search_attributes=child.attributes,
            static_summary=child.summary,
        )

    async def until(self, question: str, *arguments: Any) -> None:
        """Return once the database answers the question with yes."""
        async with asyncio.timeout(PATIENCE.total_seconds()):
            while not await self.connection.fetchval(question, *arguments):  # noqa: ASYNC110  # polled
                await asyncio.sleep(PAUSE)


def _charged(pid: int, *, alone: bool) -> float:
    process = psutil.Process(pid)
    family = [process] if alone else [process, *process.children(recursive=True)]
    return sum(it.cpu_times().user + it.cpu_times().system for it in family)


@asynccontextmanager
async def open_site() -> AsyncIterator[Site]:
    """Start a stack in a temporary home, with both workers, and end all of it afterwards."""
    with tempfile.TemporaryDirectory(prefix="cairn-bench-", ignore_cleanup_errors=True) as home:
        async with Stack(
            Path(home), prepare=_prepare, ports=Ports.anywhere(), say=lambda _line: None
        ) as stack:
            keyring = DevelopmentKeys.read(stack.settings.home / FOLDER)
            clients = Clients(await connect(stack.settings, keyring=keyring), await connect(stack.settings))
            connection = await database.connect(stack.settings.database_url)
            floor = await _floor_worker(stack.settings)
            try:
                site = Site(stack, floor, clients, connection, load_programme(stack.settings.programme))
                await site.open_office()
                yield site
            finally:
                await floor.stop(FLOOR_PATIENCE)
                await connection.close()


async def _prepare(settings: Settings) -> None:
    await migrate(settings.database_admin_url)


async def _floor_worker(settings: Settings) -> Child:
    """Start the floor's worker so that it ends with this process, however that ends."""
    child = Child("Floor")
    await child.start(
        Launch(
            command=(sys.executable, "-m", "benchmarks.floor_worker"),
            log=settings.home / "logs" / "floor.log",
            environment=surroundings(**settings.environment(), PYTHONPATH=str(CODE)),
        )
    )
    return child
