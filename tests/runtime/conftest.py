"""Gives every test a home of its own and an environment that says nothing about Cairn or Temporal."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def unset_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep what the developer has configured away from the tests."""
    for name in list(os.environ):
        if name.startswith(("CAIRN_", "TEMPORAL_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "no-temporal.toml"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def home() -> Iterator[Path]:
    """Return a folder that PostgreSQL's user can reach when the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)
