"""Verifies what comes in: a worker lets no command through whose actor has not proved who they are."""

from datetime import UTC, datetime

from temporalio.exceptions import ApplicationError
from temporalio.worker import Interceptor, WorkflowInboundInterceptor, WorkflowInterceptorClassInput

from activities.proof import Verify
from domain.proof import Deed
from workflows.proof import VERIFY, ProofInbound


class VerifyingInterceptor(Interceptor):
    """Offers workflows the way to have an update verified, outside the sandbox and never on replay.

    Args:
        verify: How a deed is verified.
    """

    def __init__(self, verify: Verify) -> None:
        self._verify = verify

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002
    ) -> type[WorkflowInboundInterceptor]:
        """The class that stands before every workflow."""
        input.unsafe_extern_functions[VERIFY] = self._check
        return ProofInbound

    def _check(self, deed: Deed) -> None:
        refusal = self._verify(deed, datetime.now(UTC))
        if refusal:
            raise ApplicationError(refusal.message, type=refusal.code, non_retryable=True)
