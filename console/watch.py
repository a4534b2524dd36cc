"""Watching a technology live: drawn again whenever the ledger announces something about it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer

from console import output, reading
from console.command import single
from console.ending import NotDone
from console.finding import find_technology
from console.output import example

if TYPE_CHECKING:
    from rich.live import Live

    from catalogue.rows.cards import Snapshot

app = single()

REFRESH = 0.25
"""Seconds between two looks at least, however much happens."""

LOOK_ANYWAY = 5.0
"""Seconds after which to look although nothing was announced."""


@app.command(epilog=example("watch ccbt-perinatal", "watch ccbt-perinatal --once"))
def watch(
    technology: Annotated[str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug.")],
    once: Annotated[bool, typer.Option("--once", help="Look once and end.")] = False,
) -> None:
    """Watch a technology live. It ends with Ctrl-C, or once the technology is sustained."""
    asyncio.run(_watch(technology, once))


async def _watch(technology: str, once: bool) -> None:
    async with reading.opened() as connection:
        await find_technology(connection, technology)
        screen = Screen(live=not once and sys.stdout.isatty())
        with screen:
            async for snapshot in looks(connection, technology):
                if once:
                    screen.print(snapshot)
                    return
                screen.show(snapshot)


async def looks(connection: reading.Connection, technology: str) -> "AsyncIterator[Snapshot]":
    """How the technology stands, again whenever something happened, until it is sustained or stopped.

    Raises:
        NotDone: There is no such technology.
    """
    from catalogue.queries.watch import watch as look
    from catalogue.tail import CHANNEL

    announced = asyncio.Event()

    def notice(_connection: Any, _pid: int, _channel: str, payload: object) -> None:
        if technology in str(payload):
            announced.set()

    await connection.add_listener(CHANNEL, notice)
    while True:
        announced.clear()
        snapshot = await look(connection, technology)
        if snapshot is None:
            raise NotDone(f'There is no technology "{technology}".')
        yield snapshot
        if snapshot.technology.stage == "sustained" or snapshot.technology.stopped:
            return
        await asyncio.sleep(REFRESH)
        try:
            await asyncio.wait_for(announced.wait(), LOOK_ANYWAY)
        except TimeoutError:
            if connection.is_closed():
                raise ConnectionResetError("the connection was closed") from None


class Screen:
    """Where a technology is watched: a picture on a terminal, else lines about what changed.

    Args:
        live: Whether it is a terminal.
        remarks: How many of the latest remarks a picture shows.
    """

    def __init__(self, *, live: bool, remarks: int = 0) -> None:
        self._console = output.console()
        self._live = self._begin() if live else None
        self._room = remarks
        self._remarks: list[str] = []
        self._last: Snapshot | None = None

    def __enter__(self) -> Self:
        """Take the terminal."""
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Give the terminal back, the last picture left on it."""
        if self._live is not None:
            self._live.stop()

    def _begin(self) -> "Live":
        from rich.live import Live

        return Live(console=self._console, auto_refresh=False, vertical_overflow="crop")

    def show(self, snapshot: "Snapshot") -> None:
        """Show how the technology stands now."""
        from console.view import changes

        if self._live is None:
            for line in changes(self._last, snapshot):
                output.write(output.clean(line))
            sys.stdout.flush()
        self._last = snapshot
        self._draw()

    def print(self, snapshot: "Snapshot") -> None:
        """Draw the picture once, as long as it is."""
        from console.view import picture

        self._console.print(picture(snapshot))

    def remark(self, words: str) -> None:
        """Add what somebody said."""
        if self._live is None:
            output.write(output.clean(f"  > {words}"))
            sys.stdout.flush()
        self._remarks.append(words)
        self._draw()

    def _draw(self) -> None:
        from console.view import picture

        if self._live is not None and self._last is not None:
            latest: Sequence[str] = self._remarks[-self._room :] if self._room else ()
            self._live.update(picture(self._last, latest, self._console.height), refresh=True)
