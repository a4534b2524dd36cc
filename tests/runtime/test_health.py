import os
from pathlib import Path

from catalogue.schema import migrate
from runtime.health import ailment
from runtime.ports import Ports
from runtime.settings import Settings
from runtime.stack import Stack
from runtime.worker_host import worker_identity


async def test_a_worker_is_well_while_it_asks_for_work_and_finds_its_database(home: Path) -> None:
    """Each thing that can be missing is named, and a worker that was killed is well again once started."""

    async def prepare(settings: Settings) -> None:
        await migrate(settings.database_admin_url)

    async with Stack(home, ports=Ports.anywhere(), prepare=prepare, restart=False) as stack:
        settings = stack.settings
        first = stack.pids()["Worker"]
        assert await ailment(settings, first) is None

        stranger = worker_identity(os.getpid())
        assert (
            await ailment(settings, os.getpid())
            == f"The worker {stranger} does not ask for work on cairn: restart it."
        )

        await stack.kill_worker()
        await stack.start_worker()
        second = stack.pids()["Worker"]
        assert second != first
        assert await ailment(settings, second) is None

        await stack.stop_database()
        assert "PostgreSQL" in (await ailment(settings, second) or "")
        await stack.kill_server()
        assert "Temporal" in (await ailment(settings, second) or "")
