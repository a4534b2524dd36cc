"""The governance checks of a programme: who signs what, where, and for which technologies."""

from datetime import timedelta
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from domain.catalogue import Board, Islands
from domain.check import CheckNeeded
from domain.value import Line, Slug, Value


class Trait(StrEnum):
    """What a technology is, where that calls for checks that others do not need."""

    AI = "ai"
    EXTENDED_REALITY = "extended-reality"
    MEDICAL_DEVICE = "medical-device"


class Check(Value):
    """A governance check before a rollout.

    Attributes:
        id: The check's slug; gates ask for its signature under it.
        name: Its name for people.
        applies: Where it applies, in words: several are English instruments.
        standing: What weight it has here.
        traits: Only technologies with one of these need it; every technology where none is named.
        per: For what it is signed once: each technology, or each board.
        boards: Which boards sign it, where it is signed by boards.
        signers: The roles that usually sign.
        independent: Whether nobody who acts for the board may sign.
        rests_on: The evidence that has to be there before it is accepted.
        on_terms: What a conditional signature counts as at a gate.
        expires_after: How long a signature holds; ``None`` where time alone does not end it.
        recheck_on_change: Whether a material change calls for it again.
        facts: What whoever does it has to know.
        source: The title of its source.

    Raises:
        ValueError: It is signed for a technology and yet says which boards sign, or that none may.
    """

    id: Slug
    name: Line
    applies: Line
    standing: Literal["required", "good-practice", "evidence", "reference"]
    traits: tuple[Trait, ...] = ()
    per: Literal["technology", "board"]
    boards: Literal["all", "with-islands"] = "all"
    signers: tuple[Slug, ...] = Field(min_length=1)
    independent: bool = False
    rests_on: tuple[Slug, ...] = ()
    on_terms: Literal["met", "inconclusive", "not-met"] = "inconclusive"
    expires_after: timedelta | None = Field(default=None, gt=timedelta(0))
    recheck_on_change: bool = False
    facts: tuple[str, ...] = ()
    source: Line

    @model_validator(mode="after")
    def _only_boards_sign_for_boards(self) -> Self:
        if self.per == "technology" and (self.independent or self.boards != "all"):
            raise ValueError(
                f'check "{self.id}" is signed once for each technology and speaks of boards: '
                "leave out boards and independent, or let each board sign it"
            )
        return self

    def concerns(self, traits: tuple[Trait, ...]) -> bool:
        """Whether a technology with these traits needs it."""
        return not self.traits or any(trait in traits for trait in self.traits)

    def concerns_board(self, board: Board) -> bool:
        """Whether this board signs it, for a technology that needs it."""
        with_islands = self.boards == "with-islands"
        return self.per == "board" and not (with_islands and board.islands is Islands.NONE)

    @property
    def needed(self) -> CheckNeeded:
        """The check as a life carries it."""
        return CheckNeeded(
            id=self.id,
            title=self.name,
            signers=self.signers,
            rests_on=self.rests_on,
            expires_after=self.expires_after,
            independent=self.independent,
        )
