"""What runs today goes on under tomorrow's code: every saved history is carried out again by it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.common import HeaderCodecBehavior
from temporalio.converter import DataConverter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner

from domain.proof import Deed
from domain.refusal import Refusal
from runtime.converter import DATA_CONVERTER, data_converter
from runtime.keys import make_keys
from runtime.settings import Settings
from runtime.verifying import VerifyingInterceptor
from runtime.workflow_runner import ContextFreeRunner
from tests.replay.record import HISTORIES
from workflows import registry
from workflows.lives import WorkstreamLife
from workflows.workstream import WorkstreamTrack

LARGEST_CORPUS = 1_600_000
SAVED = sorted(HISTORIES.glob("*.json"))


def read(file: Path) -> WorkflowHistory:
    """A saved history; its workflow's id is the file's name without the run."""
    return WorkflowHistory.from_json(
        file.name.rpartition(".run-")[0].replace(".", "/"), file.read_text("utf-8")
    )


def workflow_type(history: WorkflowHistory) -> str:
    """Which workflow a history is of."""
    return history.events[0].workflow_execution_started_event_attributes.workflow_type.name


def replayer(
    classes: Sequence[type] = tuple(registry.ALL),
    runner: WorkflowRunner | None = None,
    converter: DataConverter = DATA_CONVERTER,
) -> Replayer:
    """Replay as the worker would run: with its converter, in its sandbox, and verifying nothing again."""
    return Replayer(
        workflows=classes,
        data_converter=converter,
        header_codec_behavior=HeaderCodecBehavior.CODEC,
        workflow_runner=runner or ContextFreeRunner(),
        interceptors=[VerifyingInterceptor(never)],
    )


def never(deed: Deed, now: datetime) -> Refusal:
    """Fail whoever verifies what was accepted long ago: keys have expired and been revoked since."""
    raise AssertionError(f"a replay verified {deed.update} of {deed.workflow} at {now}")


async def test_a_run_from_before_encryption_can_be_carried_out_by_a_worker_that_encrypts(
    tmp_path: Path,
) -> None:
    """Encryption can be switched on while lives go on."""
    make_keys(tmp_path / "keys.json", datetime.now(UTC))
    encrypting = data_converter(Settings(encryption_keys=tmp_path / "keys.json"))
    file = next(file for file in SAVED if file.name.startswith("workstream"))
    await replayer(converter=encrypting).replay_workflow(read(file))


def update_names(history: WorkflowHistory) -> set[str]:
    """The updates that a history holds."""
    return {
        event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    }


def count(history: WorkflowHistory, kind: "EventType.ValueType") -> int:
    """How many events of a kind a history holds."""
    return sum(event.event_type == kind for event in history.events)


@pytest.mark.parametrize("file", SAVED, ids=lambda file: file.stem)
async def test_a_saved_run_can_be_carried_out_again(file: Path) -> None:
    """Whatever the code now does differently, it does the same where the run has been."""
    await replayer().replay_workflow(read(file))


def test_the_corpus_holds_every_workflow_and_what_makes_them_go_astray() -> None:
    """An empty corpus would pass; so would one in which nothing happens."""
    histories = [read(file) for file in SAVED]
    assert {workflow_type(history) for history in histories} == {
        workflow._Definition.must_from_class(cls).name for cls in registry.ALL
    }
    for wanted in ("TechnologyLifecycle", "BoardRollout"):
        chosen = [history for history in histories if workflow_type(history) == wanted]
        assert any(
            history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
            for history in chosen
        ), f"{wanted} never continues as new"
        assert {"pause", "resume"} <= set().union(*map(update_names, chosen)), wanted
        assert any(count(history, EventType.EVENT_TYPE_TIMER_FIRED) for history in chosen), wanted
    updates = set().union(*map(update_names, histories))
    assert updates == {
        name for cls in registry.ALL for name in workflow._Definition.must_from_class(cls).updates if name
    }
    attempts = [
        event.activity_task_started_event_attributes.attempt
        for history in histories
        for event in history.events
    ]
    assert max(attempts) > 1, "the database is never away"
    boards = {history.workflow_id for history in histories if workflow_type(history) == "BoardRollout"}
    assert boards == {"rollout/ccbt/fife", "rollout/ccbt/orkney", "rollout/late/fife"}, (
        "a pilot and a plain board"
    )
    tracks = {history.workflow_id for history in histories if workflow_type(history) == "Workstream"}
    assert "workstream/ccbt/team@fife" in tracks, "the track of a board"


def test_the_corpus_stays_small() -> None:
    """It is cloned with the code."""
    assert sum(file.stat().st_size for file in SAVED) < LARGEST_CORPUS


@workflow.defn(name="Workstream")
class HastyWorkstream(WorkstreamTrack):
    """A workstream that waits a moment before it begins: the same rules, the commands in another order."""

    @workflow.init
    def __init__(self, life: WorkstreamLife) -> None:
        super().__init__(life)

    @workflow.run
    async def run(self, life: WorkstreamLife) -> str:
        """Wait, then live as ever."""
        await workflow.sleep(1)
        return await super().run(life)


async def test_code_that_orders_its_commands_otherwise_is_found_out() -> None:
    """The proof that a replay can fail."""
    history = next(history for history in map(read, SAVED) if workflow_type(history) == "Workstream")
    unsandboxed = UnsandboxedWorkflowRunner()
    await replayer([WorkstreamTrack], unsandboxed).replay_workflow(history)
    with pytest.raises(workflow.NondeterminismError, match="TMPRL1100"):
        await replayer([HastyWorkstream], unsandboxed).replay_workflow(history)


async def test_a_history_in_another_order_is_found_out() -> None:
    """Nor does a replay pass over what was saved."""
    file = next(file for file in SAVED if file.name.startswith("workstream"))
    history = read(file)
    places = [
        place
        for place, event in enumerate(history.events)
        if event.event_type
        in {EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, EventType.EVENT_TYPE_TIMER_STARTED}
    ]
    first, second = places[:2]
    events = list(history.events)
    events[first], events[second] = events[second], events[first]
    events[first].event_id, events[second].event_id = first + 1, second + 1
    with pytest.raises((workflow.NondeterminismError, RuntimeError)):
        await replayer().replay_workflow(WorkflowHistory(history.workflow_id, events))
