"""Governance checks as a life needs them: what has to be signed, by whom, and for how long that holds."""

from datetime import timedelta

from pydantic import Field

from domain.value import Line, Slug, Value


class CheckNeeded(Value):
    """A governance check that has to be signed in a life.

    Attributes:
        id: The check's slug; its signature is evidence under the same slug.
        title: Its name for people.
        signers: The roles of which any may sign.
        rests_on: The evidence that has to be in force before it is accepted.
        expires_after: How long a signature holds; ``None`` where time alone does not end it.
        independent: Whether nobody who acts for the board may sign.
    """

    id: Slug
    title: Line
    signers: tuple[Slug, ...] = Field(min_length=1)
    rests_on: tuple[Slug, ...] = ()
    expires_after: timedelta | None = Field(default=None, gt=timedelta(0))
    independent: bool = False
