"""Runs one worker until it is told to stop: `python worker.py`.

Add workers by running it again, on this host or on others; Temporal shares the work among them. With
`--standby` it gets ready and begins when a line arrives on its standard input, which is sooner than a new
process could when another worker has died.
"""

import argparse
import asyncio
import signal
import sys

import structlog

from activities.ledger import LedgerActivities
from activities.notices import NoticeActivities
from catalogue.database import open_pool, place
from catalogue.demand import listen
from catalogue.errors import LedgerError
from catalogue.ledger import Ledger
from catalogue.notices import Notices
from catalogue.seals import keep_sealing
from identity.errors import IdentityError
from runtime import telemetry
from runtime.addresses import open_addresses
from runtime.client import connect, leave
from runtime.errors import CairnError
from runtime.settings import Settings
from runtime.trust import trusted
from runtime.worker_host import build_worker

log = structlog.stdlib.get_logger("cairn.worker")


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Execute workflows and activities until `stop` is set, then finish what has begun."""
    addresses = open_addresses(settings)
    async with (
        trusted(settings) as verify,
        await open_pool(settings.database_url) as pool,
        listen(settings.database_url) as demand,
    ):
        client = await connect(settings)
        activities = [
            *LedgerActivities(Ledger(pool), demand.rest).all(),
            *NoticeActivities(Notices(pool), addresses).all(),
        ]
        async with build_worker(client, settings, activities, verify):
            log.info("serving", task_queue=settings.task_queue, database=place(settings.database_url))
            sealing = asyncio.create_task(keep_sealing(pool))
            await stop.wait()
            sealing.cancel()
            log.info("stopping")


async def main() -> int:
    """Serve until SIGINT or SIGTERM; return the exit code."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await serve(Settings(), stop)
    except (CairnError, LedgerError, IdentityError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def told_to_begin() -> bool:
    """Wait until told; say whether that came, and not the end of whoever might have told."""
    return bool(sys.stdin.readline())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Run a worker until SIGINT or SIGTERM.")
    parser.add_argument("--standby", action="store_true", help="begin when a line arrives on standard input")
    telemetry.configure(as_json=not sys.stderr.isatty())
    if parser.parse_args().standby and not told_to_begin():
        leave(0)
    leave(asyncio.run(main()))
