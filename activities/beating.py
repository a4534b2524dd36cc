"""Heartbeats in the background, so that the server notices soon when a worker dies."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from temporalio import activity

BEATS_A_TIMEOUT = 3
"""Heartbeats within one heartbeat time-out, so that one that is lost does no harm."""


@contextlib.asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Heartbeat for as long as the block runs, where the activity is expected to."""
    timeout = activity.info().heartbeat_timeout
    if not timeout:
        yield
        return
    beats = asyncio.create_task(_beat(timeout.total_seconds() / BEATS_A_TIMEOUT))
    try:
        yield
    finally:
        beats.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beats


async def _beat(pause: float) -> None:
    # The first beat comes after a pause: most activities end before it, and a heartbeat is billed.
    while True:
        await asyncio.sleep(pause)
        activity.heartbeat()
