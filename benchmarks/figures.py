"""What is made of the samples: medians with their spread, ratios of what ran side by side, verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median


@dataclass(frozen=True)
class Figure:
    """A median and its spread.

    Attributes:
        median: The middle of the samples.
        low: The smallest.
        high: The largest.
        samples: How many there were.
    """

    median: float
    low: float
    high: float
    samples: int

    @classmethod
    def of(cls, samples: Sequence[float]) -> "Figure":
        """Summarise at least one sample."""
        return cls(median(samples), min(samples), max(samples), len(samples))


@dataclass(frozen=True)
class Result:
    """One line of the report.

    Attributes:
        name: What was measured.
        figure: What came out, or nothing where it could not be measured.
        unit: ``x`` for a ratio, else the unit.
        goal: The bound to keep, if there is one.
        at_least: Whether the bound is a lower one.
        note: What a reader has to know beside the figure.
    """

    name: str
    figure: Figure | None
    unit: str
    goal: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the median keeps the bound; nothing where there is no bound or no figure."""
        if self.goal is None or self.figure is None:
            return None
        middle = self.figure.median
        return middle >= self.goal if self.at_least else middle <= self.goal


def ratios(ours: Sequence[float], floors: Sequence[float]) -> list[float]:
    """Each sample over the one that was measured beside it."""
    return [our / floor for our, floor in zip(ours, floors, strict=True)]


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least `share` of them do not exceed."""
    ordered = sorted(samples)
    return ordered[max(ceil(share * len(ordered)) - 1, 0)]
