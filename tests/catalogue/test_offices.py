"""The books of a programme office: read back from the tables, they are the state that the rules know."""

import random
from datetime import timedelta

import pytest

from catalogue.connection import Connection, Pool
from catalogue.ledger import Ledger
from catalogue.offices import read_office, show_office
from catalogue.rebuild import rebuild
from domain.actor import ENGINE
from domain.capacity import Lane
from domain.event import Command
from domain.office_commands import FinishWork, NoteLives, OpenProgramme, SetCapacity, SetPriority, TakeOnWork
from domain.programme import Programme
from domain.rollout import ClaimSlot
from domain.rollout_briefs import Claim
from tests.catalogue.life import OFFICE, Life
from tests.domain.examples import PROGRAMME, charter_of

BOARDS = ("fife", "orkney", "tayside")
ROLES = ("officer", "trainer")
KINDS = {
    *("programme-opened", "capacity-set", "priority-set", "slot-claimed", "claim-renewed", "work-taken-on"),
    *("slot-awarded", "board-sustained", "slot-returned", "work-finished", "slot-reclaimed", "rollout-found"),
}


def anything(chance: random.Random) -> Command:
    """Something that is said to the office, by a rollout, a person or the engine."""
    technology, board = chance.choice("abc"), chance.choice(BOARDS)
    match chance.randrange(8):
        case 0:
            limit = chance.choice(["national/developing", "role/officer", f"board/{board}/developing"])
            capacity = chance.randrange(1, 4)
            return SetCapacity(actor=OFFICE, limit=limit, capacity=capacity, reason="Staff.")
        case 1:
            boards, rank = chance.choice([(), (board,), BOARDS[:2]]), chance.randrange(1, 200)
            return SetPriority(
                actor=OFFICE, technology=technology, boards=boards, priority=rank, reason="Demand."
            )
        case 2:
            return TakeOnWork(
                actor=OFFICE,
                work=chance.choice(["one", "two"]),
                title="Work",
                lane=chance.choice(list(Lane)),
                board=chance.choice([None, *BOARDS]),
                roles=tuple(chance.sample(ROLES, chance.randrange(3))),
                priority=chance.randrange(1, 200),
                reason="Asked for.",
            )
        case 3:
            return FinishWork(actor=OFFICE, work=chance.choice(["one", "two"]), reason="Done.")
        case 4:
            found = chance.choice(["running", "running", "terminated"])
            return NoteLives(actor=ENGINE, states={f"rollout/{technology}/{board}": found})
        case _:
            claim = Claim(
                technology=technology,
                board=board,
                wanted=chance.random() > 0.2,
                lane=chance.choice([Lane.DEVELOPING, Lane.DEVELOPING, Lane.SUSTAINING]),
                ready=chance.random() > 0.3,
                begun=chance.random() > 0.8,
                asking=chance.choice([1, 1, 1, 2]),
            )
            return ClaimSlot(actor=ENGINE, claim=claim)


@pytest.fixture
def busy() -> Life:
    """An office in which everything has happened that can, and a few things wait."""
    life, chance = Life(), random.Random(7)
    charter = charter_of(
        limits={"national/developing": 2, "board/every-board/developing": 1, "role/officer": 1},
        draws={"developing": ("officer",), "sustaining": ("trainer",)},
    )
    life.do(PROGRAMME, OpenProgramme(actor=OFFICE, charter=charter))
    for _ in range(400):
        life.now += timedelta(hours=1)
        life.attempt(PROGRAMME, anything(chance))
    assert {event.kind for _, event in life.log} == KINDS
    return life


async def test_the_books_say_what_the_rules_know(
    busy: Life, ledger: Ledger, pool: Pool, connection: Connection
) -> None:
    """After every batch, and after a rebuild: so a preview is as good as the answer will be."""
    state: Programme = busy.states[PROGRAMME]
    for batch in busy.batches():
        await ledger.append(batch)
    assert await read_office(connection, "scotland") == state
    await rebuild(pool)
    assert await read_office(connection, "scotland") == state


async def test_an_office_is_shown_with_what_is_used_and_what_each_waits_for(
    ledger: Ledger, connection: Connection
) -> None:
    """Both lanes, each limit, the position and the reason of whoever waits, and what is too much."""
    life = Life()
    limits = {"national/developing": 1, "board/every-board/sustaining": 1, "role/officer": 1}
    life.do(PROGRAMME, OpenProgramme(actor=OFFICE, charter=charter_of(limits=limits)))
    for technology, lane in (("a", Lane.SUSTAINING), ("b", Lane.SUSTAINING), ("c", Lane.DEVELOPING)):
        claim = Claim(technology=technology, board="fife", wanted=True, lane=lane)
        life.do(PROGRAMME, ClaimSlot(actor=ENGINE, claim=claim))
    take = {"title": "Work", "lane": "developing", "roles": ("officer",), "reason": "Asked for."}
    for work in ("one", "two"):
        life.do(PROGRAMME, TakeOnWork.model_validate({"actor": OFFICE, "work": work, **take}))
    for batch in life.batches():
        await ledger.append(batch)
    shown = await show_office(connection, "scotland")
    assert shown is not None
    assert [(it.limit, it.used, it.most, it.over) for it in shown.limits if it.most is not None] == [
        ("national/developing", 1, 1, 0),
        ("role/officer", 0, 1, 0),
        ("board/every-board/sustaining", 0, 1, 0),
        ("board/fife/sustaining", 2, 1, 1),
    ]
    assert [(it.name, it.lane) for it in shown.slots] == [
        ("rollout/a/fife", "sustaining"),
        ("rollout/b/fife", "sustaining"),
        ("rollout/c/fife", "developing"),
    ]
    assert [(it.name, it.position, it.waits_for) for it in shown.queue] == [
        ("work/one", 1, "a national place for developing"),
        ("work/two", 2, "a national place for developing"),
    ]
