"""The durable shells: each workflow keeps one aggregate's life and holds no rule of its own."""

from workflows.board_rollout import BoardRollout
from workflows.programme_office import ProgrammeOffice
from workflows.technology_lifecycle import TechnologyLifecycle
from workflows.workstream import WorkstreamTrack

ALL = [BoardRollout, ProgrammeOffice, TechnologyLifecycle, WorkstreamTrack]
"""Every workflow that a worker has to know."""

__all__ = ["ALL", "BoardRollout", "ProgrammeOffice", "TechnologyLifecycle", "WorkstreamTrack"]
