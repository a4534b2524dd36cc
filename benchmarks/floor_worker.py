"""Runs the floor's worker, with the settings of Cairn's own: `python -m benchmarks.floor_worker`."""

import asyncio
import signal
from datetime import datetime

from benchmarks.floor import FLOOR_QUEUE, Floor, TechnologySink
from domain.proof import Deed
from runtime.client import connect, leave
from runtime.settings import Settings
from runtime.worker_host import build_worker


async def main() -> int:
    """Serve until SIGTERM; return the exit code."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = Settings()
    client = await connect(settings)
    bare = {"task_queue": FLOOR_QUEUE, "workflows": [Floor, TechnologySink], "interceptors": []}
    async with build_worker(client, settings, [], anybody, **bare):
        await stop.wait()
    return 0


def anybody(deed: Deed, now: datetime) -> None:
    """Let anybody do anything: the floor asks nobody who they are."""
    del deed, now


if __name__ == "__main__":
    leave(asyncio.run(main()))
