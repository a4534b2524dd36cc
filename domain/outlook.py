"""When things are planned to be reached: the dates that follow from the plans, the waves and the slots.

It is a plan by the durations that authors have given, not a forecast: what is late counts as done today, a
gate is taken to be passed on the day on which it opens, and nobody is expected to be faster or slower than
planned. What is held has no date, and it is said why.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from pydantic import Field

from domain.barrier import held_steps
from domain.capacity import Lane, limit_of, national
from domain.critical_path import done_from, planned_end
from domain.gate import Effect
from domain.infrastructure import Awaited
from domain.journey import Journey
from domain.names import rollout_id, technology_id, workstream_id
from domain.pace import Pace
from domain.plan import Plan
from domain.programme import Programme
from domain.rollout import Rollout
from domain.rollout_briefs import RolloutStage
from domain.schedule import Entrant, Run, Schedule, last_of, make_schedule
from domain.technology import Stage, Technology
from domain.tracks import awaited_at, tracks_at, tracks_of
from domain.value import Fact, Instant
from domain.workstream import Workstream, WorkstreamStage

Life = Technology | Rollout | Workstream | Programme


class Planned(Fact):
    """When something is planned to be reached; what lies in the past was reached then.

    Attributes:
        wave: The wave of a board.
        tested: When a pilot's proof of concept is done, until the scale decision.
        slot: When a board is given a slot and starts to replicate.
        live: When a board goes live.
        finish: When a board is business as usual; when a stage or a workstream ends.
        ends: When a board gives way to the technology that takes its place there.
        held: Why there is no such date; empty where nothing stands in the way.
    """

    wave: str | None = None
    tested: Instant | None = None
    slot: Instant | None = None
    live: Instant | None = None
    finish: Instant | None = None
    ends: Instant | None = None
    held: str = ""


class TechnologyOutlook(Fact):
    """What is planned of one technology.

    Attributes:
        stages: The stages that are not over, with their ends.
        boards: The boards, wave by wave.
        tracks: The national workstreams.
    """

    stages: dict[str, Planned] = Field(default_factory=dict)
    boards: dict[str, Planned] = Field(default_factory=dict)
    tracks: dict[str, Planned] = Field(default_factory=dict)


class Load(Fact):
    """How much of something is used.

    Attributes:
        peak: How much is used at the same time at most, from now on.
        limit: How much there is; ``None`` where it has no limit.
    """

    peak: int = 0
    limit: int | None = None


class Outlook(Fact):
    """What is planned of all technologies of a programme.

    Attributes:
        technologies: By their slugs.
        queue: What could take a slot now and waits for one, by name, in the order of being served.
        loads: How much is used of every limit that work draws on, by its name.
    """

    technologies: dict[str, TechnologyOutlook]
    queue: tuple[str, ...] = ()
    loads: dict[str, Load] = Field(default_factory=dict)


NO_PLAYBOOK = "no playbook is published yet, so its plan is not known"
NO_SLOT = "no slot is planned for it; it waits for"
NO_RELEASE = "its wave waits for boards or stages that have no date"
NO_DATE_BEFORE = "it waits for what has no date"


def look_ahead(lives: Mapping[str, Life], office: Programme, now: datetime) -> Outlook:
    """What is planned of all technologies at hand.

    Args:
        lives: The states of technologies, rollouts and workstreams, by their streams.
        office: The programme office, by whose rules slots are given.
        now: The moment of the question.
    """
    found = (life for _, life in sorted(lives.items(), key=lambda it: it[0]))
    views = [_View(it, lives, office, now) for it in found if isinstance(it, Technology)]
    schedule = make_schedule(office, [view.run() for view in views], now)
    return Outlook(
        technologies={view.slug: view.outlook(schedule) for view in views},
        queue=schedule.queue,
        loads={
            name: Load(peak=schedule.peaks.get(name, 0), limit=limit_of(office.limits, name))
            for name in sorted({**schedule.peaks, **office.limits, national(Lane.DEVELOPING): 0})
        },
    )


class _View:
    """One technology with its rollouts and workstreams, at a moment."""

    def __init__(
        self, state: Technology, lives: Mapping[str, Life], office: Programme, now: datetime
    ) -> None:
        self.slug = state.proposal.technology
        self._state = state
        self._lives = lives
        self._office = office
        self._now = now
        self._before = _stages_before(state, self._rollout, now)

    def outlook(self, schedule: Schedule) -> TechnologyOutlook:
        """What is planned of it."""
        boards = {
            it.board: self._planned(wave.name, it, schedule.left.get(it.rollout, ""))
            for wave in self._state.waves
            for board in wave.boards
            for it in (schedule.entrants[rollout_id(self.slug, board)],)
        }
        tracks = self._tracks()
        waited_for = {**tracks, **self._tracks_at_boards(schedule)}
        return TechnologyOutlook(
            stages={**self._before, **_stages_after(self._state, boards, waited_for, self._now)},
            boards=boards,
            tracks=tracks,
        )

    def run(self) -> Run:
        """What it brings to the schedule."""
        state = self._state
        shut = _held(state) or state.held_up
        begun = self._before.get(Stage.STANDARDISE, Planned(finish=None if shut else self._now))
        resting = (*state.waves_paused, *state.waves_stopped)
        return Run(
            technology=self.slug,
            released=tuple(
                board for wave in state.waves if wave.name in state.released for board in wave.boards
            ),
            to_come=tuple(
                wave.boards
                for wave in state.waves
                if wave.name not in state.released and wave.name not in resting and state.replacement is None
            ),
            reached=state.proposal.wave_rule.reached,
            scales=None if state.playbook is None else begun.finish,
            entrants=tuple(self._entrant(wave.name, board) for wave in state.waves for board in wave.boards),
            replaces=self._takes_the_place_of(),
        )

    def _takes_the_place_of(self) -> str | None:
        """The technology that was decided to give way to this one."""
        other = self._state.proposal.replaces
        before = None if other is None else self._lives.get(technology_id(other))
        if not isinstance(before, Technology) or before.replacement is None:
            return None
        return other if before.replacement.by == self.slug else None

    def _rollout(self, board: str) -> Rollout | None:
        found = self._lives.get(rollout_id(self.slug, board))
        return found if isinstance(found, Rollout) else None

    # --- boards ---------------------------------------------------------------------------------------------

    def _entrant(self, wave: str, board: str) -> Entrant:
        """A board as it stands: what it has reached, and how long the rest of it takes."""
        rollout = self._rollout(board)
        if rollout is None:
            hold = _wave_held(self._state, wave)
            held = _held(self._state) or hold or _giving_way(self._state) or self._lacking()
            pace = self._state.proposal.pace.at(board)
            return Entrant(
                technology=self.slug,
                board=board,
                rests=bool(hold),
                held=held or self._unknown(board),
                pace=pace,
                tracks=tuple(track.plan for track in tracks_at(self._state.proposal, board)),
                needs=self._state.proposal.go_live_needs,
                ready=self._ready(board),
                begun=self._begins(board),
                **self._plans(),
            )
        stage = RolloutStage(rollout.stage)
        place = self._office.slots.get(rollout.stream)
        entrant = Entrant(
            technology=self.slug,
            board=board,
            stage=stage,
            # What is halted is waited for: no wave is released past it.
            rests=bool(rollout.pauses) or rollout.stopped is not None,
            held=_held(rollout) or rollout.shut or self._unknown(board),
            ready=self._ready(board),
            asking=rollout.asking,
            pace=rollout.pace,
            slot=place.since if place and place.lane is Lane.DEVELOPING else None,
            joined=rollout.since if stage is RolloutStage.QUEUED else None,
        )
        match stage:
            case RolloutStage.BUSINESS_AS_USUAL:
                return entrant.model_copy(
                    update={"live": _went_live(rollout), "finish": rollout.since, "held": ""}
                )
            case RolloutStage.REPLICATION | RolloutStage.HANDOVER:
                return entrant.model_copy(update=self._implementing(rollout))
            case _ if rollout.at_rest:
                return entrant
            case _:
                held = entrant.held or self._lacking()
                return entrant.model_copy(update={"held": held, **self._plans()})

    def _awaited(self, board: str) -> tuple[Awaited, ...]:
        """What its go-live awaits of tracks that have begun."""
        awaited = awaited_at(self._state.proposal, self._state.tracks, board)
        return tuple(it for it in awaited if it.track in self._lives)

    def _ready(self, board: str) -> datetime | None:
        """When all of that is ready; what is late is counted as ready today."""
        return max(
            (max(it.due, self._now) for it in self._awaited(board) if it.due is not None), default=None
        )

    def _unknown(self, board: str) -> str:
        """What of that has no date, in words; empty where all has one."""
        lacking = (it for it in self._awaited(board) if it.due is None)
        return next((f"{it.infrastructure} has no date" for it in lacking), "")

    def _begins(self, board: str) -> datetime | None:
        """When a pilot begins, which is before it joins the queue."""
        return self._begun().finish if board in self._state.pilots else None

    def _begun(self) -> Planned:
        """When that begins which begins with test and learn, if it has not: in a halt nothing does."""
        held = _held(self._state)
        return self._before.get(Stage.ASSESS, Planned(finish=None if held else self._now, held=held))

    def _lacking(self) -> str:
        return NO_PLAYBOOK if self._state.playbook is None else self._state.held_up

    def _plans(self) -> dict[str, Plan]:
        playbook = self._state.playbook
        if playbook is None:
            return {}
        return {"implementation": playbook.implementation, "handover": playbook.handover}

    def _implementing(self, rollout: Rollout) -> dict[str, object]:
        """The dates of a board that holds its slot and works."""
        live = rollout.since if rollout.stage == RolloutStage.HANDOVER else None
        held = _held(rollout) or rollout.shut or _barred(rollout)
        if live is None:
            held = held or self._unknown(rollout.brief.board)
        end = None if held else _end_of(rollout, self._now)
        if end is None or live is not None:
            return {"live": live, "finish": end, "held": held}
        end = max(end, self._ready(rollout.brief.board) or end)
        handover = rollout.handover
        return {"live": end, "finish": end if handover is None else done_from(handover, rollout.pace, end)}

    def _planned(self, wave: str, it: Entrant, waits_for: str) -> Planned:
        held = "" if it.finish is not None else it.held
        if it.finish is None and not held:
            held = NO_RELEASE if it.joined is None else f"{NO_SLOT} {waits_for}"
        return Planned(
            wave=wave,
            tested=self._tested(it.board),
            slot=it.slot,
            live=it.live,
            finish=it.finish,
            ends=it.ends,
            held=held,
        )

    def _tested(self, board: str) -> datetime | None:
        ends = self._before.get(Stage.TEST_AND_LEARN)
        if ends is None or board not in self._state.pilots:
            return None
        return _test_end(self._state, board, self._rollout(board), self._begun().finish, self._now)[0]

    # --- workstreams ----------------------------------------------------------------------------------------

    def _tracks(self) -> dict[str, Planned]:
        found: dict[str, Planned] = {}
        for area in sorted(self._state.proposal.workstreams):
            it = self._lives.get(workstream_id(self.slug, area))
            if isinstance(it, Workstream):
                found[area] = _track(it, self._now)
            else:
                found[area] = _after(self._begun(), self._state.proposal.workstreams[area], self._state.pace)
        return found

    def _tracks_at_boards(self, schedule: Schedule) -> dict[str, Planned]:
        """The tracks of the boards that have begun, and of those that are planned to."""
        found: dict[str, Planned] = {}
        going = [wave for wave in self._state.waves if wave.name not in self._state.waves_stopped]
        for track in tracks_of(self._state.proposal, (board for wave in going for board in wave.boards)):
            it = self._lives.get(workstream_id(self.slug, track.name))
            entrant = schedule.entrants.get(rollout_id(self.slug, track.board or ""))
            if isinstance(it, Workstream) and track.board is not None:
                found[track.name] = _track(it, self._now)
            elif entrant is not None:
                begins = entrant.begun or entrant.joined
                begun = Planned(finish=begins, held="" if begins else NO_RELEASE)
                found[track.name] = _after(begun, track.plan, entrant.pace)
        return found


def _track(it: Workstream, now: datetime) -> Planned:
    if it.stage == WorkstreamStage.DONE:
        return Planned(finish=it.since)
    held = _held(it) or _barred(it)
    return Planned(finish=None if held else _end_of(it, now), held=held)


# --- stages -------------------------------------------------------------------------------------------------


def _stages_before(
    state: Technology, rollout_of: Callable[[str], Rollout | None], now: datetime
) -> dict[str, Planned]:
    """The stages before boards replicate that are not over, with their ends."""
    order = list(Stage)
    stages: dict[str, Planned] = {}
    last = Planned(finish=None if _held(state) else now, held=_held(state))
    for stage in (Stage.ASSESS, Stage.TEST_AND_LEARN, Stage.STANDARDISE):
        if order.index(stage) < order.index(Stage(state.stage)):
            continue
        if stage is Stage.TEST_AND_LEARN:
            last = _tested_by_all(state, last, rollout_of, now)
        elif stage == state.stage:
            held = _held(state) or _barred(state)
            last = Planned(finish=None if held else _end_of(state, now), held=held)
        else:
            last = _after(last, state.proposal.standardisation, state.pace)
        if last.finish is not None and state.held_up:
            last = Planned(held=state.held_up)
        stages[stage] = last
    return stages


def _tested_by_all(
    state: Technology, before: Planned, rollout_of: Callable[[str], Rollout | None], now: datetime
) -> Planned:
    """When the last of the pilots is planned to have tested and learned."""
    if before.finish is None:
        return Planned(held=before.held)
    ends = [before.finish]
    for board in state.pilots:
        rollout = rollout_of(board)
        if rollout is not None and rollout.stopped is not None:
            continue
        end, why = _test_end(state, board, rollout, before.finish, now)
        if end is None:
            return Planned(held=f"pilot {board}: {why}")
        ends.append(end)
    return Planned(finish=max(ends))


def _test_end(
    state: Technology, board: str, rollout: Rollout | None, begun: datetime | None, now: datetime
) -> tuple[datetime | None, str]:
    """When a pilot's proof of concept is planned to be done, or why that has no date."""
    if begun is None:
        return None, NO_DATE_BEFORE
    if rollout is not None and (held := _held(rollout)):
        return None, held
    if rollout is None or rollout.stage == RolloutStage.RELEASED:
        return done_from(state.proposal.proof_of_concept, state.proposal.pace.at(board), begun), ""
    if rollout.stage != RolloutStage.PROOF_OF_CONCEPT:
        return rollout.since, ""
    return _end_of(rollout, now), _barred(rollout)


def _stages_after(
    state: Technology, boards: Mapping[str, Planned], tracks: Mapping[str, Planned], now: datetime
) -> dict[str, Planned]:
    """The stages of scaling and of the national handover, with their ends."""
    if state.stage == Stage.SUSTAINED:
        return {}
    if state.stage == Stage.SUSTAIN:
        held = _held(state) or state.held_up or _barred(state)
        return {Stage.SUSTAIN: Planned(finish=None if held else _end_of(state, now), held=held)}
    ended = [name for name in boards if boards[name].held.startswith(STOPPED)]
    waited_for = {
        **{name: it for name, it in boards.items() if name not in ended},
        **{f"workstream {name}": it for name, it in tracks.items() if not it.held.startswith(STOPPED)},
    }
    without = next((name for name, it in waited_for.items() if it.finish is None), None)
    held = _held(state) or _giving_way(state) or state.held_up
    if without is not None and not held:
        held = f"{without}: {waited_for[without].held}"
    last = None if held else last_of(it.finish for it in waited_for.values())
    scaled = Planned(finish=last, held=held)
    return {
        Stage.SCALE: scaled,
        Stage.SUSTAIN: _after(scaled, state.proposal.sustain, state.pace),
    }


def _after(before: Planned, plan: Plan, pace: Pace) -> Planned:
    """When a plan is planned to be done that is begun once something before it is over."""
    if before.finish is None:
        return Planned(held=before.held or NO_DATE_BEFORE)
    return Planned(finish=done_from(plan, pace, before.finish))


# --- what holds, and how long what is going on takes --------------------------------------------------------

STOPPED = "stopped: "
"""How the reason begins why what was stopped has no date."""


def _held(state: Journey) -> str:
    """Whether a life is stopped, halted or paused, and why; empty where it goes on."""
    if state.stopped is not None:
        return f"{STOPPED}{state.stopped.reason}"
    if state.halting:
        return f"halted: {state.halting[0].concern}"
    if not state.pauses:
        return ""
    hold = state.pauses.get("own") or state.pauses["technology"]
    return f"paused: {hold.reason}"


def _giving_way(state: Technology) -> str:
    """Whether another takes its place, so that no further board begins; empty where none does."""
    return "" if state.replacement is None else f"{state.replacement.by} takes its place"


def _wave_held(state: Technology, wave: str) -> str:
    """Whether a wave is paused or stopped, and why; empty where it goes on."""
    if (hold := state.waves_stopped.get(wave)) is not None:
        return f"{STOPPED}{hold.reason}"
    hold = state.waves_paused.get(wave)
    return "" if hold is None else f"paused: {hold.reason}"


def _barred(state: Journey) -> str:
    """Which step of the plan at hand a barrier holds; empty where none does."""
    if state.work is None:
        return ""
    held = held_steps(state.barriers, state.work.plan.id)
    work = state.work
    first = next(
        (it for it in work.plan.steps if it.id in held and not work.record(it.id).status.closed), None
    )
    return "" if first is None else f'a barrier holds "{first.title}"'


def _end_of(state: Journey, now: datetime) -> datetime | None:
    """When the plan at hand is planned to be done."""
    if state.work is None:
        return now
    return planned_end(state.work, state.barriers, state.pace, now)


def _went_live(rollout: Rollout) -> datetime | None:
    """When a board first passed its gate to go live."""
    passed = (
        it.at
        for it in rollout.decisions
        if it.gate == rollout.brief.go_live.id and it.effect is Effect.PROCEED
    )
    return next(passed, None)
