"""The floor: the least a workflow can do with the same sign-offs, to compare Cairn's with.

It checks nothing, remembers nothing and records nothing; what Cairn costs above it buys the rest.
"""

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.gate_commands import DecideGate
    from domain.record import Receipt
    from domain.steps import CompleteStep

FLOOR_QUEUE = "cairn-floor"
"""The task queue of the floor's worker."""


@workflow.defn
class Floor:
    """Takes sign-offs and answers each with a receipt."""

    def __init__(self) -> None:
        self._taken = 0

    @workflow.run
    async def run(self) -> None:
        """Stay for ever."""
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def complete_step(self, command: CompleteStep) -> Receipt:
        """Take a step's sign-off."""
        return self._take(command)

    @complete_step.validator
    def _check_complete_step(self, command: CompleteStep) -> None:
        del command  # any will do

    @workflow.update
    async def decide_gate(self, command: DecideGate) -> Receipt:
        """Take a decision."""
        return self._take(command)

    @decide_gate.validator
    def _check_decide_gate(self, command: DecideGate) -> None:
        del command  # any will do

    def _take(self, command: CompleteStep | DecideGate) -> Receipt:
        del command
        self._taken += 1
        return Receipt(stream=workflow.info().workflow_id, sequence=self._taken)


@workflow.defn
class TechnologySink:
    """Stands where a technology would, for rollouts that are measured without one: it hears and forgets."""

    @workflow.run
    async def run(self) -> None:
        """Stay for ever."""
        await workflow.wait_condition(lambda: False)

    @workflow.signal
    def report_rollout(self, command: dict[str, Any]) -> None:
        """Hear where a rollout stands."""
