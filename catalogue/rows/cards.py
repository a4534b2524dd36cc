"""One technology or rollout with all that surrounds it."""

from dataclasses import dataclass

from catalogue.rows.barriers import Barrier
from catalogue.rows.halts import Freezing, Halt
from catalogue.rows.journeys import Awaited, Rollout, Technology, Wave, Workstream
from catalogue.rows.work import Decision, Gate, Steering, Task, Wait


@dataclass(frozen=True)
class TechnologyCard:
    """Everything about one technology that fits on a page; ``freezing`` says how far each halt has come."""

    technology: Technology
    waves: tuple[Wave, ...]
    rollouts: tuple[Rollout, ...]
    workstreams: tuple[Workstream, ...]
    awaits: tuple[Awaited, ...]
    tasks: tuple[Task, ...]
    barriers: tuple[Barrier, ...]
    gates: tuple[Gate, ...]
    decisions: tuple[Decision, ...]
    steering: tuple[Steering, ...]
    halts: tuple[Halt, ...]
    freezing: tuple[Freezing, ...]


@dataclass(frozen=True)
class RolloutCard:
    """Everything about one board's rollout that fits on a page: ``tasks`` are those of its present plan."""

    rollout: Rollout
    title: str
    workstreams: tuple[Workstream, ...]
    awaits: tuple[Awaited, ...]
    tasks: tuple[Task, ...]
    barriers: tuple[Barrier, ...]
    gates: tuple[Gate, ...]
    decisions: tuple[Decision, ...]
    steering: tuple[Steering, ...]
    waits: tuple[Wait, ...]
    halts: tuple[Halt, ...]


@dataclass(frozen=True)
class Snapshot:
    """One look at a technology for somebody who watches it."""

    technology: Technology
    waves: tuple[Wave, ...]
    rollouts: tuple[Rollout, ...]
    workstreams: tuple[Workstream, ...]
    gates: tuple[Gate, ...]
    waits: tuple[Wait, ...]
