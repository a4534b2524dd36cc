"""The signed directory: what is refused, and how a new issue of it is heeded at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.actor import Actor
from identity.directory import Delegation, Directory, Person
from identity.errors import DirectoryRefused
from identity.issue import DirectoryFile, open_sealed, seal, write_issue
from identity.keys import PrivateKey
from identity.people import Bearer
from tests.cast import KEYS, LONG_AGO, person_of

ROOT = PrivateKey(bytes(range(32)))
JEAN = person_of(Actor(name="Jean Kerr", roles=("board-lead",), boards=("fife",)))
IAIN = person_of(Actor(name="Iain Muir", roles=("clinical-lead",), boards="all"))
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def directory(*people: Person, serial: int = 1, delegations: tuple[Delegation, ...] = ()) -> Directory:
    """An issue."""
    return Directory(serial=serial, issued=LONG_AGO, people=people or (JEAN, IAIN), delegations=delegations)


def lend(**changes: Any) -> Delegation:
    """Jean lends Iain her role."""
    terms: dict[str, Any] = {
        "grantor": "Jean Kerr",
        "deputy": "Iain Muir",
        "role": "board-lead",
        "boards": ("fife",),
        "since": LONG_AGO,
        "until": LONG_AGO + timedelta(days=400),
        "reason": "Leave",
    }
    return Delegation(**{**terms, **changes})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A first issue."""
    path = tmp_path / "directory"
    write_issue(path, directory(), ROOT)
    return path


def test_what_the_root_signed_is_read_back_whole() -> None:
    """Everybody, with keys and delegations."""
    whole = directory(delegations=(lend(),))
    assert open_sealed(seal(whole, ROOT), ROOT.public) == whole


def test_another_anchor_is_refused() -> None:
    """Whoever signs a directory of their own is not believed."""
    with pytest.raises(DirectoryRefused, match=r"^The directory was signed by key .* CAIRN_DIRECTORY_KEY\.$"):
        open_sealed(seal(directory(), PrivateKey.generate()), ROOT.public)


@given(data=st.data())
@settings(max_examples=200)
def test_a_directory_with_any_letter_changed_is_refused(data: st.DataObject) -> None:
    """Wherever it is."""
    text = seal(directory(), ROOT)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("abcXYZ019-_.").filter(lambda it: it != text[place]))
    with pytest.raises(DirectoryRefused):
        open_sealed(text[:place] + letter + text[place + 1 :], ROOT.public)


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "{}", "x" * 1000, "\u00e9.\u00e9.\u00e9"])
def test_what_is_no_signed_text_is_refused(text: str) -> None:
    """In a sentence."""
    with pytest.raises(
        DirectoryRefused, match=r"^The directory is no signed directory, or was damaged: .*\.$"
    ):
        open_sealed(text, ROOT.public)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (directory(JEAN, JEAN), 'has "Jean Kerr" 2 times'),
        (
            directory(JEAN, IAIN.model_copy(update={"keys": JEAN.keys})),
            "belongs to Jean Kerr and to Iain Muir",
        ),
        (directory(delegations=(lend(role="clinical-lead"),)), 'a role that "Jean Kerr" does not hold'),
        (
            directory(delegations=(lend(boards=("tayside",)),)),
            'gives tayside, which "Jean Kerr" does not cover',
        ),
        (directory(delegations=(lend(boards="all"),)), 'gives all boards, which "Jean Kerr" does not cover'),
        (directory(delegations=(lend(deputy="Jean Kerr"),)), "gives somebody their own role"),
        (
            directory(delegations=(lend(deputy="Morag Weir"),)),
            'names "Morag Weir", who is not in the directory',
        ),
        (directory(delegations=(lend(until=LONG_AGO),)), "ends before it begins"),
    ],
)
def test_a_directory_that_contradicts_itself_is_neither_signed_nor_read(
    wrong: Directory, sentence: str
) -> None:
    """Not even where the root key itself has signed it."""
    with pytest.raises(DirectoryRefused, match=sentence):
        seal(wrong, ROOT)
    forged = ROOT.sign(wrong.model_dump(mode="json", exclude_unset=True), "cairn-directory+jws")
    with pytest.raises(DirectoryRefused, match=rf"^The directory is not sound: .*{sentence}.*\.$"):
        open_sealed(forged, ROOT.public)


def test_claims_that_this_release_does_not_know_are_refused() -> None:
    """A later release's directory may mean what this one cannot see."""
    claims = {**directory().model_dump(mode="json", exclude_unset=True), "quorum": 2}
    with pytest.raises(DirectoryRefused, match="quorum"):
        open_sealed(ROOT.sign(claims, "cairn-directory+jws"), ROOT.public)


def test_a_new_issue_counts_from_the_next_decision_on(file: Path) -> None:
    """Nothing is restarted."""
    read = DirectoryFile(file, ROOT.public)
    assert isinstance(read.find("Iain Muir", KEYS.named("Iain Muir").id, "", NOW), Bearer)
    write_issue(file, directory(JEAN, serial=2), ROOT)
    assert not isinstance(read.find("Iain Muir", KEYS.named("Iain Muir").id, "", NOW), Bearer)
    assert read.current().serial == 2


def test_an_older_issue_than_one_that_was_seen_is_refused(file: Path) -> None:
    """Whoever puts an old file back does not undo a revocation."""
    before = file.read_text()
    read = DirectoryFile(file, ROOT.public)
    read.current()
    write_issue(file, directory(JEAN, serial=2), ROOT)
    read.current()
    file.write_text(before)
    for _ in range(2):
        with pytest.raises(
            DirectoryRefused, match=r"is issue 1 and issue 2 was seen before: take the last issue"
        ):
            read.current()
    write_issue(file, directory(JEAN, serial=3), ROOT)
    assert read.current().serial == 3


def test_a_file_that_can_no_longer_be_trusted_stops_every_decision(file: Path) -> None:
    """Until it is mended: a damaged file might hold a revocation."""
    read = DirectoryFile(file, ROOT.public)
    read.current()
    text = file.read_text()
    file.write_text(text[:-10])
    with pytest.raises(DirectoryRefused):
        read.current()
    file.unlink()
    with pytest.raises(
        DirectoryRefused, match=r"cannot be read \(No such file or directory\): correct CAIRN_DIR"
    ):
        read.current()
    file.write_text(text)
    assert read.current().serial == 1


def test_a_file_that_has_not_changed_is_not_read_again(file: Path) -> None:
    """A decision costs a look at the file's date."""
    read = DirectoryFile(file, ROOT.public)
    assert read.current() is read.current()


def test_many_threads_read_one_directory_while_it_is_issued_anew(file: Path) -> None:
    """Each sees the issue before or the one after, and never none."""
    read = DirectoryFile(file, ROOT.public)

    def look(_: int) -> int:
        return read.current().serial

    with ThreadPoolExecutor(8) as threads:
        looks = threads.map(look, range(400))
        for serial in range(2, 12):
            write_issue(file, directory(serial=serial), ROOT)
        assert set(looks) <= set(range(1, 12))
    assert read.current().serial == 11
