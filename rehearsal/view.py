"""What the scripted staff see when they look at the ledger, and what one of them then does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from catalogue.queries.case import Case
from catalogue.rows.barriers import Barrier
from catalogue.rows.decisions import Condition
from catalogue.rows.evidence import Check, Evidence, Trial
from catalogue.rows.journeys import Rollout, Technology
from catalogue.rows.journeys import Wave as WaveRow
from catalogue.rows.programmes import Amendment
from catalogue.rows.work import Decision, Gate, Steering, Task
from domain.actor import Actor
from domain.event import Command
from domain.journey import Authority
from identity.development import name_of


@dataclass(frozen=True)
class View:
    """What the staff see.

    Attributes:
        technology: The technology that they work on.
        waves: Its waves, in their order.
        rollouts: Its boards' rollouts, by board.
        tasks: Its open tasks.
        gates: Its gates that wait.
        cases: What those gates are judged by, by stream.
        decisions: What was decided so far.
        evidence: All evidence on record, that which no longer counts included.
        checks: The governance checks, signed or not.
        conditions: What gates were passed on.
        trials: The tests of change.
        barriers: What hinders and what helps, the closed included.
        amendments: The changes to the playbook that were proposed.
        steering: How it was steered so far.
        authority: The roles that may steer, nationally and at a board.
        now: The moment of looking.
    """

    technology: Technology
    waves: tuple[WaveRow, ...]
    rollouts: Mapping[str, Rollout]
    tasks: tuple[Task, ...]
    gates: tuple[Gate, ...]
    cases: Mapping[str, Case]
    decisions: tuple[Decision, ...]
    evidence: tuple[Evidence, ...]
    checks: tuple[Check, ...]
    conditions: tuple[Condition, ...]
    trials: tuple[Trial, ...]
    barriers: tuple[Barrier, ...]
    amendments: tuple[Amendment, ...]
    steering: tuple[Steering, ...]
    authority: Authority
    now: datetime

    @property
    def today(self) -> date:
        """The day to date evidence with."""
        return self.now.date()


@dataclass(frozen=True)
class Act:
    """One thing that somebody does.

    Attributes:
        key: What makes it the same act however often it is sent: the update's id.
        workflow: Who is told.
        update: The update's name.
        command: What is sent.
        remark: What an onlooker would say, where it is worth saying.
    """

    key: str
    workflow: str
    update: str
    command: Command
    remark: str | None = None


def person(role: str, board: str | None) -> Actor:
    """Whoever holds a role, nationally or at a board."""
    return Actor(name=name_of(role, board), roles=(role,), boards=(board,) if board else "all")
