"""How a workflow that a person started learns whether they may: once, at its beginning."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.proof import Deed
from domain.refusal import Refusal

Verify = Callable[[Deed, datetime], Refusal | None]
"""Says why whoever signed a deed may not do it at that moment; ``None`` where they may."""


class ProofActivities:
    """The activities that see whether actors are who they say.

    Args:
        verify: How a deed is verified.
    """

    def __init__(self, verify: Verify) -> None:
        self._verify = verify

    def all(self) -> list[Callable[..., Any]]:
        """Every activity, ready for a worker."""
        return [self.verify_start]

    @activity.defn(name="verify-start")
    async def verify_start(self, deed: Deed) -> str:
        """Return the name of the person who started a workflow and may.

        Raises:
            ApplicationError: They may not, or it was not they; the message is the sentence.
        """
        check_now(self._verify, deed)
        return deed.actor.name


def check_now(verify: Verify, deed: Deed) -> None:
    """Let a deed pass that whoever signed it may do at this moment.

    Raises:
        ApplicationError: They may not, or it was not they; the message is the sentence.
    """
    refusal = verify(deed, datetime.now(UTC))
    if refusal:
        raise ApplicationError(refusal.message, type=refusal.code, non_retryable=True)
