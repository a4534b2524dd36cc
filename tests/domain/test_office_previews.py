"""What a decision of the office would do is said before it is taken, and is what happens then."""

from hypothesis import given
from hypothesis import strategies as st

from domain.capacity import Lane
from domain.event import Command
from domain.office_commands import OpenProgramme, SetCapacity, SetPriority, TakeOnWork
from domain.office_previews import Moved, Preview, preview
from domain.refusal import Refusal
from domain.service import survey
from tests.domain.examples import OFFICE, PROGRAMME, VISITOR, charter_of
from tests.domain.test_capacity import ANYTHING, claim, open_office, take_on
from tests.domain.world import World


def foresee(world: World, command: Command) -> Preview:
    """What a command would do."""
    found = preview(world.programme, command, world.now)
    assert isinstance(found, Preview)
    return found


def test_unplanned_work_shows_what_it_takes_where_it_would_wait_and_whom_it_pushes_back() -> None:
    """Before it is accepted."""
    world = open_office({"national/developing": 1, "role/officer": 2})
    claim(world, "a/fife", "a/orkney", "b/tayside")
    urgent = TakeOnWork(
        actor=OFFICE,
        work="urgent",
        title="Urgent",
        lane=Lane.DEVELOPING,
        roles=("officer", "trainer"),
        priority=1,
        reason="A supplier ends.",
    )
    found = foresee(world, urgent)
    assert [(it.limit, it.most, it.used, it.free) for it in found.takes] == [
        ("role/officer", 2, 0, 2),
        ("role/trainer", None, 0, None),
        ("national/developing", 1, 1, 0),
    ]
    assert (found.position, found.waits_for) == (1, "a national place for developing")
    assert found.pushed_back == (
        Moved(name="rollout/a/orkney", before=1, after=2),
        Moved(name="rollout/b/tayside", before=2, after=3),
    )
    assert not found.starts
    assert "work/urgent" not in world.programme.queue, "nothing has happened"


def test_unplanned_work_for_which_there_is_room_would_start_at_once() -> None:
    """And nobody is pushed back."""
    world = open_office({"national/sustaining": 1})
    work = TakeOnWork(actor=OFFICE, work="w", title="W", lane=Lane.SUSTAINING, reason="Asked for.")
    found = foresee(world, work)
    assert (found.starts, found.position, found.pushed_back) == (("work/w",), None, ())


def test_a_rank_shows_who_comes_sooner_and_who_later() -> None:
    """Of those that wait."""
    world = open_office({"national/developing": 0})
    claim(world, "a/fife", "b/orkney")
    found = foresee(world, SetPriority(actor=OFFICE, technology="b", priority=1, reason="Demand."))
    assert found.brought_forward == (Moved(name="rollout/b/orkney", before=2, after=1),)
    assert found.pushed_back == (Moved(name="rollout/a/fife", before=1, after=2),)


def test_a_limit_shows_who_would_start_and_what_would_be_too_much() -> None:
    """More room starts the next; less than is under way is too much."""
    world = open_office({"national/developing": 1})
    claim(world, "a/fife", "a/orkney")
    more = foresee(world, SetCapacity(actor=OFFICE, capacity=2, reason="Staff."))
    assert more.starts == ("rollout/a/orkney",)
    assert more.brought_forward == (Moved(name="rollout/a/orkney", before=1, after=None),)
    less = foresee(world, SetCapacity(actor=OFFICE, capacity=0, reason="Staff."))
    assert less.over_committed == {"national/developing": 1}


def test_what_would_be_refused_is_refused_when_it_is_asked() -> None:
    """In the same words."""
    world = open_office({"national/developing": 1})
    command = SetCapacity(actor=VISITOR, capacity=2, reason="Staff.")
    assert preview(world.programme, command, world.now) == world.do(PROGRAMME, command)


@given(before=st.lists(ANYTHING, max_size=25), command=ANYTHING)
def test_a_preview_is_what_happens(before: list[Command], command: Command) -> None:
    """Whatever was said before, and whatever is asked."""
    world = World()
    charter = charter_of(limits={"national/developing": 2, "role/officer": 1})
    world.do(PROGRAMME, OpenProgramme(actor=OFFICE, charter=charter))
    for other in before:
        world.do(PROGRAMME, other)
    held = set(world.programme.slots)
    found = preview(world.programme, command, world.now)
    answer = world.do(PROGRAMME, command)
    if isinstance(answer, Refusal):
        assert found == answer
        return
    assert isinstance(found, Preview)
    assert set(found.starts) == set(world.programme.slots) - held
    positions = {it.place.name: it.position for it in survey(world.programme)}
    for moved in (*found.pushed_back, *found.brought_forward):
        assert positions.get(moved.name) == moved.after
    take_on(world, "afterwards")
