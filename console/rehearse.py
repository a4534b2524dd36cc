"""Performs the demonstration: services, programme, proposal, scripted staff, and what came of it."""

import asyncio
import contextlib
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from catalogue.queries.coverage import coverage
from catalogue.queries.technologies import list_technologies, show_technology
from console import matrix, output, page, proposal, reading
from console.acting import Claimed
from console.desk import Desk
from console.ending import NotDone
from console.loading import load
from console.output import counted
from console.own import find_identity
from console.reading import opened
from console.up import DEVELOPMENT, migrate
from console.watch import Screen, looks
from domain.actor import Actor
from domain.names import rollout_id
from domain.proposal import Proposal
from programme.reader import load_programme
from runtime.client import connect
from runtime.development import FOLDER
from runtime.errors import AlreadyRunning
from runtime.service import surroundings
from runtime.settings import CODE, Settings
from runtime.stack import Stack
from runtime.state import default_home

if TYPE_CHECKING:
    from catalogue.rows.journeys import Rollout, Technology
    from catalogue.rows.work import Decision

TECHNOLOGY = "ccbt-perinatal"
REHEARSAL_DAY = timedelta(seconds=0.5)
"""How long a day of the plans lasts here."""

REMARKS = 4
"""Remarks of the staff that the picture shows."""


async def perform(*, staying: bool) -> int:
    """Perform the demonstration and return the exit code.

    Args:
        staying: Whether somebody is there who would like to look around afterwards.
    """
    async with _services() as (settings, ours):
        technology = await _propose(settings)
        code = await _rehearse(settings, technology)
        if code:
            output.write(f"The rehearsal ended early (code {code}): see above.")
        await _conclude(settings, technology)
        if ours and staying and not code:
            output.write("\nThe services stay up so that you can look around; Ctrl-C stops them.")
            sys.stdout.flush()
            with contextlib.suppress(asyncio.CancelledError):  # the ordinary way to end, which is no failure
                await asyncio.get_running_loop().create_future()
        return code


@asynccontextmanager
async def _services() -> AsyncIterator[tuple[Settings, bool]]:
    """The services of this home: those that run, else others that last as long as the demonstration."""
    home = default_home()
    stack = Stack(home, prepare=migrate)
    async with contextlib.AsyncExitStack() as ending:
        try:
            _say("Starting PostgreSQL, Temporal with its UI, and a worker ...")
            await ending.enter_async_context(stack)
        except AlreadyRunning:
            _say(f"Cairn is running in {home} already: the demonstration uses it.")
            yield _running(), False
            return
        _say(DEVELOPMENT.format(stack.settings.home / FOLDER))
        yield stack.settings, True


def _running() -> Settings:
    """The settings of the services that run in this home, whatever else the environment names."""
    state = reading.running_settings()
    if not state:
        raise NotDone("The services of this home are still starting: try again in a moment.")
    return Settings(**state, temporal_pinned=True)


async def _propose(settings: Settings) -> str:
    for line in await load(CODE / "programme" / "scotland", None, None, settings):
        _say(line)
    programme = load_programme(CODE / "programme" / "scotland")
    chosen = proposal.with_day(programme.proposal(TECHNOLOGY), REHEARSAL_DAY)
    role = chosen.authority.national[0]
    async with opened(settings.database_url) as connection:
        taken = {it.slug for it in await list_technologies(connection)}
        chosen = _under_free_slug(chosen, taken)
        who = find_identity(settings, None, Claimed((role,), None))
        actor = Actor(name=who.name, roles=(role,), boards="all")
        desk = Desk(connection, actor, settings, who.keyring)
        await proposal.begin(desk, chosen)
    _say(
        f"{chosen.title} is proposed as {chosen.technology}. A day of its plans lasts "
        f"{REHEARSAL_DAY.total_seconds()} s, and scripted staff do the work."
    )
    _say(f"Watch it in the Temporal UI too: {link(settings, 'CairnTechnology', chosen.technology)}")
    return chosen.technology


def _under_free_slug(chosen: Proposal, taken: set[str]) -> Proposal:
    slug, count = chosen.technology, 1
    while slug in taken:
        count += 1
        slug = f"{chosen.technology}-{count}"
    return chosen.model_copy(update={"technology": slug})


# --- the rehearsal ------------------------------------------------------------------------------------------


async def _rehearse(settings: Settings, technology: str) -> int:
    staff = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "rehearsal.staff", "--technology", technology),
        cwd=CODE,
        env=surroundings(**settings.environment(), PYTHONUNBUFFERED="1"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C is for the demonstration, which ends them
    )
    screen = Screen(live=sys.stdout.isatty(), remarks=REMARKS)
    with screen:
        hearing = asyncio.create_task(_hear(staff, screen))
        watching = asyncio.create_task(_watch(settings, technology, screen))
        try:
            code = await staff.wait()
            await hearing
            if code == 0:
                await watching
        finally:
            for task in (hearing, watching):
                task.cancel()
            await asyncio.gather(hearing, watching, return_exceptions=True)
            if staff.returncode is None:
                staff.terminate()
                await staff.wait()
    return code


async def _hear(staff: asyncio.subprocess.Process, screen: Screen) -> None:
    if staff.stdout is not None:
        async for line in staff.stdout:
            if words := line.decode(errors="replace").strip():
                screen.remark(words)


async def _watch(settings: Settings, technology: str, screen: Screen) -> None:
    async with opened(settings.database_url) as connection:
        async for snapshot in looks(connection, technology):
            screen.show(snapshot)


# --- what came of it ----------------------------------------------------------------------------------------


async def _conclude(settings: Settings, slug: str) -> None:
    async with opened(settings.database_url) as connection:
        card = await show_technology(connection, slug)
        if card is None:
            return
        output.heading("Coverage")
        matrix.draw(await coverage(connection))
        page.decisions(_telling(card.decisions))
        page.steering(card.steering)
        kinds = Counter({row["type"]: row["count"] for row in await connection.fetch(_COUNTS, slug)})
    output.heading("In the ledger")
    most = ", ".join(f"{number:,} {kind}" for kind, number in kinds.most_common(6))
    output.write(f"{counted(kinds.total(), 'event')}: {most} and others.")
    await _links(settings, card.technology, card.rollouts)


_COUNTS = "SELECT type, count(*) FROM ledger.events WHERE split_part(stream, '/', 2) = $1 GROUP BY type"


def _telling(decisions: "tuple[Decision, ...]") -> "list[Decision]":
    """The national decisions, and those of boards that did not simply proceed."""
    return [it for it in decisions if it.board is None or it.effect != "proceed"]


async def _links(settings: Settings, technology: "Technology", rollouts: "tuple[Rollout, ...]") -> None:
    slug = technology.slug
    board = rollouts[-1].board if rollouts else "fife"
    output.heading("In the Temporal UI")
    output.write(f"Everything of {slug}:\n  {link(settings, 'CairnTechnology', slug)}")
    output.write(f"Everything at {board}:\n  {link(settings, 'CairnBoard', board)}")
    output.write(f"Where {board} stands, in words:\n  {await _page(settings, rollout_id(slug, board))}")
    output.heading("Look around")
    for command in (
        f"technology show {slug}",
        f"rollout show {slug} {board}",
        "catalogue coverage",
        "doctor",
    ):
        output.write(f"  python starter.py {command}")


async def _page(settings: Settings, workflow: str) -> str:
    """The address of the page on which a workflow says in words where it stands."""
    client = await connect(settings)
    run = (await client.get_workflow_handle(workflow).describe()).run_id
    name = quote(workflow, safe="")
    return f"{settings.ui_url}/namespaces/{client.namespace}/workflows/{name}/{run}/user-metadata"


def link(settings: Settings, attribute: str, value: str) -> str:
    """Where the Temporal UI lists the running workflows with a search attribute of that value."""
    query = quote(f'{attribute}="{value}" AND ExecutionStatus="Running"', safe="")
    return f"{settings.ui_url}/namespaces/default/workflows?query={query}"


def _say(line: str) -> None:
    output.write(line)
    sys.stdout.flush()
