"""What must always hold, written apart from the rules: of every answer, every state and the whole world."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter

from domain import (
    programme,
    rollout,
    rollout_rules,
    technology,
    technology_rules,
    technology_wishes,
    workstream,
)
from domain.actor import ENGINE
from domain.criterion import Criterion
from domain.docket import GateDecided
from domain.event import Command, Event
from domain.evidence import Entry
from domain.gate import Effect
from domain.journey import Journey, Rag
from domain.plan import Step
from domain.programme import Programme, SlotAwarded
from domain.refusal import Refusal
from domain.rollout import Rollout, RolloutStage
from domain.technology import RolloutReported, Technology, WorkstreamReported
from domain.work import StepOpened, StepOverdue, StepStatus, Work
from domain.workstream import Workstream

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
        rollout.messages,
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
        programme.decide,
        programme.evolve,
        programme.award,
        programme.messages,
        Programme,
        TypeAdapter(programme.ProgrammeEvent),
    ),
}


def rules_of(stream: str) -> Rules:
    """The rules by which a stream lives."""
    return _RULES[stream.split("/", maxsplit=1)[0]]


@dataclass
class Paused:
    """How long each stream has been paused in all, and what each step was given when it opened."""

    total: dict[str, timedelta] = field(default_factory=dict)
    opened: dict[tuple[str, str], tuple[datetime, timedelta, timedelta]] = field(default_factory=dict)

    def note(self, stream: str, state: Aggregate, event: Event) -> None:
        """Remember when a step opened and with how much time."""
        if isinstance(event, StepOpened):
            assert isinstance(state, Journey)
            assert state.work is not None
            step = state.work.plan.by_id[event.step]
            allowed = step.duration * (state.pace.day / timedelta(days=1))
            self.opened[stream, event.step] = (event.at, allowed, self.total.get(stream, timedelta()))

    def due(self, stream: str, step: str) -> datetime:
        """When an open step should be due: paused time does not count."""
        at, allowed, before = self.opened[stream, step]
        return at + allowed + self.total.get(stream, timedelta()) - before

    def used(self, stream: str, step: str, now: datetime) -> float:
        """The share of an open step's time that is used up: paused time does not count."""
        at, allowed, before = self.opened[stream, step]
        return (now - at - self.total.get(stream, timedelta()) + before) / allowed


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
            assert isinstance(state, Programme)
            assert len(state.slots) < state.capacity, "no slot is awarded that is not there"
        if isinstance(event, StepOverdue):
            assert event.due <= now
        state = rules.evolve(state, event)
    if state is not None:
        assert rules.consequences(state, ENGINE, now) == (), "all that follows has followed"


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
        pilots = state.proposal.pilots
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


def check_state(stream: str, state: Aggregate, paused: Paused) -> None:
    """Hold a state against the laws."""
    check_round_trip(TypeAdapter(rules_of(stream).state), state)
    if isinstance(state, Journey) and state.stopped:
        assert state.gate is None, "nothing waits for a decision at what has ended"
    if isinstance(state, Journey) and state.work is not None:
        check_order(state, state.work)
        if not state.at_rest:
            check_dues(stream, state.work, paused)


def check_order(state: Journey, work: Work) -> None:
    """Nothing is begun before what it needs is closed, and nothing that can be begun is kept back."""
    for step in work.plan.steps:
        record = work.record(step.id)
        ready = all(work.record(need).status.closed for need in step.needs) and is_fed(state, step)
        if record.status is not StepStatus.WAITING:
            assert ready or step.draws_on, f"{step.id} is {record.status} too early"
        elif not state.at_rest and state.working:
            assert not ready, f"{step.id} waits for nothing"


def is_fed(state: Journey, step: Step) -> bool:
    """Whether every pilot that takes part has what the step draws on."""
    if not step.draws_on:
        return True
    assert isinstance(state, Technology)
    found = [
        {it.evidence.id for it in report.evidence if not is_gone(it)}
        for board, report in state.reports.items()
        if board in state.proposal.pilots and not report.stopped
    ]
    return bool(found) and all(set(step.draws_on) <= here for here in found)


def check_dues(stream: str, work: Work, paused: Paused) -> None:
    """An open step is due when the time it was given is used up, and paused time does not count."""
    for step in work.plan.steps:
        record = work.record(step.id)
        if record.status is StepStatus.OPEN:
            assert record.opened is not None
            assert record.due is not None
            assert record.due >= record.opened
            assert record.due == paused.due(stream, step.id)


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
    elif state.docket.reviews or state.held_up:
        assert state.rag is Rag.AT_RISK, "what it rests on has fallen"
    elif late < state.pace.at_risk_share and not state.expired:
        assert state.rag in {Rag.ON_TRACK, Rag.DELIVERED}


# --- of the whole world -------------------------------------------------------------------------------------


def check_world(states: dict[str, Aggregate], history: dict[str, list[Event]]) -> None:
    """No board implements without a slot, and no more slots are held than there ever were."""
    office = next((state for state in states.values() if isinstance(state, Programme)), None)
    if office is None:
        return
    changes = history[office.stream]
    most = max(
        [office.charter.capacity]
        + [event.capacity for event in changes if isinstance(event, programme.CapacitySet)]
    )
    assert len(office.slots) <= most
    assert not set(office.slots) & set(office.queue)
    for stream, state in states.items():
        if isinstance(state, Rollout) and state.stopped is None:
            busy = state.stage in {RolloutStage.REPLICATION, RolloutStage.HANDOVER}
            assert not busy or stream in office.slots, f"{stream} implements without a slot"


def check_understood(sender: Aggregate, reader: Aggregate) -> None:
    """Whoever has read the latest from another acts on it."""
    match sender, reader:
        case Technology(), Rollout() | Workstream():
            assert (reader.stopped is not None) or sender.stopped is None, f"{reader.stream} goes on"
            if reader.stopped is None:
                assert ("technology" in reader.pauses) == ("own" in sender.pauses), f"{reader.stream} differs"
        case Rollout(), Technology():
            told = reader.reports[sender.brief.board]
            assert (told.stage, told.cycle) == (sender.stage, sender.cycle)
            assert (told.paused, told.stopped) == ("own" in sender.pauses, sender.stopped is not None)
            if sender.stage == RolloutStage.PILOTED:
                found = [entry for entry in sender.on_record.values() if entry in told.evidence]
                assert tuple(found) == told.evidence, "a pilot's findings are those on its record"
        case Workstream(), Technology():
            assert reader.tracks[sender.brief.area].done == (sender.stage == "done")
        case Rollout(), Programme():
            over = sender.delivered or sender.stopped is not None
            assert (sender.stream in {**reader.queue, **reader.slots}) == (not over)
        case Programme(), Rollout():
            assert reader.granted or reader.stopped is not None or reader.stream not in sender.slots
        case _:
            raise AssertionError(f"{sender.stream} has nothing to tell {reader.stream}")


def refold(stream: str, events: list[Event]) -> Aggregate | None:
    """The state that the events lead to, once written and read back."""
    rules = rules_of(stream)
    state: Aggregate | None = None
    for event in events:
        state = rules.evolve(state, rules.event.validate_json(event.model_dump_json(exclude_unset=True)))
    return state
