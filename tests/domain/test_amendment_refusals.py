"""Every refusal about changes to the playbook, by example."""

from datetime import timedelta

from domain.amendment import (
    AddStep,
    AlterStep,
    Change,
    DropStep,
    MoveStep,
    Part,
    ProposeAmendment,
    PublishAmendments,
    ReviewAmendment,
)
from domain.durations import Learned
from domain.refusal import Refusal
from domain.technology import Stage
from tests.domain.examples import (
    NATIONAL_TEAM,
    NOBODY,
    OFFICE,
    TECHNOLOGY,
    lead_of,
    make_step,
    people_of,
    someone,
)
from tests.domain.test_barrier_refusals import done
from tests.domain.test_refusals import assert_refused
from tests.domain.world import Answer, World, found_programme, reach

LONGER = AlterStep(part=Part.IMPLEMENTATION, id="train", duration=timedelta(days=30))
DROPPED = DropStep(part=Part.IMPLEMENTATION, id="prepare")


def at_scale() -> World:
    """A world whose playbook is published and approved."""
    return reach(Stage.SCALE)


def propose(world: World, change: Change = LONGER, **more: object) -> Answer:
    """Propose a change to the playbook."""
    given: dict[str, object] = {"actor": people_of("fife"), "change": change, "reason": "It takes longer."}
    return world.do(TECHNOLOGY, ProposeAmendment.model_validate(given | more))


def review(world: World, number: int = 1, **more: object) -> Answer:
    """Accept the first change."""
    given: dict[str, object] = {"actor": OFFICE, "amendment": number, "accept": True, "reason": "Agreed."}
    return world.do(TECHNOLOGY, ReviewAmendment.model_validate(given | more))


def publish(world: World, **more: object) -> Answer:
    """Publish what was accepted."""
    given: dict[str, object] = {"actor": OFFICE, "reason": "Agreed."}
    return world.do(TECHNOLOGY, PublishAmendments.model_validate(given | more))


# --- proposing ----------------------------------------------------------------------------------------------


def test_proposing_takes_a_role() -> None:
    """Any will do, at any board."""
    assert_refused(
        propose(at_scale(), actor=NOBODY),
        "wrong-role",
        "Proposing a change to the playbook takes a role, and you have none: act in one.",
    )
    done(propose(at_scale(), actor=lead_of("orkney")))


def test_there_is_a_playbook_to_change() -> None:
    """The first comes from a file."""
    sentence = "technology/ccbt has published no playbook yet: publish the first."
    assert_refused(propose(found_programme()), "no-playbook", sentence)
    assert_refused(publish(found_programme()), "no-playbook", sentence)


def test_a_change_is_about_steps_that_are_there() -> None:
    """Every step that it names."""
    world = at_scale()
    for change, missing in (
        (LONGER.model_copy(update={"id": "trian"}), "trian"),
        (MoveStep(part=Part.IMPLEMENTATION, id="train", needs=(), before="lunch"), "lunch"),
        (AddStep(part=Part.IMPLEMENTATION, step=make_step("visit"), needed_by=("lunch",)), "lunch"),
    ):
        assert_refused(
            propose(world, change),
            "no-such-step",
            f'Plan "replication" has no step "{missing}": choose from prepare, train, launch.',
        )


def test_a_new_step_has_a_name_of_its_own() -> None:
    """Else it would take the place of another."""
    assert_refused(
        propose(at_scale(), AddStep(part=Part.IMPLEMENTATION, step=make_step("train"))),
        "step-known",
        'Plan "replication" has a step "train" already: alter that, or name the new one otherwise.',
    )


def test_the_last_step_of_a_plan_is_not_dropped() -> None:
    """A plan without steps would never end."""
    assert_refused(
        propose(at_scale(), DropStep(part=Part.HANDOVER, id="transfer")),
        "last-step",
        '"transfer" is the only step of plan "handover": alter it instead.',
    )


def test_no_change_leaves_steps_that_wait_for_each_other() -> None:
    """Nor a prerequisite that is not there."""
    world = at_scale()
    assert_refused(
        propose(world, MoveStep(part=Part.IMPLEMENTATION, id="prepare", needs=("launch",))),
        "plan-unsound",
        "The change does not go together with the rest: the steps prepare -> launch -> prepare of plan "
        '"replication" wait for each other: remove one of these prerequisites.',
    )
    assert_refused(
        propose(world, AlterStep(part=Part.IMPLEMENTATION, id="launch", needs=("lunch",))),
        "plan-unsound",
        'The change does not go together with the rest: step "launch" needs "lunch", which is no step of '
        'plan "replication": correct the name or remove it.',
    )


def test_a_change_changes_something() -> None:
    """What the playbook says already is no change."""
    assert_refused(
        propose(at_scale(), LONGER.model_copy(update={"duration": timedelta(days=10)})),
        "nothing-new",
        "The playbook with what was accepted says that already: say what is to be different.",
    )


def test_what_a_change_was_learned_from_is_known() -> None:
    """A barrier is a lesson once something was tried against it to an end."""
    assert_refused(
        propose(at_scale(), lessons=("ccbt/fife/barrier/1",)),
        "no-such-lesson",
        'Nothing was learned yet from a barrier "ccbt/fife/barrier/1": record what was tried there and how '
        "it ended.",
    )
    assert_refused(
        propose(at_scale(), evidence=("ccbt/case/1",)),
        "no-such-evidence",
        'technology/ccbt knows no evidence "ccbt/case/1": list the evidence to see its names.',
    )


def test_how_long_a_step_took_is_why_its_duration_changes() -> None:
    """It is no ground for anything else."""
    week = timedelta(days=7)
    seen = Learned(boards=3, median=week, least=week, most=week)
    assert_refused(
        propose(at_scale(), DROPPED, observed=seen),
        "nothing-observed",
        "How long a step took is a ground for a change of its duration alone: leave it out.",
    )
    done(propose(at_scale(), LONGER, observed=seen))


# --- reviewing ----------------------------------------------------------------------------------------------


def test_what_was_proposed_is_reviewed() -> None:
    """By its number."""
    assert_refused(
        review(at_scale()),
        "no-such-amendment",
        "No change 1 to the playbook was proposed: there is none.",
    )


def test_those_who_steer_review() -> None:
    """For the whole programme."""
    world = at_scale()
    done(propose(world))
    assert_refused(
        review(world, actor=NATIONAL_TEAM),
        "wrong-role",
        "Reviewing change 1 to the playbook belongs to npt and you act as team, clinician: ask someone who "
        "holds that role.",
    )


def test_nobody_reviews_their_own_change() -> None:
    """Nor by a delegation."""
    world = at_scale()
    done(propose(world, actor=OFFICE))
    deputy = someone("Deputy", "npt", on_behalf_of=OFFICE.name)
    for actor in (OFFICE, deputy):
        assert_refused(
            review(world, actor=actor),
            "own-amendment",
            "Programme office proposed change 1, and nobody reviews their own, in person or by a delegation: "
            "ask someone else who steers.",
        )
    done(review(world, actor=someone("Colleague", "npt")))


def test_a_change_is_reviewed_once() -> None:
    """What was accepted can be declined as long as it is not published."""
    world = at_scale()
    done(propose(world))
    done(review(world))
    assert_refused(review(world), "already-reviewed", "Change 1 was accepted on 4 Jan 2027: propose another.")
    done(review(world, accept=False))
    assert_refused(review(world), "already-reviewed", "Change 1 was declined on 4 Jan 2027: propose another.")


# --- publishing ---------------------------------------------------------------------------------------------


def test_something_accepted_is_published() -> None:
    """What was only proposed waits."""
    world = at_scale()
    sentence = (
        "No accepted change of technology/ccbt waits to be published: propose and review one, or publish a "
        "playbook from a file."
    )
    assert_refused(publish(world), "nothing-accepted", sentence)
    done(propose(world))
    assert_refused(publish(world), "nothing-accepted", sentence)


def test_a_change_that_takes_what_a_gate_asks_for_is_not_published() -> None:
    """It would shut that gate for good."""
    world = at_scale()
    done(propose(world, DropStep(part=Part.IMPLEMENTATION, id="train")))
    done(review(world))
    refused = publish(world)
    assert isinstance(refused, Refusal)
    assert refused.code == "gate-cannot-pass"
