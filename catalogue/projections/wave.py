"""The waves of technologies: their order and their boards, what rests and what was ended."""

from collections.abc import Sequence

from catalogue.projections.change import Changes
from catalogue.projections.place import Entry, said, whole
from catalogue.projections.steering import steer
from catalogue.projections.tables import TECHNOLOGIES, WAVES
from domain.proposal import PILOTS, Wave
from domain.waves import (
    BoardAdded,
    PilotSwapped,
    WaveEvent,
    WavePaused,
    WaveResumed,
    WavesReordered,
    WaveStopped,
)


def project_waves(changes: Changes, entry: Entry, event: WaveEvent) -> None:
    """What follows from what was decided about waves and boards."""
    hold = said(event, event.role, event.reason)
    match event:
        case WavesReordered():
            _rearrange(changes, entry, event.waves)
            detail: dict[str, object] = {"waves": [whole(wave) for wave in event.waves]}
        case BoardAdded():
            _rearrange(changes, entry, event.waves)
            detail = {"board": event.board, "wave": event.wave}
        case PilotSwapped():
            _rearrange(changes, entry, event.waves)
            changes.set(WAVES, entry.technology, PILOTS, boards=list(event.pilots))
            detail = {"out": event.out, "into": event.into}
        case WavePaused():
            changes.set(WAVES, entry.technology, event.wave, paused=hold)
            detail = {"wave": event.wave}
        case WaveResumed():
            changes.set(WAVES, entry.technology, event.wave, paused=None)
            detail = {"wave": event.wave}
        case WaveStopped():
            changes.set(WAVES, entry.technology, event.wave, paused=None, stopped=hold)
            detail = {"wave": event.wave}
    steer(changes, entry, event, event.role, event.reason, detail)


def _rearrange(changes: Changes, entry: Entry, waves: Sequence[Wave]) -> None:
    changes.set(TECHNOLOGIES, entry.technology, ordered=entry.sequence)
    order_waves(changes, entry, waves)


def order_waves(changes: Changes, entry: Entry, waves: Sequence[Wave]) -> None:
    """Note the order and the boards of the waves still to be released.

    Those of an earlier order that were not released keep their rows and are told by their number.
    """
    for place, wave in enumerate(waves):
        changes.set(
            WAVES,
            entry.technology,
            wave.name,
            ordered=entry.sequence,
            place=place,
            boards=list(wave.boards),
        )
