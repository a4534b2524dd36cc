"""Whose keys sign on this side: those of one person, or those of a rehearsal's whole cast."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from domain.actor import Actor
from identity.errors import KeyUnusable
from identity.keys import PrivateKey, read_private

CREDENTIAL_SUFFIX = ".credential"


class Keyring(Protocol):
    """Finds the key with which an actor signs."""

    def key_of(self, actor: Actor) -> PrivateKey:
        """The actor's key.

        Raises:
            KeyUnusable: It is not here.
        """
        ...

    def credential_of(self, actor: Actor) -> str:
        """What an identity provider says of the actor, read anew each time; empty where there is nothing."""
        ...


@dataclass(frozen=True)
class OwnIdentity:
    """One person's own key.

    Attributes:
        name: The name under which the key was made.
        key: The key.
        file: Where it is kept; a credential stands beside it.
    """

    name: str
    key: PrivateKey
    file: Path

    @classmethod
    def read(cls, file: Path) -> "OwnIdentity":
        """Read one's own identity.

        Raises:
            KeyUnusable: It cannot be used.
        """
        key, members = read_private(file)
        name = members.get("sub")
        if not isinstance(name, str) or not name:
            raise KeyUnusable(f'The key {file} does not say whose it is: add its owner\'s name as "sub".')
        return cls(name, key, file)

    def key_of(self, actor: Actor) -> PrivateKey:
        """The key, if it is this actor's."""
        if actor.name != self.name:
            raise KeyUnusable(
                f'The key {self.file} is that of "{self.name}" and not of "{actor.name}": act as yourself.'
            )
        return self.key

    def credential_of(self, actor: Actor) -> str:
        """The credential beside the key."""
        del actor
        file = self.file.with_name(f"{self.file.name}{CREDENTIAL_SUFFIX}")
        try:
            return file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise KeyUnusable(f"The credential {file} cannot be read: ask for a new one.") from error
