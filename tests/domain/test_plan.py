"""Plans are sound before anybody works on them."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from pydantic import ValidationError

from domain.plan import Plan, Step, find_cycle
from domain.proposal import Proposal, Wave
from domain.refusal import Refusal
from domain.steps import ReopenStep
from domain.work import StepStatus
from tests.domain.examples import DAY, NATIONAL_TEAM, PROPOSAL, TECHNOLOGY, make_plan, make_step
from tests.domain.strategies import plans
from tests.domain.world import World, found_programme


def assert_unsound(message: str, *steps: Step) -> None:
    """A plan of these steps is refused with this message."""
    with pytest.raises(ValidationError) as refused:
        make_plan("p", *steps)
    assert refused.value.errors()[0]["msg"] == f"Value error, {message}"


def test_steps_do_not_wait_for_each_other() -> None:
    """The whole circle is named."""
    steps = (make_step("a", "c"), make_step("b", "a"), make_step("c", "b"), make_step("d", "a"))
    cycle = find_cycle(steps)
    assert cycle[0] == cycle[-1]
    assert set(cycle) == {"a", "b", "c"}
    needs = {step.id: step.needs for step in steps}
    assert all(after in needs[before] for before, after in pairwise(cycle))
    assert_unsound(
        f'the steps {" -> ".join(cycle)} of plan "p" wait for each other: remove one of these prerequisites',
        *steps,
    )


def test_a_step_does_not_wait_for_itself() -> None:
    """The smallest circle."""
    assert_unsound(
        'the steps a -> a of plan "p" wait for each other: remove one of these prerequisites',
        make_step("a", "a"),
    )


def test_a_prerequisite_is_a_step_of_the_plan() -> None:
    """A typing error is found where it was made."""
    assert_unsound(
        'step "b" needs "x", which is no step of plan "p": correct the name or remove it',
        make_step("a"),
        make_step("b", "x"),
    )


def test_a_step_stands_once() -> None:
    """Its name is its own."""
    assert_unsound('step "a" stands twice in plan "p": rename one of them', make_step("a"), make_step("a"))


def test_a_plan_has_steps_and_a_step_has_time() -> None:
    """Neither may be nothing."""
    with pytest.raises(ValidationError):
        make_plan("p")
    with pytest.raises(ValidationError):
        make_step("a", days=0)
    with pytest.raises(ValidationError, match="Extra inputs"):
        make_step("a", neds=["b"])


def test_a_board_and_a_wave_stand_once_in_a_proposal() -> None:
    """A pilot does not replicate with a wave as well."""
    for waves, message in (
        ((Wave(name="one", boards=("fife",)),), 'board "fife" stands twice'),
        ((Wave(name="pilots", boards=("orkney",)),), 'wave "pilots" stands twice'),
    ):
        with pytest.raises(ValidationError, match=message):
            Proposal.model_validate(dict(PROPOSAL) | {"waves": waves})


@given(plan=plans("p"))
def test_what_is_built_on_a_step_is_all_that_needs_it(plan: Plan) -> None:
    """Directly or indirectly, and never the step itself."""
    for step in plan.steps:
        built_on = set(plan.downstream(step.id))
        for other in plan.steps:
            needs_it = step.id in other.needs or bool(built_on & set(other.needs))
            assert (other.id in built_on) == needs_it
        assert step.id not in built_on


# --- working on it ------------------------------------------------------------------------------------------

CHAIN = make_plan(
    "assessment",
    make_step("a"),
    make_step("b", "a"),
    make_step("c", "b"),
    make_step("d", "b"),
    make_step("e"),
)


def chained(*done: str) -> World:
    """A world whose assessment is the chain, with these steps done."""
    world = found_programme(PROPOSAL.model_copy(update={"assessment": CHAIN}))
    for step in done:
        assert not isinstance(world.complete(TECHNOLOGY, step), Refusal)
    return world


def statuses(world: World) -> str:
    """The first letters of where each step stands."""
    work = world.work(TECHNOLOGY)
    return "".join(work.record(step.id).status.value[0] for step in work.plan.steps)


def reopen(world: World, step: str) -> None:
    """Reopen a step."""
    command = ReopenStep(actor=NATIONAL_TEAM, plan="assessment", step=step, reason="it changed")
    assert not isinstance(world.do(TECHNOLOGY, command), Refusal)


def test_what_needs_nothing_opens_at_once_and_the_rest_in_its_turn() -> None:
    """Open, waiting and completed, as the chain is worked off."""
    assert [statuses(chained(*"abcde"[:count])) for count in range(4)] == ["owwwo", "cowwo", "ccooo", "cccoo"]


def test_reopening_a_step_takes_along_all_that_was_built_on_it() -> None:
    """What was done on it is done again in a new round; what was open waits; the rest stays."""
    world = chained("a", "b", "c")
    reopen(world, "a")
    assert statuses(world) == "owwwo"
    records = {step: world.work(TECHNOLOGY).record(step) for step in "abcde"}
    assert {step: record.round for step, record in records.items()} == {
        "a": 2,
        "b": 2,
        "c": 2,
        "d": 1,
        "e": 1,
    }
    assert records["d"].status is StepStatus.WAITING
    assert records["d"].due is None
    assert world.kinds(TECHNOLOGY)[-5:] == [
        "step-reopened",
        "step-reopened",
        "step-reopened",
        "step-held",
        "step-opened",
    ]


def test_reopening_the_end_of_a_chain_reopens_that_alone() -> None:
    """Nothing was built on it."""
    world = chained("a", "b", "c")
    reopen(world, "c")
    assert statuses(world) == "ccooo"


def test_reopening_withdraws_the_gate_until_it_is_done_again() -> None:
    """A decision rests on what is done."""
    world = chained(*"abcde")
    assert world.gates() == [TECHNOLOGY]
    reopen(world, "e")
    assert world.gates() == []
    assert "gate-withdrawn" in world.kinds(TECHNOLOGY)
    world.complete(TECHNOLOGY, "e")
    assert world.gates() == [TECHNOLOGY]


def test_a_step_is_due_when_its_days_are_over_and_a_rehearsal_has_shorter_days() -> None:
    """Ten days of the plan, or ten hours where a day lasts one."""
    assert chained().work(TECHNOLOGY).record("a").due == chained().now + 10 * DAY
    pace = PROPOSAL.pace.model_copy(update={"day": timedelta(hours=1)})
    world = found_programme(PROPOSAL.model_copy(update={"pace": pace}))
    assert world.work(TECHNOLOGY).record("describe").due == world.now + timedelta(hours=10)
