"""Keys are made, rotated and listed on the command line, and no secret is ever shown."""

import json
from pathlib import Path

import pytest

from tests.conftest import RunningStack
from tests.console.conftest import Said, Starter


def secrets_in(file: Path) -> list[str]:
    """The secrets of a key file."""
    return [key["secret"] for key in json.loads(file.read_text())["keys"].values()]


def names_and_uses(said: Said) -> list[tuple[str, str]]:
    """What a list of keys says."""
    return [(key["id"], key["use"]) for key in said.json]


def test_a_key_file_is_made_rotated_and_listed(offline: Starter, tmp_path: Path) -> None:
    """Where nothing runs; each answer says what comes next."""
    file = tmp_path / "keys.json"
    where = ("--file", str(file))
    made = offline("keys", "init", *where)
    assert made.code == 0, made.err
    assert "readable by this user alone" in made.out
    assert "Keep a backup" in made.out
    assert "Nothing to do" in offline("keys", "init", *where).out

    prepared = offline("keys", "rotate", "--prepare", *where)
    assert "Copy the file to every host that has a copy of its own" in prepared.out
    [(first, before), (second, waiting)] = names_and_uses(offline("keys", "show", "-o", "json", *where))
    assert (before, waiting) == ("encrypts", "prepared")

    rotated = offline("keys", "rotate", *where)
    assert f"Key {second} encrypts from now on; 1 older key still read" in rotated.out
    assert "Nothing has to be restarted" in rotated.out
    shown = offline("keys", "show", *where)
    assert names_and_uses(offline("keys", "show", "-o", "json", *where)) == [
        (first, "reads what it wrote"),
        (second, "encrypts"),
    ]
    for said in (made, prepared, rotated, shown):
        assert said.err == ""
        assert not [secret for secret in secrets_in(file) if secret in said.out]


def test_a_deployment_makes_the_keys_and_the_token_that_its_settings_name(
    offline: Starter, tmp_path: Path
) -> None:
    """Once; asked again it changes nothing."""
    keys, token = tmp_path / "secrets" / "keys.json", tmp_path / "secrets" / "token"
    settings = {"CAIRN_ENCRYPTION_KEYS": str(keys), "CAIRN_CODEC_TOKEN_FILE": str(token)}
    said = offline("keys", "init", **settings)
    assert said.code == 0, said.err
    before = keys.read_text(), token.read_text()
    assert before[1].strip() not in said.out
    assert offline("keys", "init", **settings).code == 0
    assert (keys.read_text(), token.read_text()) == before


@pytest.mark.parametrize("words", [("show",), ("rotate",), ("rotate", "--prepare")])
def test_a_key_file_that_is_not_there_is_one_sentence(
    offline: Starter, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """It names the file, and nothing is left beside it."""
    said = offline("keys", *words, "--file", str(tmp_path / "none.json"))
    assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
    assert f"The key file {tmp_path / 'none.json'} cannot be read" in said.err
    assert list(tmp_path.iterdir()) == []


def test_the_services_of_this_home_have_keys_of_their_own(stack: RunningStack, starter: Starter) -> None:
    """The command line finds them, and the doctor says which one encrypts."""
    said = starter("keys", "show", "-o", "json")
    (current,) = [name for name, use in names_and_uses(said) if use == "encrypts"]
    assert stack.settings.encryption_keys
    assert stack.settings.encryption_keys.is_relative_to(stack.home)
    findings = {finding["check"]: finding for finding in starter("doctor", "-o", "json").json}
    assert findings["Histories"]["ok"]
    assert current in findings["Histories"]["found"]


def test_the_doctor_says_when_nothing_is_encrypted_or_a_key_file_is_open(
    offline: Starter, tmp_path: Path
) -> None:
    """And what to do about either."""
    file = tmp_path / "keys.json"
    offline("keys", "init", "--file", str(file))
    file.chmod(0o644)
    for more, found, fix in (
        ({}, "not encrypted", "keys init"),
        ({"CAIRN_ENCRYPTION_KEYS": str(file)}, "open to other users", "chmod 600"),
    ):
        findings = {it["check"]: it for it in offline("doctor", "-o", "json", **more).json}
        assert not findings["Histories"]["ok"]
        assert found in findings["Histories"]["found"]
        assert fix in findings["Histories"]["fix"]
