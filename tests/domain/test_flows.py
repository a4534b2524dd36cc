"""How a technology's life flows: cycles, conditions, waves, pauses and ends."""

import pytest

from domain.evidence import digest, stands
from domain.journey import Rag
from domain.proposal import Wave, WaveRule
from domain.refusal import Refusal
from domain.rollout import Direct
from domain.rollout_briefs import RolloutStage
from domain.rollout_waits import waits as rollout_waits
from domain.rollout_wishes import claim
from domain.standing import common_waits, next_deadline, next_due
from domain.steering import Pause, Resume, Stop
from domain.steps import ReopenStep, SkipStep
from domain.technology import Stage
from domain.technology_waits import waits
from domain.waves import ReorderWaves
from domain.work import StepStatus, open_steps
from domain.workstream import WorkstreamStage
from tests.domain.examples import (
    ADOPTION,
    DAY,
    FIFE,
    LOTHIAN,
    NATIONAL_TEAM,
    OFFICE,
    ORKNEY,
    PLAYBOOK,
    PROPOSAL,
    ROLLOUTS,
    TAYSIDE,
    TECHNOLOGY,
    bring,
    people_of,
)
from tests.domain.laws import rules_of
from tests.domain.world import World, found_programme, reach


def pause(world: World, stream: str) -> None:
    """The office pauses something, and everybody hears of it."""
    assert not isinstance(world.do(stream, Pause(actor=OFFICE, reason="flood")), Refusal)
    world.settle()


def resume(world: World, stream: str) -> None:
    """The office resumes something, and everybody hears of it."""
    assert not isinstance(world.do(stream, Resume(actor=OFFICE, reason="dry")), Refusal)
    world.settle()


def stop(world: World, stream: str) -> None:
    """The office stops something, and everybody hears of it."""
    assert not isinstance(world.do(stream, Stop(actor=OFFICE, reason="withdrawn")), Refusal)
    world.settle()


def steps_open(world: World, stream: str) -> list[str]:
    """The open steps of a stream."""
    return [step.id for step in open_steps(world.work(stream))]


def piloted() -> World:
    """A world whose pilots have finished their first cycle."""
    world = reach(Stage.TEST_AND_LEARN)
    world.finish_plan(FIFE)
    world.finish_plan(TAYSIDE)
    return world


# --- the whole life -----------------------------------------------------------------------------------------


def test_a_technology_lives_through_all_its_stages() -> None:
    """From assessment to sustained, with every board at business as usual and no slot held."""
    world = reach(Stage.SUSTAINED)
    stages = [event.stage for event in world.history[TECHNOLOGY] if hasattr(event, "stage")]
    assert stages == list(Stage)
    assert world.technology.rag is Rag.DELIVERED
    assert all(
        state.stage == RolloutStage.BUSINESS_AS_USUAL
        for name, state in world.journeys().items()
        if name.startswith("rollout/")
    )
    assert sorted(world.programme.slots) == sorted(ROLLOUTS)
    assert all(place.is_live for place in world.programme.slots.values()), "nothing is left to be developed"
    world.check_history()


def test_only_pilots_make_a_proof_of_concept() -> None:
    """Other boards begin in the queue, when their wave is released."""
    world = reach(Stage.SUSTAINED)
    assert "proof-of-concept" in {getattr(event, "stage", "") for event in world.history[FIFE]}
    assert "proof-of-concept" not in {getattr(event, "stage", "") for event in world.history[ORKNEY]}


def test_a_fact_comes_first() -> None:
    """No state is made from an event that is not the first."""
    world = reach(Stage.TEST_AND_LEARN)
    for stream in world.history:
        with pytest.raises(ValueError, match="begins with"):
            rules_of(stream).evolve(None, world.history[TECHNOLOGY][1])


# --- cycles -------------------------------------------------------------------------------------------------


def test_iterating_does_every_step_of_every_pilot_again() -> None:
    """A new cycle, a new round, and the scale decision waits for it."""
    world = piloted()
    world.pass_gate(TECHNOLOGY, "again")
    assert world.technology.gate is None, "what was found in the last cycle does not count in this one"
    world.settle()
    assert world.technology.cycle == 2
    for stream in (FIFE, TAYSIDE):
        assert world.rollout(stream).cycle == 2
        assert world.rollout(stream).stage == RolloutStage.PROOF_OF_CONCEPT
        assert steps_open(world, stream) == ["set-up"]
        assert {world.work(stream).record(step).round for step in ("set-up", "try", "survey")} == {2}
    world.finish_plan(FIFE)
    assert world.gates() == []
    world.finish_plan(TAYSIDE)
    assert world.gates() == [TECHNOLOGY]


def test_iterating_on_named_steps_leaves_the_others_done() -> None:
    """Only the survey is made again."""
    world = piloted()
    world.pass_gate(TECHNOLOGY, "again", reopen=["survey"])
    world.settle()
    assert steps_open(world, FIFE) == ["survey"]
    assert world.work(FIFE).record("try").status is StepStatus.COMPLETED
    assert world.work(FIFE).record("try").round == 1


def test_a_pilot_that_reopens_a_step_holds_back_the_scale_decision() -> None:
    """The gate is withdrawn, and comes back once it is done again."""
    world = piloted()
    assert world.gates() == [TECHNOLOGY]
    command = ReopenStep(actor=people_of("fife"), plan="proof", step="survey", reason="too few answers")
    world.do(FIFE, command)
    world.settle()
    assert world.gates() == []
    world.complete(FIFE, "survey")
    world.settle()
    assert world.gates() == [TECHNOLOGY]


def test_what_a_pilot_no_longer_finds_no_longer_counts() -> None:
    """The trial is skipped in the second cycle: even a programme that missed what was between knows it."""
    world = piloted()
    world.coalesce = True
    world.pass_gate(TECHNOLOGY, "again")
    while letters := [letter for letter in world.deliverable() if letter.to == FIFE]:
        world.deliver(letters[0])
    world.complete(FIFE, "set-up")
    skip = SkipStep(actor=people_of("fife"), plan="proof", step="try", reason="no time")
    world.do(FIFE, skip)
    world.complete(FIFE, "survey")
    world.settle()
    assert not any(stands(entry) for entry in world.technology.reports["fife"].evidence)
    assert world.technology.reports["fife"].cycle == 2


def test_a_gate_that_repeats_opens_the_plan_again() -> None:
    """Assessment is looked at once more."""
    world = found_programme()
    world.finish_plan(TECHNOLOGY)
    world.pass_gate(TECHNOLOGY, "again", reopen=["procure"])
    assert steps_open(world, TECHNOLOGY) == ["procure"]
    assert world.technology.stage == Stage.ASSESS
    assert [decision.outcome for decision in world.technology.decisions] == ["again"]


def test_a_gate_that_ends_it_stops_the_technology_and_all_its_boards() -> None:
    """The scale decision says no."""
    world = piloted()
    world.pass_gate(TECHNOLOGY, "end", reason="no benefit")
    world.settle()
    assert all(state.stopped for state in world.journeys().values())
    assert all(common_waits(state) == () for state in world.journeys().values())


def test_nobody_decides_at_the_gate_of_what_has_ended() -> None:
    """The gate that was open is gone."""
    world = piloted()
    assert world.technology.gate is not None
    stop(world, TECHNOLOGY)
    assert world.technology.gate is None


def test_a_decision_keeps_what_it_rests_on() -> None:
    """Both pilots' findings stand in it."""
    world = piloted()
    world.pass_gate(TECHNOLOGY)
    decision = world.technology.decisions[-1]
    (judgement,) = decision.judgements
    assert [item.ref for item in judgement.evidence] == ["ccbt/fife/outcomes/1", "ccbt/tayside/outcomes/1"]
    assert {item.digest for item in judgement.evidence} == {digest(bring("outcomes"))}
    assert (decision.role, decision.name) == ("npt", "Programme office")


def test_the_pilots_that_were_stopped_bring_no_evidence() -> None:
    """The others' is enough."""
    world = reach(Stage.TEST_AND_LEARN)
    world.finish_plan(FIFE)
    stop(world, TAYSIDE)
    assert not isinstance(world.pass_gate(TECHNOLOGY), Refusal)


# --- waves --------------------------------------------------------------------------------------------------


def scaling(reached: RolloutStage = RolloutStage.HANDOVER) -> World:
    """A world whose pilots have been released to replicate."""
    proposal = PROPOSAL.model_copy(update={"wave_rule": WaveRule(reached=reached)})
    return reach(Stage.SCALE, found_programme(proposal))


def go_live(world: World, stream: str) -> None:
    """A board does the plan at hand and passes its gate: first it goes live, then it hands over."""
    world.finish_plan(stream)
    assert not isinstance(world.pass_gate(stream), Refusal)
    world.settle()


def test_the_next_wave_waits_for_every_board_of_the_last() -> None:
    """The pilots first, both of them."""
    world = scaling()
    assert list(world.technology.released) == ["pilots"]
    go_live(world, FIFE)
    assert list(world.technology.released) == ["pilots"]
    go_live(world, TAYSIDE)
    assert list(world.technology.released) == ["pilots", "first"]
    assert ORKNEY in world.states
    assert LOTHIAN not in world.states


@pytest.mark.parametrize("hold", [pause, stop])
def test_a_board_that_is_paused_or_stopped_holds_nobody_back(hold: object) -> None:
    """The others' readiness decides."""
    world = scaling()
    go_live(world, FIFE)
    assert callable(hold)
    hold(world, TAYSIDE)
    assert list(world.technology.released) == ["pilots", "first"]


def test_the_rule_says_what_has_to_be_reached() -> None:
    """As soon as both pilots replicate, where the rule says so."""
    assert list(scaling(RolloutStage.REPLICATION).technology.released) == ["pilots", "first"]


def test_waves_still_to_come_are_cut_anew() -> None:
    """Lothian goes first now."""
    world = scaling()
    waves = (Wave(name="east", boards=("lothian",)), Wave(name="rest", boards=("orkney", "borders")))
    world.do(TECHNOLOGY, ReorderWaves(actor=OFFICE, waves=waves, reason="they are ready"))
    go_live(world, FIFE)
    go_live(world, TAYSIDE)
    assert list(world.technology.released) == ["pilots", "east"]
    assert LOTHIAN in world.states
    assert ORKNEY not in world.states
    reach(Stage.SUSTAINED, world)


def test_a_paused_technology_releases_no_wave() -> None:
    """It does when it is resumed."""
    world = scaling()
    go_live(world, FIFE)
    world.finish_plan(TAYSIDE)
    world.pass_gate(TAYSIDE)
    pause(world, TECHNOLOGY)
    assert list(world.technology.released) == ["pilots"]
    resume(world, TECHNOLOGY)
    assert list(world.technology.released) == ["pilots", "first"]


def test_a_board_keeps_the_playbook_that_it_started_with() -> None:
    """A new version is for those who come later."""
    world = scaling()
    assert not isinstance(world.publish(), Refusal)
    world.settle()
    go_live(world, FIFE)
    go_live(world, TAYSIDE)
    go_live(world, FIFE)
    versions = {}
    for stream in (FIFE, ORKNEY):
        versions[stream] = world.rollout(stream).adopted
    assert versions == {FIFE: 1, ORKNEY: 2}


def test_a_technology_is_scaled_once_its_workstreams_are_done() -> None:
    """Boards alone are not enough; a stopped workstream holds nobody back."""
    world = scaling()
    command = ReopenStep(actor=NATIONAL_TEAM, plan="adoption", step="include", reason="one group was missed")
    world.do(ADOPTION, command)
    while tasks := [task for task in world.tasks() if task[0] != ADOPTION]:
        world.complete(tasks[0][0], tasks[0][1].id)
        for gate in world.gates():
            world.pass_gate(gate)
        world.settle()
    assert world.technology.stage == Stage.SCALE
    assert [wait.on for wait in waits(world.technology)] == ["adoption"]
    stop(world, ADOPTION)
    assert world.technology.stage == Stage.SUSTAIN


def test_a_workstream_that_reopens_a_step_is_under_way_again() -> None:
    """Done is done only while all is done."""
    world = reach(Stage.TEST_AND_LEARN)
    world.finish_plan(ADOPTION)
    assert world.technology.tracks["adoption"].done
    command = ReopenStep(actor=NATIONAL_TEAM, plan="adoption", step="include", reason="one group was missed")
    world.do(ADOPTION, command)
    world.settle()
    assert world.workstream(ADOPTION).stage == WorkstreamStage.UNDER_WAY
    assert not world.technology.tracks["adoption"].done


# --- pauses -------------------------------------------------------------------------------------------------


def test_a_pause_moves_what_is_due_by_the_time_it_took() -> None:
    """Five days paused, five days later."""
    world = reach(Stage.TEST_AND_LEARN)
    due = world.work(FIFE).record("set-up").due
    assert due is not None
    pause(world, FIFE)
    world.wait(5)
    resume(world, FIFE)
    assert world.work(FIFE).record("set-up").due == due + 5 * DAY


def test_two_pauses_at_once_count_once() -> None:
    """The board's from day 0 to 4, the technology's from day 2 to 9: nine days in all."""
    world = reach(Stage.TEST_AND_LEARN)
    due = world.work(FIFE).record("set-up").due
    assert due is not None
    pause(world, FIFE)
    world.wait(2)
    pause(world, TECHNOLOGY)
    world.wait(2)
    resume(world, FIFE)
    assert world.rollout(FIFE).at_rest
    assert world.work(FIFE).record("set-up").due == due
    world.wait(5)
    resume(world, TECHNOLOGY)
    assert not world.rollout(FIFE).at_rest
    assert world.work(FIFE).record("set-up").due == due + 9 * DAY
    assert world.kinds(FIFE).count("steps-rescheduled") == 1


def test_paused_time_brings_no_step_nearer_to_being_at_risk() -> None:
    """A day worked, a hundred days paused: one of ten days is used up."""
    world = reach(Stage.TEST_AND_LEARN)
    world.wait(1)
    pause(world, FIFE)
    assert world.rollout(FIFE).rag is Rag.AT_RISK
    world.wait(100)
    resume(world, FIFE)
    assert world.rollout(FIFE).rag is Rag.ON_TRACK
    assert next_deadline(world.rollout(FIFE), world.now) == world.now + 7 * DAY
    world.wait(7)
    world.notice()
    assert world.rollout(FIFE).rag is Rag.AT_RISK


def test_a_board_started_while_its_technology_is_paused_waits_too() -> None:
    """It was decided on before the pause and is started after: nothing opens until it is resumed."""
    world = found_programme()
    world.finish_plan(TECHNOLOGY)
    world.pass_gate(TECHNOLOGY)
    early = world.post
    world.post = []
    pause(world, TECHNOLOGY)
    late = world.rollout_start(FIFE)
    world.post = [letter for letter in early if letter.to != FIFE]
    world.do(FIFE, late)
    assert world.rollout(FIFE).at_rest
    assert world.rollout(FIFE).work is None
    world.settle()
    resume(world, TECHNOLOGY)
    assert steps_open(world, FIFE) == ["set-up"]


def test_a_board_started_after_its_technology_was_stopped_is_stopped_too() -> None:
    """Nobody works on what has ended."""
    world = found_programme()
    world.finish_plan(TECHNOLOGY)
    world.pass_gate(TECHNOLOGY)
    world.do(TECHNOLOGY, Stop(actor=OFFICE, reason="unsafe"))
    world.do(FIFE, world.rollout_start(FIFE))
    stopped = world.rollout(FIFE).stopped
    assert stopped is not None
    assert stopped.reason == "unsafe"


def test_a_pause_that_is_told_twice_is_one() -> None:
    """Directions are whole: the same one again changes nothing."""
    world = reach(Stage.TEST_AND_LEARN)
    pause(world, TECHNOLOGY)
    direction = world.rollout(FIFE).direction
    assert world.do(FIFE, Direct(actor=OFFICE, direction=direction)) == ()


# --- time ---------------------------------------------------------------------------------------------------


def test_a_step_is_noticed_to_be_at_risk_and_then_late() -> None:
    """On track for eight of ten days, at risk for two, then off track until it is done."""
    world = found_programme()
    seen = []
    for _ in range(4):
        deadline = next_deadline(world.technology, world.now)
        seen.append(((deadline - world.now) / DAY if deadline else None, world.technology.rag))
        world.let_pass(deadline - world.now if deadline else DAY)
        world.notice()
    assert seen == [(8, Rag.ON_TRACK), (2, Rag.AT_RISK), (None, Rag.OFF_TRACK), (None, Rag.OFF_TRACK)]
    assert world.kinds(TECHNOLOGY).count("step-overdue") == 1
    world.complete(TECHNOLOGY, "describe")
    assert world.technology.rag is Rag.ON_TRACK


def test_what_is_at_rest_is_never_late() -> None:
    """No deadline, and nothing to notice."""
    world = found_programme()
    pause(world, TECHNOLOGY)
    world.wait(400)
    world.notice()
    assert next_deadline(world.technology, world.now) is None
    assert not world.work(TECHNOLOGY).record("describe").overdue
    stop(world, TECHNOLOGY)
    assert next_due(world.technology) is None


def test_a_late_notice_still_counts() -> None:
    """Woken long after the due date, it is noticed at once."""
    world = found_programme()
    world.wait(99)
    assert next_deadline(world.technology, world.now) == world.now
    world.notice()
    assert world.technology.rag is Rag.OFF_TRACK


# --- why it waits -------------------------------------------------------------------------------------------


def test_what_is_waited_for_is_said() -> None:
    """The step's owner, the gate's roles, the pilots, the playbook, capacity and the end of a pause."""
    world = found_programme()
    assert [(wait.on, wait.what) for wait in waits(world.technology)] == [("team", "Describe")]
    world.finish_plan(TECHNOLOGY)
    assert [(wait.on, wait.what) for wait in waits(world.technology)] == [
        ("npt", "the decision at The begin gate")
    ]
    world = reach(Stage.TEST_AND_LEARN)
    assert [wait.on for wait in waits(world.technology)] == ["fife", "tayside"]
    world.finish_plan(FIFE)
    assert [wait.on for wait in rollout_waits(world.rollout(FIFE))] == ["technology"]
    world = reach(Stage.STANDARDISE)
    assert [wait.what for wait in waits(world.technology)] == ["Write", "the playbook to be published"]
    pause(world, TECHNOLOGY)
    assert [wait.what for wait in waits(world.technology)] == ["resumption (paused here: flood)"]
    assert [wait.what for wait in rollout_waits(world.rollout(FIFE))] == [
        "resumption (paused from above: flood)"
    ]


def test_a_board_claims_a_slot_from_the_queue_until_business_as_usual() -> None:
    """Not before, not after, and not once it was stopped."""
    world = reach(Stage.STANDARDISE)
    assert not claim(world.rollout(FIFE)).wanted
    reach(Stage.SCALE, world)
    assert claim(world.rollout(FIFE)).wanted
    assert world.rollout(FIFE).adopted == PLAYBOOK.version
    stop(world, FIFE)
    assert not claim(world.rollout(FIFE)).wanted
    assert FIFE not in world.programme.slots
