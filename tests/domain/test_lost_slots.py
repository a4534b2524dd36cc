"""A slot that a dead rollout holds is freed; one that was taken for dead asks again and is finished first."""

from domain.actor import ENGINE
from domain.office_commands import NoteLives, SetCapacity
from domain.office_rules import lives_to_look_up, next_look
from domain.refusal import Refusal
from domain.rollout import Grant
from domain.rollout_briefs import RolloutStage
from domain.rollout_waits import waits
from domain.steering import Stop
from domain.technology import Stage
from tests.domain.examples import DAY, FIFE, OFFICE, PROGRAMME, START, TAYSIDE
from tests.domain.world import World, found_programme, reach


def look(world: World, **states: str) -> tuple[str, ...]:
    """The office hears what became of rollouts, named by their boards; the kinds of what follows."""
    found = {f"rollout/ccbt/{board}": state for board, state in states.items()}
    answer = world.do(PROGRAMME, NoteLives(actor=ENGINE, states=found))
    assert not isinstance(answer, Refusal)
    return tuple(event.kind for event in answer)


def implementing() -> World:
    """A world with one slot: Fife implements, Tayside waits."""
    world = found_programme()
    world.do(PROGRAMME, SetCapacity(actor=OFFICE, capacity=1, reason="Few staff."))
    reach(Stage.SCALE, world)
    world.settle()
    assert world.rollout(FIFE).stage == RolloutStage.REPLICATION
    assert world.rollout(TAYSIDE).stage == RolloutStage.QUEUED
    return world


def test_the_next_gets_the_slot_of_a_rollout_that_no_longer_runs() -> None:
    """Whatever ended it; what runs keeps its place."""
    world = implementing()
    assert look(world, fife="running", tayside="running") == ()
    assert look(world, fife="timed out") == ("slot-reclaimed", "slot-awarded")
    assert list(world.programme.slots) == [TAYSIDE]
    assert look(world, fife="timed out") == (), "it is lost once"


def test_one_that_runs_after_all_asks_again_and_is_finished_before_others_start() -> None:
    """It is told that it has no place; having begun, it goes before whoever only waits."""
    world = implementing()
    look(world, fife="not found")
    world.do(PROGRAMME, SetCapacity(actor=OFFICE, capacity=0, reason="Nobody is left."))
    assert look(world, fife="running") == ("rollout-found",)
    world.settle()
    assert world.rollout(FIFE).asking == 2
    assert not world.rollout(FIFE).granted
    assert world.programme.queue[FIFE].begun
    look(world, tayside="failed")
    look(world, tayside="running")
    world.settle()
    world.do(PROGRAMME, SetCapacity(actor=OFFICE, capacity=1, reason="Somebody came."))
    world.settle()
    assert list(world.programme.slots) == [FIFE]
    assert world.rollout(FIFE).granted
    world.check()


def test_one_that_is_lost_again_is_found_again() -> None:
    """As long as it has not asked, it is looked up."""
    world = implementing()
    look(world, fife="terminated")
    assert look(world, fife="running") == ("rollout-found",)
    assert look(world, fife="terminated") == ("slot-reclaimed",)
    assert look(world, fife="running") == ("rollout-found",)
    assert FIFE in lives_to_look_up(world.programme)
    world.do(FIFE, Stop(actor=OFFICE, reason="unsafe"))
    world.settle()
    assert FIFE not in lives_to_look_up(world.programme)


def test_what_was_said_before_it_asked_again_changes_nothing() -> None:
    """An old word neither grants a slot nor takes one away."""
    world = implementing()
    look(world, fife="terminated")
    look(world, fife="running")
    world.settle()
    for old in (Grant(actor=ENGINE, granted=True), Grant(actor=ENGINE, granted=False)):
        assert world.do(FIFE, old) == ()


def test_a_board_in_the_queue_says_where_it_stands_and_what_it_waits_for() -> None:
    """And further back, that it is not near."""
    world = implementing()
    (wait,) = waits(world.rollout(TAYSIDE))
    assert wait.what == "one of the programme's slots (position 1): a national place for developing"
    world.do(TAYSIDE, Grant(actor=ENGINE, granted=False, queued=True, waits_for="its turn"))
    (wait,) = waits(world.rollout(TAYSIDE))
    assert wait.what == "one of the programme's slots: its turn"


def test_the_office_looks_at_its_times_while_there_is_anybody_to_look_for() -> None:
    """Once a day from its opening on."""
    world = found_programme()
    assert next_look(world.programme, START) is None
    world = implementing()
    assert next_look(world.programme, START) == START + DAY
    assert next_look(world.programme, START + DAY) == START + 2 * DAY
    assert next_look(world.programme, START + 1.5 * DAY) == START + 2 * DAY
