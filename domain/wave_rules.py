"""What may be decided about waves and boards, and why not.

A wave that was released has boards that have begun, so its make-up stays as it was. Pilots change until the
scale decision, which rests on what they found.
"""

from datetime import datetime
from difflib import get_close_matches

from domain.proposal import PILOTS, Wave, check_gates, settings_of
from domain.refusal import Refusal
from domain.steering import check_steering
from domain.technology import (
    Stage,
    Technology,
    present_proposal,
    wave_of,
    waves_to_come,
)
from domain.value import at_day
from domain.waves import (
    AddBoard,
    BoardAdded,
    PauseWave,
    PilotSwapped,
    ReorderWaves,
    ResumeWave,
    StopWave,
    SwapPilot,
    WaveCommand,
    WaveEvent,
    WavePaused,
    WaveResumed,
    WavesReordered,
    WaveStopped,
)

_DOING = {
    "ReorderWaves": "Reordering waves",
    "PauseWave": "Pausing a wave",
    "ResumeWave": "Resuming a wave",
    "StopWave": "Stopping a wave",
    "AddBoard": "Adding a board",
    "SwapPilot": "Swapping a pilot",
}


def decide_waves(state: Technology, command: WaveCommand, now: datetime) -> tuple[WaveEvent, ...] | Refusal:
    """Decide a command about waves and boards: the events, or why not."""
    if refusal := check_steering(state, command.actor, _DOING[type(command).__name__]):
        return refusal
    match command:
        case ReorderWaves():
            return _reorder(state, command, now)
        case PauseWave() | ResumeWave() | StopWave():
            return _hold(state, command, now)
        case AddBoard():
            return _add(state, command, now)
        case SwapPilot():
            return _swap(state, command, now)
        case _:
            raise TypeError(f"not a command about waves: {type(command).__name__}")


def _role(state: Technology, command: WaveCommand) -> str:
    return command.actor.acting_as(state.authority.national) or ""


# --- order --------------------------------------------------------------------------------------------------


def _reorder(state: Technology, command: ReorderWaves, now: datetime) -> tuple[WaveEvent, ...] | Refusal:
    waiting = waves_to_come(state)
    before = sorted(board for wave in waiting for board in wave.boards)
    after = sorted(board for wave in command.waves for board in wave.boards)
    if before != after:
        return Refusal(
            code="boards-differ",
            message=f"The new waves must hold exactly the boards not yet released "
            f"({', '.join(before) or 'none are left'}), each once: they hold {', '.join(after) or 'none'}.",
        )
    coming = [wave.name for wave in command.waves]
    taken = [wave.name for wave in state.waves if wave not in waiting]
    if len(frozenset((*coming, *taken))) < len(coming) + len(taken):
        return Refusal(
            code="wave-name-taken",
            message="Two waves would bear the same name: give each wave that is still to come its own.",
        )
    boards = {wave.name: frozenset(wave.boards) for wave in command.waves}
    for wave in waiting:
        if wave.name in state.waves_paused and boards.get(wave.name) != frozenset(wave.boards):
            return Refusal(
                code="wave-paused",
                message=f"Wave {wave.name} is paused ({state.waves_paused[wave.name].reason}) and would "
                "change: resume it first, or leave its boards as they are.",
            )
    return (
        WavesReordered(
            at=now,
            by=command.actor,
            role=_role(state, command),
            reason=command.reason,
            waves=command.waves,
        ),
    )


# --- pausing, resuming, stopping ----------------------------------------------------------------------------


def _hold(
    state: Technology, command: PauseWave | ResumeWave | StopWave, now: datetime
) -> tuple[WaveEvent, ...] | Refusal:
    wave = next((it for it in state.waves if it.name == command.wave), None)
    if wave is None:
        return _no_such_wave(command.wave, tuple(it.name for it in state.waves))
    if (end := state.waves_stopped.get(wave.name)) is not None:
        return Refusal(
            code="wave-stopped",
            message=f"Wave {wave.name} was stopped on {at_day(end.at)} ({end.reason}): nothing can be done "
            "to it any more.",
        )
    hold = state.waves_paused.get(wave.name)
    said = {
        "at": now,
        "by": command.actor,
        "wave": wave.name,
        "boards": wave.boards,
        "role": _role(state, command),
        "reason": command.reason,
    }
    match command:
        case PauseWave() if hold is not None:
            return Refusal(
                code="already-paused",
                message=f"Wave {wave.name} has been paused since {at_day(hold.at)} ({hold.reason}): "
                "there is no need to pause it again.",
            )
        case PauseWave():
            return (WavePaused.model_validate(said),)
        case ResumeWave() if hold is None:
            return Refusal(
                code="not-paused", message=f"Wave {wave.name} is not paused: there is nothing to resume."
            )
        case ResumeWave():
            return (WaveResumed.model_validate(said),)
        case StopWave() if wave.name == PILOTS and PILOTS not in state.released:
            return Refusal(
                code="pilots-needed",
                message=f"Without pilots {state.stream} finds nothing to decide on: swap a pilot for another "
                "board, or stop the technology.",
            )
        case StopWave():
            return (WaveStopped.model_validate(said),)


def _no_such_wave(name: str, known: tuple[str, ...]) -> Refusal:
    close = get_close_matches(name, known, n=1)
    hint = f'did you mean "{close[0]}"?' if close else f"choose from {', '.join(known)}."
    return Refusal(code="no-such-wave", message=f'There is no wave "{name}": {hint}')


# --- boards -------------------------------------------------------------------------------------------------


def _add(state: Technology, command: AddBoard, now: datetime) -> tuple[WaveEvent, ...] | Refusal:
    if state.stage in {Stage.SUSTAIN, Stage.SUSTAINED}:
        return Refusal(
            code="wrong-stage",
            message=f"{state.stream} is in stage {state.stage}, and every wave has been released and is "
            "over: propose the technology anew for further boards.",
        )
    if (wave := wave_of(state, command.board)) is not None:
        return _takes_part(state, command.board, wave)
    coming = waves_to_come(state)
    if command.wave not in [it.name for it in coming]:
        if any(it.name == command.wave for it in state.waves):
            return Refusal(
                code="wave-closed",
                message=f"Wave {command.wave} {_why_closed(state, command.wave)}: choose "
                f"{_names(coming) or 'one that is still to come'}, or name a new wave.",
            )
        waves = (*coming, Wave(name=command.wave, boards=(command.board,)))
    else:
        waves = tuple(
            it.model_copy(update={"boards": (*it.boards, command.board)}) if it.name == command.wave else it
            for it in coming
        )
    # Defaults are pinned with the rest, as those of the proposal are.
    checks = tuple(type(check).model_validate(check.model_dump()) for check in command.checks)
    return (
        BoardAdded(
            at=now,
            by=command.actor,
            board=command.board,
            wave=command.wave,
            checks=checks,
            role=_role(state, command),
            reason=command.reason,
            waves=waves,
        ),
    )


def _takes_part(state: Technology, board: str, wave: Wave) -> Refusal:
    report = state.reports.get(board)
    if wave.name in state.waves_stopped or (report is not None and report.stopped):
        return Refusal(
            code="board-stopped",
            message=f"{board} took part in wave {wave.name} and was stopped, which is for good: propose the "
            "technology under another name for what is to begin anew there.",
        )
    return Refusal(
        code="takes-part",
        message=f"{board} takes part already, in wave {wave.name}: move it to another wave if that is to "
        "change.",
    )


def _why_closed(state: Technology, wave: str) -> str:
    if wave in state.waves_stopped:
        return "was stopped"
    return "holds the pilots" if wave == PILOTS else "was released, and its boards were decided on"


def _names(waves: tuple[Wave, ...]) -> str:
    return ", ".join(it.name for it in waves)


def _swap(state: Technology, command: SwapPilot, now: datetime) -> tuple[WaveEvent, ...] | Refusal:
    if state.stage not in {Stage.ASSESS, Stage.TEST_AND_LEARN}:
        return Refusal(
            code="wrong-stage",
            message=f"{state.stream} is in stage {state.stage}: the scale decision rests on what the pilots "
            "found, so they can be swapped only before it.",
        )
    if command.out not in state.pilots:
        return Refusal(
            code="no-pilot",
            message=f"{command.out} is no pilot: choose from {', '.join(state.pilots)}.",
        )
    wave = wave_of(state, command.into)
    if wave is None:
        return Refusal(
            code="takes-no-part",
            message=f"{command.into} takes no part in {state.stream}: add it to a wave first.",
        )
    if refusal := _check_swap(state, command, wave):
        return refusal
    pilots = tuple(command.into if board == command.out else board for board in state.pilots)
    changed = present_proposal(state).model_copy(update={"pilots": pilots})
    if refusal := check_gates(settings_of(changed)):
        return refusal
    waves = tuple(
        it.model_copy(update={"boards": tuple(command.out if it == command.into else it for it in it.boards)})
        for it in waves_to_come(state)
    )
    return (
        PilotSwapped(
            at=now,
            by=command.actor,
            out=command.out,
            into=command.into,
            role=_role(state, command),
            reason=command.reason,
            pilots=pilots,
            waves=waves,
        ),
    )


def _check_swap(state: Technology, command: SwapPilot, wave: Wave) -> Refusal | None:
    """Refuse a swap with a board that cannot test and learn now."""
    if command.into in state.pilots:
        return Refusal(
            code="is-pilot", message=f"{command.into} is a pilot already: choose a board that is none."
        )
    into = state.reports.get(command.into)
    if wave.name in state.waves_stopped or (into is not None and into.stopped):
        return Refusal(
            code="board-stopped", message=f"{command.into} was stopped, which is for good: choose another."
        )
    for it in (wave.name, PILOTS):
        if it in state.waves_paused:
            return Refusal(
                code="wave-paused",
                message=f"Wave {it} is paused ({state.waves_paused[it].reason}): resume it before its boards "
                "change.",
            )
    return None
