import asyncio
import random
from collections import Counter
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from catalogue import queries
from catalogue.connection import Connection, Lent, Pool
from catalogue.database import open_pool
from catalogue.ledger import Ledger
from catalogue.projections.tables import ALL
from catalogue.rebuild import rebuild
from domain.actor import ENGINE
from domain.names import TaskName
from domain.programme import Programme, SetCapacity, SetPriority, queue_order
from domain.proposal import Wave
from domain.record import Batch
from domain.rollout import Claim, ClaimSlot, Rollout
from domain.steering import Pause, Resume, Stop
from domain.steps import ReopenStep
from domain.technology import ReorderWaves, Technology
from domain.technology import waits as technology_waits
from domain.work import Work, count_closed, open_steps, overdue_steps
from runtime.postgres import Postgres
from tests.catalogue.conftest import new_database
from tests.catalogue.eventful_life import eventful_life
from tests.catalogue.life import (
    OFFICE,
    RULES,
    Life,
    make_proposal,
    steps_to_do,
    vote_as_row,
    whole_life,
)


async def record(ledger: Ledger, life: Life) -> None:
    """Record all that happened in a life, in its order."""
    for batch in life.batches():
        await ledger.append(batch)


async def dump(connection: Lent) -> dict[str, list[str]]:
    """Everything that the projections hold."""
    return {
        table.name: sorted(
            str(tuple(row)) for row in await connection.fetch(f"SELECT * FROM catalogue.{table.name}")
        )
        for table in ALL
    }


@pytest.fixture(scope="module")
def finished() -> Life:
    """Return a life from the proposal to sustained."""
    return whole_life()


def troubled_life() -> Life:
    """A life in its middle: pauses, late tasks, steps to do again, a stopped board, reordered waves."""
    life = Life()
    life.open(capacity=3)
    stream = life.propose()
    other = life.propose(make_proposal("iecbt", boards=8))
    while not life.states[stream].released or len(life.states["programme/scotland"].queue) < 2:
        assert life.work()
    life.do("programme/scotland", SetPriority(actor=OFFICE, technology="iecbt", priority=1, reason="Demand."))
    life.do("programme/scotland", SetCapacity(actor=OFFICE, capacity=4, reason="A new post."))
    waiting = [wave for wave in life.states[stream].waves if wave.name not in life.states[stream].released]
    boards = [board for wave in waiting for board in wave.boards]
    reordered = (
        Wave(name="islands", boards=tuple(boards[-2:])),
        Wave(name="rest", boards=tuple(boards[:-2])),
    )
    life.do(stream, ReorderWaves(actor=OFFICE, waves=reordered, reason="The islands asked."))
    life.settle()
    life.work()
    life.do(other, Pause(actor=OFFICE, reason="An incident."))
    life.settle()
    life.let_time_pass(40)
    first, second, third = [
        name
        for name, state in sorted(life.states.items())
        if isinstance(state, Rollout) and state.stage == "replication" and not state.at_rest
    ][:3]
    life.do(first, Pause(actor=OFFICE, reason="Staff are away."))
    life.do(second, steps_to_do(life.states[second], life.now)[0])
    closed = [
        step.id
        for step in life.states[second].work.plan.steps
        if life.states[second].work.record(step.id).status.closed
    ]
    plan = life.states[second].work.plan.id
    life.do(second, ReopenStep(actor=OFFICE, plan=plan, step=closed[0], reason="It did not hold."))
    life.now += timedelta(days=3)
    life.do(first, Resume(actor=OFFICE, reason="They are back."))
    life.do(third, Stop(actor=OFFICE, reason="The board withdrew."))
    life.settle()
    return life


@pytest.fixture(scope="module")
def troubled() -> Life:
    """Return a life in the middle of its troubles."""
    return troubled_life()


@pytest.fixture(scope="module")
def eventful() -> Life:
    """Return a life in which everything happens to evidence and to decisions."""
    return eventful_life(1, 50)


@pytest.fixture(params=["finished", "troubled", "eventful"])
def life(request: pytest.FixtureRequest) -> Life:
    """Return each of the lives in turn."""
    lived: Life = request.getfixturevalue(request.param)
    return lived


def test_the_lives_hold_what_they_are_to_show(finished: Life, troubled: Life) -> None:
    """The tests below rest on lives in which everything happens."""
    assert {finished.states[f"rollout/ccbt/board-{number}"].stage for number in range(14)} == {
        "business-as-usual"
    }
    assert finished.states["technology/ccbt"].stage == "sustained"
    assert finished.states["technology/ccbt"].cycle == 2
    kinds = Counter(getattr(event, "kind", "") for life in (finished, troubled) for _, event in life.log)
    assert {
        *("step-reopened", "step-held", "step-overdue", "steps-rescheduled", "rag-changed", "paused"),
        *("resumed", "stopped", "waves-reordered", "wave-released", "pilot-cycle-started", "gate-decided"),
        *("capacity-set", "priority-set", "slot-claimed", "slot-awarded", "slot-returned"),
    } <= set(kinds)


async def test_every_journey_stands_in_the_catalogue_as_the_rules_fold_it(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """Stage, cycle, status, pauses, end and plan are those of the folded state."""
    await record(ledger, life)
    rows = {row["stream"]: row for row in await connection.fetch("SELECT * FROM catalogue.journeys")}
    assert set(rows) == set(life.journeys())
    for stream, state in life.journeys().items():
        row = rows[stream]
        assert (row["stage"], row["since"], row["cycle"], row["rag"]) == (
            *(state.stage, state.since, state.cycle, state.rag),
        ), stream
        held = {"own": row["paused_own"], "technology": row["paused_technology"]}
        assert {source: hold["reason"] for source, hold in held.items() if hold} == {
            source: hold.reason for source, hold in state.pauses.items()
        }, stream
        assert (row["stopped"] or {}).get("reason") == (state.stopped.reason if state.stopped else None)
        assert row["plan"] == (state.work.plan.id if state.work else None)


async def test_every_step_of_every_plan_at_hand_is_a_task_in_its_state(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """A task's every field is that of the folded record, and its name leads back to its workflow."""
    await record(ledger, life)
    for stream, state in life.journeys().items():
        if state.work is None:
            continue
        tasks = [
            task
            for task in await queries.list_tasks(connection, stream=stream)
            if task.plan == state.work.plan.id
        ]
        assert [task.step for task in tasks] == list(state.work.plan.by_id), stream
        for task in tasks:
            kept = state.work.record(task.step)
            assert (task.status, task.round, task.opened, task.due, task.overdue) == (
                *(kept.status, kept.round, kept.opened, kept.due, kept.overdue),
            ), task.id
            assert (task.closed, task.closed_by) == (kept.closed, kept.closed_by), task.id
            brought = [
                {"ref": entry.ref, **entry.evidence.model_dump(mode="json")}
                for entry in state.on_record.values()
                if (entry.plan, entry.step) == (task.plan, task.step) and not entry.set_aside
            ]
            assert list(task.given) == brought, task.id
            assert task.draws_on == state.work.plan.by_id[task.step].draws_on
            name = TaskName.parse(task.id)
            assert name is not None
            assert name.workflow == stream
            assert await queries.show_task(connection, task.id) == task


async def test_open_and_overdue_tasks_are_found_by_board_role_and_technology(
    troubled: Life, ledger: Ledger, connection: Connection
) -> None:
    """Tasks of a stopped rollout are no longer open."""
    await record(ledger, troubled)
    going = {stream: state for stream, state in troubled.journeys().items() if state.stopped is None}
    expected = {stream: open_steps(state.work) for stream, state in going.items() if state.work}
    tasks = await queries.list_tasks(connection, status="open")
    assert Counter(task.stream for task in tasks) == {
        stream: len(steps) for stream, steps in expected.items() if steps
    }
    late = await queries.list_tasks(connection, overdue=True)
    assert len(late) == sum(len(overdue_steps(state.work)) for state in going.values() if state.work) > 0
    board = late[0].board
    assert board is not None
    assert {task.board for task in await queries.list_tasks(connection, board=board)} == {board}
    assert await queries.list_tasks(connection, role="nobody") == ()
    ours = await queries.list_tasks(connection, technology="iecbt", role="team", status="open")
    assert ours
    assert all(task.at_rest for task in ours)


async def test_rollouts_show_their_wave_their_progress_and_their_slot(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """Boards that have not started are shown as planned, in the order of the waves."""
    await record(ledger, life)
    office: Programme = life.states["programme/scotland"]
    for technology in life.journeys().values():
        if not isinstance(technology, Technology):
            continue
        rollouts = await queries.list_rollouts(connection, technology=technology.proposal.technology)
        planned = [(board, wave.name) for wave in technology.waves for board in wave.boards]
        assert [(rollout.board, rollout.wave) for rollout in rollouts] == planned
        for rollout in rollouts:
            state = life.states.get(rollout.stream)
            if state is None:
                assert (rollout.stage, rollout.since, rollout.total) == ("planned", None, 0)
                continue
            assert rollout.stage == state.stage
            work: Work | None = state.work
            assert (rollout.open, rollout.closed, rollout.total) == (
                (len(open_steps(work)), count_closed(work), len(work.plan.steps)) if work else (0, 0, 0)
            )
            slot = "held" if rollout.stream in office.slots else None
            assert rollout.slot == ("queued" if rollout.stream in office.queue else slot)
            assert rollout.playbook == state.adopted
            assert (rollout.paused is None) == (not state.pauses)


async def test_technologies_show_their_waves_their_playbook_and_their_boards(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """Also after the waves were reordered."""
    await record(ledger, life)
    for technology in await queries.list_technologies(connection):
        state: Technology = life.states[f"technology/{technology.slug}"]
        live = [report for report in state.reports.values() if report.stage == "business-as-usual"]
        assert (technology.stage, technology.boards_live) == (state.stage, len(live))
        assert technology.playbook == (state.playbook.version if state.playbook else None)
        card = await queries.show_technology(connection, technology.slug)
        assert card is not None
        assert [(wave.name, wave.boards) for wave in card.waves] == [
            (wave.name, wave.boards) for wave in state.waves
        ]
        assert {wave.name for wave in card.waves if wave.released} == set(state.released)
        assert [rollout.board for rollout in card.rollouts] == [
            board for wave in state.waves for board in wave.boards
        ]
        assert [track.area for track in card.workstreams] == ["adoption", "infrastructure"]
        assert technology.open == sum(
            len(open_steps(journey.work))
            for stream, journey in life.journeys().items()
            if journey.work and not journey.stopped and stream.split("/")[1] == technology.slug
        )


async def test_decisions_and_steering_are_kept_with_who_when_and_why(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """Nothing that anybody decided is missing."""
    await record(ledger, life)
    for stream, state in life.journeys().items():
        decisions = await queries.list_decisions(connection, stream=stream)
        assert [(decision.gate, decision.outcome, decision.at, decision.name) for decision in decisions] == [
            (decision.gate, decision.outcome, decision.at, decision.name) for decision in state.decisions
        ], stream
        for shown, decided in zip(decisions, state.decisions, strict=True):
            assert [asdict(it) for it in shown.judgements] == [it.model_dump() for it in decided.judgements]
            assert [asdict(it) for it in shown.votes] == [vote_as_row(it) for it in decided.votes]
            assert shown.waivers == decided.waivers
    acts = {"paused", "resumed", "stopped", "waves-reordered", "capacity-set", "priority-set"}
    acts |= {"playbook-published", "technology-changed"}
    expected = Counter(kind for _, event in life.log if (kind := getattr(event, "kind", "")) in acts)
    assert Counter(step.act for step in await queries.list_steering(connection)) == expected


async def test_the_queue_is_shown_in_the_order_of_serving(ledger: Ledger, connection: Connection) -> None:
    """Who only says whether they are ready keep their place; who asks again joins at the end."""
    life, office = Life(), "programme/scotland"
    life.open(capacity=2)

    def claim(technology: str, board: str, *, wanted: bool = True, ready: bool = True) -> None:
        life.now += timedelta(hours=1)
        wish = Claim(technology=technology, board=board, wanted=wanted, ready=ready)
        life.do(office, ClaimSlot(actor=ENGINE, claim=wish))

    for technology in ("a", "b", "c"):
        for board in ("fife", "orkney", "tayside"):
            claim(technology, board)
    claim("c", "orkney", ready=False)
    claim("a", "tayside", ready=False)
    claim("a", "tayside", ready=True)
    claim("b", "fife", wanted=False)
    claim("b", "fife")
    claim("a", "fife", wanted=False)
    life.do(office, SetPriority(actor=OFFICE, technology="c", priority=1, reason="Demand."))
    life.do(office, SetCapacity(actor=OFFICE, capacity=1, reason="A post is vacant."))
    await record(ledger, life)

    state: Programme = life.states[office]
    programme = await queries.show_programme(connection, "scotland")
    assert programme is not None
    assert programme.capacity == 1
    assert {(slot.technology, slot.board, slot.since) for slot in programme.slots} == {
        (slot.technology, slot.board, slot.since) for slot in state.slots.values()
    }
    ready = [(slot.technology, slot.board, slot.since) for slot in programme.queue if slot.ready]
    assert ready == [(place.technology, place.board, place.since) for place in queue_order(state)]
    assert len(programme.queue) == len(state.queue) == len(ready) + 1
    assert programme.queue[-1].board == "orkney"
    assert [(rank.technology, rank.priority) for rank in programme.priorities] == [("c", 1)]
    assert await queries.list_programmes(connection) == (programme,)


async def test_what_waits_on_whom_is_what_the_rules_say(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """The tables and the Temporal UI tell people the same."""
    await record(ledger, life)
    for stream, state in life.journeys().items():
        rules = RULES[stream.partition("/")[0]]
        shown = await queries.list_waits(connection, stream=stream)
        # What a technology waits for from its boards and tracks shows at those.
        expected = rules.waits(state) if not isinstance(state, Technology) else own_waits(state)
        held_up = [] if state.at_rest or not state.held_up else [("technology", state.held_up, None, False)]
        assert Counter((wait.on, wait.what, wait.due, wait.overdue) for wait in shown) == Counter(
            [*((wait.on, wait.what, wait.due, wait.late) for wait in expected), *held_up]
        ), stream
        since = {(wait.on, wait.what): wait.since for wait in expected}
        for wait in shown:
            assert wait.since == since.get((wait.on, wait.what), wait.since), wait


def own_waits(state: Technology) -> list[Any]:
    """What a technology itself waits for; what it waits for from boards and tracks shows at those."""
    others = {*state.proposal.workstreams, *(board for wave in state.waves for board in wave.boards)}
    return [wait for wait in technology_waits(state) if wait.on not in others]


async def test_a_gate_that_waits_is_found_by_name_role_and_stream(
    ledger: Ledger, connection: Connection
) -> None:
    """The name that people type leads to it."""
    life = Life()
    life.open()
    stream = life.propose()
    while life.states[stream].gate is None:
        life.now += timedelta(days=1)
        for command in steps_to_do(life.states[stream], life.now):
            life.do(stream, command)
    await record(ledger, life)
    (gate,) = await queries.list_gates(connection)
    assert (gate.name, gate.stream, gate.title) == ("ccbt/national/begin", stream, "Begin")
    assert (gate.roles, gate.outcomes["go"], gate.since) == (("npt",), "proceed", life.now)
    assert await queries.list_gates(connection, role="npt", technology="ccbt", stream=stream) == (gate,)
    assert await queries.list_gates(connection, role="lead") == ()
    assert await queries.show_gate(connection, "ccbt/national/begin") == gate
    assert await queries.show_gate(connection, "ccbt/fife/begin") is None


async def test_a_published_playbook_can_be_read_again(
    finished: Life, ledger: Ledger, connection: Connection
) -> None:
    """All of its content, and who published it."""
    await record(ledger, finished)
    playbook = await queries.show_playbook(connection, "ccbt")
    assert playbook is not None
    assert (playbook.version, playbook.id, playbook.published_by) == (1, "standard", OFFICE.name)
    assert playbook.content["sections"] == {"training": "Train everyone."}
    assert await queries.list_playbooks(connection, "ccbt") == (playbook,)
    assert await queries.show_playbook(connection, "ccbt", version=2) is None


async def test_coverage_shows_the_furthest_rollout_and_never_a_usage(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """Every board that is planned is shown."""
    await record(ledger, life)
    cells = await queries.coverage(connection, service="ccbt")
    assert len(cells) == 14
    for cell in cells:
        state = life.states.get(f"rollout/ccbt/{cell.board}")
        assert cell.status == (state.stage if state else "planned")
        assert cell.stopped == bool(state and state.stopped)
        assert cell.usage is None
    one = await queries.coverage(connection, service="ccbt", board="board-3")
    assert [cell.board for cell in one] == ["board-3"]


async def test_a_watcher_sees_the_whole_at_one_moment(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """The parts of a snapshot belong together, and it can become JSON."""
    await record(ledger, life)
    snapshot = await queries.watch(connection, "ccbt")
    assert snapshot is not None
    assert len(snapshot.rollouts) == 14
    assert snapshot.waits == await queries.list_waits(connection, technology="ccbt")
    assert asdict(snapshot)["technology"]["slug"] == "ccbt"
    assert await queries.watch(connection, "none") is None
    card = await queries.show_rollout(connection, "ccbt", "board-3")
    assert card is not None
    assert card.title == "CCBT"
    assert len(card.tasks) == card.rollout.total
    assert await queries.show_rollout(connection, "ccbt", "nowhere") is None


async def test_a_rebuild_comes_to_the_same_tables(
    life: Life, ledger: Ledger, pool: Pool, connection: Connection
) -> None:
    """Whatever was damaged in between."""
    await record(ledger, life)
    before = await dump(connection)
    await connection.execute("DELETE FROM catalogue.tasks")
    await connection.execute("UPDATE catalogue.journeys SET stage = 'spoilt'")
    assert await rebuild(pool) == len(life.log)
    assert await dump(connection) == before


async def test_an_eventful_life_leaves_rows_in_every_table(
    eventful: Life, ledger: Ledger, connection: Connection
) -> None:
    """A table that stays empty would be the same after every rebuild."""
    await record(ledger, eventful)
    held = await dump(connection)
    assert {name for name, rows in held.items() if not rows} <= {"entities", "priorities"}


async def test_an_append_waits_for_a_rebuild_and_is_not_lost(
    finished: Life, ledger: Ledger, pool: Pool, connection: Connection
) -> None:
    """Rebuilding while events come in ends in the same tables as rebuilding afterwards."""
    batches = list(finished.batches())
    half = len(batches) // 2
    for batch in batches[:half]:
        await ledger.append(batch)

    async def go_on() -> None:
        for batch in batches[half:]:
            await ledger.append(batch)

    await asyncio.gather(go_on(), rebuild(pool), rebuild(pool))
    after = await dump(connection)
    await rebuild(pool)
    assert await dump(connection) == after
    rows = await connection.fetch("SELECT stage FROM catalogue.journeys WHERE kind = 'technology'")
    assert [row["stage"] for row in rows] == ["sustained"]


@pytest.mark.parametrize("seed", range(3))
async def test_the_order_in_which_streams_are_recorded_does_not_matter(
    life: Life, postgres: Postgres, ledger: Ledger, connection: Connection, seed: int
) -> None:
    """Each row has one stream as its writer."""
    await record(ledger, life)
    expected = await dump(connection)
    async for other in new_database(postgres):
        pool = await open_pool(other.url)
        for batch in shuffled(list(life.batches()), seed):
            await Ledger(pool).append(batch)
        async with pool.acquire() as lent:
            assert await dump(lent) == expected
        await pool.close()


def shuffled(batches: list[Batch], seed: int) -> list[Batch]:
    """The batches with their streams mixed, each stream's own still in order."""
    chance = random.Random(seed)
    streams = [batch.stream for batch in batches]
    chance.shuffle(streams)
    left: dict[str, list[Batch]] = {}
    for batch in batches:
        left.setdefault(batch.stream, []).append(batch)
    return [left[stream].pop(0) for stream in streams]
