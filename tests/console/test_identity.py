"""Identities on the command line: keys are made and handed over, and the directory heeds every change."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.development import FOLDER
from tests.conftest import RunningStack, plain_environment
from tests.console.conftest import Said, Starter, run_starter
from tests.console.test_on_real_services import EVIDENCE, NEED, refused, task


@pytest.fixture
def alone(tmp_path: Path) -> Starter:
    """The command line of somebody whose machine runs nothing, and whose keys are kept in a folder."""
    environment = {
        **plain_environment(),
        "CAIRN_HOME": str(tmp_path / "home"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "CAIRN_DIRECTORY": str(tmp_path / "trust" / "directory"),
        "CAIRN_DIRECTORY_KEY": str(tmp_path / "trust" / "root.pub"),
    }
    return lambda *words, **more: run_starter({**environment, **more}, *words, cwd=tmp_path)


def done(said: Said) -> str:
    """What a command said that was carried out."""
    assert said.code == 0, said.err
    assert said.err == ""
    return said.out


def handed_over(folder: Path) -> str:
    """The public key of whoever keeps their keys in that folder."""
    return str(folder / "config" / "cairn" / "identity.pub")


def test_a_directory_is_made_and_somebody_is_added_rotated_lent_to_and_revoked(
    alone: Starter, tmp_path: Path
) -> None:
    """A whole drill, each step told in a line and shown by `whoami`."""
    assert "export CAIRN_DIRECTORY=" in done(alone("identity", "init", "--root", "trust"))
    assert (tmp_path / "trust" / "root").stat().st_mode & 0o777 == 0o600
    assert "Hand " in done(alone("identity", "init", "Jean Kerr"))
    before = alone("identity", "whoami", "-o", "json").json
    assert (before["name"], before["may_act"]) == ("Jean Kerr", False)
    assert "does not have" in before["standing"]

    add = ("identity", "add", handed_over(tmp_path), "--role", "board-lead", "--board", "fife")
    assert '"Jean Kerr" may act as board-lead for fife with key ' in done(alone(*add))
    after = alone("identity", "whoami", "-o", "json").json
    assert (after["may_act"], after["roles"], after["boards"]) == (True, ["board-lead"], ["fife"])
    assert "holds you, in issue 2" in done(alone("identity", "whoami"))

    done(alone("identity", "init", "Iain Muir", "--file", "iain"))
    done(alone("identity", "add", "iain.pub", "--role", "clinical-lead", "--board", "all"))
    lend = ("identity", "delegate", "Jean Kerr", "Iain Muir", "--role", "board-lead", "--until", "2199-12-31")
    assert "gives all boards" in refused(alone(*lend, "--board", "all", "--reason", "Leave"))
    said = done(alone(*lend, "--board", "fife", "--reason", "Leave"))
    assert '--as "board-lead@fife for Jean Kerr"' in said
    assert "board-lead for fife, from" in done(alone("identity", "whoami", "--identity", "iain"))

    assert "is kept beside it" in done(alone("identity", "rotate", "--reason", "A year is over"))
    assert "has no key" in alone("identity", "whoami", "-o", "json").json["standing"]
    done(alone("identity", "rotate", handed_over(tmp_path), "--reason", "A year is over"))
    renewed = alone("identity", "whoami", "-o", "json").json
    assert renewed["may_act"]
    assert renewed["key"] != after["key"]
    former = tmp_path / "config" / "cairn" / "identity.former"
    assert "was revoked on" in done(alone("identity", "whoami", "--identity", str(former)))

    stolen = ("identity", "revoke", "Jean Kerr", "--key", renewed["key"], "--reason", "Laptop stolen")
    assert "no longer counts" in done(alone(*stolen))
    assert "Laptop stolen" in alone("identity", "whoami", "-o", "json").json["standing"]
    assert "may not act any more" in done(alone("identity", "revoke", "Jean Kerr", "--reason", "Left"))
    listed = done(alone("identity", "list"))
    assert "Left" in listed
    assert "Issue 7 of " in listed


def test_whoever_has_no_identity_looks_and_does_not_act(offline: Starter, tmp_path: Path) -> None:
    """One sentence says how to get one."""
    said = offline("identity", "whoami", XDG_CONFIG_HOME=str(tmp_path))
    assert "You have no identity here, so you can look and not act: " in refused(said)


def test_a_key_is_made_once_and_only_of_one_kind(alone: Starter) -> None:
    """Nothing is overwritten, and nothing guessed."""
    done(alone("identity", "init", "Jean Kerr"))
    assert "is not overwritten" in refused(alone("identity", "init", "Jean Kerr"))
    assert "Say what to make" in refused(alone("identity", "init"))
    assert "Say what to make" in refused(alone("identity", "init", "Jean", "--root", "trust"))
    assert "could identify a person" in refused(alone("identity", "init", "jo@example.org", "--file", "x"))


def test_a_private_key_is_not_handed_over(alone: Starter, tmp_path: Path) -> None:
    """The sentence names the file that is."""
    done(alone("identity", "init", "--root", "trust"))
    done(alone("identity", "init", "Jean Kerr"))
    private = handed_over(tmp_path).removesuffix(".pub")
    said = refused(alone("identity", "add", private, "--role", "board-lead"))
    assert f"name {private}.pub" in said


def test_only_the_root_issues_a_directory(alone: Starter) -> None:
    """Another root's key does not."""
    done(alone("identity", "init", "--root", "trust"))
    done(alone("identity", "init", "--root", "other"))
    done(alone("identity", "init", "Jean Kerr"))
    said = alone("identity", "add", "config/cairn/identity.pub", "--role", "x", "--root", "other/root")
    assert "was signed by key" in refused(said)


def test_without_a_directory_there_is_nothing_to_change(offline: Starter) -> None:
    """The sentence says how to make one."""
    assert "identity init --root FOLDER" in refused(offline("identity", "list"))
    assert "identity init --root FOLDER" in refused(offline("identity", "revoke", "X", "--reason", "y"))


# --- on the real services -----------------------------------------------------------------------------------


def test_a_development_identity_is_found_by_role_and_another_by_name(
    starter: Starter, written: Callable[[str], Path]
) -> None:
    """Two people hold each role, so that four eyes can be tried."""
    slug = "by-the-deputy"
    propose = ("technology", "propose", str(written(slug)), "--as", "national-advisor")
    assert "did you mean national advisor" in refused(
        starter(*propose, "--identity", "national adviser (deputy)")
    )
    assert starter(*propose, "--identity", "national advisor (deputy)").code == 0
    listed = starter("technology", "list", "-o", "json").json
    assert {it["proposed_by"] for it in listed if it["slug"] == slug} == {"national advisor (deputy)"}
    said = starter("task", "complete", task(slug, NEED), "--as", "clinical-lead", "--identity", "policy lead")
    assert '"policy lead" does not hold the role clinical-lead' in refused(said) or "belongs to" in said.err
    done(starter("task", "complete", task(slug, NEED), "--as", "policy-lead", "--evidence", EVIDENCE))
    assert "holds you" in done(starter("identity", "whoami", "--identity", "fife board lead (deputy)"))


def test_ones_own_key_acts_once_the_directory_has_it(
    stack: RunningStack, starter: Starter, technology: str, tmp_path: Path
) -> None:
    """Refused before, accepted after, refused again when it is revoked; no worker is restarted."""
    mine = tmp_path / "mine"
    done(starter("identity", "init", "Morag Weir", "--file", str(mine)))
    pause = ("technology", "pause", technology, "--reason", "Incident", "--as", "national-advisor")
    act = (*pause, "--identity", str(mine))
    assert 'The directory does not have "Morag Weir"' in refused(starter(*act))
    done(starter("identity", "add", f"{mine}.pub", "--role", "national-advisor", "--board", "all"))
    done(starter(*act))
    resume = ("technology", "resume", technology, "--reason", "Over", "--as", "national-advisor")
    done(starter("identity", "revoke", "Morag Weir", "--reason", "Left"))
    assert "may not act any more since" in refused(starter(*resume, "--identity", str(mine)))
    done(starter(*resume))
    assert (stack.home / FOLDER / "root").stat().st_mode & 0o777 == 0o600


def test_a_deputy_says_for_whom_they_act(starter: Starter, written: Callable[[str], Path]) -> None:
    """With a delegation, and not without."""
    slug = "by-delegation"
    assert starter("technology", "propose", str(written(slug)), "--as", "national-advisor").code == 0
    act = ("task", "complete", task(slug, NEED), "--evidence", EVIDENCE, "--identity", "innovation lead")
    claim = ("--as", "policy-lead for policy lead")
    assert "ask for a delegation first" in refused(starter(*act, *claim))
    lend = (
        "identity",
        "delegate",
        "policy lead",
        "innovation lead",
        "--role",
        "policy-lead",
        "--board",
        "all",
    )
    done(starter(*lend, "--until", "2199-12-31", "--reason", "Annual leave"))
    assert starter(*act, *claim).code == 0


def test_a_read_loads_no_cryptography(starter: Starter) -> None:
    """Looking is as quick as before."""
    said = starter("technology", "list", PYTHONPROFILEIMPORTTIME="1")
    assert said.code == 0
    assert "joserfc" not in said.err
    assert "cryptography" not in said.err
    assert "temporalio" not in said.err
