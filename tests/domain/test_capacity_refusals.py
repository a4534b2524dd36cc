"""What the programme office refuses, in the words that people read."""

from domain.capacity import Lane
from domain.office_commands import FinishWork, TakeOnWork
from tests.domain.examples import OFFICE, PROGRAMME, VISITOR
from tests.domain.test_refusals import assert_refused
from tests.domain.world import World, found_programme

TAKE_ON = TakeOnWork(actor=OFFICE, work="migrate", title="Migrate", lane=Lane.SUSTAINING, reason="It ends.")


def busy() -> World:
    """An office that has taken on some work."""
    world = found_programme()
    world.do(PROGRAMME, TAKE_ON)
    return world


def test_work_is_taken_on_once() -> None:
    """Under one name, as long as it is not finished."""
    world = busy()
    assert_refused(
        world.do(PROGRAMME, TAKE_ON),
        "work-known",
        '"migrate" was already taken on: finish that first, or call this something else.',
    )
    finish = FinishWork(actor=OFFICE, work="migrate", reason="Done.")
    world.do(PROGRAMME, finish)
    assert_refused(
        world.do(PROGRAMME, finish),
        "no-such-work",
        'There is no unplanned work "migrate" to finish: choose from none.',
    )


def test_only_work_that_was_taken_on_is_finished() -> None:
    """The refusal names what there is."""
    assert_refused(
        busy().do(PROGRAMME, FinishWork(actor=OFFICE, work="migrat", reason="Done.")),
        "no-such-work",
        'There is no unplanned work "migrat" to finish: choose from migrate.',
    )


def test_work_is_taken_on_by_those_who_steer_the_programme() -> None:
    """For a reason, and with a rank that the ledger can hold."""
    world = found_programme()
    assert_refused(
        world.do(PROGRAMME, TAKE_ON.model_copy(update={"actor": VISITOR})),
        "wrong-role",
        "Taking on work that nobody planned belongs to npt and you act as visitor: "
        "ask someone who holds that role.",
    )
    assert_refused(
        world.do(PROGRAMME, TAKE_ON.model_copy(update={"priority": 0})),
        "priority-out-of-range",
        "A priority of 0 is out of range: choose 1 (first) to 1000 (last).",
    )
