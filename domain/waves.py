"""Who takes part in a technology and in which order: what may be decided about waves and boards.

Each event carries the whole of the waves still to be released, so whoever reads it needs no memory of those
before.
"""

from typing import Literal

from domain.check import CheckNeeded
from domain.event import Command, Event
from domain.proposal import Wave
from domain.value import Slug

# --- commands -----------------------------------------------------------------------------------------------


class WaveCommand(Command):
    """A command about who takes part, and in which order."""


class ReorderWaves(WaveCommand):
    """Change the order and the make-up of the waves that are not released yet.

    Attributes:
        waves: All of them, in their new order.
        reason: Why.
    """

    waves: tuple[Wave, ...]
    reason: str


class PauseWave(WaveCommand):
    """Let nothing move at the boards of a wave, and do not release one that is still to come."""

    wave: Slug
    reason: str


class ResumeWave(WaveCommand):
    """Let a wave go on after its pause."""

    wave: Slug
    reason: str


class StopWave(WaveCommand):
    """End a wave for good: its boards' rollouts are stopped, or never begin."""

    wave: Slug
    reason: str


class AddBoard(WaveCommand):
    """Let a board take part that the plan did not have.

    Attributes:
        board: The board.
        wave: A wave that is still to be released, or the name of a new one, which becomes the last.
        checks: The governance checks that the board has to sign.
        reason: Why.
    """

    board: Slug
    wave: Slug
    checks: tuple[CheckNeeded, ...]
    reason: str


class SwapPilot(WaveCommand):
    """Let one board test and learn in the place of another.

    Attributes:
        out: The pilot that is none any more; it takes the other's place in its wave.
        into: The board that becomes a pilot.
        reason: Why.
    """

    out: Slug
    into: Slug
    reason: str


# --- events -------------------------------------------------------------------------------------------------


class WavesReordered(Event):
    """The waves still to be released changed."""

    kind: Literal["waves-reordered"] = "waves-reordered"
    role: str
    reason: str
    waves: tuple[Wave, ...]


class WavePaused(Event):
    """A wave was paused; ``boards`` are those that rest with it."""

    kind: Literal["wave-paused"] = "wave-paused"
    wave: str
    boards: tuple[str, ...]
    role: str
    reason: str


class WaveResumed(Event):
    """The pause of a wave ended."""

    kind: Literal["wave-resumed"] = "wave-resumed"
    wave: str
    boards: tuple[str, ...]
    role: str
    reason: str


class WaveStopped(Event):
    """A wave was ended for good; ``boards`` are those that ended with it."""

    kind: Literal["wave-stopped"] = "wave-stopped"
    wave: str
    boards: tuple[str, ...]
    role: str
    reason: str


class BoardAdded(Event):
    """A board takes part that the plan did not have; ``waves`` are all that are still to be released."""

    kind: Literal["board-added"] = "board-added"
    board: str
    wave: str
    checks: tuple[CheckNeeded, ...]
    role: str
    reason: str
    waves: tuple[Wave, ...]


class PilotSwapped(Event):
    """One board tests and learns in the place of another.

    Attributes:
        pilots: All pilots, from now on.
        waves: All waves that are still to be released, from now on.
    """

    kind: Literal["pilot-swapped"] = "pilot-swapped"
    out: str
    into: str
    role: str
    reason: str
    pilots: tuple[str, ...]
    waves: tuple[Wave, ...]


WaveEvent = WavesReordered | WavePaused | WaveResumed | WaveStopped | BoardAdded | PilotSwapped
"""What is decided about waves and boards."""
