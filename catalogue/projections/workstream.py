"""The parallel tracks: all that is known of them is what every journey has."""

from catalogue.projections.change import Changes
from catalogue.projections.evidence import note_version
from catalogue.projections.journey import begin, project_journey
from catalogue.projections.place import Entry
from domain.journey import FIRST_VERSION
from domain.workstream import WorkstreamDirected, WorkstreamEvent, WorkstreamStage, WorkstreamStarted


def project_workstream(changes: Changes, entry: Entry, event: WorkstreamEvent) -> None:
    """What follows from an event of a track's stream."""
    match event:
        case WorkstreamStarted():
            begin(changes, entry, event, WorkstreamStage.UNDER_WAY)
            note_version(changes, entry, FIRST_VERSION)
        case WorkstreamDirected():
            pass  # a pause or an end that it brings is an event of its own
        case _:
            project_journey(changes, entry, event)
