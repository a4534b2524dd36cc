"""Billable actions and bytes of history of one board's rollout, against the same updates on the floor."""

import asyncio
from collections import Counter

from benchmarks.bill import Bill, bill_of, read_metrics, server_counts
from benchmarks.figures import Figure, Result, ratios
from benchmarks.parts import Part, Scale
from benchmarks.sign_offs import Team
from benchmarks.site import Site

SHAPES = {"three sign-offs at once": 3, "one sign-off at a time": 1}
LIMIT = 1.5

METRICS_DELAY = 1.5
"""Seconds after which the server's metrics show what has just happened."""

HEARTBEAT = "grpc_RecordActivityTaskHeartbeat"
"""What no history shows; those of the office's one recording are charged to the rollout too."""


async def measure(site: Site, scale: Scale) -> Part:
    """Measure both shapes, each with its floor."""
    results: list[Result] = []
    raw: dict[str, object] = {}
    remarks: list[str] = []
    for shape, at_once in SHAPES.items():
        ours, floors, counted = await _bills(site, at_once, min(scale.rounds, 3))
        results += _compare(shape, ours, floors)
        raw[shape] = {"ours": ours, "floor": floors, "server": counted}
        remarks.append(_breakdown(shape, ours[-1], floors[-1], counted))
    return Part(results, raw, "\n\n".join(remarks))


async def _bills(site: Site, at_once: int, rounds: int) -> tuple[list[Bill], list[Bill], Counter[str]]:
    ours: list[Bill] = []
    floors: list[Bill] = []
    counted: Counter[str] = Counter()
    address = site.metrics()
    for _ in range(rounds):
        before = await _counts(address)
        (team,) = await site.rollouts(1)
        await team.sign(at_once)
        await site.recorded([team])
        counted = await _counts(address) - before  # first: it may still have to continue as new
        bill = await bill_of(site.client, team.workflow)
        bill.actions["heartbeat"] = counted[HEARTBEAT]
        ours.append(bill)
        floors.append(await _floor(site, at_once))
    return ours, floors, counted


async def _counts(address: str | None) -> Counter[str]:
    await asyncio.sleep(METRICS_DELAY)
    return server_counts(await asyncio.to_thread(read_metrics, address)) if address else Counter()


async def _floor(site: Site, at_once: int) -> Bill:
    team: Team
    (team,) = await site.floors(1)
    await team.sign(at_once)
    return await bill_of(site.client, team.workflow)


def _compare(shape: str, ours: list[Bill], floors: list[Bill]) -> list[Result]:
    actions = ratios([it.total for it in ours], [it.total for it in floors])
    sizes = ratios([it.bytes for it in ours], [it.bytes for it in floors])
    note = f"{ours[-1].total} against {floors[-1].total}"
    weights = f"{ours[-1].bytes / 1024:.0f} KB against {floors[-1].bytes / 1024:.0f} KB"
    return [
        Result(f"Billable actions of a rollout, {shape}", Figure.of(actions), "x", goal=LIMIT, note=note),
        Result(f"Bytes of history of a rollout, {shape}", Figure.of(sizes), "x", goal=LIMIT, note=weights),
    ]


def _breakdown(shape: str, ours: Bill, floor: Bill, counted: Counter[str]) -> str:
    lines = [
        f"**A rollout, {shape}**: {ours.events} events in {ours.runs} runs, floor {floor.events} events.",
        "",
        *_table("Actions", ours.actions, floor.actions),
        "",
        *_table("Bytes of history", ours.sizes, floor.sizes),
    ]
    if counted:
        kinds = ", ".join(f"{kind} {number}" for kind, number in counted.most_common())
        lines += ["", f"The server itself counted, for the rollout, its office and its technology: {kinds}."]
    return "\n".join(lines)


def _table(title: str, ours: Counter[str], floor: Counter[str]) -> list[str]:
    kinds = [kind for kind, _ in ours.most_common()] + sorted(set(floor) - set(ours))
    return [
        f"| {title} | Rollout | Floor |",
        "|---|---:|---:|",
        *(f"| {kind} | {ours[kind]} | {floor[kind]} |" for kind in kinds),
        f"| together | {ours.total()} | {floor.total()} |",
    ]
