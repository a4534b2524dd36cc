"""The playbook learns: from a barrier at one board to a step with which the next boards start."""

from datetime import timedelta
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from domain.amendment import AddStep, AlterStep, Change, DropStep, MoveStep, Part, amend
from domain.barrier_words import Outcome
from domain.playbook import Playbook
from domain.refusal import Refusal
from domain.technology import Stage
from domain.technology_progress import lessons
from domain.technology_waits import waits
from tests.domain.examples import FIFE, ORKNEY, PLAYBOOK, TECHNOLOGY, make_step
from tests.domain.strategies import plans
from tests.domain.test_amendment_refusals import LONGER, at_scale, propose, publish, review
from tests.domain.test_barrier_refusals import close, conclude, done, hinder, mitigate
from tests.domain.world import World, reach

VISIT = AddStep(
    part=Part.IMPLEMENTATION, step=make_step("visit", "prepare"), needed_by=("launch",), before="launch"
)


def learned_at_a_pilot() -> World:
    """A world in which a pilot has overcome a barrier, and the playbook is out."""
    world = reach(Stage.TEST_AND_LEARN)
    done(hinder(world, what="Practices have no time"))
    done(mitigate(world, "visits", what="Visit each practice"))
    done(conclude(world, Outcome.WORKED))
    done(close(world))
    return reach(Stage.SCALE, world)


def test_from_a_barrier_to_a_step_with_which_later_boards_start() -> None:
    """With its provenance at every point of the way."""
    world = learned_at_a_pilot()
    (lesson,) = lessons(world.technology)
    assert (lesson.barrier, lesson.step) == ("ccbt/fife/barrier/1", "set-up")
    assert lesson.helped == ("Visit each practice",)
    done(propose(world, VISIT, lessons=(lesson.barrier,)))
    assert "a review of change 1 to the playbook" in {wait.what for wait in waits(world.technology)}
    done(review(world))
    assert "change 1, which was accepted, to be published" in {wait.what for wait in waits(world.technology)}
    done(publish(world))
    state = world.technology
    assert state.playbook is not None
    assert state.playbook.version == 2
    assert state.playbook.implementation.by_id["launch"].needs == ("prepare", "train", "visit")
    assert state.playbook.mitigations[-1].source == "ccbt/fife/barrier/1"
    assert (state.amendments[1].version, state.amendments[1].lessons) == (2, ("ccbt/fife/barrier/1",))
    while world.journeys().get(ORKNEY) is None or world.rollout(ORKNEY).work is None:
        assert world.work_through()
    assert world.rollout(ORKNEY).adopted == 2
    assert "visit" in world.work(ORKNEY).plan.by_id


def test_what_a_board_has_learned_is_reported_when_it_is_learned() -> None:
    """A barrier against which nothing was tried to an end teaches nothing yet."""
    world = reach(Stage.TEST_AND_LEARN)
    done(hinder(world))
    done(mitigate(world))
    world.settle()
    assert lessons(world.technology) == ()
    done(conclude(world, Outcome.FAILED))
    world.settle()
    (lesson,) = lessons(world.technology)
    assert (lesson.barrier, lesson.helped) == ("ccbt/fife/barrier/1", ())


def test_what_was_accepted_is_published_together_and_once() -> None:
    """In the order in which it was proposed; what was declined is not."""
    world = at_scale()
    done(propose(world, VISIT))
    done(propose(world, LONGER))
    done(propose(world, DropStep(part=Part.IMPLEMENTATION, id="prepare")))
    done(review(world, 1))
    done(review(world, 2))
    done(review(world, 3, accept=False))
    done(publish(world))
    playbook = world.technology.playbook
    assert playbook is not None
    plan = playbook.implementation
    assert list(plan.by_id) == ["prepare", "train", "visit", "launch"]
    assert plan.by_id["train"].duration == timedelta(days=30)
    assert {number: it.version for number, it in world.technology.amendments.items()} == {1: 2, 2: 2, 3: None}
    refused = publish(world)
    assert isinstance(refused, Refusal)


def test_what_is_published_is_neither_declined_nor_published_again() -> None:
    """The next version has only what was accepted since."""
    world = at_scale()
    done(propose(world, VISIT))
    done(review(world))
    done(publish(world))
    declined = review(world, accept=False)
    assert isinstance(declined, Refusal)
    assert declined.message.endswith("and is published in version 2: propose another.")
    assert "to be published" not in " ".join(wait.what for wait in waits(world.technology))
    done(propose(world, LONGER))
    done(review(world, 2))
    done(publish(world))
    published = [event for event in world.history[TECHNOLOGY] if event.kind == "playbook-published"]
    assert [getattr(event, "amendments") for event in published] == [(), (1,), (2,)]  # noqa: B009


def test_a_change_can_ask_that_a_step_is_done_again() -> None:
    """By its revision, at which boards see it."""
    world = at_scale()
    again = LONGER.model_copy(update={"redo": True})
    done(propose(world, again))
    done(review(world))
    done(publish(world))
    playbook = world.technology.playbook
    assert playbook is not None
    assert {it.id: it.revision for it in playbook.implementation.steps} == {
        "prepare": 1,
        "train": 2,
        "launch": 1,
    }


def test_a_change_that_no_longer_fits_what_came_since_is_not_accepted() -> None:
    """It can be declined, and proposed anew."""
    world = at_scale()
    done(propose(world, VISIT))
    done(propose(world, DropStep(part=Part.IMPLEMENTATION, id="prepare")))
    done(review(world, 2))
    refused = review(world, 1)
    assert isinstance(refused, Refusal)
    assert refused.code == "plan-unsound"
    done(review(world, 1, accept=False))


def test_a_published_version_stays_as_it_was() -> None:
    """The ledger has each of them."""
    world = at_scale()
    first = world.technology.playbook
    done(propose(world))
    done(review(world))
    done(publish(world))
    published = [event for event in world.history[TECHNOLOGY] if event.kind == "playbook-published"]
    assert [cast("Playbook", getattr(event, "playbook")) for event in published] == [  # noqa: B009
        first,
        world.technology.playbook,
    ]
    assert world.journey(FIFE).stream == FIFE


# --- any changes --------------------------------------------------------------------------------------------

NAMES = st.sampled_from([f"s{number}" for number in range(9)])
NEEDS = st.lists(NAMES, max_size=3, unique=True).map(tuple)
PARTS = st.sampled_from(Part)
CHANGES = st.one_of(
    st.builds(
        AddStep,
        part=PARTS,
        step=st.builds(lambda name, needs: make_step(f"new-{name}", *needs), NAMES, NEEDS),
        needed_by=NEEDS,
        before=st.none() | NAMES,
    ),
    st.builds(
        AlterStep,
        part=PARTS,
        id=NAMES,
        duration=st.none() | st.integers(1, 40).map(lambda days: timedelta(days=days)),
        needs=st.none() | NEEDS,
        owner=st.none() | st.just("lead"),
    ),
    st.builds(DropStep, part=PARTS, id=NAMES),
    st.builds(MoveStep, part=PARTS, id=NAMES, needs=NEEDS, before=st.none() | NAMES),
)


@given(plans("replication"), plans("handover"), st.lists(CHANGES, max_size=6))
def test_no_change_leaves_a_cycle_or_a_step_that_cannot_be_reached(
    implementation: object, handover: object, changes: list[Change]
) -> None:
    """What is refused leaves all as it was; what is not leaves plans whose every step can be finished."""
    playbook = PLAYBOOK.model_copy(update={"implementation": implementation, "handover": handover})
    for change in changes:
        changed = amend(playbook, (change,))
        if isinstance(changed, Refusal):
            continue
        assert changed.version == playbook.version + 1
        for plan in (changed.implementation, changed.handover):
            done_steps: list[str] = []
            while ready := [
                it.id
                for it in plan.steps
                if it.id not in done_steps and all(need in done_steps for need in it.needs)
            ]:
                done_steps += ready
            assert sorted(done_steps) == sorted(plan.by_id)
        playbook = changed


@given(plans("replication", most=6), NAMES)
def test_what_came_after_a_dropped_step_still_comes_after_what_it_needed(plan: object, name: str) -> None:
    """Dropping a step loses no order among the others."""
    playbook = PLAYBOOK.model_copy(update={"implementation": plan})
    changed = amend(playbook, (DropStep(part=Part.IMPLEMENTATION, id=name),))
    if isinstance(changed, Refusal):
        return
    before, after = playbook.implementation, changed.implementation
    for step in after.by_id:
        assert set(after.downstream(step)) == set(before.downstream(step)) - {name}
