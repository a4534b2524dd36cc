"""How long a national rollout takes: the shipped programme, all boards, staff who never rest."""

import asyncio
import os
import sys
from time import perf_counter

from benchmarks.figures import Figure, Result
from benchmarks.parts import Part, Scale
from benchmarks.site import Site
from domain.names import programme_id, technology_id
from domain.office_commands import OpenProgramme
from domain.programme import Charter
from domain.technology import Propose
from runtime.settings import CODE
from workflows.lives import ProgrammeLife, TechnologyLife
from workflows.shell import TASK_TIMEOUT


async def measure(site: Site, scale: Scale) -> Part:
    """Carry technologies to business as usual, one after the other."""
    await _open_office(site)
    samples = [await _carry(site, f"national-{turn}") for turn in range(1, min(scale.rounds, 3) + 1)]
    events = await site.connection.fetchval(
        "SELECT count(*) FROM ledger.events WHERE stream ~ '^(technology|rollout|workstream)/national-1(/|$)'"
    )
    boards = len(site.programme.boards)
    note = f"{boards} boards, {events} events"
    return Part(
        [Result("A national rollout", Figure.of(samples), "s", goal=20, note=note)], {"seconds": samples}
    )


async def _open_office(site: Site) -> None:
    programme = site.programme
    charter = Charter(
        programme=programme.id,
        name=programme.name,
        limits=programme.capacity.limits,
        draws=programme.capacity.draws,
        serving=programme.capacity.serving,
        authority=programme.authority,
    )
    await site.client.start_workflow(
        "ProgrammeOffice",
        ProgrammeLife(start=OpenProgramme(actor=site.actor, charter=charter)),
        id=programme_id(programme.id),
        task_queue=site.settings.task_queue,
        task_timeout=TASK_TIMEOUT,
    )


async def _carry(site: Site, technology: str) -> float:
    proposal = site.programme.proposals[0].model_copy(update={"technology": technology})
    begun = perf_counter()
    await site.client.start_workflow(
        "TechnologyLifecycle",
        TechnologyLife(start=Propose(actor=site.actor, proposal=proposal)),
        id=technology_id(technology),
        task_queue=site.settings.task_queue,
        task_timeout=TASK_TIMEOUT,
    )
    await site.until("SELECT count(*) = 1 FROM catalogue.technologies WHERE slug = $1", technology)
    staff = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.staff", "--technology", technology),
        cwd=CODE,
        env={**os.environ, **site.settings.environment()},
        stdout=asyncio.subprocess.DEVNULL,
    )
    if await staff.wait():
        raise RuntimeError(f"The staff gave up on {technology}.")
    return perf_counter() - begun
