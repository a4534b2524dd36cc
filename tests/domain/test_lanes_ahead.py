"""What is planned follows the office's two lanes, and a decision of the office is foreseen with its dates."""

from domain.actor import ENGINE
from domain.capacity import Lane
from domain.event import Command
from domain.foresight import Consequences, consequences_of, outlook_of
from domain.office_commands import RUNNING, FinishWork, NoteLives, SetCapacity, SetPriority, TakeOnWork
from domain.outlook import Load, Planned
from domain.programme import Charter
from domain.succession import ReplaceTechnology
from domain.technology import Propose, Stage
from domain.waves import AddBoard
from tests.domain.examples import (
    CHARTER,
    DAY,
    FIFE,
    LOTHIAN,
    OFFICE,
    PROGRAMME,
    PROPOSER,
    TECHNOLOGY,
    charter_of,
)
from tests.domain.test_barrier_refusals import done
from tests.domain.test_succession import NEXT, SUCCESSOR, get_on
from tests.domain.test_succession_refusals import replace
from tests.domain.world import World, found_programme, reach


def scaling(limits: dict[str, int], **draws: tuple[str, ...]) -> World:
    """The technology scales under an office with these limits; its pilots replicate."""
    charter = charter_of(limits={"national/developing": 9} | limits, draws=draws)
    return reach(Stage.SCALE, found_programme(charter=charter))


def boards(world: World, technology: str = "ccbt") -> dict[str, Planned]:
    """What is planned of each board."""
    return outlook_of(world.states, world.now).technologies[technology].boards


def foresee(world: World, command: Command, stream: str = PROGRAMME) -> Consequences:
    """What a command would do, which is what it does."""
    found = consequences_of(world.states, [(stream, command)], world.now)
    assert not found.refused
    return found


def starts(found: Consequences, world: World) -> dict[str, tuple[int | None, int | None]]:
    """In how many days each board that moves gets its slot, before and then."""

    def day(it: Planned | None) -> int | None:
        return None if it is None or it.slot is None else (it.slot - world.now) // DAY

    return {
        move.name: (day(move.before), day(move.after))
        for move in (*found.moves, *found.elsewhere)
        if move.what == "board"
    }


# --- limits beside the national one -------------------------------------------------------------------------


def test_a_role_that_is_scarce_keeps_boards_waiting() -> None:
    """Though there are national places enough."""
    world = scaling({"role/trainer": 1}, developing=("trainer",))
    now = world.now
    slots = {name: it.slot for name, it in boards(world).items()}
    assert slots["fife"] == now
    assert slots["tayside"] == now + 40 * DAY
    assert slots["orkney"] == now + 80 * DAY, "the wave is released when both are live, and waits for it"
    loads = outlook_of(world.states, world.now).loads
    assert loads["role/trainer"] == Load(peak=1, limit=1)
    assert loads["national/developing"] == Load(peak=1, limit=9)


def test_what_a_board_sustains_draws_on_its_roles_from_then_on() -> None:
    """So one that is business as usual takes from those who come after it."""
    world = scaling({"role/officer": 2}, developing=("officer",), sustaining=("officer",))
    planned = boards(world)
    assert planned["fife"].finish == planned["tayside"].finish == world.now + 40 * DAY
    assert planned["orkney"].finish is None
    assert planned["orkney"].held == "no slot is planned for it; it waits for room of the role officer"
    assert outlook_of(world.states, world.now).loads["role/officer"].peak == 2


def test_a_board_without_room_has_no_date_and_keeps_nobody_else_waiting_for_a_slot() -> None:
    """Its own limit is what it waits for."""
    world = scaling({"board/orkney/developing": 0})
    planned = boards(world)
    assert planned["orkney"].held == "no slot is planned for it; it waits for room for developing at orkney"
    assert planned["borders"].finish is not None
    assert planned["lothian"].held == "its wave waits for boards or stages that have no date"


def test_a_board_whose_slot_was_lost_and_found_gives_it_back_as_planned() -> None:
    """What it asks for then counts, though it is not the first time that it asks."""
    world = reach(Stage.SCALE)
    planned = boards(world)
    for found in ("terminated", RUNNING):
        done(world.do(PROGRAMME, NoteLives(actor=ENGINE, states={FIFE: found})))
        world.settle()
    assert world.rollout(FIFE).asking > 1
    assert FIFE in world.programme.slots
    assert {name: it.finish for name, it in boards(world).items()} == {
        name: it.finish for name, it in planned.items()
    }


# --- decisions of the office --------------------------------------------------------------------------------


def test_a_rank_moves_the_dates_of_whoever_comes_sooner_and_later() -> None:
    """It is about that technology, and about the boards that were named."""
    world = reach(Stage.SCALE)
    done(world.do(PROGRAMME, SetCapacity(actor=OFFICE, capacity=1, reason="One left.")))
    while not world.programme.queue:
        get_on(world)
    first, second = (it.board for it in world.programme.queue.values())
    assert second is not None
    rank = SetPriority(actor=OFFICE, technology="ccbt", boards=(second,), priority=1, reason="Ready early.")
    found = foresee(world, rank)
    moved = starts(found, world)
    assert moved[str(first)] == tuple(reversed(moved[second]))
    assert not found.elsewhere
    assert found.books is not None
    assert [it.name for it in found.books.brought_forward] == [f"rollout/ccbt/{second}"]
    assert [(turn.before, turn.after) for turn in found.turns] == [(1, 2), (2, 1)]


def test_more_capacity_shows_the_dates_and_how_much_is_used() -> None:
    """Of the limit that changes; it is about every technology."""
    world = reach(Stage.SCALE)
    more = SetCapacity(actor=OFFICE, capacity=3, reason="Another trainer.")
    found = foresee(world, more)
    assert starts(found, world)["orkney"] == (40, 30)
    assert found.loads == {"national/developing": (Load(peak=2, limit=2), Load(peak=3, limit=3))}
    assert {move.technology for move in found.moves} == {"ccbt"}


def test_a_limit_that_nothing_draws_on_yet_is_shown_with_what_there_was() -> None:
    """At a board that may do less."""
    world = reach(Stage.SCALE)
    limit = "board/lothian/developing"
    found = foresee(world, SetCapacity(actor=OFFICE, limit=limit, capacity=0, reason="A post is vacant."))
    assert found.loads[limit] == (Load(peak=1, limit=None), Load(peak=0, limit=0))
    assert starts(found, world)["lothian"] == (80, None)


def test_what_a_board_that_joins_draws_on_is_shown_with_how_much_there_is() -> None:
    """Before and then, though nobody drew on it before."""
    world = scaling({"board/every-board/developing": 1})
    add = AddBoard(actor=OFFICE, board="moray", wave="second", checks=(), reason="It asks.")
    found = foresee(world, add, TECHNOLOGY)
    assert found.loads["board/moray/developing"] == (Load(peak=0, limit=1), Load(peak=1, limit=1))


def test_unplanned_work_shows_its_capacity_and_whom_it_delays() -> None:
    """Before it is accepted; it has no planned end, so it keeps its place until it is finished."""
    world = reach(Stage.SCALE)
    work = TakeOnWork(
        actor=OFFICE, work="move", title="Move it", lane=Lane.DEVELOPING, priority=1, reason="It ends."
    )
    found = foresee(world, work)
    assert found.books is not None
    assert [it.limit for it in found.books.takes] == ["national/developing"]
    assert found.books.position == 1
    assert starts(found, world)["borders"] == (40, 80)
    assert [(turn.name, turn.before, turn.after) for turn in found.turns] == [("work/move", None, 1)]
    done(world.do(PROGRAMME, work))
    world.settle()
    over = foresee(world, FinishWork(actor=OFFICE, work="move", reason="It moved."))
    assert starts(over, world)["borders"] == (80, 40)


def test_what_the_office_would_refuse_shows_no_books() -> None:
    """Only why."""
    world = reach(Stage.SCALE)
    found = consequences_of(
        world.states, [(PROGRAMME, FinishWork(actor=OFFICE, work="none", reason="Done."))], world.now
    )
    assert found.refused == ('There is no unplanned work "none" to finish: choose from none.',)
    assert found.books is None


def test_what_is_not_decided_by_the_office_shows_no_books() -> None:
    """Its queue is told by its turns."""
    world = reach(Stage.SCALE)
    assert consequences_of(world.states, [], world.now).books is None


# --- succession ---------------------------------------------------------------------------------------------


def successor_under_way(charter: Charter = CHARTER) -> World:
    """The technology is business as usual, and the next one is about to replicate at its pilots."""
    world = reach(Stage.SUSTAIN, found_programme(charter=charter))
    done(world.do(NEXT, Propose(actor=PROPOSER, proposal=SUCCESSOR)))
    while world.journey(NEXT).stage != Stage.SCALE:
        get_on(world)
    world.settle()
    return world


def test_a_replacement_shows_when_each_board_gives_way() -> None:
    """When the successor is planned to be business as usual there, and no earlier."""
    world = successor_under_way()
    assert all(it.ends is None for it in boards(world).values())
    done(replace(world))
    world.settle()
    old, new = boards(world), boards(world, "next")
    assert all(it.finish is not None for it in new.values())
    assert {name: it.ends for name, it in old.items()} == {name: it.finish for name, it in new.items()}


def test_nobody_gives_way_to_a_technology_that_was_not_chosen() -> None:
    """Though it was proposed to take the place."""
    world = successor_under_way()
    done(replace(world, by="other"))
    world.settle()
    assert all(it.ends is None for it in boards(world).values())


def test_a_replacement_is_foreseen_with_what_it_frees() -> None:
    """Each board that gives way gives back what it draws on, and the next can begin with that."""
    both = {"developing": ("officer",), "sustaining": ("officer",)}
    world = successor_under_way(charter_of(limits={"national/developing": 9, "role/officer": 6}, draws=both))
    assert sorted(name for name, it in boards(world, "next").items() if it.finish) == ["fife"]
    command = ReplaceTechnology(actor=OFFICE, by="next", reason="The contract ends.")
    found = foresee(world, command, TECHNOLOGY)
    ends = {it.name: it.after.ends for it in found.moves if it.what == "board" and it.after is not None}
    assert sorted(ends) == ["borders", "fife", "lothian", "orkney", "tayside"]
    assert all(ends.values())
    assert {it.technology for it in found.elsewhere} == {"next"}, "what depends on it comes sooner"
    done(replace(world))
    world.settle()
    assert all(it.finish is not None for it in boards(world, "next").values())


def test_a_technology_that_is_replaced_plans_no_further_board() -> None:
    """And says who takes its place."""
    world = reach(Stage.SCALE)
    while not world.rollout("rollout/ccbt/fife").live:
        get_on(world)
    assert LOTHIAN not in world.states
    done(replace(world))
    world.settle()
    outlook = outlook_of(world.states, world.now).technologies["ccbt"]
    lothian = outlook.boards["lothian"]
    assert (lothian.held, lothian.slot) == ("next takes its place", None)
    assert outlook.stages["scale"].held == "next takes its place"
