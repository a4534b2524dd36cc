"""Changing direction: what a change would do, before anybody signs, and doing it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.ending import NotDone

if TYPE_CHECKING:
    from console.desk import Desk
    from console.fates import Fate
    from domain.actor import Actor
    from domain.event import Command
    from domain.foresight import Consequences
    from domain.outlook import Life

PreviewOption = Annotated[
    bool,
    typer.Option("--preview", help="Only show what it would do: on dates, capacity and who depends on it."),
]
WhyOption = Annotated[
    str | None, typer.Option("--reason", help="Why, in a few words; it stays on the record.")
]


@dataclass(frozen=True)
class Asked:
    """How somebody asks for a change.

    Attributes:
        reason: Why; a preview needs none.
        preview: Whether only to show what it would do.
        acting_as: The role and board, as they were typed; a preview needs none.
        identity: Which identity acts, as it was typed.
        form: How the consequences are written.
    """

    reason: str | None
    preview: bool
    acting_as: str | None
    identity: str | None
    form: output.Format


@dataclass(frozen=True)
class Change:
    """A decision that changes direction.

    Attributes:
        stream: The life that decides.
        update: The name under which it is sent.
        command: What is decided.
        done: What is said once it was done.
        fates: What becomes of the boards, where that takes more than dates to say.
    """

    stream: str
    update: str
    command: "Command"
    done: str
    fates: "tuple[Fate, ...]" = ()


@dataclass(frozen=True)
class Scene:
    """What a change is made of.

    Attributes:
        connection: The way to the catalogue.
        lives: The states of all that is at hand.
        actor: Who decides.
        reason: Why.
        office: The stream of the programme office.
    """

    connection: reading.Connection
    lives: "dict[str, Life]"
    actor: "Actor"
    reason: str
    office: str


Maker = Callable[[Scene], Awaitable[Change]]


def turn(
    make: Maker,
    technology: str | None,
    asked: Asked,
    *,
    shown_first: bool = False,
    **texts: str,
) -> None:
    """Show what a change would do, or do it and say in short what it does.

    Args:
        make: What makes the change of the scene.
        technology: The technology's slug; ``None`` where the programme office decides.
        asked: How it is asked for.
        shown_first: Whether all that it does is shown before it is done.
        texts: What was written freely beside the reason, checked before anything is sent.

    Raises:
        NotDone: It was refused, or there was no reason.
    """
    from console import consequences, fates

    if asked.preview:
        _, change, found = reading.ask(
            lambda connection: foresee(connection, make, technology, asked.acting_as, asked.reason)
        )
        if asked.form is output.Format.JSON:
            _write(change, found)
            return
        consequences.check(found)
        fates.draw(change.fates)
        consequences.draw(found)
        return
    why = said_why(asked.reason)

    async def send(desk: "Desk") -> "tuple[Change, Consequences]":
        lives, office = await read_lives_of(desk.connection, technology)
        scene = Scene(desk.connection, lives, desk.actor, why, office)
        change = await make(scene)
        found = foreseen(scene, change)
        if shown_first and asked.form is output.Format.TABLE:
            consequences.draw(found)
        await desk.send(change.stream, change.update, change.command)
        return change, found

    from console.desk import at_desk

    change, found = at_desk(asked.acting_as, asked.identity, send, reason=why, **texts)
    if asked.form is output.Format.JSON:
        _write(change, found)
        return
    output.write(change.done)
    fates.draw(change.fates)
    if not shown_first:
        consequences.tell(found)


def _write(change: Change, found: "Consequences") -> None:
    """What a change does, for programs."""
    fates = {"fates": change.fates} if change.fates else {}
    output.write_json({**found.model_dump(mode="json"), **fates})


def said_why(reason: str | None) -> str:
    """The reason of a change.

    Raises:
        NotDone: None was given.
    """
    if reason is None:
        raise NotDone("Say why: add --reason, or --preview to see what it would do.")
    return reason


async def foresee(
    connection: reading.Connection,
    make: Maker,
    technology: str | None,
    acting_as: str | None,
    reason: str | None,
) -> "tuple[Scene, Change, Consequences]":
    """What a change is made of, the change, and what it would do.

    Args:
        connection: The way to the catalogue.
        make: What makes the change of the scene.
        technology: The technology's slug; ``None`` where the programme office decides.
        acting_as: The role and board, as they were typed; somebody who may decide unless given.
        reason: Why, if that was said.

    Raises:
        NotDone: Not all of it may be read, or it cannot be made.
    """
    from domain.names import technology_id

    lives, office = await read_lives_of(connection, technology)
    about = lives[office if technology is None else technology_id(technology)]
    actor = await _previewing(connection, about, acting_as)
    scene = Scene(connection, lives, actor, PREVIEWED if reason is None else reason, office)
    change = await make(scene)
    return scene, change, foreseen(scene, change)


PREVIEWED = "previewed"
"""The reason of a change that is not made."""

UNSEEN = "Not all of its events may be read here, so nothing can be foreseen: ask somebody who may read them."


async def _previewing(connection: reading.Connection, state: "Life", acting_as: str | None) -> "Actor":
    """Whoever looks ahead: in the role that was named, else as somebody who may decide."""
    from console.acting import actor_of, check_claim, read_claim
    from domain.actor import Actor
    from domain.programme import Programme
    from domain.technology import Technology

    if acting_as:
        claim = read_claim(acting_as)
        await check_claim(connection, claim)
        return actor_of(claim, PREVIEWED)
    authority = state.charter.authority if isinstance(state, Programme) else None
    if isinstance(state, Technology):
        authority = state.authority
    return Actor(name=PREVIEWED, roles=authority.national if authority else (), boards="all")


def foreseen(scene: Scene, change: Change) -> "Consequences":
    """What a change would do."""
    from domain.foresight import consequences_of

    return consequences_of(scene.lives, ((change.stream, change.command),), datetime.now(UTC))


async def read_lives_of(
    connection: reading.Connection, technology: str | None
) -> "tuple[dict[str, Life], str]":
    """The states of the programme office and of all that shares its slots, with the office's stream.

    Technologies that are over are left out, unless they are asked for: they ask for no slot any more.

    Args:
        connection: The way to the catalogue.
        technology: The technology that is asked for; ``None`` for the programme whose office is open.

    Raises:
        NotDone: There is no such technology, no office is open, or not all of it may be read.
    """
    from catalogue.lives import read_lives
    from catalogue.queries.rollouts import list_rollouts, list_workstreams
    from catalogue.queries.technologies import list_technologies
    from console.finding import find_programme, find_technology
    from domain.names import programme_id, technology_id

    if technology is None:
        programme = (await find_programme(connection)).slug
    else:
        programme = (await find_technology(connection, technology)).programme
    going = [
        it.slug
        for it in await list_technologies(connection)
        if it.slug == technology
        or (it.programme == programme and it.stopped is None and it.stage != "sustained")
    ]
    rollouts = await list_rollouts(connection)
    tracks = await list_workstreams(connection)
    office = programme_id(programme)
    streams = [
        *(technology_id(slug) for slug in going),
        *(it.stream for it in rollouts if it.technology in going and it.stage != "planned"),
        *(it.stream for it in tracks if it.technology in going),
        office,
    ]
    lives = await read_lives(connection, streams)
    if any(stream not in lives for stream in streams):
        raise NotDone(UNSEEN)
    return {stream: lives[stream] for stream in streams}, office
