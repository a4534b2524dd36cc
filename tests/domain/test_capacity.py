"""Capacity in two lanes: never exceeded, never idle without a reason, and nobody waits for ever."""

from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.actor import ENGINE
from domain.capacity import Lane, in_words, room
from domain.event import Command
from domain.office_commands import (
    LOWEST_PRIORITY,
    FinishWork,
    NoteLives,
    OpenProgramme,
    SetCapacity,
    SetPriority,
    TakeOnWork,
)
from domain.programme import SlotAwarded
from domain.refusal import Refusal
from domain.rollout import ClaimSlot
from domain.rollout_briefs import Claim
from domain.service import longest_wait, service_order, survey, use_of
from tests.domain.capacity_laws import check_books, most
from tests.domain.examples import OFFICE, PROGRAMME, charter_of
from tests.domain.world import World

MINUTE = 1 / 1440
TECHNOLOGIES = ("a", "b", "c")
BOARDS = ("fife", "orkney", "tayside")
ROLES = ("officer", "trainer")


def open_office(limits: dict[str, int], patience: int = 3) -> World:
    """An office with these limits."""
    world = World()
    charter = charter_of(limits=limits, serving={"patience": patience, "look_every": "P1D"})
    world.do(PROGRAMME, OpenProgramme(actor=OFFICE, charter=charter))
    return world


def claim(world: World, *names: str, **more: object) -> None:
    """Rollouts, as ``technology/board``, say what they need one minute after the other."""
    for name in names:
        technology, board = name.split("/")
        world.wait(MINUTE)
        said = Claim.model_validate({"technology": technology, "board": board, "wanted": True, **more})
        world.do(PROGRAMME, ClaimSlot(actor=ENGINE, claim=said))


def take_on(world: World, work: str, lane: Lane = Lane.DEVELOPING, **more: object) -> None:
    """The office takes on unplanned work."""
    given: dict[str, object] = {"title": work.capitalize(), "lane": lane, "reason": "Asked for.", **more}
    world.wait(MINUTE)
    answer = world.do(PROGRAMME, TakeOnWork.model_validate({"actor": OFFICE, "work": work, **given}))
    assert not isinstance(answer, Refusal)


def finish(world: World, work: str) -> None:
    """The office says that unplanned work is done."""
    assert not isinstance(world.do(PROGRAMME, FinishWork(actor=OFFICE, work=work, reason="Done.")), Refusal)


def held(world: World) -> list[str]:
    """What has a slot."""
    return [name.removeprefix("rollout/") for name in world.programme.slots]


def order(world: World) -> list[str]:
    """Who is ready, in the order of service."""
    return [place.name.removeprefix("rollout/") for place in service_order(world.programme)]


# --- lanes and limits ---------------------------------------------------------------------------------------


def test_a_board_that_goes_live_changes_lanes_and_makes_room_for_another() -> None:
    """What is live is sustained; a place to develop is free."""
    world = open_office({"national/developing": 1, "national/sustaining": 5})
    claim(world, "a/fife", "a/orkney")
    assert held(world) == ["a/fife"]
    claim(world, "a/fife", lane="sustaining")
    assert held(world) == ["a/fife", "a/orkney"]
    assert use_of(world.programme)["national/sustaining"] == 1
    claim(world, "a/fife", lane="sustaining", wanted=False)
    assert held(world) == ["a/orkney"]


def test_what_is_live_is_sustained_without_room_and_takes_it_from_developing() -> None:
    """Care goes on: the board sustains more than it may, so it develops the less."""
    limits = {"national/developing": 9, "board/fife/developing": 1, "board/fife/sustaining": 1}
    world = open_office(limits)
    claim(world, "a/fife", "b/fife", lane="sustaining")
    assert held(world) == ["a/fife", "b/fife"]
    claim(world, "c/fife", "c/orkney")
    assert order(world) == ["c/fife"], "at the other board there is room"
    assert room(world.programme.limits, use_of(world.programme), "board/fife/developing") == 0
    claim(world, "a/fife", lane="sustaining", wanted=False)
    assert order(world) == []


def test_a_board_implements_as_much_as_it_can_carry() -> None:
    """Every board one, but one board two."""
    world = open_office(
        {"national/developing": 9, "board/every-board/developing": 1, "board/fife/developing": 2}
    )
    claim(world, "a/fife", "b/fife", "c/fife", "a/orkney", "b/orkney")
    assert held(world) == ["a/fife", "b/fife", "a/orkney"]
    assert {standing.place.name: standing.why for standing in survey(world.programme)} == {
        "rollout/b/orkney": "room for developing at orkney",
        "rollout/c/fife": "room for developing at fife",
    }


def test_a_role_carries_work_of_both_lanes() -> None:
    """Two pieces of work in all, whichever lanes they are in; what does not draw on it goes on."""
    world = open_office({"national/developing": 9, "national/sustaining": 9, "role/officer": 2})
    take_on(world, "first", roles=("officer",))
    take_on(world, "second", Lane.SUSTAINING, roles=("officer", "officer"))
    take_on(world, "third", roles=("officer",))
    take_on(world, "fourth", roles=("trainer",))
    assert held(world) == ["work/first", "work/second", "work/fourth"]
    finish(world, "second")
    assert "work/third" in held(world)


def test_sustaining_comes_before_developing_where_they_share_a_role() -> None:
    """Although the other asked first."""
    world = open_office({"national/developing": 9, "national/sustaining": 9, "role/officer": 1})
    for work, lane in (("one", Lane.DEVELOPING), ("two", Lane.DEVELOPING), ("three", Lane.SUSTAINING)):
        take_on(world, work, lane, roles=("officer",))
    assert order(world) == ["work/three", "work/two"]


def test_one_boards_rollout_is_ranked_apart_from_its_technology() -> None:
    """Its own rank counts before the technology's."""
    world = open_office({"national/developing": 0})
    claim(world, "a/fife", "a/orkney", "b/fife")
    for technology, boards, priority in (("b", (), 50), ("a", ("orkney", "tayside"), 10)):
        world.do(
            PROGRAMME,
            SetPriority(actor=OFFICE, technology=technology, boards=boards, priority=priority, reason="x"),
        )
    assert order(world) == ["a/orkney", "b/fife", "a/fife"]


def test_unplanned_work_has_the_rank_that_it_was_taken_on_with() -> None:
    """A lower number goes first."""
    world = open_office({"national/developing": 0})
    claim(world, "a/fife")
    take_on(world, "urgent", priority=1)
    take_on(world, "idle", priority=500)
    assert order(world) == ["work/urgent", "a/fife", "work/idle"]


def test_a_technology_that_is_live_somewhere_is_finished_before_another_is_started() -> None:
    """Although the other asked first."""
    world = open_office({"national/developing": 0})
    claim(world, "a/fife", lane="sustaining")
    claim(world, "b/orkney", "a/orkney")
    assert order(world) == ["a/orkney", "b/orkney"]


def test_limits_have_names_in_words() -> None:
    """As people read them in what a board waits for."""
    assert [
        in_words(name) for name in ("national/developing", "board/every-board/sustaining", "role/officer")
    ] == ["a national place for developing", "room for sustaining at every board", "room of the role officer"]


# --- nobody waits for ever ----------------------------------------------------------------------------------


def test_one_that_was_passed_over_often_enough_goes_first() -> None:
    """Three times, then it is its turn, and after it the favourites go on."""
    world = open_office({"national/developing": 1}, patience=3)
    world.do(PROGRAMME, SetPriority(actor=OFFICE, technology="b", priority=1, reason="Demand."))
    claim(world, "b/board-0", "a/fife", "a/orkney")
    served = []
    for number in range(1, 9):
        claim(world, f"b/board-{number}")
        claim(world, held(world)[0], wanted=False)
        served += held(world)
    assert served == [
        "b/board-1", "b/board-2", "b/board-3", "a/fife",
        "b/board-4", "b/board-5", "b/board-6", "a/orkney",
    ]  # fmt: skip


def test_one_whose_turn_has_come_keeps_what_is_scarce_and_leaves_the_rest_to_others() -> None:
    """It waits for the officer: who needs the officer too waits behind it, and who does not goes on."""
    world = open_office({"national/developing": 2, "role/officer": 1}, patience=1)
    take_on(world, "holder", roles=("officer",))
    take_on(world, "patient", roles=("officer",))
    take_on(world, "passing")
    assert world.programme.queue["work/patient"].passed_over == 1
    take_on(world, "rival", roles=("officer",), priority=1)
    finish(world, "passing")
    take_on(world, "other", priority=1)
    assert held(world) == ["work/holder", "work/other"], "no place stands idle for it"
    finish(world, "holder")
    assert held(world) == ["work/other", "work/patient"]
    take_on(world, "late", Lane.SUSTAINING, roles=("officer",))
    assert order(world) == ["work/rival", "work/late"]


def test_two_things_that_are_never_free_at_once_are_kept_one_after_the_other() -> None:
    """The place is free while the officer is busy, and the officer while the place is taken: no more."""
    world = open_office({"national/developing": 1, "national/sustaining": 9, "role/officer": 1}, patience=1)
    take_on(world, "holder")
    take_on(world, "patient", roles=("officer",))
    take_on(world, "passing", Lane.SUSTAINING, roles=("officer",))
    finish(world, "passing")
    take_on(world, "next", Lane.SUSTAINING, roles=("officer",), priority=1)
    waiting = {standing.place.name: standing.why for standing in survey(world.programme)}
    assert waiting == {
        "work/patient": "a national place for developing",
        "work/next": "room of the role officer, kept for one whose turn has come",
    }
    finish(world, "holder")
    assert held(world) == ["work/patient"]


def test_what_can_never_be_served_keeps_nothing_from_others() -> None:
    """There is no officer at all: the trainer is not kept for it."""
    world = open_office({"national/developing": 2, "role/officer": 0, "role/trainer": 1}, patience=1)
    take_on(world, "hopeless", roles=("trainer", "officer"))
    take_on(world, "first", roles=("trainer",))
    finish(world, "first")
    take_on(world, "second", roles=("trainer",))
    assert held(world) == ["work/second"]


KINDS = [
    (lane, board, roles)
    for lane in Lane
    for board in (None, "fife", "orkney")
    for roles in ((), ("officer",), ("officer", "trainer"))
]


@dataclass
class Rush:
    """Work comes and goes as badly as can be for whoever waits.

    Attributes:
        world: The world, in which only the office is.
        chance: What happens.
        hold: Through how many awards some slots are held before they are given back.
        awards: What every award draws on.
        asked: At which award each asked, and how many waited then.
        served: At which award each was served.
        held_through: Through how many awards a slot was held at the most.
    """

    world: World
    chance: Random
    hold: int
    awards: list[set[str]] = field(default_factory=list)
    asked: dict[str, tuple[int, int]] = field(default_factory=dict)
    served: dict[str, int] = field(default_factory=dict)
    needs: dict[str, set[str]] = field(default_factory=dict)
    held_through: int = 0

    def do(self, command: Command) -> None:
        """Give a command, and note what is awarded."""
        answer = self.world.do(PROGRAMME, command)
        assert not isinstance(answer, Refusal)
        for event in answer:
            if isinstance(event, SlotAwarded):
                self.served[event.name] = len(self.awards)
                self.awards.append(self.needs[event.name])
        check_books(self.world.programme)

    def ask(self, priority: int) -> None:
        """More work is asked for."""
        lane, board, roles = self.chance.choice(KINDS)
        work = f"work-{len(self.asked)}"
        name = f"work/{work}"
        self.asked[name] = (len(self.awards), len(self.world.programme.queue))
        here = {f"board/{board}/{lane}"} if board else set()
        drawn = {f"national/{lane}", *here, *(f"role/{role}" for role in roles)}
        self.needs[name] = {limit for limit in drawn if most(self.world.programme.limits, limit) is not None}
        take = {"work": work, "title": work, "lane": lane, "board": board, "roles": roles, "reason": "x"}
        self.do(TakeOnWork.model_validate({"actor": OFFICE, "priority": priority, **take}))

    def give_back(self) -> None:
        """One slot is given back: the oldest, once it is held for long enough, or one of the newest."""
        slots = sorted(self.world.programme.slots, key=lambda name: self.served[name])
        if slots:
            due = len(self.awards) - self.served[slots[0]] >= self.hold
            name = slots[0] if due else self.chance.choice(slots[-2:])
            self.held_through = max(self.held_through, len(self.awards) - self.served[name])
            self.do(FinishWork(actor=OFFICE, work=name.removeprefix("work/"), reason="done"))

    def waits(self) -> list[tuple[int, int]]:
        """For how many awards of something that it draws on each waited, and how many were before it."""
        return [
            (sum(bool(self.needs[name] & taken) for taken in self.awards[at : self.served[name]]), before)
            for name, (at, before) in self.asked.items()
        ]

    def go_on(self, rounds: int) -> None:
        """Let a few always wait, the first of whom nobody favours, and then serve all of them."""
        self.ask(LOWEST_PRIORITY)
        for _ in range(rounds):
            while len(self.world.programme.queue) < AT_ONCE:
                self.ask(self.chance.choice([1, 1, 1, 100]))
            self.give_back()
        while self.world.programme.queue:
            self.give_back()
        assert set(self.served) == set(self.asked), "in the end everybody is served"


AT_ONCE = 3
"""How many wait at any time: few, so that what is promised comes soon enough to be seen."""


@given(
    seed=st.integers(0, 2**32),
    patience=st.integers(1, 4),
    places=st.integers(1, 3),
    scarce=st.integers(1, 2),
    hold=st.integers(1, 6),
)
def test_everybody_is_served_within_the_bound(
    seed: int, patience: int, places: int, scarce: int, hold: int
) -> None:
    """However much is asked for that is favoured, and however it collides at boards and over roles."""
    limits = {
        "national/developing": places,
        "national/sustaining": places,
        "board/every-board/developing": scarce,
        "board/every-board/sustaining": scarce,
        "role/officer": scarce,
        "role/trainer": 1,
    }
    rush = Rush(open_office(limits, patience), Random(seed), hold)
    rush.go_on(200)
    for rivals, before in rush.waits():
        assert rivals <= longest_wait(patience, before, scarce=3, held_through=rush.held_through)


@given(seed=st.integers(0, 2**32), patience=st.integers(1, 4), places=st.integers(1, 3))
def test_where_only_the_national_places_are_scarce_the_bound_is_a_small_number(
    seed: int, patience: int, places: int
) -> None:
    """Whoever has its turn gets the next place: however long the others hold theirs."""
    limits = {"national/developing": places, "national/sustaining": places}
    rush = Rush(open_office(limits, patience), Random(seed), hold=1000)
    rush.go_on(60)
    for rivals, before in rush.waits():
        assert rivals <= before + (before + 1) * patience == longest_wait(patience, before, 0, 1000)


# --- in any interleaving ------------------------------------------------------------------------------------

ANY_CLAIM = st.builds(
    Claim,
    technology=st.sampled_from(TECHNOLOGIES),
    board=st.sampled_from(BOARDS),
    wanted=st.sampled_from([True, True, True, False]),
    lane=st.sampled_from([Lane.DEVELOPING, Lane.DEVELOPING, Lane.SUSTAINING]),
    ready=st.booleans(),
    begun=st.booleans(),
    asking=st.integers(1, 2),
)
ANY_LIMIT = st.sampled_from(
    [
        *(f"national/{lane}" for lane in Lane),
        *(f"board/{board}/{lane}" for board in ("every-board", *BOARDS) for lane in Lane),
        *(f"role/{role}" for role in ROLES),
    ]
)
NAMES = [f"rollout/{technology}/{board}" for technology in TECHNOLOGIES for board in BOARDS]
ANYTHING = st.one_of(
    st.builds(ClaimSlot, actor=st.just(ENGINE), claim=ANY_CLAIM),
    st.builds(ClaimSlot, actor=st.just(ENGINE), claim=ANY_CLAIM),
    st.builds(
        SetCapacity,
        actor=st.just(OFFICE),
        limit=ANY_LIMIT,
        capacity=st.integers(0, 3),
        reason=st.just("staff"),
    ),
    st.builds(
        SetPriority,
        actor=st.just(OFFICE),
        technology=st.sampled_from(TECHNOLOGIES),
        boards=st.lists(st.sampled_from(BOARDS), max_size=2).map(tuple),
        priority=st.integers(1, 200),
        reason=st.just("urgent"),
    ),
    st.builds(
        TakeOnWork,
        actor=st.just(OFFICE),
        work=st.sampled_from(["one", "two", "three"]),
        title=st.just("Work"),
        lane=st.sampled_from(Lane),
        board=st.sampled_from([None, *BOARDS]),
        roles=st.lists(st.sampled_from(ROLES), max_size=2).map(tuple),
        priority=st.integers(1, 200),
        reason=st.just("asked for"),
    ),
    st.builds(
        FinishWork,
        actor=st.just(OFFICE),
        work=st.sampled_from(["one", "two", "three"]),
        reason=st.just("done"),
    ),
    st.builds(
        NoteLives,
        actor=st.just(ENGINE),
        states=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["running", "terminated"])),
    ),
)


@given(commands=st.lists(ANYTHING, max_size=60), patience=st.integers(1, 3), drawn=st.booleans())
def test_capacity_is_never_exceeded_and_never_idle(
    commands: list[Command], patience: int, drawn: bool
) -> None:
    """Whatever is said in whatever order: each award fits, and whoever waits lacks something."""
    world = World()
    charter = charter_of(
        limits={"national/developing": 2, "board/every-board/developing": 1, "role/officer": 2},
        draws={"developing": ("officer",), "sustaining": ("officer", "trainer")} if drawn else {},
        serving={"patience": patience, "look_every": "P1D"},
    )
    world.do(PROGRAMME, OpenProgramme(actor=OFFICE, charter=charter))
    for command in commands:
        world.wait(MINUTE)
        world.do(PROGRAMME, command)
        check_books(world.programme)
    world.check()
    world.check_history()


@pytest.mark.parametrize("asking", [1, 2])
def test_old_news_does_not_take_a_place_away(asking: int) -> None:
    """A claim of the time before is passed over, a later one is heard."""
    world = open_office({"national/developing": 0})
    claim(world, "a/fife", asking=2)
    claim(world, "a/fife", asking=asking, ready=False)
    assert world.programme.queue["rollout/a/fife"].ready == (asking == 1)
