"""Sends what somebody else would send: with a signature of one's own choice, or with none."""

from dataclasses import replace
from typing import Any

from temporalio.client import (
    Interceptor,
    OutboundInterceptor,
    StartWorkflowInput,
    StartWorkflowUpdateInput,
    WorkflowHandle,
    WorkflowUpdateHandle,
)

from domain.actor import Actor
from identity.keys import PrivateKey
from runtime.stack import Stack
from tests.endtoend.conftest import keyring_of
from workflows import proof


class Carrying(Interceptor):
    """Puts a signature onto whatever is sent, whether it belongs there or not.

    Args:
        signature: The signature; empty for none.
    """

    def __init__(self, signature: str) -> None:
        self._signature = signature

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002
        """Stand before the server."""
        return _Carrying(next, self._signature)


class _Carrying(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, signature: str) -> None:  # noqa: A002
        super().__init__(next)
        self._headers = {proof.SIGNATURE: proof.write_header(signature)} if signature else {}

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:  # noqa: A002
        return await super().start_workflow(replace(input, headers=self._headers))

    async def start_workflow_update(
        self,
        input: StartWorkflowUpdateInput,  # noqa: A002
    ) -> WorkflowUpdateHandle[Any]:
        return await super().start_workflow_update(replace(input, headers=self._headers))


def keys_of(stack: Stack, actor: Actor) -> PrivateKey:
    """Somebody's key."""
    return keyring_of(stack).key_of(actor)
