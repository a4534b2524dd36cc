"""A worker whom nobody has told whom to trust does not start, and says so in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.settings import CODE


def start_worker(**settings: str) -> subprocess.CompletedProcess[str]:
    """Run a worker that is not going to start."""
    return subprocess.run(
        [sys.executable, str(CODE / "worker.py")],
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({}, "Nobody has said who may act, so no worker starts: set CAIRN_DIRECTORY"),
        ({"CAIRN_DIRECTORY": "directory"}, "set CAIRN_DIRECTORY_KEY to the root's public key"),
        ({"CAIRN_DIRECTORY": "directory", "CAIRN_DIRECTORY_KEY": "root.pub"}, "root.pub cannot be read"),
        ({"CAIRN_OIDC_ISSUER": "https://login.example.scot"}, "set CAIRN_OIDC_AUDIENCE and CAIRN_OIDC_JWKS"),
    ],
)
def test_a_worker_that_trusts_nobody_does_not_start(settings: dict[str, str], part: str) -> None:
    """Before it has spoken to any server."""
    ended = start_worker(**settings)
    assert ended.returncode == 1
    assert part in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_worker_whose_directory_was_tampered_with_does_not_start(tmp_path: Path) -> None:
    """Nor one whose root key is another."""
    for name in ("trust", "other"):
        subprocess.run(
            [sys.executable, str(CODE / "starter.py"), "identity", "init", "--root", str(tmp_path / name)],
            check=True,
            capture_output=True,
        )
    directory, key = tmp_path / "trust" / "directory", tmp_path / "trust" / "root.pub"
    other = start_worker(
        CAIRN_DIRECTORY=str(directory), CAIRN_DIRECTORY_KEY=str(tmp_path / "other" / "root.pub")
    )
    assert "was signed by key" in other.stderr
    text = directory.read_text()
    directory.write_text(text[:100] + ("a" if text[100] != "a" else "b") + text[101:])
    tampered = start_worker(CAIRN_DIRECTORY=str(directory), CAIRN_DIRECTORY_KEY=str(key))
    assert (other.returncode, tampered.returncode) == (1, 1)
    assert str(directory) in tampered.stderr
    assert tampered.stderr.count("\n") == 1
