"""What `kill -9` of the only worker costs, with sign-offs on their way everywhere, and what it loses."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter, time

import psutil

from benchmarks.figures import Figure, Result
from benchmarks.parts import Part, Scale
from benchmarks.sign_offs import Team
from benchmarks.site import Site
from runtime.stack import GROWN_UP

AT_ONCE = 3
BEFORE = 0.3
"""The share of all sign-offs that is answered before the kill."""

_LOST = """
SELECT count(*) FROM unnest($1::text[], $2::text[], $3::int[]) AS said (stream, what, sequence)
WHERE NOT EXISTS (
    SELECT FROM ledger.events WHERE events.stream = said.stream AND events.sequence <= said.sequence
    AND said.what =
        coalesce(
            events.data ->> 'plan' || '/' || (events.data ->> 'step'),
            events.data ->> 'gate' || '/' || coalesce(events.data ->> 'role', events.data #>> '{vote,role}')
        )
    AND events.type IN ('step-completed', 'vote-cast', 'gate-decided')
)
"""


@dataclass(frozen=True)
class Crash:
    """What one kill cost.

    Attributes:
        in_flight: Sign-offs that were on their way.
        answered: Seconds from the kill until the last of those was answered.
        resumed: Seconds from the kill until every rollout had answered a sign-off sent after it.
        lost: Acknowledged sign-offs, before or after, that the ledger does not have.
    """

    in_flight: int
    answered: float
    resumed: float
    lost: int


async def measure(site: Site, scale: Scale) -> Part:
    """Kill the worker once a round, each time one that the supervisor takes for grown up."""
    crashes = [await _crash(site, scale) for _ in range(min(scale.rounds, 3))]
    flying = ", ".join(str(it.in_flight) for it in crashes)
    return Part(
        [
            Result(
                "From kill -9 until every sign-off on its way is answered",
                Figure.of([it.answered for it in crashes]),
                "s",
                goal=2,
                note=f"{flying} on their way",
            ),
            Result(
                "From kill -9 until every rollout answers again",
                Figure.of([it.resumed for it in crashes]),
                "s",
                goal=2,
                note=f"{scale.workflows} rollouts",
            ),
            Result("Acknowledged sign-offs lost", Figure.of([it.lost for it in crashes]), "", goal=0),
        ],
        {"crashes": crashes},
    )


async def _crash(site: Site, scale: Scale) -> Crash:
    teams = await site.rollouts(scale.workflows)
    await _grown_up(site)
    work = asyncio.gather(*(team.sign(AT_ONCE) for team in teams))
    enough = BEFORE * len(site.script("any")) * len(teams)
    while sum(len(team.answers) for team in teams) < enough:  # noqa: ASYNC110  # every answer counts
        await asyncio.sleep(0.001)
    killed = perf_counter()
    await site.stack.kill_worker()
    flying = {team.workflow: set(team.in_flight) for team in teams}
    await work
    await site.recorded(teams)
    return Crash(
        in_flight=sum(len(keys) for keys in flying.values()),
        answered=max(
            answer.answered - killed
            for team in teams
            for answer in team.answers
            if answer.key in flying[team.workflow]
        ),
        resumed=max(_first_fresh(team, killed) for team in teams),
        lost=await _lost(site, teams),
    )


def _first_fresh(team: Team, killed: float) -> float:
    return min(answer.answered - killed for answer in team.answers if answer.sent > killed)


async def _grown_up(site: Site) -> None:
    """Wait until the supervisor would restart the worker as after a first death."""
    born = psutil.Process(site.stack.pids()["Worker"]).create_time()
    await asyncio.sleep(max(born + GROWN_UP + 1 - time(), 0))


async def _lost(site: Site, teams: Sequence[Team]) -> int:
    said = [(team.workflow, it.key, it.receipt.sequence) for team in teams for it in team.answers]
    return int(await site.connection.fetchval(_LOST, *(list(column) for column in zip(*said, strict=True))))
