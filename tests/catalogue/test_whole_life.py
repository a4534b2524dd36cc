import asyncio
import random
import statistics
from collections import Counter
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from catalogue.connection import Connection, Lent, Pool
from catalogue.database import open_pool
from catalogue.ledger import Ledger
from catalogue.lives import read_life, read_lives
from catalogue.offices import read_office, show_office
from catalogue.projections.tables import ALL
from catalogue.queries.durations import list_durations
from catalogue.rebuild import rebuild
from domain.actor import ENGINE
from domain.editions import EditionAdopted
from domain.journey import Journey
from domain.names import TaskName
from domain.office_commands import SetCapacity, SetPriority
from domain.programme import Programme
from domain.proposal import Wave
from domain.record import Batch
from domain.rollout import ClaimSlot, Rollout
from domain.rollout_briefs import Claim
from domain.rollout_waits import waits as rollout_waits
from domain.service import service_order
from domain.standing import common_waits
from domain.steering import Pause, Resume, Stop
from domain.steps import ReopenStep
from domain.technology import Technology
from domain.technology_progress import frozen_at
from domain.technology_waits import waits as technology_waits
from domain.tracks import tracks_of
from domain.waiting import Wait
from domain.waves import ReorderWaves
from domain.work import Work, count_closed, open_steps, overdue_steps
from runtime.postgres import Postgres
from tests.catalogue import queries
from tests.catalogue.changing_life import changing_life
from tests.catalogue.conftest import new_database
from tests.catalogue.eventful_life import eventful_life
from tests.catalogue.halting_life import halting_life
from tests.catalogue.life import OFFICE, RULES, Life, make_proposal, steps_to_do, vote_as_row, whole_life
from tests.catalogue.tracks_life import SLOW, tracks_life
from tests.catalogue.turning_life import turning_life


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
    return eventful_life(24, 80)


@pytest.fixture(scope="module")
def changing() -> Life:
    """Return a life in which one version of the playbook comes after the other."""
    return changing_life()


@pytest.fixture(scope="module")
def turning() -> Life:
    """Return a life in which direction is changed again and again."""
    return turning_life()


@pytest.fixture(scope="module")
def tracked() -> Life:
    """Return a life in which boards await what the parallel tracks are to make ready."""
    return tracks_life()


@pytest.fixture(scope="module")
def halting() -> Life:
    """Return a life in which the line is stopped several times over, and one halt is still in force."""
    return halting_life()


@pytest.fixture(params=["finished", "troubled", "eventful", "changing", "turning", "tracked", "halting"])
def life(request: pytest.FixtureRequest) -> Life:
    """Return each of the lives in turn."""
    lived: Life = request.getfixturevalue(request.param)
    return lived


def test_the_lives_hold_what_they_are_to_show(finished: Life, troubled: Life, turning: Life) -> None:
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
        "board-sustained",
    } <= set(kinds)
    turns = Counter(getattr(event, "kind", "") for _, event in turning.log)
    assert {
        *("waves-reordered", "wave-paused", "wave-resumed", "wave-stopped", "board-added", "pilot-swapped"),
        *("wave-released", "cycle-started"),
    } <= set(turns), turns
    assert turning.states["technology/ccbt"].former_pilots


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
            and (task.dropped is None or task.step in state.work.plan.by_id)
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


def test_the_life_in_which_versions_come_holds_what_it_is_to_show(changing: Life) -> None:
    """Boards adopt and decline, steps come, go, come back and are done again."""
    kinds = Counter(getattr(event, "kind", "") for _, event in changing.log)
    assert min(kinds["edition-adopted"], kinds["edition-declined"]) > 5
    adoptions = [event for _, event in changing.log if isinstance(event, EditionAdopted)]
    for name in ("kept", "added", "reopened", "held", "resumed", "dropped", "due", "records", "past"):
        assert any(getattr(event.migration, name) for event in adoptions), name
    assert any(event.unapplied for event in adoptions)
    assert any(
        state.work.past for state in changing.states.values() if isinstance(state, Rollout) and state.work
    )


async def test_what_was_dropped_is_no_longer_to_be_done_and_what_was_done_of_it_still_shows(
    changing: Life, ledger: Ledger, connection: Connection
) -> None:
    """A completed task stays completed, and says which version dropped it."""
    await record(ledger, changing)
    for stream, state in changing.journeys().items():
        if not isinstance(state, Rollout) or state.work is None or state.adopted is None:
            continue
        tasks = [
            it for it in await queries.list_tasks(connection, stream=stream) if it.plan == state.work.plan.id
        ]
        gone = {it.step: it for it in tasks if it.dropped is not None}
        assert not set(gone) & set(state.work.plan.by_id)
        kept = {step: it for step, it in state.work.past.items() if it.status.closed}
        assert {step for step, it in gone.items() if it.status != "dropped"} == set(kept)
        for step, was in kept.items():
            task = gone[step]
            assert (task.status, task.round, task.closed, task.closed_by) == (
                *(was.status, was.round, was.closed, was.closed_by),
            )
            assert task.dropped is not None
            assert 1 < task.dropped <= state.adopted


async def test_how_long_boards_took_is_told_in_days_of_the_plan_and_without_pauses(
    changing: Life, ledger: Ledger, connection: Connection
) -> None:
    """Of each step the median and the range over the boards that completed it, beside what is planned."""
    await record(ledger, changing)
    playbook = changing.states["technology/ccbt"].playbook
    plans = (playbook.implementation, playbook.handover)
    expected = worked(changing, [plan.id for plan in plans])
    found = await list_durations(connection, "ccbt")
    steps = [step for plan in plans for step in plan.steps]
    assert [(it.step, it.planned) for it in found][: len(steps)] == [(it.id, it.duration) for it in steps]
    assert {(it.plan, it.step) for it in found if it.boards} == set(expected)
    for it in found:
        if times := expected.get((it.plan, it.step)):
            middle = statistics.median(time.total_seconds() for time in times)
            assert (it.boards, it.least, it.most) == (len(times), min(times), max(times))
            assert it.median == timedelta(seconds=middle)
    assert any(it.enough for it in found)


def worked(life: Life, plans: list[str]) -> dict[tuple[str, str], list[timedelta]]:
    """How long each board took for each step that it has completed, as its state said at any time."""
    times: dict[tuple[str, str, str], timedelta] = {}
    states: dict[str, Any] = {}
    for stream, event in life.log:
        states[stream] = RULES[stream.partition("/")[0]].evolve(states.get(stream), event)
        work = states[stream].work if isinstance(states[stream], Rollout) else None
        if work is None or work.plan.id not in plans:
            continue
        for step, kept in {**work.past, **work.records}.items():
            times.pop((stream, work.plan.id, step), None)
            if kept.status == "completed":
                times[stream, work.plan.id, step] = kept.closed - kept.opened - kept.lost
    by_step: dict[tuple[str, str], list[timedelta]] = {}
    for (_, plan, step), time in times.items():
        by_step.setdefault((plan, step), []).append(time)
    return by_step


async def test_a_life_is_read_back_from_the_ledger_as_the_rules_fold_it(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """Of every aggregate, one by one or many at once; of an unknown one there is nothing."""
    await record(ledger, life)
    states = {stream: state for stream, state in life.states.items() if state is not None}
    assert await read_lives(connection, [*states, "rollout/ccbt/nowhere"]) == states
    stream = next(iter(states))
    assert await read_life(connection, stream) == states[stream]
    assert await read_life(connection, "rollout/ccbt/nowhere") is None


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
            assert rollout.latest == (technology.playbook.version if technology.playbook else None)
            assert rollout.offered == (state.offer.edition.version if state.offer else None)
            assert rollout.offered_since == (state.offer.since if state.offer else None)
            declined = state.offer.declined if state.offer else None
            assert (rollout.declined.reason if rollout.declined else None) == (
                declined.reason if declined else None
            )
            assert (rollout.paused is None) == (not state.pauses)
            assert rollout.halted == tuple(halt.number for halt in state.halting)


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
        assert {wave.name for wave in card.waves if wave.paused} == set(state.waves_paused)
        assert {wave.name for wave in card.waves if wave.stopped} == set(state.waves_stopped)
        assert {rollout.board for rollout in card.rollouts if rollout.pilot} == set(state.pilots)
        assert [rollout.board for rollout in card.rollouts] == [
            board for wave in state.waves for board in wave.boards
        ]
        areas = [(track.area, track.board) for track in card.workstreams]
        assert areas[:2] == [("adoption", None), ("infrastructure", None)]
        at_boards = life.states[f"technology/{card.technology.slug}"].proposal.board_workstreams
        started = sorted(rollout.board for rollout in card.rollouts if rollout.stage != "planned")
        assert areas[2:] == [(area, board) for board in started for area in sorted(at_boards)]
        assert technology.open == sum(
            len(open_steps(journey.work))
            for stream, journey in life.journeys().items()
            if journey.work and not journey.stopped and stream.split("/")[1] == technology.slug
        )


async def test_halts_are_shown_as_each_life_knows_them(
    halting: Life, ledger: Ledger, connection: Connection
) -> None:
    """Since when, what goes on, whether it freezes this life, and how it was released."""
    await record(ledger, halting)
    seen: set[tuple[bool, bool]] = set()
    for stream, state in halting.journeys().items():
        rows = await queries.list_halts(connection, stream=stream)
        assert [it.number for it in rows] == sorted(state.halts)
        for row in rows:
            halt = state.halts[row.number]
            assert (row.concern, row.owner, row.version) == (halt.concern, halt.owner, halt.version)
            assert (row.may_continue, row.allowance) == (halt.may_continue, halt.allowance)
            assert (row.released is None) == halt.in_force
            assert row.freezes == state.is_concerned_by(halt), stream
            assert row.about == halt.about
            seen.add((row.freezes, halt.in_force))
        tasks = await queries.list_tasks(connection, stream=stream)
        work = state.work
        steps = {} if work is None else {(work.plan.id, step.id): step for step in work.plan.steps}
        for task in tasks:
            if (step := steps.get((task.plan, task.step))) is None:
                continue
            assert task.at_rest == (not state.lets(step)), task.id
            frozen_by = [halt.number for halt in state.halting if not halt.lets(step)]
            assert task.halted_by == (frozen_by[0] if frozen_by else None), task.id
    assert seen == {(freezes, held) for freezes in (True, False) for held in (True, False)}


async def test_the_catalogue_says_how_far_the_line_has_stopped(
    halting: Life, ledger: Ledger, connection: Connection
) -> None:
    """Of each halt the boards that it concerns and those that have heard, as their technology knows."""
    await record(ledger, halting)
    technology = halting.states["technology/ccbt"]
    for freezing in await queries.list_freezing(connection, "ccbt"):
        halt = technology.halts[freezing.number]
        frozen, still = frozen_at(technology, halt)
        if halt.in_force:
            assert freezing.frozen == frozen
            assert freezing.concerned == tuple(sorted((*frozen, *still)))
            assert freezing.complete
            assert (freezing.seconds is None) == (not frozen)
    (one,) = await queries.list_freezing(connection, "ccbt", 1)
    assert one.number == 1


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
    acts |= {"wave-paused", "wave-resumed", "wave-stopped", "board-added", "pilot-swapped"}
    acts |= {"playbook-published", "technology-changed", "edition-adopted", "edition-declined"}
    acts |= {"halted", "halt-released"}
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
    shown = await show_office(connection, "scotland")
    assert shown is not None
    assert next(it for it in shown.limits if it.limit == "national/developing").most == 1
    assert {(it.name, it.since) for it in shown.slots} == {(it.name, it.since) for it in state.slots.values()}
    ready = [(it.name, it.since) for it in shown.queue if it.ready]
    assert ready == [(place.name, place.since) for place in service_order(state)]
    assert len(shown.queue) == len(state.queue) == len(ready) + 1
    assert shown.queue[-1].board == "orkney"
    assert [(rank.technology, rank.priority) for rank in shown.priorities] == [("c", 1)]
    assert await read_office(connection, "scotland") == state
    programme = await queries.show_programme(connection, "scotland")
    assert await queries.list_programmes(connection) == (programme,)


async def test_what_waits_on_whom_is_what_the_rules_say(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """The tables and the Temporal UI tell people the same."""
    await record(ledger, life)
    for stream, state in life.journeys().items():
        shown = await queries.list_waits(connection, stream=stream)
        expected = own_waits(state)
        # A board is told beside its own waits what its technology says that keeps its gates shut.
        why = state.direction.held_up if isinstance(state, Rollout) else ""
        held_up = [("technology", why, None, False)] if why and not state.at_rest else []
        assert Counter((wait.on, wait.what, wait.due, wait.overdue) for wait in shown) == Counter(
            [*((wait.on, wait.what, wait.due, wait.late) for wait in expected), *held_up]
        ), stream
        since = {(wait.on, wait.what): wait.since for wait in expected}
        known = {(wait.on, wait.what): (str(wait.kind), wait.name) for wait in expected}
        for wait in shown:
            told = (wait.kind, wait.name)
            assert told == known.get((wait.on, wait.what), told), wait
            assert wait.since == since.get((wait.on, wait.what), wait.since), wait


def own_waits(state: Journey) -> tuple[Wait, ...]:
    """What a life itself waits for; what a technology waits for from boards and tracks shows at those."""
    if isinstance(state, Rollout):
        return rollout_waits(state)
    if not isinstance(state, Technology):
        return common_waits(state)
    boards = [board for wave in state.waves for board in wave.boards]
    others = {*boards, *(track.name for track in tracks_of(state.proposal, boards))}
    return tuple(wait for wait in technology_waits(state) if wait.on not in others)


async def test_a_board_awaits_what_the_tracks_have_not_made_ready(
    tracked: Life, ledger: Ledger, connection: Connection
) -> None:
    """It is held up at its gate, is told before that what is late, and the cards name what is awaited."""
    await record(ledger, tracked)
    at_gate, before = tracked.states["rollout/ccbt/board-0"], tracked.states[SLOW]
    assert at_gate.at_go_live
    assert not before.at_go_live
    kinds = {}
    for state in (at_gate, before):
        card = await queries.show_rollout(connection, "ccbt", state.brief.board)
        assert card is not None
        assert card.rollout.held_up == state.held_up
        assert [(it.infrastructure, it.task, it.due, it.late) for it in card.awaits] == [
            (it.infrastructure, it.task, it.due, it.late) for it in state.direction.awaits
        ]
        assert [track.board for track in card.workstreams] == [state.brief.board]
        kinds[state.brief.board] = {
            wait.kind for wait in card.waits if wait.name in {it.task for it in state.direction.awaits}
        }
    assert kinds == {"board-0": {"infrastructure"}, "board-1": {"dependency"}}
    shown = await queries.show_technology(connection, "ccbt")
    assert shown is not None
    assert {(it.infrastructure, it.board, it.late) for it in shown.awaits} == {
        ("training-platform", None, True),
        ("digital-team", "board-0", True),
    }
    (told,) = await queries.list_waits(connection, stream="technology/ccbt")
    assert (told.name, told.overdue) == ("ccbt/workstream/infrastructure/step-4", True)


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


def boards_of(life: Life) -> int:
    """How many boards take part in the technology, with those that joined."""
    state: Technology = life.states["technology/ccbt"]
    return sum(len(wave.boards) for wave in state.waves)


async def test_coverage_shows_the_furthest_rollout_and_never_a_usage(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """Every board that is planned is shown."""
    await record(ledger, life)
    cells = await queries.coverage(connection, service="ccbt")
    assert len(cells) == boards_of(life)
    for cell in cells:
        state = life.states.get(f"rollout/ccbt/{cell.board}")
        assert cell.status == (state.stage if state else "planned")
        never = any(
            cell.board in wave.boards and wave.name in life.states["technology/ccbt"].waves_stopped
            for wave in life.states["technology/ccbt"].waves
        )
        assert cell.stopped == bool(state.stopped if state else never)
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
    assert len(snapshot.rollouts) == boards_of(life)
    assert snapshot.waits == await queries.list_waits(connection, technology="ccbt")
    assert asdict(snapshot)["technology"]["slug"] == "ccbt"
    assert await queries.watch(connection, "none") is None
    card = await queries.show_rollout(connection, "ccbt", "board-3")
    assert card is not None
    assert card.title == "CCBT"
    assert len([task for task in card.tasks if task.dropped is None]) == card.rollout.total
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
