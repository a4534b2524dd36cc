"""A technology's whole life, lived by the rules alone: the pure counterpart of the durable workflows.

Everybody does at once whatever is open; messages between aggregates are delivered until all is quiet.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

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
from domain.actor import ENGINE, Actor
from domain.barrier import BarrierPolicy, Escalation, holding
from domain.barrier_words import Severity
from domain.check import CheckNeeded
from domain.criterion import Criterion, Signed, Threshold
from domain.event import Command, Event, TimePassed
from domain.evidence import AddEvidence, Evidence, SignCheck, Verdict, stands
from domain.findings import RoleTraining, Training
from domain.findings.slugs import SHARE, TRAINING
from domain.gate import Effect, Gate, Seat, Vote, Waiving
from domain.gate_commands import DecideGate
from domain.halt import HaltPolicy
from domain.journey import Authority, Journey
from domain.judging import blocks, judge_gate
from domain.learning import DecideTrial, StudyTrial, undecided
from domain.learning import Verdict as Fate
from domain.office_commands import OpenProgramme
from domain.plan import EvidenceAsked, Plan, Step
from domain.playbook import Mitigation, Playbook
from domain.proposal import Gates, Proposal, Wave
from domain.record import Batch
from domain.refusal import Refusal
from domain.steps import CompleteStep
from domain.technology import Propose, PublishPlaybook
from domain.work import open_steps
from tests.domain.examples import charter_of

START = datetime(2027, 1, 4, 9, tzinfo=UTC)
DAY = timedelta(days=1)
OFFICE = Actor(name="Programme office", roles=("npt", "lead", "team"), boards="all")
PROPOSER = Actor(name="Proposer", roles=("npt",), boards="all")
TEAM = Actor(name="Team", roles=("team",), boards="all")


def person(role: str) -> Actor:
    """Somebody of the national programme who holds one role and did nothing else."""
    return Actor(name=f"The {role}", roles=(role,), boards="all")


RULES = {"programme": programme, "technology": technology, "rollout": rollout, "workstream": workstream}
DECIDE: dict[str, Callable[..., Any]] = {
    "programme": office_rules.decide,
    "technology": technology_rules.decide,
    "rollout": rollout_rules.decide,
    "workstream": workstream.decide,
}

MESSAGES: dict[str, Callable[..., Any]] = {
    "programme": office_rules.messages,
    "technology": technology_wishes.messages,
    "rollout": rollout_wishes.messages,
    "workstream": workstream.messages,
}


def rules_of(stream: str) -> Any:
    """The rules of the aggregate that a stream belongs to."""
    return RULES[stream.partition("/")[0]]


def make_plan(
    name: str, steps: int, *evidence: str, draws_on: tuple[str, ...] = (), provides: str | None = None
) -> Plan:
    """A plan in which three steps can be worked on at once; the last may ask for evidence, or provide."""
    asked = tuple(EvidenceAsked(id=item, title=item.capitalize()) for item in evidence)
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
                priority="demand",
                evidence=asked if number == steps - 1 else (),
                draws_on=draws_on if number == 1 else (),
                provides=provides if number == steps - 1 else None,
            )
            for number in range(steps)
        ),
    )


def make_gate(name: str, *criteria: Criterion, **more: Any) -> Gate:
    """A gate that can be passed, that can send back, and that can end it all."""
    given: dict[str, Any] = {
        "id": name,
        "title": name.capitalize(),
        "question": "What next?",
        "seats": (Seat(role="npt"),),
        "outcomes": {"go": Effect.PROCEED, "again": Effect.REPEAT, "end": Effect.STOP},
        "criteria": criteria,
    }
    return Gate.model_validate(given | more)


def ask_of(name: str, **more: Any) -> Criterion:
    """A criterion that asks for evidence to be there, or for what it is told."""
    return Criterion.model_validate({"id": name, "title": name.capitalize(), "evidence": name} | more)


ENOUGH_TRAINED = Threshold(
    reading=TRAINING,
    comparison="at-least",
    value=0.7,
    unit=SHARE,
    owner="npt",
    source="Agreed by the programme",
    date=date(2027, 1, 1),
)
DPIA = CheckNeeded(
    id="dpia", title="Dpia", signers=("assurer",), rests_on=("draft",), expires_after=timedelta(days=300)
)
SAFETY = CheckNeeded(id="safety", title="Safety", signers=("assurer",), independent=True)
LIMIT: dict[str, Any] = {"time_limit": 10 * DAY, "escalates_to": ("board-of-npt",)}
WAIVABLE = Waiving(approvers=("assurer",), longest=timedelta(days=60))


def make_gates(*, automatic: bool) -> Gates:
    """Gates of every kind: of one seat and of several, with a limit, with waivers, automatic or not."""
    signed = ask_of("dpia", test=Signed(), same_version=True)
    return Gates(
        begin=make_gate("begin", ask_of("draft"), waiving=WAIVABLE, **LIMIT),
        scale=make_gate(
            "scale",
            ask_of("outcomes", source="pilots"),
            ask_of("trained", source="pilots", test=ENOUGH_TRAINED, required=False),
            seats=(Seat(role="npt"), Seat(role="clinician", required=True), Seat(role="finance")),
            quorum=2,
            **LIMIT,
        ),
        approve_playbook=make_gate("approve", ask_of("cost", required=False)),
        release=make_gate("release", signed, outcomes={"go": Effect.PROCEED}, automatic=automatic),
        go_live=make_gate(
            "go-live",
            ask_of("trained", test=ENOUGH_TRAINED, minimum_sample=10),
            ask_of("safety", test=Signed()),
            signed.model_copy(update={"source": "national"}),
            seats=(Seat(role="lead"), Seat(role="assurer", independent=True)),
            waiving=WAIVABLE,
            **LIMIT,
        ),
        handover=make_gate("accept", seats=(Seat(role="lead"),)),
        sustain=make_gate("end-of-project"),
        release_halt=make_gate("lift-halt", ask_of("safety-review"), **LIMIT),
    )


def make_proposal(name: str = "ccbt", boards: int = 14, *, automatic: bool = True) -> Proposal:
    """A technology that tests at two boards and replicates at the others in two waves."""
    names = tuple(f"board-{number}" for number in range(boards))
    half = 2 + (boards - 2) // 3
    return Proposal(
        technology=name,
        service=name,
        title=name.upper(),
        summary="Computerised therapy.",
        programme="scotland",
        authority=Authority(national=("npt",), board=("lead",)),
        pilots=names[:2],
        waves=(Wave(name="first", boards=names[2:half]), Wave(name="second", boards=names[half:])),
        assessment=make_plan("assessment", 4, "draft"),
        proof_of_concept=make_plan("proof", 5, "outcomes", "trained"),
        standardisation=make_plan("standardisation", 4, "cost", draws_on=("outcomes",)),
        sustain=make_plan("sustain", 3),
        workstreams={area: make_plan(area, 4) for area in ("adoption", "infrastructure")},
        sections=("training",),
        handling=BarrierPolicy(
            escalation={Severity.BLOCKING: Escalation(after=5 * DAY, to=("npt", "board-of-npt"))}
        ),
        gates=make_gates(automatic=automatic),
        checks=(DPIA,),
        halting=HaltPolicy(evidence=(EvidenceAsked(id="safety-review", title="Safety review"),)),
        board_checks=dict.fromkeys(names, (SAFETY,)),
    )


def bring(name: str, now: datetime, trained: int = 18, expires: date | None = None) -> Evidence:
    """A finding of today: of those who are trained as counts, of all else as a statement."""
    counts = Training(roles=(RoleTraining(role="team", eligible=20, trained=trained),))
    return Evidence(
        id=name,
        statement=f"{trained} of 20",
        source="Report",
        dated=now.date(),
        expires=expires,
        finding=counts if name == "trained" else None,
    )


PLAYBOOK = Playbook(
    id="standard",
    version=1,
    title="Standard approach",
    sections={"training": "Train everyone."},
    mitigations=(Mitigation(barrier="Too little time", mitigation="Protected hours", source="Interviews"),),
    implementation=make_plan("replication", 6, "trained"),
    handover=make_plan("handover", 3),
)


@dataclass
class Life:
    """Aggregates, what has happened to them in order, and a clock that moves by a day a round.

    Attributes:
        states: The folded states, by stream.
        log: Every event with its stream.
        now: The moment of the next command.
        idle: The streams at which nobody works for now.
    """

    states: dict[str, Any] = field(default_factory=dict)
    log: list[tuple[str, Event]] = field(default_factory=list)
    now: datetime = START
    idle: frozenset[str] = frozenset()

    def do(self, stream: str, command: Command) -> tuple[Event, ...]:
        """Let the rules decide a command and fold what follows; a refusal is a fault of the test."""
        outcome = self.attempt(stream, command)
        assert not isinstance(outcome, Refusal), outcome.message
        return outcome

    def attempt(self, stream: str, command: Command) -> tuple[Event, ...] | Refusal:
        """Let the rules decide a command and fold what follows; a refusal changes nothing."""
        rules = rules_of(stream)
        outcome = DECIDE[stream.partition("/")[0]](self.states.get(stream), command, self.now)
        if isinstance(outcome, Refusal):
            return outcome
        for event in outcome:
            self.states[stream] = rules.evolve(self.states.get(stream), event)
            self.log.append((stream, event))
        return tuple(outcome)

    def open(self, capacity: int = 4) -> None:
        """Open the programme office."""
        authority = Authority(national=("npt",), board=("lead",))
        charter = charter_of(capacity, authority=authority)
        self.do("programme/scotland", OpenProgramme(actor=OFFICE, charter=charter))

    def propose(self, proposal: Proposal | None = None) -> str:
        """Propose a technology and return its stream."""
        proposal = proposal or make_proposal()
        stream = f"technology/{proposal.technology}"
        self.do(stream, Propose(actor=PROPOSER, proposal=proposal))
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
            if isinstance(state, Journey) and not state.at_rest and stream not in self.idle:
                worked = self._work(stream, state, decide) or worked
        self.settle()
        return worked

    def _work(self, stream: str, state: Journey, decide: Callable[[str, Gate], str]) -> bool:
        before = len(self.log)
        if isinstance(state, technology.Technology) and state.stage == "standardise" and not state.playbook:
            self.do(stream, PublishPlaybook(actor=OFFICE, playbook=PLAYBOOK))
        for command in steps_to_do(state, self.now):
            self.do(stream, command)
        for trial in undecided(getattr(state, "trials", {})):
            evidence = bring(trial.id, self.now)
            self.attempt(stream, StudyTrial(actor=TEAM, trial=trial.id, evidence=evidence))
            self.attempt(
                stream, DecideTrial(actor=TEAM, trial=trial.id, verdict=Fate.ADOPT, reason="It helped.")
            )
        for gate in self._gates(stream):
            self.decide(stream, gate, decide(stream, gate))
        return len(self.log) > before

    def _gates(self, stream: str) -> list[Gate]:
        """The gates that wait: those to be decided again come first, for they keep the others shut."""
        docket = self.states[stream].docket
        again = [matter.gate for matter in docket.reviews.values()]
        return again if docket.gate is None else [*again, docket.gate.gate]

    def decide(self, stream: str, gate: Gate, outcome: str) -> None:
        """Have everybody who has a say at a gate agree, once what it asks for is there."""
        if gate.outcomes[outcome] is Effect.PROCEED:
            for judgement in judge_gate(self.states[stream], gate, self.now):
                if blocks(judgement):
                    criterion = next(it for it in gate.criteria if it.id == judgement.criterion)
                    self.provide(stream, criterion)
        for role in gate.decides:
            if self.states[stream].docket.matter(gate.id) is None:
                return
            unclear = [
                it.criterion
                for it in judge_gate(self.states[stream], gate, self.now)
                if it.required and it.result == "inconclusive" and gate.outcomes[outcome] is Effect.PROCEED
            ]
            accepts = dict.fromkeys(unclear, "It was weighed.")
            self.attempt(
                stream,
                DecideGate(
                    actor=person(role), gate=gate.id, outcome=outcome, reason="As agreed.", accepts=accepts
                ),
            )

    def provide(self, stream: str, criterion: Criterion) -> None:
        """Bring what a criterion lacks, wherever it is asked for."""
        match criterion.source:
            case "pilots":
                places = [f"rollout/{stream.split('/')[1]}/{name}" for name in self.states[stream].held]
            case "national":
                places = [f"technology/{stream.split('/')[1]}"]
            case _:
                places = [stream]
        for place in places:
            if place in self.states:
                self.bring(place, criterion.evidence)
        self.settle()

    def bring(self, stream: str, name: str) -> None:
        """Bring evidence in the place of what stands, or sign the check of that name."""
        state = self.states[stream]
        check = next((it for it in state.checks if it.id == name), None)
        if check is not None:
            for ground in check.rests_on:
                self.bring(stream, ground)
            self.sign(stream, name, Verdict.ACCEPTED)
            return
        before = [it.ref for it in state.on_record.values() if it.evidence.id == name and stands(it)]
        for supersedes in before or [None]:
            evidence = bring(name, self.now)
            self.attempt(stream, AddEvidence(actor=TEAM, evidence=evidence, supersedes=supersedes))

    def sign(self, stream: str, check: str, verdict: Verdict) -> None:
        """Sign a check, if it can be signed."""
        self.attempt(
            stream,
            SignCheck(
                actor=person("assurer"),
                check=check,
                verdict=verdict,
                terms="Within a year." if verdict is Verdict.CONDITIONAL else "",
                statement="It was looked at.",
                source="Minutes",
                dated=self.now.date(),
            ),
        )

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


def steps_to_do(state: Journey, now: datetime) -> list[CompleteStep]:
    """The commands that complete all that is open, each with the evidence that is asked for."""
    if state.work is None or not state.working:
        return []
    return [
        CompleteStep(
            actor=TEAM,
            plan=state.work.plan.id,
            step=step.id,
            note="Went well.",
            evidence=tuple(bring(item.id, now) for item in step.evidence),
        )
        for step in open_steps(state.work)
        if holding(state.barriers, state.work.plan.id, step.id) is None
    ]


def vote_as_row(vote: Vote) -> dict[str, Any]:
    """A vote as the catalogue's row holds it: its terms as they are written."""
    return {**vote.model_dump(), "terms": tuple(it.model_dump(mode="json") for it in vote.terms)}


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
