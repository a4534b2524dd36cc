"""How the proof of who decides travels through a workflow: read from headers, carried on, never verified.

A decision is verified before it is accepted, outside the workflow, by whatever the worker offers. What is
replayed later has been accepted, and is carried out again whatever has expired or been revoked meanwhile.
"""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.exceptions import ApplicationError
from temporalio.worker import HandleUpdateInput, WorkflowInboundInterceptor

from domain.actor import Actor
from domain.proof import START, Deed

SIGNATURE = "cairn-signature"
CREDENTIAL = "cairn-credential"
"""The headers in which a decision's signature, and what an identity provider says of its signer, travel."""

VERIFY = "cairn_verify"
"""The function that the worker offers to verify a deed; it raises what refuses it."""

_verified: ContextVar[bool] = ContextVar("cairn_verified", default=False)
_signature: ContextVar[str] = ContextVar("cairn_signature", default="")


class ProofInbound(WorkflowInboundInterceptor):
    """Has every update verified before its validator is asked, and keeps its signature for the handler."""

    def handle_update_validator(self, input: HandleUpdateInput) -> None:  # noqa: A002  # the library's name
        """Refuse an update that does not prove whose it is."""
        verify = workflow.extern_functions().get(VERIFY)
        if verify is None:
            raise ApplicationError(NOBODY_VERIFIES, type="unverified", non_retryable=True)
        deed = deed_of(workflow.info().workflow_id, input.update, input.id, input.args, input.headers)
        # What the worker offers is no workflow code, and imports what it needs as it needs it.
        with workflow.unsafe.sandbox_unrestricted(), workflow.unsafe.imports_passed_through():
            verify(deed)
        token = _verified.set(True)
        try:
            super().handle_update_validator(input)
        finally:
            _verified.reset(token)

    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:  # noqa: A002  # the library's name
        """Carry out an update with its signature at hand."""
        _signature.set(read_header(input.headers, SIGNATURE))
        return await super().handle_update_handler(input)


NOBODY_VERIFIES = (
    "This worker verifies nobody's signature, so it accepts no decision: run `python worker.py`."
)


def was_verified() -> bool:
    """Say whether what is being judged now has been verified."""
    return _verified.get()


def signature() -> str:
    """The signature of the update that is being carried out; empty outside of one."""
    return _signature.get()


def deed_of(
    workflow_id: str, update: str, update_id: str, arguments: Any, headers: Mapping[str, Payload]
) -> Deed:
    """What an update wants, with its signature.

    Raises:
        ApplicationError: It carries no command of an actor.
    """
    actor = actor_of(arguments)
    if actor is None:
        raise ApplicationError(
            f"{update} of {workflow_id} names no actor: send it with `python starter.py`.",
            type="no-actor",
            non_retryable=True,
        )
    return Deed(
        workflow=workflow_id,
        update=update,
        id=update_id,
        arguments=as_json(arguments),
        actor=actor,
        signature=read_header(headers, SIGNATURE),
        credential=read_header(headers, CREDENTIAL),
    )


def deed_of_start(life: Any) -> Deed:
    """What the start of this run wants, with its signature.

    Raises:
        ApplicationError: It carries no command of an actor.
    """
    info = workflow.info()
    return deed_of(info.workflow_id, START, info.workflow_type, (life,), info.headers)


def actor_of(arguments: Any) -> Actor | None:
    """Who wants what an update or a workflow is given: the actor of the command, or of a life's beginning."""
    for argument in arguments:
        command = getattr(argument, "start", argument)
        actor = getattr(command, "actor", None)
        if isinstance(actor, Actor):
            return actor
    return None


def as_json(arguments: Any) -> tuple[Any, ...]:
    """Arguments as they are signed: in JSON, with the fields that were given."""
    return tuple(argument.model_dump(mode="json", exclude_unset=True) for argument in arguments)


def read_header(headers: Mapping[str, Payload], name: str) -> str:
    """The text of a header, empty where there is none."""
    payload = headers.get(name)
    try:
        text = "" if payload is None else json.loads(payload.data)
    except (ValueError, RecursionError):
        return ""
    return text if isinstance(text, str) else ""


def write_header(text: str) -> Payload:
    """A header of text, which Temporal's own tools can show."""
    return Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(text).encode())
