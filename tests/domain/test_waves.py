"""Changing direction: waves rest and end, boards join, and pilots change places."""

from domain.check import CheckNeeded
from domain.journey import Rag
from domain.proposal import Wave, WaveRule
from domain.refusal import Refusal
from domain.rollout_briefs import RolloutStage
from domain.rollout_wishes import report as report_of
from domain.standing import next_due
from domain.steering import Pause, Resume, Stop
from domain.technology import Stage, checks_at, wave_of, waves_to_come
from domain.technology_progress import boards_started, is_scaled, next_wave, pilots_under_way
from domain.technology_waits import waits
from domain.waves import AddBoard, PauseWave, ReorderWaves, ResumeWave, StopWave, SwapPilot, WaveCommand
from domain.work import StepStatus, open_steps
from tests.domain.examples import BORDERS, FIFE, LOTHIAN, OFFICE, ORKNEY, PROPOSAL, TAYSIDE, TECHNOLOGY
from tests.domain.world import World, found_programme, reach

MORAY = "rollout/ccbt/moray"
NEWCOMER_SAFETY = CheckNeeded(id="local-safety", title="Local safety", signers=("clinician",))


def change(world: World, kind: type[WaveCommand], **more: object) -> None:
    """The office changes direction, and everybody hears of it."""
    command = kind.model_validate({"actor": OFFICE, "reason": "agreed on Monday"} | more)
    answer = world.do(TECHNOLOGY, command)
    assert not isinstance(answer, Refusal), answer.message
    world.settle()


def names(world: World) -> list[str]:
    """The waves in their order."""
    return [wave.name for wave in world.technology.waves]


def gate_of(world: World) -> str:
    """The gate at which the technology waits; empty where it waits at none."""
    gate = world.technology.gate
    return "" if gate is None else gate.gate.id


def carry_on(world: World, rounds: int = 60) -> None:
    """Everybody does what is due, until nothing is."""
    for _ in range(rounds):
        if not world.work_through():
            return


# --- waves that rest and end --------------------------------------------------------------------------------


def test_a_wave_that_was_released_rests_and_goes_on_with_all_its_boards() -> None:
    """Its boards follow as they follow their technology, and others do not."""
    world = reach(Stage.SCALE)
    change(world, PauseWave, wave="pilots")
    assert world.rollout(FIFE).pauses["technology"].reason == "wave pilots: agreed on Monday"
    assert "technology" in world.rollout(TAYSIDE).pauses
    assert not world.technology.pauses
    change(world, ResumeWave, wave="pilots")
    assert not world.rollout(FIFE).pauses


def test_a_board_that_paused_by_itself_stays_paused_when_its_wave_goes_on() -> None:
    """Whose pause it is is kept apart."""
    world = reach(Stage.SCALE)
    world.do(FIFE, Pause(actor=OFFICE, reason="flood"))
    change(world, PauseWave, wave="pilots")
    change(world, ResumeWave, wave="pilots")
    assert list(world.rollout(FIFE).pauses) == ["own"]
    assert not world.rollout(TAYSIDE).pauses


def test_a_wave_to_come_that_rests_is_not_released_and_lets_the_next_go_first() -> None:
    """Nobody waits for it, and the technology is not scaled without it."""
    world = reach(Stage.SCALE)
    change(world, PauseWave, wave="first")
    assert any("resumption of wave first" in wait.what for wait in waits(world.technology))
    carry_on(world)
    assert list(world.technology.released) == ["pilots", "second"]
    assert world.technology.stage == Stage.SCALE
    assert ORKNEY not in world.states
    change(world, ResumeWave, wave="first")
    carry_on(world)
    assert list(world.technology.released) == ["pilots", "second", "first"]
    assert world.technology.stage == Stage.SUSTAINED


def test_a_gate_before_a_wave_that_comes_to_rest_is_withdrawn_for_the_next() -> None:
    """Whoever was to decide on it is asked about the other."""
    by_hand = PROPOSAL.gates.release.model_copy(update={"automatic": False})
    gates = PROPOSAL.gates.model_copy(update={"release": by_hand})
    proposal = PROPOSAL.model_copy(update={"gates": gates})
    world = reach(Stage.SCALE, found_programme(proposal))
    world.pass_together(TECHNOLOGY)
    world.settle()
    while not gate_of(world):
        assert world.work_through()
    assert gate_of(world) == "release-first"
    change(world, PauseWave, wave="first")
    assert gate_of(world) == "release-second"


def test_a_wave_that_is_stopped_ends_at_its_boards_or_never_begins() -> None:
    """The technology is scaled without it."""
    world = reach(Stage.SCALE)
    change(world, StopWave, wave="first")
    carry_on(world)
    assert world.technology.stage == Stage.SUSTAINED
    assert ORKNEY not in world.states
    change(world, StopWave, wave="second")
    stopped = world.rollout(LOTHIAN).stopped
    assert stopped is not None
    assert stopped.reason == "wave second: agreed on Monday"


def test_a_wave_at_rest_does_not_hold_up_the_next_and_one_that_works_does() -> None:
    """The wave rule asks those that go on."""
    world = reach(Stage.SCALE)
    assert next_wave(world.technology) is None, "the pilots hold their slots and have not come far enough"
    change(world, PauseWave, wave="pilots")
    assert "first" in world.technology.released
    assert "second" not in world.technology.released


def test_a_technology_whose_waves_all_ended_but_one_is_scaled_by_that_one() -> None:
    """A wave that never began counts for nothing."""
    world = reach(Stage.SCALE)
    change(world, StopWave, wave="first")
    change(world, StopWave, wave="second")
    assert not is_scaled(world.technology)
    carry_on(world)
    assert world.technology.stage == Stage.SUSTAINED


def test_the_pause_of_the_whole_is_told_before_that_of_a_wave() -> None:
    """And a board goes on only once both are over."""
    world = reach(Stage.SCALE)
    change(world, PauseWave, wave="pilots")
    world.do(TECHNOLOGY, Pause(actor=OFFICE, reason="flood"))
    world.settle()
    assert world.rollout(FIFE).direction.paused == "flood"
    change(world, ResumeWave, wave="pilots")
    assert "technology" in world.rollout(FIFE).pauses


def test_a_pause_that_ends_leaves_the_reason_of_the_one_that_goes_on() -> None:
    """And the clocks have stood since the first of them."""
    world = reach(Stage.SCALE)
    begun = world.now
    world.do(TECHNOLOGY, Pause(actor=OFFICE, reason="flood"))
    world.settle()
    world.wait(1)
    change(world, PauseWave, wave="pilots")
    assert world.rollout(FIFE).pauses["technology"].reason == "flood"
    world.wait(1)
    world.do(TECHNOLOGY, Resume(actor=OFFICE, reason="dry again"))
    world.settle()
    held = world.rollout(FIFE)
    assert held.pauses["technology"].reason == "wave pilots: agreed on Monday"
    assert held.pauses["technology"].at == world.now
    assert held.paused_since == begun


# --- boards that join ---------------------------------------------------------------------------------------


def test_a_board_that_the_plan_did_not_have_joins_a_wave_to_come() -> None:
    """It signs what it has to sign, and is carried with the others."""
    world = reach(Stage.TEST_AND_LEARN)
    change(world, AddBoard, board="moray", wave="second", checks=(NEWCOMER_SAFETY,))
    assert wave_of(world.technology, "moray") == Wave(name="second", boards=("lothian", "moray"))
    assert checks_at(world.technology, "moray") == (NEWCOMER_SAFETY,)
    carry_on(world)
    assert world.technology.stage == Stage.SUSTAINED
    assert world.rollout(MORAY).delivered
    assert world.rollout(MORAY).checks == (NEWCOMER_SAFETY,)


def test_a_board_joins_in_a_new_wave_when_all_others_were_released() -> None:
    """It is released by the wave rule, as every wave is."""
    at_once = WaveRule(reached=RolloutStage.QUEUED)
    world = reach(Stage.SCALE, found_programme(PROPOSAL.model_copy(update={"wave_rule": at_once})))
    world.settle()
    assert waves_to_come(world.technology) == ()
    change(world, AddBoard, board="moray", wave="latecomers", checks=())
    assert names(world)[-1] == "latecomers"
    assert "latecomers" in world.technology.released
    assert MORAY in world.states


def test_a_board_may_join_a_wave_that_rests() -> None:
    """It rests with it."""
    world = reach(Stage.SCALE)
    change(world, PauseWave, wave="first")
    change(world, AddBoard, board="moray", wave="first", checks=())
    assert MORAY not in world.states


# --- pilots that change places ------------------------------------------------------------------------------


def test_before_test_and_learn_two_boards_only_change_places() -> None:
    """Nobody has begun, so nobody has to be told."""
    world = found_programme()
    change(world, SwapPilot, out="fife", into="lothian")
    assert world.technology.pilots == ("lothian", "tayside")
    assert world.technology.waves[0].boards == ("lothian", "tayside")
    assert world.technology.waves[2] == Wave(name="second", boards=("fife",))
    assert world.technology.former_pilots == ()
    reach(Stage.TEST_AND_LEARN, world)
    assert LOTHIAN in world.states
    assert FIFE not in world.states


def test_a_pilot_that_leaves_puts_down_its_work_and_another_begins() -> None:
    """It waits for its wave; what it has begun is due no more, and it is late with nothing."""
    world = reach(Stage.TEST_AND_LEARN)
    world.complete(FIFE, "set-up")
    world.wait(30)
    world.notice()
    assert world.rollout(FIFE).rag is Rag.OFF_TRACK
    change(world, SwapPilot, out="fife", into="orkney")
    fife, orkney = world.rollout(FIFE), world.rollout(ORKNEY)
    assert fife.stage == RolloutStage.RELEASED
    assert fife.direction.wave == "first"
    assert open_steps(world.work(FIFE)) == ()
    assert world.work(FIFE).record("set-up").status is StepStatus.COMPLETED
    assert next_due(fife) is None
    assert fife.rag is Rag.ON_TRACK
    assert orkney.stage == RolloutStage.PROOF_OF_CONCEPT
    assert pilots_under_way(world.technology) == ("orkney", "tayside")


def test_what_a_pilot_found_stays_on_record_and_counts_no_more_once_it_is_none() -> None:
    """The scale decision rests on those who are pilots then, and is asked for once they have tested."""
    world = reach(Stage.TEST_AND_LEARN)
    world.finish_plan(FIFE)
    world.finish_plan(TAYSIDE)
    assert gate_of(world) == "scale"
    assert set(world.technology.held) == {"own", "fife", "tayside"}
    change(world, SwapPilot, out="fife", into="orkney")
    assert not gate_of(world)
    assert set(world.technology.held) == {"own", "tayside", "orkney"}
    assert [entry.evidence.id for entry in world.rollout(FIFE).on_record.values()] == ["outcomes"]
    assert report_of(world.rollout(FIFE)).evidence == ()
    world.finish_plan(ORKNEY)
    assert set(world.technology.held) == {"own", "tayside", "orkney"}
    assert gate_of(world) == "scale"


def test_a_former_pilot_replicates_with_its_wave() -> None:
    """The playbook reaches it when its wave is released, and not with the pilots."""
    world = reach(Stage.TEST_AND_LEARN)
    change(world, SwapPilot, out="fife", into="orkney")
    while "pilots" not in world.technology.released:
        assert world.work_through()
    assert world.rollout(FIFE).stage == RolloutStage.RELEASED
    assert ("fife", "first") in boards_started(world.technology)
    carry_on(world)
    assert world.technology.stage == Stage.SUSTAINED
    assert world.rollout(FIFE).delivered
    assert world.rollout(BORDERS).delivered


def test_a_pilot_that_comes_back_goes_on_where_it_was() -> None:
    """What it has done is done, unless another cycle has begun since then."""
    world = reach(Stage.TEST_AND_LEARN)
    world.complete(FIFE, "set-up")
    change(world, SwapPilot, out="fife", into="orkney")
    change(world, SwapPilot, out="orkney", into="fife")
    assert world.rollout(FIFE).stage == RolloutStage.PROOF_OF_CONCEPT
    assert [step.id for step in open_steps(world.work(FIFE))] == ["try", "survey"]
    assert world.technology.former_pilots == ("orkney",)


def test_a_pilot_that_joins_a_later_cycle_tests_once() -> None:
    """Its proof of concept counts for the cycle in which it is made."""
    world = reach(Stage.TEST_AND_LEARN)
    world.finish_plan(FIFE)
    world.finish_plan(TAYSIDE)
    world.pass_gate(TECHNOLOGY, "again", reopen=("survey",))
    world.settle()
    change(world, SwapPilot, out="fife", into="orkney")
    assert world.rollout(ORKNEY).cycle == 2
    world.finish_plan(ORKNEY)
    assert world.rollout(ORKNEY).stage == RolloutStage.PILOTED
    world.finish_plan(TAYSIDE)
    assert world.technology.gate is not None, "both have tested in the second cycle"


def test_a_pilot_that_comes_back_in_a_later_cycle_does_again_what_that_asks_for() -> None:
    """As the pilots that stayed have to."""
    world = reach(Stage.TEST_AND_LEARN)
    world.finish_plan(FIFE)
    change(world, SwapPilot, out="fife", into="orkney")
    world.finish_plan(ORKNEY)
    world.finish_plan(TAYSIDE)
    world.pass_gate(TECHNOLOGY, "again", reopen=("survey",))
    world.settle()
    change(world, SwapPilot, out="orkney", into="fife")
    assert [step.id for step in open_steps(world.work(FIFE))] == ["survey"]
    assert world.rollout(FIFE).cycle == 2


def test_a_pilot_that_was_stopped_is_replaced() -> None:
    """It stays stopped, and keeps nobody in its new wave back."""
    world = reach(Stage.TEST_AND_LEARN)
    world.do(FIFE, Stop(actor=OFFICE, reason="withdrawn"))
    world.settle()
    change(world, SwapPilot, out="fife", into="lothian")
    carry_on(world)
    assert world.technology.stage == Stage.SUSTAINED
    assert world.rollout(FIFE).stopped is not None


def test_two_waves_become_one_and_are_released_together() -> None:
    """Under a name that is free."""
    world = reach(Stage.SCALE)
    merged = Wave(name="first", boards=("orkney", "borders", "lothian"))
    change(world, ReorderWaves, waves=(merged,))
    assert names(world) == ["pilots", "first"]
