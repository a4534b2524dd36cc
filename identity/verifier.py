"""What a worker asks before anything is accepted: may whoever signed this do it?"""

from datetime import datetime

from domain.proof import Deed
from domain.refusal import Refusal
from identity.decision import verify_deed
from identity.people import People


class Verifier:
    """Verifies deeds against the people who may act.

    Args:
        people: Where people are known from.
    """

    def __init__(self, people: People) -> None:
        self._people = people

    def refusal_of(self, deed: Deed, now: datetime) -> Refusal | None:
        """Why the deed may not be done at that moment; ``None`` where its signer may do it."""
        outcome = verify_deed(deed, self._people, now)
        return outcome if isinstance(outcome, Refusal) else None
