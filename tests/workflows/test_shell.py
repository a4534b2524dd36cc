"""What the durable shell promises around the rules."""

import asyncio
from datetime import timedelta

import pytest
from temporalio import workflow
from temporalio.api.enums.v1.event_type_pb2 import (
    EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
    EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    EVENT_TYPE_MARKER_RECORDED,
    EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
    EventType,
)
from temporalio.api.enums.v1.workflow_pb2 import WORKFLOW_EXECUTION_STATUS_COMPLETED
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from activities.beating import BEATS_A_TIMEOUT
from catalogue.demand import REST_SECONDS
from domain.event import Command
from domain.office_commands import SetCapacity
from domain.record import Batch
from domain.rollout import ClaimSlot, Direct, Grant, ReportRollout
from domain.steering import Pause, Resume, Stop
from domain.steps import CompleteStep, ReopenStep
from domain.workstream import DirectWorkstream, ReportWorkstream
from tests.domain.examples import (
    ADOPTION,
    BORDERS,
    FIFE,
    OFFICE,
    ORKNEY,
    PROGRAMME,
    TAYSIDE,
    TECHNOLOGY,
    VISITOR,
)
from tests.workflows.life import (
    DESCRIBE,
    PROCURE,
    decide,
    go_live,
    pilot,
    reach_test_and_learn,
    scale,
)
from tests.workflows.office import EVERYBODY, MemoryLedger, Office, office
from workflows import recording, registry, shell
from workflows.board_rollout import BoardRollout
from workflows.programme_office import ProgrammeOffice
from workflows.technology_lifecycle import TechnologyLifecycle
from workflows.workstream import WorkstreamTrack


def test_every_update_has_a_validator() -> None:
    """An update without one would bypass whatever is checked there; the test fails closed."""
    checked = 0
    for cls in registry.ALL:
        definition = workflow._Definition.must_from_class(cls)
        for name, update in definition.updates.items():
            assert update.validator is not None, f"{cls.__name__}.{name} declares no validator"
            assert update.description, f"{cls.__name__}.{name} has no description for the Temporal UI"
            checked += 1
    assert checked >= 20


@pytest.mark.parametrize(
    ("message", "target"),
    [
        (Direct, BoardRollout),
        (Grant, BoardRollout),
        (ReportRollout, TechnologyLifecycle),
        (ReportWorkstream, TechnologyLifecycle),
        (DirectWorkstream, WorkstreamTrack),
        (ClaimSlot, ProgrammeOffice),
    ],
)
def test_every_message_has_a_signal_to_arrive_by(message: type[Command], target: type) -> None:
    """The shell names the signal after the message: whoever renames one must rename the other."""
    assert shell.signal_name(message) in workflow._Definition.must_from_class(target).signals


async def test_a_refused_update_says_why_and_leaves_no_trace(at_work: Office) -> None:
    """The rule's own sentence reaches the person; history and ledger stay as they were."""
    await at_work.propose()
    await at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE)
    await at_work.ledger.until(lambda ledger: "step-completed" in ledger.kinds(TECHNOLOGY))
    before = at_work.ledger.kinds(TECHNOLOGY)

    with pytest.raises(WorkflowUpdateFailedError) as refusal:
        await at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE)

    assert isinstance(refusal.value.cause, ApplicationError)
    assert refusal.value.cause.type == "already-closed"
    assert '"Describe" was already completed' in str(refusal.value.cause)
    history = await at_work.client.get_workflow_handle(TECHNOLOGY).fetch_history()
    accepted = [
        e for e in history.events if e.HasField("workflow_execution_update_accepted_event_attributes")
    ]
    assert len(accepted) == 1
    assert at_work.ledger.kinds(TECHNOLOGY) == before


async def test_a_refused_proposal_fails_with_the_rules_sentence(at_work: Office) -> None:
    """Whoever starts the workflow past the command line gets the same answer."""
    await at_work.propose(actor=VISITOR)
    with pytest.raises(WorkflowFailureError) as failure:
        await at_work.client.get_workflow_handle(TECHNOLOGY).result()
    assert "Proposing a technology belongs to npt" in str(failure.value.cause)
    assert at_work.ledger.streams == {}


async def test_the_same_update_sent_twice_is_carried_out_once(at_work: Office) -> None:
    """A connection that broke before the answer came is no reason for a second sign-off."""
    await at_work.propose()
    first = await at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE, update_id="describe/1")
    second = await at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE, update_id="describe/1")
    assert first == second
    await at_work.ledger.until(lambda ledger: len(ledger.kinds(TECHNOLOGY)) >= first.sequence)
    assert at_work.ledger.kinds(TECHNOLOGY).count("step-completed") == 1


async def test_a_message_that_is_no_command_is_refused_at_once(at_work: Office) -> None:
    """A slip in the Temporal UI's free JSON box must not wedge the workflow."""
    await at_work.propose()
    handle = at_work.client.get_workflow_handle(TECHNOLOGY)
    with pytest.raises(WorkflowUpdateFailedError):
        await asyncio.wait_for(handle.execute_update("complete_step", {"nonsense": 1}), 10)
    await at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE)


async def test_sign_offs_go_on_while_the_database_is_away_and_are_recorded_in_order(
    clockwork: WorkflowEnvironment,
) -> None:
    """Nothing lost, nothing twice, order kept."""
    async with office(clockwork.client) as at_work:
        await at_work.propose()
        await at_work.ledger.until(lambda ledger: len(ledger.kinds(TECHNOLOGY)) == 3)
        at_work.ledger.away = 4
        await at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE)
        receipt = await at_work.tell(TECHNOLOGY, "complete_step", PROCURE)
        assert len(at_work.ledger.kinds(TECHNOLOGY)) == 3, "the database is still away"
        await at_work.ledger.until(lambda ledger: len(ledger.kinds(TECHNOLOGY)) == receipt.sequence)
        assert at_work.ledger.kinds(TECHNOLOGY)[3:] == [
            "step-completed",
            "step-opened",
            "step-completed",
            "gate-opened",
        ]


async def test_a_ledger_that_neither_answers_nor_refuses_holds_nobody_up(at_work: Office) -> None:
    """A workflow task waits for it no longer than it may, and people are answered."""
    at_work.ledger.open.clear()
    await at_work.propose()
    receipt = await asyncio.wait_for(at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE), 10)
    assert at_work.ledger.streams == {}
    at_work.ledger.open.set()
    await at_work.ledger.until(lambda ledger: len(ledger.kinds(TECHNOLOGY)) == receipt.sequence)


async def test_what_comes_while_a_batch_is_on_its_way_goes_with_the_next(at_work: Office) -> None:
    """However many sign-offs come while a write takes its time, they share the one that follows."""
    await reach_test_and_learn(at_work)
    ledger = at_work.ledger
    await ledger.until(lambda ledger: ledger.kinds(ADOPTION).count("step-opened") == 1)
    ledger.open.clear()
    before = ledger.batches.count(ADOPTION)
    for step in ("engage", "include"):
        done = CompleteStep(actor=EVERYBODY, plan="adoption", step=step)
        receipt = await at_work.tell(ADOPTION, "complete_step", done)
    reopened = ReopenStep(actor=EVERYBODY, plan="adoption", step="include", reason="One group was missed.")
    receipt = await at_work.tell(ADOPTION, "reopen_step", reopened)
    ledger.open.set()
    await ledger.until(lambda ledger: len(ledger.kinds(ADOPTION)) >= receipt.sequence)
    written = ledger.batches.count(ADOPTION) - before
    assert written in {1, 2}, "at most the one that was on its way, and one for all the others"


async def test_the_ledger_is_told_nothing_that_the_engine_has_not_made_durable(
    clockwork: WorkflowEnvironment,
) -> None:
    """A worker may die after the write and before the end of its task; the ledger is then not ahead.

    The first sign-off is written by an activity, the second within the workflow task that follows its rest.
    """
    durable: list[int] = []
    rested = asyncio.Event()
    rested.set()

    async def rest(_stream: str) -> None:
        await rested.wait()

    async with office(clockwork.client, rest=rest) as at_work:

        async def look(batch: Batch) -> None:
            told = sum(event["kind"] == "step-completed" for event in batch.events)
            if told:
                accepted = await _count(at_work, batch.stream, EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)
                recorded = at_work.ledger.kinds(batch.stream).count("step-completed")
                durable.append(accepted - recorded - told)

        await at_work.propose()
        while not await _count(at_work, TECHNOLOGY, EVENT_TYPE_ACTIVITY_TASK_COMPLETED):
            pass  # what the proposal brought about is on its way
        rested.clear()
        at_work.ledger.witness = look
        await at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE)
        receipt = await at_work.tell(TECHNOLOGY, "complete_step", PROCURE)
        rested.set()
        await at_work.ledger.until(lambda ledger: len(ledger.kinds(TECHNOLOGY)) == receipt.sequence)
    assert len(durable) == 2
    assert min(durable) >= 0


async def test_what_comes_while_the_recorder_rests_costs_no_turn_of_the_server(
    clockwork: WorkflowEnvironment,
) -> None:
    """The first sign-off is written at once, all that follow in one go when the recorder has rested."""
    rested = asyncio.Event()

    async def rest(stream: str) -> None:
        if stream == ADOPTION:
            await rested.wait()

    async with office(clockwork.client, rest=rest) as at_work:
        await reach_test_and_learn(at_work)
        engage, include = (
            CompleteStep(actor=EVERYBODY, plan="adoption", step=step) for step in ("engage", "include")
        )
        first = await at_work.tell(ADOPTION, "complete_step", engage)
        await at_work.ledger.until(lambda ledger: len(ledger.kinds(ADOPTION)) == first.sequence)
        await at_work.tell(ADOPTION, "complete_step", include)
        again = ReopenStep(actor=EVERYBODY, plan="adoption", step="include", reason="One group was missed.")
        last = await at_work.tell(ADOPTION, "reopen_step", again)
        assert len(at_work.ledger.kinds(ADOPTION)) == first.sequence, "the recorder rests"
        rested.set()
        await at_work.ledger.until(lambda ledger: len(ledger.kinds(ADOPTION)) == last.sequence)
        await at_work.tell(ADOPTION, "complete_step", include)
        assert await _count(at_work, ADOPTION, EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) == 2, (
            "the first and the last"
        )
        assert await _count(at_work, ADOPTION, EVENT_TYPE_MARKER_RECORDED) == 2, (
            "the start, and all in between"
        )


def test_a_recorder_at_rest_sends_no_heartbeat() -> None:
    """Each one is billed, and rests are many."""
    first_beat = recording.HEARTBEAT / BEATS_A_TIMEOUT
    assert timedelta(seconds=REST_SECONDS) < first_beat


def test_a_write_within_a_workflow_task_is_given_up_before_the_task_is() -> None:
    """The engine would otherwise have to prolong the task, or give it to another worker."""
    assert recording.PATIENCE < shell.TASK_TIMEOUT * 0.8


async def test_a_life_that_begins_while_the_database_is_away_is_recorded_when_it_is_back(
    at_work: Office,
) -> None:
    """What cannot be written within the workflow task is left to an activity, which does not give up."""
    at_work.ledger.away = 2
    await at_work.propose()
    await at_work.ledger.until(lambda ledger: len(ledger.kinds(TECHNOLOGY)) == 3)
    assert at_work.ledger.kinds(TECHNOLOGY)[0] == "technology-proposed"
    assert await _count(at_work, TECHNOLOGY, EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) == 1


async def _count(at_work: Office, stream: str, kind: "EventType.ValueType") -> int:
    """How many events of a kind the history of a workflow holds."""
    history = await at_work.client.get_workflow_handle(stream).fetch_history()
    return sum(event.event_type == kind for event in history.events)


async def test_a_due_date_that_passes_is_noticed_without_anybody_asking(
    clockwork: WorkflowEnvironment, at_work: Office
) -> None:
    """One timer wakes the workflow when its next due date has come."""
    await at_work.propose()
    await at_work.ledger.until(lambda ledger: "step-opened" in ledger.kinds(TECHNOLOGY))
    await clockwork.sleep(timedelta(days=11))
    await at_work.ledger.until(lambda ledger: "step-overdue" in ledger.kinds(TECHNOLOGY))
    changes = [e["rag"] for e in at_work.ledger.streams[TECHNOLOGY] if e["kind"] == "rag-changed"]
    assert changes == ["At Risk", "Off Track"]


async def test_a_message_to_a_workflow_that_is_not_there_yet_arrives_later(
    clockwork: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rollout may ask for a slot before the programme office is open."""
    monkeypatch.setattr(shell, "TRY_AGAIN", timedelta(milliseconds=200))
    async with office(clockwork.client, sandboxed=False) as at_work:
        await at_work.propose()
        for step in (DESCRIBE, PROCURE):
            await at_work.tell(TECHNOLOGY, "complete_step", step)
        await at_work.tell(TECHNOLOGY, "decide_gate", decide("begin"))
        await at_work.ledger.until(
            lambda ledger: all("step-opened" in ledger.kinds(stream) for stream in (FIFE, TAYSIDE))
        )
        await scale(at_work)
        await at_work.ledger.until(lambda ledger: ledger.streams[FIFE][-1].get("stage") == "queued")
        await at_work.open()
        await at_work.ledger.until(lambda ledger: "slot-granted" in ledger.kinds(FIFE))


async def test_capacity_is_kept_between_workflows(at_work: Office) -> None:
    """With one slot, the second pilot replicates only when the first is business as usual."""
    await reach_test_and_learn(at_work)
    await at_work.tell(PROGRAMME, "set_capacity", SetCapacity(actor=OFFICE, capacity=1, reason="Few staff."))
    await scale(at_work)
    await at_work.ledger.until(
        lambda ledger: (
            "slot-awarded" in ledger.kinds(PROGRAMME) and ledger.kinds(PROGRAMME).count("slot-claimed") == 2
        )
    )
    assert at_work.ledger.kinds(PROGRAMME).count("slot-awarded") == 1
    award = next(it for it in at_work.ledger.streams[PROGRAMME] if it["kind"] == "slot-awarded")
    first, second = (FIFE, TAYSIDE) if FIFE.endswith(award["board"]) else (TAYSIDE, FIFE)
    await at_work.ledger.until(lambda ledger: "slot-granted" in ledger.kinds(first))
    assert "slot-granted" not in at_work.ledger.kinds(second)


async def test_a_paused_technology_pauses_its_rollouts_and_tracks_and_resumes_them(at_work: Office) -> None:
    """One decision reaches every workflow that it concerns."""
    await reach_test_and_learn(at_work)
    await at_work.tell(TECHNOLOGY, "pause", Pause(actor=OFFICE, reason="The contract is being renewed."))
    await at_work.ledger.until(
        lambda ledger: all("paused" in ledger.kinds(stream) for stream in (FIFE, TAYSIDE, ADOPTION))
    )
    set_up = CompleteStep(actor=EVERYBODY, plan="proof", step="set-up")
    with pytest.raises(WorkflowUpdateFailedError) as refusal:
        await at_work.tell(FIFE, "complete_step", set_up)
    assert "The contract is being renewed." in str(refusal.value.cause)
    await at_work.tell(TECHNOLOGY, "resume", Resume(actor=OFFICE, reason="It is renewed."))
    await at_work.ledger.until(
        lambda ledger: all("resumed" in ledger.kinds(stream) for stream in (FIFE, TAYSIDE, ADOPTION))
    )
    await at_work.tell(FIFE, "complete_step", set_up)


async def test_a_stopped_technology_ends_every_workflow_of_it(at_work: Office) -> None:
    """What was started for a technology does not outlive it."""
    await reach_test_and_learn(at_work)
    await at_work.tell(TECHNOLOGY, "stop", Stop(actor=OFFICE, reason="The supplier withdrew."))
    for stream in (FIFE, TAYSIDE, ADOPTION, TECHNOLOGY):
        handle = at_work.client.get_workflow_handle(stream)
        assert await handle.result() == "Stopped: The supplier withdrew."
        assert (await at_work.execution(stream)).status == WORKFLOW_EXECUTION_STATUS_COMPLETED
        assert at_work.ledger.kinds(stream)[-1] in {"stopped", "rollout-reported", "workstream-reported"}


async def test_a_life_continues_as_new_with_its_state_whole(
    clockwork: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every stage's end the run may change; what was done, decided and sent is still known."""
    monkeypatch.setattr(shell, "RENEW_AT_BOUNDARY", 0)
    async with office(clockwork.client, sandboxed=False) as at_work:
        await reach_test_and_learn(at_work)
        runs = [await _run_id(at_work, TECHNOLOGY)]
        await scale(at_work)
        await at_work.ledger.until(lambda ledger: "slot-granted" in ledger.kinds(FIFE))
        runs.append(await _run_id(at_work, TECHNOLOGY))
        assert runs[0] != runs[1]
        kinds = at_work.ledger.kinds(TECHNOLOGY)
        assert kinds.count("technology-proposed") == 1
        assert kinds.count("gate-decided") == 4, "the pilots' wave was released by itself"
        assert at_work.ledger.kinds(FIFE).count("rollout-started") == 1
        await _finish_first_wave(at_work)


async def test_an_answer_that_was_not_heard_is_given_again_by_the_next_run(
    clockwork: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server knows an update's id within one run only; its sender cannot know that there is another."""
    monkeypatch.setattr(shell, "RENEW_AT_BOUNDARY", 0)
    async with office(clockwork.client, sandboxed=False) as at_work:
        await at_work.propose()
        for step in (DESCRIBE, PROCURE):
            await at_work.tell(TECHNOLOGY, "complete_step", step)
        run = await _run_id(at_work, TECHNOLOGY)
        first = await at_work.tell(TECHNOLOGY, "decide_gate", decide("begin"), update_id="begin/1")
        while await _run_id(at_work, TECHNOLOGY) == run:
            await at_work.ledger.until(lambda ledger: "stage-entered" in ledger.kinds(TECHNOLOGY))
        again = await at_work.tell(TECHNOLOGY, "decide_gate", decide("begin"), update_id="begin/1")
        assert again == first
        assert at_work.ledger.kinds(TECHNOLOGY).count("gate-decided") == 1


async def test_a_note_that_names_a_person_is_refused_by_the_engine_too(at_work: Office) -> None:
    """Whoever sends an update past the command line meets the same guard."""
    await at_work.propose()
    note = DESCRIBE.model_copy(update={"note": "Ask jo@example.org."})
    with pytest.raises(WorkflowUpdateFailedError) as refusal:
        await at_work.tell(TECHNOLOGY, "complete_step", note)
    assert "The note holds an e-mail address" in str(refusal.value.cause)


async def _finish_first_wave(at_work: Office) -> None:
    for stream in (FIFE, TAYSIDE):
        await go_live(at_work, stream)
    await at_work.ledger.until(
        lambda ledger: all("rollout-started" in ledger.kinds(stream) for stream in (ORKNEY, BORDERS))
    )


async def _run_id(at_work: Office, stream: str) -> str:
    return (await at_work.execution(stream)).execution.run_id


async def test_the_details_name_what_a_rollout_waits_for(at_work: Office) -> None:
    """Whoever opens the workflow in the Temporal UI reads where it stands and who must act."""
    await reach_test_and_learn(at_work)
    details = await at_work.details(FIFE)
    assert "# Online CBT at fife" in details
    assert "**team**: Set-up" in details
    assert "OFFICE" not in details
    await pilot(at_work, FIFE)
    assert "the scale decision and the standardised playbook" in await at_work.details(FIFE)


def test_the_ledger_in_memory_keeps_the_promises_of_the_real_one() -> None:
    """A fake that accepted anything would prove nothing."""
    from catalogue.errors import SequenceGap, StreamDiverged  # noqa: PLC0415
    from domain.record import Batch  # noqa: PLC0415

    async def check() -> None:
        ledger = MemoryLedger()
        assert await ledger.append(Batch(stream="s", first=1, events=({"kind": "a"},))) == 1
        assert await ledger.append(Batch(stream="s", first=1, events=({"kind": "a"},))) == 1
        with pytest.raises(SequenceGap):
            await ledger.append(Batch(stream="s", first=3, events=({"kind": "a"},)))
        with pytest.raises(StreamDiverged):
            await ledger.append(Batch(stream="s", first=1, events=({"kind": "b"},)))

    asyncio.run(check())
