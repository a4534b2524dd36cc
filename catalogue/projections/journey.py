"""What technologies, rollouts and tracks have in common: stage, pauses, end, status."""

from catalogue.projections.barrier import project_barrier
from catalogue.projections.change import Changes
from catalogue.projections.docket import project_docket
from catalogue.projections.evidence import enter_brought, project_evidence
from catalogue.projections.hold import project_hold
from catalogue.projections.place import Entry, moment, said
from catalogue.projections.steering import steer
from catalogue.projections.tables import JOURNEYS
from catalogue.projections.task import enter_plan, project_task
from domain.barrier import BarrierEvent
from domain.docket import DocketEvent
from domain.event import Event
from domain.evidence import EvidenceEvent
from domain.journey import (
    HoldEvent,
    JourneyEvent,
    Rag,
    RagChanged,
    StageEntered,
    Stopped,
)
from domain.work import StepCompleted


def begin(changes: Changes, entry: Entry, event: Event, stage: str) -> None:
    """A journey begins in its first stage."""
    changes.set(
        JOURNEYS,
        entry.stream,
        kind=entry.kind,
        technology=entry.technology,
        place=entry.place,
        board=entry.board,
        stage=stage,
        since=moment(event.at),
        cycle=1,
        rag=Rag.ON_TRACK,
    )


def project_journey(changes: Changes, entry: Entry, event: JourneyEvent) -> None:
    """What can happen to every journey, as it stands in the rows."""
    if isinstance(event, DocketEvent):
        project_docket(changes, entry, event)
        return
    if isinstance(event, EvidenceEvent):
        project_evidence(changes, entry, event)
        return
    if isinstance(event, BarrierEvent):
        project_barrier(changes, entry, event)
        return
    if isinstance(event, HoldEvent):
        project_hold(changes, entry, event)
        return
    match event:
        case StageEntered():
            _enter(changes, entry, event)
        case Stopped():
            changes.set(JOURNEYS, entry.stream, stopped=said(event, event.role, event.reason))
            steer(changes, entry, event, event.role, event.reason)
        case RagChanged():
            changes.set(JOURNEYS, entry.stream, rag=event.rag)
        case StepCompleted():
            enter_brought(changes, entry, event)
            project_task(changes, entry, event)
        case _:
            project_task(changes, entry, event)


def _enter(changes: Changes, entry: Entry, event: StageEntered) -> None:
    changes.set(JOURNEYS, entry.stream, stage=event.stage, since=moment(event.at))
    if event.plan is not None:
        changes.set(JOURNEYS, entry.stream, plan=event.plan.id)
        enter_plan(changes, entry, event.plan)
