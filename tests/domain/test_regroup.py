"""Boards that are still to come are put into other waves, and none of them is lost or named twice."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.proposal import Wave
from domain.refusal import Refusal
from domain.regroup import LONGEST_NAME, Waves, merge, move, reorder, split
from domain.technology import Stage
from domain.waves import ReorderWaves
from tests.domain.examples import OFFICE, TECHNOLOGY
from tests.domain.test_refusals import assert_refused
from tests.domain.world import reach

FIRST = Wave(name="first", boards=("orkney", "shetland", "moray"))
SECOND = Wave(name="second", boards=("lothian",))
WAVES = (FIRST, SECOND)


def told(found: Waves | Refusal) -> dict[str, tuple[str, ...]]:
    """The waves by their names."""
    assert not isinstance(found, Refusal), found.message
    return {wave.name: wave.boards for wave in found}


def test_a_wave_is_cut_in_its_place_and_the_first_part_keeps_its_name() -> None:
    """The others are numbered after it, past names that are taken."""
    assert told(split(WAVES, "first", (("orkney",), ("moray", "shetland")))) == {
        "first": ("orkney",),
        "first-2": ("moray", "shetland"),
        "second": ("lothian",),
    }
    taken = (FIRST, Wave(name="first-2", boards=("lothian",)))
    parts = (("orkney",), ("shetland",), ("moray",))
    assert list(told(split(taken, "first", parts))) == ["first", "first-3", "first-4", "first-2"]


def test_waves_become_one_that_is_called_after_both() -> None:
    """In the place of the first that was named, unless that name would be too long."""
    third = Wave(name="third", boards=("highland",))
    assert told(merge((*WAVES, third), ("third", "first"))) == {
        "second": ("lothian",),
        "third-and-first": ("highland", "orkney", "shetland", "moray"),
    }
    long = Wave(name="x" * LONGEST_NAME, boards=("highland",))
    assert list(told(merge((long, FIRST), (long.name, "first")))) == [long.name]


def test_waves_stand_in_the_order_in_which_they_are_named() -> None:
    """All of them."""
    assert list(told(reorder(WAVES, ("second", "first")))) == ["second", "first"]


def test_one_board_moves_and_a_wave_without_boards_is_gone() -> None:
    """A board that is there already goes to the end of its wave."""
    assert told(move(WAVES, "lothian", "first")) == {"first": (*FIRST.boards, "lothian")}
    assert told(move(WAVES, "orkney", "second"))["second"] == ("lothian", "orkney")
    assert told(move(WAVES, "orkney", "first"))["first"] == ("shetland", "moray", "orkney")
    assert told(move(WAVES, "lothian", "second")) == told(WAVES)


def test_what_cannot_be_done_is_said() -> None:
    """With what there is to choose from."""
    no_wave = 'There is no wave "frist" still to be released: did you mean "first"?'
    for answer in (
        split(WAVES, "frist", ()),
        merge(WAVES, ("frist", "second")),
        move(WAVES, "lothian", "frist"),
    ):
        assert_refused(answer, "no-wave-to-come", no_wave)  # type: ignore[arg-type]
    assert_refused(
        move((), "lothian", "first"),  # type: ignore[arg-type]
        "no-wave-to-come",
        'There is no wave "first" still to be released: choose from none: none is left.',
    )


@given(st.permutations(FIRST.boards), st.lists(st.integers(0, 3), min_size=1, max_size=3))
def test_no_board_is_lost_however_a_wave_is_cut(order: list[str], cuts: list[int]) -> None:
    """A cut that would lose one, or have one twice, is refused."""
    ends = [0, *sorted(cuts), len(order)]
    parts = [tuple(order[a:b]) for a, b in pairwise(ends)]
    found = split(WAVES, "first", parts)
    if not all(parts):
        assert isinstance(found, Refusal)
        return
    boards = [board for wave in told(found).values() for board in wave]
    assert sorted(boards) == sorted((*FIRST.boards, *SECOND.boards))
    assert isinstance(split(WAVES, "first", (*parts, ("orkney",))), Refusal)
    assert isinstance(split(WAVES, "first", parts[1:]), Refusal)


def test_what_was_regrouped_is_what_the_technology_takes() -> None:
    """By its one command about the waves to come."""
    world = reach(Stage.SCALE)
    waves = (Wave(name="first", boards=("orkney", "borders")), Wave(name="second", boards=("lothian",)))
    found = merge(waves, ("first", "second"))
    assert not isinstance(found, Refusal)
    command = ReorderWaves(actor=OFFICE, waves=found, reason="there are slots for all")
    assert not isinstance(world.do(TECHNOLOGY, command), Refusal)
    assert world.technology.waves[-1].name == "first-and-second"
