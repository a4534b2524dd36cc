"""What a change of direction would do: foreseen exactly, on dates, capacity and dependants."""

from domain.event import Command
from domain.foresight import consequences_of
from domain.office_commands import OpenProgramme, SetCapacity, SetPriority
from domain.proposal import Proposal, Wave
from domain.steering import Pause, Resume, Stop
from domain.technology import Propose, PublishPlaybook, Stage
from domain.waves import AddBoard, ReorderWaves, StopWave, SwapPilot
from tests.domain.examples import (
    DAY,
    FIFE,
    OFFICE,
    PROGRAMME,
    PROPOSAL,
    PROPOSER,
    TAYSIDE,
    TECHNOLOGY,
    charter_of,
)
from tests.domain.world import World, reach


def foresee(world: World, *commands: Command, stream: str = TECHNOLOGY) -> dict[str, str]:
    """What moves, in words: each with its end before and after."""
    found = consequences_of(world.states, [(stream, it) for it in commands], world.now)
    assert not found.refused
    return {
        move.name: f"{_day(world, move.before)} -> {_day(world, move.after)}"
        for move in (*found.moves, *found.elsewhere)
    }


def _day(world: World, planned: object) -> str:
    finish = getattr(planned, "finish", None)
    return "none" if finish is None else str((finish - world.now) // DAY)


def test_pausing_a_board_takes_its_dates_and_moves_those_who_wait_for_its_slot() -> None:
    """Its wave goes on without it."""
    world = reach(Stage.SCALE)
    pause = Pause(actor=OFFICE, reason="flood")
    assert foresee(world, pause, stream=FIFE) == {
        "scale": "120 -> none",
        "sustain": "130 -> none",
        "fife": "40 -> none",
        "borders": "80 -> 120",
        "lothian": "120 -> 160",
    }


def test_pausing_a_technology_rests_its_boards_and_its_workstreams() -> None:
    """All that depends on it."""
    world = reach(Stage.TEST_AND_LEARN)
    found = consequences_of(world.states, [(TECHNOLOGY, Pause(actor=OFFICE, reason="flood"))], world.now)
    moved = {move.name: move.after.held for move in found.moves if move.after}
    assert moved["adoption"] == "paused: flood"
    assert moved["test-and-learn"] == "paused: flood"


def test_going_on_after_a_pause_gives_back_the_time_that_was_lost() -> None:
    """Due dates move, and the preview shows them moved."""
    world = reach(Stage.SCALE)
    world.do(TECHNOLOGY, Pause(actor=OFFICE, reason="flood"))
    world.settle()
    world.wait(20)
    resume = Resume(actor=OFFICE, reason="dry")
    assert foresee(world, resume)["fife"] == "none -> 40"


def test_a_wave_that_is_put_first_goes_first() -> None:
    """The others come later."""
    world = reach(Stage.SCALE)
    turned = (Wave(name="second", boards=("lothian",)), Wave(name="first", boards=("orkney", "borders")))
    moved = foresee(world, ReorderWaves(actor=OFFICE, waves=turned, reason="as agreed"))
    assert {name: moved.get(name) for name in ("orkney", "borders", "lothian")} == {
        "orkney": "80 -> 110",
        "borders": "80 -> 120",
        "lothian": "120 -> 80",
    }


def test_a_board_that_is_added_makes_the_whole_take_longer() -> None:
    """It shows as one that was not there before."""
    world = reach(Stage.SCALE)
    add = AddBoard(actor=OFFICE, board="moray", wave="late", checks=(), reason="it asks")
    moved = foresee(world, add)
    assert moved["moray"].startswith("none -> ")
    assert "lothian" not in moved


def test_a_wave_that_is_stopped_brings_the_end_forward() -> None:
    """Nobody waits for it."""
    world = reach(Stage.SCALE)
    moved = foresee(world, StopWave(actor=OFFICE, wave="first", reason="too few staff"))
    assert moved["lothian"] == "120 -> 80"
    assert moved["scale"] == "120 -> 80"


def test_another_pilot_begins_later_and_test_and_learn_ends_later() -> None:
    """What the one before has done does not help it."""
    world = reach(Stage.TEST_AND_LEARN)
    world.wait(10)
    world.complete(FIFE, "set-up")
    world.complete(TAYSIDE, "set-up")
    swap = SwapPilot(actor=OFFICE, out="fife", into="orkney", reason="it has the staff")
    moved = foresee(world, swap)
    assert moved["test-and-learn"] == "10 -> 20"
    found = consequences_of(world.states, [(TECHNOLOGY, swap)], world.now)
    waves = {
        move.name: (move.before.wave, move.after.wave) for move in found.moves if move.before and move.after
    }
    assert waves["fife"] == ("pilots", "first")
    assert waves["orkney"] == ("first", "pilots")


def test_nothing_is_changed_by_looking() -> None:
    """The states are those of before."""
    world = reach(Stage.SCALE)
    before = dict(world.states)
    foresee(world, Stop(actor=OFFICE, reason="too dear"))
    assert world.states == before


def test_a_command_that_changes_no_plan_moves_nothing() -> None:
    """And says so."""
    world = reach(Stage.SCALE)
    set_capacity = SetCapacity(actor=OFFICE, capacity=2, reason="as it was")
    found = consequences_of(world.states, [(PROGRAMME, set_capacity)], world.now)
    assert found.none


# --- other technologies -------------------------------------------------------------------------------------

OTHER = "technology/therapy"


def two(*pilots: str) -> World:
    """A world with one slot, held by a pilot of the first technology, for which the second waits."""
    one = PROPOSAL.model_copy(update={"pilots": pilots or ("fife",), "waves": ()})
    world = World()
    world.do(PROGRAMME, OpenProgramme(actor=OFFICE, charter=charter_of(1)))
    world.do(TECHNOLOGY, Propose(actor=PROPOSER, proposal=one))
    other = Proposal.model_validate(dict(one) | {"technology": "therapy", "pilots": ("tayside",)})
    reach(Stage.SCALE, world)
    world.do(OTHER, Propose(actor=PROPOSER, proposal=other))
    published = False
    while world.journey(OTHER).stage != "scale":
        for stream, step in list(world.tasks()):
            if "/therapy" in stream:
                world.complete(stream, step.id)
        if world.journey(OTHER).stage == "standardise" and not published:
            published = True
            world.do(OTHER, PublishPlaybook(actor=OFFICE, playbook=world.playbook))
        world.settle()
        for stream in world.gates():
            if "/therapy" in stream:
                world.pass_together(stream)
        world.settle()
    return world


def test_stopping_one_technology_brings_forward_the_other_that_waits_for_its_slot() -> None:
    """It is named as one that depends on it."""
    world = two()
    found = consequences_of(world.states, [(TECHNOLOGY, Stop(actor=OFFICE, reason="too dear"))], world.now)
    assert {move.name for move in found.elsewhere} >= {"tayside"}
    tayside = next(move for move in found.elsewhere if move.name == "tayside")
    assert tayside.before is not None
    assert tayside.after is not None
    assert tayside.before.slot == world.now + 40 * DAY
    assert tayside.after.slot == world.now
    assert [(turn.name, turn.before, turn.after) for turn in found.turns] == [
        ("rollout/therapy/tayside", 1, None)
    ]


def test_a_rank_is_about_its_technology_and_moves_others() -> None:
    """Whoever is overtaken is named as one that depends on it."""
    world = two("fife", "orkney")
    rank = SetPriority(actor=OFFICE, technology="therapy", priority=1, reason="The contract ends.")
    found = consequences_of(world.states, [(PROGRAMME, rank)], world.now)
    moved = {it.name for it in found.moves if it.what == "board"}
    overtaken = {it.name for it in found.elsewhere if it.what == "board"}
    assert (moved, overtaken) == ({"tayside"}, {"orkney"})
