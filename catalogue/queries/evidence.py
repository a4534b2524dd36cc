"""Questions about the evidence on record, the checks that are signed with it and the tests of change."""

from datetime import date

from catalogue.connection import Lent, Record
from catalogue.queries.reading import fields, note, said
from catalogue.rows.evidence import Check, Evidence, Trial

_EVIDENCE = """
SELECT entry.ref, entry.stream, entry.technology, entry.board, entry.evidence, entry.kind, entry.statement,
       entry.source, entry.dated, entry.expires, entry.content, entry.digest, entry.version, entry.plan,
       entry.step, entry.name, entry.role, entry.at, entry.superseded_by, entry.withdrawn,
       CASE WHEN entry.withdrawn IS NOT NULL THEN 'withdrawn'
            WHEN entry.superseded_by IS NOT NULL THEN 'superseded'
            WHEN entry.set_aside THEN 'set aside'
            WHEN entry.expires < $1 THEN 'expired'
            ELSE 'in force' END AS standing,
       ARRAY(
           SELECT technology || '/' || coalesce(board, 'national') || '/' || gate
           FROM catalogue.passed WHERE relied_on @> ARRAY[entry.ref] ORDER BY stream, sequence
       ) AS relied_on
FROM catalogue.register AS entry
WHERE ($2::text IS NULL OR entry.ref = $2) AND ($3::text IS NULL OR entry.stream = $3)
  AND ($4::text IS NULL OR entry.technology = $4) AND ($5::text IS NULL OR entry.board = $5)
  AND ($6::text IS NULL OR entry.evidence = $6) AND ($7::date IS NULL OR entry.expires <= $7)
  AND ($8::boolean OR entry.stands)
ORDER BY entry.stream, entry.sequence, entry.place_in_event
"""
_CHECKS = """
SELECT stream, technology, board, slug AS "check", title, signers, rests_on,
       (definition ->> 'independent')::boolean AS independent
FROM catalogue.checks
WHERE ($1::text IS NULL OR stream = $1) AND ($2::text IS NULL OR technology = $2)
  AND ($3::text IS NULL OR board = $3) AND ($4::text IS NULL OR $4 = ANY (signers))
ORDER BY technology, board NULLS FIRST, place
"""
_TRIALS = """
SELECT stream, technology, board, trial, title, priority, prediction, started, found, verdict, decided
FROM catalogue.trials
WHERE ($1::text IS NULL OR stream = $1) AND ($2::text IS NULL OR technology = $2)
  AND ($3::text IS NULL OR board = $3)
ORDER BY stream, sequence
"""


async def list_evidence(
    connection: Lent,
    *,
    today: date,
    stream: str | None = None,
    technology: str | None = None,
    board: str | None = None,
    evidence: str | None = None,
    expiring_by: date | None = None,
    ended: bool = False,
) -> tuple[Evidence, ...]:
    """The evidence on record, in the order in which it came to each life.

    Args:
        connection: Where to ask.
        today: The day by which it has expired or not.
        stream: Of one technology, rollout or track.
        technology: Of everything that belongs to a technology.
        board: Of one board.
        evidence: Of this slug.
        expiring_by: Only what expires by that day, or has.
        ended: Also what was withdrawn, superseded or set aside.
    """
    records = await connection.fetch(
        _EVIDENCE, today, None, stream, technology, board, evidence, expiring_by, ended
    )
    return tuple(_evidence(record) for record in records)


async def show_evidence(connection: Lent, ref: str, *, today: date) -> Evidence | None:
    """The evidence of that name, whatever has become of it; ``None`` where there is none."""
    record = await connection.fetchrow(_EVIDENCE, today, ref, None, None, None, None, None, True)
    return None if record is None else _evidence(record)


async def list_checks(
    connection: Lent,
    *,
    today: date,
    stream: str | None = None,
    technology: str | None = None,
    board: str | None = None,
    signer: str | None = None,
) -> tuple[Check, ...]:
    """The governance checks, each with its signature in force: the national ones first, then by board.

    Args:
        connection: Where to ask.
        today: The day by which a signature has expired or not.
        stream: Of one technology or rollout.
        technology: Of everything that belongs to a technology.
        board: Of one board.
        signer: Only those that this role may sign.
    """
    kept = await list_evidence(connection, today=today, stream=stream, technology=technology, board=board)
    signed = {
        (entry.stream, entry.evidence): entry
        for entry in kept
        if entry.kind == "sign-off" and entry.standing == "in force"
    }
    records = await connection.fetch(_CHECKS, stream, technology, board, signer)
    return tuple(
        Check(**fields(record), signature=signed.get((record["stream"], record["check"])))
        for record in records
    )


async def list_trials(
    connection: Lent, *, stream: str | None = None, technology: str | None = None, board: str | None = None
) -> tuple[Trial, ...]:
    """The tests of change, by rollout and in the order of their start."""
    records = await connection.fetch(_TRIALS, stream, technology, board)
    return tuple(
        Trial(**fields(record, started=said(record["started"]), decided=note(record["decided"])))
        for record in records
    )


def _evidence(record: Record) -> Evidence:
    return Evidence(**fields(record, withdrawn=note(record["withdrawn"])))
