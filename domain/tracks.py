"""The parallel tracks of a technology: which there are, and which infrastructure a board awaits of them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from domain.infrastructure import Awaited, outstanding
from domain.names import track_name, workstream_id
from domain.plan import Plan
from domain.proposal import Proposal
from domain.work import Work
from domain.workstream import WorkstreamReport

Reports = Mapping[str, WorkstreamReport]
"""Where each track stands, as it last reported, by the track's name."""


class Track(NamedTuple):
    """A parallel track that runs, or is to run.

    Attributes:
        area: What it is about.
        board: The board whose track it is; ``None`` for a national one.
        plan: What is to be done in it.
    """

    area: str
    board: str | None
    plan: Plan

    @property
    def name(self) -> str:
        """How it is called within its technology."""
        return track_name(self.area, self.board)

    def ended(self, reports: Reports) -> bool:
        """Whether it is done, or was stopped."""
        report = reports.get(self.name)
        return report is not None and (report.done or report.stopped)


def national_tracks(proposal: Proposal) -> tuple[Track, ...]:
    """The tracks that run once, nationally."""
    return tuple(Track(area, None, plan) for area, plan in sorted(proposal.workstreams.items()))


def tracks_at(proposal: Proposal, board: str) -> tuple[Track, ...]:
    """The tracks that run at a board, beside its rollout."""
    return tuple(Track(area, board, plan) for area, plan in sorted(proposal.board_workstreams.items()))


def tracks_of(proposal: Proposal, boards: Iterable[str]) -> tuple[Track, ...]:
    """The national tracks, and those at boards."""
    return (*national_tracks(proposal), *(track for board in boards for track in tracks_at(proposal, board)))


def awaited_at(proposal: Proposal, reports: Reports, board: str) -> tuple[Awaited, ...]:
    """The infrastructure that a board's go-live awaits: of the nation first, then its own."""
    tracks = (*national_tracks(proposal), *tracks_at(proposal, board))
    return tuple(awaited for track in tracks for awaited in _outstanding(proposal, reports, track))


def late_nationally(proposal: Proposal, reports: Reports) -> tuple[Awaited, ...]:
    """The national infrastructure on which going live depends and that is late."""
    tracks = national_tracks(proposal)
    return tuple(it for track in tracks for it in _outstanding(proposal, reports, track) if it.late)


def _outstanding(proposal: Proposal, reports: Reports, track: Track) -> tuple[Awaited, ...]:
    report = reports.get(track.name)
    if report is not None:
        return report.outstanding
    # Nothing is known of a track that has only just been started: all that it provides is still to come.
    stream, pace = workstream_id(proposal.technology, track.name), proposal.pace.at(track.board)
    return outstanding(stream, Work(plan=track.plan), pace, proposal.go_live_needs)
