"""Each change of the directory is its next issue, and never unsound."""

from datetime import UTC, datetime, timedelta

import pytest

from identity import changes
from identity.directory import Delegation, Directory, find_unsound
from identity.errors import ChangeRefused
from identity.keys import PrivateKey
from identity.people import Bearer, find_bearer

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
FIRST, SECOND = PrivateKey(b"1" * 32).public, PrivateKey(b"2" * 32).public
EMPTY = Directory(serial=1, issued=NOW)
WITH_JEAN = changes.add(EMPTY, "Jean Kerr", FIRST, ("board-lead",), ("fife",), NOW)


def counts(directory: Directory, key: str, at: datetime = LATER) -> bool:
    """Whether Jean may sign with a key."""
    return isinstance(
        find_bearer(directory.by_name.get("Jean Kerr"), "Jean Kerr", key, directory, at), Bearer
    )


def test_somebody_who_is_added_may_act() -> None:
    """With the key that they handed over."""
    assert WITH_JEAN.serial == 2
    assert counts(WITH_JEAN, FIRST.id)
    assert not counts(WITH_JEAN, SECOND.id)


def test_adding_somebody_again_changes_what_they_hold_and_not_their_key() -> None:
    """Another key is another matter."""
    again = changes.add(WITH_JEAN, "Jean Kerr", FIRST, ("clinical-lead",), "all", LATER)
    assert again.by_name["Jean Kerr"].roles == ("clinical-lead",)
    with pytest.raises(ChangeRefused, match="with another key: use `identity rotate`"):
        changes.add(WITH_JEAN, "Jean Kerr", SECOND, ("board-lead",), (), LATER)


def test_a_key_belongs_to_one_person() -> None:
    """Two names with one key would be one person who passes for two."""
    with pytest.raises(ChangeRefused, match="give each person a key of their own"):
        changes.add(WITH_JEAN, "Iain Muir", FIRST, (), (), LATER)


def test_after_a_rotation_only_the_new_key_counts() -> None:
    """And the former one is known to have been theirs."""
    rotated = changes.rotate(WITH_JEAN, "Jean Kerr", SECOND, "A year is over", LATER)
    assert counts(rotated, SECOND.id)
    assert not counts(rotated, FIRST.id)
    assert [key.revoked is None for key in rotated.by_name["Jean Kerr"].keys] == [False, True]
    with pytest.raises(ChangeRefused, match="is in the directory already"):
        changes.rotate(rotated, "Jean Kerr", FIRST, "Found it again", LATER)


def test_a_key_or_a_person_is_revoked_once() -> None:
    """A second time is told that it was done."""
    without_key = changes.revoke(WITH_JEAN, "Jean Kerr", FIRST.id, "Stolen", LATER)
    assert not counts(without_key, FIRST.id)
    with pytest.raises(ChangeRefused, match=r"has no key .* that counts: choose from none"):
        changes.revoke(without_key, "Jean Kerr", FIRST.id, "Stolen", LATER)
    gone = changes.revoke(WITH_JEAN, "Jean Kerr", None, "Left", LATER)
    assert not counts(gone, FIRST.id)
    was_revoked = r'"Jean Kerr" was revoked on 25 Nov 2026'
    with pytest.raises(ChangeRefused, match=was_revoked):
        changes.revoke(gone, "Jean Kerr", None, "Left", LATER)
    with pytest.raises(ChangeRefused, match=was_revoked):
        changes.rotate(gone, "Jean Kerr", SECOND, "New", LATER)
    with pytest.raises(ChangeRefused, match=was_revoked):
        changes.add(gone, "Jean Kerr", FIRST, (), (), LATER)


def test_nobody_unknown_is_changed() -> None:
    """The sentence names them."""
    with pytest.raises(ChangeRefused, match='does not have "Morag Weir"'):
        changes.revoke(WITH_JEAN, "Morag Weir", None, "Left", LATER)


def test_a_delegation_gives_no_more_than_the_delegator_holds_and_goes_when_it_has_ended() -> None:
    """Taking a role away from the delegator is refused while it is lent."""
    both = changes.add(WITH_JEAN, "Iain Muir", SECOND, (), (), NOW)
    terms = {"grantor": "Jean Kerr", "deputy": "Iain Muir", "since": NOW, "until": LATER, "reason": "Leave"}
    lent = Delegation.model_validate({**terms, "role": "board-lead", "boards": ("fife",)})
    issue = changes.delegate(both, lent, NOW)
    assert find_unsound(issue) is None
    with pytest.raises(ChangeRefused, match="does not hold"):
        changes.delegate(both, lent.model_copy(update={"role": "policy-lead"}), NOW)
    with pytest.raises(ChangeRefused, match="does not hold"):
        changes.add(issue, "Jean Kerr", FIRST, (), (), NOW)
    assert changes.add(issue, "Jean Kerr", FIRST, (), (), LATER).delegations == ()
