"""Who takes part may change in a halt, and who begins is seen at its release. And why anybody waits."""

import pytest

from domain.proposal import Wave
from domain.refusal import Refusal
from domain.steering import Stop
from domain.technology import Stage
from domain.technology_wishes import children, messages
from domain.waiting import WaitKind
from domain.waves import AddBoard, PauseWave, ReorderWaves, StopWave, WaveCommand
from domain.why import why, why_planned
from tests.domain.examples import FIFE, ORKNEY, PROPOSAL, TAYSIDE, TECHNOLOGY, make_gate
from tests.domain.halting import halt
from tests.domain.test_barrier_refusals import done
from tests.domain.test_halts_waves_and_tracks import AGREED, SWAP, frozen
from tests.domain.test_tracks import PLATFORM, TEAM_FIFE, TEAM_TAYSIDE, TRACKED, at_go_live, tracked, work_in
from tests.domain.world import World, found_programme, reach


def beginners(world: World, before: set[str]) -> set[str]:
    """The boards whose rollouts have begun since then; each has its track."""
    new = set(world.states) - before
    boards = {name.rsplit("/", 1)[1] for name in new if name.startswith("rollout/")}
    assert new == {
        *(f"rollout/ccbt/{board}" for board in boards),
        *(f"workstream/ccbt/team@{board}" for board in boards),
    }
    return boards


def halted_with_the_next_wave_due() -> World:
    """The technology is halted, and its pilots are stopped: the next wave is to be released."""
    world = reach(Stage.SCALE, found_programme(TRACKED))
    assert world.technology.released == ("pilots",)
    halt(world)
    world.settle()
    done(world.do(TECHNOLOGY, StopWave(wave="pilots", **AGREED)))
    world.settle()
    return world


WHOLE = (Wave(name="all", boards=("lothian", "orkney", "borders")),)
SPLIT = (Wave(name="small", boards=("borders",)), Wave(name="rest", boards=("orkney", "lothian")))


@pytest.mark.parametrize(
    ("changes", "begin"),
    [
        ((), {"orkney", "borders"}),
        ((StopWave(wave="first", **AGREED),), {"lothian"}),
        ((PauseWave(wave="first", **AGREED),), {"lothian"}),
        ((ReorderWaves(waves=WHOLE, **AGREED),), {"orkney", "borders", "lothian"}),
        ((ReorderWaves(waves=SPLIT, **AGREED),), {"borders"}),
        ((AddBoard(board="moray", wave="first", checks=(), **AGREED),), {"orkney", "borders", "moray"}),
        (
            (
                AddBoard(board="moray", wave="late", checks=(), **AGREED),
                StopWave(wave="first", **AGREED),
                StopWave(wave="second", **AGREED),
            ),
            {"moray"},
        ),
    ],
)
def test_what_is_changed_of_waves_in_a_halt_begins_nothing_before_its_release(
    changes: tuple[WaveCommand, ...], begin: set[str]
) -> None:
    """Then exactly the wave begins that comes next by then, each board with its track."""
    world = halted_with_the_next_wave_due()
    before = set(world.states)
    for change in changes:
        done(world.do(TECHNOLOGY, change))
    world.settle()
    world.wait(40)
    world.notice()
    world.settle()
    assert set(world.states) == before
    assert world.technology.released == ("pilots",)
    world.lift(1)
    world.settle()
    assert beginners(world, before) == begin
    assert not frozen(world)
    world.check()


def test_a_wave_that_is_stopped_in_a_halt_ends_its_boards_and_their_tracks_at_once() -> None:
    """A halt keeps nobody from an end; the national tracks stand until the release, and go on."""
    world = halted_with_the_next_wave_due()
    for stream in (FIFE, TAYSIDE, TEAM_FIFE, TEAM_TAYSIDE):
        assert world.journey(stream).stopped is not None
    assert frozen(world) == {TECHNOLOGY, PLATFORM}
    assert world.workstream(PLATFORM).stopped is None
    assert world.technology.reports["fife"].halted == ()
    world.lift(1)
    world.settle()
    assert not frozen(world)


def test_nothing_begins_of_a_technology_that_is_stopped_in_a_halt() -> None:
    """And whoever had begun unheard is told of the end."""
    world = tracked()
    halt(world)
    done(world.do(TECHNOLOGY, SWAP))
    world.settle()
    before = set(world.states)
    done(world.do(TECHNOLOGY, Stop(**AGREED)))
    world.settle()
    assert set(world.states) == before
    assert children(world.technology) == {}
    assert all(it.stopped is not None for it in world.journeys().values())
    assert set(messages(world.technology)) >= {ORKNEY}


def test_the_gate_before_a_wave_that_is_renamed_in_a_halt_is_withdrawn_with_the_release() -> None:
    """Nobody decides on a wave that there is no more."""
    gates = {"release": make_gate("release", "npt", outcomes={"go": "proceed"})}
    world = found_programme(TRACKED.model_copy(update={"gates": PROPOSAL.gates.model_copy(update=gates)}))
    while world.technology.gate is None or world.technology.gate.gate.id != "release-first":
        assert world.work_through()
    halt(world)
    world.settle()
    done(world.do(TECHNOLOGY, ReorderWaves(waves=WHOLE, **AGREED)))
    assert world.technology.gate is not None
    assert world.technology.gate.gate.id == "release-first"
    assert isinstance(world.pass_gate(TECHNOLOGY), Refusal)
    world.lift(1)
    assert world.technology.gate is not None
    assert world.technology.gate.gate.id == "release-all"
    assert "gate-withdrawn" in world.kinds(TECHNOLOGY)


# --- why ----------------------------------------------------------------------------------------------------


def test_why_a_board_and_its_track_wait_in_a_halt_leads_to_its_release() -> None:
    """Whatever else they wait for: who can release it is the answer."""
    world = at_go_live()
    halt(world)
    world.settle()
    for stream in (FIFE, TEAM_FIFE, PLATFORM):
        chain = why(world.states, stream, world.now).chain
        assert [link.stream for link in chain] == [stream, TECHNOLOGY]
        assert {link.wait.kind for link in chain} == {WaitKind.HALT}
        assert chain[-1].wait.on == "clinician"


def test_why_a_board_waits_that_has_not_heard_while_its_track_is_halted() -> None:
    """Over the infrastructure and the track to the halt."""
    world = at_go_live()
    halt(world)
    for letter in [it for it in world.post if it.to == TEAM_FIFE]:
        world.deliver(letter)
    assert not world.rollout(FIFE).halting
    chain = why(world.states, FIFE, world.now).chain
    assert [link.stream for link in chain] == [FIFE, TEAM_FIFE, TECHNOLOGY]
    assert [link.wait.kind for link in chain] == [WaitKind.INFRASTRUCTURE, WaitKind.HALT, WaitKind.HALT]


def test_why_a_board_waits_whose_own_track_goes_on_in_a_halt_of_its_version() -> None:
    """For the release, while the people of the track have their steps."""
    world = at_go_live()
    halt(world, version=1)
    world.settle()
    assert [it.wait.kind for it in why(world.states, FIFE, world.now).chain] == [WaitKind.HALT] * 2
    (step,) = why(world.states, TEAM_FIFE, world.now).chain
    assert (step.wait.kind, step.wait.name) == (WaitKind.STEP, "ccbt/workstream/team@fife/post")
    work_in(world, TEAM_FIFE, "post")


def test_why_a_pilot_has_not_begun_that_was_swapped_in_a_halt() -> None:
    """It waits for no wave, but for the release; who comes later waits for its wave."""
    world = tracked()
    halt(world)
    done(world.do(TECHNOLOGY, SWAP))
    world.settle()
    wait = why_planned(world.technology, "orkney")
    assert wait is not None
    assert (wait.kind, wait.link) == (WaitKind.HALT, TECHNOLOGY)
    assert wait.what == "the release of halt 1 (A wrong score is shown), before which nothing begins"
    later = why_planned(world.technology, "lothian")
    assert later is not None
    assert later.kind is WaitKind.DEPENDENCY
    assert ORKNEY not in world.states
