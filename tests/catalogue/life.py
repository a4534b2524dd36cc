"""A technology's whole life, lived by the rules alone: the pure counterpart of the durable workflows.

Everybody does at once whatever is open; messages between aggregates are delivered until all is quiet.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain import (
    programme,
    rollout,
    rollout_rules,
    technology,
    technology_rules,
    technology_wishes,
    workstream,
)
from domain.actor import ENGINE, Actor
from domain.event import Command, Event, TimePassed
from domain.gate import Effect, EvidenceNeeded, Gate
from domain.journey import Authority, Journey
from domain.evidence import Evidence
from domain.plan import EvidenceAsked, Plan, Step
from domain.playbook import Mitigation, Playbook
from domain.programme import Charter, OpenProgramme
from domain.proposal import Gates, Proposal, Wave
from domain.record import Batch
from domain.refusal import Refusal
from domain.gate_commands import DecideGate
from domain.steps import CompleteStep
from domain.technology import Propose, PublishPlaybook
from domain.work import open_steps

START = datetime(2027, 1, 4, 9, tzinfo=UTC)
DAY = timedelta(days=1)
OFFICE = Actor(name="Programme office", roles=("npt", "lead", "team"), boards="all")

RULES = {"programme": programme, "technology": technology, "rollout": rollout, "workstream": workstream}
DECIDE: dict[str, Callable[..., Any]] = {
    "programme": programme.decide,
    "technology": technology_rules.decide,
    "rollout": rollout_rules.decide,
    "workstream": workstream.decide,
}

MESSAGES: dict[str, Callable[..., Any]] = {
    "programme": programme.messages,
    "technology": technology_wishes.messages,
    "rollout": rollout.messages,
    "workstream": workstream.messages,
}


def rules_of(stream: str) -> Any:
    """The rules of the aggregate that a stream belongs to."""
    return RULES[stream.partition("/")[0]]


def make_plan(name: str, steps: int, *, evidence: str | None = None) -> Plan:
    """A plan in which three steps can be worked on at once; the last may ask for evidence."""
    asked = () if evidence is None else (EvidenceAsked(id=evidence, title=evidence.capitalize()),)
    return Plan(
        id=name,
        title=name.capitalize(),
        steps=tuple(
            Step(
                id=f"step-{number}",
                title=f"{name.capitalize()} {number}",
                owner="team",
                duration=14 * DAY,
                needs=() if number < 3 else (f"step-{number - 3}",),
                area="digital-system",
                level="local",
                evidence=asked if number == steps - 1 else (),
            )
            for number in range(steps)
        ),
    )


def make_gate(name: str, *needs: EvidenceNeeded) -> Gate:
    """A gate that can be passed, that can send back, and that can end it all."""
    outcomes = {"go": Effect.PROCEED, "again": Effect.REPEAT, "end": Effect.STOP}
    title = name.capitalize()
    return Gate(id=name, title=title, question="What next?", decides=("npt",), outcomes=outcomes, needs=needs)


def make_proposal(name: str = "ccbt", boards: int = 14) -> Proposal:
    """A technology that tests at two boards and replicates at the others in two waves."""
    names = tuple(f"board-{number}" for number in range(boards))
    return Proposal(
        technology=name,
        service=name,
        title=name.upper(),
        summary="Computerised therapy.",
        programme="scotland",
        authority=Authority(national=("npt",), board=("lead",)),
        pilots=names[:2],
        waves=(Wave(name="first", boards=names[2:6]), Wave(name="second", boards=names[6:])),
        assessment=make_plan("assessment", 4),
        proof_of_concept=make_plan("proof", 5, evidence="outcomes"),
        standardisation=make_plan("standardisation", 4),
        sustain=make_plan("sustain", 3),
        workstreams={area: make_plan(area, 4) for area in ("adoption", "infrastructure")},
        sections=("training",),
        gates=Gates(
            begin=make_gate("begin"),
            scale=make_gate("scale", EvidenceNeeded(evidence="outcomes", title="Outcomes", source="pilots")),
            approve_playbook=make_gate("approve"),
            go_live=make_gate("go-live"),
            handover=make_gate("accept"),
            sustain=make_gate("end-of-project"),
        ),
    )


PLAYBOOK = Playbook(
    id="standard",
    version=1,
    title="Standard approach",
    sections={"training": "Train everyone."},
    mitigations=(Mitigation(barrier="Too little time", mitigation="Protected hours", source="Interviews"),),
    implementation=make_plan("replication", 6),
    handover=make_plan("handover", 3),
)


@dataclass
class Life:
    """Aggregates, what has happened to them in order, and a clock that moves by a day a round.

    Attributes:
        states: The folded states, by stream.
        log: Every event with its stream.
        now: The moment of the next command.
    """

    states: dict[str, Any] = field(default_factory=dict)
    log: list[tuple[str, Event]] = field(default_factory=list)
    now: datetime = START

    def do(self, stream: str, command: Command) -> tuple[Event, ...]:
        """Let the rules decide a command and fold what follows; a refusal is a fault of the test."""
        rules = rules_of(stream)
        outcome = DECIDE[stream.partition("/")[0]](self.states.get(stream), command, self.now)
        assert not isinstance(outcome, Refusal), outcome.message
        for event in outcome:
            self.states[stream] = rules.evolve(self.states.get(stream), event)
            self.log.append((stream, event))
        return tuple(outcome)

    def open(self, capacity: int = 4) -> None:
        """Open the programme office."""
        authority = Authority(national=("npt",), board=("lead",))
        charter = Charter(programme="scotland", name="Scotland", capacity=capacity, authority=authority)
        self.do("programme/scotland", OpenProgramme(actor=OFFICE, charter=charter))

    def propose(self, proposal: Proposal | None = None) -> str:
        """Propose a technology and return its stream."""
        proposal = proposal or make_proposal()
        stream = f"technology/{proposal.technology}"
        self.do(stream, Propose(actor=OFFICE, proposal=proposal))
        self.settle()
        return stream

    def settle(self) -> None:
        """Start what is wanted and deliver messages until all is quiet."""
        while any(self._settle(stream) for stream in list(self.states)):
            pass

    def _settle(self, stream: str) -> bool:
        moved = False
        state, rules = self.states[stream], rules_of(stream)
        for child, start in technology_wishes.children(state).items() if rules is technology else ():
            if child not in self.states:
                moved = bool(self.do(child, start)) or moved
        for to, message in MESSAGES[stream.partition("/")[0]](state).items():
            if to in self.states:
                moved = bool(self.do(to, message)) or moved
        return moved

    def work(self, decide: Callable[[str, Gate], str] = lambda _stream, _gate: "go") -> bool:
        """Let a day pass and everybody do what is open; say whether anybody had anything to do."""
        self.now += DAY
        worked = False
        for stream, state in list(self.states.items()):
            if isinstance(state, Journey) and not state.at_rest:
                worked = self._work(stream, state, decide) or worked
        self.settle()
        return worked

    def _work(self, stream: str, state: Journey, decide: Callable[[str, Gate], str]) -> bool:
        before = len(self.log)
        if isinstance(state, technology.Technology) and state.stage == "standardise" and not state.playbook:
            self.do(stream, PublishPlaybook(actor=OFFICE, playbook=PLAYBOOK))
        for command in steps_to_do(state):
            self.do(stream, command)
        if gate := self.states[stream].gate:
            outcome = decide(stream, gate.gate)
            self.do(stream, DecideGate(actor=OFFICE, gate=gate.gate.id, outcome=outcome, reason="As agreed."))
        return len(self.log) > before

    def let_time_pass(self, days: int) -> None:
        """Let days pass without work, and what is late be noticed."""
        self.now += days * DAY
        for stream, state in list(self.states.items()):
            if isinstance(state, Journey):
                self.do(stream, TimePassed(actor=ENGINE))
        self.settle()

    def live(self, rounds: int = 500, decide: Callable[[str, Gate], str] = lambda *_: "go") -> None:
        """Work until nobody has anything to do."""
        for _ in range(rounds):
            if not self.work(decide):
                return

    def batches(self) -> Iterator[Batch]:
        """What happened in order, as the workflows send it: consecutive events of one stream together."""
        sequences: dict[str, int] = {}
        position = 0
        while position < len(self.log):
            stream = self.log[position][0]
            end = position
            while end < len(self.log) and self.log[end][0] == stream:
                end += 1
            first = sequences.get(stream, 0) + 1
            events = tuple(event.model_dump(mode="json") for _, event in self.log[position:end])
            sequences[stream] = first + len(events) - 1
            yield Batch(stream=stream, first=first, events=events)
            position = end

    def journeys(self) -> dict[str, Journey]:
        """The folded states of technologies, rollouts and tracks, by stream."""
        return {stream: state for stream, state in self.states.items() if isinstance(state, Journey)}


def steps_to_do(state: Journey) -> list[CompleteStep]:
    """The commands that complete all that is open, each with the evidence that is asked for."""
    if state.work is None or not state.working:
        return []
    return [
        CompleteStep(
            actor=OFFICE,
            plan=state.work.plan.id,
            step=step.id,
            note="Went well.",
            evidence=tuple(
                Evidence(id=item.id, statement="8 of 10 completed", source="Report", dated=date(2027, 1, 1))
                for item in step.evidence
            ),
        )
        for step in open_steps(state.work)
    ]


def whole_life() -> Life:
    """A life from the proposal to sustained, with a second cycle of test and learn."""
    life = Life()
    life.open()
    life.propose()
    sent_back: list[str] = []

    def decide(_stream: str, gate: Gate) -> str:
        if gate.id == "scale" and not sent_back:
            sent_back.append(gate.id)
            return "again"
        return "go"

    life.live(decide=decide)
    return life
