"""How a worker is built, so that `worker.py`, the tests and the benchmarks run the same one."""

import os
import socket
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.worker import Worker

from activities.engine import EngineActivities
from activities.proof import ProofActivities, Verify
from runtime.settings import Settings
from runtime.verifying import VerifyingInterceptor
from runtime.workflow_runner import ContextFreeRunner
from workflows import registry

# A sticky queue outlives a worker that was killed; waiting for it longer than this would delay every answer.
STICKY_PATIENCE = timedelta(milliseconds=500)
LAST_ORDERS = timedelta(seconds=5)

WORKFLOW_TASKS_AT_ONCE = 8
"""Workflow tasks share one interpreter: more at once would make each slower, and on a cold worker all of them
might miss the short time-out of workflow tasks."""


def worker_identity(pid: int) -> str:
    """Name a worker process of this host, as the Temporal UI shows it."""
    return f"cairn-worker-{pid}@{socket.gethostname()}"


async def asks_for_work(client: Client, settings: Settings, identity: str) -> bool:
    """Say whether the server has heard from the worker of that identity on the task queue of late."""
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=settings.task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    return any(poller.identity == identity for poller in answer.pollers)


def build_worker(
    client: Client,
    settings: Settings,
    activities: Sequence[Callable[..., Any]],
    verify: Verify,
    **options: Any,
) -> Worker:
    """Return a worker, not yet running, for every workflow of Cairn and the given activities.

    Args:
        client: The server to serve.
        settings: Names the task queue.
        activities: Bound activity methods, with their connections injected.
        verify: How actors prove who they are; there is no worker without.
        options: Passed to `Worker` as they are, over the defaults here.
    """
    defaults: dict[str, Any] = {
        "task_queue": settings.task_queue,
        "workflows": registry.ALL,
        "activities": [*activities, *ProofActivities(verify).all(), *EngineActivities(client).all()],
        "interceptors": [VerifyingInterceptor(verify)],
        "workflow_runner": ContextFreeRunner(),
        "sticky_queue_schedule_to_start_timeout": STICKY_PATIENCE,
        "graceful_shutdown_timeout": LAST_ORDERS,
        "max_concurrent_workflow_tasks": WORKFLOW_TASKS_AT_ONCE,
        "identity": worker_identity(os.getpid()),
    }
    return Worker(client, **{**defaults, **options})
