"""Whoever does whatever, and however the post arrives, the laws hold after every step."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.actor import ENGINE, Actor
from domain.barrier import (
    BarrierEscalated,
    CloseBarrier,
    ConcludeMitigation,
    MitigateBarrier,
    RaiseBarrier,
    ReassessBarrier,
)
from domain.barrier_words import Nature, Outcome, Resolution, Severity
from domain.capacity import Lane
from domain.docket import GateEscalated, GateReopened
from domain.event import Command, TimePassed
from domain.evidence import EvidenceExpired
from domain.gate_commands import DecideGate
from domain.halt import HaltTechnology
from domain.journey import RagChanged
from domain.office_commands import FinishWork, NoteLives, SetCapacity, SetPriority, TakeOnWork
from domain.plan import Plan
from domain.proposal import Wave
from domain.refusal import Refusal
from domain.steering import Pause, Resume, Stop
from domain.steps import CompleteStep, ReopenStep, SkipStep
from domain.technology import PublishPlaybook
from domain.waves import AddBoard, PauseWave, ReorderWaves, ResumeWave, StopWave, SwapPilot
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
NEWCOMERS = ("moray", "nairn")
JOURNEYS = (TECHNOLOGY, ADOPTION, *(f"rollout/ccbt/{board}" for board in (*BOARDS, *NEWCOMERS)))
ANY_JOURNEY = st.sampled_from(JOURNEYS)
LIMITS = (
    "national/sustaining",
    "board/every-board/developing",
    "board/fife/developing",
    "board/fife/sustaining",
)
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

    @rule(
        who=ANYBODY,
        version=st.sampled_from([None, None, None, 1, 2]),
        going=st.sets(st.sampled_from(["s0", "s1", "s2", "s3"]), max_size=3),
        reason=REASON,
    )
    def stop_the_line(self, who: Actor, version: int | None, going: set[str], reason: str) -> None:
        """Anybody halts the technology or a version of its playbook, and lets some steps continue."""
        if len(self.world.line.raised) - len(self.world.line.released) < 3:
            command = HaltTechnology(
                actor=who,
                concern="A wrong score is shown",
                owner="clinician",
                version=version,
                may_continue=tuple(sorted(going)),
                reason=reason,
            )
            self.attempt(TECHNOLOGY, command)

    @rule(pick=PICK, outcome=st.sampled_from(["go", "go", "again", "end"]), who=ANYBODY)
    def decide_about_a_halt(self, pick: int, outcome: str, who: Actor) -> None:
        """Anybody says what should become of a halt; nobody releases it alone."""
        if not self.world.line.raised:
            return
        number = 1 + pick % (len(self.world.line.raised) + 1)
        if outcome == "end" and pick % 5:
            return
        command = DecideGate(
            actor=self.likely(TECHNOLOGY, who, pick),
            gate=f"lift-halt-{number}",
            outcome=outcome,
            reason="as agreed",
        )
        answer = self.attempt(TECHNOLOGY, command)
        released = isinstance(answer, tuple) and any(event.kind == "halt-released" for event in answer)
        assert not released or len(self.world.technology.decisions[-1].votes) == 2

    @rule(pick=PICK, hear=st.booleans())
    def lift_a_halt(self, pick: int, hear: bool) -> None:
        """The two who may release a halt do so, once its safety was reviewed."""
        if raised := sorted(self.world.line.raised):
            self.world.lift(raised[pick % len(raised)])
            if hear:
                self.world.settle()

    @rule(
        at=PICK,
        who=ANYBODY,
        pick=PICK,
        severity=st.sampled_from([*Severity, Severity.BLOCKING, None]),
        nature=st.sampled_from([Nature.BARRIER, Nature.BARRIER, Nature.FACILITATOR]),
        reason=REASON,
    )
    def raise_a_barrier(
        self, at: int, who: Actor, pick: int, severity: Severity | None, nature: Nature, reason: str
    ) -> None:
        """Anybody says what hinders or helps, about some of the steps or about none."""
        streams = list(self.world.journeys())
        if not streams:
            return
        stream = streams[at % len(streams)]
        plan = self.plan_of(stream)
        steps = tuple(step.id for number, step in enumerate(plan.steps) if pick >> number & 1) if plan else ()
        command = RaiseBarrier(
            actor=who,
            nature=nature,
            what="Nobody has time",
            category="available-resources",
            severity=severity,
            steps=steps if pick % 11 else ("nowhere",),
            owner="team",
            evidence=() if pick % 7 else ("nothing/1",),
            reason=reason,
        )
        self.attempt(stream, command)

    @rule(at=PICK, who=ANYBODY, pick=PICK, what=st.integers(0, 5), reason=REASON)
    def see_to_a_barrier(self, at: int, who: Actor, pick: int, what: int, reason: str) -> None:
        """Somebody, mostly one who may, sees to a barrier in whatever way comes to mind."""
        found = [name for name, state in self.world.journeys().items() if state.barriers]
        if not found:
            return
        stream = found[at % len(found)]
        barriers = self.world.journey(stream).barriers
        number = 1 + pick % (len(barriers) + 1)
        attempts = barriers[number].attempts if number in barriers else ()
        actor = self.likely(stream, who, pick)
        close = CloseBarrier(
            actor=actor, barrier=number, resolution=list(Resolution)[pick % 3], reason=reason
        )
        commands: tuple[Command, ...] = (
            MitigateBarrier(
                actor=actor, barrier=number, strategy=f"plan-{pick % 2}", what="Hire", reason=reason
            ),
            ConcludeMitigation(
                actor=actor,
                barrier=number,
                attempt=1 + pick % (len(attempts) + 1),
                outcome=list(Outcome)[pick % 3],
                reason=reason,
            ),
            ReassessBarrier(actor=actor, barrier=number, severity=list(Severity)[pick % 3], reason=reason),
            close,
            close,
            close,
        )
        self.attempt(stream, commands[what])

    @invariant()
    def the_world_is_lawful(self) -> None:
        """No board implements without a slot; every plan is in order; nothing is left over."""
        self.world.check()
        for stream, state in self.world.journeys().items():
            if state.work is not None:
                check_order(state, state.work, self.world.excused.of(stream))

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

    @rule(
        who=ANYBODY,
        pick=PICK,
        order=st.permutations((*BOARDS, *NEWCOMERS)),
        cut=st.integers(0, 3),
        reason=REASON,
    )
    def reorder_waves(self, who: Actor, pick: int, order: list[str], cut: int, reason: str) -> None:
        """Anybody cuts the waves anew: sometimes boards are missing or a name stands twice."""
        waiting = {
            board
            for wave in self.world.technology.waves
            if wave.name not in (*self.world.technology.released, *self.world.technology.waves_stopped)
            and wave.name != "pilots"
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
        name=st.sampled_from(["pilots", "first", "second", "later", "new", "nonsense"]),
        kind=st.sampled_from([PauseWave, PauseWave, ResumeWave, ResumeWave, StopWave]),
        reason=REASON,
    )
    def hold_a_wave(
        self,
        who: Actor,
        pick: int,
        name: str,
        kind: type[PauseWave | ResumeWave | StopWave],
        reason: str,
    ) -> None:
        """Anybody pauses, resumes or stops any wave, but stops one more seldom."""
        if kind is not StopWave or pick % 3 == 0:
            self.attempt(TECHNOLOGY, kind(actor=self.likely(TECHNOLOGY, who, pick), wave=name, reason=reason))

    @rule(
        who=ANYBODY,
        pick=PICK,
        board=st.sampled_from([*NEWCOMERS, *NEWCOMERS, *BOARDS]),
        wave=st.sampled_from(["first", "second", "new", "later", "pilots"]),
        reason=REASON,
    )
    def add_a_board(self, who: Actor, pick: int, board: str, wave: str, reason: str) -> None:
        """Anybody adds any board to any wave."""
        checks = next(iter(self.world.technology.proposal.board_checks.values()), ())
        actor = self.likely(TECHNOLOGY, who, pick)
        self.attempt(TECHNOLOGY, AddBoard(actor=actor, board=board, wave=wave, checks=checks, reason=reason))

    @rule(
        who=ANYBODY,
        pick=PICK,
        out=st.integers(0, 1),
        into=st.sampled_from([*BOARDS, *NEWCOMERS]),
        reason=REASON,
    )
    def swap_a_pilot(self, who: Actor, pick: int, out: int, into: str, reason: str) -> None:
        """Anybody lets any board test and learn in the place of another."""
        pilot = self.world.technology.pilots[out] if pick % 7 else into
        actor = self.likely(TECHNOLOGY, who, pick)
        self.attempt(TECHNOLOGY, SwapPilot(actor=actor, out=pilot, into=into, reason=reason))

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

    @rule(
        who=st.sampled_from([OFFICE, OFFICE, VISITOR]),
        limit=st.sampled_from(["national/developing", "national/developing", "role/lead", *LIMITS]),
        capacity=st.integers(-1, 4),
        reason=REASON,
    )
    def set_capacity(self, who: Actor, limit: str, capacity: int, reason: str) -> None:
        """Anybody sets how much is done at once."""
        self.attempt(PROGRAMME, SetCapacity(actor=who, limit=limit, capacity=capacity, reason=reason))

    @rule(
        who=st.sampled_from([OFFICE, VISITOR]),
        boards=st.sampled_from([(), BOARDS[:1], BOARDS[2:4]]),
        priority=st.integers(-5, 200),
        reason=REASON,
    )
    def set_priority(self, who: Actor, boards: tuple[str, ...], priority: int, reason: str) -> None:
        """Anybody ranks the technology, or some boards."""
        command = SetPriority(actor=who, technology="ccbt", boards=boards, priority=priority, reason=reason)
        self.attempt(PROGRAMME, command)

    @rule(
        who=st.sampled_from([OFFICE, VISITOR]),
        work=st.sampled_from(["one", "two"]),
        lane=st.sampled_from(Lane),
        board=st.sampled_from([None, *BOARDS]),
        done=st.booleans(),
        reason=REASON,
    )
    def see_to_unplanned_work(
        self, who: Actor, work: str, lane: Lane, board: str | None, done: bool, reason: str
    ) -> None:
        """Anybody takes on unplanned work, or finishes it."""
        if done:
            self.attempt(PROGRAMME, FinishWork(actor=who, work=work, reason=reason))
            return
        take = TakeOnWork(
            actor=who, work=work, title="Work", lane=lane, board=board, roles=("lead",), reason=reason
        )
        self.attempt(PROGRAMME, take)

    @rule(boards=st.dictionaries(st.sampled_from(BOARDS), st.sampled_from(["running", "terminated"])))
    def look_up_lives(self, boards: dict[str, str]) -> None:
        """The office is told which rollouts run, be it right or wrong."""
        found = {f"rollout/ccbt/{board}": state for board, state in boards.items()}
        self.attempt(PROGRAMME, NoteLives(actor=ENGINE, states=found))

    @invariant()
    def time_alone_moves_nothing(self) -> None:
        """That time has passed makes steps late and changes the status: it opens, closes and ends nothing."""
        for stream in self.world.journeys():
            answer = self.world.ask(stream, TimePassed(actor=ENGINE))
            assert not isinstance(answer, Refusal)
            noticed = (
                StepOverdue | RagChanged | GateEscalated | GateReopened | EvidenceExpired | BarrierEscalated
            )
            assert all(isinstance(event, noticed) for event in answer)


TestAnythingHappens = AnythingHappens.TestCase
TestAnythingHappens.settings = settings(max_examples=4 * settings().max_examples)
