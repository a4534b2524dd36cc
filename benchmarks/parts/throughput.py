"""Sign-offs a second and how long each waits, until every event stands in the ledger, against the floor."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from benchmarks.figures import Figure, Result, percentile, ratios
from benchmarks.parts import Part, Scale
from benchmarks.sign_offs import Team
from benchmarks.site import Site

AT_ONCE = 3
"""Sign-offs on their way at once in each workflow."""


@dataclass(frozen=True)
class Pass:
    """One side's turn."""

    sign_offs: int
    acknowledged: float
    recorded: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        """Sign-offs a second until all of them are where they belong."""
        return self.sign_offs / self.recorded


async def measure(site: Site, scale: Scale) -> Part:
    """Measure both sides in turn."""
    ours: list[Pass] = []
    floors: list[Pass] = []
    for turn in range(scale.rounds):
        teams, bare = await site.rollouts(scale.workflows), await site.floors(scale.workflows)
        sides = [(ours, teams), (floors, bare)]
        for passes, side in sides if turn % 2 == 0 else reversed(sides):
            passes.append(await _drive(site, side, recording=passes is ours))
    return Part([*_rates(ours, floors), *_latencies(ours, floors)], {"ours": ours, "floor": floors})


async def _drive(site: Site, teams: Sequence[Team], *, recording: bool) -> Pass:
    begun = perf_counter()
    await asyncio.gather(*(team.sign(AT_ONCE) for team in teams))
    acknowledged = perf_counter() - begun
    if recording:
        await site.recorded(teams)
    latencies = [answer.latency for team in teams for answer in team.answers]
    return Pass(len(latencies), acknowledged, perf_counter() - begun, latencies)


def _rates(ours: list[Pass], floors: list[Pass]) -> list[Result]:
    our_rates, floor_rates = [it.rate for it in ours], [it.rate for it in floors]
    lag = [it.recorded - it.acknowledged for it in ours]
    return [
        Result(
            "Sign-offs a second against bare updates",
            Figure.of(ratios(our_rates, floor_rates)),
            "x",
            goal=0.85,
            at_least=True,
        ),
        Result("Sign-offs a second, recorded", Figure.of(our_rates), "/s"),
        Result("Bare updates a second", Figure.of(floor_rates), "/s"),
        Result("From the last answer to the last event in the ledger", Figure.of(lag), "s"),
    ]


def _latencies(ours: list[Pass], floors: list[Pass]) -> list[Result]:
    return [
        Result(
            f"{name}, p{share * 100:.0f}",
            Figure.of([percentile(it.latencies, share) * 1000 for it in passes]),
            "ms",
        )
        for name, passes in (
            ("Answer to a sign-off under that load", ours),
            ("Answer to a bare update", floors),
        )
        for share in (0.5, 0.95)
    ]
