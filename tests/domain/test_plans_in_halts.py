"""What is planned in and around halts, and what stopping the line would do to dates, boards and tracks."""

from domain.foresight import consequences_of, outlook_of
from domain.gate import Note
from domain.halt_preview import preview_halt
from domain.outlook import NO_RELEASE, TechnologyOutlook
from domain.rollout_briefs import RolloutStage
from domain.steering import Stop
from domain.technology import Stage
from domain.waves import AddBoard, StopWave
from tests.domain.examples import DAY, FIFE, ORKNEY, TAYSIDE, TECHNOLOGY
from tests.domain.halting import LETTING_GO, halt, halt_of, until
from tests.domain.test_barrier_refusals import done
from tests.domain.test_halts_waves_and_tracks import AGREED, SWAP
from tests.domain.test_succession import with_successor
from tests.domain.test_succession_refusals import replace
from tests.domain.test_tracks import TEAM_FIFE, TRACKED, reach_replication, tracked
from tests.domain.test_wave_effects import OTHER, foresee, two
from tests.domain.world import World, found_programme, reach

HALTED = "halted: A wrong score is shown"


def planned(world: World, technology: str = "ccbt") -> TechnologyOutlook:
    """What is planned of a technology."""
    return outlook_of(world.states, world.now).technologies[technology]


def why_none(world: World) -> dict[str, str]:
    """What has no date, and why."""
    found = planned(world)
    every = {**found.stages, **found.boards, **found.tracks}
    return {name: it.held for name, it in every.items() if it.finish is None}


# --- what is planned ----------------------------------------------------------------------------------------


def test_nothing_that_a_halt_freezes_or_keeps_from_beginning_has_a_date() -> None:
    """Stages, boards under way and to come, and tracks; each says so."""
    world = reach(Stage.SCALE, found_programme(TRACKED))
    before = planned(world)
    assert set(why_none(world)) == set()
    halt(world)
    world.settle()
    held = why_none(world)
    assert set(held) == {*before.stages, *before.boards, *before.tracks} - {"platform"}
    assert set(held.values()) <= {HALTED, "it waits for what has no date"}
    assert {held[name] for name in ("scale", "fife", "orkney", "lothian")} == {HALTED}
    world.lift(1)
    world.settle()
    assert planned(world) == before


def test_a_track_that_a_halt_keeps_from_beginning_has_no_date() -> None:
    """Nor has test and learn; whatever was on its way when the line was stopped."""
    world = found_programme(TRACKED)
    world.finish_plan(TECHNOLOGY)
    done(world.pass_gate(TECHNOLOGY))
    world.post.clear()
    halt(world)
    found = planned(world)
    assert (found.tracks["platform"].finish, found.tracks["platform"].held) == (None, HALTED)
    assert {it.held for it in found.boards.values()} == {HALTED}
    assert found.boards["fife"].tested is None


def test_a_pilot_that_was_swapped_in_a_halt_is_not_planned_to_be_tested() -> None:
    """Until it is released: then it begins, and is."""
    world = tracked()
    halt(world)
    done(world.do(TECHNOLOGY, SWAP))
    world.settle()
    orkney = planned(world).boards["orkney"]
    assert (orkney.tested, orkney.held) == (None, HALTED)
    found = consequences_of(world.states, LETTING_GO, world.now)
    after = {move.name: move.after for move in found.moves}["orkney"]
    assert after is not None
    assert after.tested == world.now + 20 * DAY


def test_a_halt_of_the_version_that_comes_next_leaves_nobody_a_place_who_would_take_it_up() -> None:
    """Boards to come and those in the queue have no date; those under way on another version keep theirs."""
    world = until(found_programme(TRACKED), FIFE, RolloutStage.REPLICATION)
    done(world.publish())
    world.settle()
    before = planned(world).boards["fife"]
    halt(world, version=2)
    world.settle()
    held = why_none(world)
    assert "fife" not in held
    assert planned(world).boards["fife"] == before
    for board in ("orkney", "borders", "lothian"):
        assert planned(world).boards[board].slot is None
        assert held[board] == "halt 1 freezes version 2 of the playbook: A wrong score is shown"
    assert held["scale"] == held["orkney"]


def test_a_board_in_the_queue_whose_version_is_halted_has_no_date() -> None:
    """It lets others go first, and comes to its turn after the release."""
    world = until(found_programme(), ORKNEY, RolloutStage.QUEUED)
    assert planned(world).boards["orkney"].finish is not None
    halt(world, version=1)
    world.settle()
    orkney = planned(world).boards["orkney"]
    assert (orkney.slot, orkney.live, orkney.finish) == (None, None, None)
    assert orkney.held == "halt 1 freezes version 1 of the playbook: A wrong score is shown"
    world.lift(1)
    world.settle()
    assert planned(world).boards["orkney"].finish is not None


def test_a_wave_is_not_planned_past_boards_that_a_halt_of_their_version_freezes() -> None:
    """The wave rule waits for them, for they are neither paused nor stopped; and so does the plan."""
    world = found_programme()
    reach_replication(world)
    done(world.publish())
    world.settle()
    halt(world, version=1)
    world.settle()
    assert why_none(world) == {
        "fife": HALTED,
        "tayside": HALTED,
        "scale": f"fife: {HALTED}",
        "sustain": f"fife: {HALTED}",
        "orkney": NO_RELEASE,
        "borders": NO_RELEASE,
        "lothian": NO_RELEASE,
    }
    for _ in range(5):
        world.work_through()
    assert world.technology.released == ("pilots",)
    world.lift(1)
    world.settle()
    assert why_none(world) == {}


def test_a_board_in_the_queue_whose_version_is_halted_is_planned_to_let_others_go_first() -> None:
    """As the office lets them, which is told that it is not ready."""
    world = two("fife", "orkney")
    done(world.publish())
    world.settle()
    fife = planned(world).boards["fife"].finish
    assert fife is not None
    assert planned(world, "therapy").boards["tayside"].slot == fife + 40 * DAY
    halt(world, version=2)
    world.settle()
    assert planned(world, "therapy").boards["tayside"].slot == fife


# --- what stopping the line would do ------------------------------------------------------------------------


def test_the_dates_that_a_halt_takes_are_foreseen_and_those_of_others_that_it_moves() -> None:
    """A frozen board keeps its place, and who waits for it is named as one that depends on it."""
    world = two()
    found = consequences_of(world.states, [(TECHNOLOGY, halt_of())], world.now)
    assert {move.name: move.after and move.after.held for move in found.moves}["fife"] == HALTED
    assert [move.name for move in found.elsewhere if move.what == "board"] == ["tayside"]
    assert found.elsewhere[-1].after is not None
    assert "scale" in {move.name for move in found.elsewhere}
    assert world.journey(OTHER).halting == ()


def test_a_halt_of_a_version_is_foreseen_at_the_boards_on_it() -> None:
    """Each by its own version."""
    world = found_programme(TRACKED)
    reach_replication(world)
    moved = foresee(world, halt_of(version=1))
    assert {name for name, dates in moved.items() if dates.endswith("none")} == {
        *("scale", "sustain", "fife", "tayside", "orkney", "borders", "lothian")
    }
    assert "platform" not in moved
    done(world.publish())
    world.settle()
    moved = foresee(world, halt_of(version=2))
    assert not {"fife", "tayside"} & moved.keys()
    assert moved["orkney"].endswith("none")


def test_a_release_is_foreseen_with_the_time_that_was_lost() -> None:
    """By the decisions that make it, one after the other; one of them alone moves nothing."""
    world = reach(Stage.SCALE, found_programme(TRACKED))
    before = planned(world).boards["fife"].finish
    halt(world)
    world.settle()
    world.wait(7)
    assert consequences_of(world.states, LETTING_GO[:2], world.now).none
    found = consequences_of(world.states, LETTING_GO, world.now)
    after = {move.name: move.after for move in found.moves}["fife"]
    assert after is not None
    assert before is not None
    assert after.finish == before + 7 * DAY


def test_a_change_that_is_made_in_a_halt_is_foreseen_without_dates() -> None:
    """A board that joins says that the line is stopped; a second halt moves nothing."""
    world = reach(Stage.SCALE)
    halt(world)
    world.settle()
    add = AddBoard(board="moray", wave="first", checks=(), **AGREED)
    moves = {it.name: it.after for it in consequences_of(world.states, [(TECHNOLOGY, add)], world.now).moves}
    assert moves["moray"] is not None
    assert moves["moray"].held == HALTED
    assert consequences_of(world.states, [(TECHNOLOGY, halt_of())], world.now).none
    again = consequences_of(world.states, [(TECHNOLOGY, halt_of(version=9))], world.now)
    assert again.refused


# --- who would freeze ---------------------------------------------------------------------------------------


def test_boards_are_counted_once_beside_their_tracks() -> None:
    """A track at a board is a life of its own, and no board."""
    world = tracked()
    raised = Note(at=world.now, name="nobody", role="nobody", reason="")
    found = preview_halt(world.journeys(), world.programme, None, (), raised)
    assert [it.board for it in found.boards] == ["fife", "tayside"]
    assert {it.track for it in found.lives if it.board == "fife"} == {None, "team@fife"}
    assert next(it for it in found.lives if it.stream == TEAM_FIFE).stops == ("post",)


def test_a_board_that_a_version_freezes_is_not_named_as_spared_for_its_track() -> None:
    """Nobody's track is on a version."""
    world = found_programme(TRACKED)
    reach_replication(world)
    raised = Note(at=world.now, name="nobody", role="nobody", reason="")
    found = preview_halt(world.journeys(), world.programme, 1, (), raised)
    assert (found.spared, [it.stream for it in found.lives]) == ((), [FIFE, TAYSIDE])
    other = preview_halt(world.journeys(), world.programme, 2, (), raised)
    assert (other.spared, other.lives) == (("fife", "tayside"), ())


def test_who_was_stopped_is_not_told_to_wait_for_the_release() -> None:
    """Neither a board nor a wave: they would not take up the playbook at all."""
    world = reach(Stage.SCALE)
    done(world.do(TECHNOLOGY, StopWave(wave="second", **AGREED)))
    done(world.do(FIFE, Stop(**AGREED)))
    world.settle()
    raised = Note(at=world.now, name="nobody", role="nobody", reason="")
    found = preview_halt(world.journeys(), world.programme, None, (), raised)
    assert found.to_come == ("orkney", "borders")


def test_nobody_takes_up_the_playbook_of_what_is_replaced() -> None:
    """So nobody is named as waiting for the release of a halt of it."""
    world = with_successor(until(found_programme(), FIFE, RolloutStage.HANDOVER))
    raised = Note(at=world.now, name="nobody", role="nobody", reason="")

    def to_come() -> tuple[str, ...]:
        own = {name: it for name, it in world.journeys().items() if name.split("/")[1] == "ccbt"}
        return preview_halt(own, world.programme, None, (), raised).to_come

    assert "lothian" in to_come()
    done(replace(world))
    assert to_come() == ()
