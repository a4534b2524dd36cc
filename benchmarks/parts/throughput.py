"""Sign-offs a second and how long each waits, until every event stands in the ledger, against the floor.

Measured twice in each turn: once the steps of a plan are signed, and once the whole of a rollout is, with the
decisions that end its stages and tell its technology and the programme office.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from benchmarks.figures import Figure, Result, percentile, ratios
from benchmarks.parts import Part, Scale
from benchmarks.sign_offs import Team
from benchmarks.site import Site

AT_ONCE = 3
"""Sign-offs on their way at once in each workflow."""

FEW = 3
"""Rollouts at once on a machine that is busy but not overloaded; the other load is the scale's."""


@dataclass(frozen=True)
class Pass:
    """One side's turn.

    Attributes:
        steps: Sign-offs of the first plan.
        steps_took: Seconds until all of them were where they belong.
        lag: Seconds of these from the last answer to the last event in the ledger.
        sign_offs: All sign-offs.
        took: Seconds until all of them were where they belong.
        latencies: Seconds that each waited for its answer.
        charged: Seconds of processor that each process was charged.
    """

    steps: int
    steps_took: float
    lag: float
    sign_offs: int
    took: float
    latencies: list[float]
    charged: dict[str, float]

    @property
    def step_rate(self) -> float:
        """Sign-offs of a plan's steps a second."""
        return self.steps / self.steps_took

    @property
    def rate(self) -> float:
        """Sign-offs of a whole rollout a second."""
        return self.sign_offs / self.took


async def measure(site: Site, scale: Scale) -> Part:
    """Measure both sides in turn, with few rollouts at once and with many."""
    results: list[Result] = []
    raw: dict[str, object] = {}
    remarks = ""
    for workflows in sorted({min(FEW, scale.workflows), scale.workflows}):
        ours, floors = await _take_turns(site, scale.rounds, workflows)
        results += [*_rates(ours, floors, workflows), *_latencies(ours, floors)]
        raw[f"{workflows} at once"] = {"ours": ours, "floor": floors}
        remarks = _charges(ours, floors, workflows)
    return Part(results, raw, remarks)


async def _take_turns(site: Site, rounds: int, workflows: int) -> tuple[list[Pass], list[Pass]]:
    ours: list[Pass] = []
    floors: list[Pass] = []
    for turn in range(rounds):
        teams, bare = await site.rollouts(workflows), await site.floors(workflows)
        sides = [(ours, teams), (floors, bare)]
        for passes, side in sides if turn % 2 == 0 else reversed(sides):
            passes.append(await _drive(site, side, recording=passes is ours))
    return ours, floors


async def _drive(site: Site, teams: Sequence[Team], *, recording: bool) -> Pass:
    decisions = 2
    left = len(site.programme.playbooks[0].handover.steps) + decisions
    charged, begun = site.processor_seconds(), perf_counter()
    await asyncio.gather(*(team.sign(AT_ONCE, until=left) for team in teams))
    answered = perf_counter()
    if recording:
        await site.recorded(teams)
    recorded = perf_counter()
    steps = sum(len(team.answers) for team in teams)
    await asyncio.gather(*(team.sign(AT_ONCE) for team in teams))
    if recording:
        await site.recorded(teams)
    took = perf_counter() - begun
    spent = {name: total - charged.get(name, 0) for name, total in site.processor_seconds().items()}
    latencies = [answer.latency for team in teams for answer in team.answers]
    return Pass(steps, recorded - begun, recorded - answered, len(latencies), took, latencies, spent)


def _rates(ours: list[Pass], floors: list[Pass], workflows: int) -> list[Result]:
    steps = ratios([it.step_rate for it in ours], [it.step_rate for it in floors])
    whole = ratios([it.rate for it in ours], [it.rate for it in floors])
    at_once = f"{workflows} rollouts at once"
    return [
        Result(
            f"Sign-offs of steps a second against bare updates, {at_once}",
            Figure.of(steps),
            "x",
            goal=0.85,
            at_least=True,
        ),
        Result(
            f"The same with the decisions and messages at the end of stages, {at_once}",
            Figure.of(whole),
            "x",
            goal=0.85,
            at_least=True,
        ),
        Result("Sign-offs of steps a second, recorded", Figure.of([it.step_rate for it in ours]), "/s"),
        Result("Bare updates a second", Figure.of([it.step_rate for it in floors]), "/s"),
        Result(
            "From the last answer to the last event in the ledger", Figure.of([it.lag for it in ours]), "s"
        ),
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


def _charges(ours: list[Pass], floors: list[Pass], workflows: int) -> str:
    """What processors were charged for, as Markdown."""

    def per_sign_off(passes: list[Pass], name: str) -> float:
        return median(it.charged.get(name, 0.0) / it.sign_offs for it in passes) * 1000

    rows = [(name, per_sign_off(ours, name), per_sign_off(floors, name)) for name in ours[-1].charged]
    lines = [
        f"**Milliseconds of processor for a sign-off of a whole rollout, {workflows} at once** (medians):",
        "",
        "| Process | Cairn | Floor |",
        "|---|---:|---:|",
        *(f"| {name} | {our:.2f} | {floor:.2f} |" for name, our, floor in rows),
        f"| together | {sum(it[1] for it in rows):.2f} | {sum(it[2] for it in rows):.2f} |",
    ]
    return "\n".join(lines)
