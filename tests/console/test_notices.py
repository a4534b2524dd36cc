"""Notices on the command line, on real services whose workers have no address book."""

import pytest

from tests.console.conftest import Said, Starter


def refused(said: Said) -> str:
    """The one sentence with which a command was refused."""
    assert said.code == 1, said
    assert said.err.count("\n") == 1, said.err
    return said.err.strip()


@pytest.fixture(scope="module")
def tried(starter: Starter) -> str:
    """A test notice that goes nowhere."""
    said = starter("notices", "test", "--to", "board-lead@fife", "--as", "board-lead@fife")
    sentence = refused(said)
    assert "goes nowhere: name board-lead@fife in the address book that CAIRN_NOTICES names" in sentence
    return sentence.split()[0]


def test_a_notice_that_goes_nowhere_can_be_read(starter: Starter, tried: str) -> None:
    """Nothing is sent where nobody is named, and nothing is lost."""
    said = starter("notices", "show", tried)
    assert said.code == 0
    assert "unaddressed" in said.out
    assert "Nothing has to be done." in said.out
    assert starter("notices", "show", tried, "-o", "json").json["id"] == tried


def test_notices_are_listed_by_role_and_board(starter: Starter, tried: str) -> None:
    """With what became of each."""
    words = ("notices", "list", "--role", "board-lead", "--board", "fife")
    found = starter(*words, "-o", "json").json
    assert {(it["recipient"], it["state"]) for it in found} == {("board-lead@fife", "unaddressed")}
    assert tried in starter(*words, "--undelivered").out
    assert starter("notices", "list", "--board", "orkney", "--role", "board-lead").out.strip() == "No notice."


def test_it_is_sent_again_by_whoever_acts_there(starter: Starter, tried: str) -> None:
    """Once more to nobody, and by nobody of another board."""
    assert "goes nowhere" in refused(starter("notices", "send", tried, "--as", "board-lead@fife"))
    assert "is the work of fife" in refused(starter("notices", "send", tried, "--as", "board-lead@orkney"))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("test", "--to", "board-led@fife", "--as", "board-lead@fife"), "did you mean board-lead"),
        (("test", "--to", "board-lead@fif", "--as", "board-lead@fife"), "did you mean fife"),
        (("test", "--to", "board-lead@orkney", "--as", "board-lead@fife"), "is the work of orkney"),
        (("show", "board-lead@fife/999"), "There is no notice"),
        (("send", "board-lead@fife/999", "--as", "board-lead@fife"), "There is no notice"),
        (("list", "--role", "nobody"), 'no role "nobody"'),
    ],
)
def test_what_is_not_there_is_said(starter: Starter, words: tuple[str, ...], why: str) -> None:
    """In one sentence."""
    assert why in refused(starter("notices", *words))


def test_the_doctor_looks_at_notices(starter: Starter, tried: str) -> None:
    """One that nobody is named for is no illness."""
    assert tried
    found = {it["check"]: it["ok"] for it in starter("doctor", "-o", "json").json}
    assert found["Notices"] is True


def test_the_rules_are_in_the_catalogue(starter: Starter) -> None:
    """Where their history can be read; the list of services leaves them out."""
    (policy,) = starter("catalogue", "list", "--kind", "policy", "-o", "json").json
    assert policy["data"]["reminders"]["digest_at"] == "08:00:00"
    assert "policy" not in {it["kind"] for it in starter("catalogue", "list", "-o", "json").json}
