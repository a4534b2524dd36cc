"""Verifies what comes in: a worker lets no command through whose actor has not proved who they are."""

from functools import partial

from temporalio.worker import Interceptor, WorkflowInboundInterceptor, WorkflowInterceptorClassInput

from activities.proof import Verify, check_now
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
        input.unsafe_extern_functions[VERIFY] = partial(check_now, self._verify)
        return ProofInbound
