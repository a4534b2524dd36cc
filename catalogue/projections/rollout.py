"""The boards' rollouts; their stages stand with those of every journey."""

from catalogue.projections.change import Changes
from catalogue.projections.evidence import need_checks, note_version
from catalogue.projections.journey import begin, project_journey
from catalogue.projections.place import Entry
from catalogue.projections.tables import JOURNEYS, ROLLOUTS
from catalogue.projections.trial import project_trial
from domain.evidence import NATIONAL
from domain.learning import TrialEvent
from domain.rollout import (
    Brief,
    CycleStarted,
    Directed,
    Direction,
    PlaybookAdopted,
    RolloutEvent,
    RolloutStage,
    RolloutStarted,
    SlotGranted,
)


def project_rollout(changes: Changes, entry: Entry, event: RolloutEvent) -> None:
    """What follows from an event of a rollout's stream."""
    if isinstance(event, TrialEvent):
        project_trial(changes, entry, event)
        return
    match event:
        case RolloutStarted():
            begin(changes, entry, event, RolloutStage.RELEASED)
            _start(changes, entry, event.brief)
            _direct(changes, entry, event.direction)
        case Directed():
            _direct(changes, entry, event.direction)
        case CycleStarted():
            changes.set(JOURNEYS, entry.stream, cycle=event.cycle)
        case PlaybookAdopted():
            changes.set(ROLLOUTS, entry.stream, playbook=event.version)
        case SlotGranted():
            pass  # who holds a slot stands in the programme's stream
        case _:
            project_journey(changes, entry, event)


def _start(changes: Changes, entry: Entry, brief: Brief) -> None:
    gates = (brief.go_live, brief.handover)
    asks = [it.evidence for gate in gates for it in gate.criteria if it.source == NATIONAL]
    changes.set(
        ROLLOUTS,
        entry.stream,
        technology=entry.technology,
        board=entry.board,
        programme=brief.programme,
        pilot=brief.pilot is not None,
        asks=list(dict.fromkeys(asks)),
        reports=list(brief.reported),
    )
    need_checks(changes, entry, brief.checks)


def _direct(changes: Changes, entry: Entry, direction: Direction) -> None:
    changes.set(
        ROLLOUTS,
        entry.stream,
        wave=direction.wave,
        version=direction.version,
        held_up=direction.held_up,
    )
    note_version(changes, entry, direction.version)
