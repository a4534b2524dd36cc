"""What the engine knows of workflows: which of those in somebody's books still run."""

import asyncio
from collections.abc import Callable
from typing import Any

from temporalio import activity
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from domain.office_commands import RUNNING

AT_ONCE = 8
"""How many workflows are asked about at the same time."""

NOT_FOUND = "not found"

# One that continued as new runs on; the server answers with its latest run in any case.
_GOES_ON = (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.CONTINUED_AS_NEW)


class EngineActivities:
    """The activities that ask the engine itself.

    Args:
        client: The server that is asked.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def all(self) -> list[Callable[..., Any]]:
        """Every activity, ready for a worker."""
        return [self.look_up_lives]

    @activity.defn(name="look-up-lives")
    async def look_up_lives(self, workflows: tuple[str, ...]) -> dict[str, str]:
        """Return what became of each workflow, by its id: that it runs, how it ended, or that there is none.

        What cannot be asked fails, and is never taken for an end.
        """
        turns = asyncio.Semaphore(AT_ONCE)

        async def ask(workflow: str) -> str:
            async with turns:
                return await self._look_up(workflow)

        found = await asyncio.gather(*(ask(workflow) for workflow in workflows))
        return dict(zip(workflows, found, strict=True))

    async def _look_up(self, workflow: str) -> str:
        try:
            # As the server says it: of all that it knows of a workflow, only this is wanted.
            answer = await self._client.workflow_service.describe_workflow_execution(
                DescribeWorkflowExecutionRequest(
                    namespace=self._client.namespace, execution=WorkflowExecution(workflow_id=workflow)
                )
            )
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return NOT_FOUND
            raise
        status = WorkflowExecutionStatus(answer.workflow_execution_info.status)
        return RUNNING if status in _GOES_ON else status.name.lower().replace("_", " ")
