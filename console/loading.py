"""Loads a programme: registers its catalogue in the ledger and opens its office."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalogue.database import open_pool
from catalogue.notices import POLICY_KIND
from catalogue.queries.programmes import show_programme
from catalogue.registry import Entry, Loaded, register
from console.acting import actor_of, read_claim
from console.beginning import see_begun
from console.ending import NotDone
from console.output import counted
from console.own import find_identity
from console.reading import opened
from domain.actor import Actor
from domain.names import notices_id, programme_id
from domain.office_commands import OpenProgramme
from domain.programme import Charter
from identity.keyring import Keyring
from programme.contents import Programme
from programme.errors import ProgrammeInvalid
from programme.reader import load_programme
from runtime.settings import Settings


async def load(
    directory: Path | None, acting_as: str | None, identity: str | None, settings: Settings | None = None
) -> list[str]:
    """Load a programme and say what came of it; loading it again changes nothing.

    Args:
        directory: The programme's folder; the settings' own unless given.
        acting_as: In which role it is loaded; the first that steers the programme unless given.
        identity: Which identity loads it.
        settings: Where everything is; found as always unless given.

    Raises:
        NotDone: The programme's files have problems; says every one, a line each.
    """
    settings = settings or Settings()
    try:
        programme = load_programme(directory or settings.programme)
    except ProgrammeInvalid as error:
        raise NotDone(str(error)) from error
    async with opened(
        settings.database_url
    ) as connection:  # says what is wrong with the database, if anything
        office = await show_programme(connection, programme.id)
    claim = read_claim(acting_as or programme.authority.national[0])
    who = find_identity(settings, identity, claim)
    by = actor_of(claim, who.name)
    async with await open_pool(settings.database_url, size=1) as pool:
        loaded = await register(pool, tuple(entries(programme)), now=datetime.now(UTC), by=by)
    if office is None:
        await open_office(programme, by, settings, who.keyring)
    await open_notice_desk(programme, settings)
    return [*_report(programme, loaded), _office_line(programme, opened_now=office is None)]


def entries(programme: Programme) -> Iterator[Entry]:
    """What the catalogue registers of a programme: entities, boards, roles, barriers and strategies."""
    for entity in programme.entities:
        yield str(entity.kind), entity.id, _content(entity)
    for board in programme.boards:
        yield "board", board.id, _content(board)
    for role in programme.roles:
        yield "role", role.id, _content(role)
    for category in programme.barriers:
        yield "barrier", category.id, _content(category)
    for strategy in programme.strategies:
        yield "strategy", strategy.id, _content(strategy)
    if programme.policy is not None:
        yield POLICY_KIND, programme.id, _content(programme.policy)


def _content(thing: Any) -> dict[str, Any]:
    content: dict[str, Any] = thing.model_dump(mode="json")
    return content


async def open_office(programme: Programme, by: Actor, settings: Settings, keyring: Keyring) -> None:
    """Open the programme office and return once the ledger has it; one that is open stays as it is.

    Raises:
        NotDone: Whoever opens it may not, or no worker answers.
    """
    from temporalio.common import WorkflowIDConflictPolicy

    from runtime.client import connect
    from workflows.lives import ProgrammeLife
    from workflows.shell import TASK_TIMEOUT

    charter = Charter(
        programme=programme.id,
        name=programme.name,
        limits=programme.capacity.limits,
        draws=programme.capacity.draws,
        serving=programme.capacity.serving,
        authority=programme.authority,
    )
    client = await connect(settings, keyring=keyring)
    begun = await client.start_workflow(
        "ProgrammeOffice",
        ProgrammeLife(start=OpenProgramme(actor=by, charter=charter)),
        id=programme_id(programme.id),
        task_queue=settings.task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        task_timeout=TASK_TIMEOUT,
        static_summary=f"The office of {programme.name}",
    )
    async with opened(settings.database_url) as connection:
        await see_begun(begun, connection)


async def open_notice_desk(programme: Programme, settings: Settings) -> None:
    """Open the notice desk, unless it is open or the programme sets no rules for notices.

    It takes no command with its start, and acts by the rules in the catalogue alone.
    """
    from temporalio.common import WorkflowIDConflictPolicy

    from runtime.client import connect
    from workflows.lives import NoticeLife

    if programme.policy is None:
        return
    client = await connect(settings)
    await client.start_workflow(
        "NoticeDesk",
        NoticeLife(programme=programme.id),
        id=notices_id(programme.id),
        task_queue=settings.task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=f"The notice desk of {programme.name}",
    )


def _report(programme: Programme, loaded: Loaded) -> Iterator[str]:
    boards, entities, roles = len(programme.boards), len(programme.entities), len(programme.roles)
    barriers = len(programme.barriers)
    what = (
        f"{counted(entities, 'entry', 'entries')}, {counted(boards, 'board')}, {counted(roles, 'role')} and "
        f"{counted(barriers, 'category', 'categories')} of barriers"
    )
    if not loaded.added and not loaded.changed:
        yield f"{programme.name}: nothing has changed in {what}."
        return
    yield (
        f"{programme.name}: {what}, of which {len(loaded.added)} are new, {len(loaded.changed)} changed and "
        f"{len(loaded.unchanged)} as before."
    )
    if loaded.changed:
        yield f"Changed: {', '.join(stream.removeprefix('entity/') for stream in loaded.changed)}."


def _office_line(programme: Programme, *, opened_now: bool) -> str:
    if opened_now:
        places = ", ".join(f"{most} for {lane}" for lane, most in programme.capacity.national.items())
        return f"The programme office is open. National places: {places}."
    return "The programme office was open already."
