"""Whoever does whatever, and however the post arrives, the laws hold after every step."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.actor import ENGINE, Actor
from domain.docket import GateEscalated, GateReopened
from domain.event import Command, TimePassed
from domain.evidence import EvidenceExpired
from domain.gate_commands import DecideGate
from domain.journey import RagChanged
from domain.plan import Plan
from domain.programme import SetCapacity, SetPriority
from domain.proposal import Wave
from domain.refusal import Refusal
from domain.steering import Pause, Resume, Stop
from domain.steps import CompleteStep, ReopenStep, SkipStep
from domain.technology import PublishPlaybook, ReorderWaves
from domain.work import StepOverdue
from tests.domain.examples import (
    ADOPTION,
    BOARDS,
    NATIONAL_TEAM,
    NOBODY,
    OFFICE,
    PROGRAMME,
    TECHNOLOGY,
    VISITOR,
    bring,
    lead_of,
    people_of,
)
from tests.domain.laws import check_noticed, check_order
from tests.domain.strategies import worlds
from tests.domain.world import Answer, World

PICK = st.integers(0, 1000)
ANYBODY = st.sampled_from([OFFICE, NATIONAL_TEAM, VISITOR, NOBODY, *(people_of(board) for board in BOARDS)])
JOURNEYS = (TECHNOLOGY, ADOPTION, *(f"rollout/ccbt/{board}" for board in BOARDS))
ANY_JOURNEY = st.sampled_from(JOURNEYS)
REASON = st.sampled_from([*["as agreed"] * 6, " ", "ask jo@example.org"])


class PeopleWork(RuleBasedStateMachine):
    """People work, rest and write to each other, and the post is as late as it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    def attempt(self, stream: str, command: Command) -> Answer | None:
        """Give a command to a stream that exists; a refusal leaves it as it was."""
        if stream not in self.world.states:
            return None
        before = self.world.states[stream]
        written = before.model_dump_json()
        answer = self.world.do(stream, command)
        if isinstance(answer, Refusal):
            assert self.world.states[stream] is before
        assert before.model_dump_json() == written, "what was so is not touched"
        return answer

    def likely(self, stream: str, who: Actor, pick: int) -> Actor:
        """Mostly someone who may steer and decide here, else whoever it is."""
        if pick % 4 == 0:
            return who
        state = self.world.journeys().get(stream)
        if state is None or state.board is None:
            return OFFICE
        return lead_of(state.board) if pick % 3 == 0 else people_of(state.board)

    def plan_of(self, stream: str) -> Plan | None:
        """The plan that a stream works on."""
        state = self.world.journeys().get(stream)
        return None if state is None or state.work is None else state.work.plan

    @rule(pick=PICK)
    def do_a_task(self, pick: int) -> None:
        """Somebody completes one of the open steps: that is never refused."""
        if tasks := list(self.world.tasks()):
            stream, step = tasks[pick % len(tasks)]
            assert not isinstance(self.world.complete(stream, step.id), Refusal)

    @rule(letters=st.lists(PICK, min_size=1, max_size=8), twice=st.booleans())
    def deliver(self, letters: list[int], twice: bool) -> None:
        """Some of the post arrives, in any order, once or twice."""
        for pick in letters:
            if found := self.world.deliverable():
                self.world.deliver(found[pick % len(found)], twice=twice)

    @rule(pick=PICK)
    def deliver_an_old_letter(self, pick: int) -> None:
        """A letter that arrived long ago arrives again."""
        old = [letter for letter in self.world.sent if letter.to in self.world.states]
        if old:
            self.world.deliver(old[pick % len(old)], twice=True)

    @rule(days=st.sampled_from([0.04, 0.5, 1, 3, 9, 40]), notice=st.booleans())
    def let_time_pass(self, days: float, notice: bool) -> None:
        """Time passes, noticed or not."""
        self.world.let_pass(timedelta(days=days))
        if notice:
            self.notice()

    def notice(self) -> None:
        """All notice that time has passed."""
        self.world.notice()
        for stream, state in self.world.journeys().items():
            check_noticed(stream, state, self.world.paused, self.world.now)

    @rule(at=PICK, pick=PICK, who=ANYBODY, what=st.integers(0, 3), reason=REASON)
    def touch_a_step(self, at: int, pick: int, who: Actor, what: int, reason: str) -> None:
        """Anybody completes, skips or reopens any step."""
        streams = list(self.world.journeys())
        if not streams or (plan := self.plan_of(stream := streams[at % len(streams)])) is None:
            return
        step = plan.steps[pick % len(plan.steps)]
        if pick % 3:
            who = self.world.right_actor(stream)
        evidence = tuple(bring(item.id) for item in step.evidence)
        commands: tuple[Command, ...] = (
            CompleteStep(actor=who, plan=plan.id, step=step.id, evidence=evidence),
            CompleteStep(actor=who, plan=plan.id, step=step.id, note=reason),
            SkipStep(actor=who, plan=plan.id, step=step.id, reason=reason),
            ReopenStep(actor=who, plan=plan.id, step=step.id, reason=reason),
        )
        self.attempt(stream, commands[what])

    @rule(stream=ANY_JOURNEY, who=ANYBODY, kind=st.sampled_from([Pause, Resume]), pick=PICK, reason=REASON)
    def pause_or_resume(
        self, stream: str, who: Actor, kind: type[Pause | Resume], pick: int, reason: str
    ) -> None:
        """Anybody pauses or resumes anything."""
        self.attempt(stream, kind(actor=self.likely(stream, who, pick), reason=reason))

    @invariant()
    def the_world_is_lawful(self) -> None:
        """No board implements without a slot; every plan is in order; nothing is left over."""
        self.world.check()
        for state in self.world.journeys().values():
            if state.work is not None:
                check_order(state, state.work)

    @invariant()
    def no_board_begins_undecided(self) -> None:
        """Nobody rolls out what was not decided on."""
        if any(stream.startswith("rollout/") for stream in self.world.states):
            assert self.world.technology.decisions

    def teardown(self) -> None:
        """What was written leads to the same state."""
        self.world.check_history()


class AnythingHappens(PeopleWork):
    """People do the right and the wrong things in any order."""

    @initialize(world=worlds(), head_start=st.integers(0, 14))
    def begin(self, world: World, head_start: int) -> None:
        """Propose a technology, and let it come some way before trouble starts."""
        self.world = world
        for _ in range(head_start):
            world.work_through()

    @rule(rounds=st.integers(1, 5))
    def get_on(self, rounds: int) -> None:
        """Everybody does all that is due, several times over."""
        for _ in range(rounds):
            self.world.work_through()

    @rule(then=st.sampled_from([None, Pause, Pause, Stop]))
    def decide_before_the_post_goes(self, then: type[Pause | Stop] | None) -> None:
        """Open gates are passed; perhaps the technology is paused or stopped before anybody has heard."""
        for stream in self.world.gates():
            self.world.pass_gate(stream)
            if then and stream == TECHNOLOGY:
                self.attempt(stream, then(actor=OFFICE, reason="as agreed"))

    @rule(
        stream=ANY_JOURNEY,
        who=ANYBODY,
        outcome=st.sampled_from(["go", "go", "again", "end", "nonsense"]),
        pick=PICK,
        reason=REASON,
    )
    def decide_a_gate(self, stream: str, who: Actor, outcome: str, pick: int, reason: str) -> None:
        """Anybody decides any gate in any way."""
        state = self.world.journeys().get(stream)
        if state is None:
            return
        gate = state.gate.gate.id if state.gate else "begin"
        plan = state.repeatable
        steps = (plan.steps[pick % len(plan.steps)].id,) if plan and pick % 2 else ()
        command = DecideGate(
            actor=self.likely(stream, who, pick), gate=gate, outcome=outcome, reason=reason, reopen=steps
        )
        self.attempt(stream, command)

    @rule(
        streams=st.lists(ANY_JOURNEY, min_size=2, max_size=4),
        kinds=st.lists(st.sampled_from([Pause, Resume]), min_size=2, max_size=4),
        hours=st.integers(0, 300),
    )
    def pause_within_a_pause(self, streams: list[str], kinds: list[type[Pause | Resume]], hours: int) -> None:
        """Those who may pause and resume one thing after the other; technologies, and boards within."""
        for stream, kind in zip((*streams, *streams), (*kinds, *([Resume] * len(kinds))), strict=False):
            self.attempt(stream, kind(actor=self.likely(stream, NOBODY, 1), reason="as agreed"))
            self.world.let_pass(timedelta(hours=hours))
            if hours % 2:
                self.world.settle()
        self.notice()

    @rule(stream=ANY_JOURNEY, who=ANYBODY, pick=PICK, reason=REASON)
    @precondition(lambda self: len(self.world.sent) > 20)
    def stop(self, stream: str, who: Actor, pick: int, reason: str) -> None:
        """Anybody stops anything, but the whole technology more seldom."""
        if stream != TECHNOLOGY or pick % 4 == 0:
            self.attempt(stream, Stop(actor=self.likely(stream, who, pick), reason=reason))

    @rule(who=ANYBODY, pick=PICK, order=st.permutations(BOARDS[2:]), cut=st.integers(0, 3), reason=REASON)
    def reorder_waves(self, who: Actor, pick: int, order: list[str], cut: int, reason: str) -> None:
        """Anybody cuts the waves anew: sometimes boards are missing or a name stands twice."""
        waiting = {
            board
            for wave in self.world.technology.waves
            if wave.name not in self.world.technology.released
            for board in wave.boards
        }
        left = [board for board in order if board in waiting] if cut else order
        halves = (tuple(left[:cut]), tuple(left[cut:]))
        waves = tuple(
            Wave(name=name, boards=boards)
            for name, boards in zip(("second", "later"), halves, strict=True)
            if boards
        )
        self.attempt(
            TECHNOLOGY, ReorderWaves(actor=self.likely(TECHNOLOGY, who, pick), waves=waves, reason=reason)
        )

    @rule(
        who=ANYBODY,
        pick=PICK,
        ahead=st.sampled_from([0, 1, 1, 1, 2]),
        empty=st.booleans(),
        swap=st.booleans(),
    )
    def publish_a_playbook(self, who: Actor, pick: int, ahead: int, empty: bool, swap: bool) -> None:
        """Anybody publishes a playbook, good or bad."""
        state, playbook = self.world.technology, self.world.playbook
        version = (state.playbook.version if state.playbook else 0) + ahead
        changes: dict[str, object] = {"version": max(version, 1)}
        if empty:
            changes["sections"] = {"training": " "}
        if swap:
            changes["implementation"] = playbook.handover
        changed = playbook.model_copy(update=changes)
        self.attempt(TECHNOLOGY, PublishPlaybook(actor=self.likely(TECHNOLOGY, who, pick), playbook=changed))

    @rule(who=st.sampled_from([OFFICE, OFFICE, VISITOR]), capacity=st.integers(-1, 4), reason=REASON)
    def set_capacity(self, who: Actor, capacity: int, reason: str) -> None:
        """Anybody sets the capacity."""
        self.attempt(PROGRAMME, SetCapacity(actor=who, capacity=capacity, reason=reason))

    @rule(who=st.sampled_from([OFFICE, VISITOR]), priority=st.integers(-5, 200), reason=REASON)
    def set_priority(self, who: Actor, priority: int, reason: str) -> None:
        """Anybody ranks the technology."""
        command = SetPriority(actor=who, technology="ccbt", priority=priority, reason=reason)
        self.attempt(PROGRAMME, command)

    @invariant()
    def time_alone_moves_nothing(self) -> None:
        """That time has passed makes steps late and changes the status: it opens, closes and ends nothing."""
        for stream in self.world.journeys():
            answer = self.world.ask(stream, TimePassed(actor=ENGINE))
            assert not isinstance(answer, Refusal)
            noticed = StepOverdue | RagChanged | GateEscalated | GateReopened | EvidenceExpired
            assert all(isinstance(event, noticed) for event in answer)


TestAnythingHappens = AnythingHappens.TestCase
TestAnythingHappens.settings = settings(max_examples=4 * settings().max_examples)
