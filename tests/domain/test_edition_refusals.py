"""Every refusal about versions of the playbook, by example."""

from domain.editions import AdoptEdition, DeclineEdition
from domain.rollout_briefs import RolloutStage
from domain.technology import Stage
from tests.domain.examples import FIFE, ORKNEY, TECHNOLOGY, lead_of, make_plan, make_step
from tests.domain.test_editions import (
    EQUIP,
    LAUNCH,
    PREPARE,
    TRAIN,
    adopt,
    decline,
    live,
    publish,
    replicating,
)
from tests.domain.test_refusals import assert_refused
from tests.domain.world import World, reach

FIFES = "rollout/ccbt/fife"


def offered() -> World:
    """A world in which version 2 is offered to Fife, which has prepared and trained."""
    world = replicating("prepare", "train")
    publish(world, PREPARE, TRAIN, LAUNCH, EQUIP)
    return world


def test_a_board_that_replicates_nothing_has_nothing_to_decide() -> None:
    """It takes the latest when it starts."""
    world = reach(Stage.TEST_AND_LEARN)
    assert_refused(
        adopt(world),
        "wrong-stage",
        f"{FIFES} is in stage proof-of-concept: it takes the latest version by itself when it starts to "
        "replicate.",
    )
    assert ORKNEY not in world.states


def test_business_as_usual_stays_on_its_version() -> None:
    """Its implementation is over."""
    world = live()
    world.finish_plan(FIFE)
    world.pass_gate(FIFE)
    assert world.rollout(FIFE).stage == RolloutStage.BUSINESS_AS_USUAL
    assert_refused(
        adopt(world),
        "wrong-stage",
        f"{FIFES} is in stage business-as-usual: its implementation is over, and it stays on version 1.",
    )


def test_nothing_is_adopted_that_is_not_offered() -> None:
    """Not before it has reached the board, nor another than the latest."""
    assert_refused(
        adopt(replicating()),
        "nothing-offered",
        f"{FIFES} replicates version 1 and no later one has reached it: publish one first, or try again in a "
        "moment.",
    )
    assert_refused(
        adopt(offered(), version=3),
        "other-version",
        f"Version 2 is offered to {FIFES}, not version 3: decide on version 2.",
    )


def test_a_version_is_adopted_once_and_nobody_goes_back() -> None:
    """Whoever asks again is told that it is so."""
    world = offered()
    adopt(world)
    already = f"{FIFES} is already on version 2 of the playbook: there is nothing to decide."
    assert_refused(adopt(world), "already-adopted", already)
    assert_refused(decline(world), "already-adopted", already)
    assert_refused(
        adopt(world, version=1),
        "earlier-version",
        f"{FIFES} is on version 2 of the playbook and does not go back to version 1: publish what was right "
        "in it as the next version.",
    )


def test_a_version_is_declined_once() -> None:
    """The first reason stands."""
    world = offered()
    decline(world)
    assert_refused(
        decline(world),
        "already-declined",
        f"{FIFES} declined version 2 on 4 Jan 2027 (We are nearly done.): adopt it, or leave it at that.",
    )


def test_a_version_that_takes_the_ground_from_what_was_done_is_refused() -> None:
    """Each step is named, and what rests on it."""
    world = replicating("prepare", "train")
    again = TRAIN.model_copy(update={"revision": 2})
    publish(world, LAUNCH.model_copy(update={"needs": ("train",)}), again)
    assert_refused(
        adopt(world),
        "unsafe-migration",
        f'{FIFES} cannot adopt version 2 safely: dropping "Prepare" (completed) takes the ground from '
        '"Launch" (open); doing again "Train" (completed) takes the ground from "Launch" (open). Decline it, '
        "or have a version published that leaves this alone.",
    )


def test_what_had_to_be_done_before_a_gate_that_was_passed_is_refused() -> None:
    """A version takes no decision back."""
    world = live()
    publish(
        world,
        *(PREPARE, TRAIN, LAUNCH.model_copy(update={"revision": 2}), make_step("insure", mandatory=True)),
    )
    assert_refused(
        adopt(world),
        "unsafe-migration",
        f'{FIFES} cannot adopt version 2 safely: "Launch" is mandatory and would have to be done again, and '
        'The go-live gate before which it stands was passed already; "Insure" is new and mandatory, and The '
        "go-live gate before which it stands was passed already. Decline it, or have a version published "
        "that leaves this alone.",
    )


def test_a_plan_keeps_its_name_and_a_step_its_revision() -> None:
    """A version by which boards could not go on is not published."""
    world = replicating()
    renamed = make_plan("rollout", PREPARE, TRAIN, LAUNCH)
    assert_refused(
        world.publish(implementation=renamed),
        "plan-renamed",
        'Version 2 calls the plan "replication" now "rollout": tasks are named after their plan, so leave '
        "its name as it was.",
    )
    publish(world, PREPARE, TRAIN.model_copy(update={"revision": 2}), LAUNCH)
    assert_refused(
        world.publish(implementation=make_plan("replication", PREPARE, TRAIN, LAUNCH)),
        "revision-lowered",
        'Step "train" has revision 1 and had 2 in version 2: leave it, or raise it where the step has to be '
        "done again.",
    )
    assert world.technology.stream == TECHNOLOGY


def test_a_reason_is_needed_for_either() -> None:
    """It stays on the record."""
    for kind in (AdoptEdition, DeclineEdition):
        command = kind(actor=lead_of("fife"), version=2, reason=" ")
        assert_refused(
            offered().do(FIFE, command), "reason-missing", "A reason is needed: say in a few words why."
        )
