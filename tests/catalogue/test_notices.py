import asyncio
from collections import Counter
from copy import deepcopy
from datetime import timedelta

import asyncpg
import pytest

from catalogue.connection import Connection, Pool
from catalogue.database import open_pool
from catalogue.errors import DatabaseUnreachable
from catalogue.ledger import Ledger
from catalogue.notices import Notices, UnderWay
from catalogue.queries.matters import list_matters
from catalogue.queries.notices import list_notices, show_notice
from catalogue.rebuild import rebuild
from domain.barrier import RaiseBarrier, open_barriers
from domain.barrier_words import Nature, Severity
from domain.halt import in_force
from domain.journey import Journey
from domain.names import barrier_name, task_name
from domain.notice import Matter, Subject
from domain.notice_text import Notice, body_of
from domain.rollout import Rollout
from domain.standing import common_waits, to_renew
from domain.steering import Pause
from domain.technology import Technology
from domain.technology_gates import halt_gate
from domain.work import open_steps
from domain.workstream import Workstream
from tests.catalogue.conftest import Database
from tests.catalogue.eventful_life import eventful_life
from tests.catalogue.halting_life import decide as release
from tests.catalogue.halting_life import halting_life, stop_the_line
from tests.catalogue.life import OFFICE, Life, make_proposal, steps_to_do
from tests.catalogue.notices import POLICY, PROGRAMME, lived, look, set_rules, write_test
from tests.catalogue.test_whole_life import record

LIVES = ((1, 50), (4, 50))
WAITED_FOR = (Subject.TASK, Subject.DECISION, Subject.OBJECTION, Subject.CONDITION, Subject.BARRIER)
STOPPING = (Subject.HALT, Subject.HALTED)
QUARTER = timedelta(days=90)


@pytest.fixture(params=LIVES, ids=[f"seed-{seed}" for seed, _ in LIVES])
def life(request: pytest.FixtureRequest) -> Life:
    """Return each of the eventful lives in turn."""
    return eventful_life(*request.param)


async def matters_of(connection: Connection, life: Life) -> tuple[Matter, ...]:
    """All that the catalogue says there is to tell."""
    return await list_matters(connection, PROGRAMME, now=life.now, expiring_within=QUARTER)


def technology_of(state: Journey) -> str:
    """The technology that a life belongs to."""
    return state.proposal.technology if isinstance(state, Technology) else state.stream.split("/")[1]


async def test_people_are_told_of_all_that_waits_for_them_and_of_nothing_else(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """The tables say the same as the rules: each role at each place has as much to do in both."""
    await record(ledger, life)
    told = Counter(
        (it.technology, it.board, it.role)
        for it in await matters_of(connection, life)
        if it.subject in WAITED_FOR and not it.at_rest
    )
    renewals = {ref.ref for state in life.journeys().values() for ref in to_renew(state)}
    expected = Counter(
        (technology_of(state), state.board, wait.on)
        for state in life.journeys().values()
        if not state.at_rest
        for wait in common_waits(state)
        if not any(wait.what.startswith(ref) for ref in renewals)
    )
    assert told == expected
    assert told


async def test_a_barrier_that_blocks_is_told_to_whoever_sees_to_it(
    ledger: Ledger, connection: Connection
) -> None:
    """And to whom it escalated; what it holds rests meanwhile, and nothing of what it says is repeated."""
    life = Life()
    life.open(capacity=4)
    stream = life.propose()
    held = steps_to_do(life.states[stream], life.now)[0].step
    raised = RaiseBarrier(
        actor=OFFICE,
        nature=Nature.BARRIER,
        what="Nobody has time.",
        category="available-resources",
        severity=Severity.BLOCKING,
        steps=(held,),
        owner="team",
        reason="Three said so.",
    )
    life.do(stream, raised)
    await record(ledger, life)
    found = await matters_of(connection, life)
    name = barrier_name(stream, 1)
    (matter,) = (it for it in found if it.subject is Subject.BARRIER)
    assert (matter.name, matter.role, matter.title) == (name, "team", "Blocking barrier 1")
    assert [it.at_rest for it in found if it.name.endswith(held)] == [True]
    life.let_time_pass(60)
    await record(ledger, life)
    (barrier,) = open_barriers(life.states[stream].barriers)
    assert barrier.escalated
    told = {it.role: it.late for it in await matters_of(connection, life) if it.name == name}
    assert told == {"team": False, **dict.fromkeys(set(barrier.escalated) - {"team"}, True)}


async def test_a_halt_is_told_to_its_owner_to_who_may_release_it_and_to_every_board_it_freezes(
    ledger: Ledger, connection: Connection
) -> None:
    """One of them for each role; and what it freezes rests, but not its release nor what may continue."""
    life = deepcopy(halting_life())
    for number in (3, 4):
        release(life, "technology/ccbt", number)
    going = {step.id for state in life.journeys().values() if state.work for step in open_steps(state.work)}
    stop_the_line(life, "technology/ccbt", may_continue=tuple(sorted(going)[:3]))
    stop_the_line(life, "technology/ccbt", version=1, may_continue=tuple(sorted(going)[:2]))
    await record(ledger, life)
    found = await matters_of(connection, life)
    technology: Technology = life.states["technology/ccbt"]
    expected: set[tuple[str, str, str | None, Subject]] = set()
    for halt in in_force(technology.halts.values()):
        seats = halt_gate(technology.proposal, halt).decides
        expected |= {(f"ccbt {halt.number}", role, None, Subject.HALT) for role in (halt.owner, *seats)}
        expected |= {
            (f"ccbt {halt.number}", role, None, Subject.HALTED)
            for role in technology.authority.national
            if role not in {halt.owner, *seats}
        }
        expected |= {
            (f"ccbt {halt.number}", role, state.board, Subject.HALTED)
            for state in life.journeys().values()
            if isinstance(state, Rollout) and state.stopped is None and halt in state.halting
            for role in technology.authority.board
        }
    told = {(it.name, it.role, it.board, it.subject) for it in found if it.subject in STOPPING}
    assert told == expected
    assert len({number for number, *_ in told}) > 1
    gates = {it.name for it in found if it.subject is Subject.DECISION and not it.at_rest}
    assert gates == {f"ccbt/national/{gate}" for gate in technology.docket.halts}
    tasks = {it.name for it in found if it.subject is Subject.TASK and not it.at_rest}
    expected_tasks = {
        task_name(state.stream, state.work.plan.id, step.id)
        for state in life.journeys().values()
        if state.work is not None and state.working
        for step in open_steps(state.work)
        if state.lets(step)
    }
    assert tasks == expected_tasks
    assert tasks


async def test_what_is_paused_or_stopped_is_told_and_its_tasks_rest(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """Whoever steers hears of it, nationally once and at the board."""
    await record(ledger, life)
    found = await matters_of(connection, life)
    resting = {name for name, state in life.journeys().items() if state.pauses and not state.stopped}
    stopped = {name for name, state in life.journeys().items() if state.stopped}
    tracks = {name for name, state in life.journeys().items() if isinstance(state, Workstream)}
    assert {it.name for it in found if it.subject is Subject.PAUSED} <= resting - tracks
    assert {it.name for it in found if it.subject is Subject.STOPPED} <= stopped - tracks
    working = [state for state in life.journeys().values() if state.pauses]
    assert {it.at_rest for it in found if it.subject is Subject.TASK} <= {False, bool(working)}


async def test_no_text_of_anybody_is_in_a_notice(life: Life, pool: Pool, connection: Connection) -> None:
    """Reasons, statements and the texts of conditions stay where they are on record."""
    now = await lived(pool, life)
    await look(pool, now)
    free = {
        str(event[key])
        for state in life.log
        for event in [state[1].model_dump(mode="json")]
        for key in ("reason", "because", "prediction")
        if event.get(key)
    }
    texts = [
        body_of(Notice.model_validate(it.content), POLICY.calendar)
        for it in await list_notices(connection, most=1000)
    ]
    assert texts
    assert free
    assert not [text for text in texts for phrase in free if phrase in text]


async def test_every_role_gets_one_digest_with_all_that_waits_for_it(
    life: Life, pool: Pool, connection: Connection
) -> None:
    """And everything that was said is kept as said."""
    now = await lived(pool, life)
    looked = await look(pool, now)
    found = await list_notices(connection, most=1000)
    assert looked.written == len(found) > 0
    assert set(looked.waiting) == {it.id for it in found}
    assert len({it.recipient for it in found}) == len(found)
    told = {(it.recipient, item["name"]) for it in found for item in it.content["items"]}
    expected = {
        (str(POLICY.recipient(it.role, it.board)), it.name)
        for it in await matters_of(connection, life)
        if it.subject in WAITED_FOR and not it.at_rest
    }
    assert expected <= told


async def test_looking_again_writes_nothing_again(life: Life, pool: Pool, connection: Connection) -> None:
    """Neither at once, as after a crash, nor an hour later, nor on the next day."""
    now = await lived(pool, life)
    first = await look(pool, now)
    assert (await look(pool, now)).written == 0
    assert (await look(pool, now + timedelta(hours=1), first.digests_of)).written == 0
    await look(pool, now + timedelta(days=1), first.digests_of)
    lines = [
        (it.recipient, item["name"], item["topic"])
        for it in await list_notices(connection, most=1000)
        for item in it.content["items"]
    ]
    assert len(lines) == len(set(lines))


async def test_two_that_look_at_once_write_everything_once(
    life: Life, pool: Pool, connection: Connection
) -> None:
    """Two desks, or an attempt that was given up and goes on."""
    now = await lived(pool, life)
    both = await asyncio.gather(look(pool, now), look(pool, now), look(pool, now))
    assert sorted(bool(it.written) for it in both) == [False, False, True]
    assert len(await list_notices(connection, most=1000)) == max(it.written for it in both)


async def test_what_was_told_is_forgotten_with_the_matter_and_not_before(
    pool: Pool, connection: Connection
) -> None:
    """The memory does not grow with the years; a pause makes nobody hear anything twice."""
    life = Life()
    life.open(capacity=4)
    life.propose(make_proposal("ccbt", automatic=False))
    now = await lived(pool, life)
    await look(pool, now)
    before = await connection.fetchval("SELECT count(*) FROM ledger.told")
    life.attempt("technology/ccbt", Pause(actor=OFFICE, reason="The supplier was sold."))
    await record(Ledger(pool), life)
    await look(pool, now + timedelta(days=1))
    tasks = "SELECT count(*) FROM ledger.told WHERE matter LIKE '%#%'"
    assert await connection.fetchval(tasks) == before > 0
    await connection.execute("DELETE FROM catalogue.tasks")
    await look(pool, now + timedelta(days=2))
    assert await connection.fetchval(tasks) == 0


async def test_a_rebuild_tells_nobody_anything_again(life: Life, pool: Pool) -> None:
    """What was told is no projection."""
    now = await lived(pool, life)
    first = await look(pool, now)
    await rebuild(pool)
    assert first.written
    assert (await look(pool, now)).written == 0


async def test_a_programme_without_rules_tells_nobody_anything(
    life: Life, ledger: Ledger, pool: Pool
) -> None:
    """It is looked again later whether it has some."""
    await record(ledger, life)
    looked = await look(pool, life.now)
    assert (looked.rules, looked.written) == (False, 0)
    await set_rules(pool)
    assert (await look(pool, life.now)).rules


async def test_rules_that_were_changed_hold_from_the_next_look_on(life: Life, pool: Pool) -> None:
    """They are data in the catalogue, and no part of a life."""
    now = await lived(pool, life)
    early = POLICY.reminders.model_copy(update={"look_every": timedelta(hours=2)})
    await set_rules(pool, POLICY.model_copy(update={"reminders": early}))
    assert (await look(pool, now)).next == now + timedelta(hours=2)


async def test_only_one_attempt_holds_a_notice(pool: Pool) -> None:
    """The other is told to come back; afterwards it is free."""
    notices, notice = Notices(pool), await write_test(pool)
    async with notices.hold(notice):
        with pytest.raises(UnderWay, match="has not ended yet"):
            async with notices.hold(notice):
                pass
    async with notices.hold(notice) as held:
        assert held.waits


async def test_a_notice_is_free_when_whoever_held_it_is_gone(pool: Pool, database: Database) -> None:
    """PostgreSQL lets go what a dead connection held."""
    notice = await write_test(pool)
    other = await open_pool(database.url, size=1)
    holding = Notices(other).hold(notice)
    await holding.__aenter__()
    other.terminate()
    async with asyncio.timeout(10):
        while True:
            try:
                async with Notices(pool).hold(notice):
                    break
            except UnderWay:
                await asyncio.sleep(0.01)


async def test_attempts_that_may_have_arrived_are_counted(pool: Pool, connection: Connection) -> None:
    """A claim that nobody settled is a doubt; one that failed is none; one that was sent is never claimed."""
    notice = await write_test(pool)
    async with Notices(pool).hold(notice) as held:
        assert await held.claim("mail:1") == 0
        assert await held.claim("mail:1") == 1
        await held.settle_delivery("mail:1", "failed", "the mail server answered 451")
        assert await held.claim("mail:1") == 1
        await held.settle_delivery("mail:1", "sent", None)
        assert await held.claim("mail:1") is None
        assert await held.states(("mail:1", "mail:2")) == ("sent",)
    found = await show_notice(connection, notice)
    assert found is not None
    assert (found.attempts, found.doubts) == (3, 1)


async def test_what_could_not_be_delivered_can_be_sent_again(pool: Pool) -> None:
    """What waits, what was sent and what is not there cannot."""
    notices, notice = Notices(pool), await write_test(pool)
    assert not await notices.send_again(PROGRAMME, notice)
    async with notices.hold(notice) as held:
        await held.claim("mail:1")
        await held.settle_delivery("mail:1", "refused", "the mail server answered 550")
        await held.settle("undeliverable", "refused")
    assert await notices.send_again(PROGRAMME, notice)
    async with notices.hold(notice) as held:
        assert held.waits
        assert await held.claim("mail:1") == 0
    assert not await notices.send_again(PROGRAMME, "lead@fife/99")
    assert not await notices.send_again("elsewhere", notice)


async def test_while_postgresql_is_away_nothing_is_written_and_it_is_said(
    pool: Pool, database: Database
) -> None:
    """The engine tries again."""
    await set_rules(pool)
    await database.shut()
    with pytest.raises(DatabaseUnreachable):
        await write_test(pool)
    await database.open_again()
    assert await write_test(pool) == "lead@fife/1"


async def test_the_application_can_take_no_notice_back(pool: Pool) -> None:
    """What was written stays as it was written."""
    await write_test(pool)
    async with pool.acquire() as connection:
        for statement in (
            "DELETE FROM ledger.notices",
            "UPDATE ledger.notices SET content = '{}'",
            "DELETE FROM ledger.deliveries",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
