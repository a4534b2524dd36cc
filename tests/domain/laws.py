"""What must always hold, written apart from the rules: of every answer, every state and the whole world."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter

from domain import (
    office_rules,
    programme,
    rollout,
    rollout_rules,
    rollout_wishes,
    technology,
    technology_rules,
    technology_wishes,
    workstream,
)
from domain.actor import ENGINE
from domain.barrier import BarrierClosed
from domain.barrier_words import Outcome, Resolution
from domain.criterion import Criterion
from domain.docket import GateDecided, GateReopened
from domain.editions import EditionAdopted
from domain.event import Command, Event
from domain.evidence import Entry
from domain.gate import Effect
from domain.journey import Journey, Rag, StageEntered
from domain.names import track_name
from domain.pace import Pace
from domain.plan import Step
from domain.programme import Programme, SlotAwarded
from domain.refusal import Refusal
from domain.rollout import Rollout
from domain.rollout_briefs import RolloutStage
from domain.technology import RolloutReported, Technology, WorkstreamReported
from domain.technology_progress import boards_started
from domain.work import (
    StepCompleted,
    StepHeld,
    StepOpened,
    StepOverdue,
    StepReopened,
    StepSkipped,
    StepStatus,
    Work,
    open_steps,
)
from domain.workstream import Workstream
from tests.domain.calendars import works
from tests.domain.capacity_laws import check_award, check_capacity, check_told
from tests.domain.edition_laws import Excused, check_adoption, check_offered
from tests.domain.halt_laws import is_release, may_move
from tests.domain.wave_laws import check_arrangement, check_counted, check_guided, check_plans

Aggregate = Technology | Rollout | Workstream | Programme


@dataclass(frozen=True)
class Rules:
    """The three faces of an aggregate, and how its state and its events are read back."""

    decide: Callable[[Any, Command, datetime], tuple[Event, ...] | Refusal]
    evolve: Callable[[Any, Any], Aggregate]
    consequences: Callable[[Any, Any, datetime], tuple[Event, ...]]
    messages: Callable[[Any], dict[str, Command]]
    state: type[BaseModel]
    event: TypeAdapter[Any]


_RULES = {
    "technology": Rules(
        technology_rules.decide,
        technology.evolve,
        technology_rules.consequences,
        technology_wishes.messages,
        Technology,
        TypeAdapter(technology.TechnologyEvent),
    ),
    "rollout": Rules(
        rollout_rules.decide,
        rollout.evolve,
        rollout_rules.consequences,
        rollout_wishes.messages,
        Rollout,
        TypeAdapter(rollout.RolloutEvent),
    ),
    "workstream": Rules(
        workstream.decide,
        workstream.evolve,
        workstream.consequences,
        workstream.messages,
        Workstream,
        TypeAdapter(workstream.WorkstreamEvent),
    ),
    "programme": Rules(
        office_rules.decide,
        programme.evolve,
        office_rules.consequences,
        office_rules.messages,
        Programme,
        TypeAdapter(programme.ProgrammeEvent),
    ),
}


def rules_of(stream: str) -> Rules:
    """The rules by which a stream lives."""
    return _RULES[stream.split("/", maxsplit=1)[0]]


@dataclass
class Paused:
    """When each stream was paused, and what each step was given when it opened.

    What was begun and waits again, because the plan was changed, is kept with the time that it has used.

    Attributes:
        spans: The times in which each stream was paused.
        stood: The times in which a halt let each step stand, its stream not being paused.
        opened: Of each step since when its time runs, how much it has, and how time counts there.
        lost_before: Of each step what it had lost by a moment, from which on pauses are counted.
        begun: The steps that are worked on.
        held: How much of its time each step has used that was begun and waits again.
    """

    spans: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    stood: dict[tuple[str, str], list[tuple[datetime, datetime]]] = field(default_factory=dict)
    opened: dict[tuple[str, str], tuple[datetime, timedelta, Pace]] = field(default_factory=dict)
    lost_before: dict[tuple[str, str], tuple[datetime, timedelta]] = field(default_factory=dict)
    begun: set[tuple[str, str]] = field(default_factory=set)
    held: dict[tuple[str, str], timedelta] = field(default_factory=dict)

    def note(self, stream: str, state: Aggregate, event: Event) -> None:
        """Remember when a step opened and with how much time."""
        if isinstance(event, StepOpened):
            assert isinstance(state, Journey)
            assert state.work is not None
            step = state.work.plan.by_id[event.step]
            self.opened[stream, event.step] = (event.at, step.duration, state.pace)
            self.lost_before[stream, event.step] = (event.at, timedelta())
            self.begun.add((stream, event.step))
            self.held.pop((stream, event.step), None)
        elif isinstance(event, StepCompleted | StepSkipped | StepReopened | StepHeld):
            self.begun.discard((stream, event.step))
        elif isinstance(event, StageEntered) and event.plan is not None:
            self.begun = {key for key in self.begun if key[0] != stream}
            self.held = {key: used for key, used in self.held.items() if key[0] != stream}
        elif isinstance(event, EditionAdopted):
            assert isinstance(state, Journey)
            self._change(stream, state, event.at)

    def _change(self, stream: str, state: Journey, now: datetime) -> None:
        """Let the clocks of what was begun stand or go on, and give each step the time that it now has."""
        assert state.work is not None
        going = {(stream, step.id): step for step in open_steps(state.work)}
        for key in [key for key in self.begun if key[0] == stream and key not in going]:
            self.begun.discard(key)
            self.held[key] = self._worked(stream, key[1], now)
        for key, step in going.items():
            used = self.held.pop(key) if key in self.held else self._worked(stream, step.id, now)
            at, _, pace = self.opened[key]
            self.opened[key] = (at, step.duration, pace)
            self.lost_before[key] = (now, pace.lost(at, now) - used)
            self.begun.add(key)

    def _worked(self, stream: str, step: str, now: datetime) -> timedelta:
        """How long a step has been worked on: paused time does not count."""
        at, _, pace = self.opened[stream, step]
        return pace.lost(at, now) - self.lost(stream, step)

    def lost(self, stream: str, step: str) -> timedelta:
        """The time that an open step lost: to pauses, to halts, and while a change of plan made it wait."""
        _, _, pace = self.opened[stream, step]
        since_when, before = self.lost_before[stream, step]
        spans = [
            (max(since, since_when), until)
            for since, until in (*self.spans.get(stream, []), *self.stood.get((stream, step), []))
            if until > since_when
        ]
        return before + sum((pace.lost(since, until) for since, until in spans), timedelta())

    def due(self, stream: str, step: str) -> datetime:
        """When an open step should be due: paused time does not count."""
        at, allowed, pace = self.opened[stream, step]
        time = allowed * (pace.day / timedelta(days=1)) + self.lost(stream, step)
        if pace.calendar is None or pace.day != timedelta(days=1):
            return at + time
        return pace.calendar.due(at, time)

    def used(self, stream: str, step: str, now: datetime) -> float:
        """The share of an open step's time that is used up: paused time does not count."""
        since = self.opened[stream, step][0] + self.lost(stream, step)
        return (now - since) / (self.due(stream, step) - since)


# --- of every answer ----------------------------------------------------------------------------------------


def check_answer(
    stream: str,
    before: Aggregate | None,
    command: Command,
    answer: tuple[Event, ...] | Refusal,
    now: datetime,
) -> None:
    """Hold what was decided against the laws."""
    rules = rules_of(stream)
    if isinstance(answer, Refusal):
        assert answer.message.strip()
        assert answer.message.rstrip().endswith((".", "?"))
        return
    assert rules.decide(before, command, now) == answer, "the same question has the same answer"
    if isinstance(before, Journey) and before.stopped:
        noted = RolloutReported | WorkstreamReported
        assert all(isinstance(event, noted) for event in answer), "what was stopped changes no more"
    state = before
    for event in answer:
        check_round_trip(rules.event, event)
        assert event.at == now
        if isinstance(event, GateDecided) and event.effect is Effect.PROCEED:
            check_evidence(cast("Journey", state), event, now)
        if isinstance(event, SlotAwarded):
            check_award(cast("Programme", state), event)
        if isinstance(event, StepOverdue):
            assert event.due <= now
        if isinstance(state, Journey):
            check_barriers(state, event)
        after = rules.evolve(state, event)
        if isinstance(event, EditionAdopted):
            assert not any(isinstance(other, GateReopened) for other in answer), "no passed gate is reopened"
            check_adoption(cast("Rollout", state), event, cast("Rollout", after))
        state = after
    if state is not None:
        assert rules.consequences(state, ENGINE, now) == (), "all that follows has followed"


def check_barriers(state: Journey, event: Event) -> None:
    """What a barrier holds does not move, and none is closed before all that was tried has its outcome.

    The release of a halt waits for no barrier, which goes on to hold what it holds.
    """
    match event:
        case StepOpened() | StepCompleted() | StepSkipped():
            assert not is_held(state, event.plan, event.step), f"{event.step} moved though a barrier holds it"
        case GateDecided(effect=Effect.PROCEED) if not is_release(event.gate):
            assert not any(
                it.severity == "blocking" and it.closed is None for it in state.barriers.values()
            ), "passed although a barrier blocks"
        case BarrierClosed():
            outcomes = [attempt.outcome for attempt in state.barriers[event.number].attempts]
            assert None not in outcomes
            if event.resolution is Resolution.OVERCOME:
                assert {Outcome.WORKED, Outcome.HELPED} & set(outcomes)
        case _:
            pass


def is_held(state: Journey, plan: str, step: str) -> bool:
    """Whether a barrier that blocks and is open concerns a step."""
    return any(
        it.severity == "blocking" and it.closed is None and it.plan == plan and step in it.steps
        for it in state.barriers.values()
    )


def check_evidence(state: Journey, event: GateDecided, now: datetime) -> None:
    """Only with all of its evidence in force is a gate passed, and the decision names it."""
    matter = state.docket.matter(event.gate)
    assert matter is not None
    waived = {it.criterion for it in state.docket.waivers if it.granted is not None and it.until > now}
    named = {item.ref for judgement in event.judgements for item in judgement.evidence}
    for criterion in matter.gate.criteria:
        if not criterion.required or criterion.id in waived:
            continue
        places = evidence_asked(state, criterion)
        usable = {place: [it.ref for it in entries if is_usable(it, now)] for place, entries in places}
        with_it = sum(bool(refs) for refs in usable.values())
        without = [place for place, refs in usable.items() if not refs]
        assert with_it >= (criterion.minimum_boards or len(places)), (
            f"{event.gate} was passed without {criterion.evidence} of {without}"
        )
        assert {ref for refs in usable.values() for ref in refs} <= named


def evidence_asked(state: Journey, criterion: Criterion) -> list[tuple[str, list[Entry]]]:
    """What a criterion asks for, by place."""
    own = list(state.on_record.values())
    if criterion.source == "own":
        places = {"own": own}
    elif criterion.source == "national":
        places = {"national": list(cast("Rollout", state).direction.national)}
    else:
        assert isinstance(state, Technology)
        pilots = state.pilots
        going = [name for name in pilots if name in state.reports and not state.reports[name].stopped]
        places = {name: list(state.reports[name].evidence) for name in going} or {"any": []}
    return [
        (place, [entry for entry in entries if entry.evidence.id == criterion.evidence])
        for place, entries in places.items()
    ]


def is_usable(entry: Entry, now: datetime) -> bool:
    """Whether anybody may still rely on it."""
    return not is_gone(entry) and (entry.evidence.expires is None or entry.evidence.expires >= now.date())


def is_gone(entry: Entry) -> bool:
    """Whether somebody has taken it back, in one way or another."""
    return entry.withdrawn is not None or entry.superseded_by is not None or entry.set_aside


def check_round_trip(adapter: TypeAdapter[Any], value: BaseModel) -> None:
    """What is written can be read back, in full or with only what was given."""
    assert adapter.validate_json(value.model_dump_json()) == value
    assert adapter.validate_json(value.model_dump_json(exclude_unset=True)) == value


# --- of every state -----------------------------------------------------------------------------------------


def check_state(stream: str, state: Aggregate, paused: Paused, excused: Excused) -> None:
    """Hold a state against the laws."""
    check_round_trip(TypeAdapter(rules_of(stream).state), state)
    if isinstance(state, Journey) and state.stopped:
        assert state.gate is None, "nothing waits for a decision at what has ended"
    if isinstance(state, Journey):
        for matter in state.docket.matters:
            if matter.due is not None:
                check_working_day(state.pace, matter.due)
        check_plans(state)
    if isinstance(state, Technology):
        check_arrangement(state)
        check_counted(state)
    if isinstance(state, Journey) and state.work is not None:
        check_order(state, state.work, excused.of(stream))
        going = [step for step in state.work.plan.steps if may_move(state, step)]
        check_dues(stream, state.work, going, state.pace, paused)


def check_order(state: Journey, work: Work, excused: frozenset[tuple[str, str]] = frozenset()) -> None:
    """Nothing is begun before what it needs is closed, and nothing that can be begun is kept back.

    What was closed before a version of the plan gave it another prerequisite is excused for that one.
    """
    for step in work.plan.steps:
        record = work.record(step.id)
        needs = [need for need in step.needs if not (record.status.closed and (step.id, need) in excused)]
        ready = all(work.record(need).status.closed for need in needs) and is_fed(state, step)
        if record.status is not StepStatus.WAITING:
            assert ready or step.draws_on, f"{step.id} is {record.status} too early"
        elif may_move(state, step) and state.working and not is_held(state, work.plan.id, step.id):
            assert not ready, f"{step.id} waits for nothing"


def is_fed(state: Journey, step: Step) -> bool:
    """Whether every pilot that takes part has what the step draws on."""
    if not step.draws_on:
        return True
    assert isinstance(state, Technology)
    found = [
        {it.evidence.id for it in report.evidence if not is_gone(it)}
        for board, report in state.reports.items()
        if board in state.pilots and not report.stopped
    ]
    return bool(found) and all(set(step.draws_on) <= here for here in found)


def check_dues(stream: str, work: Work, steps: list[Step], pace: Pace, paused: Paused) -> None:
    """An open step is due when the time it was given is used up, and paused time does not count."""
    for step in steps:
        record = work.record(step.id)
        if record.status is StepStatus.OPEN:
            assert record.opened is not None
            assert record.due is not None
            assert record.due >= record.opened
            assert record.due == paused.due(stream, step.id)
            check_working_day(pace, record.due)


def check_working_day(pace: Pace, due: datetime) -> None:
    """Nothing is due at a moment at which nobody works, where a calendar counts."""
    if (calendar := pace.working_calendar) is not None:
        local = calendar.local_time(due)
        assert works(calendar, local.date())
        assert local.time() == calendar.closes


def check_noticed(stream: str, state: Journey, paused: Paused, now: datetime) -> None:
    """Once time that has passed was noticed, the status says how late it is."""
    if state.at_rest or state.work is None or not state.working:
        return
    steps = [step for step in state.work.plan.steps if state.work.record(step.id).status is StepStatus.OPEN]
    shares = [paused.used(stream, step.id, now) for step in steps]
    late = max(shares, default=0.0)
    if late >= 1:
        assert state.rag is Rag.OFF_TRACK
    elif late > state.pace.at_risk_share:
        assert state.rag is Rag.AT_RISK
    elif (
        state.docket.reviews
        or state.held_up
        or state.delays
        or any(it.in_force for it in state.halts.values())
    ):
        assert state.rag is Rag.AT_RISK, "what it rests on has fallen, or is late"
    elif late < state.pace.at_risk_share and not state.expired:
        assert state.rag in {Rag.ON_TRACK, Rag.DELIVERED}


def still_to_provide(track: Workstream) -> list[str]:
    """What a track has still to make ready, read from its plan."""
    if track.stopped is not None or track.work is None:
        return []
    needed, work = track.brief.needed, track.work
    open_still = (step for step in work.plan.steps if not work.record(step.id).status.closed)
    return [step.provides for step in open_still if step.provides is not None and step.provides in needed]


def check_awaited(technology: Technology, rollout: Rollout) -> None:
    """A board awaits what the nation's tracks and its own have not made ready, as they last said."""
    if rollout.stopped is not None:
        return
    proposal, known = technology.proposal, technology.tracks
    tracks = [track_name(area) for area in sorted(proposal.workstreams)]
    tracks += [track_name(area, rollout.brief.board) for area in sorted(proposal.board_workstreams)]
    told = [it for track in tracks if track in known for it in known[track].outstanding]
    assert [it for it in rollout.direction.awaits if it.track.split("/")[2] in known] == told


# --- of the whole world -------------------------------------------------------------------------------------


def check_world(states: dict[str, Aggregate], history: dict[str, list[Event]]) -> None:
    """Hold what concerns more than one aggregate against the laws."""
    check_capacity({**states}, history)


def check_understood(sender: Aggregate, reader: Aggregate) -> None:
    """Whoever has read the latest from another acts on it."""
    match sender, reader:
        case Technology(), Rollout():
            check_guided(sender, reader)
            check_offered(sender, reader)
            check_awaited(sender, reader)
            check_halted(sender, reader)
        case Technology(), Workstream():
            check_accompanied(sender, reader)
            check_halted(sender, reader)
        case Rollout(), Technology():
            told = reader.reports[sender.brief.board]
            assert (told.stage, told.cycle) == (sender.stage, sender.cycle)
            assert (told.paused, told.stopped) == ("own" in sender.pauses, sender.stopped is not None)
            in_force = sorted(it.number for it in sender.halts.values() if it.in_force)
            assert told.halted == (() if sender.stopped else tuple(in_force))
            assert told.playbook == sender.adopted
            assert told.offered == (sender.offer.edition.version if sender.offer else None)
            if sender.stage == RolloutStage.PILOTED:
                found = [entry for entry in sender.on_record.values() if entry in told.evidence]
                assert tuple(found) == told.evidence, "a pilot's findings are those on its record"
        case Workstream(), Technology():
            reported = reader.tracks[sender.brief.track]
            assert reported.done == (sender.stage == "done")
            assert [it.infrastructure for it in reported.outstanding] == still_to_provide(sender)
        case Rollout(), Programme():
            known = {**reader.queue, **reader.slots, **reader.lost}
            assert (sender.stream in known) == (sender.stopped is None)
            if sender.delivered and sender.stream in reader.slots:
                assert reader.slots[sender.stream].is_live
        case Programme(), Rollout():
            check_told(sender, reader)
        case _:
            raise AssertionError(f"{sender.stream} has nothing to tell {reader.stream}")


def check_accompanied(sender: Technology, reader: Workstream) -> None:
    """A track rests and ends with its technology, and one at a board with that board's wave."""
    assert (reader.stopped is not None) or sender.stopped is None, f"{reader.stream} goes on"
    waves = [wave for board, wave in boards_started(sender) if board == reader.board]
    rests = "own" in sender.pauses or any(wave in sender.waves_paused for wave in waves)
    if reader.stopped is None:
        assert ("technology" in reader.pauses) == rests, f"{reader.stream} differs"


def check_halted(sender: Technology, reader: Rollout | Workstream) -> None:
    """Whoever has read the latest is frozen by exactly those halts in force that are about it."""
    if reader.stopped is not None:
        return
    version = reader.adopted if isinstance(reader, Rollout) else None
    about = [it.number for it in sender.halts.values() if it.in_force and it.version in {None, version}]
    assert [it.number for it in reader.halting] == about, f"{reader.stream} differs"


def refold(stream: str, events: list[Event]) -> Aggregate | None:
    """The state that the events lead to, once written and read back."""
    rules = rules_of(stream)
    state: Aggregate | None = None
    for event in events:
        state = rules.evolve(state, rules.event.validate_json(event.model_dump_json(exclude_unset=True)))
    return state
