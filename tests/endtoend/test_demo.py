"""The demonstration as somebody meets it who has just installed Cairn: one command in an empty folder."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from runtime.settings import CODE

pytestmark = pytest.mark.asyncio(loop_scope="session")

PATIENCE = 180.0
SCENES = (
    "forth-valley has overcome its barrier",
    "Scale decision: another cycle.",
    "The last wave, national-2016, is split in two",
    "forth-valley proposes a new step for the playbook",
    "tayside adopts version 2 while it is under way",
    "borders pauses.",
    "grampian is sent back before go-live.",
    "western-isles completes",
    "borders resumes.",
    "cCBT Perinatal: sustained",
)


@pytest.fixture
def environment(tmp_path: Path, stack_home: Path) -> dict[str, str]:
    """Return an environment whose home is empty and can be reached by PostgreSQL's user."""
    home = stack_home / "demonstration"
    home.mkdir(mode=0o711)
    return {**os.environ, "CAIRN_HOME": str(home), "TEMPORAL_CONFIG_FILE": str(tmp_path / "none.toml")}


async def perform(environment: dict[str, str]) -> tuple[int, str]:
    """Run the demonstration with nobody at the keyboard; return its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(CODE / "starter.py"), "demo"),
        cwd=environment["CAIRN_HOME"],
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)  # it ends its services in order
            await process.wait()
    return process.returncode or 0, output.decode()


def of_home(home: str) -> list[psutil.Process]:
    """The processes that were started for a home."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(home in part for part in process.info["cmdline"] or ())
    ]


async def test_one_command_carries_a_technology_to_business_as_usual(environment: dict[str, str]) -> None:
    """It tells the story in order, ends well, says where to look on, and leaves nothing running."""
    code, said = await perform(environment)
    assert code == 0, said
    places = [said.find(scene) for scene in SCENES]
    assert -1 not in places, said
    assert places[0] < places[1] < places[-1], "the story is told in its order"
    matrix = next(line for line in said.splitlines() if line.startswith("cCBT Perinatal  "))
    assert matrix.split().count("BAU") == 14
    assert "Traceback" not in said
    assert "python starter.py technology show ccbt-perinatal" in said
    assert not (Path(environment["CAIRN_HOME"]) / "stack.json").exists()
    assert of_home(environment["CAIRN_HOME"]) == []
