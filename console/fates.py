"""What becomes of the boards at which a technology is replaced."""

from collections.abc import Iterable
from dataclasses import dataclass

from console import output
from console.output import Styled, counted


@dataclass(frozen=True)
class Fate:
    """What becomes of one board at which a technology is replaced.

    Attributes:
        board: The board.
        now: Where it stands.
        successor: Where the successor stands there.
        then: What becomes of it.
    """

    board: str
    now: str
    successor: str
    then: str


def draw(fates: Iterable[Fate]) -> None:
    """What becomes of each board at which a technology is replaced."""
    rows = list(fates)
    if not rows:
        return
    output.print_table(
        ("Board", "Stands", "Successor", "~What becomes of it"),
        [(Styled(it.board, "bold"), it.now, it.successor, it.then) for it in rows],
        empty="",
    )
    if stranded := sum("no plan" in it.then for it in rows):
        output.write(
            f"{counted(stranded, 'board')} would keep it for good: the successor does not come there yet."
        )
