"""The shipped programme, and a copy of its files that a test may spoil."""

import shutil
from pathlib import Path

import pytest

from domain.proposal import Proposal
from programme.contents import Programme
from programme.reader import load_programme, read_proposal

SHIPPED = Path(__file__).parents[2] / "programme" / "scotland"


@pytest.fixture(scope="session")
def shipped() -> Programme:
    """The programme as it is shipped."""
    return load_programme(SHIPPED)


@pytest.fixture
def scotland(tmp_path: Path) -> Path:
    """A copy of the shipped programme's files."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "scotland"))


@pytest.fixture
def special(shipped: Programme, scotland: Path) -> Proposal:
    """The shipped technology as it would be with artificial intelligence, on headsets."""
    path = scotland / "technologies" / "ccbt-perinatal.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("traits: []", "traits: [ai, extended-reality]"), encoding="utf-8")
    return read_proposal(path, shipped)
