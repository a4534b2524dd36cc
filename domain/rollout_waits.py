"""What a board's rollout waits for, in words."""

from domain.learning import undecided
from domain.names import programme_id, technology_id
from domain.rollout import Rollout
from domain.rollout_briefs import RolloutStage
from domain.slot import words_of
from domain.standing import common_waits
from domain.waiting import Wait, WaitKind


def waits(state: Rollout) -> tuple[Wait, ...]:
    """What this rollout waits for, in words."""
    common = common_waits(state)
    if state.at_rest:
        return common
    common = (*common, *_infrastructure_waits(state))
    match RolloutStage(state.stage):
        case RolloutStage.PROOF_OF_CONCEPT:
            return (*common, *_trial_waits(state))
        case RolloutStage.PILOTED:
            what = "the scale decision and the standardised playbook"
            return (*common, _technology_wait(state, what))
        case RolloutStage.RELEASED:
            return (*common, _technology_wait(state, "the standardised playbook and the release of its wave"))
        case RolloutStage.QUEUED:
            slot = Wait(
                kind=WaitKind.CAPACITY,
                on="capacity",
                what=words_of(state.queued),
                since=state.since,
                link=programme_id(state.brief.programme),
            )
            return (*common, *_edition_waits(state), slot)
        case RolloutStage.REPLICATION | RolloutStage.HANDOVER:
            return (*common, *_offer_waits(state))
        case _:
            return common


def _infrastructure_waits(state: Rollout) -> tuple[Wait, ...]:
    """What keeps the gate shut to which the board has come, and before that what is late."""
    return tuple(
        Wait(
            kind=WaitKind.INFRASTRUCTURE if state.at_go_live else WaitKind.DEPENDENCY,
            on=it.owner,
            what=it.what,
            due=it.due,
            late=it.late,
            name=it.task,
            link=it.track,
        )
        for it in (state.direction.awaits if state.at_go_live else state.delays)
    )


def _edition_waits(state: Rollout) -> tuple[Wait, ...]:
    """What keeps a board in the queue from taking up a version that is halted."""
    if (halt := state.halted_edition) is None:
        return ()
    return (
        Wait(
            kind=WaitKind.HALT,
            on="halt",
            what=halt.release,
            since=halt.raised.at,
            link=technology_id(state.brief.technology),
        ),
    )


def _technology_wait(state: Rollout, what: str) -> Wait:
    link = technology_id(state.brief.technology)
    return Wait(kind=WaitKind.DEPENDENCY, on="technology", what=what, since=state.since, link=link)


def _offer_waits(state: Rollout) -> tuple[Wait, ...]:
    if state.offer is None or state.offer.declined is not None:
        return ()
    what = f"version {state.offer.edition.version} of the playbook to be adopted or declined"
    roles = state.authority.board or state.authority.national
    return tuple(Wait(kind=WaitKind.OFFER, on=role, what=what, since=state.offer.since) for role in roles)


def _trial_waits(state: Rollout) -> tuple[Wait, ...]:
    return tuple(
        Wait(
            kind=WaitKind.TRIAL,
            on="test-of-change",
            what=f'"{trial.title}" to be {"studied" if trial.found is None else "decided on"}',
            since=trial.started.at,
            name=trial.id,
        )
        for trial in undecided(state.trials)
    )
