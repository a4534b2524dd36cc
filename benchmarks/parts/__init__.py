"""The measurements, one a module; each answers with results and with the raw samples behind them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.figures import Result


@dataclass(frozen=True)
class Part:
    """What one measurement found.

    Attributes:
        results: The lines of the report.
        raw: The samples, as they were taken.
        remarks: What the report says below its table, as Markdown.
    """

    results: Sequence[Result]
    raw: dict[str, Any] = field(default_factory=dict)
    remarks: str = ""


@dataclass(frozen=True)
class Scale:
    """How much is measured.

    Attributes:
        rounds: How often the two sides of a comparison take turns.
        workflows: How many rollouts run at once.
    """

    rounds: int = 5
    workflows: int = 14

    @classmethod
    def quick(cls) -> "Scale":
        """Enough to see that everything works; too little to be quoted."""
        return cls(rounds=1, workflows=3)
