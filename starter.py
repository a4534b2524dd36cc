"""The command line: `python starter.py --help`.

The front door only. It knows the commands by name and imports the one that is asked for; the commands
themselves live in `console`.
"""

import sys
from importlib import import_module
from typing import Any

import typer

from console import ending
from console.command import Group, QuickGroup

COMMANDS = (
    "up",
    "demo",
    "doctor",
    "catalogue",
    "technology",
    "wave",
    "why",
    "inbox",
    "rollout",
    "task",
    "gate",
    "evidence",
    "check",
    "cycle",
    "barrier",
    "playbook",
    "programme",
    "notices",
    "watch",
    "events",
    "keys",
    "identity",
)


class FrontDoor(QuickGroup):
    """Every command by name, each imported when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order in which people come to need them."""
        del ctx
        return [*COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or ``None``."""
        if cmd_name in COMMANDS:
            return typer.main.get_command(import_module(f"console.{cmd_name}").app)
        if not cmd_name.startswith("-"):
            ctx.fail(
                f'there is no command "{cmd_name}": {ending.suggest(cmd_name, COMMANDS) or "see the list"}'
            )
        return None


app = Group(cls=FrontDoor)


@app.callback()
def cairn() -> None:
    """Cairn moves a digital technology from test and learn, board by board, to business as usual.

    Begin with `python starter.py demo`, which needs nothing else, or with `up` and `catalogue load`.
    Times are in UTC.
    """


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    ending.end(ending.run(app))
