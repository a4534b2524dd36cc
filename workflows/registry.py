"""Every workflow that a worker has to know."""

from workflows.board_rollout import BoardRollout
from workflows.notice_desk import NoticeDesk
from workflows.programme_office import ProgrammeOffice
from workflows.technology_lifecycle import TechnologyLifecycle
from workflows.workstream import WorkstreamTrack

ALL = [BoardRollout, NoticeDesk, ProgrammeOffice, TechnologyLifecycle, WorkstreamTrack]
