"""Runs the command line as people do, in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runtime.settings import CODE
from tests.conftest import RunningStack, plain_environment

PROPOSAL = CODE / "programme" / "scotland" / "technologies" / "ccbt-perinatal.yaml"


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer, where it is JSON."""
        return json.loads(self.out)


Starter = Callable[..., Said]


def run_starter(environment: dict[str, str], *words: str, cwd: Path = CODE) -> Said:
    """Run a command."""
    done = subprocess.run(
        [sys.executable, str(CODE / "starter.py"), *words],
        env=environment,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def offline(tmp_path: Path) -> Starter:
    """The command line where nothing runs."""
    environment = {**plain_environment(), "CAIRN_HOME": str(tmp_path / "home")}
    environment["CAIRN_DATABASE_URL"] = "postgresql://cairn:secret@127.0.0.1:9/cairn"
    environment["CAIRN_TEMPORAL_ADDRESS"] = "127.0.0.1:9"
    return lambda *words, **more: run_starter({**environment, **more}, *words)


@pytest.fixture(scope="session")
def starter(stack: RunningStack) -> Starter:
    """The command line on the real services, the programme loaded."""
    environment = {**plain_environment(), "CAIRN_HOME": str(stack.home)}
    loaded = run_starter(environment, "catalogue", "load")
    assert loaded.code == 0, loaded.err
    return lambda *words, **more: run_starter({**environment, **more}, *words)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Writes the shipped proposal under another technology's name."""

    def write(slug: str) -> Path:
        path = tmp_path_factory.mktemp("proposals") / f"{slug}.yaml"
        text = PROPOSAL.read_text(encoding="utf-8")
        path.write_text(text.replace("technology: ccbt-perinatal", f"technology: {slug}"), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def technology(starter: Starter, written: Callable[[str], Path]) -> str:
    """A technology that has just been proposed, in real days."""
    slug = "proposed-once"
    said = starter("technology", "propose", str(written(slug)), "--as", "national-advisor")
    assert said.code == 0, said.err
    return slug
