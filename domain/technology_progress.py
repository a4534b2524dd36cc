"""How far a technology has come: what follows for its boards, its waves and its gates."""

from domain.gate import Gate
from domain.halt import Halt, in_force
from domain.lesson import Lesson, lessons_of
from domain.proposal import PILOTS, Wave
from domain.rollout_briefs import RolloutStage
from domain.technology import Stage, Technology
from domain.technology_gates import release_gate
from domain.tracks import tracks_of
from domain.work import is_finished


def is_halted_at(state: Technology, board: str) -> bool:
    """Whether a halt in force freezes what there is at a board, as far as that is known nationally."""
    report = state.reports.get(board)
    version = None if report is None else report.playbook
    return any(halt.concerns(version) for halt in in_force(state.halts.values()))


def frozen_at(state: Technology, halt: Halt) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The boards that have obeyed a halt, and those that are still to hear of it."""
    concerned = tuple(
        report
        for _, report in sorted(state.reports.items())
        if not report.stopped and halt.concerns(report.playbook)
    )
    frozen = tuple(report.board for report in concerned if halt.number in report.halted)
    return frozen, tuple(report.board for report in concerned if halt.number not in report.halted)


def wanted_gate(state: Technology) -> Gate | None:
    """The gate that should be open in this state, if any."""
    gates = state.proposal.gates
    plan_done = state.work is not None and is_finished(state.work)
    match Stage(state.stage):
        case Stage.ASSESS if plan_done:
            return gates.begin
        case Stage.TEST_AND_LEARN if not pilots_under_way(state):
            return gates.scale
        case Stage.STANDARDISE if plan_done and state.playbook is not None:
            return gates.approve_playbook
        case Stage.SCALE if (wave := next_wave(state)) is not None:
            return release_gate(state.proposal, wave)
        case Stage.SUSTAIN if plan_done:
            return gates.sustain
        case _:
            return None


def pilots_under_way(state: Technology) -> tuple[str, ...]:
    """The pilot boards that have not finished the present cycle of test and learn."""
    return tuple(
        board
        for board in state.pilots
        if (report := state.reports.get(board)) is None
        or not (report.stopped or (report.stage is RolloutStage.PILOTED and report.cycle == state.cycle))
    )


def next_wave(state: Technology) -> Wave | None:
    """The wave that the wave rule releases now, if any; one that rests keeps none of the others back.

    There is none where another takes the technology's place.
    """
    if state.replacement is not None:
        return None
    resting = (*state.waves_paused, *state.waves_stopped)
    boards = [
        board
        for wave in state.waves
        if wave.name in state.released and wave.name not in resting
        for board in wave.boards
    ]
    reached = state.proposal.wave_rule.reached.rank
    for board in boards:
        report = state.reports.get(board)
        if report is None or not (report.paused or report.stopped or report.stage.rank >= reached):
            return None
    return next(
        (wave for wave in state.waves if wave.name not in state.released and wave.name not in resting), None
    )


def is_scaled(state: Technology) -> bool:
    """Say whether all boards that go on are at business as usual and all tracks are done."""
    going = [wave for wave in state.waves if wave.name not in state.waves_stopped]
    reports = [state.reports.get(board) for wave in going for board in wave.boards]
    live = [report for report in reports if report is None or not report.stopped]
    tracks = tracks_of(state.proposal, (board for wave in going for board in wave.boards))
    return (
        all(wave.name in state.released for wave in going)
        and bool(live)
        and all(report is not None and report.stage is RolloutStage.BUSINESS_AS_USUAL for report in live)
        and all(track.ended(state.tracks) for track in tracks)
    )


def live_boards(state: Technology) -> tuple[str, ...]:
    """The boards at which people are served, as they last reported."""
    live = RolloutStage.HANDOVER.rank
    return tuple(
        board
        for board, report in sorted(state.reports.items())
        if report.stage.rank >= live and not report.stopped
    )


def boards_as_usual(state: Technology) -> tuple[str, ...]:
    """The boards at which it is business as usual, as they last reported."""
    usual = RolloutStage.BUSINESS_AS_USUAL
    return tuple(board for board in live_boards(state) if state.reports[board].stage is usual)


def boards_started(state: Technology) -> tuple[tuple[str, str], ...]:
    """The boards whose rollouts should exist by now, each with its wave.

    A former pilot is one of them once it was heard of: whom a halt kept from beginning begins with its wave.
    """
    if state.stage == Stage.ASSESS:
        return ()
    heard_of = [board for board in state.former_pilots if board in state.reports]
    return tuple(
        (board, wave.name)
        for wave in state.waves
        for board in wave.boards
        if wave.name == PILOTS or wave.name in state.released or board in heard_of
    )


def lessons(state: Technology) -> tuple[Lesson, ...]:
    """What was learned from barriers, nationally, in the tracks and at the boards."""
    reported = (
        *(state.tracks[track].lessons for track in sorted(state.tracks)),
        *(state.reports[board].lessons for board in sorted(state.reports)),
    )
    own = lessons_of(state.stream, state.barriers)
    return (*own, *(lesson for found in reported for lesson in found))
