"""What a halt does to reopening, to what begins late, to versions, and to the succession of technologies."""

from copy import deepcopy
from itertools import permutations

import pytest

from domain.editions import AdoptEdition
from domain.journey import Rag
from domain.office_commands import SetCapacity
from domain.refusal import Refusal
from domain.rollout import Direct, Rollout
from domain.rollout_briefs import RolloutStage
from domain.steering import Pause, Resume
from domain.steps import ReopenStep
from domain.technology import Stage, Technology
from domain.technology_wishes import children, messages
from domain.work import StepStatus
from domain.workstream import StartWorkstream
from tests.domain.examples import (
    ADOPTION,
    DAY,
    FIFE,
    OFFICE,
    ORKNEY,
    PLAYBOOK,
    PROGRAMME,
    TECHNOLOGY,
    lead_of,
    people_of,
)
from tests.domain.halting import halt, replicating, until
from tests.domain.test_barrier_refusals import done
from tests.domain.test_succession import NEXT, get_on, served, with_successor
from tests.domain.test_succession_refusals import replace
from tests.domain.world import Answer, World, found_programme, reach


def reopen(world: World, stream: str, step: str) -> Answer:
    """Have a step done again."""
    plan = world.work(stream).plan.id
    command = ReopenStep(actor=world.right_actor(stream), plan=plan, step=step, reason="It did not hold.")
    return world.do(stream, command)


# --- reopening ----------------------------------------------------------------------------------------------


def test_a_step_that_a_halt_spares_is_reopened_and_one_that_it_freezes_is_not() -> None:
    """The support of people goes on, so what was done wrongly there is done again."""
    world = replicating(ORKNEY)
    for step in ("support", "prepare"):
        done(world.complete(ORKNEY, step))
    halt(world, may_continue=("support",))
    world.settle()
    refused = reopen(world, ORKNEY, "prepare")
    assert isinstance(refused, Refusal)
    assert refused.code == "halted"
    done(reopen(world, ORKNEY, "support"))
    assert world.work(ORKNEY).record("support").status is StepStatus.OPEN
    assert world.work(ORKNEY).record("support-on").status is StepStatus.WAITING


def test_a_spared_step_on_which_something_frozen_was_built_is_not_reopened() -> None:
    """To reopen it would take back what stands still; once that continues as well, it may."""
    world = replicating(ORKNEY)
    for step in ("prepare", "support", "support-on"):
        done(world.complete(ORKNEY, step))
    assert world.work(ORKNEY).record("launch").status is StepStatus.OPEN
    halt(world, may_continue=("prepare",))
    world.settle()
    refused = reopen(world, ORKNEY, "prepare")
    assert isinstance(refused, Refusal)
    assert refused.code == "halted"
    world.lift(1)
    halt(world, may_continue=("prepare", "launch"))
    world.settle()
    done(reopen(world, ORKNEY, "prepare"))
    assert world.work(ORKNEY).record("launch").status is StepStatus.WAITING


# --- what begins while the technology is held ---------------------------------------------------------------


@pytest.mark.parametrize("stream", [ADOPTION, FIFE])
def test_what_is_started_in_a_pause_is_paused_from_its_first_moment(stream: str) -> None:
    """It need not be told: the start says it. It begins once the technology is resumed."""
    world = reach(Stage.ASSESS)
    world.finish_plan(TECHNOLOGY)
    done(world.pass_gate(TECHNOLOGY))
    done(world.do(TECHNOLOGY, Pause(actor=OFFICE, reason="winter")))
    world.do(stream, children(world.technology)[stream])
    world.post.clear()
    assert world.journey(stream).pauses["technology"].reason == "winter"
    assert not list(world.tasks())
    done(world.do(TECHNOLOGY, Resume(actor=OFFICE, reason="spring")))
    world.settle()
    assert not world.journey(stream).pauses
    assert world.journey(stream).work is not None


def test_a_track_whose_start_was_on_its_way_when_the_line_was_stopped_begins_frozen() -> None:
    """The start that carries the halt freezes it; the release lets it begin."""
    world = reach(Stage.ASSESS)
    world.finish_plan(TECHNOLOGY)
    done(world.pass_gate(TECHNOLOGY))
    start = children(world.technology)[ADOPTION]
    assert isinstance(start, StartWorkstream)
    halt(world)
    halts = tuple(world.technology.halts.values())
    direction = start.direction.model_copy(update={"halts": halts})
    world.do(ADOPTION, start.model_copy(update={"direction": direction}))
    assert world.workstream(ADOPTION).halting == halts
    assert not [step for stream, step in world.tasks() if stream == ADOPTION]
    world.lift(1)
    world.settle()
    assert not world.workstream(ADOPTION).halting
    assert [step for stream, step in world.tasks() if stream == ADOPTION]


def test_a_track_that_was_started_with_an_older_word_hears_of_the_halt_once_it_has_reported() -> None:
    """Its start left before the halt: it works until its report is answered, and no longer."""
    world = reach(Stage.ASSESS)
    world.finish_plan(TECHNOLOGY)
    done(world.pass_gate(TECHNOLOGY))
    start = children(world.technology)[ADOPTION]
    halt(world)
    assert ADOPTION not in messages(world.technology)
    world.do(ADOPTION, start)
    world.settle()
    assert world.workstream(ADOPTION).halting


def test_what_is_started_after_the_technology_was_stopped_is_stopped() -> None:
    """Whatever the start says is so from the first moment."""
    world = reach(Stage.TEST_AND_LEARN)
    start = children(world.technology)[ADOPTION]
    assert isinstance(start, StartWorkstream)
    other = World()
    direction = start.direction.model_copy(update={"stopped": "the supplier left"})
    other.do(ADOPTION, start.model_copy(update={"direction": direction}))
    assert other.workstream(ADOPTION).stopped is not None


# --- late words about a version -----------------------------------------------------------------------------


def test_a_board_that_took_up_the_halted_version_before_it_heard_is_frozen_when_it_hears() -> None:
    """It was offered version 2, which is halted while its decision is on its way."""
    world = until(found_programme(), ORKNEY, RolloutStage.REPLICATION)
    done(world.publish())
    world.settle()
    halt(world, version=2)
    assert not world.rollout(ORKNEY).halting
    done(world.do(ORKNEY, AdoptEdition(actor=people_of("orkney"), version=2, reason="It saves a week.")))
    world.settle()
    assert [it.number for it in world.rollout(ORKNEY).halting] == [1]
    assert world.technology.reports["orkney"].halted == (1,)


def test_an_older_word_of_a_version_after_the_release_freezes_nobody() -> None:
    """The halt and its release arrive in the wrong order, twice."""
    world = until(found_programme(), ORKNEY, RolloutStage.REPLICATION)
    halt(world, version=1)
    during = messages(world.technology)[ORKNEY]
    world.lift(1)
    after = messages(world.technology)[ORKNEY]
    assert isinstance(during, Direct)
    assert isinstance(after, Direct)
    for word in (after, during, after, during):
        world.do(ORKNEY, word)
    assert not world.rollout(ORKNEY).halting
    assert "halted" not in world.kinds(ORKNEY)


def test_a_place_in_the_programme_does_not_make_a_board_take_up_a_halted_version() -> None:
    """It is granted one while the halt is on its way; it keeps it, and starts once that is released."""
    world = until(found_programme(), ORKNEY, RolloutStage.QUEUED)
    done(world.do(PROGRAMME, SetCapacity(actor=OFFICE, capacity=5, reason="two more teams")))
    halt(world, version=1)
    for letter in [it for it in world.post if it.sender == TECHNOLOGY]:
        world.deliver(letter)
    world.settle()
    assert world.rollout(ORKNEY).granted
    assert world.rollout(ORKNEY).stage == RolloutStage.QUEUED
    assert not world.rollout(ORKNEY).halting
    world.lift(1)
    world.settle()
    assert world.rollout(ORKNEY).stage == RolloutStage.REPLICATION


def test_a_version_whose_halt_was_released_is_taken_up_again() -> None:
    """By the board in the queue, and by one that goes on to it; and gates are passed nationally."""
    world = until(found_programme(), ORKNEY, RolloutStage.REPLICATION)
    done(world.publish())
    world.settle()
    halt(world, version=2)
    world.settle()
    adopt = AdoptEdition(actor=lead_of("orkney"), version=2, reason="It saves a week.")
    refused = world.do(ORKNEY, adopt)
    assert isinstance(refused, Refusal)
    assert refused.code == "halted-version"
    assert "halt 1 freezes" in world.technology.held_up
    world.lift(1)
    world.settle()
    assert world.technology.held_up == ""
    done(world.do(ORKNEY, adopt))
    assert world.rollout(ORKNEY).adopted == 2
    assert not world.rollout(ORKNEY).halting


def test_the_time_to_release_a_halt_runs_on_in_a_pause_and_other_gates_lose_none() -> None:
    """The halt's gate is due when it was, whatever is paused and resumed meanwhile."""
    world = reach(Stage.SCALE)
    halt(world, version=1)
    matter = world.technology.docket.matter("lift-halt-1")
    assert matter is not None
    for _ in range(2):
        done(world.do(TECHNOLOGY, Pause(actor=OFFICE, reason="winter")))
        world.wait(1)
        done(world.do(TECHNOLOGY, Resume(actor=OFFICE, reason="spring")))
    halt(world, concern="Nobody answers the alarm")
    after = world.technology.docket.matter("lift-halt-1")
    assert after is not None
    assert (after.due, after.lost) == (matter.due, matter.lost)


def test_nothing_is_sustained_nationally_while_a_version_is_halted() -> None:
    """All boards have it, and yet the stage ends only with the release."""
    world = reach(Stage.SUSTAIN)
    scaled = world.technology.model_copy(update={"stage": Stage.SCALE})
    world.states[TECHNOLOGY] = scaled
    halt(world, version=1)
    assert world.technology.stage == Stage.SCALE
    world.lift(1)
    assert world.technology.stage == Stage.SUSTAIN


def test_a_technology_of_which_an_earlier_version_is_halted_is_at_risk_and_goes_on() -> None:
    """Some of its boards are frozen; the version that comes next is not concerned."""
    world = until(found_programme(), ORKNEY, RolloutStage.REPLICATION)
    done(world.publish())
    world.settle()
    halt(world, version=1)
    world.settle()
    assert world.technology.held_up == ""
    assert world.technology.rag is Rag.AT_RISK
    world.lift(1)
    world.settle()
    assert world.technology.rag is not Rag.AT_RISK


def test_a_track_is_deaf_to_old_words_of_a_halt_that_was_released() -> None:
    """However the words before, in and after it arrive, and each twice."""
    world = reach(Stage.TEST_AND_LEARN)
    said = [messages(world.technology)[ADOPTION]]
    halt(world)
    said.append(messages(world.technology)[ADOPTION])
    world.lift(1)
    said.append(messages(world.technology)[ADOPTION])
    for order in permutations(said):
        here = reach(Stage.TEST_AND_LEARN)
        here.line = deepcopy(world.line)
        here.line.halts.pop(ADOPTION, None)
        here.line.ended.pop(ADOPTION, None)
        for word in (*order, *order):
            here.do(ADOPTION, word)
        assert not here.workstream(ADOPTION).halting
        assert not here.workstream(ADOPTION).on_hold
        if order.index(said[2]) < order.index(said[1]):
            assert "halted" not in here.kinds(ADOPTION), "it was over when it was heard of"


# --- succession ---------------------------------------------------------------------------------------------


def with_live_successor(world: World) -> None:
    """Go on until the successor is business as usual at some board, and the old one is there no more."""
    while all(served(world, "ccbt").values()):
        get_on(world)


def test_a_halted_technology_can_be_replaced_and_lets_go_of_its_boards() -> None:
    """Nobody is kept for ever by what is frozen: the way to a successor stays open to the end."""
    world = with_successor(reach(Stage.SUSTAIN))
    halt(world)
    world.settle()
    done(replace(world))
    for _ in range(400):
        if world.technology.stopped is not None:
            break
        get_on(world)
    assert world.technology.stopped is not None
    assert not any(served(world, "ccbt").values())
    assert world.technology.docket.halts == {}


def test_a_halted_successor_takes_nobodys_place_until_it_is_released() -> None:
    """The old service stays at the boards where the new one is frozen, and ends once it is not."""
    world = with_successor(reach(Stage.SUSTAIN))
    done(replace(world))
    get_on(world)
    while not any(
        isinstance(it, Rollout) and it.brief.technology == "next" and it.stage == RolloutStage.HANDOVER
        for it in world.states.values()
    ):
        get_on(world)
    before = served(world, "ccbt")
    successor = world.states[NEXT]
    assert isinstance(successor, Technology)
    reports = {
        board: report.model_copy(update={"stage": RolloutStage.BUSINESS_AS_USUAL})
        for board, report in successor.reports.items()
    }
    live = successor.model_copy(update={"reports": reports})
    told = messages(live)[TECHNOLOGY]
    assert set(getattr(told, "boards", ())) == set(reports)
    world.states[NEXT] = live
    halt(world, stream=NEXT)
    frozen = world.states[NEXT]
    assert isinstance(frozen, Technology)
    silent = messages(frozen)[TECHNOLOGY]
    assert getattr(silent, "boards", None) == ()
    world.do(TECHNOLOGY, silent)
    assert served(world, "ccbt") == before


def test_a_halt_of_one_version_of_the_successor_keeps_the_old_where_that_is_used() -> None:
    """Elsewhere the new one is sound and takes its place."""
    world = with_successor(reach(Stage.SUSTAIN))
    while not any(isinstance(it, Rollout) and it.brief.technology == "next" for it in world.states.values()):
        get_on(world)
    successor = world.states[NEXT]
    assert isinstance(successor, Technology)
    one, *others = successor.reports
    reports = {
        board: report.model_copy(
            update={"stage": RolloutStage.BUSINESS_AS_USUAL, "playbook": 1 if board == one else 2}
        )
        for board, report in successor.reports.items()
    }
    second = PLAYBOOK.model_copy(update={"version": 2})
    world.states[NEXT] = successor.model_copy(update={"reports": reports, "playbook": second})
    halt(world, stream=NEXT, version=1)
    frozen = world.states[NEXT]
    assert isinstance(frozen, Technology)
    assert set(getattr(messages(frozen)[TECHNOLOGY], "boards", ())) == set(others)


def test_time_does_not_count_for_a_track_that_began_in_a_halt() -> None:
    """What opens once it is released has all its time."""
    world = reach(Stage.ASSESS)
    world.finish_plan(TECHNOLOGY)
    done(world.pass_gate(TECHNOLOGY))
    start = children(world.technology)[ADOPTION]
    halt(world)
    world.do(ADOPTION, start)
    world.settle()
    opened = {step.id: world.work(ADOPTION).record(step.id).due for step in world.work(ADOPTION).plan.steps}
    world.wait(9)
    world.lift(1)
    world.settle()
    for step, due in opened.items():
        if due is not None:
            assert world.work(ADOPTION).record(step).due == due + 9 * DAY
