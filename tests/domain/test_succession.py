"""One technology takes the place of another, and no board is without service at any moment."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.refusal import Refusal
from domain.rollout import Rollout
from domain.rollout_briefs import RolloutStage
from domain.steering import Pause, Resume
from domain.technology import Propose, Stage, Technology
from domain.technology_waits import waits
from tests.domain.examples import OFFICE, PROPOSAL, PROPOSER, TECHNOLOGY, propose
from tests.domain.test_barrier_refusals import done
from tests.domain.test_succession_refusals import replace
from tests.domain.world import World, reach

NEXT = "technology/next"
SUCCESSOR = propose(technology="next", title="The next", replaces="ccbt")


def with_successor(world: World) -> World:
    """A world in which the next technology is proposed."""
    done(world.do(NEXT, Propose(actor=PROPOSER, proposal=SUCCESSOR)))
    return world


def technologies(world: World) -> list[Technology]:
    """Both technologies."""
    return [it for it in world.states.values() if isinstance(it, Technology)]


def get_on(world: World) -> None:
    """Everybody does all that is due, in both technologies."""
    world.work_through()
    for it in technologies(world):
        if it.stage == Stage.STANDARDISE and it.playbook is None and it.stopped is None:
            world.publish_at(it.stream)


def served(world: World, technology: str) -> dict[str, bool]:
    """At which boards people are served by a technology, by what its rollouts themselves say."""
    return {
        it.brief.board: it.live
        for it in world.states.values()
        if isinstance(it, Rollout) and it.brief.technology == technology
    }


# --- the way there ------------------------------------------------------------------------------------------


def test_each_board_keeps_the_old_until_the_new_is_business_as_usual_there() -> None:
    """Then the old ends there, and in the end it ends altogether; the new is told, and says no more."""
    world = with_successor(reach(Stage.SUSTAIN))
    before = served(world, "ccbt")
    assert all(before.values())
    done(replace(world))
    world.settle()
    assert served(world, "ccbt") == before, "nothing ends before the successor comes"
    waited = [wait for wait in waits(world.technology) if wait.on == "next"]
    assert len(waited) == len(before)
    while world.technology.stopped is None:
        get_on(world)
        there = {
            it.brief.board
            for it in world.states.values()
            if isinstance(it, Rollout)
            and it.brief.technology == "next"
            and it.stage == RolloutStage.BUSINESS_AS_USUAL
        }
        assert {board for board, live in served(world, "ccbt").items() if not live} <= there
    assert world.technology.stopped.reason == "next has taken its place at every board"
    world.settle()
    successor = world.states[NEXT]
    assert isinstance(successor, Technology)
    assert successor.place_left
    assert TECHNOLOGY not in {letter.to for letter in world.post}


def test_a_board_at_which_the_old_is_not_live_gives_it_up_at_once() -> None:
    """And no wave of it is released any more."""
    world = reach(Stage.SCALE)
    while not any(served(world, "ccbt").values()):
        get_on(world)
    live = {board for board, is_live in served(world, "ccbt").items() if is_live}
    done(replace(world))
    world.settle()
    for it in world.states.values():
        if isinstance(it, Rollout):
            assert (it.stopped is None) == (it.brief.board in live), it.stream
    released = world.technology.released
    for _ in range(5):
        get_on(world)
    assert world.technology.released == released


def test_what_the_successor_said_before_it_was_decided_counts() -> None:
    """It may have come first."""
    world = with_successor(reach(Stage.SUSTAIN))
    successor = world.states[NEXT]
    assert isinstance(successor, Technology)
    while successor.stage != Stage.SUSTAIN:
        get_on(world)
        successor = world.states[NEXT]
        assert isinstance(successor, Technology)
    assert all(served(world, "ccbt").values())
    done(replace(world))
    world.settle()
    assert not any(served(world, "ccbt").values())
    assert world.technology.stopped is not None


def test_the_end_of_another_technology_means_nothing() -> None:
    """Only the one whose place is taken counts."""
    assert PROPOSAL.replaces is None
    world = with_successor(reach(Stage.SUSTAIN))
    done(replace(world, by="other"))
    world.settle()
    for _ in range(3):
        get_on(world)
    assert all(served(world, "ccbt").values()), "the one that was named has not come"


@settings(max_examples=80)
@given(st.integers(0, 2**32))
def test_however_the_post_arrives_no_board_is_without_service(seed: int) -> None:
    """Letters come late and twice, boards pause, the decision falls at any moment."""
    random, world = Random(seed), with_successor(reach(Stage.SUSTAIN))
    at_first = [board for board, live in served(world, "ccbt").items() if live]
    for _ in range(random.randint(0, 40)):
        _act(world, random)
    done(replace(world))
    for _ in range(1500):
        _act(world, random)
        old, new = served(world, "ccbt"), served(world, "next")
        assert all(old[board] or new.get(board) for board in at_first), "a board is without service"
        if world.technology.stopped is not None:
            break


def _act(world: World, random: Random) -> None:
    """Somebody does something, or some of the post arrives."""
    letters, tasks, gates = world.deliverable(in_order=True), list(world.tasks()), world.gates()
    wants = [it for it in technologies(world) if it.stage == Stage.STANDARDISE and it.playbook is None]
    choice = random.random()
    if choice < 0.02:
        journeys = [name for name in world.journeys() if name.startswith("rollout/")]
        if journeys:
            kind = random.choice([Pause, Resume, Resume])
            world.do(random.choice(journeys), kind(actor=OFFICE, reason="Staff are away."))
    elif letters and choice < 0.5:
        world.deliver(random.choice(letters), twice=random.random() < 0.2)
    elif wants and choice < 0.6:
        world.publish_at(wants[0].stream)
    elif gates and choice < 0.75:
        world.pass_together(random.choice(gates))
    elif tasks:
        stream, step = random.choice(tasks)
        assert not isinstance(world.complete(stream, step.id), Refusal)
    elif letters:
        world.deliver(letters[0])
