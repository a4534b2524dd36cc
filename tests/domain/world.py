"""A world in memory: every aggregate of a programme, the post between them, and a clock.

It does what the durable shell does - decide, fold, send what changed, start what is wanted - and leaves open
in which order, how late and how often the post arrives. Every answer is held against the laws.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from domain import programme, technology, technology_wishes
from domain.actor import ENGINE, Actor
from domain.criterion import Result
from domain.event import Command, Event, TimePassed
from domain.evidence import AddEvidence, SignCheck, Verdict, stands
from domain.form import check_form
from domain.gate import Effect, OpenGate
from domain.gate_commands import AnswerObjection, DecideGate
from domain.journey import Journey
from domain.judging import judge_gate
from domain.office_commands import OpenProgramme
from domain.plan import Step
from domain.playbook import Playbook
from domain.programme import Programme
from domain.proposal import Proposal
from domain.refusal import Refusal
from domain.rollout import Rollout, StartRollout
from domain.steps import CompleteStep
from domain.technology import PublishPlaybook, Stage, Technology
from domain.work import Work, open_steps
from domain.workstream import StartWorkstream, Workstream
from tests.domain.decision_laws import Books
from tests.domain.edition_laws import Excused
from tests.domain.examples import (
    CHARTER,
    NATIONAL_TEAM,
    OFFICE,
    PLAYBOOK,
    PROGRAMME,
    PROPOSAL,
    PROPOSER,
    START,
    TECHNOLOGY,
    bring,
    lead_of,
    people_of,
    someone,
)
from tests.domain.halt_laws import Line, may_move
from tests.domain.laws import (
    Aggregate,
    Paused,
    check_answer,
    check_state,
    check_understood,
    check_world,
    is_held,
    refold,
    rules_of,
)

Answer = tuple[Event, ...] | Refusal


@dataclass(frozen=True)
class Letter:
    """A message on its way."""

    sender: str
    to: str
    command: Command


@dataclass(repr=False)
class World:
    """All aggregates of one programme.

    Attributes:
        playbook: What is published when somebody has to publish.
        now: The clock.
        states: The aggregates by their streams.
        history: The events of each stream.
        post: What is on its way, oldest first.
        sent: Everything that ever was, oldest first.
        paused: The clock of each stream's pauses, kept apart from the rules.
        books: What each stream's events say, read apart from the rules.
        excused: What had been done before a version of the plan gave it another prerequisite.
        line: Which halts freeze each stream, kept from its events.
    """

    playbook: Playbook = PLAYBOOK
    now: datetime = START
    states: dict[str, Aggregate] = field(default_factory=dict)
    history: dict[str, list[Event]] = field(default_factory=dict)
    post: list[Letter] = field(default_factory=list)
    sent: list[Letter] = field(default_factory=list)
    paused: Paused = field(default_factory=Paused)
    books: Books = field(default_factory=Books)
    excused: Excused = field(default_factory=Excused)
    line: Line = field(default_factory=Line)
    coalesce: bool = False
    _told: dict[tuple[str, str], Command] = field(default_factory=dict)
    _heard: dict[tuple[str, str], Command] = field(default_factory=dict)
    _started: set[str] = field(default_factory=set)

    # --- what happens ---------------------------------------------------------------------------------------

    def do(self, stream: str, command: Command) -> Answer:
        """Give a command, fold what follows, and post what others should know."""
        rules = rules_of(stream)
        before = self.states.get(stream)
        answer = check_form(command) or rules.decide(before, command, self.now)
        check_answer(stream, before, command, answer, self.now)
        if isinstance(answer, Refusal):
            return answer
        state = before
        for event in answer:
            self.line.check(stream, state if isinstance(state, Journey) else None, event)
            self.line.note(stream, event)
            state = rules.evolve(state, event)
            self.paused.note(stream, state, event)
            self.books.note(stream, event)
            self.excused.note(stream, state, event)
        if answer:
            self.books.check_fallen(stream, self.now)
        if state is not None and answer:
            self.states[stream] = state
            self.history.setdefault(stream, []).extend(answer)
            check_state(stream, state, self.paused, self.excused)
            self._send(stream, state)
        return answer

    def ask(self, stream: str, command: Command) -> Answer:
        """The answer to a command that is not given."""
        return check_form(command) or rules_of(stream).decide(self.states[stream], command, self.now)

    def wait(self, days: float) -> None:
        """Let time pass without anybody noticing."""
        self.let_pass(timedelta(days=days))

    def let_pass(self, time: timedelta) -> None:
        """Let time pass without anybody noticing."""
        for stream, state in self.states.items():
            if isinstance(state, Journey) and state.pauses:
                self.paused.spans.setdefault(stream, []).append((self.now, self.now + time))
            elif isinstance(state, Journey) and state.work is not None:
                for step in state.work.plan.steps:
                    if not self.line.is_working(stream, step):
                        span = (self.now, self.now + time)
                        self.paused.stood.setdefault((stream, step.id), []).append(span)
        self.now += time

    def notice(self, stream: str | None = None) -> None:
        """Let one stream, or every one, notice that time has passed."""
        for name in [stream] if stream else list(self.states):
            self.do(name, TimePassed(actor=ENGINE))

    def _send(self, stream: str, state: Aggregate) -> None:
        if isinstance(state, Technology):
            for child, start in technology_wishes.children(state).items():
                if child not in self._started:
                    self._started.add(child)
                    self._put(Letter(stream, child, start))
        for to, command in rules_of(stream).messages(state).items():
            if self._told.get((stream, to)) != command:
                self._told[stream, to] = command
                self._put(Letter(stream, to, command))

    def _put(self, letter: Letter) -> None:
        if self.coalesce:
            # A shell that was busy sends what is so now, not what was so in between.
            self.post = [
                other
                for other in self.post
                if (other.sender, other.to) != (letter.sender, letter.to)
                or isinstance(other.command, StartRollout | StartWorkstream)
            ]
        self.post.append(letter)
        self.sent.append(letter)

    # --- the post -------------------------------------------------------------------------------------------

    def deliverable(self, *, in_order: bool = False) -> list[Letter]:
        """What can arrive next: to streams that exist; in order, only the oldest between each two."""
        found: list[Letter] = []
        pairs: set[tuple[str, str]] = set()
        for letter in self.post:
            if in_order and (letter.sender, letter.to) in pairs:
                continue
            pairs.add((letter.sender, letter.to))
            if letter.to in self.states or isinstance(letter.command, StartRollout | StartWorkstream):
                found.append(letter)
        return found

    def deliver(self, letter: Letter, *, twice: bool = False) -> None:
        """Hand over one letter; a second time changes nothing."""
        if letter in self.post:
            self.post.remove(letter)
        self.do(letter.to, letter.command)
        self._heard[letter.sender, letter.to] = letter.command
        if twice:
            again = self.do(letter.to, letter.command)
            assert again == () or cast("Refusal", again).code == "already-started"

    def settle(self) -> None:
        """Deliver everything, oldest first, until nothing is on its way."""
        while letters := self.deliverable(in_order=True):
            self.deliver(letters[0])

    def resend(self) -> None:
        """Post again what everybody should know, as a shell that was rebuilt would."""
        self._told.clear()
        for stream, state in list(self.states.items()):
            self._send(stream, state)

    # --- who is there ---------------------------------------------------------------------------------------

    @property
    def technology(self) -> Technology:
        """The technology."""
        return cast("Technology", self.states[TECHNOLOGY])

    def rollout_start(self, stream: str) -> StartRollout:
        """How the technology would start a rollout now."""
        return cast("StartRollout", technology_wishes.children(self.technology)[stream])

    @property
    def programme(self) -> Programme:
        """The programme office."""
        return cast("Programme", self.states[PROGRAMME])

    def rollout(self, stream: str) -> Rollout:
        """A board's rollout."""
        return cast("Rollout", self.states[stream])

    def workstream(self, stream: str) -> Workstream:
        """A workstream."""
        return cast("Workstream", self.states[stream])

    def journey(self, stream: str) -> Journey:
        """A technology, rollout or workstream."""
        return cast("Journey", self.states[stream])

    def work(self, stream: str) -> Work:
        """The plan that is being worked on."""
        work = self.journey(stream).work
        assert work is not None
        return work

    def journeys(self) -> dict[str, Journey]:
        """All technologies, rollouts and workstreams."""
        return {name: state for name, state in self.states.items() if isinstance(state, Journey)}

    def kinds(self, stream: str) -> list[str]:
        """The kinds of all that happened to a stream, oldest first."""
        return [event.kind for event in self.history[stream]]

    # --- people who do what is due --------------------------------------------------------------------------

    def right_actor(self, stream: str) -> Actor:
        """Someone who may work on the steps of a stream."""
        board = self.journey(stream).board
        return NATIONAL_TEAM if board is None else people_of(board)

    def complete(self, stream: str, step: str, **more: object) -> Answer:
        """Complete a step, with what it asks for unless told otherwise."""
        plan = self.work(stream).plan
        asked = plan.by_id[step].evidence if step in plan.by_id else ()
        given: dict[str, object] = {
            "actor": self.right_actor(stream),
            "plan": plan.id,
            "step": step,
            "evidence": tuple(bring(item.id) for item in asked),
        }
        return self.do(stream, CompleteStep.model_validate(given | more))

    def pass_gate(self, stream: str, outcome: str = "go", **more: object) -> Answer:
        """Decide the open gate."""
        state = self.journey(stream)
        gate = state.gate.gate.id if state.gate else "none"
        actor = OFFICE if state.board is None else lead_of(state.board)
        given: dict[str, object] = {"actor": actor, "gate": gate, "outcome": outcome, "reason": "as agreed"}
        return self.do(stream, DecideGate.model_validate(given | more))

    def pass_together(self, stream: str, gate: str | None = None) -> None:
        """Let everybody who has a seat say that a gate is to be passed, once what it asks for is there."""
        state = self.journey(stream)
        matter = state.docket.gate if gate is None else state.docket.matter(gate)
        if matter is None:
            return
        self._prepare(stream, matter)
        go = next(name for name, effect in matter.gate.outcomes.items() if effect is Effect.PROCEED)
        for seat in matter.gate.seats:
            state = self.journey(stream)
            if state.docket.matter(matter.gate.id) is None:
                return
            unclear = [
                it.criterion
                for it in judge_gate(state, matter.gate, self.now)
                if it.required and it.result is Result.INCONCLUSIVE
            ]
            command = DecideGate(
                actor=self.holder_of(seat.role, state.board),
                gate=matter.gate.id,
                outcome=go,
                reason="as agreed",
                accepts=dict.fromkeys(unclear, "it is good enough"),
            )
            self.do(stream, command)

    def _prepare(self, stream: str, matter: OpenGate) -> None:
        """Answer what was objected, and sign and bring what a gate lacks of its own."""
        state = self.journey(stream)
        for objection in state.docket.open_objections(matter.gate.id):
            actor = someone("Whoever answers", *matter.gate.decides)
            number = objection.number
            self.do(
                stream,
                AnswerObjection(actor=actor, gate=matter.gate.id, objection=number, reason="seen to"),
            )
        judged = {it.criterion: it.result for it in judge_gate(state, matter.gate, self.now)}
        checks = [check.id for check in state.checks]
        for criterion in matter.gate.criteria:
            name, lacking = criterion.evidence, judged[criterion.id] in {Result.MISSING, Result.NOT_MET}
            if not lacking or not criterion.required or criterion.source != "own":
                continue
            if name in checks:
                self.sign(stream, name)
            else:
                standing = [it for it in state.on_record.values() if it.evidence.id == name and stands(it)]
                old = standing[-1].ref if standing else None
                brought = bring(name, dated=self.now.date())
                self.do(
                    stream,
                    AddEvidence(actor=self.right_actor(stream), evidence=brought, supersedes=old),
                )

    def lift(self, number: int) -> None:
        """Let the two who decide it release a halt, on a review of safety."""
        self.pass_together(TECHNOLOGY, f"lift-halt-{number}")

    def sign(self, stream: str, check: str) -> Answer:
        """Sign a check, as somebody who is not of the board."""
        return self.do(
            stream,
            SignCheck(
                actor=someone("Clinician", "clinician"),
                check=check,
                verdict=Verdict.ACCEPTED,
                statement="The hazards are controlled.",
                source="Hazard log",
                dated=self.now.date(),
            ),
        )

    def holder_of(self, role: str, board: str | None) -> Actor:
        """Somebody who holds a role, and did none of the work."""
        if role == "lead" and board is not None:
            return lead_of(board)
        return OFFICE if role == "npt" else someone(role.capitalize(), role)

    def tasks(self) -> Iterator[tuple[str, Step]]:
        """Every step that can be completed now."""
        for stream, state in list(self.journeys().items()):
            if state.work is not None and state.working:
                for step in open_steps(state.work):
                    if may_move(state, step) and not is_held(state, state.work.plan.id, step.id):
                        yield stream, step

    def finish_plan(self, stream: str) -> None:
        """Complete all steps of the plan at hand."""
        plan = self.work(stream).plan.id
        while self.work(stream).plan.id == plan and (steps := open_steps(self.work(stream))):
            assert not isinstance(self.complete(stream, steps[0].id), Refusal)
        self.settle()

    def gates(self) -> list[str]:
        """The streams whose gates wait for a decision."""
        return [name for name, state in self.journeys().items() if state.gate and not state.at_rest]

    def needs_playbook(self) -> bool:
        """Say whether the first playbook has to be published now."""
        state = self.technology
        return state.stage == Stage.STANDARDISE and state.playbook is None and state.stopped is None

    def publish(self, **changes: object) -> Answer:
        """Publish the next playbook, changed as told."""
        return self.publish_at(TECHNOLOGY, **changes)

    def publish_at(self, stream: str, **changes: object) -> Answer:
        """Publish the next playbook of a technology, changed as told."""
        last = cast("Technology", self.states[stream]).playbook
        version = last.version + 1 if last else 1
        playbook = self.playbook.model_copy(update={"version": version, **changes})
        return self.do(stream, PublishPlaybook(actor=OFFICE, playbook=playbook))

    def work_through(self) -> bool:
        """Do all that is due at this moment, once; say whether anything was."""
        self.settle()
        due = list(self.tasks())
        for stream, step in due:
            self.complete(stream, step.id)
        if publish := self.needs_playbook():
            self.publish()
        self.settle()
        gates = self.gates()
        for stream in gates:
            self.pass_together(stream)
        self.settle()
        return bool(due or gates or publish)

    def check(self) -> None:
        """Hold the whole world against the laws that concern more than one aggregate."""
        check_world(self.states, self.history)
        for (sender, to), command in self._told.items():
            if self._heard.get((sender, to)) == command:
                check_understood(self.states[sender], self.states[to])
        for stream in self.journeys():
            if all(self._heard.get(pair) == told for pair, told in self._told.items() if pair[1] == stream):
                self.books.check_delivered(stream, self.now)

    def check_history(self) -> None:
        """Fold every stream again from its events as they were written."""
        for stream, events in self.history.items():
            assert refold(stream, events) == self.states[stream]


def proceed(state: Journey) -> str:
    """The first outcome that proceeds."""
    assert state.gate is not None
    outcomes = state.gate.gate.outcomes
    return next(name for name, effect in outcomes.items() if effect is Effect.PROCEED)


def found_programme(
    proposal: Proposal = PROPOSAL,
    charter: programme.Charter = CHARTER,
    playbook: Playbook = PLAYBOOK,
) -> World:
    """A world whose office is open and whose technology is proposed."""
    world = World(playbook=playbook)
    world.do(PROGRAMME, OpenProgramme(actor=OFFICE, charter=charter))
    world.do(TECHNOLOGY, technology.Propose(actor=PROPOSER, proposal=proposal))
    return world


def reach(stage: Stage, world: World | None = None) -> World:
    """A world whose technology has just come into this stage, with all the post delivered."""
    world = world or found_programme()
    while world.technology.stage != stage:
        settled = world.technology.stage
        assert world.work_through(), f"stuck in {settled}"
    return world
