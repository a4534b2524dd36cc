"""Signs what goes out: every command of a person leaves this process with their signature beside it."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.client import (
    Interceptor,
    OutboundInterceptor,
    StartWorkflowInput,
    StartWorkflowUpdateInput,
    WorkflowHandle,
    WorkflowUpdateHandle,
)

from domain.proof import START, Deed
from identity.decision import sign_deed
from identity.keyring import Keyring
from workflows import proof


class SigningInterceptor(Interceptor):
    """Signs updates, and starts of workflows, that carry a command with an actor.

    Args:
        keyring: Whose keys sign.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002
        """Stand between the caller and the server."""
        return _Signing(next, self._keyring)


class _Signing(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, keyring: Keyring) -> None:  # noqa: A002
        super().__init__(next)
        self._keyring = keyring

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:  # noqa: A002
        headers = self._signed(input.headers, input.id, START, input.workflow, input.args)
        return await super().start_workflow(replace(input, headers=headers))

    async def start_workflow_update(self, input: StartWorkflowUpdateInput) -> WorkflowUpdateHandle[Any]:  # noqa: A002
        update_id = input.update_id or str(uuid.uuid4())
        headers = self._signed(input.headers, input.id, input.update, update_id, input.args)
        return await super().start_workflow_update(replace(input, headers=headers, update_id=update_id))

    def _signed(
        self, headers: Mapping[str, Payload], workflow: str, update: str, update_id: str, arguments: Any
    ) -> Mapping[str, Payload]:
        actor = proof.actor_of(arguments)
        if actor is None:
            return headers
        deed = Deed(
            workflow=workflow, update=update, id=update_id, arguments=proof.as_json(arguments), actor=actor
        )
        signed = {
            **headers,
            proof.SIGNATURE: proof.write_header(
                sign_deed(deed, self._keyring.key_of(actor), datetime.now(UTC))
            ),
        }
        credential = self._keyring.credential_of(actor)
        return {**signed, proof.CREDENTIAL: proof.write_header(credential)} if credential else signed
