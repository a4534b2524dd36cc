"""Tests of change: what is tried in a proof of concept, what was found and what became of it."""

from catalogue.projections.change import Changes
from catalogue.projections.place import Entry, said
from catalogue.projections.tables import TRIALS
from domain.learning import TrialDecided, TrialEvent, TrialStarted, TrialStudied


def project_trial(changes: Changes, entry: Entry, event: TrialEvent) -> None:
    """What happened to a test of change, as it stands in its row."""
    match event:
        case TrialStarted():
            changes.set(
                TRIALS,
                entry.stream,
                event.trial,
                technology=entry.technology,
                board=entry.board,
                sequence=entry.sequence,
                title=event.title,
                priority=event.priority,
                prediction=event.prediction,
                started=said(event, event.role, event.prediction),
            )
        case TrialStudied():
            changes.set(TRIALS, entry.stream, event.trial, found=event.ref)
        case TrialDecided():
            decided = said(event, event.role, event.reason)
            changes.set(TRIALS, entry.stream, event.trial, verdict=event.verdict, decided=decided)
