"""The amounts that findings are made of, and how a rule between them is refused."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, Strict, model_validator

from domain.value import Fact

MOST = 1_000_000_000
"""Above any count that a national programme can bring; beyond it a number is a slip."""

Count = Annotated[int, Strict(), Field(ge=0, le=MOST)]
"""How many, over everybody: never a figure of one person."""

Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
"""A finite number; neither text nor true or false stands for one."""


class Period(Fact):
    """The days that counts cover, the first and the last included.

    Raises:
        ValueError: It ends before it starts.
    """

    start: date
    end: date

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"The period ends on {self.end}, before it starts on {self.start}: swap them.")
        return self


def insist_within(part: tuple[str, int], whole: tuple[str, int]) -> None:
    """Insist that a count is no larger than the one of which it is part.

    Args:
        part: What is counted, in words, and how many.
        whole: The same of what it is part of.

    Raises:
        ValueError: It is larger.
    """
    if part[1] > whole[1]:
        raise ValueError(
            f"{part[1]:,} {part[0]} are more than the {whole[1]:,} {whole[0]}, of whom they are part: "
            "correct the counts."
        )
