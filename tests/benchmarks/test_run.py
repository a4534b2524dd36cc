"""A tiny run of the benchmark on real services: too small to be quoted, enough to see that it measures."""

import json
import subprocess
import sys
from pathlib import Path

from runtime.settings import CODE


def test_a_tiny_run_measures_and_writes_its_samples_down(tmp_path: Path) -> None:
    """Both sides of a comparison are measured on a stack that is gone afterwards."""
    target = tmp_path / "results.json"
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks", "throughput", "--quick", "--workflows", "1", "--json", target],
        cwd=CODE,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    written = json.loads(target.read_text(encoding="utf-8"))
    sides = written["raw"]["throughput"]["1 at once"]
    (ours,), (floor,) = sides["ours"], sides["floor"]
    assert ours["sign_offs"] == floor["sign_offs"] == len(floor["latencies"])
    assert written["results"]["throughput"][0]["figure"]["median"] > 0
