"""A read command as a whole process, against the least that Python needs to ask PostgreSQL the same."""

import asyncio
import os
import sys
from collections.abc import Sequence
from time import perf_counter

from benchmarks.figures import Figure, Result, ratios
from benchmarks.parts import Part, Scale
from benchmarks.site import Site
from runtime.settings import CODE

COMMAND = (sys.executable, str(CODE / "starter.py"), "technology", "list")
NAME = "`starter.py technology list` against a bare connection and query"

BARE = """
import asyncio, asyncpg, sys
async def ask():
    connection = await asyncpg.connect(sys.argv[1])
    print(await connection.fetch("SELECT * FROM catalogue.technologies"))
    await connection.close()
asyncio.run(ask())
"""
EACH = 4
"""Turns of both sides in a round."""


async def measure(site: Site, scale: Scale) -> Part:
    """Measure both sides in turn."""
    environment = {**os.environ, **site.settings.environment()}
    bare = (sys.executable, "-c", BARE, site.settings.database_url)
    ours: list[float] = []
    floors: list[float] = []
    for _ in range(EACH * scale.rounds + 1):
        taken = await _run(COMMAND, environment)
        if taken is None:
            return Part([Result(NAME, None, "x", goal=2, note="the command failed")])
        ours.append(taken)
        floors.append(await _run(bare, environment) or 0.0)
    ours, floors = ours[1:], floors[1:]  # the first turn reads the files from disk and compiles them
    return Part(
        [
            Result(NAME, Figure.of(ratios(ours, floors)), "x", goal=2),
            Result("`starter.py technology list`", Figure.of([it * 1000 for it in ours]), "ms"),
            Result(
                "Python with asyncpg, a connection and a query", Figure.of([it * 1000 for it in floors]), "ms"
            ),
        ],
        {"ours": ours, "floor": floors},
    )


async def _run(command: Sequence[str], environment: dict[str, str]) -> float | None:
    begun = perf_counter()
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environment,
        cwd=CODE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return None if await process.wait() else perf_counter() - begun
