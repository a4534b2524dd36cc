"""A worker, a ledger in memory and people to press the buttons, around any Temporal test server."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.enums.v1.workflow_pb2 import WORKFLOW_EXECUTION_STATUS_RUNNING
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle, WorkflowHistory, WorkflowUpdateFailedError
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner

from activities.ledger import LedgerActivities, Rest
from activities.proof import Verify
from catalogue.errors import DatabaseUnreachable, SequenceGap, StreamDiverged
from domain.actor import Actor
from domain.event import Command
from domain.office_commands import OpenProgramme
from domain.proposal import Proposal
from domain.record import Batch, Receipt
from domain.technology import Propose
from runtime.settings import Settings
from runtime.worker_host import build_worker
from tests.cast import Cast, signing
from tests.domain.examples import CHARTER, OFFICE, PROGRAMME, PROPOSAL, VISITOR
from workflows.lives import ProgrammeLife, TechnologyLife
from workflows.shell import JUST_BEGINNING, TASK_TIMEOUT

EVERYBODY = Actor(name="Everybody", roles=("npt", "lead", "team", "clinician"), boards="all")
DECIDER = Actor(name="Decider", roles=("npt", "lead"), boards="all")
CLINICIAN = Actor(name="Clinician", roles=("clinician",), boards="all")
LEAD = Actor(name="Lead", roles=("lead",), boards=("fife",))
DIRECTOR = Actor(name="Director", roles=("director",), boards="all")
UNDER_WAY = (EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED)
ENDS = (
    EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
    EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
)
RUN_IS_OVER = "Completed workflow"
CAST = Cast(EVERYBODY, DECIDER, CLINICIAN, LEAD, DIRECTOR, OFFICE, VISITOR)


async def no_rest(_stream: str) -> None:
    """Go on at once: a test's ledger is never busy."""


class MemoryLedger:
    """Keeps the promises of the real ledger in memory: in order, each event once, never another content.

    Attributes:
        streams: The events of each stream.
        away: How many more appends find the database away.
        batches: The stream of each batch that was recorded.
        open: Appends wait while this is not set.
        witness: Called with every batch before it is recorded.
    """

    def __init__(self) -> None:
        self.streams: dict[str, list[dict[str, Any]]] = {}
        self.away = 0
        self.batches: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.witness: Callable[[Batch], Awaitable[None]] | None = None
        self._changed = asyncio.Condition()

    async def append(self, batch: Batch) -> int:
        """Record what is new of a batch."""
        await self.open.wait()
        if self.witness:
            await self.witness(batch)
        if self.away:
            self.away -= 1
            raise DatabaseUnreachable("The database is away.")
        async with self._changed:
            events = self.streams.setdefault(batch.stream, [])
            if batch.first > len(events) + 1:
                raise SequenceGap(f"{batch.stream} has {len(events)} events and got number {batch.first}")
            for place, event in enumerate(batch.events, start=batch.first):
                if place > len(events):
                    events.append(event)
                elif events[place - 1] != event:
                    raise StreamDiverged(f"event {place} of {batch.stream} was another one")
            self.batches.append(batch.stream)
            self._changed.notify_all()
            return len(events)

    def kinds(self, stream: str) -> list[str]:
        """The kinds of a stream's events, in order."""
        return [event["kind"] for event in self.streams.get(stream, [])]

    async def until(self, condition: Callable[["MemoryLedger"], bool]) -> None:
        """Return once the ledger is as wanted; a test that waits too long fails by its own time limit."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: condition(self)), 30)


class Office:
    """Starts lives and sends commands."""

    def __init__(self, client: Client, ledger: MemoryLedger, task_queue: str) -> None:
        self.client = client
        self.ledger = ledger
        self.task_queue = task_queue

    async def open(self) -> None:
        """Open the programme office."""
        life = ProgrammeLife(start=OpenProgramme(actor=OFFICE, charter=CHARTER))
        await self.start("ProgrammeOffice", life, PROGRAMME)

    async def propose(self, proposal: Proposal = PROPOSAL, actor: Actor = OFFICE) -> None:
        """Propose a technology."""
        life = TechnologyLife(start=Propose(actor=actor, proposal=proposal))
        await self.start("TechnologyLifecycle", life, f"technology/{proposal.technology}")

    async def start(self, workflow: str, life: Any, workflow_id: str) -> WorkflowHandle[Any, Any]:
        """Start a workflow."""
        return await self.client.start_workflow(
            workflow, life, id=workflow_id, task_queue=self.task_queue, task_timeout=TASK_TIMEOUT
        )

    async def tell(self, stream: str, update: str, command: Command, update_id: str | None = None) -> Receipt:
        """Send an update and return its receipt; one that comes as a life or a run begins is sent again."""
        handle, name = self.client.get_workflow_handle(stream), update_id or str(uuid.uuid4())
        while True:
            try:
                receipt: Receipt = await handle.execute_update(update, command, id=name, result_type=Receipt)
            except WorkflowUpdateFailedError as refused:
                if getattr(refused.cause, "type", None) != JUST_BEGINNING:
                    raise
            except RPCError as error:
                # The test server does not hand an update on that has come as its run continued as new.
                if error.message != RUN_IS_OVER or not await self._runs(stream):
                    raise
            else:
                return receipt

    async def _runs(self, stream: str) -> bool:
        return (await self.execution(stream)).status == WORKFLOW_EXECUTION_STATUS_RUNNING

    async def rests(self, stream: str) -> None:
        """Return once a run waits for what is to come: no task and no activity of it is under way."""
        handle = self.client.get_workflow_handle(stream)
        while _is_at_work(await handle.fetch_history()):
            pass

    async def details(self, stream: str) -> str:
        """The current details that the Temporal UI shows."""
        metadata = await self.client.get_workflow_handle(stream).query("__temporal_workflow_metadata")
        return str(metadata.current_details if hasattr(metadata, "current_details") else metadata)

    async def execution(self, stream: str) -> WorkflowExecutionInfo:
        """What the server says of the latest run, raw: the test server writes unset attributes as null."""
        answer = await self.client.workflow_service.describe_workflow_execution(
            DescribeWorkflowExecutionRequest(
                namespace=self.client.namespace, execution=WorkflowExecution(workflow_id=stream)
            )
        )
        return answer.workflow_execution_info


def _is_at_work(history: WorkflowHistory) -> bool:
    kinds = Counter(event.event_type for event in history.events)
    activities = kinds[EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED] > sum(kinds[each] for each in ENDS)
    return activities or history.events[-1].event_type in UNDER_WAY


@asynccontextmanager
async def office(
    client: Client,
    *,
    sandboxed: bool = True,
    rest: Rest = no_rest,
    verify: Verify = CAST.verify,
    **options: Any,
) -> AsyncIterator[Office]:
    """An office whose worker runs for as long as the block, and whose people sign what they send."""
    ledger = MemoryLedger()
    queue = f"queue-{uuid.uuid4()}"
    if not sandboxed:
        options["workflow_runner"] = UnsandboxedWorkflowRunner()
    settings = Settings(task_queue=queue)
    async with build_worker(client, settings, LedgerActivities(ledger, rest).all(), verify, **options):
        yield Office(signing(client), ledger, queue)
