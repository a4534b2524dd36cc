"""Questions about decisions: what waits for one, what was decided, and how somebody steered."""

from catalogue.connection import Lent, Record
from catalogue.queries.reading import fields
from catalogue.rows.work import Decision, Gate, Steering

_OPEN = """
SELECT stream, technology, board, gate, gate_since AS since,
       coalesce(paused_own, paused_technology) IS NOT NULL AS at_rest
FROM catalogue.journeys
WHERE gate IS NOT NULL AND ($1::text IS NULL OR stream = $1) AND ($2::text IS NULL OR technology = $2)
  AND ($3::text IS NULL OR gate -> 'decides' ? $3) AND ($4::text IS NULL OR board = $4)
ORDER BY gate_since, stream
"""
_DECISIONS = """
SELECT stream, sequence, technology, board, gate, title, outcome, effect, reason, at, name, role, cycle, seen
FROM catalogue.decisions
WHERE ($1::text IS NULL OR stream = $1) AND ($2::text IS NULL OR technology = $2)
ORDER BY at, stream, sequence
"""
_STEERING = """
SELECT stream, sequence, act, at, name, role, reason, detail FROM catalogue.steering
WHERE ($1::text IS NULL OR stream = $1)
  AND ($2::text IS NULL OR split_part(stream, '/', 2) = $2 AND split_part(stream, '/', 1) <> 'programme'
       OR detail ->> 'technology' = $2)
ORDER BY at, stream, sequence
"""


async def list_gates(
    connection: Lent,
    *,
    stream: str | None = None,
    technology: str | None = None,
    role: str | None = None,
    board: str | None = None,
) -> tuple[Gate, ...]:
    """The gates that wait for their decision, the longest wait first."""
    records = await connection.fetch(_OPEN, stream, technology, role, board)
    return tuple(_gate(record) for record in records)


async def show_gate(connection: Lent, name: str) -> Gate | None:
    """The open gate of that readable name (``ccbt-perinatal/fife/go-live``), or ``None``."""
    technology = name.partition("/")[0]
    gates = await list_gates(connection, technology=technology)
    return next((gate for gate in gates if gate.name == name), None)


async def list_decisions(
    connection: Lent, *, stream: str | None = None, technology: str | None = None
) -> tuple[Decision, ...]:
    """What was decided at gates, the oldest first."""
    records = await connection.fetch(_DECISIONS, stream, technology)
    return tuple(Decision(**fields(record)) for record in records)


async def list_steering(
    connection: Lent, *, stream: str | None = None, technology: str | None = None
) -> tuple[Steering, ...]:
    """Who paused, resumed, stopped, reordered, published, set capacity or priority; the oldest first."""
    records = await connection.fetch(_STEERING, stream, technology)
    return tuple(Steering(**fields(record)) for record in records)


def _gate(record: Record) -> Gate:
    gate, place = record["gate"], record["board"] or "national"
    return Gate(
        name=f"{record['technology']}/{place}/{gate['id']}",
        stream=record["stream"],
        technology=record["technology"],
        board=record["board"],
        gate=gate["id"],
        title=gate["title"],
        question=gate["question"],
        roles=tuple(gate["decides"]),
        outcomes=gate["outcomes"],
        needs=tuple(gate["needs"]),
        since=record["since"],
        at_rest=record["at_rest"],
    )
