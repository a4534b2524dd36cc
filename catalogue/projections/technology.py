"""Technologies, their waves and their playbooks; their stages stand with those of every journey."""

from collections.abc import Sequence

from catalogue.projections.change import Changes
from catalogue.projections.evidence import need_checks, note_version
from catalogue.projections.journey import begin, project_journey, steer
from catalogue.projections.place import Entry, moment, whole
from catalogue.projections.tables import JOURNEYS, PLAYBOOKS, TECHNOLOGIES, WAVES
from domain.proposal import PILOTS, Wave
from domain.technology import (
    PilotCycleStarted,
    PlaybookPublished,
    RolloutReported,
    Stage,
    TechnologyChanged,
    TechnologyEvent,
    TechnologyProposed,
    WaveReleased,
    WavesReordered,
    WorkstreamReported,
)


def project_technology(changes: Changes, entry: Entry, event: TechnologyEvent) -> None:
    """What follows from an event of a technology's stream."""
    match event:
        case TechnologyProposed():
            _propose(changes, entry, event)
        case PlaybookPublished():
            _publish(changes, entry, event)
        case WavesReordered():
            changes.set(TECHNOLOGIES, entry.technology, ordered=entry.sequence)
            _order(changes, entry, event.waves)
            waves = [whole(wave) for wave in event.waves]
            steer(changes, entry, event, event.role, event.reason, {"waves": waves})
        case WaveReleased():
            changes.set(WAVES, entry.technology, event.wave, released=moment(event.at))
        case PilotCycleStarted():
            changes.set(JOURNEYS, entry.stream, cycle=event.cycle)
        case TechnologyChanged():
            changes.set(TECHNOLOGIES, entry.technology, version=event.version)
            note_version(changes, entry, event.version)
            steer(changes, entry, event, event.role, event.reason, {"version": event.version})
        case RolloutReported() | WorkstreamReported():
            pass  # what they report stands in their own streams
        case _:
            project_journey(changes, entry, event)


def _propose(changes: Changes, entry: Entry, event: TechnologyProposed) -> None:
    proposal = event.proposal
    begin(changes, entry, event, Stage.ASSESS)
    changes.set(
        TECHNOLOGIES,
        entry.technology,
        stream=entry.stream,
        title=proposal.title,
        service=proposal.service,
        summary=proposal.summary,
        programme=proposal.programme,
        proposed=moment(event.at),
        proposed_by=event.by.name,
        ordered=entry.sequence,
        version=proposal.version,
        steered_by=list(proposal.authority.national),
    )
    note_version(changes, entry, proposal.version)
    need_checks(changes, entry, proposal.checks)
    _order(changes, entry, (Wave(name=PILOTS, boards=proposal.pilots), *proposal.waves))


def _order(changes: Changes, entry: Entry, waves: Sequence[Wave]) -> None:
    # Waves of an earlier order that were not released keep their rows and are told by their number.
    for place, wave in enumerate(waves):
        changes.set(
            WAVES,
            entry.technology,
            wave.name,
            ordered=entry.sequence,
            place=place,
            boards=list(wave.boards),
        )


def _publish(changes: Changes, entry: Entry, event: PlaybookPublished) -> None:
    playbook = event.playbook
    changes.set(TECHNOLOGIES, entry.technology, playbook=playbook.version)
    changes.set(
        PLAYBOOKS,
        entry.technology,
        playbook.version,
        id=playbook.id,
        title=playbook.title,
        published=moment(event.at),
        published_by=event.by.name,
        role=event.role,
        content=whole(playbook),
    )
    steer(changes, entry, event, event.role, "", {"playbook": playbook.id, "version": playbook.version})
