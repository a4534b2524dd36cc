"""How workflow code is run: in Temporal's sandbox, without asking it for what no converter of ours uses.

For every payload that goes in or out, a worker asks the workflow for the context in which it stands, and in a
sandbox that means compiling and running code. Our converter reads and writes every payload in the same way,
wherever it stands; a third of a worker's time went into answers that nobody looked at (docs/performance.md).
"""

from collections.abc import Sequence
from typing import Any

from temporalio import workflow
from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

# The domain is pure by lint, so it may be shared between runs instead of being imported again for each.
PASSED_THROUGH = ("annotated_types", "domain", "pydantic", "pydantic_core", "typing_inspection")


class ContextFreeRunner(WorkflowRunner):
    """Runs each workflow in a sandbox that is asked for nothing but to run it.

    Args:
        shared: More modules that the sandbox shares with the worker instead of importing them for each run.
    """

    def __init__(self, *shared: str) -> None:
        self._sandbox = SandboxedWorkflowRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH, *shared)
        )

    def prepare_workflow(self, defn: Any) -> None:
        """Check that a workflow can be run."""
        self._sandbox.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Make ready to run a workflow."""
        return ContextFreeInstance(self._sandbox.create_instance(det))

    def set_worker_level_failure_exception_types(self, types: Sequence[type[BaseException]]) -> None:
        """Hand on which exceptions fail a workflow."""
        self._sandbox.set_worker_level_failure_exception_types(types)


class ContextFreeInstance(WorkflowInstance):
    """A workflow that runs, and says of every payload that it stands nowhere in particular."""

    def __init__(self, instance: WorkflowInstance) -> None:
        self._instance = instance

    def activate(self, act: Any) -> Any:
        """Run it as far as it goes."""
        return self._instance.activate(act)

    def get_serialization_context(self, command_info: Any) -> SerializationContext | None:
        """Say that no converter needs to know."""
        del command_info
        return None

    def get_external_store_context(self, command_info: Any) -> StorageDriverStoreContext:
        """Say that nothing is stored elsewhere."""
        del command_info
        return _NOWHERE

    def get_info(self) -> workflow.Info:
        """Say which run it is."""
        return self._instance.get_info()

    def get_thread_id(self) -> int | None:
        """Say on which thread it runs."""
        return self._instance.get_thread_id()


_NOWHERE = StorageDriverStoreContext()
