"""What a halt does to tracks and pilots: all stands, and exactly what should go on goes on."""

import pytest

from domain.refusal import Refusal
from domain.rollout_briefs import RolloutStage
from domain.steering import Pause, Resume
from domain.waves import PauseWave, ResumeWave, SwapPilot
from domain.work import StepStatus, open_steps
from tests.domain.examples import DAY, FIFE, OFFICE, ORKNEY, TAYSIDE, TECHNOLOGY
from tests.domain.halting import halt
from tests.domain.test_barrier_refusals import done
from tests.domain.test_tracks import (
    PLATFORM,
    TEAM_FIFE,
    TEAM_TAYSIDE,
    TRACKED,
    at_go_live,
    expected,
    reach_replication,
    tracked,
    work_in,
)
from tests.domain.world import World, found_programme

TEAM_ORKNEY = "workstream/ccbt/team@orkney"
AGREED = {"actor": OFFICE, "reason": "as agreed"}
SWAP = SwapPilot(out="fife", into="orkney", **AGREED)


def frozen(world: World) -> set[str]:
    """The lives that stand still for a halt."""
    return {name for name, state in world.journeys().items() if state.halting}


def awaited(world: World, stream: str = FIFE) -> dict[str, object]:
    """When a board can expect each infrastructure that its go-live awaits, in days from now."""
    return {
        it.infrastructure: None if it.due is None else (it.due - world.now) / DAY
        for it in world.rollout(stream).direction.awaits
    }


def open_in(world: World, stream: str) -> list[str]:
    """The steps that are open in a life."""
    return [step.id for step in open_steps(world.work(stream))]


def left(world: World, stream: str, step: str) -> float:
    """How many days a step still has."""
    due = world.work(stream).record(step).due
    assert due is not None
    return (due - world.now) / DAY


# --- tracks -------------------------------------------------------------------------------------------------


def test_a_halt_freezes_the_tracks_of_the_nation_and_of_the_boards() -> None:
    """No step of theirs is worked on, opened or late, and nobody can say when they make anything ready."""
    world = tracked()
    assert awaited(world) == {"training-platform": 20, "lead-post": 10}
    halt(world)
    world.settle()
    assert {PLATFORM, TEAM_FIFE, TEAM_TAYSIDE} <= frozen(world)
    assert not list(world.tasks())
    for stream, step in ((PLATFORM, "buy"), (TEAM_FIFE, "post")):
        refused = world.complete(stream, step)
        assert isinstance(refused, Refusal)
        assert refused.code == "halted"
    assert awaited(world) == {"training-platform": None, "lead-post": None}
    world.wait(30)
    world.notice()
    world.settle()
    assert not any(it.late for it in world.rollout(FIFE).direction.awaits)
    assert world.rollout(FIFE).delays == ()
    world.lift(1)
    world.settle()
    assert awaited(world) == {"training-platform": 20, "lead-post": 10}
    assert left(world, PLATFORM, "buy") == left(world, TEAM_FIFE, "post") == 10


def test_what_may_continue_goes_on_in_a_boards_track_and_its_date_is_still_told() -> None:
    """The post is filled in the halt and counts at the board; what comes after it does not open."""
    world = tracked()
    done(halt(world, may_continue=("post",)))
    world.settle()
    assert {(stream, step.id) for stream, step in world.tasks()} == {
        (TEAM_FIFE, "post"),
        (TEAM_TAYSIDE, "post"),
    }
    assert awaited(world) == {"training-platform": None, "lead-post": 10}
    world.wait(11)
    world.notice()
    world.settle()
    assert [it.infrastructure for it in world.rollout(FIFE).direction.awaits if it.late] == ["lead-post"]
    work_in(world, TEAM_FIFE, "post")
    assert awaited(world) == {"training-platform": None}
    assert open_in(world, TEAM_FIFE) == []
    world.lift(1)
    world.settle()
    assert open_in(world, TEAM_FIFE) == ["greet"]
    assert left(world, PLATFORM, "buy") == 10


def test_what_may_continue_and_needs_what_stands_has_no_date() -> None:
    """It cannot begin, though nothing keeps it itself."""
    world = tracked()
    done(halt(world, may_continue=("open",)))
    world.settle()
    assert awaited(world) == {"training-platform": None, "lead-post": None}


def test_a_halt_of_one_version_freezes_the_boards_on_it_and_no_track() -> None:
    """Tracks follow no version: they go on, and make ready what the boards await."""
    world = found_programme(TRACKED)
    reach_replication(world)
    halt(world, version=1)
    world.settle()
    assert frozen(world) == {FIFE, TAYSIDE}
    assert {PLATFORM, TEAM_FIFE, TEAM_TAYSIDE} <= {stream for stream, _ in world.tasks()}
    assert expected(world) is not None
    work_in(world, PLATFORM, "buy", "open")
    work_in(world, TEAM_FIFE, "post")
    assert awaited(world) == {}
    assert awaited(world, TAYSIDE).keys() == {"lead-post"}


# --- going live ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [None, 1])
def test_a_go_live_that_awaits_infrastructure_does_not_open_in_a_halt_when_that_is_ready(
    version: int | None,
) -> None:
    """It opens by itself with the release, not before; and stays shut while anything is not ready."""
    gates = {"go_live": TRACKED.gates.go_live.model_copy(update={"automatic": True, "criteria": ()})}
    world = found_programme(TRACKED.model_copy(update={"gates": TRACKED.gates.model_copy(update=gates)}))
    reach_replication(world)
    for _ in range(4):
        world.finish_plan(FIFE)
    work_in(world, PLATFORM, "buy", "open")
    assert world.rollout(FIFE).at_go_live
    done(halt(world, version=version, may_continue=("post",)))
    world.settle()
    assert "lead-post is not ready" in world.rollout(FIFE).held_up
    work_in(world, TEAM_FIFE, "post")
    world.notice()
    assert world.rollout(FIFE).held_up == ""
    assert world.rollout(FIFE).stage == RolloutStage.REPLICATION
    world.lift(1)
    world.settle()
    assert world.rollout(FIFE).stage == RolloutStage.HANDOVER
    assert world.rollout(TAYSIDE).stage == RolloutStage.REPLICATION


def test_a_gate_that_awaits_infrastructure_says_first_that_the_line_is_stopped() -> None:
    """After the release it says what is not ready."""
    world = at_go_live()
    halt(world)
    world.settle()
    for code in ("halted", "held-up"):
        refused = world.pass_gate(FIFE)
        assert isinstance(refused, Refusal)
        assert refused.code == code
        world.lift(1)
        world.settle()


# --- pauses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pause_first", [True, False])
@pytest.mark.parametrize("pause_ends_first", [True, False])
def test_a_wave_that_is_paused_and_a_halt_overlap_in_either_order(
    pause_first: bool, pause_ends_first: bool
) -> None:
    """Time is lost once: at the boards for both, nationally for the halt, by what is spared for the pause."""
    world = tracked()
    world.wait(1)

    def pause() -> None:
        done(world.do(TECHNOLOGY, PauseWave(wave="pilots", **AGREED)))

    def resume() -> None:
        done(world.do(TECHNOLOGY, ResumeWave(wave="pilots", **AGREED)))

    def stop_the_line() -> None:
        done(halt(world, may_continue=("post",)))

    def let_it_go() -> None:
        world.lift(1)

    begins = (pause, stop_the_line) if pause_first else (stop_the_line, pause)
    ends = (resume, let_it_go) if pause_ends_first else (let_it_go, resume)
    for change, days in zip((*begins, *ends), (3, 2, 4, 0), strict=True):
        change()
        world.settle()
        world.wait(days)
        world.notice()
    world.settle()
    assert not any(state.on_hold for state in world.journeys().values())
    paused = (3 if pause_first else 0) + 2 + (0 if pause_ends_first else 4)
    halted = (0 if pause_first else 3) + 2 + (4 if pause_ends_first else 0)
    gone = 1 + 3 + 2 + 4
    assert left(world, FIFE, "set-up") == 10 - 1
    assert left(world, PLATFORM, "buy") == 10 - gone + halted
    assert left(world, TEAM_FIFE, "post") == 10 - gone + paused
    assert awaited(world) == {
        "training-platform": 20 - gone + halted,
        "lead-post": 10 - gone + paused,
    }


def test_a_release_while_the_technology_is_paused_lets_begin_what_rests() -> None:
    """Nothing moves until it is resumed; then all does, and has all its time."""
    world = tracked()
    halt(world)
    done(world.do(TECHNOLOGY, SWAP))
    world.settle()
    done(world.do(TECHNOLOGY, Pause(**AGREED)))
    world.wait(5)
    world.lift(1)
    world.settle()
    assert not frozen(world)
    assert {ORKNEY, TEAM_ORKNEY} <= set(world.states)
    assert all("own" in it.pauses or "technology" in it.pauses for it in world.journeys().values())
    assert not list(world.tasks())
    assert world.rollout(FIFE).stage == RolloutStage.PROOF_OF_CONCEPT
    world.wait(5)
    done(world.do(TECHNOLOGY, Resume(**AGREED)))
    world.settle()
    assert world.rollout(FIFE).stage == RolloutStage.RELEASED
    assert {stream for stream, _ in world.tasks()} == {
        *(TAYSIDE, ORKNEY, PLATFORM, TEAM_FIFE, TEAM_TAYSIDE, TEAM_ORKNEY)
    }
    assert left(world, ORKNEY, "set-up") == left(world, PLATFORM, "buy") == 10


# --- pilots -------------------------------------------------------------------------------------------------


def test_a_pilot_that_is_swapped_in_a_halt_begins_with_its_tracks_once_it_is_released() -> None:
    """The one before stands until then, and puts down what it has begun."""
    world = tracked()
    done(world.complete(FIFE, "set-up"))
    halt(world)
    world.settle()
    before = set(world.states)
    done(world.do(TECHNOLOGY, SWAP))
    world.settle()
    world.wait(4)
    world.notice()
    assert set(world.states) == before
    assert world.rollout(FIFE).stage == RolloutStage.PROOF_OF_CONCEPT
    assert open_in(world, FIFE) == ["try", "survey"]
    world.lift(1)
    world.settle()
    assert set(world.states) == {*before, ORKNEY, TEAM_ORKNEY}
    assert world.rollout(ORKNEY).stage == RolloutStage.PROOF_OF_CONCEPT
    assert world.rollout(FIFE).stage == RolloutStage.RELEASED
    assert open_in(world, FIFE) == []
    assert world.work(FIFE).record("try").status is StepStatus.WAITING
    assert (open_in(world, ORKNEY), open_in(world, TEAM_ORKNEY)) == (["set-up"], ["post"])
    assert open_in(world, TEAM_FIFE) == ["post"], "a former pilot's track goes on"


def test_a_board_that_was_pilot_only_in_a_halt_does_not_begin() -> None:
    """It was swapped in and out again before the release, so it waits for its wave as it did before."""
    world = tracked()
    halt(world)
    world.settle()
    before = set(world.states)
    done(world.do(TECHNOLOGY, SWAP))
    done(world.do(TECHNOLOGY, SwapPilot(out="orkney", into="fife", **AGREED)))
    world.settle()
    world.lift(1)
    world.settle()
    assert set(world.states) == before
    assert open_in(world, FIFE) == ["set-up"]
    while ORKNEY not in world.states:
        assert world.work_through()
    assert "first" in world.technology.released


def test_a_halt_that_is_raised_while_pilots_change_places_freezes_both() -> None:
    """The start and the word to the one before are on their way when the line is stopped."""
    world = tracked()
    done(world.do(TECHNOLOGY, SWAP))
    halt(world)
    world.settle()
    assert frozen(world) == set(world.journeys())
    assert {ORKNEY, TEAM_ORKNEY} <= frozen(world)
    assert world.rollout(FIFE).stage == RolloutStage.RELEASED, "it heard of the swap before the halt"
    assert not list(world.tasks())
    world.wait(5)
    world.lift(1)
    world.settle()
    assert left(world, ORKNEY, "set-up") == left(world, TEAM_ORKNEY, "post") == 10
    assert world.technology.pilots == ("orkney", "tayside")
    world.check()
