import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import asyncpg
import psutil
import pytest
import pytest_asyncio
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import WorkflowExecutionStatus

from catalogue.schema import migrate
from runtime import codec_process, postgres, temporal_server, worker_process
from runtime.child import Child, Ident
from runtime.client import connect
from runtime.errors import AlreadyRunning, CairnError, ServerUnreachable, StackError
from runtime.ports import Ports, choose, is_free
from runtime.settings import CODE, Settings
from runtime.stack import FIRST_PAUSE, Stack
from runtime.temporal_server import RETENTION
from workflows import attributes

ANYWHERE = Ports.anywhere()

SUPERVISOR = """
import asyncio, json, sys
from pathlib import Path
from runtime.errors import CairnError
from runtime.ports import Ports
from runtime.stack import run
try:
    asyncio.run(run(Path(sys.argv[1]), worker=False, ports=Ports.anywhere(),
                    ready=lambda stack: print(json.dumps(stack.pids()), flush=True)))
except CairnError as error:
    sys.exit(str(error))
"""


class Supervisor:
    """A supervisor in a process of its own, which a test may kill."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, str(home)],
            cwd=CODE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def children(self) -> list[psutil.Process]:
        """Wait until everything answers and return what it started."""
        assert self.process.stdout
        return [psutil.Process(pid) for pid in json.loads(self.process.stdout.readline()).values()]

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal; return the exit code and what it said."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=20)
        return self.process.returncode, said


@pytest.fixture
def supervisor(home: Path) -> Iterator[Supervisor]:
    """Return a supervisor of the home, ended at the latest with the test."""
    started = Supervisor(home)
    yield started
    if started.process.poll() is None:
        started.end(signal.SIGTERM)


async def test_everything_answers_and_the_state_file_leads_to_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process that knows the home alone finds the same services, set up as Cairn needs them."""
    async with Stack(home, worker=False, ports=ANYWHERE) as stack:
        assert stat.S_IMODE((home / "stack.json").stat().st_mode) == 0o600
        monkeypatch.setenv("CAIRN_HOME", str(home))
        found = Settings()
        assert found.database_admin_url == stack.settings.database_admin_url
        assert found.database_url == stack.settings.database_url
        assert found.ui_url == stack.settings.ui_url

        application = await asyncpg.connect(found.database_url)
        assert not await application.fetchval("SELECT has_database_privilege(current_database(), 'CREATE')")
        await application.close()

        client = await connect(found)
        assert await client.count_workflows(" AND ".join(f"{it.name} IS NULL" for it in attributes.ALL))
        described = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace="default")
        )
        assert described.config.workflow_execution_retention_ttl.ToTimedelta() == RETENTION

        listening = [
            connection.laddr.ip
            for pid in stack.pids().values()
            for connection in psutil.Process(pid).net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert set(listening) == {"127.0.0.1"}

        with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"):
            await Stack(home, worker=False, ports=ANYWHERE).__aenter__()  # nobody shares a home by accident
        assert (home / "stack.json").exists()
    assert not (home / "stack.json").exists()


async def test_data_survive_a_restart(home: Path) -> None:
    """Rows and runs are where they were."""
    async with Stack(home, worker=False, ports=ANYWHERE) as stack:
        await execute(stack.settings, "CREATE TABLE stone (name text)", "INSERT INTO stone VALUES ('ård')")
        client = await connect(stack.settings)
        await client.start_workflow("Anything", id="technology/ccbt", task_queue="nobody")
    async with Stack(home, worker=False, ports=ANYWHERE) as stack:
        connection = await asyncpg.connect(stack.settings.database_admin_url)
        assert await connection.fetchval("SELECT name FROM stone") == "ård"
        await connection.close()
        client = await connect(stack.settings)
        run = await client.get_workflow_handle("technology/ccbt").describe()
        assert run.status == WorkflowExecutionStatus.RUNNING


async def test_the_keys_are_made_once_and_found_by_whoever_finds_the_stack(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another start goes on with them, for the histories that are there need them."""
    monkeypatch.setenv("CAIRN_HOME", str(home))
    async with Stack(home, worker=False, ports=ANYWHERE):
        path = Settings().encryption_keys
        assert path
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        before = path.read_text()
    async with Stack(home, worker=False, ports=ANYWHERE):
        assert path.read_text() == before


async def test_the_codec_endpoint_is_kept_up_where_the_ui_looks_for_it(home: Path) -> None:
    """The UI was told once."""
    noticed = asyncio.Event()
    async with Stack(home, worker=False, ports=ANYWHERE, say=lambda _: noticed.set()) as stack:
        before, url = stack.pids(), stack._codec.url
        os.kill(before["Codec"], signal.SIGKILL)
        await noticed.wait()
        await stack.steady()
        after = stack.pids()
        assert after["Codec"] != before["Codec"]
        assert after["Temporal"] == before["Temporal"]
        assert stack._codec.url == url
        assert f"--ui-codec-endpoint {url}" in " ".join(psutil.Process(after["Temporal"]).cmdline())


async def test_a_service_that_dies_is_started_again_in_its_place(home: Path) -> None:
    """One line says so; the others are kept; addresses stay."""
    said: list[str] = []
    async with Stack(home, worker=False, ports=ANYWHERE, say=said.append) as stack:
        before, address = stack.pids(), stack.settings.temporal_address
        await stack.kill_server()
        await stack.steady()
        after = stack.pids()
        assert after["Temporal"] != before["Temporal"]
        assert after["PostgreSQL"] == before["PostgreSQL"]
        assert stack.settings.temporal_address == address
        assert said == [f"Temporal ended (code -9); starting it again in {FIRST_PAUSE:.1f} s."]
        state = json.loads((home / "stack.json").read_text())
        assert state["children"]["Temporal"]["pid"] == after["Temporal"]


async def test_a_test_can_take_services_away_and_bring_them_back(home: Path) -> None:
    """Nothing is started again behind its back."""
    async with Stack(home, worker=False, ports=ANYWHERE, restart=False) as stack:
        await stack.stop_database()
        with pytest.raises(ConnectionRefusedError):
            await execute(stack.settings, "SELECT 1")
        await stack.start_database()
        await execute(stack.settings, "SELECT 1")

        await stack.kill_server()
        with pytest.raises(ServerUnreachable):
            await connect(stack.settings)
        await stack.start_server()
        await connect(stack.settings)


async def test_a_stopped_database_stays_away_from_the_supervision_too(home: Path) -> None:
    """To stop it on purpose is no crash; when it is back, its crashes count again."""
    noticed = asyncio.Event()
    async with Stack(home, worker=False, ports=ANYWHERE, say=lambda _: noticed.set()) as stack:
        await stack.stop_database()
        await stack.start_database()
        assert not noticed.is_set()
        os.kill(stack.pids()["PostgreSQL"], signal.SIGKILL)
        await noticed.wait()
        await stack.steady()
        await execute(stack.settings, "SELECT 1")


async def test_the_worker_starts_after_preparation_with_the_stacks_own_settings(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never serves a cluster that the developer's shell happens to name, nor an unmigrated database."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", "cluster:7233")
    told = home / "told"
    os.mkfifo(told)
    code = (
        f"import os, json, time; open({str(told)!r}, 'w').write(json.dumps(dict(os.environ))); time.sleep(60)"
    )

    async def prepare(settings: Settings) -> None:
        await execute(settings, "CREATE TABLE prepared ()")
        assert not (home / "logs" / "worker.log").exists()

    command = (sys.executable, "-c", code)
    async with Stack(home, worker=command, ports=ANYWHERE, prepare=prepare, restart=False) as stack:
        environment = json.loads(await asyncio.to_thread(told.read_text))
        assert "TEMPORAL_ADDRESS" not in environment
        assert environment["CAIRN_TEMPORAL_ADDRESS"] == stack.settings.temporal_address
        assert environment["CAIRN_TEMPORAL_PINNED"] == "True"
        await stack.kill_worker()
        assert set(stack.pids()) == {"PostgreSQL", "Codec", "Temporal"}


@pytest_asyncio.fixture
async def at_work(home: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stack]:
    """A stack with a worker, of which another one stands by at once."""
    monkeypatch.setattr(worker_process, "STANDBY_AFTER", 0)

    async def prepare(settings: Settings) -> None:
        await migrate(settings.database_admin_url)

    async with Stack(home, prepare=prepare, ports=ANYWHERE, say=lambda _: None) as stack:
        yield stack


async def standby_of(stack: Stack) -> Child:
    """The process that stands by, once it has been started."""
    worker = stack._require_worker()
    assert worker._getting_ready
    await worker._getting_ready
    assert worker._standby.running
    assert worker._standby.ident
    return worker._standby


async def test_a_worker_that_dies_is_replaced_by_the_one_that_stands_by(at_work: Stack) -> None:
    """Nobody waits for a new process to read its code."""
    standby = await standby_of(at_work)
    await at_work.kill_worker()
    await at_work.steady()
    assert standby.ident
    assert at_work.pids()["Worker"] == standby.ident.pid
    assert await standby_of(at_work) is not standby


async def test_the_end_of_a_stack_is_the_end_of_the_worker_that_stands_by(at_work: Stack) -> None:
    """Nothing is left, neither of the worker nor of the one that got ready to replace it."""
    worker, standby = at_work._require_worker().child, await standby_of(at_work)
    await at_work.__aexit__(None, None, None)
    assert not worker.running
    assert not standby.running


async def test_a_worker_that_stands_by_for_services_that_have_moved_is_not_used(at_work: Stack) -> None:
    """It knows only the old place."""
    standby = await standby_of(at_work)
    former = standby.ident
    assert former
    assert standby._launch
    standby._launch = replace(standby._launch, environment={"TEMPORAL_ADDRESS": "elsewhere:1"})
    await at_work.kill_worker()
    await at_work.steady()
    assert at_work.pids()["Worker"] != former.pid
    await standby_of(at_work)
    assert former.find() is None


def test_a_worker_that_stands_by_ends_with_whoever_might_tell_it() -> None:
    """Where the kernel does not end it with its supervisor, the end of its standard input does."""
    ended = subprocess.run(
        [*worker_process.COMMAND, worker_process.STANDBY], stdin=subprocess.DEVNULL, timeout=30, check=False
    )
    assert ended.returncode == 0


async def test_a_failed_preparation_leaves_nothing_running(home: Path) -> None:
    """The failure reaches the caller, and the home is free again."""

    async def prepare(settings: Settings) -> None:
        raise CairnError(f"No migrations for {settings.task_queue}: write them.")

    stack = Stack(home, worker=False, ports=ANYWHERE, prepare=prepare)
    with pytest.raises(CairnError, match="No migrations"):
        async with stack:
            pass
    assert stack.pids() == {}
    assert not (home / "stack.json").exists()


async def test_a_home_that_cannot_be_written_is_one_sentence(home: Path) -> None:
    """It says where and what to do."""
    (home / "file").touch()
    with pytest.raises(StackError, match=r"^The folder .*file/\.cairn cannot be written .* CAIRN_HOME\.$"):
        await Stack(home / "file" / ".cairn", worker=False, ports=ANYWHERE).__aenter__()


async def test_a_taken_port_gives_another(home: Path) -> None:
    """Whoever has the usual port keeps it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free(port)
        async with Stack(home, worker=False, ports=Ports(temporal=port, ui=port, database=port)) as stack:
            assert str(port) not in stack.settings.temporal_address
            assert stack.settings.ui_url != f"http://127.0.0.1:{port}"
            await execute(stack.settings, "SELECT 1")


@pytest.mark.parametrize(
    ("service", "earlier"), [(postgres, 0), (codec_process, 0), (temporal_server, 0), (temporal_server, 1)]
)
async def test_a_port_that_is_taken_before_the_service_listens_gives_another(
    home: Path, monkeypatch: pytest.MonkeyPatch, service: ModuleType, earlier: int
) -> None:
    """Also where whoever has it answers."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        lost = iter([*[None] * earlier, port])
        monkeypatch.setattr(service, "choose", lambda preferred: next(lost, None) or choose(preferred))
        async with Stack(home, worker=False, ports=ANYWHERE) as stack:
            assert next(lost, None) is None
            to, url = stack.settings, stack._codec.url
            places = (to.temporal_address, to.ui_url, to.database_url, url)
            assert not any(f"127.0.0.1:{port}" in place for place in places)
            assert f"--ui-codec-endpoint {url}" in " ".join(
                psutil.Process(stack.pids()["Temporal"]).cmdline()
            )
            await execute(to, "SELECT 1")
            await (await connect(to)).count_workflows()


def test_a_second_supervisor_is_refused_and_ctrl_c_ends_the_first(home: Path, supervisor: Supervisor) -> None:
    """The second says who runs it and where, and harms nothing; nothing is left of the first."""
    children = supervisor.children()
    second = Supervisor(home)
    _, said = second.process.communicate(timeout=20)
    assert second.process.returncode == 1
    running = f"Cairn is already running in {home} (process {supervisor.process.pid}, Temporal UI at http://"
    assert running in said
    assert all(child.is_running() for child in children)

    assert supervisor.end(signal.SIGINT) == (0, "")
    assert not any(child.is_running() for child in children)


def test_a_request_to_end_ends_everything(home: Path, supervisor: Supervisor) -> None:
    """No process, no state file, no noise and no failure is left."""
    children = supervisor.children()
    assert supervisor.end(signal.SIGTERM) == (0, "")
    assert not any(child.is_running() for child in children)
    assert not (home / "stack.json").exists()
    assert not (home / "postgres" / "postmaster.pid").exists()


@pytest.mark.skipif(
    sys.platform != "linux", reason="other kernels do not tell children of their parent's end"
)
async def test_a_killed_supervisor_leaves_no_orphan_and_its_state_is_recognised(
    home: Path, supervisor: Supervisor
) -> None:
    """The next start goes on from where the data stand."""
    children = supervisor.children()
    supervisor.end(signal.SIGKILL)
    assert (home / "stack.json").exists()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []
    async with Stack(home, worker=False, ports=ANYWHERE) as stack:
        await execute(stack.settings, "SELECT 1")


async def test_leftovers_are_ended_only_if_they_are_ours(home: Path) -> None:
    """A process id that was given to somebody else since is left alone."""
    sleeper = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]
    said: list[str] = []
    with (
        subprocess.Popen(sleeper, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as ours,
        subprocess.Popen(sleeper, stdout=subprocess.PIPE) as foreign,
    ):
        assert ours.stdout
        ours.stdout.readline()
        children = {
            "Temporal": {"pid": ours.pid, "started": Ident.of(ours.pid).started},
            "PostgreSQL": {"pid": foreign.pid, "started": Ident.of(foreign.pid).started - 3600},
            "Worker": {"pid": "nonsense"},
        }
        (home / "stack.json").write_text(json.dumps({"pid": 1, "children": children}))
        async with Stack(home, worker=False, ports=ANYWHERE, say=said.append):
            assert said == ["Ended Temporal, which an earlier run had left behind."]
            assert ours.poll() is not None
            assert foreign.poll() is None
        foreign.kill()


async def test_half_made_data_and_a_stranger_in_the_pid_file_do_not_matter(home: Path) -> None:
    """PostgreSQL alone would refuse to start in both cases."""
    (home / "postgres.new").mkdir()
    (home / "postgres.new" / "PG_VERSION").write_text("18\n")
    async with Stack(home, worker=False, ports=ANYWHERE):
        pass
    (home / "postgres" / "postmaster.pid").write_text(f"{os.getppid()}\n{home}\n0\n")
    async with Stack(home, worker=False, ports=ANYWHERE) as stack:
        await execute(stack.settings, "SELECT 1")


async def execute(settings: Settings, *statements: str) -> None:
    """Run statements on the stack's database as its owner."""
    connection = await asyncpg.connect(settings.database_admin_url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
