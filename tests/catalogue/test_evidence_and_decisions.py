from collections import Counter
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from catalogue.connection import Connection
from catalogue.ledger import Ledger
from catalogue.queries.case import case_of, definition_of
from domain.criterion import judge
from domain.docket import Docket
from domain.evidence import Entry, digest, has_expired, in_force
from domain.gate import Gate, Note
from domain.journey import Journey
from domain.judging import judge_gate
from domain.rollout import Rollout
from domain.steering import Pause, Resume
from domain.technology import Technology
from tests.catalogue import queries
from tests.catalogue.eventful_life import eventful_life
from tests.catalogue.life import OFFICE, Life, steps_to_do, vote_as_row
from tests.catalogue.test_whole_life import record

LIVES = ((7, 80), (11, 80))


@pytest.fixture(params=LIVES, ids=[f"seed-{seed}" for seed, _ in LIVES])
def life(request: pytest.FixtureRequest) -> Life:
    """Return each of the eventful lives in turn."""
    return eventful_life(*request.param)


def test_the_lives_hold_what_they_are_to_show() -> None:
    """The tests below rest on lives in which everything happens to evidence and decisions."""
    kinds = Counter(getattr(event, "kind", "") for told in LIVES for _, event in eventful_life(*told).log)
    assert {
        *("evidence-added", "evidence-withdrawn", "evidence-expired", "check-signed", "technology-changed"),
        *("gate-opened", "gate-withdrawn", "gate-reopened", "gate-escalated", "gate-decided", "vote-cast"),
        *("objection-raised", "objection-answered", "waiver-asked", "waiver-granted", "condition-met"),
        *("trial-started", "trial-studied", "trial-decided", "step-reopened", "wave-released", "resumed"),
    } <= set(kinds)
    entries = [
        entry
        for told in LIVES
        for state in eventful_life(*told).journeys().values()
        for entry in state.on_record.values()
    ]
    standings = {standing_of(entry, eventful_life(*LIVES[0]).now) for entry in entries}
    assert standings == {"in force", "expired", "superseded", "withdrawn", "set aside"}


def standing_of(entry: Entry, now: datetime) -> str:
    """The standing of evidence in one word."""
    if entry.withdrawn is not None:
        return "withdrawn"
    if entry.superseded_by is not None:
        return "superseded"
    if entry.set_aside:
        return "set aside"
    return "expired" if has_expired(entry, now.date()) else "in force"


def gate_name(state: Journey, gate: str) -> str:
    """The name under which people find a gate."""
    return f"{state.stream.split('/')[1]}/{state.board or 'national'}/{gate}"


def told(note: Note | None) -> dict[str, Any] | None:
    """A note as a row holds it."""
    return None if note is None else note.model_dump()


async def test_evidence_stands_in_the_catalogue_as_the_registers_hold_it(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """Each entry's every field, its standing, and the passed gates that rest on it, here or elsewhere."""
    await record(ledger, life)
    relying: dict[str, list[str]] = {}
    for state in life.journeys().values():
        for decision in state.docket.passed:
            for ref in decision.relied_on:
                relying.setdefault(ref, []).append(gate_name(state, decision.gate))
    today = life.now.date()
    for stream, state in life.journeys().items():
        shown = await queries.list_evidence(connection, today=today, stream=stream, ended=True)
        assert [it.ref for it in shown] == list(state.on_record), stream
        for row, entry in zip(shown, state.on_record.values(), strict=True):
            assert row.content == entry.evidence.model_dump(mode="json")
            assert row.digest == digest(entry.evidence)
            assert (row.version, row.plan, row.step) == (entry.version, entry.plan, entry.step), row.ref
            assert (row.at, row.name, row.role) == (entry.at, entry.name, entry.role)
            assert row.superseded_by == entry.superseded_by
            assert (row.withdrawn and asdict(row.withdrawn)) == (
                entry.withdrawn and entry.withdrawn.model_dump(exclude={"people"})
            )
            assert row.standing == standing_of(entry, life.now), row.ref
            assert sorted(row.relied_on) == sorted(relying.get(row.ref, [])), row.ref
            assert (row.evidence, row.kind) == (entry.evidence.id, entry.evidence.kind)
            assert await queries.show_evidence(connection, row.ref, today=today) == row


async def test_evidence_is_found_by_board_slug_and_the_day_by_which_it_expires(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """What was taken back is left out unless it is asked for."""
    await record(ledger, life)
    today = life.now.date()
    everything = await queries.list_evidence(connection, today=today, ended=True)
    standing = await queries.list_evidence(connection, today=today)
    assert standing == tuple(it for it in everything if it.standing in {"in force", "expired"})
    assert await queries.list_evidence(connection, today=today, board="board-0") == tuple(
        it for it in standing if it.board == "board-0"
    )
    assert await queries.list_evidence(connection, today=today, technology="ccbt", evidence="dpia") == tuple(
        it for it in standing if (it.technology, it.evidence) == ("ccbt", "dpia")
    )
    assert await queries.list_evidence(connection, today=today, expiring_by=today) == tuple(
        it for it in standing if it.expires is not None and it.expires <= today
    )
    assert await queries.show_evidence(connection, "ccbt/nowhere/dpia/1", today=today) is None


async def test_a_case_is_judged_in_the_catalogue_as_in_the_life(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """What people see before they decide is what the rules will answer, at every gate of every life."""
    await record(ledger, life)
    judged: Counter[str] = Counter()
    for stream, state in life.journeys().items():
        case = await case_of(connection, stream)
        assert case is not None
        if state.stopped is not None:
            continue  # nobody decides there any more, and it hears no longer what its technology says
        assert case.held == state.held, stream
        assert list(case.held) == list(state.held)
        assert (case.version, case.held_up) == (state.version, state.held_up), stream
        for gate in gates_of(state):
            found = tuple(judge(it, case.held, case.version, life.now) for it in gate.criteria)
            assert found == judge_gate(state, gate, life.now)
            judged.update(str(judgement.result) for judgement in found)
    assert len(judged) >= 3
    assert await case_of(connection, "technology/none") is None


def gates_of(state: Journey) -> tuple[Gate, ...]:
    """The gates of a life."""
    match state:
        case Rollout():
            return (state.brief.go_live, state.brief.handover)
        case Technology():
            gates = state.proposal.gates
            return (gates.begin, gates.scale, gates.approve_playbook, gates.release, gates.sustain)
        case _:
            return ()


async def test_a_pause_gives_a_gate_time_in_the_tables_too(ledger: Ledger, connection: Connection) -> None:
    """The event with which the pause ends says until when."""
    life = Life()
    life.open()
    stream = life.propose()
    while life.journeys()[stream].gate is None:
        for command in steps_to_do(life.journeys()[stream], life.now):
            life.do(stream, command)
    for days in (3, 4):
        life.do(stream, Pause(actor=OFFICE, reason="Flood."))
        life.let_time_pass(days)
        life.do(stream, Resume(actor=OFFICE, reason="Dry."))
    await record(ledger, life)
    (gate,) = await queries.list_gates(connection, stream=stream)
    matter = life.journeys()[stream].gate
    assert matter is not None
    assert gate.due == matter.due == matter.since + timedelta(days=17)


async def test_every_gate_that_waits_is_shown_with_all_that_was_said_at_it(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """Several can wait in one life; what was stopped waits for nothing; pauses give a gate time."""
    await record(ledger, life)
    waiting = 0
    for stream, state in life.journeys().items():
        rows = {row.gate: row for row in await queries.list_gates(connection, stream=stream)}
        matters = {matter.gate.id: matter for matter in state.docket.matters}
        assert set(rows) == set(matters), stream
        waiting += len(matters)
        for gate, matter in matters.items():
            row = rows[gate]
            assert definition_of(row) == matter.gate
            assert (row.since, row.due, row.because, row.escalated) == (
                *(matter.since, matter.due, matter.because, matter.escalated),
            ), row.name
            assert row.asked_by == matter.asked_by
            assert {vote.role: asdict(vote) for vote in row.votes} == {
                role: vote_as_row(vote) for role, vote in matter.votes.items()
            }
            escalated = matter.gate.escalates_to if matter.escalated else ()
            assert row.roles == tuple(dict.fromkeys((*matter.gate.decides, *escalated)))
            assert [it.number for it in row.objections] == [
                it.number for it in state.docket.objections if it.gate == gate
            ]
            assert [it.number for it in row.waivers] == [
                it.number for it in state.docket.waivers if it.gate == gate
            ]
            assert bool(row.held_up) == bool(state.held_up or state.docket.earlier_review(gate))
            assert row.at_rest == state.at_rest
            assert await queries.show_gate(connection, row.name) == row
            for role in row.roles:
                assert row in await queries.list_gates(connection, role=role)
    assert waiting


async def test_what_decisions_depend_on_is_shown_with_who_said_it(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """Objections, waivers and conditions; a condition lapses once its gate is decided again."""
    await record(ledger, life)
    for stream, state in life.journeys().items():
        docket: Docket = state.docket
        assert [
            (it.number, it.gate, asdict(it.raised), it.people, it.answered and asdict(it.answered))
            for it in await queries.list_objections(connection, stream=stream)
        ] == [(it.number, it.gate, told(it.raised), it.people, told(it.answered)) for it in docket.objections]
        waivers = await queries.list_waivers(connection, stream=stream)
        assert [
            (it.number, it.gate, it.criterion, it.until, asdict(it.asked), it.people) for it in waivers
        ] == [
            (it.number, it.gate, it.criterion, it.until, told(it.asked), it.people) for it in docket.waivers
        ]
        assert [it.granted and asdict(it.granted) for it in waivers] == [
            told(it.granted) for it in docket.waivers
        ]
        in_time = await queries.list_waivers(connection, stream=stream, in_force=life.now)
        assert [it.number for it in in_time] == [
            it.number for it in docket.waivers if it.granted is not None and it.until > life.now
        ]
        conditions = await queries.list_conditions(connection, stream=stream)
        assert {(it.number, it.gate, it.what, it.owner, it.due, it.state) for it in conditions} == {
            (it.number, it.gate, it.terms.text, it.terms.owner, it.terms.due, state_of(it))
            for it in docket.conditions
        }
        assert {it.number: it.met and asdict(it.met) for it in conditions} == {
            it.number: told(it.met) for it in docket.conditions
        }
        still = await queries.list_conditions(connection, stream=stream, owner="team", state="open")
        assert still == tuple(it for it in conditions if it.state == "open" and not state.stopped)


def state_of(condition: Any) -> str:
    """What has become of a condition, in a word."""
    if condition.met is not None:
        return "met"
    return "lapsed" if condition.lapsed else "open"


async def test_checks_are_shown_with_the_signature_in_force(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """A signature that was superseded, withdrawn or has expired is none."""
    await record(ledger, life)
    today = life.now.date()
    for stream, state in life.journeys().items():
        checks = await queries.list_checks(connection, today=today, stream=stream)
        assert [(it.check, it.title, it.signers, it.rests_on, it.independent) for it in checks] == [
            (it.id, it.title, it.signers, it.rests_on, it.independent) for it in state.checks
        ]
        for check in checks:
            signed = [
                it.ref
                for it in state.on_record.values()
                if it.evidence.id == check.check and in_force(it, today)
            ]
            assert ([check.signature.ref] if check.signature else []) == signed
    assert await queries.list_checks(connection, today=today, signer="nobody") == ()
    national = await queries.list_checks(connection, today=today, technology="ccbt", signer="assurer")
    assert (national[0].check, national[0].board) == ("dpia", None)


async def test_tests_of_change_are_shown_from_prediction_to_verdict(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """In the order of their start."""
    await record(ledger, life)
    for stream, state in life.journeys().items():
        shown = await queries.list_trials(connection, stream=stream)
        trials = list(state.trials.values()) if isinstance(state, Rollout) else []
        assert [
            (it.trial, it.title, it.priority, it.prediction, asdict(it.started), it.found, it.verdict)
            for it in shown
        ] == [
            (it.id, it.title, it.priority, it.prediction, told(it.started), it.found, it.verdict)
            for it in trials
        ]
        assert [it.decided and asdict(it.decided) for it in shown] == [told(it.decided) for it in trials]


async def test_technologies_and_rollouts_show_their_version_and_what_holds_them_up(
    life: Life, ledger: Ledger, connection: Connection
) -> None:
    """Boards are about the version of which their technology has told them."""
    await record(ledger, life)
    for technology in await queries.list_technologies(connection):
        state = life.states[f"technology/{technology.slug}"]
        assert technology.version == state.version
        for rollout in await queries.list_rollouts(connection, technology=technology.slug):
            board = life.states.get(rollout.stream)
            expected = (None, "") if board is None else (board.version, board.held_up)
            assert (rollout.version, rollout.held_up) == expected
