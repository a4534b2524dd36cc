"""What every journey's workflow offers: the updates about its steps, its gate, its pauses and its end."""

from typing import Generic, TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.journey import Journey
    from domain.record import Receipt
    from domain.steering import Pause, Resume, Stop
    from domain.steps import CompleteStep, ReopenStep, SkipStep
    from workflows.shell import Shell

J = TypeVar("J", bound=Journey)


class JourneyShell(Shell[J], Generic[J]):
    """The shell of a technology, a rollout or a workstream."""

    @workflow.update(description="Complete an open step, with the evidence it asks for.")
    async def complete_step(self, command: CompleteStep) -> Receipt:
        """Complete an open step."""
        return await self.obey(command)

    @complete_step.validator
    def _check_complete_step(self, command: CompleteStep) -> None:
        self.check(command)

    @workflow.update(description="Skip an open step that is not mandatory, for a stated reason.")
    async def skip_step(self, command: SkipStep) -> Receipt:
        """Skip an open step."""
        return await self.obey(command)

    @skip_step.validator
    def _check_skip_step(self, command: SkipStep) -> None:
        self.check(command)

    @workflow.update(description="Reopen a closed step and everything that was built on it.")
    async def reopen_step(self, command: ReopenStep) -> Receipt:
        """Reopen a closed step."""
        return await self.obey(command)

    @reopen_step.validator
    def _check_reopen_step(self, command: ReopenStep) -> None:
        self.check(command)

    @workflow.update(description="Pause: nothing moves until it is resumed, and due dates move with it.")
    async def pause(self, command: Pause) -> Receipt:
        """Pause."""
        return await self.obey(command)

    @pause.validator
    def _check_pause(self, command: Pause) -> None:
        self.check(command)

    @workflow.update(description="Go on after a pause.")
    async def resume(self, command: Resume) -> Receipt:
        """Resume."""
        return await self.obey(command)

    @resume.validator
    def _check_resume(self, command: Resume) -> None:
        self.check(command)

    @workflow.update(description="End it for good, for a stated reason; what was done stays on record.")
    async def stop(self, command: Stop) -> Receipt:
        """Stop."""
        return await self.obey(command)

    @stop.validator
    def _check_stop(self, command: Stop) -> None:
        self.check(command)

    async def during(self, stage: str) -> None:
        """Live through a stage, until the rules have moved on or the journey was stopped."""
        if self.state.stage == stage and self.state.stopped is None:
            await self.live_until(lambda state: state.stage != stage or state.stopped is not None)
            if self.state.stopped is None:
                await self.end_stage()

    async def until_stopped(self) -> str:
        """Stay, at rest but steerable, until somebody ends it; answer with the reason."""
        await self.live_until(lambda state: state.stopped is not None)
        await self.finish()
        return f"Stopped: {self.state.stopped.reason}" if self.state.stopped else ""
