"""What a workflow costs: billable actions and bytes of history, by where they come from.

An action is counted as Temporal defines it (https://docs.temporal.io/cloud/actions): a workflow's start, by
a client, a parent or a continuation; a timer started; each upsert of search attributes; a signal sent; an
update received; a side effect; an activity started or retried; all local activities of one workflow task
together; a heartbeat that reaches the server. A child's start is two, one of them the child's own.

A signal is one action. A rollout is charged here with those it sends *and* those sent to it, since it is the
reason for both. Heartbeats leave no trace in a history; the server's own count shows them.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.request import urlopen

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

_ACTION = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: "workflow started or continued",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "update received",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signal received",
    EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: "signal sent",
    EventType.EVENT_TYPE_TIMER_STARTED: "timer started",
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: "activity",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "search attributes upserted",
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: "child started",
    EventType.EVENT_TYPE_MARKER_RECORDED: "markers of one workflow task",
}
_METRIC = re.compile(r'^action\{action_type="([^"]+)",namespace="default"[^}]*\} ([0-9.e+]+)$', re.MULTILINE)


@dataclass
class Bill:
    """What one workflow cost over all of its runs.

    Attributes:
        actions: Billable actions by their kind.
        sizes: Bytes of history events by their type.
        events: How many events there are.
        runs: How many runs.
    """

    actions: Counter[str] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)
    events: int = 0
    runs: int = 0

    def add(self, history: Iterable[HistoryEvent]) -> None:
        """Charge one run."""
        self.runs += 1
        marked: set[int] = set()
        for event in history:
            self.events += 1
            self.sizes[_type_name(event)] += event.ByteSize()
            kind = _ACTION.get(event.event_type)
            if event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED:
                task = event.marker_recorded_event_attributes.workflow_task_completed_event_id
                kind = kind if task not in marked else None
                marked.add(task)
            if kind:
                self.actions[kind] += 1
            retries = event.activity_task_started_event_attributes.attempt - 1
            if retries > 0:
                self.actions["activity retried"] += retries

    @property
    def total(self) -> int:
        """All billable actions that the histories show."""
        return self.actions.total()

    @property
    def bytes(self) -> int:
        """All bytes of history."""
        return self.sizes.total()


async def bill_of(client: Client, workflow: str) -> Bill:
    """Charge a workflow with its present run and all those that it continued."""
    bill = Bill()
    run: str | None = None
    while True:
        history = await client.get_workflow_handle(workflow, run_id=run).fetch_history()
        bill.add(history.events)
        begun = history.events[0].workflow_execution_started_event_attributes
        run = begun.continued_execution_run_id
        if not run:
            return bill


def server_counts(metrics: str) -> Counter[str]:
    """Read the actions that the server itself has counted from its metrics."""
    counts: Counter[str] = Counter()
    for kind, number in _METRIC.findall(metrics):
        counts[kind] += int(float(number))
    return counts


def find_metrics(ports: Iterable[int]) -> str | None:
    """Find the address among a server's ports at which it shows its metrics."""
    for port in ports:
        address = f"http://127.0.0.1:{port}/metrics"
        try:
            with urlopen(address, timeout=2) as answer:
                if b"service_requests" in answer.read():
                    return address
        except (OSError, ValueError):
            continue
    return None


def read_metrics(address: str) -> str:
    """Read the server's metrics."""
    with urlopen(address, timeout=10) as answer:
        text: str = answer.read().decode()
        return text


def _type_name(event: HistoryEvent) -> str:
    return EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").lower().replace("_", "-")
