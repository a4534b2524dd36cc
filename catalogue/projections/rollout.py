"""The boards' rollouts; their stages stand with those of every journey."""

from catalogue.projections.change import Changes
from catalogue.projections.edition import NOT_OFFERED, project_edition
from catalogue.projections.evidence import need_checks, note_version
from catalogue.projections.journey import begin, project_journey
from catalogue.projections.place import Entry, whole
from catalogue.projections.tables import JOURNEYS, ROLLOUTS
from catalogue.projections.task import allowed
from catalogue.projections.track import told
from catalogue.projections.trial import project_trial
from domain.editions import EditionEvent
from domain.evidence import NATIONAL
from domain.halt import halt_of_version
from domain.journey import StageEntered
from domain.learning import TrialEvent
from domain.rollout import CycleStarted, Directed, PlaybookAdopted, RolloutEvent, RolloutStarted
from domain.rollout_briefs import Brief, Direction, RolloutStage
from domain.slot import ONE_OF_THE_SLOTS, PlaceTold, SlotGranted, SlotLost, words_of


def project_rollout(changes: Changes, entry: Entry, event: RolloutEvent) -> None:
    """What follows from an event of a rollout's stream."""
    if isinstance(event, TrialEvent):
        project_trial(changes, entry, event)
        return
    if isinstance(event, EditionEvent):
        project_edition(changes, entry, event)
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
        case SlotGranted() | SlotLost():
            # Who holds a slot stands in the programme's stream.
            changes.set(ROLLOUTS, entry.stream, slot_wait=ONE_OF_THE_SLOTS)
        case PlaceTold():
            changes.set(ROLLOUTS, entry.stream, slot_wait=words_of(event.place))
        case _:
            if isinstance(event, StageEntered) and event.stage == RolloutStage.BUSINESS_AS_USUAL:
                changes.set(ROLLOUTS, entry.stream, **NOT_OFFERED)
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
        asks=list(dict.fromkeys(asks)),
        reports=list(brief.reported),
        steered_by=list(brief.authority.board or brief.authority.national),
        day=allowed(brief.pace.day),
        slot_wait=ONE_OF_THE_SLOTS,
    )
    need_checks(changes, entry, brief.checks)


def _direct(changes: Changes, entry: Entry, direction: Direction) -> None:
    version = direction.playbook.version if direction.playbook else None
    halt = halt_of_version(direction.halts, version)
    changes.set(
        ROLLOUTS,
        entry.stream,
        wave=direction.wave,
        pilot=direction.pilot,
        version=direction.version,
        held_up=direction.held_up,
        awaits=[told(it) for it in direction.awaits],
        kept_from=None if halt is None else whole(halt),
    )
    note_version(changes, entry, direction.version)
