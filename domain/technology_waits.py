"""What a technology waits for, in words."""

from domain.amendment import to_publish, to_review
from domain.names import rollout_id, task_name, technology_id, workstream_id
from domain.rollout_briefs import RolloutStage
from domain.standing import common_waits
from domain.succession import Replacement
from domain.technology import Stage, Technology, waves_to_come
from domain.technology_progress import boards_started, live_boards, pilots_under_way
from domain.tracks import tracks_of
from domain.waiting import Wait, WaitKind
from domain.work import StepStatus, unmet_needs


def waits(state: Technology) -> tuple[Wait, ...]:
    """What this technology waits for, in words."""
    if state.at_rest:
        return common_waits(state)
    common = (*common_waits(state), *_amendment_waits(state), *_delays(state))
    if state.replacement is not None:
        return (*common, *_succession_waits(state, state.replacement))
    match Stage(state.stage):
        case Stage.TEST_AND_LEARN:
            what = f"cycle {state.cycle} of test and learn"
            return (*common, *(_board_wait(state, board, what) for board in pilots_under_way(state)))
        case Stage.STANDARDISE if kept_back := _kept_back(state):
            return (*common, *kept_back)
        case Stage.STANDARDISE if state.playbook is None:
            what = "the playbook to be published"
            return (
                *common,
                *(
                    Wait(kind=WaitKind.CHANGE, on=role, what=what, since=state.since)
                    for role in state.authority.national
                ),
            )
        case Stage.SCALE:
            return (*common, *_scale_waits(state))
        case _:
            return common


def _succession_waits(state: Technology, replacement: Replacement) -> tuple[Wait, ...]:
    """The boards at which the successor is not business as usual yet."""
    there = state.successors.get(replacement.by, ())
    return tuple(
        Wait(
            kind=WaitKind.DEPENDENCY,
            on=replacement.by,
            what=f"{replacement.by} to be business as usual at {board}",
            since=replacement.declared.at,
            link=technology_id(replacement.by),
        )
        for board in live_boards(state)
        if board not in there
    )


def _amendment_waits(state: Technology) -> tuple[Wait, ...]:
    """The changes to the playbook that wait for a review, or to be published."""
    reviews = (
        (it, f"a review of change {it.number} to the playbook", it.proposed.at)
        for it in to_review(state.amendments)
    )
    publishing = (
        (it, f"change {it.number}, which was accepted, to be published", it.reviewed.at)
        for it in to_publish(state.amendments)
        if it.reviewed is not None
    )
    return tuple(
        Wait(kind=WaitKind.CHANGE, on=role, what=what, since=since, name=str(it.number))
        for it, what, since in (*reviews, *publishing)
        for role in state.authority.national
    )


def _delays(state: Technology) -> tuple[Wait, ...]:
    """National infrastructure that is late, on which boards depend to go live."""
    return tuple(
        Wait(
            kind=WaitKind.DEPENDENCY,
            on=it.owner,
            what=it.what,
            due=it.due,
            late=True,
            name=it.task,
            link=it.track,
        )
        for it in state.delays
    )


def _kept_back(state: Technology) -> tuple[Wait, ...]:
    """The steps that wait for what a pilot has to find anew."""
    work, drawn = state.work, state.drawn
    if work is None:
        return ()
    return tuple(
        Wait(
            kind=WaitKind.DEPENDENCY,
            on="pilots",
            what=f'the finding "{name}", on which "{step.title}" draws',
            name=task_name(state.stream, work.plan.id, step.id),
        )
        for step in work.plan.steps
        for name in step.draws_on
        if name not in drawn
        and work.record(step.id).status is StepStatus.WAITING
        and not unmet_needs(work, step)
    )


def _board_wait(state: Technology, board: str, what: str) -> Wait:
    link = rollout_id(state.proposal.technology, board)
    return Wait(kind=WaitKind.DEPENDENCY, on=board, what=what, link=link)


def _reached(state: Technology, board: str) -> int:
    report = state.reports.get(board)
    return -1 if report is None else report.stage.rank


def _scale_waits(state: Technology) -> tuple[Wait, ...]:
    if state.reports and all(report.stopped for report in state.reports.values()):
        what = "a decision to stop it: every board's rollout was stopped"
        return tuple(Wait(kind=WaitKind.GATE, on=role, what=what) for role in state.authority.national)
    held = tuple(
        Wait(
            kind=WaitKind.DEPENDENCY,
            on="resume",
            what=f"the resumption of wave {wave.name} ({state.waves_paused[wave.name].reason})",
            since=state.waves_paused[wave.name].at,
        )
        for wave in waves_to_come(state)
        if wave.name in state.waves_paused
    )
    # Those that have come least far are what the others wait for.
    behind = sorted(boards_started(state), key=lambda it: _reached(state, it[0]))
    boards = tuple(
        _board_wait(state, board, f"business as usual (now {report.stage if report else 'starting'})")
        for board, _ in behind
        if (report := state.reports.get(board)) is None
        or not (report.stopped or report.stage is RolloutStage.BUSINESS_AS_USUAL)
    )
    tracks = tuple(
        Wait(
            kind=WaitKind.DEPENDENCY,
            on=track.name,
            what=f"the {track.name} workstream",
            link=workstream_id(state.proposal.technology, track.name),
        )
        for track in tracks_of(state.proposal, (board for board, _ in boards_started(state)))
        if not track.ended(state.tracks)
    )
    return (*held, *boards, *tracks)
