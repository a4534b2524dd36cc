"""What stopping the line would do, before anybody does it: what stops, what waits, what is kept."""

from domain.gate import Note
from domain.halt_preview import HaltPreview, preview_halt
from domain.refusal import Refusal
from domain.rollout_briefs import RolloutStage
from domain.steering import Stop
from domain.steps import ReopenStep
from domain.technology import Stage
from domain.waves import StopWave
from tests.domain.examples import (
    FIFE,
    LOTHIAN,
    NATIONAL_TEAM,
    OFFICE,
    ORKNEY,
    PROGRAMME,
    TECHNOLOGY,
    make_plan,
    make_step,
    propose,
)
from tests.domain.halting import halt, replicating, until
from tests.domain.test_succession import NEXT, with_successor
from tests.domain.world import World, found_programme, reach


def foresee(
    world: World, version: int | None = None, going: tuple[str, ...] = (), of: str = TECHNOLOGY
) -> HaltPreview:
    """What a halt would do to a technology and all that belongs to it."""
    slug = of.partition("/")[2]
    lives = {name: state for name, state in world.journeys().items() if name.split("/")[1] == slug}
    raised = Note(at=world.now, name="nobody", role="nobody", reason="")
    return preview_halt(lives, world.programme, version, going, raised)


def test_what_is_foreseen_is_what_comes() -> None:
    """Each life that is named freezes, each step that stops stands, and nothing else does."""
    world = replicating(ORKNEY)
    foreseen = foresee(world, going=("support",))
    halt(world, may_continue=("support",))
    world.settle()
    assert {it.stream for it in foreseen.lives} == {
        name for name, state in world.journeys().items() if state.halting
    }
    for it in foreseen.lives:
        assert it.stops == world.journey(it.stream).standing, it.stream
    here = next(it for it in foreseen.lives if it.stream == ORKNEY)
    assert (here.stops, here.goes_on) == (("prepare",), ("support",))
    assert here.due == world.work(ORKNEY).record("prepare").due


def test_a_second_halt_stops_what_the_first_let_continue() -> None:
    """What stands already is not counted again."""
    world = replicating(ORKNEY)
    halt(world, may_continue=("support",))
    world.settle()
    here = next(it for it in foresee(world).lives if it.stream == ORKNEY)
    assert here.stops == ("support",)


def test_a_halt_of_one_version_spares_the_others_and_says_so() -> None:
    """Orkney is on version 1; nobody is on version 2, and what is stopped is not counted."""
    world = until(found_programme(), ORKNEY, RolloutStage.REPLICATION)
    on_it, other = foresee(world, version=1), foresee(world, version=2)
    assert ORKNEY in {it.stream for it in on_it.boards and on_it.lives}
    assert TECHNOLOGY not in {it.stream for it in on_it.lives}
    assert other.lives == ()
    assert "orkney" in other.spared


def test_the_tracks_of_boards_are_no_boards() -> None:
    """Neither among those that would freeze nor among those that are spared."""
    plan = make_plan("team", make_step("post", provides="post"))
    world = until(
        found_programme(propose(board_workstreams={"team": plan})), ORKNEY, RolloutStage.REPLICATION
    )
    for version in (None, 2):
        foreseen = foresee(world, version)
        assert sorted((*(it.board or "" for it in foreseen.boards), *foreseen.spared)) == sorted(
            state.board or "" for name, state in world.journeys().items() if name.startswith("rollout/")
        )
    done = {it.track: it.done for it in foresee(world).tracks}
    assert (done["team@orkney"], done["team@fife"]) == (True, True)
    again = ReopenStep(actor=NATIONAL_TEAM, plan="team", step="post", reason="They left.")
    assert not isinstance(world.do("workstream/ccbt/team@fife", again), Refusal)
    open_again = {it.track: it.stops for it in foresee(world).tracks if not it.done}
    assert open_again["team@fife"] == ("post",)


def test_who_was_stopped_is_not_to_come() -> None:
    """Neither a board's rollout nor a wave that was ended before it was released."""
    world = until(found_programme(), FIFE, RolloutStage.REPLICATION)
    assert {"orkney", "borders", "lothian"} <= set(foresee(world).to_come)
    stop = StopWave(actor=OFFICE, wave="first", reason="No trainer")
    assert not isinstance(world.do(TECHNOLOGY, stop), Refusal)
    assert foresee(world).to_come == ("lothian",)
    assert not isinstance(world.do(FIFE, Stop(actor=OFFICE, reason="No lead")), Refusal)
    assert "fife" not in foresee(world).to_come


def test_live_boards_and_kept_places_are_named() -> None:
    """A place that is granted is kept while frozen."""
    world = until(found_programme(), ORKNEY, RolloutStage.BUSINESS_AS_USUAL)
    foreseen = foresee(world)
    here = next(it for it in foreseen.lives if it.stream == ORKNEY)
    assert here.live
    assert {it.stream for it in foreseen.lives if it.holds} == {
        name for name in world.journeys() if name in world.programme.slots
    }
    assert foreseen.to_come == tuple(
        board
        for wave in world.technology.waves
        for board in wave.boards
        if getattr(world.states.get(f"rollout/ccbt/{board}"), "adopted", None) is None
    )


def test_rollouts_of_others_wait_behind_what_is_kept() -> None:
    """Those in the programme's queue that are not frozen themselves; none where nothing is kept."""
    world = until(found_programme(), LOTHIAN, RolloutStage.QUEUED)
    assert LOTHIAN in world.programme.queue
    others = {**world.programme.queue, "rollout/other/fife": world.programme.queue[LOTHIAN]}
    world.states[PROGRAMME] = world.programme.model_copy(update={"queue": others})
    assert foresee(world).behind == ("rollout/other/fife",)
    early = reach(Stage.TEST_AND_LEARN)
    early.states[PROGRAMME] = world.programme
    assert FIFE in early.states
    assert foresee(early).behind == ()


def test_the_technology_whose_place_it_takes_is_named() -> None:
    """It stays where it is until the release."""
    world = with_successor(reach(Stage.SUSTAIN))
    assert foresee(world, of=NEXT).dependants == ("ccbt",)
    assert foresee(world).dependants == ()
