"""Work in progress under another version of its plan: nothing that was done is lost, whatever the way."""

from datetime import datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.difference import diff
from domain.migration import Migration, evolve_migration, find_unsafe, migrate
from domain.pace import Pace
from domain.plan import Plan
from domain.work import StepStatus, Work, is_finished
from tests.domain.calendars import calendars, works
from tests.domain.editions import begin, finish, progress, successors
from tests.domain.examples import DAY, START, make_plan, make_step
from tests.domain.strategies import plans

EVERY_DAY = Pace()
MANY = settings(max_examples=15 * settings().max_examples)
PACES = st.one_of(
    st.sampled_from([Pace(day=timedelta(days=1) * share) for share in (1.0, 0.25, 1 / 24)]),
    st.builds(Pace, calendar=calendars()),
)


def adopt(work: Work, plan: Plan, now: datetime, pace: Pace = EVERY_DAY) -> Work:
    """The work as it goes on by another version of its plan."""
    return evolve_migration(work, plan, migrate(work, plan, pace, now), ("Lead",))


@st.composite
def midway(draw: st.DrawFn) -> tuple[Work, datetime, Plan]:
    """Work in progress, perhaps on a plan that has been changed before, and another version of its plan."""
    plan = draw(plans("p"))
    work, now = draw(progress(Work(plan=plan), START))
    for _ in range(draw(st.integers(0, 2))):
        plan = draw(successors(plan))
        work, now = draw(
            progress(adopt(work, plan, now), now + draw(st.integers(0, 50)) * timedelta(hours=1))
        )
    return work, now, draw(successors(plan))


def closed(work: Work) -> dict[str, object]:
    """All that was ever done or skipped, whether the plan still has it or not."""
    return {step: it for step, it in {**work.past, **work.records}.items() if it.status.closed}


@MANY
@given(case=midway())
def test_nothing_that_was_done_is_lost(case: tuple[Work, datetime, Plan]) -> None:
    """It is as it was, unless the new version asks for so much more that it has to be done again."""
    work, now, plan = case
    after = adopt(work, plan, now)
    for step, record in closed(work).items():
        redone = step in plan.by_id and plan.by_id[step].revision > record.revision  # type: ignore[attr-defined]
        if redone:
            assert after.record(step).status is StepStatus.WAITING
            assert after.record(step).round == record.round + 1  # type: ignore[attr-defined]
        else:
            assert closed(after)[step] == record


@MANY
@given(case=midway(), pace=PACES)
def test_changing_to_the_same_version_again_changes_nothing(
    case: tuple[Work, datetime, Plan], pace: Pace
) -> None:
    """Whoever is unsure does it again."""
    work, now, plan = case
    once = adopt(work, plan, now, pace)
    assert migrate(once, plan, pace, now) == Migration(kept=tuple(plan.by_id))
    assert adopt(once, plan, now, pace) == once


@MANY
@given(case=midway(), data=st.data(), pace=PACES)
def test_it_does_not_matter_by_which_versions_one_came(
    case: tuple[Work, datetime, Plan], data: st.DataObject, pace: Pace
) -> None:
    """From the first to the third at once, or by way of the second: each step stands where it would stand.

    What the second had done again and the third drops, was given up on the way.
    """
    work, now, second = case
    third = data.draw(successors(second))
    by_way, at_once = (
        adopt(adopt(work, second, now, pace), third, now, pace),
        adopt(work, third, now, pace),
    )
    assert by_way.plan == at_once.plan == third
    assert by_way.records == at_once.records
    given_up = [step for step in migrate(work, second, pace, now).reopened if step not in third.by_id]
    assert {step: it for step, it in by_way.past.items() if step not in given_up} == {
        step: it for step, it in at_once.past.items() if step not in given_up
    }


@MANY
@given(case=midway(), data=st.data())
def test_it_does_not_matter_that_people_worked_between_two_versions(
    case: tuple[Work, datetime, Plan], data: st.DataObject
) -> None:
    """Steps that open by themselves in between stand, in the end, where they would have stood."""
    work, now, second = case
    third = data.draw(successors(second))
    by_way = begin(adopt(begin(adopt(work, second, now), now), third, now), now)
    at_once = begin(adopt(work, third, now), now)
    for step in third.by_id:
        one, other = by_way.record(step), at_once.record(step)
        assert (one.status, one.round, one.due, one.closed) == (
            *(other.status, other.round, other.due, other.closed),
        ), step


@MANY
@given(case=midway())
def test_nothing_is_open_before_what_it_needs_is_done_and_all_can_be_finished(
    case: tuple[Work, datetime, Plan],
) -> None:
    """No circle, and no step that nobody comes to."""
    work, now, plan = case
    after = adopt(work, plan, now)
    for step in plan.steps:
        if after.record(step.id).status is StepStatus.OPEN:
            assert all(after.record(need).status.closed for need in step.needs)
    assert is_finished(finish(after, now))


@MANY
@given(case=midway(), pace=PACES)
def test_due_dates_move_by_what_the_time_allowed_has_changed_by(
    case: tuple[Work, datetime, Plan], pace: Pace
) -> None:
    """And what stays open without a change stays due when it was."""
    work, now, plan = case
    work = adopt(work, work.plan, now, pace)
    after = adopt(work, plan, now, pace)
    told = {it.step: it for it in migrate(work, plan, pace, now).due}
    for step in plan.steps:
        was, record = work.record(step.id), after.record(step.id)
        if was.status is not StepStatus.OPEN or record.status is not StepStatus.OPEN:
            assert step.id not in told
            continue
        assert was.due is not None
        assert record.due is not None
        more = (step.duration - work.plan.by_id[step.id].duration) * (pace.day / timedelta(days=1))
        if pace.calendar is None:
            assert abs(record.due - was.due - more) <= timedelta(microseconds=2)
        else:
            assert works(pace.calendar, pace.calendar.local_time(record.due).date())
            assert (record.due >= was.due) if more >= timedelta(0) else (record.due <= was.due)
        assert record.overdue == (record.due <= now)
        assert (record.opened, record.lost) == (was.opened, was.lost)
        assert (step.id in told) == (was.due != record.due)


@MANY
@given(case=midway())
def test_what_is_safe_takes_no_ground_from_anything(case: tuple[Work, datetime, Plan]) -> None:
    """Whatever was completed and carries something that goes on is neither dropped nor done again."""
    work, now, plan = case
    assume(not find_unsafe(work, plan))
    after = adopt(work, plan, now)
    for step in plan.steps:
        stays = StepStatus.WAITING not in {work.record(step.id).status, after.record(step.id).status}
        if step.id not in work.plan.by_id or not stays:
            continue
        for need in work.plan.by_id[step.id].needs:
            if work.record(need).status is StepStatus.COMPLETED:
                gone = after.past.get(need) if need not in plan.by_id else after.record(need)
                assert gone == work.record(need)
                assert need in plan.by_id


@given(data=st.data())
def test_what_differs_between_two_versions_is_told(data: st.DataObject) -> None:
    """Every step of either version is the same, or is told to be otherwise."""
    old = data.draw(plans("p"))
    new = data.draw(successors(old))
    told = diff(old, new)
    assert set(told.added) == set(new.by_id) - set(old.by_id)
    assert set(told.dropped) == set(old.by_id) - set(new.by_id)
    for step in new.steps:
        if step.id in old.by_id:
            same = old.by_id[step.id].model_copy(update={"revision": step.revision}) == step
            assert same == (step.id not in told.changed)
            assert (step.id in told.redone) == (step.revision > old.by_id[step.id].revision)
    common = [step for step in old.by_id if step in new.by_id and step not in told.moved]
    assert common == [step for step in new.by_id if step in common]
    assert diff(old, old).empty
    assert told.empty == (old.steps == new.steps)


# --- by example ---------------------------------------------------------------------------------------------

A, B, C = make_step("a"), make_step("b", "a"), make_step("c")


def test_what_waits_again_goes_on_where_it_stopped_once_a_version_lets_it() -> None:
    """The time for which it waited does not count; if it opens in its turn, it has all of its time again."""
    work, start = begin(Work(plan=make_plan("p", A, C)), START), None
    opened = work.record("a").opened
    assert opened is not None
    start = opened
    held = adopt(work, make_plan("p", make_step("a", "x"), C, make_step("x")), start + 4 * DAY)
    assert held.record("a").status is StepStatus.WAITING
    assert held.record("a").due is None
    again = adopt(held, make_plan("p", A, C), start + 7 * DAY)
    assert again.record("a").status is StepStatus.OPEN
    assert again.record("a").due == start + 13 * DAY
    assert again.record("c").due == start + 10 * DAY


def test_a_step_that_comes_back_is_found_as_it_was_left() -> None:
    """Done where it was done; and open with the time that was left."""
    now = START
    work = begin(Work(plan=make_plan("p", A, B, C)), now)
    done = finish(work.model_copy(update={"plan": make_plan("p", A)}), now + DAY)
    work = begin(work.model_copy(update={"records": {**work.records, "a": done.record("a")}}), now + DAY)
    without = adopt(work, make_plan("p", make_step("d")), now + 2 * DAY)
    assert set(without.past) == {"a", "b", "c"}
    back = adopt(without, make_plan("p", A, B, C), now + 5 * DAY)
    assert back.record("a") == work.record("a")
    assert (back.record("b").status, back.record("b").due) == (StepStatus.OPEN, now + 14 * DAY)
    assert (back.record("c").status, back.record("c").due) == (StepStatus.OPEN, now + 13 * DAY)


def test_what_was_skipped_stays_skipped_and_only_a_raised_revision_has_it_done_again() -> None:
    """Another title, owner or duration does not; nor that it has become mandatory."""
    now = START
    work = finish(Work(plan=make_plan("p", A, C)), now)
    other = make_step("a", days=99, owner="clinician", mandatory=True, title="Otherwise")
    assert adopt(work, make_plan("p", other, C), now).records == work.records
    again = adopt(work, make_plan("p", A.model_copy(update={"revision": 2}), C), now)
    assert (again.record("a").status, again.record("a").round) == (StepStatus.WAITING, 2)
    assert again.record("c") == work.record("c")
