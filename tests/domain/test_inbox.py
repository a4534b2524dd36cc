"""What waits on somebody is seen in the order of what matters."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.inbox import MATTERS, in_order
from domain.waiting import WaitKind
from tests.domain.examples import START


@dataclass(frozen=True)
class Matter:
    """Something that waits."""

    kind: str
    what: str = "this"
    overdue: bool = False
    due: datetime | None = None
    since: datetime | None = None


MOMENTS = st.none() | st.integers(0, 9).map(lambda days: START + timedelta(days=days))
ANYTHING = st.builds(
    Matter, kind=st.sampled_from([*map(str, WaitKind)]), overdue=st.booleans(), due=MOMENTS, since=MOMENTS
)


@given(st.lists(ANYTHING))
def test_nothing_is_lost_that_a_person_can_act_on(items: list[Matter]) -> None:
    """And the order does not depend on how it came."""
    found = in_order(items)
    assert sorted(map(repr, found)) == sorted(repr(it) for it in items if it.kind in MATTERS)
    assert in_order(reversed(items)) == found
    assert [it.overdue for it in found] == sorted((it.overdue for it in found), reverse=True)


def test_what_keeps_others_from_moving_comes_before_work() -> None:
    """A barrier, an objection and a decision before a task, unless the task is late."""
    task, gate = Matter("step", due=START), Matter("gate", since=START)
    barrier, objection = Matter("barrier"), Matter("objection")
    assert in_order([task, gate, objection, barrier]) == (barrier, objection, gate, task)
    late = replace(task, overdue=True)
    assert in_order([barrier, late]) == (late, barrier)


def test_within_a_kind_the_due_date_decides_and_then_the_age() -> None:
    """What has no due date comes after what has one."""
    day = timedelta(days=1)
    first, second = Matter("step", due=START), Matter("step", due=START + day)
    old, new = Matter("step", since=START), Matter("step", since=START + day)
    assert in_order([new, old, second, first]) == (first, second, old, new)
