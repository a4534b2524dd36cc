"""Whatever the post does, once it has come and everybody has done their part, every board gets there."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.actor import Actor
from domain.gate_commands import DecideGate
from domain.office_commands import SetCapacity
from domain.refusal import Refusal
from domain.rollout_briefs import RolloutStage
from domain.steering import Pause, Resume, Stop
from domain.steps import ReopenStep, SkipStep
from domain.technology import Stage
from domain.work import StepStatus
from tests.domain.examples import OFFICE, PROGRAMME, ROLLOUTS, TECHNOLOGY, lead_of, people_of
from tests.domain.strategies import worlds
from tests.domain.world import World, proceed

ENOUGH = 5000
"""Far more than any of these worlds needs."""


class Crowd:
    """People who do, in a random order, all that is due, and now and then something else.

    Attributes:
        world: Where they act.
        dice: What decides who is next.
        trouble: How often something other than what is due still happens.
        in_order: Whether the post between each two arrives in the order in which it was sent.
    """

    def __init__(self, world: World, dice: Random, trouble: int, *, in_order: bool) -> None:
        self.world = world
        self.dice = dice
        self.trouble = trouble
        self.in_order = in_order

    def run(self) -> None:
        """Act until there is nothing left to do and nothing on its way."""
        for _ in range(ENOUGH):
            if not self._act():
                return
            self.world.let_pass(self.world.technology.pace.day * self.dice.random())
        pytest.fail("they go round in circles")

    def _act(self) -> bool:
        world, dice = self.world, self.dice
        if self.trouble and dice.random() < 0.1:
            self.trouble -= 1
            self._make_trouble()
        letters = world.deliverable(in_order=self.in_order)
        tasks, gates = list(world.tasks()), [gate for gate in world.gates() if self._can_pass(gate)]
        pauses = [
            name for name, state in world.journeys().items() if "own" in state.pauses and not state.stopped
        ]
        choices = [*letters, *tasks, *gates, *pauses, *([None] if world.needs_playbook() else [])]
        if not choices:
            return False
        at = dice.randrange(len(choices))
        if at < len(letters):
            world.deliver(letters[at], twice=dice.random() < 0.3)
            self._repeat_an_old_letter()
        elif (at := at - len(letters)) < len(tasks):
            self._do_task(*tasks[at][:1], step=tasks[at][1].id)
        elif (at := at - len(tasks)) < len(gates):
            self._decide(gates[at])
        elif (at := at - len(gates)) < len(pauses):
            world.do(pauses[at], Resume(actor=self._steerer(pauses[at]), reason="go on"))
        else:
            world.publish()
        return True

    def _repeat_an_old_letter(self) -> None:
        if not self.in_order and self.dice.random() < 0.1:
            old = self.dice.choice(self.world.sent)
            if old.to in self.world.states:
                self.world.deliver(old)

    def _do_task(self, stream: str, step: str) -> None:
        plan = self.world.work(stream).plan
        found = plan.by_id[step]
        if not found.mandatory and not found.evidence and self.dice.random() < 0.2:
            command = SkipStep(
                actor=self.world.right_actor(stream), plan=plan.id, step=step, reason="not needed here"
            )
            assert not isinstance(self.world.do(stream, command), Refusal)
        else:
            assert not isinstance(self.world.complete(stream, step), Refusal)

    def _decide(self, stream: str) -> None:
        if self.trouble and self.dice.random() < 0.3:
            self.trouble -= 1
            self.world.pass_gate(stream, "again")
        else:
            self.world.pass_gate(stream, proceed(self.world.journey(stream)))

    def _can_pass(self, stream: str) -> bool:
        # A gate that rests on what the pilots found can be open while such a report is still on its way.
        state = self.world.journey(stream)
        if state.gate is None:
            return False
        gate, outcome = state.gate.gate.id, proceed(state)
        actor = OFFICE if state.board is None else lead_of(state.board)
        command = DecideGate(actor=actor, gate=gate, outcome=outcome, reason="ready")
        return not isinstance(self.world.ask(stream, command), Refusal)

    def _make_trouble(self) -> None:
        stream = self.dice.choice(list(self.world.journeys()))
        actor, work = self._steerer(stream), self.world.journey(stream).work
        match self.dice.randrange(4):
            case 0 | 1:
                self.world.do(stream, Pause(actor=actor, reason="winter pressures"))
            case 2 if work is not None:
                closed = [step.id for step in work.plan.steps if work.record(step.id).status.closed]
                if closed:
                    who, step = self.world.right_actor(stream), self.dice.choice(closed)
                    self.world.do(
                        stream, ReopenStep(actor=who, plan=work.plan.id, step=step, reason="not right")
                    )
            case _ if stream in ROLLOUTS[1:3]:
                self.world.do(stream, Stop(actor=actor, reason="the board withdraws"))

    def _steerer(self, stream: str) -> Actor:
        board = self.world.journey(stream).board
        return OFFICE if board is None else people_of(board)


def assert_everybody_is_there(world: World) -> None:
    """Every board that goes on is at business as usual, and the technology is sustained."""
    assert world.technology.stage == Stage.SUSTAINED
    for stream in ROLLOUTS:
        rollout = world.rollout(stream)
        assert rollout.stopped or rollout.stage == RolloutStage.BUSINESS_AS_USUAL
    for state in world.journeys().values():
        assert not state.pauses or state.stopped
        assert state.gate is None
        if state.work is not None and state.stopped is None:
            assert all(record.status is not StepStatus.OPEN for record in state.work.records.values())
    assert all(place.is_live for place in world.programme.slots.values())
    assert not world.programme.queue
    world.check()
    world.check_history()


@pytest.mark.parametrize("coalesce", [False, True], ids=["every message", "only the latest message"])
@given(world=worlds(least_capacity=1), seed=st.integers(0, 2**32), trouble=st.integers(0, 12))
def test_every_board_gets_there_when_each_sender_is_heard_in_order(
    world: World, seed: int, trouble: int, coalesce: bool
) -> None:
    """Late and doubled post is enough to finish on: nothing has to be sent again."""
    world.coalesce = coalesce
    Crowd(world, Random(seed), trouble, in_order=True).run()
    assert_everybody_is_there(world)


@given(world=worlds(least_capacity=1), seed=st.integers(0, 2**32), trouble=st.integers(0, 12))
def test_every_board_gets_there_when_the_post_is_shuffled_and_the_latest_comes_last(
    world: World, seed: int, trouble: int
) -> None:
    """Post in any order, old letters again and again: once all have said where they stand, it goes on."""
    crowd = Crowd(world, Random(seed), trouble, in_order=False)
    before = -1
    while before != (before := sum(len(events) for events in world.history.values())):
        crowd.run()
        world.resend()
        world.settle()
    assert_everybody_is_there(world)


@given(world=worlds(least_capacity=1), seed=st.integers(0, 2**32))
def test_a_programme_without_capacity_goes_on_once_it_has_some(world: World, seed: int) -> None:
    """No slots, no replication; a slot, and everybody gets there."""
    world.do(PROGRAMME, SetCapacity(actor=OFFICE, capacity=0, reason="no staff"))
    crowd = Crowd(world, Random(seed), 0, in_order=True)
    crowd.run()
    assert world.technology.stage == Stage.SCALE
    assert {world.rollout(stream).stage for stream in ROLLOUTS[:2]} == {RolloutStage.QUEUED}
    world.do(PROGRAMME, SetCapacity(actor=OFFICE, capacity=1, reason="staff came"))
    crowd.run()
    assert_everybody_is_there(world)


@given(world=worlds(least_capacity=1), seed=st.integers(0, 2**32), steps=st.integers(0, 120))
def test_stopping_the_technology_stops_all_that_belongs_to_it(world: World, seed: int, steps: int) -> None:
    """However far it has come, and whoever is still to be started."""
    crowd = Crowd(world, Random(seed), 0, in_order=True)
    for _ in range(steps):
        crowd._act()
    stopped = world.do(TECHNOLOGY, Stop(actor=OFFICE, reason="unsafe"))
    assert not isinstance(stopped, Refusal)
    world.settle()
    assert all(state.stopped for state in world.journeys().values())
    assert not world.programme.slots
    assert not world.programme.queue
