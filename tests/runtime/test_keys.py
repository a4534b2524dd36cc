import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from runtime.codec_token import make_token, read_token
from runtime.errors import SecretUnusable
from runtime.keys import make_keys, prepare_key, read_keys, rotate_keys
from runtime.settings import CODE

NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a key file with one key, in a folder that was made for it."""
    file = tmp_path / "keys" / "encryption.json"
    assert make_keys(file, NOW)
    return file


def mode_of(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_file_is_for_this_user_alone(path: Path) -> None:
    """The file and the folder that is made for it."""
    assert mode_of(path) == 0o600
    assert mode_of(path.parent) == 0o700
    assert [it.name for it in path.parent.iterdir()] == [path.name]


def test_making_it_again_keeps_the_keys(path: Path) -> None:
    """A deployment may ask for it at every start."""
    before = path.read_text()
    assert not make_keys(path, NOW)
    assert path.read_text() == before


def test_a_rotation_keeps_every_older_key(path: Path) -> None:
    """Nothing that was written before becomes unreadable."""
    before = read_keys(path)
    after = rotate_keys(path, NOW)
    assert after == read_keys(path)
    assert after.current not in before.keys
    assert {name: after.keys[name] for name in before.keys} == dict(before.keys)


def test_a_prepared_key_waits_until_the_rotation(path: Path) -> None:
    """So that hosts with copies of the file all have it before the first of them uses it."""
    first = read_keys(path).current
    prepared = prepare_key(path, NOW)
    assert prepared.current == first
    (waiting,) = prepared.prepared
    rotated = rotate_keys(path, NOW)
    assert rotated.current == waiting
    assert set(rotated.keys) == {first, waiting}


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o620, 0o602])
def test_a_file_that_is_open_to_others_is_refused(path: Path, mode: int) -> None:
    """The sentence says so, and what to do besides closing it."""
    path.chmod(mode)
    with pytest.raises(SecretUnusable, match=r"open to other users \(mode 0\d+\): run `chmod 600 .*replace"):
        read_keys(path)


def test_a_service_accounts_group_may_read_and_a_rotation_leaves_it_so(path: Path) -> None:
    """That is how orchestrators hand a secret to a service."""
    path.chmod(0o640)
    rotate_keys(path, NOW)
    assert mode_of(path) == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_rotation_by_root_leaves_the_file_to_its_owner(path: Path) -> None:
    """The workers that ran before can still read it."""
    os.chown(path, 12345, 23456)
    rotate_keys(path, NOW)
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 23456)


def damage(text: str, **changes: Any) -> str:
    """The file with some of its parts replaced."""
    return json.dumps({**json.loads(text), **changes})


@pytest.mark.parametrize(
    "damaged",
    [
        lambda text: text[:-20],
        lambda _: "[]",
        lambda _: "null",
        lambda text: damage(text, current="another"),
        lambda text: damage(text, keys={}),
        lambda text: damage(text, current="k", keys={"k": {"made": "2027-01-04T09:00:00+00:00"}}),
        lambda text: damage(text, current="k", keys={"k": {"made": "yesterday", "secret": "AAAA"}}),
        lambda text: damage(text, current="k", keys={"k": {"made": NOW.isoformat(), "secret": "AAAA"}}),
        lambda text: damage(text, current="k", keys={"k": {"made": NOW.isoformat(), "secret": "!"}}),
        lambda text: damage(text, current="k", keys={"k": "secret"}),
    ],
)
def test_a_damaged_file_is_one_sentence_without_a_secret(path: Path, damaged: Any) -> None:
    """It names the file and what to do, and quotes nothing of it."""
    secret = next(iter(json.loads(path.read_text())["keys"].values()))["secret"]
    path.write_text(damaged(path.read_text()))
    with pytest.raises(SecretUnusable, match=r"^The key file .* is damaged \(\w+\): .*\.$") as caught:
        read_keys(path)
    assert secret not in str(caught.value)
    assert caught.value.__cause__ is None


def test_no_representation_shows_a_secret(path: Path) -> None:
    """A log line or traceback that holds the keys gives nothing away."""
    ring = read_keys(path)
    assert repr(ring.keys[ring.current].secret) not in repr(ring)
    assert "secret" not in repr(ring)


def test_two_rotations_at_once_lose_no_key(path: Path) -> None:
    """The second is told to wait; what a rotation that was cut short left behind is named."""
    path.with_name(f"{path.name}.new").touch()
    with pytest.raises(SecretUnusable, match=r"being changed by another process.*encryption\.json\.new"):
        rotate_keys(path, NOW)
    assert len(read_keys(path).keys) == 1


def test_a_token_is_long_and_for_this_user_alone(tmp_path: Path) -> None:
    """Making it again keeps it; a short one is refused."""
    file = tmp_path / "token"
    assert make_token(file)
    assert not make_token(file)
    assert mode_of(file) == 0o600
    assert len(read_token(file)) > 40
    file.write_text("letmein\n")
    with pytest.raises(SecretUnusable, match="could be guessed"):
        read_token(file)


def test_listing_keys_loads_neither_temporal_nor_a_cipher() -> None:
    """A command that only reads stays quick."""
    code = "import sys, runtime.keys; print({'temporalio', 'cryptography'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=CODE, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
