"""One technology or rollout with all that surrounds it."""

from dataclasses import dataclass

from catalogue.rows.journeys import Rollout, Technology, Wave, Workstream
from catalogue.rows.work import Decision, Gate, Steering, Task, Wait


@dataclass(frozen=True)
class TechnologyCard:
    """Everything about one technology that fits on a page."""

    technology: Technology
    waves: tuple[Wave, ...]
    rollouts: tuple[Rollout, ...]
    workstreams: tuple[Workstream, ...]
    tasks: tuple[Task, ...]
    gates: tuple[Gate, ...]
    decisions: tuple[Decision, ...]
    steering: tuple[Steering, ...]


@dataclass(frozen=True)
class RolloutCard:
    """Everything about one board's rollout that fits on a page: ``tasks`` are those of its present plan."""

    rollout: Rollout
    title: str
    tasks: tuple[Task, ...]
    gates: tuple[Gate, ...]
    decisions: tuple[Decision, ...]
    steering: tuple[Steering, ...]
    waits: tuple[Wait, ...]


@dataclass(frozen=True)
class Snapshot:
    """One look at a technology for somebody who watches it."""

    technology: Technology
    waves: tuple[Wave, ...]
    rollouts: tuple[Rollout, ...]
    workstreams: tuple[Workstream, ...]
    gates: tuple[Gate, ...]
    waits: tuple[Wait, ...]
