"""What somebody asks of the engine, together with what is to prove who asks it."""

from typing import Any

from domain.actor import Actor
from domain.value import Cargo

START = "start"
"""What stands for an update's name where a workflow is started; its id is then the workflow's type."""


class Deed(Cargo):
    """A command as it reached the engine, and the signature that came beside it.

    Attributes:
        workflow: The id of the workflow that is told, or started.
        update: The update's name.
        id: The update's id.
        arguments: What was sent, as JSON.
        actor: Whom the command names as its actor.
        signature: The decision signature; empty where none came.
        credential: What an identity provider says of the signer; empty where none came.
    """

    workflow: str
    update: str
    id: str
    arguments: tuple[Any, ...]
    actor: Actor
    signature: str = ""
    credential: str = ""
