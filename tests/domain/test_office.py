"""The programme office: finish before starting, then priority, then the order of asking."""

import pytest

from domain.actor import ENGINE
from domain.event import TimePassed
from domain.office_commands import OpenProgramme, SetCapacity, SetPriority
from domain.refusal import Refusal
from domain.rollout import ClaimSlot
from domain.rollout_briefs import Claim
from domain.service import service_order
from domain.steering import Pause
from tests.domain.examples import OFFICE, PROGRAMME, charter_of
from tests.domain.world import World


def open_office(capacity: int) -> World:
    """An office with this many slots."""
    world = World()
    charter = charter_of(capacity)
    world.do(PROGRAMME, OpenProgramme(actor=OFFICE, charter=charter))
    return world


def ask(world: World, *names: str, wanted: bool = True, ready: bool = True) -> None:
    """Rollouts, as ``technology/board``, claim a slot one minute after the other."""
    for name in names:
        tech, board = name.split("/")
        world.wait(1 / 1440)
        claim = Claim(technology=tech, board=board, wanted=wanted, ready=ready)
        world.do(PROGRAMME, ClaimSlot(actor=ENGINE, claim=claim))


def set_capacity(world: World, capacity: int) -> None:
    """The office changes the capacity."""
    world.do(PROGRAMME, SetCapacity(actor=OFFICE, capacity=capacity, reason="staffing"))


def slots(world: World) -> list[str]:
    """Who holds a slot, in the order of being given it."""
    return [name.removeprefix("rollout/") for name in world.programme.slots]


def order(world: World) -> list[str]:
    """Who would be served next, and after that."""
    return [f"{place.technology}/{place.board}" for place in service_order(world.programme)]


def test_slots_are_given_in_the_order_of_asking() -> None:
    """Two slots, three who ask."""
    world = open_office(2)
    ask(world, "a/fife", "b/fife", "c/fife")
    assert slots(world) == ["a/fife", "b/fife"]
    assert order(world) == ["c/fife"]


def test_a_technology_under_way_is_finished_before_another_is_started() -> None:
    """Even where the other asked first."""
    world = open_office(1)
    ask(world, "a/fife", "b/fife", "a/orkney")
    assert order(world) == ["a/orkney", "b/fife"]
    ask(world, "a/fife", wanted=False)
    assert slots(world) == ["b/fife"], "with the last slot returned, nothing was under way any more"


def test_a_priority_goes_before_finishing() -> None:
    """A lower number goes first; the ordinary one is 100."""
    world = open_office(1)
    ask(world, "a/fife", "a/orkney", "b/fife", "c/fife")
    for tech, priority in (("c", 1), ("b", 99)):
        command = SetPriority(actor=OFFICE, technology=tech, priority=priority, reason="urgent")
        assert not isinstance(world.do(PROGRAMME, command), Refusal)
    assert order(world) == ["c/fife", "b/fife", "a/orkney"]


def test_whoever_is_not_ready_lets_others_go_first_and_keeps_the_place() -> None:
    """A paused board keeps its place in the order of asking."""
    world = open_office(0)
    ask(world, "a/fife", "a/orkney")
    ask(world, "a/fife", ready=False)
    assert order(world) == ["a/orkney"]
    ask(world, "a/fife")
    assert order(world) == ["a/fife", "a/orkney"]


def test_lowering_the_capacity_takes_no_slot_away() -> None:
    """But none is given until there are fewer than the capacity."""
    world = open_office(2)
    ask(world, "a/fife", "a/orkney", "a/borders")
    set_capacity(world, 1)
    assert slots(world) == ["a/fife", "a/orkney"]
    ask(world, "a/fife", wanted=False)
    assert slots(world) == ["a/orkney"]
    ask(world, "a/orkney", wanted=False)
    assert slots(world) == ["a/borders"]


def test_raising_the_capacity_serves_as_many_as_there_are_slots() -> None:
    """All at once, in their order."""
    world = open_office(0)
    ask(world, "a/fife", "a/orkney", "a/borders")
    assert slots(world) == []
    set_capacity(world, 2)
    assert slots(world) == ["a/fife", "a/orkney"]


def test_a_claim_that_comes_twice_is_one() -> None:
    """Waiting or holding, and when it is given up."""
    world = open_office(1)
    ask(world, "a/fife", "a/fife", "a/orkney", "a/orkney")
    assert world.kinds(PROGRAMME).count("slot-claimed") == 2
    ask(world, "a/orkney", "a/orkney", wanted=False)
    assert world.kinds(PROGRAMME).count("slot-returned") == 1
    assert order(world) == []


def test_time_alone_changes_nothing_in_the_office() -> None:
    """And what is no command of the office is an error of whoever sent it."""
    world = open_office(1)
    assert world.do(PROGRAMME, TimePassed(actor=ENGINE)) == ()
    with pytest.raises(TypeError, match="not a command of the programme office"):
        world.do(PROGRAMME, Pause(actor=OFFICE, reason="x"))
