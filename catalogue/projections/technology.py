"""Technologies, their waves and their playbooks; their stages stand with those of every journey."""

from catalogue.projections.change import Changes
from catalogue.projections.evidence import need_checks, note_version
from catalogue.projections.journey import begin, project_journey
from catalogue.projections.place import Entry, moment, said, whole
from catalogue.projections.steering import steer
from catalogue.projections.tables import AMENDMENTS, JOURNEYS, PLAYBOOKS, TECHNOLOGIES, WAVES
from catalogue.projections.track import project_outstanding
from catalogue.projections.wave import order_waves, project_waves
from domain.amendment import AmendmentProposed, AmendmentReviewed, step_of
from domain.proposal import PILOTS, Wave
from domain.succession import ReplacementDeclared, SuccessionEvent
from domain.technology import (
    PilotCycleStarted,
    PlaybookPublished,
    RolloutReported,
    Stage,
    TechnologyChanged,
    TechnologyEvent,
    TechnologyProposed,
    WaveReleased,
    WorkstreamReported,
)
from domain.waves import (
    BoardAdded,
    PilotSwapped,
    WavePaused,
    WaveResumed,
    WavesReordered,
    WaveStopped,
)


def project_technology(changes: Changes, entry: Entry, event: TechnologyEvent) -> None:
    """What follows from an event of a technology's stream."""
    if isinstance(event, SuccessionEvent):
        _succeed(changes, entry, event)
        return
    match event:
        case TechnologyProposed():
            _propose(changes, entry, event)
        case PlaybookPublished():
            _publish(changes, entry, event)
        case AmendmentProposed() | AmendmentReviewed():
            _amend(changes, entry, event)
        case WavesReordered() | BoardAdded() | PilotSwapped() | WavePaused() | WaveResumed() | WaveStopped():
            project_waves(changes, entry, event)
        case WaveReleased():
            changes.set(WAVES, entry.technology, event.wave, released=moment(event.at))
        case PilotCycleStarted():
            changes.set(JOURNEYS, entry.stream, cycle=event.cycle)
        case TechnologyChanged():
            changes.set(TECHNOLOGIES, entry.technology, version=event.version)
            note_version(changes, entry, event.version)
            steer(changes, entry, event, event.role, event.reason, {"version": event.version})
        case RolloutReported() | WorkstreamReported():
            _hear(changes, entry, event)
        case _:
            project_journey(changes, entry, event)


def _hear(changes: Changes, entry: Entry, event: RolloutReported | WorkstreamReported) -> None:
    # What others report stands in their own streams; what a track still has to make ready is reckoned there.
    if isinstance(event, WorkstreamReported):
        project_outstanding(changes, entry, event.report)


def _succeed(changes: Changes, entry: Entry, event: SuccessionEvent) -> None:
    # What the other side reports stands in its own streams.
    if isinstance(event, ReplacementDeclared):
        changes.set(TECHNOLOGIES, entry.technology, replaced_by=event.successor)
        steer(changes, entry, event, event.role, event.reason, {"by": event.successor})


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
        replaces=proposal.replaces,
        steered_by=list(proposal.authority.national),
    )
    note_version(changes, entry, proposal.version)
    need_checks(changes, entry, proposal.checks)
    order_waves(changes, entry, (Wave(name=PILOTS, boards=proposal.pilots), *proposal.waves))


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
    for number in event.amendments:
        changes.set(AMENDMENTS, entry.technology, number, version=playbook.version)
    detail = {"playbook": playbook.id, "version": playbook.version, "amendments": list(event.amendments)}
    steer(changes, entry, event, event.role, event.reason, detail)


def _amend(changes: Changes, entry: Entry, event: AmendmentProposed | AmendmentReviewed) -> None:
    if isinstance(event, AmendmentReviewed):
        reviewed = said(event, event.role, event.reason)
        changes.set(AMENDMENTS, entry.technology, event.number, accepted=event.accepted, reviewed=reviewed)
        return
    changes.set(
        AMENDMENTS,
        entry.technology,
        event.number,
        part=event.change.part,
        step=step_of(event.change),
        change=whole(event.change),
        lessons=list(event.lessons),
        evidence=list(event.evidence),
        observed=None if event.observed is None else whole(event.observed),
        against=event.against,
        proposed=said(event, event.role, event.reason),
        people=list(event.by.people),
    )
