"""The demonstration: one technology carried to business as usual before one's eyes, on the real services."""

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, Any

from console import output
from console.command import single
from console.output import example

if TYPE_CHECKING:
    from collections.abc import Coroutine

app = single()


@app.command(epilog=example("demo"))
def demo() -> int:
    """See a technology carried to business as usual. It takes under a minute and needs nothing else."""
    from console import rehearse

    staying = sys.stdin.isatty() and sys.stdout.isatty()
    return asyncio.run(_until_asked(rehearse.perform(staying=staying)))


async def _until_asked(performance: "Coroutine[Any, Any, int]") -> int:
    """Perform, and end in order when asked to; asking twice does not leave the ending half-done."""
    performing = asyncio.ensure_future(performance)
    asked: list[int] = []

    def end(number: int) -> None:
        asked.append(number)
        if len(asked) == 1:
            performing.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end, number)
    try:
        return await performing
    except asyncio.CancelledError:
        if not asked:
            raise
        output.write("Stopped; the data are kept.")
        return 128 + asked[0]
