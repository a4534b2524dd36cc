"""What each workflow begins with, or carries on from: plain values, for those too who start one.

They stand apart from the workflows so that Temporal's sandbox, which reads a workflow's module for every run,
shares them.
"""

from datetime import date
from typing import Any

from pydantic import Field

from domain.office_commands import OpenProgramme
from domain.programme import Programme
from domain.rollout import Rollout, StartRollout
from domain.technology import Propose, Technology
from domain.value import Cargo, Fact
from domain.workstream import StartWorkstream, Workstream


class Life(Cargo):
    """What a shell carries from one run to the next, beside its state.

    Attributes:
        recorded: The number of the last event in the ledger.
        sent: A digest of the last message to each workflow.
        started: The children that were started.
        receipts: The last answers, by update id.
        waiting: The events that the ledger does not have yet.
    """

    recorded: int = 0
    sent: dict[str, str] = Field(default_factory=dict)
    started: tuple[str, ...] = ()
    receipts: dict[str, int] = Field(default_factory=dict)
    waiting: tuple[dict[str, Any], ...] = ()


class TechnologyLife(Life):
    """What a technology begins with, or carries on from."""

    start: Propose | None = None
    state: Technology | None = None


class RolloutLife(Life):
    """What a rollout begins with, or carries on from."""

    start: StartRollout | None = None
    state: Rollout | None = None


class WorkstreamLife(Life):
    """What a workstream begins with, or carries on from."""

    start: StartWorkstream | None = None
    state: Workstream | None = None


class ProgrammeLife(Life):
    """What a programme office begins with, or carries on from."""

    start: OpenProgramme | None = None
    state: Programme | None = None


class NoticeLife(Fact):
    """What a notice desk begins with, or carries on from.

    Attributes:
        programme: The programme's slug.
        digests_of: The last local day whose digests were written.
    """

    programme: str
    digests_of: date | None = None
