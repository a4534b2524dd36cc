"""The boards' rollouts; their stages stand with those of every journey."""

from catalogue.projections.change import Changes
from catalogue.projections.journey import begin, project_journey
from catalogue.projections.place import Entry
from catalogue.projections.tables import JOURNEYS, ROLLOUTS
from domain.rollout import (
    CycleStarted,
    Directed,
    PlaybookAdopted,
    RolloutEvent,
    RolloutStage,
    RolloutStarted,
    SlotGranted,
)


def project_rollout(changes: Changes, entry: Entry, event: RolloutEvent) -> None:
    """What follows from an event of a rollout's stream."""
    match event:
        case RolloutStarted():
            begin(changes, entry, event, RolloutStage.RELEASED)
            changes.set(
                ROLLOUTS,
                entry.stream,
                technology=entry.technology,
                board=entry.board,
                programme=event.brief.programme,
                wave=event.direction.wave,
                pilot=event.brief.pilot is not None,
            )
        case Directed():
            changes.set(ROLLOUTS, entry.stream, wave=event.direction.wave)
        case CycleStarted():
            changes.set(JOURNEYS, entry.stream, cycle=event.cycle)
        case PlaybookAdopted():
            changes.set(ROLLOUTS, entry.stream, playbook=event.version)
        case SlotGranted():
            pass  # who holds a slot stands in the programme's stream
        case _:
            project_journey(changes, entry, event)
