"""Changes of the directory, each its next issue. Pure: whoever holds the root key signs what comes out."""

from datetime import datetime

from domain.value import at_day
from identity.directory import Boards, Delegation, Directory, Key, Person, Revocation, find_unsound
from identity.errors import ChangeRefused
from identity.keys import PublicKey


def add(
    directory: Directory, name: str, key: PublicKey, roles: tuple[str, ...], boards: Boards, now: datetime
) -> Directory:
    """Add somebody; of somebody who is there with that key, change what they hold.

    Raises:
        ChangeRefused: The name or the key is somebody else's.
    """
    known = directory.by_name.get(name)
    if known is None:
        person = Person(name=name, roles=roles, boards=boards, keys=(Key(key=key, since=now),))
        return _issue(directory, now, people=(*directory.people, person))
    if known.revoked is not None:
        raise ChangeRefused(
            f'"{name}" was revoked on {at_day(known.revoked.at)}: add them under another name.'
        )
    if not any(it.key == key and it.revoked is None for it in known.keys):
        raise ChangeRefused(
            f'The directory has "{name}" with another key: use `identity rotate` if this is their new one.'
        )
    return _replace(directory, known.model_copy(update={"roles": roles, "boards": boards}), now)


def rotate(directory: Directory, name: str, key: PublicKey, reason: str, now: datetime) -> Directory:
    """Give somebody a new key in place of all that they have.

    Raises:
        ChangeRefused: There is no such person, or the key is not new.
    """
    person = _find(directory, name)
    if any(it.key == key for it in person.keys):
        raise ChangeRefused(f'Key {key.id} of "{name}" is in the directory already: make a new one first.')
    former = tuple(_revoked(it, reason, now) for it in person.keys)
    keys = (*former, Key(key=key, since=now))
    return _replace(directory, person.model_copy(update={"keys": keys}), now)


def revoke(directory: Directory, name: str, key_id: str | None, reason: str, now: datetime) -> Directory:
    """Let one of somebody's keys count no longer, or somebody act no longer.

    Args:
        directory: The last issue.
        name: Who.
        key_id: The key; without one the person is revoked.
        reason: Why.
        now: The moment from which on.

    Raises:
        ChangeRefused: There is no such person or key, or it was revoked before.
    """
    person = _find(directory, name)
    if key_id is None:
        return _replace(
            directory, person.model_copy(update={"revoked": Revocation(at=now, reason=reason)}), now
        )
    if not any(it.key.id == key_id and it.revoked is None for it in person.keys):
        raise ChangeRefused(
            f'"{name}" has no key {key_id} that counts: choose from '
            f"{', '.join(it.key.id for it in person.keys if it.revoked is None) or 'none'}."
        )
    keys = tuple(_revoked(it, reason, now) if it.key.id == key_id else it for it in person.keys)
    return _replace(directory, person.model_copy(update={"keys": keys}), now)


def delegate(directory: Directory, delegation: Delegation, now: datetime) -> Directory:
    """Let somebody act for somebody else.

    Raises:
        ChangeRefused: One of them may not act, or it would give more than the delegator holds.
    """
    for name in (delegation.grantor, delegation.deputy):
        _find(directory, name)
    return _issue(directory, now, delegations=(*directory.delegations, delegation))


def _find(directory: Directory, name: str) -> Person:
    person = directory.by_name.get(name)
    if person is None:
        raise ChangeRefused(f'The directory does not have "{name}": add them first, or correct the name.')
    if person.revoked is not None:
        raise ChangeRefused(f'"{name}" was revoked on {at_day(person.revoked.at)}: nothing more can change.')
    return person


def _revoked(key: Key, reason: str, now: datetime) -> Key:
    return key if key.revoked else key.model_copy(update={"revoked": Revocation(at=now, reason=reason)})


def _replace(directory: Directory, person: Person, now: datetime) -> Directory:
    people = tuple(person if it.name == person.name else it for it in directory.people)
    return _issue(directory, now, people=people)


def _issue(
    directory: Directory,
    now: datetime,
    people: tuple[Person, ...] | None = None,
    delegations: tuple[Delegation, ...] | None = None,
) -> Directory:
    # A delegation ends with the role that it gives: what has ended by itself is not carried on.
    kept = directory.delegations if delegations is None else delegations
    issue = Directory(
        serial=directory.serial + 1,
        issued=now,
        people=directory.people if people is None else people,
        delegations=tuple(it for it in kept if it.until > now),
    )
    if wrong := find_unsound(issue):
        raise ChangeRefused(wrong)
    return issue
