"""The directory: who may act, with which keys, and who deputises for whom until when. Pure."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import Field

from domain.actor import Actor
from domain.refusal import Refusal
from domain.value import Instant, Line, Slug, Value, at_day
from identity.keys import PublicKey

Boards = tuple[Slug, ...] | Literal["all"]
"""The boards that somebody covers."""


class Revocation(Value):
    """From when on something no longer counts, and why."""

    at: Instant
    reason: Line


class Key(Value):
    """A public key of a person.

    Attributes:
        key: The key.
        since: From when on it counts.
        revoked: From when on it does not.
    """

    key: PublicKey
    since: Instant
    revoked: Revocation | None = None


class Person(Value):
    """Somebody who may act.

    Attributes:
        name: The name on the record.
        roles: The roles held.
        boards: The boards covered.
        keys: The keys that sign for them.
        revoked: From when on they may not act at all.
    """

    name: Line
    roles: tuple[Slug, ...]
    boards: Boards = ()
    keys: tuple[Key, ...] = ()
    revoked: Revocation | None = None

    def holds(self, roles: tuple[str, ...]) -> str | None:
        """The first of the roles that this person lacks, or ``None``."""
        return next((role for role in roles if role not in self.roles), None)


class Delegation(Value):
    """Somebody acts for somebody else.

    Attributes:
        grantor: Whose role it is.
        deputy: Who acts.
        role: The role.
        boards: The boards.
        since: From when on.
        until: Until when.
        reason: Why.
    """

    grantor: Line
    deputy: Line
    role: Slug
    boards: Boards
    since: Instant
    until: Instant
    reason: Line

    def in_force(self, now: datetime) -> bool:
        """Say whether it counts now."""
        return self.since <= now < self.until


class Directory(Value):
    """Everybody who may act, as the root key signs it.

    Attributes:
        serial: The number of this issue: a later issue has a higher one.
        issued: When it was signed.
        people: Everybody.
        delegations: Who acts for whom.
    """

    serial: int = Field(ge=1)
    issued: Instant
    people: tuple[Person, ...] = ()
    delegations: tuple[Delegation, ...] = ()

    @property
    def by_name(self) -> dict[str, Person]:
        """Everybody by name."""
        return {person.name: person for person in self.people}

    def delegated_to(self, name: str) -> tuple[Delegation, ...]:
        """What was delegated to somebody, by people who have not been revoked."""
        gone = {person.name for person in self.people if person.revoked is not None}
        return tuple(it for it in self.delegations if it.deputy == name and it.grantor not in gone)


def find_unsound(directory: Directory) -> str | None:
    """What makes a directory contradict itself, in a sentence, or ``None``."""
    return next(_unsound(directory), None)


def _unsound(directory: Directory) -> Iterator[str]:
    for name, count in Counter(person.name for person in directory.people).items():
        if count > 1:
            yield f'The directory has "{name}" {count} times: give each person one entry.'
    for key, owners in _owners(directory).items():
        if len(owners) > 1:
            yield f"Key {key} belongs to {' and to '.join(owners)}: give each person a key of their own."
    for delegation in directory.delegations:
        if wrong := _wrong_with(delegation, directory):
            yield wrong


def _owners(directory: Directory) -> dict[str, list[str]]:
    owners: dict[str, list[str]] = {}
    for person in directory.people:
        for key in person.keys:
            owners.setdefault(key.key.id, []).append(person.name)
    return owners


def _wrong_with(delegation: Delegation, directory: Directory) -> str | None:
    words = f'The delegation of {delegation.role} from "{delegation.grantor}" to "{delegation.deputy}"'
    for name in (delegation.grantor, delegation.deputy):
        if name not in directory.by_name:
            return f'{words} names "{name}", who is not in the directory: add them first.'
    if delegation.grantor == delegation.deputy:
        return f"{words} gives somebody their own role: name somebody else."
    if delegation.until <= delegation.since:
        return f"{words} ends before it begins: correct its dates."
    grantor = directory.by_name[delegation.grantor]
    if delegation.role not in grantor.roles:
        return f'{words} gives a role that "{grantor.name}" does not hold: delegate only what one holds.'
    if beyond := first_beyond(delegation.boards, grantor.boards):
        return f'{words} gives {beyond}, which "{grantor.name}" does not cover: delegate only what one holds.'
    return None


def first_beyond(wanted: Boards, covered: Boards) -> str | None:
    """The first of the boards wanted that is not among those covered, in words, or ``None``."""
    if covered == "all":
        return None
    if wanted == "all":
        return "all boards"
    return next((board for board in wanted if board not in covered), None)


def check_mandate(
    actor: Actor, person: Person, delegations: tuple[Delegation, ...], now: datetime
) -> Refusal | None:
    """Refuse an actor who claims to be somebody else, or more than the person holds or was lent.

    Args:
        actor: What the command claims.
        person: Who signed it.
        delegations: What was delegated to that person.
        now: The moment of the decision.
    """
    if actor.name != person.name:
        return Refusal(
            code="another-name",
            message=f'The command names "{actor.name}" and "{person.name}" signed it: act as yourself.',
        )
    if actor.on_behalf_of is not None:
        return _check_delegated(actor, actor.on_behalf_of, delegations, now)
    if lacking := person.holds(actor.roles):
        return Refusal(
            code="role-not-held",
            message=f'"{person.name}" does not hold the role {lacking}: act in a role that the directory '
            f"gives you ({', '.join(person.roles) or 'none'}).",
        )
    if beyond := first_beyond(actor.boards, person.boards):
        return Refusal(
            code="board-not-covered",
            message=f'"{person.name}" does not cover {beyond}: act for boards that the directory gives you '
            f"({in_words(person.boards)}).",
        )
    return None


def _check_delegated(
    actor: Actor, grantor: str, delegations: tuple[Delegation, ...], now: datetime
) -> Refusal | None:
    given = [it for it in delegations if it.grantor == grantor]
    for delegation in given:
        exact = set(actor.roles) == {delegation.role} and same_boards(actor.boards, delegation.boards)
        if exact and delegation.in_force(now):
            return None
    return Refusal(
        code="no-delegation",
        message=f'"{actor.name}" may not act as {", ".join(actor.roles) or "nobody"} for '
        f'{in_words(actor.boards)} on behalf of "{grantor}": {_what_is_there(given, now)}.',
    )


def _what_is_there(given: list[Delegation], now: datetime) -> str:
    running = [it for it in given if it.in_force(now)]
    if running:
        told = " and ".join(f"{it.role} for {in_words(it.boards)}" for it in running)
        return f"what is delegated is {told}"
    if given:
        return f"the delegation counts until {at_day(max(it.until for it in given))} and not now"
    return "ask for a delegation first"


def same_boards(one: Boards, other: Boards) -> bool:
    """Say whether both are the same boards, in whatever order."""
    if one == "all" or other == "all":
        return one == other
    return set(one) == set(other)


def in_words(boards: Boards) -> str:
    """Boards in words."""
    return "all boards" if boards == "all" else ", ".join(boards) or "no board"
