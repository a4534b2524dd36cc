"""Questions about decisions: what waits for one, what was decided, and how somebody steered."""

from catalogue.connection import Lent, Record
from catalogue.queries.reading import fields, judgement, vote
from catalogue.queries.terms import list_objections, list_waivers
from catalogue.rows.decisions import Objection, Vote, Waiver
from catalogue.rows.work import Decision, Gate, Steering

# While one of its gates has to be decided again, a life passes none that comes after it, and where it is a
# national one, no board passes any. A barrier that blocks keeps every gate of a life shut.
_WAITING = """
SELECT waiting.name, waiting.stream, waiting.technology, waiting.board, waiting.gate, waiting.definition,
       waiting.since, waiting.due, waiting.escalated, waiting.because, waiting.asked_by, waiting.at_rest,
       waiting.halt,
       CASE WHEN waiting.halt IS NULL THEN concat_ws('; ', nullif(held_up.why, ''), (
           SELECT string_agg((other.definition ->> 'title') || ' has to be decided again, because '
                             || other.because, '; ' ORDER BY other.gate)
           FROM catalogue.waiting AS other
           WHERE other.stream = waiting.stream AND other.gate <> waiting.gate AND other.state = 'reopened'
             AND (waiting.state = 'open' OR other.first_decided < waiting.first_decided)
       )) ELSE '' END AS held_up,
       CASE WHEN waiting.escalated THEN waiting.seats || waiting.escalates_to ELSE waiting.seats END AS roles,
       ARRAY(
           SELECT content FROM catalogue.votes AS vote
           WHERE vote.stream = waiting.stream AND vote.gate = waiting.gate AND vote.sequence > waiting.opened
           ORDER BY vote.role
       ) AS votes
FROM catalogue.waiting LEFT JOIN catalogue.held_up USING (stream)
WHERE ($1::text IS NULL OR waiting.stream = $1) AND ($2::text IS NULL OR waiting.technology = $2)
  AND ($3::text IS NULL OR $3 = ANY (waiting.seats)
       OR waiting.escalated AND $3 = ANY (waiting.escalates_to))
  AND ($4::text IS NULL OR waiting.board = $4) AND ($5::text IS NULL OR waiting.name = $5)
ORDER BY waiting.since, waiting.stream, waiting.gate
"""
_DECISIONS = """
SELECT stream, sequence, technology, board, gate, title, outcome, effect, reason, at, name, role, cycle,
       judgements, votes, waivers
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
    """The gates that wait for a decision, the first one or another; the longest wait first."""
    return await _gates(connection, stream, technology, role, board, None)


async def show_gate(connection: Lent, name: str) -> Gate | None:
    """The open gate of that readable name (``ccbt-perinatal/fife/go-live``), or ``None``."""
    gates = await _gates(connection, None, None, None, None, name)
    return next(iter(gates), None)


async def list_decisions(
    connection: Lent, *, stream: str | None = None, technology: str | None = None
) -> tuple[Decision, ...]:
    """What was decided at gates, the oldest first."""
    records = await connection.fetch(_DECISIONS, stream, technology)
    return tuple(_decision(record) for record in records)


async def list_steering(
    connection: Lent, *, stream: str | None = None, technology: str | None = None
) -> tuple[Steering, ...]:
    """Who steered, how and why: the acts are those of ``Steering``; the oldest first."""
    records = await connection.fetch(_STEERING, stream, technology)
    return tuple(Steering(**fields(record)) for record in records)


async def _gates(
    connection: Lent,
    stream: str | None,
    technology: str | None,
    role: str | None,
    board: str | None,
    name: str | None,
) -> tuple[Gate, ...]:
    records = await connection.fetch(_WAITING, stream, technology, role, board, name)
    if not records:
        return ()
    objections = await list_objections(connection, stream=stream, technology=technology)
    waivers = await list_waivers(connection, stream=stream, technology=technology)
    return tuple(_gate(record, objections, waivers) for record in records)


def _gate(record: Record, objections: tuple[Objection, ...], waivers: tuple[Waiver, ...]) -> Gate:
    gate, here = record["definition"], (record["stream"], record["gate"])
    return Gate(
        **fields(
            record,
            title=gate["title"],
            question=gate["question"],
            seats=tuple(gate["seats"]),
            quorum=gate["quorum"],
            roles=tuple(dict.fromkeys(record["roles"])),
            outcomes=gate["outcomes"],
            criteria=tuple(gate["criteria"]),
            votes=_votes(record),
            objections=tuple(it for it in objections if (it.stream, it.gate) == here),
            waivers=tuple(it for it in waivers if (it.stream, it.gate) == here),
        )
    )


def _decision(record: Record) -> Decision:
    judgements = tuple(judgement(it) for it in record["judgements"])
    return Decision(**fields(record, judgements=judgements, votes=_votes(record)))


def _votes(record: Record) -> tuple[Vote, ...]:
    return tuple(vote(it) for it in record["votes"])
