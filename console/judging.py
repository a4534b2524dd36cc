"""How the criteria of gates that wait are answered now, by the rules by which the workflow will decide."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogue.rows.work import Gate
    from console.reading import Connection
    from domain.criterion import Judgement


@dataclass(frozen=True)
class Judged:
    """A gate that waits, with how its criteria are answered at this moment.

    Attributes:
        gate: The gate.
        judgements: How each criterion is answered, and why.
        basis: What the judged evidence is known by.
    """

    gate: "Gate"
    judgements: "tuple[Judgement, ...]"
    basis: str


async def judged(
    connection: "Connection", stream: str, waiting: "tuple[Gate, ...]", now: datetime
) -> tuple[Judged, ...]:
    """Judge the gates of one life.

    Args:
        connection: Where to ask.
        stream: The life.
        waiting: Its gates that wait.
        now: The moment.
    """
    if not waiting:
        return ()
    from catalogue.queries.case import case_of, definition_of
    from domain.criterion import judge
    from domain.judging import basis_of

    case = await case_of(connection, stream)
    if case is None:
        return ()
    found: list[Judged] = []
    for gate in waiting:
        criteria = definition_of(gate).criteria
        judgements = tuple(judge(criterion, case.held, case.version, now) for criterion in criteria)
        found.append(Judged(gate, judgements, basis_of(judgements)))
    return tuple(found)
