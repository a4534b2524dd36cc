"""What the server keeps of a life is unreadable without the key; keys are rotated, lost and restored.

What remains readable, because the engine works with it or because it says nothing that anybody wrote:

* ids: of workflows (technology, board, programme), of runs, of updates; parents and children
* types: of workflows, of activities, of updates and signals, of failures (a refusal's code)
* search attributes: slugs of technology, board, stage, wave and of who is waited for; the delivery status;
  the next due date
* who asked: the process and host of workers, and the roles of whoever ran a command
* the task queue, time-outs, moments, the number and the size of everything
"""

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowFailureError, WorkflowHistory, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from benchmarks.parts.encryption import payloads_of
from console.desk import Desk
from console.ending import NotDone
from console.reading import opened
from domain.evidence import Evidence
from domain.journey import Rag
from domain.playbook import Mitigation
from domain.steering import Pause
from domain.steps import CompleteStep
from domain.technology import PublishPlaybook
from runtime.client import connect
from runtime.encryption import KEY_ID, ClearCodec
from runtime.keys import STACKS_OWN, read_keys, rotate_keys
from runtime.settings import Settings
from runtime.stack import Stack
from tests.domain.examples import PLAYBOOK, PROPOSAL, ask_of, make_gate
from tests.endtoend.conftest import keyring_of
from tests.endtoend.national_life import (
    ASSESSMENT,
    EVERYBODY,
    MORAG,
    PATIENCE,
    Cue,
    NationalLife,
    a_life,
    decide,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOTE = "Ask the night shift first, they know the tablets."
STATEMENT = "Nine of eleven finished module four."
SOURCE = "Interviews on the island wards"
REASON = "The community hall flooded in spring."
TITLE = "Marigold online therapy"
SUMMARY = "Therapy by computer for new parents in Marigold."
MITIGATION = "Lend every ward a second charger."
GATE = "May Marigold begin?"
WRITTEN = (NOTE, STATEMENT, SOURCE, REASON, TITLE, SUMMARY, MITIGATION, MORAG.name, EVERYBODY.name)
"""What people wrote and who they were."""

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

TURNED_AWAY_AFTER = 3
"""Attempts of a workflow task after which the server takes no update for the workflow."""

METADATA = "__temporal_workflow_metadata"
"""The query by which the Temporal UI asks for the current details."""


def kept(home: Path) -> bytes:
    """Everything that the server has written, what it has not moved to its database yet included."""
    parts = []
    for file in sorted(home.glob("temporal.sqlite*")):
        with suppress(FileNotFoundError):  # a journal comes and goes
            parts.append(file.read_bytes())
    return b"".join(parts)


def found_in(content: bytes) -> list[str]:
    """Which of the texts can be found, in whatever way a text is commonly written."""
    return [text for text in WRITTEN if any(way.encode(codec) in content for way, codec in ways(text))]


def ways(text: str) -> list[tuple[str, str]]:
    """How a text may stand in a file; a part of it would do."""
    middle = text[: max(len(text) * 2 // 3, 6)]
    plain = [(middle, "utf-8"), (middle, "utf-16-le"), (middle.lower(), "utf-8")]
    return [*plain, *((it, "ascii") for it in encodings(text))]


def encodings(text: str) -> list[str]:
    """How a text may stand within a longer one in base64, as within a signature."""
    shifted = (b64encode(b"-" * shift + text.encode()).decode() for shift in range(3))
    return [it.rstrip("=")[4:-2] for it in shifted]


async def lived(life: NationalLife) -> None:
    """Live a life up to a published playbook and a pause, in which people write what they do write."""
    evidence = (Evidence(id="outcomes", statement=STATEMENT, source=SOURCE, dated=date(2026, 1, 1)),)
    await life.begin(PROPOSAL.model_copy(update={"title": TITLE, "summary": SUMMARY}))
    for number, (update, command) in enumerate(ASSESSMENT):
        await life.tell(life.technology, update, command, f"act/{number}")
    opened = [Cue(life.rollout(board), "step-opened") for board in ("fife", "tayside")]
    await life.ledger.until(lambda ledger: all(cue.given(ledger) for cue in opened), PATIENCE)
    for board in ("fife", "tayside"):
        for step in ("set-up", "try", "survey"):
            done = CompleteStep(
                actor=MORAG, plan="proof", step=step, note=NOTE, evidence=evidence if step == "try" else ()
            )
            await life.tell(life.rollout(board), "complete_step", done, f"proof/{step}")
    await life.ledger.until(Cue(life.technology, "gate-opened", times=2).given, PATIENCE)
    await life.tell(life.technology, *decide("scale"), "scale")
    mitigation = Mitigation(barrier="Time", mitigation=MITIGATION, source="Interviews")
    playbook = PLAYBOOK.model_copy(update={"mitigations": (mitigation,)})
    for step in ("write", "review"):
        done = CompleteStep(actor=MORAG, plan="standardisation", step=step, note=NOTE)
        await life.tell(life.technology, "complete_step", done, f"standardisation/{step}")
    await life.tell(life.technology, "publish_playbook", PublishPlaybook(actor=MORAG, playbook=playbook), "p")
    await life.tell(life.technology, "pause", Pause(actor=MORAG, reason=REASON), "pause")


async def test_the_servers_own_database_holds_nothing_that_people_wrote(
    stack: Stack, stack_home: Path, client: Client
) -> None:
    """A search that finds a text which was sent in the clear finds none of those that were not."""
    before = kept(stack_home)
    async with a_life(stack, client, "unread") as life:
        await lived(life)
        assert TITLE in await details(client, life.technology), "the life was lived with these texts"
        assert REASON in str((await refusal(life)).message)
    after = kept(stack_home)
    assert len(after) > len(before)
    assert life.slug.encode() in after, "ids are readable, and the search looks where the life is kept"
    assert found_in(after) == []

    clear = await connect(
        Settings(home=stack_home, temporal_address=stack.settings.temporal_address, temporal_pinned=True)
    )
    assert isinstance(clear.data_converter.payload_codec, ClearCodec)
    sent = await clear.start_workflow("Nothing", WRITTEN * 3, id="in-the-clear", task_queue="nobody")
    assert found_in(kept(stack_home)) == list(WRITTEN)
    await sent.terminate()


async def details(client: Client, workflow: str) -> str:
    """What a workflow says of itself in the Temporal UI."""
    handle = client.get_workflow_handle(workflow)
    answer: WorkflowMetadata = await handle.query(
        "__temporal_workflow_metadata", result_type=WorkflowMetadata
    )
    return answer.current_details


async def refusal(life: NationalLife) -> ApplicationError:
    """What is said to somebody who pauses what is paused."""
    handle = life.client.get_workflow_handle(life.technology)
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await handle.execute_update("complete_step", CompleteStep(actor=MORAG, plan="none", step="none"))
    assert isinstance(caught.value.cause, ApplicationError)
    return caught.value.cause


async def test_a_refusal_reads_as_ever(stack: Stack, client: Client) -> None:
    """Its sentence is encrypted on its way and its code is not; both reach whoever is refused."""
    async with a_life(stack, client, "refused") as life:
        await life.begin()
        await life.tell(life.technology, "pause", Pause(actor=EVERYBODY, reason=REASON), "pause")
        refused = await refusal(life)
        assert (refused.type, refused.non_retryable) == ("paused", True)
        assert refused.message.startswith(f"technology/{life.slug} has been paused since ")
        assert REASON in refused.message


async def test_what_a_failure_says_is_encrypted_too(stack: Stack, stack_home: Path, client: Client) -> None:
    """A run that ends because its proposal was refused names a gate, to those who have the key."""
    gate = make_gate("begin", "npt", (ask_of("nowhere"),)).model_copy(update={"title": GATE})
    gates = PROPOSAL.gates.model_copy(update={"begin": gate})
    async with a_life(stack, client, "failed") as life:
        await life.begin(PROPOSAL.model_copy(update={"gates": gates}))
        handle = client.get_workflow_handle(life.technology)
        with pytest.raises(WorkflowFailureError) as caught:
            await handle.result()
    assert isinstance(caught.value.cause, ApplicationError)
    assert caught.value.cause.message.startswith(f"{GATE} asks for evidence")
    failure = (await handle.fetch_history()).events[-1].workflow_execution_failed_event_attributes.failure
    assert (failure.message, failure.stack_trace) == ("Encoded failure", "")
    assert GATE.encode() not in kept(stack_home)


async def test_search_attributes_hold_slugs_and_moments_alone(stack: Stack, client: Client) -> None:
    """They are not encrypted, so nothing that anybody wrote may come into them."""
    del stack
    seen = 0
    async for workflow in client.list_workflows("CairnStage IS NOT NULL"):
        for pair in workflow.typed_search_attributes:
            if not pair.key.name.startswith("Cairn"):
                continue
            seen += 1
            values = pair.value if isinstance(pair.value, list) else [pair.value]
            for value in values:
                word = value in set(Rag) or SLUG.fullmatch(str(value))
                plain = isinstance(value, bool | datetime) or word
                assert plain, f"{workflow.id}: {pair.key.name} is {value!r}"
    assert seen > 10


# --- rotation and loss --------------------------------------------------------------------------------------


def keys_used(history: WorkflowHistory) -> list[str]:
    """The keys that a history needs, in the order of its events."""
    sealed = (payload for event in history.events for payload in payloads_of(event))
    return list(dict.fromkeys(payload.metadata[KEY_ID].decode() for payload in sealed))


async def test_a_rotation_while_a_life_is_lived_disturbs_nobody(
    stack: Stack, stack_home: Path, client: Client
) -> None:
    """New events need the new key, the old ones theirs, and a worker that starts cold reads both."""
    path = stack_home / STACKS_OWN
    before = read_keys(path).current
    async with a_life(stack, client, "rotated") as life:
        await life.begin()
        await life.tell(life.technology, *ASSESSMENT[0], "act/0")
        after = rotate_keys(path, datetime.now(UTC)).current
        await life.tell(life.technology, *ASSESSMENT[1], "act/1")
        history = await client.get_workflow_handle(life.technology).fetch_history()
        assert keys_used(history) == [before, after]
        await stack.kill_worker()
        await stack.start_worker()
        await life.tell(life.technology, *ASSESSMENT[2], "act/2")
        await life.ledger.until(Cue(life.rollout("fife"), "step-opened").given, PATIENCE)
        assert life.refused == []


async def test_a_lost_key_is_named_and_what_needs_it_waits_until_it_is_back(
    stack: Stack, stack_home: Path, client: Client
) -> None:
    """The worker lives, the workflow's task fails with the key's name, and is done once the key is there."""
    path = stack_home / STACKS_OWN
    lost = read_keys(path).current
    async with a_life(stack, client, "locked-out") as life:
        await life.begin()
        await life.tell(life.technology, *ASSESSMENT[0], "act/0")
        rotate_keys(path, datetime.now(UTC))
        whole = path.read_text()
        path.write_text(without(whole, lost))
        try:
            await stack.kill_worker()
            await stack.start_worker()  # it begins with the keys that there are
            worker = stack.pids()["Worker"]
            waiting = asyncio.create_task(life.tell(life.technology, *ASSESSMENT[1], "act/1"))
            await eventually(lambda: fails_steadily(client, life.technology))
            async with opened(stack.settings.database_url) as connection:
                desk = Desk(connection, EVERYBODY, stack.settings, keyring_of(stack))
                with pytest.raises(NotDone, match=f"^{life.technology} takes nothing now"):
                    await desk.send(life.technology, "pause", Pause(actor=EVERYBODY, reason=REASON))
        finally:
            path.write_text(whole)
        await waiting
        assert stack.pids()["Worker"] == worker, "nothing was restarted"
        assert life.refused == []
        log = await asyncio.to_thread((stack_home / "logs" / "worker.log").read_text)
        assert f'The encryption key \\"{lost}\\" is not in the key file {path}: put it back' in log


def without(text: str, name: str) -> str:
    """A key file's text without one key."""
    file = json.loads(text)
    del file["keys"][name]
    return json.dumps(file)


async def fails_steadily(client: Client, workflow: str) -> bool:
    """Whether a workflow's task has failed so often that the server turns commands away."""
    described = await client.get_workflow_handle(workflow).describe()
    return described.raw_description.pending_workflow_task.attempt > TURNED_AWAY_AFTER


async def eventually(question: Callable[[], Awaitable[bool]]) -> None:
    """Ask until the answer is yes."""
    async with asyncio.timeout(PATIENCE):
        while not await question():  # noqa: ASYNC110  # nobody is told that a task has failed
            await asyncio.sleep(0.1)
