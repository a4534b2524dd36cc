"""One command, one stack, every figure: `python -m benchmarks` (`--quick` to see that it works)."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import report
from benchmarks.parts import Part, Scale, cold, command, cost, crash, encryption, halt, national, throughput
from benchmarks.site import open_site
from runtime.client import leave
from runtime.settings import CODE

PARTS = {
    "throughput": throughput.measure,
    "cost": cost.measure,
    "encryption": encryption.measure,
    "crash": crash.measure,
    "cold": cold.measure,
    "national": national.measure,
    "command": command.measure,
    "halt": halt.measure,
}
"""In an order in which the worker is old enough for its crash before it is restarted on purpose.

What leaves hundreds of lives on the stack comes last."""

RESULTS = CODE / "benchmarks" / "results.json"
PAGE = CODE / "docs" / "performance.md"


async def run(names: Sequence[str], scale: Scale) -> dict[str, Part]:
    """Measure the parts of these names on one stack."""
    parts: dict[str, Part] = {}
    async with open_site() as site:
        for name in names:
            parts[name] = await PARTS[name](site, scale)
            print(f"{name}", *report.verdicts(parts[name].results), sep="\n  ", flush=True)
    return parts


def main(arguments: Sequence[str]) -> int:
    """Measure, write down, and say where."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"measure these alone, of {', '.join(PARTS)}"
    )
    parser.add_argument("--quick", action="store_true", help="see that it works; too little to be quoted")
    parser.add_argument("--rounds", type=int, help="how often the two sides of a comparison take turns")
    parser.add_argument("--workflows", type=int, help="how many rollouts run at once")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the samples go")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    base = Scale.quick() if chosen.quick else Scale()
    scale = Scale(chosen.rounds or base.rounds, chosen.workflows or base.workflows)
    names = [name for name in PARTS if not chosen.parts or name in chosen.parts]
    about = report.facts()
    parts = asyncio.run(run(names, scale))
    quotable = not chosen.quick and len(names) == len(PARTS)
    target = chosen.json or (RESULTS if quotable else None)
    if target:
        report.write_json(target, about, parts)
    if quotable and report.refresh(PAGE, report.markdown(about, parts)):
        print(f"{PAGE.relative_to(CODE)} is up to date.")
    return 0


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
