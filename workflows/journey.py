"""What every journey's workflow offers: updates about its steps, its evidence, its pauses and its end."""

from typing import Generic, TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.barrier import (
        CloseBarrier,
        ConcludeMitigation,
        MitigateBarrier,
        RaiseBarrier,
        ReassessBarrier,
    )
    from domain.evidence import AddEvidence, SignCheck, WithdrawEvidence
    from domain.gate_commands import (
        AnswerObjection,
        AskWaiver,
        DecideGate,
        GrantWaiver,
        MeetCondition,
        ObjectToGate,
    )
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

    @workflow.update(description="Bring a finding, or a better one in the place of another.")
    async def add_evidence(self, command: AddEvidence) -> Receipt:
        """Bring a finding."""
        return await self.obey(command)

    @add_evidence.validator
    def _check_add_evidence(self, command: AddEvidence) -> None:
        self.check(command)

    @workflow.update(description="Withdraw a finding; every gate that relied on it is reopened.")
    async def withdraw_evidence(self, command: WithdrawEvidence) -> Receipt:
        """Withdraw a finding."""
        return await self.obey(command)

    @withdraw_evidence.validator
    def _check_withdraw_evidence(self, command: WithdrawEvidence) -> None:
        self.check(command)

    @workflow.update(description="Say what hinders or what helps; a barrier that blocks holds its steps.")
    async def raise_barrier(self, command: RaiseBarrier) -> Receipt:
        """Say what hinders or helps."""
        return await self.obey(command)

    @raise_barrier.validator
    def _check_raise_barrier(self, command: RaiseBarrier) -> None:
        self.check(command)

    @workflow.update(description="Say that a barrier hinders more or less, or who else sees to it.")
    async def reassess_barrier(self, command: ReassessBarrier) -> Receipt:
        """Reassess a barrier."""
        return await self.obey(command)

    @reassess_barrier.validator
    def _check_reassess_barrier(self, command: ReassessBarrier) -> None:
        self.check(command)

    @workflow.update(description="Try something against a barrier.")
    async def mitigate_barrier(self, command: MitigateBarrier) -> Receipt:
        """Try something against a barrier."""
        return await self.obey(command)

    @mitigate_barrier.validator
    def _check_mitigate_barrier(self, command: MitigateBarrier) -> None:
        self.check(command)

    @workflow.update(description="Say how an attempt against a barrier ended.")
    async def conclude_mitigation(self, command: ConcludeMitigation) -> Receipt:
        """Say how an attempt ended."""
        return await self.obey(command)

    @conclude_mitigation.validator
    def _check_conclude_mitigation(self, command: ConcludeMitigation) -> None:
        self.check(command)

    @workflow.update(description="Close a barrier: it was overcome, one lives with it, or it is gone.")
    async def close_barrier(self, command: CloseBarrier) -> Receipt:
        """Close a barrier."""
        return await self.obey(command)

    @close_barrier.validator
    def _check_close_barrier(self, command: CloseBarrier) -> None:
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


class GatedShell(JourneyShell[J], Generic[J]):
    """The shell of a journey that comes to gates: a technology or a rollout."""

    @workflow.update(description="Say what should be decided at a gate, on the evidence that it asks for.")
    async def decide_gate(self, command: DecideGate) -> Receipt:
        """Say what should be decided at a gate."""
        return await self.obey(command)

    @decide_gate.validator
    def _check_decide_gate(self, command: DecideGate) -> None:
        self.check(command)

    @workflow.update(description="Object to passing a gate; somebody else has to answer first.")
    async def object_to_gate(self, command: ObjectToGate) -> Receipt:
        """Object to passing a gate."""
        return await self.obey(command)

    @object_to_gate.validator
    def _check_object_to_gate(self, command: ObjectToGate) -> None:
        self.check(command)

    @workflow.update(description="Answer an objection that somebody else raised.")
    async def answer_objection(self, command: AnswerObjection) -> Receipt:
        """Answer an objection."""
        return await self.obey(command)

    @answer_objection.validator
    def _check_answer_objection(self, command: AnswerObjection) -> None:
        self.check(command)

    @workflow.update(description="Ask that a criterion of a gate be waived for a time.")
    async def ask_waiver(self, command: AskWaiver) -> Receipt:
        """Ask for a waiver."""
        return await self.obey(command)

    @ask_waiver.validator
    def _check_ask_waiver(self, command: AskWaiver) -> None:
        self.check(command)

    @workflow.update(description="Grant a waiver that somebody else asked for.")
    async def grant_waiver(self, command: GrantWaiver) -> Receipt:
        """Grant a waiver."""
        return await self.obey(command)

    @grant_waiver.validator
    def _check_grant_waiver(self, command: GrantWaiver) -> None:
        self.check(command)

    @workflow.update(description="Say that a condition on which a gate was passed is met.")
    async def meet_condition(self, command: MeetCondition) -> Receipt:
        """Say that a condition is met."""
        return await self.obey(command)

    @meet_condition.validator
    def _check_meet_condition(self, command: MeetCondition) -> None:
        self.check(command)

    @workflow.update(description="Sign a governance check, on terms or not, or refuse it.")
    async def sign_check(self, command: SignCheck) -> Receipt:
        """Sign a governance check."""
        return await self.obey(command)

    @sign_check.validator
    def _check_sign_check(self, command: SignCheck) -> None:
        self.check(command)
