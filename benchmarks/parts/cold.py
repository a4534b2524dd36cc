"""A sign-off late in a rollout's life on a worker that has forgotten it, against one that knows it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.figures import Figure, Result, ratios
from benchmarks.parts import Part, Scale
from benchmarks.sign_offs import Team, voters
from benchmarks.site import Site

EACH = 4
"""Rollouts on either side of a round; one more takes a new process's first work, which is measured apart."""


@dataclass
class Samples:
    """Seconds from sending the last step of a plan to its answer, and the histories it was sent to."""

    warm: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)


async def measure(site: Site, scale: Scale) -> Part:
    """Measure at the end of both of a rollout's plans: the first has the longer history."""
    gates = site.programme.proposals[0].gates
    after_handover = len(voters(gates.handover))
    handover = len(site.programme.playbooks[0].handover.steps)
    after_replication = len(voters(gates.go_live)) + handover + after_handover
    moments = {"the handover": 1 + after_handover, "replication": 1 + after_replication}
    samples = {moment: Samples() for moment in moments}
    for _ in range(min(scale.rounds, 3)):
        for moment, left in moments.items():
            await _take(site, samples[moment], left)
    results = [result for moment, taken in samples.items() for result in _results(moment, taken)]
    return Part(results, dict(samples))


async def _take(site: Site, samples: Samples, left: int) -> None:
    teams = await site.rollouts(2 * EACH + 1)
    await asyncio.gather(*(team.sign(3, until=left) for team in teams))
    await site.recorded(teams)
    samples.lengths += [await _length(site, team) for team in teams]
    samples.warm += await _sign_one(teams[:EACH], left)
    await site.restart_worker()
    samples.first += await _sign_one(teams[EACH : EACH + 1], left)
    samples.cold += await _sign_one(teams[EACH + 1 :], left)


async def _sign_one(teams: Sequence[Team], left: int) -> list[float]:
    latencies = []
    for team in teams:
        await team.sign(1, until=left - 1)
        latencies.append(team.answers[-1].latency)
    return latencies


async def _length(site: Site, team: Team) -> int:
    return int((await site.client.get_workflow_handle(team.workflow).describe()).history_length)


def _results(moment: str, taken: Samples) -> list[Result]:
    length = Figure.of(taken.lengths)
    note = f"histories of {length.low:.0f} to {length.high:.0f} events"
    against = f"A sign-off at the end of {moment}, on a cold worker against a warm one"
    return [
        Result(against, Figure.of(ratios(taken.cold, taken.warm)), "x", goal=5, note=note),
        Result("That sign-off, warm", _milliseconds(taken.warm), "ms"),
        Result("That sign-off, cold", _milliseconds(taken.cold), "ms"),
        Result("That sign-off, the very first of a new process", _milliseconds(taken.first), "ms"),
    ]


def _milliseconds(seconds: list[float]) -> Figure:
    return Figure.of([it * 1000 for it in seconds])
