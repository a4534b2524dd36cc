"""The shipped programme, and a copy of its files that a test may spoil."""

import shutil
from pathlib import Path

import pytest

from programme.contents import Programme
from programme.reader import load_programme

SHIPPED = Path(__file__).parents[2] / "programme" / "scotland"


@pytest.fixture(scope="session")
def shipped() -> Programme:
    """The programme as it is shipped."""
    return load_programme(SHIPPED)


@pytest.fixture
def scotland(tmp_path: Path) -> Path:
    """A copy of the shipped programme's files."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "scotland"))
