"""What a change would do before it is done: decided by the rules on the states as they are, then compared.

Nothing is guessed at. The command is decided as it would be, what it makes lives tell each other is delivered
until nobody has anything to say, and the plans before and after are held side by side.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pydantic import Field

from domain import (
    office_rules,
    programme,
    rollout,
    rollout_rules,
    rollout_wishes,
    technology,
    technology_rules,
    technology_wishes,
    workstream,
)
from domain.capacity import Lane, national
from domain.event import Command
from domain.form import check_form
from domain.office_commands import SetPriority
from domain.office_previews import Preview, preview
from domain.outlook import Life, Load, Outlook, Planned, TechnologyOutlook, look_ahead
from domain.programme import Programme
from domain.refusal import Refusal
from domain.rollout import StartRollout
from domain.technology import Technology
from domain.value import Fact
from domain.workstream import StartWorkstream


class Move(Fact):
    """Something planned that a change moves.

    Attributes:
        technology: The technology's slug.
        what: Whether it is a board, a workstream or a stage.
        name: Its slug.
        before: What was planned of it; ``None`` where it took no part.
        after: What is planned of it then.
    """

    technology: str
    what: Literal["board", "workstream", "stage"]
    name: str
    before: Planned | None
    after: Planned | None


class Turn(Fact):
    """What changes its place in the queue for slots, from 1, by its name; ``None`` where it has none."""

    name: str
    before: int | None
    after: int | None


class Consequences(Fact):
    """What a change would do.

    Attributes:
        refused: Why it would be refused; empty where it would be done.
        books: What a decision of the programme office would do to its books at once.
        moves: What would move of the technologies that it is about.
        elsewhere: What would move of other technologies.
        turns: Who would wait for a slot at another place.
        loads: How much would be used at the same time at most, before and after, by the name of the limit:
            the national places for developing, and of whatever else more or less would be used, or there be.
    """

    refused: tuple[str, ...] = ()
    books: Preview | None = None
    moves: tuple[Move, ...] = ()
    elsewhere: tuple[Move, ...] = ()
    turns: tuple[Turn, ...] = ()
    loads: dict[str, tuple[Load, Load]] = Field(default_factory=dict)

    @property
    def none(self) -> bool:
        """Whether nothing would move."""
        return not (self.moves or self.elsewhere or self.turns)


class _Rules(NamedTuple):
    decide: Callable[[Any, Command, datetime], tuple[Any, ...] | Refusal]
    evolve: Callable[[Any, Any], Life]
    messages: Callable[[Any], dict[str, Command]]


_RULES = {
    "technology": _Rules(technology_rules.decide, technology.evolve, technology_wishes.messages),
    "rollout": _Rules(rollout_rules.decide, rollout.evolve, rollout_wishes.messages),
    "workstream": _Rules(workstream.decide, workstream.evolve, workstream.messages),
    "programme": _Rules(office_rules.decide, programme.evolve, office_rules.messages),
}


def consequences_of(
    lives: Mapping[str, Life], changes: Sequence[tuple[str, Command]], now: datetime
) -> Consequences:
    """What commands would do, given one after the other: what moves, or why they would be refused.

    Args:
        lives: The states of the programme office and of all technologies, rollouts and workstreams at hand.
        changes: The commands, each with the stream that it is given to.
        now: The moment of the question.
    """
    exchange = settle(lives, now)
    before = dict(exchange.states)
    refused, books = list[str](), list[Preview]()
    for stream, command in changes:
        books += _books(exchange.states.get(stream), command, now)
        refusal = check_form(command) or exchange.give(stream, command)
        if refusal is not None:
            refused.append(refusal.message)
    if refused:
        return Consequences(refused=tuple(refused))
    about = frozenset(slug for stream, command in changes for slug in _subjects(stream, command, lives))
    planned = outlook_of(before, now)
    exchange.settle([stream for stream, _ in changes])
    found = compare(planned, outlook_of(exchange.states, now), about)
    return found.model_copy(update={"books": books[-1] if books else None})


def _books(state: Life | None, command: Command, now: datetime) -> tuple[Preview, ...]:
    """What a command would do to the books of the programme office, if it is given to that."""
    found = preview(state, command, now) if isinstance(state, Programme) else None
    return () if found is None or isinstance(found, Refusal) else (found,)


def _subjects(stream: str, command: Command, lives: Mapping[str, Life]) -> tuple[str, ...]:
    """The technologies that a command is about, by their slugs; what sets capacity is about all."""
    if isinstance(command, SetPriority):
        return (command.technology,)
    if _kind(stream) == "programme":
        return tuple(it.proposal.technology for it in lives.values() if isinstance(it, Technology))
    return (stream.split("/")[1],)


def outlook_of(lives: Mapping[str, Life], now: datetime) -> Outlook:
    """What is planned of all technologies at hand.

    Raises:
        ValueError: The programme office is not among the states.
    """
    office = next((it for _, it in sorted(lives.items()) if isinstance(it, Programme)), None)
    if office is None:
        raise ValueError("what is planned needs the programme office, which gives the slots")
    return look_ahead(lives, office, now)


# --- what follows elsewhere ---------------------------------------------------------------------------------


def settle(lives: Mapping[str, Life], now: datetime) -> "Exchange":
    """The exchange once everybody has heard from everybody else and nobody has anything left to say."""
    exchange = Exchange(lives, now)
    exchange.settle(lives)
    return exchange


class Exchange:
    """What lives tell each other, and how they stand when they have heard it.

    What is said first arrives first, as between workflows: a wave's boards ask for slots in their order. The
    form of what they say is not checked: it was made by the rules, and not by people.

    Attributes:
        states: How each life stands, by its stream.
    """

    def __init__(self, lives: Mapping[str, Life], now: datetime) -> None:
        self.states = dict(lives)
        self._now = now
        self._told: dict[tuple[str, str], Command] = {}

    def settle(self, changed: Iterable[str]) -> None:
        """Have lives that changed say what they have to say, until nobody has anything left to say."""
        post = [letter for stream in changed for letter in self._letters(stream)]
        while post:
            to, command = post.pop(0)
            if isinstance(command, StartRollout | StartWorkstream) == (to in self.states):
                continue
            known = self.states.get(to)
            self.give(to, command)
            if to in self.states and self.states[to] != known:
                post += self._letters(to)

    def give(self, stream: str, command: Command) -> Refusal | None:
        """Have a life decide a command and go on from there; answer why not, if it refuses."""
        rules = _RULES[_kind(stream)]
        state = self.states.get(stream)
        answer = rules.decide(state, command, self._now)
        if isinstance(answer, Refusal):
            return answer
        for event in answer:
            self.states[stream] = state = rules.evolve(state, event)
        return None

    def _letters(self, stream: str) -> list[tuple[str, Command]]:
        """What a life has to say that it has not said before."""
        state = self.states[stream]
        letters: list[tuple[str, Command]] = list(_births(state))
        for to, command in _RULES[_kind(stream)].messages(state).items():
            if self._told.get((stream, to)) != command:
                self._told[stream, to] = command
                letters.append((to, command))
        return letters


def _births(state: Life) -> Iterable[tuple[str, Command]]:
    return technology_wishes.children(state).items() if isinstance(state, Technology) else ()


def _kind(stream: str) -> str:
    return stream.partition("/")[0]


# --- before and after ---------------------------------------------------------------------------------------


def compare(before: Outlook, after: Outlook, about: frozenset[str]) -> Consequences:
    """What differs between two plans.

    Args:
        before: What was planned.
        after: What is planned then.
        about: The technologies that the change is about, by their slugs.
    """
    slugs = sorted(frozenset((*before.technologies, *after.technologies)))
    nothing = TechnologyOutlook()
    moves = [
        move
        for slug in slugs
        for move in _moves(
            slug, before.technologies.get(slug, nothing), after.technologies.get(slug, nothing)
        )
    ]
    return Consequences(
        moves=tuple(it for it in moves if it.technology in about),
        elsewhere=tuple(it for it in moves if it.technology not in about),
        turns=_turns(before.queue, after.queue),
        loads=_loads(before.loads, after.loads),
    )


def _loads(before: dict[str, Load], after: dict[str, Load]) -> dict[str, tuple[Load, Load]]:
    found: dict[str, tuple[Load, Load]] = {}
    for name in sorted({**before, **after}):
        old, new = before.get(name), after.get(name)
        unused = Load(limit=(old or new or Load()).limit)
        found[name] = (old or unused, new or unused)
    always = national(Lane.DEVELOPING)
    return {name: pair for name, pair in found.items() if name == always or pair[0] != pair[1]}


def _moves(slug: str, before: TechnologyOutlook, after: TechnologyOutlook) -> Iterable[Move]:
    kinds: tuple[
        tuple[Literal["board", "workstream", "stage"], dict[str, Planned], dict[str, Planned]], ...
    ] = (
        ("stage", before.stages, after.stages),
        ("board", before.boards, after.boards),
        ("workstream", before.tracks, after.tracks),
    )
    for what, old, new in kinds:
        for name in dict.fromkeys((*old, *new)):
            if old.get(name) != new.get(name):
                yield Move(technology=slug, what=what, name=name, before=old.get(name), after=new.get(name))


def _turns(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Turn, ...]:
    found = (
        Turn(name=name, before=_place(before, name), after=_place(after, name))
        for name in dict.fromkeys((*before, *after))
    )
    return tuple(it for it in found if it.before != it.after)


def _place(queue: tuple[str, ...], name: str) -> int | None:
    return queue.index(name) + 1 if name in queue else None
