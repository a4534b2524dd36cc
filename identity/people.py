"""Whoever signed: a person with the key that counts now, wherever people are known from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.refusal import Refusal
from domain.value import at_day
from identity.directory import Delegation, Directory, Person
from identity.keys import PublicKey


@dataclass(frozen=True)
class Bearer:
    """A person and one of their keys.

    Attributes:
        person: The person.
        key: The key, which counts now.
        delegations: What was delegated to the person.
    """

    person: Person
    key: PublicKey
    delegations: tuple[Delegation, ...] = ()


class People(Protocol):
    """Where people are known from: a signed directory, or an identity provider."""

    def find(self, subject: str, key_id: str, credential: str, now: datetime) -> Bearer | Refusal:
        """Whoever bears that name and that key, or why nobody does.

        Args:
            subject: The name.
            key_id: The key's id.
            credential: What an identity provider says of them; empty where none came.
            now: The moment of the decision.

        Raises:
            IdentityError: Nobody can be found now.
        """
        ...


def find_bearer(
    person: Person | None, subject: str, key_id: str, directory: Directory, now: datetime
) -> Bearer | Refusal:
    """A person of the directory with one of their keys, if both count now."""
    if person is None:
        return Refusal(
            code="person-unknown",
            message=f'The directory does not have "{subject}": ask whoever keeps it to add you.',
        )
    if person.revoked is not None and person.revoked.at <= now:
        return Refusal(
            code="person-revoked",
            message=f'"{subject}" may not act any more since {at_day(person.revoked.at)} '
            f"({person.revoked.reason}): ask whoever keeps the directory.",
        )
    key = next((it for it in person.keys if it.key.id == key_id), None)
    if key is None:
        return Refusal(
            code="key-unknown",
            message=f'The directory has no key {key_id} of "{subject}": sign with the key that it has.',
        )
    if key.revoked is not None and key.revoked.at <= now:
        return Refusal(
            code="key-revoked",
            message=f'Key {key_id} of "{subject}" was revoked on {at_day(key.revoked.at)} '
            f"({key.revoked.reason}): sign with the one that took its place.",
        )
    if key.since > now:
        return Refusal(
            code="key-not-yet-valid",
            message=f'Key {key_id} of "{subject}" counts from {at_day(key.since)} on: wait until then.',
        )
    return Bearer(person, key.key, directory.delegated_to(subject))
