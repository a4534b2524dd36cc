"""What the tracks have not made ready yet of the infrastructure on which going live depends."""

from typing import Any

from catalogue.projections.change import Changes
from catalogue.projections.place import Entry, whole
from catalogue.projections.tables import OUTSTANDING
from domain.infrastructure import Awaited
from domain.names import board_of_track
from domain.workstream import WorkstreamReport


def project_outstanding(changes: Changes, entry: Entry, report: WorkstreamReport) -> None:
    """What a track still has to make ready, as it last told its technology."""
    changes.set(
        OUTSTANDING,
        entry.stream,
        report.track,
        technology=entry.technology,
        board=report.board,
        awaits=[told(it) for it in report.outstanding],
    )


def told(awaited: Awaited) -> dict[str, Any]:
    """Infrastructure that is awaited, whose it is, and how the rules say that."""
    board = board_of_track(awaited.track.split("/")[2])
    return {**whole(awaited), "board": board, "what": awaited.what, "holds_up": awaited.holds_up}
