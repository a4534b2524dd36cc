"""Keeps the embedded services running in the foreground."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from console import output
from console.command import single
from console.output import example
from runtime.state import default_home

if TYPE_CHECKING:
    from runtime.settings import Settings
    from runtime.stack import Stack

app = single()

FOREIGN = ("CAIRN_DATABASE_URL", "TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "CAIRN_TEMPORAL_ADDRESS")
"""What leads other commands elsewhere, although the services run here."""

DEVELOPMENT = "Identities   {}, for development alone: here you are whoever you say with --as"
"""Whoever runs the services on a machine of their own has everybody's keys."""


@app.command(epilog=example("up"))
def up() -> None:
    """Run Temporal, its UI, PostgreSQL and a worker here. Ctrl-C ends them; the data are kept."""
    from runtime.stack import run

    asyncio.run(run(default_home(), prepare=migrate, ready=announce))


async def migrate(settings: "Settings") -> None:
    """Bring the stack's database to this release."""
    from catalogue.schema import migrate as apply

    await apply(settings.database_admin_url)


def announce(stack: "Stack") -> None:
    """Say where everything is and what to do with it."""
    from catalogue.database import place
    from runtime.development import FOLDER

    settings = stack.settings
    output.write(f"Temporal UI  {settings.ui_url}")
    output.write(f"Temporal     {settings.temporal_address}")
    output.write(f"PostgreSQL   {place(settings.database_url)}")
    output.write(f"Data, logs   {_short(settings.home)}")
    output.write(DEVELOPMENT.format(_short(settings.home / FOLDER)))
    for name in FOREIGN:
        if os.environ.get(name):
            output.write(f"Mind that {name} is set: the other commands go there and not here.")
    output.write("Ctrl-C stops it. Next, in another terminal: python starter.py catalogue load")
    _flush()


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _flush() -> None:
    import sys

    sys.stdout.flush()
