"""What a rollout tells the others: where it stands, and what it needs of the programme's capacity."""

from domain.actor import ENGINE
from domain.capacity import Lane
from domain.event import Command
from domain.evidence import Entry
from domain.lesson import lessons_of
from domain.names import programme_id, technology_id
from domain.rollout import REPLICATING, ClaimSlot, ReportRollout, Rollout
from domain.rollout_briefs import Claim, Report, RolloutStage


def report(state: Rollout) -> Report:
    """What the technology should know of this rollout."""
    return Report(
        board=state.brief.board,
        stage=RolloutStage(state.stage),
        cycle=state.cycle,
        paused="own" in state.pauses,
        stopped=state.stopped is not None,
        evidence=_reported(state),
        lessons=lessons_of(state.stream, state.barriers),
        playbook=state.adopted,
        offered=state.offer.edition.version if state.offer else None,
        declined=state.offer is not None and state.offer.declined is not None,
        halted=tuple(halt.number for halt in state.halting),
    )


def _reported(state: Rollout) -> tuple[Entry, ...]:
    """What a pilot found, from the end of its proof of concept on, and at any time what it has withdrawn."""
    if not state.is_pilot:
        return ()
    tested = RolloutStage(state.stage).rank >= RolloutStage.PILOTED.rank
    return tuple(
        entry
        for entry in state.on_record.values()
        if entry.evidence.id in state.brief.reported and (tested or entry.withdrawn is not None)
    )


def claim(state: Rollout) -> Claim:
    """What this rollout needs of the programme's capacity: from the queue on, until it is stopped."""
    return Claim(
        technology=state.brief.technology,
        board=state.brief.board,
        wanted=RolloutStage(state.stage).rank >= RolloutStage.QUEUED.rank and state.stopped is None,
        lane=Lane.SUSTAINING if state.delivered else Lane.DEVELOPING,
        # To whoever has a place it means nothing: then a pause or a halt need not be told to the office.
        ready=state.granted or (not state.at_rest and state.halted_edition is None),
        begun=state.stage in REPLICATING,
        asking=state.asking,
    )


def messages(state: Rollout) -> dict[str, Command]:
    """What should be known elsewhere, by the id of the workflow that should know it."""
    technology, programme = technology_id(state.brief.technology), programme_id(state.brief.programme)
    wanted: dict[str, Command] = {technology: ReportRollout(actor=ENGINE, report=report(state))}
    if RolloutStage(state.stage).rank >= RolloutStage.QUEUED.rank:
        wanted[programme] = ClaimSlot(actor=ENGINE, claim=claim(state))
    return wanted
