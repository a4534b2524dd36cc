"""The real services for tests that go from end to end: started once for all of them, and only if one asks."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from runtime.settings import CODE, Settings
from runtime.state import read_state

SUPERVISOR = """
import asyncio, sys
from pathlib import Path
from console.up import migrate
from runtime.ports import Ports
from runtime.stack import run
asyncio.run(run(Path(sys.argv[1]), prepare=migrate, ports=Ports.anywhere(),
                ready=lambda stack: print("ready", flush=True)))
"""
ENDING_SECONDS = 30


@dataclass(frozen=True)
class RunningStack:
    """PostgreSQL, Temporal and a worker that run for the whole session.

    Attributes:
        home: Their folder.
        settings: What leads to them, whatever the environment says.
    """

    home: Path
    settings: Settings

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that works with these services."""
        return {**plain_environment(), "CAIRN_HOME": str(self.home), **self.settings.environment()}


def plain_environment() -> dict[str, str]:
    """This environment without what the developer has configured."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CAIRN_", "TEMPORAL_", "NO_COLOR", "COLUMNS"))
    }


@pytest.fixture(scope="session")
def stack() -> Iterator[RunningStack]:
    """The services, with a worker and a migrated database, on ports of their own."""
    home = Path(tempfile.mkdtemp(prefix="cairn-"))
    home.chmod(0o711)  # PostgreSQL's user has to pass through when the tests run as root
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(home)],
        cwd=CODE,
        env=plain_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", "the services did not start"
        yield RunningStack(home, Settings(**read_state(home)["settings"], temporal_pinned=True))
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=ENDING_SECONDS)
        shutil.rmtree(home, ignore_errors=True)
