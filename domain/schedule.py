"""Who gets a slot when, and which wave is released when, if everybody takes as long as planned.

A list schedule: time goes from one planned date to the next, and at each the programme office is asked by its
own rules. So the schedule follows the priorities, the order of asking and the capacity as the office does.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import Field

from domain.actor import ENGINE
from domain.capacity import Lane
from domain.critical_path import done_from, ready_from
from domain.event import Command
from domain.names import rollout_id
from domain.office_rules import decide
from domain.pace import Pace
from domain.plan import Plan
from domain.programme import Programme, evolve
from domain.refusal import Refusal
from domain.rollout import ClaimSlot
from domain.rollout_briefs import Claim, RolloutStage
from domain.service import service_order, survey, use_of
from domain.value import Fact, Instant


class Entrant(Fact):
    """A board as it enters the schedule, and the dates that it is given there.

    Attributes:
        technology: The technology's slug.
        board: The board's slug.
        stage: The stage that its rollout is in; ``None`` where it has not begun.
        rests: Whether it is paused or stopped: it takes no slot and holds no wave back.
        asking: Which time it asks for a slot, from 1.
        held: Why it has no date for all that it has not reached; empty where nothing stands in the way.
        pace: How time counts there.
        implementation: What it does to replicate, where that is still to come.
        handover: What it does to hand over, where that is still to come.
        tracks: The plans of its own tracks, where those are still to begin, with its rollout.
        needs: The infrastructure without which it does not go live.
        ready: When what it awaits of tracks that have begun is ready; going live comes no earlier.
        begun: When its tracks begin, where that is before it joins the queue.
        joined: When it joins the queue.
        slot: When it is given a slot.
        live: When it goes live.
        finish: When it is business as usual.
        ends: When it gives way to the technology that takes its place there.
    """

    technology: str
    board: str
    stage: RolloutStage | None = None
    rests: bool = False
    asking: int = 1
    held: str = ""
    pace: Pace = Pace()
    implementation: Plan | None = None
    handover: Plan | None = None
    tracks: tuple[Plan, ...] = ()
    needs: tuple[str, ...] = ()
    ready: Instant | None = None
    begun: Instant | None = None
    joined: Instant | None = None
    slot: Instant | None = None
    live: Instant | None = None
    finish: Instant | None = None
    ends: Instant | None = None

    @property
    def rollout(self) -> str:
        """The id of its rollout."""
        return rollout_id(self.technology, self.board)


class Run(Fact):
    """What a technology brings to the schedule.

    Attributes:
        technology: The technology's slug.
        released: The boards of the waves that were released.
        to_come: The boards of each wave that is to be released, in their order.
        reached: The stage that those released before have to reach.
        scales: From when waves are released; ``None`` where that has no date.
        entrants: Its boards.
        replaces: The technology that gives way to it, board by board, as it becomes business as usual there.
    """

    technology: str
    released: tuple[str, ...]
    to_come: tuple[tuple[str, ...], ...]
    reached: RolloutStage
    scales: Instant | None
    entrants: tuple[Entrant, ...]
    replaces: str | None = None


class Schedule(Fact):
    """The dates of all boards.

    Attributes:
        entrants: The boards with their dates, by rollout.
        queue: What could take a slot now and waits for one, by name, in the order of being served.
        left: What those wait for that are given no slot, in words, by their names.
        peaks: How much is used at the same time at most, of everything that work draws on.
    """

    entrants: dict[str, Entrant] = Field(default_factory=dict)
    queue: tuple[str, ...] = ()
    left: dict[str, str] = Field(default_factory=dict)
    peaks: dict[str, int] = Field(default_factory=dict)


def make_schedule(office: Programme, runs: Sequence[Run], now: datetime) -> Schedule:
    """The dates of all boards, from how they stand at a moment."""
    course = _Course(office, runs)
    moment: datetime | None = now
    while moment is not None:
        course.move_to(moment)
        moment = course.following(moment)
    return Schedule(
        entrants=course.entrants,
        queue=tuple(place.name for place in service_order(office)),
        left={it.place.name: it.why for it in survey(course.office)},
        peaks=course.peaks,
    )


class _Course:
    """The schedule as it is being made."""

    def __init__(self, office: Programme, runs: Sequence[Run]) -> None:
        self.office = office
        self.entrants = {it.rollout: it for run in runs for it in run.entrants}
        self.peaks = use_of(office)
        self._runs = runs
        self._giving_way = {run.technology: run.replaces for run in runs if run.replaces is not None}
        self._unfinished = [
            name for name, it in self.entrants.items() if it.stage is not RolloutStage.BUSINESS_AS_USUAL
        ]
        self._released = {run.technology: list(run.released) for run in runs}
        self._to_come = {run.technology: list(run.to_come) for run in runs}

    def move_to(self, moment: datetime) -> None:
        """Let happen all that is planned for a moment: boards finish, slots are given, and waves released."""
        for it in [self.entrants[name] for name in self._unfinished]:
            if it.finish is not None and it.finish <= moment:
                self._finish(it, moment)
        self._give(moment)
        while sum(self._release(run, moment) for run in self._runs):
            self._give(moment)

    def following(self, moment: datetime) -> datetime | None:
        """The next moment at which something is planned to happen."""
        ends = (self.entrants[name].finish for name in self._unfinished)
        releases = (self._release_of(run) for run in self._runs)
        return min((it for it in (*ends, *releases) if it is not None and it > moment), default=None)

    def _finish(self, it: Entrant, moment: datetime) -> None:
        """From now on a board sustains what it has taken up, and gives up what that replaces."""
        self._unfinished.remove(it.rollout)
        self._claim(it, moment, Lane.SUSTAINING)
        before = self._giving_way.get(it.technology)
        if before is not None:
            gone = Claim(technology=before, board=it.board, wanted=False)
            self._ask(ClaimSlot(actor=ENGINE, claim=gone), moment)
            old = self.entrants.get(rollout_id(before, it.board))
            if old is not None and not old.rests:
                self.entrants[old.rollout] = old.model_copy(update={"ends": moment})

    def _claim(self, it: Entrant, moment: datetime, lane: Lane) -> None:
        claim = Claim(technology=it.technology, board=it.board, wanted=True, lane=lane, asking=it.asking)
        self._ask(ClaimSlot(actor=ENGINE, claim=claim), moment)

    def _ask(self, command: Command, moment: datetime) -> None:
        answer = decide(self.office, command, moment)
        for event in () if isinstance(answer, Refusal) else answer:
            self.office = evolve(self.office, event)
        for name, used in use_of(self.office).items():
            self.peaks[name] = max(used, self.peaks.get(name, 0))

    def _give(self, moment: datetime) -> None:
        """Note the dates of those who hold a slot since this moment."""
        for name in self.office.slots:
            it = self.entrants.get(name)
            if it is None or it.slot is not None or it.implementation is None or it.handover is None:
                continue
            live = None if it.held else self._live(it, it.implementation, moment)
            finish = None if live is None else done_from(it.handover, it.pace, live)
            self.entrants[name] = it.model_copy(update={"slot": moment, "live": live, "finish": finish})

    def _live(self, it: Entrant, implementation: Plan, slot: datetime) -> datetime:
        """When a board goes live: once it has implemented, and what it needs is ready."""
        begun = it.begun or it.joined or slot
        ready = (ready_from(plan, it.needs, it.pace, begun) for plan in it.tracks)
        return max(done_from(implementation, it.pace, slot), it.ready or slot, *ready)

    def _release(self, run: Run, moment: datetime) -> bool:
        """Release the next wave of a technology if that is planned by now; say whether one was."""
        due = self._release_of(run)
        if due is None or due > moment:
            return False
        wave = self._to_come[run.technology].pop(0)
        self._released[run.technology] += wave
        for name in (rollout_id(run.technology, board) for board in wave):
            it = self.entrants[name] = self.entrants[name].model_copy(update={"joined": moment})
            if not it.rests:
                self._claim(it, moment, Lane.DEVELOPING)
        return True

    def _release_of(self, run: Run) -> datetime | None:
        """When the next wave of a technology is released: once all before it have come far enough."""
        if run.scales is None or not self._to_come[run.technology]:
            return None
        before = (
            self.entrants[rollout_id(run.technology, board)] for board in self._released[run.technology]
        )
        dates = [reached_on(it, run.reached, run.scales) for it in before if not it.rests]
        known = [it for it in dates if it is not None]
        return max((run.scales, *known)) if len(known) == len(dates) else None


def reached_on(it: Entrant, stage: RolloutStage, past: datetime) -> datetime | None:
    """When a board is planned to reach a stage; ``past`` where it has."""
    if it.stage is not None and it.stage.rank >= stage.rank:
        return past
    match stage:
        case RolloutStage.REPLICATION:
            return it.slot
        case RolloutStage.HANDOVER:
            return it.live
        case RolloutStage.BUSINESS_AS_USUAL:
            return it.finish
        case _:
            return it.joined


def last_of(dates: Iterable[datetime | None]) -> datetime | None:
    """The last of several dates; ``None`` where one of them is not known, or there is none."""
    dates = list(dates)
    known = [it for it in dates if it is not None]
    return max(known) if known and len(known) == len(dates) else None
