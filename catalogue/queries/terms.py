"""Questions about what decisions depend on: objections, waivers and conditions."""

from datetime import datetime
from typing import Literal

from catalogue.connection import Lent
from catalogue.queries.reading import fields, note, said
from catalogue.rows.decisions import Condition, Objection, Waiver

ConditionState = Literal["open", "met", "lapsed"]

_OBJECTIONS = """
SELECT stream, number, gate, raised, people, answered FROM catalogue.objections
WHERE ($1::text IS NULL OR stream = $1) AND ($2::text IS NULL OR technology = $2)
ORDER BY stream, number
"""
_WAIVERS = """
SELECT stream, technology, board, gate, number, criterion, until, asked, people, granted
FROM catalogue.waivers
WHERE ($1::text IS NULL OR stream = $1) AND ($2::text IS NULL OR technology = $2)
  AND ($3::text IS NULL OR board = $3) AND ($4::timestamptz IS NULL OR granted IS NOT NULL AND until > $4)
ORDER BY stream, number
"""
_CONDITIONS = """
SELECT stream, technology, board, gate, number, what, owner, due, met, state
FROM catalogue.terms JOIN (SELECT stream, stopped FROM catalogue.journeys) AS journey USING (stream)
WHERE ($1::text IS NULL OR stream = $1) AND ($2::text IS NULL OR technology = $2)
  AND ($3::text IS NULL OR board = $3) AND ($4::text IS NULL OR owner = $4)
  AND ($5::text IS NULL OR state = $5 AND (state <> 'open' OR stopped IS NULL))
ORDER BY due, stream, number
"""


async def list_objections(
    connection: Lent, *, stream: str | None = None, technology: str | None = None
) -> tuple[Objection, ...]:
    """What was objected to passing gates, by stream and number."""
    records = await connection.fetch(_OBJECTIONS, stream, technology)
    return tuple(
        Objection(**fields(record, raised=said(record["raised"]), answered=note(record["answered"])))
        for record in records
    )


async def list_waivers(
    connection: Lent,
    *,
    stream: str | None = None,
    technology: str | None = None,
    board: str | None = None,
    in_force: datetime | None = None,
) -> tuple[Waiver, ...]:
    """What was to be waived, by stream and number.

    Args:
        connection: Where to ask.
        stream: In one technology or rollout.
        technology: In everything that belongs to a technology.
        board: At one board.
        in_force: Only those that were granted and last beyond that moment.
    """
    records = await connection.fetch(_WAIVERS, stream, technology, board, in_force)
    return tuple(
        Waiver(**fields(record, asked=said(record["asked"]), granted=note(record["granted"])))
        for record in records
    )


async def list_conditions(
    connection: Lent,
    *,
    stream: str | None = None,
    technology: str | None = None,
    board: str | None = None,
    owner: str | None = None,
    state: ConditionState | None = None,
) -> tuple[Condition, ...]:
    """What gates were passed on, the earliest due first.

    Args:
        connection: Where to ask.
        stream: In one technology or rollout.
        technology: In everything that belongs to a technology.
        board: At one board.
        owner: Of the role that has to meet them.
        state: In this state; ``open`` leaves out those of a journey that was stopped.
    """
    records = await connection.fetch(_CONDITIONS, stream, technology, board, owner, state)
    return tuple(Condition(**fields(record, met=note(record["met"]))) for record in records)
