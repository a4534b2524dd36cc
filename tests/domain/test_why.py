"""Why something is waiting has one answer, and somebody can act on it."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.journey import Journey
from domain.office_commands import SetCapacity
from domain.rollout import Rollout
from domain.rollout_briefs import RolloutStage
from domain.steering import Pause
from domain.technology import Stage, Technology
from domain.waiting import Wait, WaitKind
from domain.why import Answer, Life, in_deciding_order, ordered_waits, why, why_planned
from domain.workstream import Workstream
from tests.domain.examples import (
    ADOPTION,
    BORDERS,
    FIFE,
    OFFICE,
    ORKNEY,
    PROGRAMME,
    PROPOSAL,
    TECHNOLOGY,
    ask_of,
    charter_of,
    make_gate,
    people_of,
    propose,
)
from tests.domain.strategies import worlds
from tests.domain.test_barrier_refusals import done, hinder
from tests.domain.world import World, found_programme, reach


def ask(world: World, stream: str = TECHNOLOGY) -> Answer:
    """Why a life is waiting, with everything at hand."""
    lives: dict[str, Life] = dict(world.states)
    return why(lives, stream, world.now)


def kinds(answer: Answer) -> list[WaitKind]:
    """The kinds of what is waited for, from the top to the root."""
    return [link.wait.kind for link in answer.chain]


def streams(answer: Answer) -> list[str]:
    """The lives that the answer passes through."""
    return [link.stream for link in answer.chain]


def test_a_step_waits_for_whoever_does_it() -> None:
    """With its name, since when, and until when."""
    (link,) = ask(found_programme()).chain
    assert (link.wait.kind, link.wait.on) == (WaitKind.STEP, "team")
    assert link.wait.name == "ccbt/national/assessment/describe"
    assert link.wait.since is not None
    assert link.wait.due is not None


def test_what_is_late_is_the_answer_before_what_is_due_first() -> None:
    """Among steps of one life."""
    world = reach(Stage.TEST_AND_LEARN)
    done(world.complete(FIFE, "set-up"))
    first = ask(world, FIFE)
    assert first.chain[0].wait.name == "ccbt/fife/proof/try"
    assert [wait.name for wait in first.more] == ["ccbt/fife/proof/survey"]
    soon = Wait(kind=WaitKind.STEP, on="team", what="soon", due=world.now)
    late = Wait(kind=WaitKind.STEP, on="team", what="late", due=world.now + timedelta(days=9), late=True)
    other = Wait(kind=WaitKind.STEP, on="team", what="whenever")
    barrier = Wait(kind=WaitKind.BARRIER, on="team", what="barrier")
    assert in_deciding_order((other, soon, late, barrier), world.now) == (barrier, late, soon, other)


def test_a_technology_waits_for_a_pilot_that_waits_for_its_barrier() -> None:
    """The answer goes on at the board, down to whoever sees to the barrier."""
    world = reach(Stage.TEST_AND_LEARN)
    done(hinder(world, owner="lead"))
    world.settle()
    answer = ask(world)
    assert streams(answer) == [TECHNOLOGY, FIFE]
    assert kinds(answer) == [WaitKind.DEPENDENCY, WaitKind.BARRIER]
    assert (answer.chain[-1].wait.on, answer.chain[-1].wait.name) == ("lead", "ccbt/fife/barrier/1")


def test_a_gate_waits_for_the_criterion_that_is_not_met_before_it_waits_for_people() -> None:
    """With why, and who brings what it asks for."""
    begin = make_gate("begin", "npt", (ask_of("case", title="The case for change"),))
    plan = PROPOSAL.assessment.model_copy(
        update={
            "steps": (
                PROPOSAL.assessment.steps[0].model_copy(update={"evidence": ()}),
                PROPOSAL.assessment.steps[1],
            )
        }
    )
    world = found_programme(
        propose(gates={"begin": begin.model_copy(update={"criteria": ()})}, assessment=plan)
    )
    world.finish_plan(TECHNOLOGY)
    (link,) = ask(world).chain
    assert (link.wait.kind, link.wait.on, link.wait.name) == (WaitKind.GATE, "npt", "ccbt/national/begin")
    waiting = world.technology
    matter = waiting.docket.gate
    assert matter is not None
    shut = waiting.model_copy(
        update={
            "docket": waiting.docket.model_copy(update={"gate": matter.model_copy(update={"gate": begin})})
        }
    )
    first, *_ = ordered_waits(shut, world.now)
    assert first.kind is WaitKind.CRITERION
    assert first.what.startswith("The case for change for The begin gate (missing: ")


def test_a_queued_board_waits_for_the_board_that_holds_the_oldest_slot() -> None:
    """Through the office, with its place in the queue."""
    world = found_programme(charter=charter_of(1))
    reach(Stage.SCALE, world)
    world.settle()
    while not any(it.stage == RolloutStage.QUEUED for it in boards(world)):
        world.work_through()
    queued = next(it for it in boards(world) if it.stage == RolloutStage.QUEUED)
    answer = ask(world, queued.stream)
    holder = next(iter(world.programme.slots))
    other = world.programme.slots[holder].model_copy(update={"board": "shetland", "since": world.now})
    crowded = world.programme.model_copy(
        update={"slots": {"rollout/ccbt/shetland": other, **world.programme.slots}}
    )
    lives: dict[str, Life] = {**world.states, PROGRAMME: crowded}
    world.let_pass(timedelta(days=1))
    assert why(lives, queued.stream, world.now).chain[1].wait.link == holder, "the oldest is the next to end"
    assert streams(answer)[:3] == [queued.stream, PROGRAMME, holder]
    assert "in the queue; it waits for " in answer.chain[1].wait.what
    assert kinds(answer)[:2] == [WaitKind.CAPACITY, WaitKind.CAPACITY]


def boards(world: World) -> list[Rollout]:
    """All rollouts that have begun."""
    return [it for it in world.journeys().values() if isinstance(it, Rollout)]


def test_nothing_else_matters_while_the_technology_is_paused() -> None:
    """The board's answer is the technology's pause."""
    world = reach(Stage.TEST_AND_LEARN)
    done(world.do(TECHNOLOGY, Pause(actor=OFFICE, reason="An incident.")))
    world.settle()
    answer = ask(world, FIFE)
    assert streams(answer) == [FIFE, TECHNOLOGY]
    assert kinds(answer) == [WaitKind.PAUSE, WaitKind.PAUSE]


def test_a_board_that_is_held_up_waits_for_what_holds_the_technology_up() -> None:
    """Down to the national barrier's owner."""
    world = reach(Stage.SCALE)
    while not any(it.gate for it in boards(world)):
        for stream, step in list(world.tasks()):
            world.complete(stream, step.id)
        world.settle()
    at_gate = next(it.stream for it in boards(world) if it.gate)
    done(hinder(world, TECHNOLOGY, steps=(), actor=OFFICE, owner="chief"))
    world.settle()
    answer = ask(world, at_gate)
    assert streams(answer) == [at_gate, TECHNOLOGY]
    assert answer.chain[-1].wait.on == "chief"
    done(world.do(at_gate, Pause(actor=OFFICE, reason="Staff are away.")))
    assert kinds(ask(world, at_gate)) == [WaitKind.PAUSE]
    assert ask(world, at_gate).more == ()


def test_a_board_whose_wave_is_to_come_waits_for_its_release() -> None:
    """One that takes no part waits for nothing."""
    world = reach(Stage.SCALE)
    wait = why_planned(world.technology, "lothian")
    assert wait is not None
    assert wait.what == "the release of wave second, once every board released so far has reached handover"
    assert why_planned(world.technology, "shetland") is None


def test_where_a_state_is_not_at_hand_the_answer_says_where_it_goes_on() -> None:
    """As it is in the Temporal UI, where each workflow knows itself alone."""
    world = reach(Stage.TEST_AND_LEARN)
    answer = why({TECHNOLOGY: world.technology}, TECHNOLOGY, world.now)
    assert (streams(answer), answer.beyond) == ([TECHNOLOGY], FIFE)
    done(world.do(PROGRAMME, SetCapacity(actor=OFFICE, capacity=1, reason="Fewer.")))
    assert ask(world, "rollout/ccbt/shetland") == Answer()
    assert people_of("orkney").covers("orkney")
    assert {ORKNEY, BORDERS, ADOPTION}.isdisjoint(streams(answer))


@settings(max_examples=60)
@given(worlds(), st.integers(0, 40), st.integers(0, 3))
def test_whatever_is_not_finished_has_an_answer_on_which_somebody_can_act(
    world: World, rounds: int, barriers: int
) -> None:
    """The same one each time it is asked, and it comes to an end."""
    for _ in range(rounds):
        world.work_through()
    for number, stream in enumerate(list(world.journeys())):
        if number < barriers:
            hinder(world, stream, steps=(), actor=OFFICE)
    world.settle()
    for stream, state in world.journeys().items():
        answer = ask(world, stream)
        assert answer == ask(world, stream)
        assert len(answer.chain) <= len(world.states)
        assert answer.beyond is None, "every life that is waited for is there"
        if not _is_over(state):
            assert answer.chain, f"{stream} waits and nobody knows why"
            assert answer.chain[-1].wait.on


def _is_over(state: Journey) -> bool:
    if state.stopped is not None:
        return True
    assert isinstance(state, Technology | Rollout | Workstream)
    return state.delivered
