"""Stopping the line holds under any interleaving: of people, of late and doubled post, of other halts."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain.gate_commands import DecideGate
from domain.refusal import Refusal
from domain.rollout import Rollout
from domain.technology import Stage
from domain.work import Work
from tests.domain.examples import OFFICE, TECHNOLOGY, lead_of
from tests.domain.halting import halt
from tests.domain.strategies import worlds
from tests.domain.test_convergence import Crowd
from tests.domain.world import World


def positions(world: World) -> dict[str, object]:
    """Where everything stands, apart from time."""
    return {
        stream: (
            state.stage,
            state.cycle,
            _records(state.work),
            state.gate and state.gate.gate.id,
            isinstance(state, Rollout) and state.adopted,
        )
        for stream, state in world.journeys().items()
    }


def _records(work: Work | None) -> dict[str, object]:
    return {} if work is None else {step: (it.status, it.round) for step, it in work.records.items()}


def stir(world: World, dice: Random, rounds: int) -> None:
    """Deliver some of the post, late and twice, while people do what they still can."""
    for _ in range(rounds):
        if letters := world.deliverable(in_order=True):
            world.deliver(dice.choice(letters), twice=dice.random() < 0.3)
        for stream, step in list(world.tasks())[:1]:
            world.complete(stream, step.id)


@given(
    world=worlds(least_capacity=1),
    seed=st.integers(0, 2**32),
    before=st.integers(0, 150),
    between=st.integers(0, 30),
    second=st.booleans(),
)
def test_once_all_have_heard_nothing_moves_and_a_release_loses_nothing(
    world: World, seed: int, before: int, between: int, second: bool
) -> None:
    """Whatever was on its way: frozen as it stood, deaf to old words, and sustained in the end."""
    dice = Random(seed)
    crowd = Crowd(world, dice, 0, in_order=True)
    for _ in range(before):
        crowd._act()
    halt(world)
    stir(world, dice, between)
    if second:
        halt(world, concern="Nobody answers the alarm")
        stir(world, dice, between)
    world.settle()
    assert all(state.halting for state in world.journeys().values())
    assert not list(world.tasks())
    frozen = positions(world)
    for letter in dice.sample(world.sent, min(len(world.sent), 20)):
        if letter.to in world.states:
            world.do(letter.to, letter.command)
    world.wait(30)
    world.notice()
    for stream, state in world.journeys().items():
        if state.gate is not None:
            who = OFFICE if state.board is None else lead_of(state.board)
            decision = DecideGate(actor=who, gate=state.gate.gate.id, outcome="go", reason="It is ready.")
            assert isinstance(world.ask(stream, decision), Refusal)
    assert positions(world) == frozen
    world.resend()
    world.settle()
    for number in sorted(world.technology.halts):
        assert all(state.halting for state in world.journeys().values())
        world.lift(number)
        world.settle()
    assert not any(state.halting for state in world.journeys().values())
    crowd.run()
    assert world.technology.stage == Stage.SUSTAINED
    assert TECHNOLOGY in world.states
