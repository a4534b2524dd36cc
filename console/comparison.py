"""Compares what the Temporal server runs with what the ledger says: what was done by the raw API shows here.

Whoever may speak to the server may terminate, reset, delete or start a workflow past every rule. Nothing of
that reaches the ledger, so the two no longer agree.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from console.reading import Connection

if TYPE_CHECKING:
    from temporalio.client import Client, WorkflowExecutionDescription

TYPES = ("BoardRollout", "ProgrammeOffice", "TechnologyLifecycle", "Workstream")
"""The workflows that have a stream in the ledger, by their types' names."""

SETTLED = timedelta(minutes=1)
"""How old a workflow must be for the ledger to have heard of it, a recorder at rest included."""

AT_ONCE = 20
"""Questions that are put to the server at the same time."""

PATIENCE = timedelta(seconds=10)
"""How long a worker may take to say how far a workflow has come."""

_STREAMS = """
SELECT stream.stream, stream.head, journey.stopped IS NOT NULL AS ended
FROM ledger.streams AS stream LEFT JOIN catalogue.journeys AS journey USING (stream)
WHERE split_part(stream.stream, '/', 1) IN ('technology', 'rollout', 'workstream', 'programme')
"""
_AMONG = f"WorkflowType IN ({', '.join(repr(name) for name in TYPES)})"


@dataclass(frozen=True)
class Stream:
    """A life as the ledger has it.

    Attributes:
        head: The number of its last event.
        ended: Whether it was stopped, after which its workflow completes.
    """

    head: int
    ended: bool


@dataclass(frozen=True)
class Run:
    """A workflow as the server has it.

    Attributes:
        status: Its status in capitals, such as ``TERMINATED``.
        started: When its present run was started.
        last: The number of its last event as the workflow itself counts, where that was asked.
        silent: Whether it was asked and did not answer.
        refused: What the ledger answered to its events, if it refused them.
    """

    status: str
    started: datetime
    last: int | None
    silent: bool
    refused: str | None


@dataclass(frozen=True)
class Comparison:
    """What a comparison came to.

    Attributes:
        workflows: How many workflows the server and the ledger have between them.
        differences: Where they differ, a sentence each that says what to do.
    """

    workflows: int
    differences: tuple[str, ...]


async def compare(
    client: "Client", connection: Connection, *, thorough: bool = False, settled: timedelta = SETTLED
) -> Comparison:
    """Compare every Cairn workflow of the server with its stream in the ledger.

    The ledger's numbers are read before the server is asked, and its ends after: a life that goes on
    meanwhile only adds to its number, and one that ends is recorded before it completes.

    Args:
        client: The server.
        connection: The ledger.
        thorough: Whether every workflow is asked how far it has come, for which a worker has to take up those
            that sleep; otherwise only those that may have been set back.
        settled: How old a workflow must be for the ledger to have heard of it.
    """
    before = await _streams(connection)
    disturbed, listed = await _listed(client)
    names = sorted({*before, *listed})
    gate = asyncio.Semaphore(AT_ONCE)

    async def look(name: str) -> Run | None:
        async with gate:
            return await _run(client, name, asked=thorough or name in disturbed)

    runs = dict(zip(names, await asyncio.gather(*(look(name) for name in names)), strict=True))
    after = await _streams(connection)
    newest = datetime.now(UTC) - settled
    found: list[str] = []
    for name, run in runs.items():
        stream = after.get(name)
        if stream is None:
            difference = _unknown(name, run, newest)
        else:
            head = before[name].head if name in before else 0
            difference = _difference(name, stream, run, head, disturbed=name in disturbed)
        found += [difference] if difference else []
    return Comparison(len(names), tuple(found))


async def _streams(connection: Connection) -> dict[str, Stream]:
    rows = await connection.fetch(_STREAMS)
    return {row["stream"]: Stream(row["head"], row["ended"]) for row in rows}


async def _listed(client: "Client") -> tuple[set[str], set[str]]:
    """The workflows of which a run ended otherwise than by going on as new, and those that run."""
    disturbed = {name async for name in _ids(client, "ExecutionStatus NOT IN ('Running', 'ContinuedAsNew')")}
    running = {name async for name in _ids(client, "ExecutionStatus = 'Running'")}
    return disturbed, running


async def _ids(client: "Client", condition: str) -> AsyncIterator[str]:
    async for listed in client.list_workflows(f"{_AMONG} AND {condition}"):
        yield listed.id


async def _run(client: "Client", name: str, *, asked: bool) -> Run | None:
    """A workflow's present run; how far it has come is asked of those alone that may have been set back."""
    from temporalio.service import RPCError, RPCStatusCode

    try:
        described = await client.get_workflow_handle(name).describe()
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            return None
        raise
    status = described.status.name if described.status else "UNKNOWN"
    asked = asked and status == "RUNNING"
    last = await _last(client, name) if asked else None
    refused = await _refused(client, described)
    return Run(status, described.start_time, last, asked and last is None, refused)


async def _last(client: "Client", name: str) -> int | None:
    from temporalio.client import WorkflowQueryFailedError, WorkflowQueryRejectedError
    from temporalio.service import RPCError

    try:
        last: int = await client.get_workflow_handle(name).query("last_event", rpc_timeout=PATIENCE)
    except (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError):
        return None
    return last


async def _refused(client: "Client", described: "WorkflowExecutionDescription") -> str | None:
    """What the ledger answered last to a workflow that cannot record what happened."""
    for activity in described.raw_description.pending_activities:
        failure = activity.last_failure
        if failure.application_failure_info.type in {"StreamDiverged", "SequenceGap", "StreamAltered"}:
            # What it says is encrypted like everything else that the server keeps.
            return str(getattr(await client.data_converter.decode_failure(failure), "message", ""))
    return None


def _unknown(name: str, run: Run | None, newest: datetime) -> str | None:
    if run is None or run.status != "RUNNING" or run.started > newest:
        return None
    return (
        f"{name} runs and the ledger has no event of it: it was started by hand; find out by whom, and "
        f"terminate it."
    )


def _difference(name: str, stream: Stream, run: Run | None, head: int, *, disturbed: bool) -> str | None:
    if run is None or run.status != "RUNNING":
        return None if stream.ended else _gone(name, stream, run)
    if stream.ended and disturbed:
        return (
            f"{name} was stopped, says the ledger, and runs again: it was reset or started by hand; "
            f"terminate it."
        )
    if run.last is not None and run.last < head:
        return _behind(name, run.last, head, disturbed=disturbed)
    if run.refused:
        return f"{name} cannot record what happens: {run.refused}"
    if run.silent:
        return f"{name} does not say how far it has come: see that a worker carries it out."
    return None


def _behind(name: str, last: int, head: int, *, disturbed: bool) -> str:
    if disturbed:
        return (
            f"{name} stands at event {last} and the ledger at {head}: it was reset or started by hand; "
            f"go on from the run before with `{_reset(name)} --run-id ...`."
        )
    return (
        f"{name} knows of {last} events and the ledger holds {head}: the last were added past the workflow; "
        f"find out by whom in the database's log."
    )


def _gone(name: str, stream: Stream, run: Run | None) -> str:
    if run is None:
        return (
            f"{name} lives in the ledger, which has {stream.head} events of it, and the server does not know "
            f"it: it was deleted; bring it back from the server's backup."
        )
    closed = f"{name} lives in the ledger and was {_closed(run.status)} on the server"
    return f"{closed}: go on from where it was with `{_reset(name)}`."


def _closed(status: str) -> str:
    return "ended" if status == "COMPLETED" else status.lower().replace("_", " ")


def _reset(name: str) -> str:
    return f"temporal workflow reset --workflow-id {name} --type LastWorkflowTask --reason WHY"
