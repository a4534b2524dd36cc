"""People with keys for the tests: a directory in memory, and clients that sign for anybody."""

from datetime import UTC, datetime

from temporalio.client import Client

from domain.actor import Actor
from domain.proof import Deed
from domain.refusal import Refusal
from identity.development import DevelopmentKeys
from identity.directory import Delegation, Directory, Key, Person
from identity.keyring import Keyring
from identity.keys import PrivateKey
from identity.people import Bearer, find_bearer
from identity.verifier import Verifier
from runtime.signing import SigningInterceptor

KEYS = DevelopmentKeys(PrivateKey(bytes(range(32))))
"""Everybody's key, from a secret that everybody knows."""

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def person_of(actor: Actor) -> Person:
    """Somebody who holds just what an actor claims."""
    key = Key(key=KEYS.key_of(actor).public, since=LONG_AGO)
    return Person(name=actor.name, roles=actor.roles, boards=actor.boards, keys=(key,))


class Cast:
    """People who are known to whoever verifies; a test may change who they are.

    Args:
        actors: Whose claims hold.
    """

    def __init__(self, *actors: Actor, delegations: tuple[Delegation, ...] = ()) -> None:
        self.directory = Directory(
            serial=1, issued=LONG_AGO, people=tuple(map(person_of, actors)), delegations=delegations
        )

    def find(self, subject: str, key_id: str, credential: str, now: datetime) -> Bearer | Refusal:
        """Whoever bears that name and that key."""
        del credential
        return find_bearer(self.directory.by_name.get(subject), subject, key_id, self.directory, now)

    def verify(self, deed: Deed, now: datetime) -> Refusal | None:
        """Why a deed may not be done."""
        return Verifier(self).refusal_of(deed, now)


def signing(client: Client, keyring: Keyring = KEYS) -> Client:
    """The client as one that signs with the key of each command's actor."""
    config = client.config()
    config["interceptors"] = [SigningInterceptor(keyring)]
    return Client(**config)
