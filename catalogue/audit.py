"""Whether the ledger is what was recorded: the chain of every stream, its head, and all seals.

PostgreSQL recomputes the hashes in the order of the ledger's own key, so what is held at any time is one row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.connection import Connection, Lent, Record
from catalogue.errors import PartlySeen
from catalogue.ledger import as_event
from catalogue.schema import APPLICATION_ROLE, NATIONAL_ROLE
from domain.actor import ENGINE

MOST = 20
"""Findings that are named; the others are counted."""

SIGNED = ("technology", "rollout", "workstream", "programme")
"""The kinds of stream whose events come about by signed commands, or by the engine."""

CheckProof = Callable[[str, str, Mapping[str, Any]], str | None]
"""Judges the proof of an event of a stream, as the event was serialised: what is wrong, or ``None``."""

_SEES_ALL = "SELECT pg_has_role($1, 'USAGE') OR pg_has_role($2, 'USAGE')"
_COUNTS = """
SELECT (SELECT count(*) FROM ledger.events) AS events, (SELECT count(*) FROM ledger.streams) AS streams,
       (SELECT count(*) FROM ledger.seals) AS seals
"""
_BROKEN = """
WITH linked AS (
    SELECT stream, sequence, type, coalesce(lag(sequence) OVER up, 0) AS before,
           hash = ledger.hash_of(coalesce(lag(hash) OVER up, ''), event) AS holds
    FROM ledger.events AS event WINDOW up AS (PARTITION BY stream ORDER BY sequence)
)
SELECT *, count(*) OVER () AS found FROM linked WHERE sequence <> before + 1 OR NOT holds
ORDER BY stream, sequence LIMIT $1
"""
_HEADS = """
SELECT stream, head.head, held.last, count(*) OVER () AS found,
       (SELECT type FROM ledger.events AS event
        WHERE event.stream = held.stream AND event.sequence = held.last) AS type
FROM ledger.streams AS head
FULL JOIN (SELECT stream, max(sequence) AS last FROM ledger.events GROUP BY stream) AS held USING (stream)
WHERE head.head IS DISTINCT FROM held.last
ORDER BY stream LIMIT $1
"""
_UNSEALED = """
WITH gone AS (
    SELECT DISTINCT ON (sealed.stream) sealed.stream, sealed.head, sealed.seal, event.type,
           event.hash IS NOT NULL AS there,
           EXISTS (SELECT FROM ledger.events AS other WHERE other.stream = sealed.stream) AS begun
    FROM ledger.sealed_heads AS sealed
    LEFT JOIN ledger.events AS event ON (event.stream, event.sequence) = (sealed.stream, sealed.head)
    WHERE event.hash IS DISTINCT FROM sealed.hash
    ORDER BY sealed.stream, sealed.seal
)
SELECT *, count(*) OVER () AS found FROM gone ORDER BY stream LIMIT $1
"""
_SEALS = """
WITH moved AS (
    SELECT seal, string_agg(format('%s %s %s', stream, head, encode(hash, 'hex')), chr(10) ORDER BY stream)
               AS heads
    FROM ledger.sealed_heads GROUP BY seal
), linked AS (
    SELECT number, coalesce(lag(number) OVER up, 0) AS before,
           digest = ledger.seal_of(coalesce(lag(digest) OVER up, ''), taken, moved.heads) AS holds
    FROM ledger.seals AS taken LEFT JOIN moved ON moved.seal = taken.number
    WINDOW up AS (ORDER BY number)
)
SELECT *, count(*) OVER () AS found FROM linked WHERE number <> before + 1 OR NOT holds
ORDER BY number LIMIT $1
"""
_KEPT = "SELECT EXISTS (SELECT FROM ledger.seals WHERE encode(digest, 'hex') = lower($1))"
_UNPROVED = """
SELECT stream, sequence, type, actor, count(*) OVER () AS found FROM ledger.events AS event
WHERE proof IS NULL AND actor <> $2 AND split_part(stream, '/', 1) = ANY ($3) AND NOT EXISTS (
    SELECT FROM ledger.events AS first
    WHERE first.stream = event.stream AND first.sequence < event.sequence AND first.time = event.time
      AND first.actor = event.actor AND first.proof IS NOT NULL
)
ORDER BY stream, sequence LIMIT $1
"""
_PROVED = "SELECT * FROM ledger.events WHERE proof IS NOT NULL ORDER BY stream, sequence"


@dataclass(frozen=True)
class Finding:
    """Something in the ledger that is not as it was recorded.

    Attributes:
        stream: Where; empty if it is about the seals.
        sequence: Which event, or which seal.
        type: The event's kind, where it is there.
        differs: What differs, in one sentence.
    """

    stream: str
    sequence: int
    type: str
    differs: str


@dataclass(frozen=True)
class Verdict:
    """What an audit came to.

    Attributes:
        events: How many events there are.
        streams: How many streams.
        seals: How many seals.
        proofs: How many proofs were judged; ``None`` where nothing could judge them.
        found: How many findings there are in all.
        findings: The first of them.
    """

    events: int
    streams: int
    seals: int
    proofs: int | None
    found: int
    findings: tuple[Finding, ...]


async def verify(
    connection: Connection,
    *,
    seal: str | None = None,
    check_proof: CheckProof | None = None,
    most: int = MOST,
) -> Verdict:
    """Compare the ledger with its hashes and seals; nothing is written and nobody is held up.

    Args:
        connection: A connection whose role sees everything.
        seal: The digest of a seal as somebody kept it outside.
        check_proof: What judges the proofs of events; they are passed over without it.
        most: How many findings to name.

    Raises:
        PartlySeen: The role sees a part of the ledger only.
    """
    if not await connection.fetchval(_SEES_ALL, APPLICATION_ROLE, NATIONAL_ROLE):
        raise PartlySeen(
            f"This login sees a part of the ledger, whose soundness says nothing of the whole: verify it as "
            f"{NATIONAL_ROLE}."
        )
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        findings = _Findings(most)
        findings.take(await connection.fetch(_BROKEN, most), _broken)
        findings.take(await connection.fetch(_HEADS, most), _beside_head)
        findings.take(await connection.fetch(_UNSEALED, most), _unsealed)
        findings.take(await connection.fetch(_SEALS, most), _broken_seal)
        if seal is not None and not await connection.fetchval(_KEPT, seal):
            findings.add(
                Finding("", 0, "", f"No seal has the digest {seal}: it was taken away or rewritten.")
            )
        proofs = None if check_proof is None else await _check_proofs(connection, check_proof, findings)
        counts = dict(await connection.fetchrow(_COUNTS) or {})
        return Verdict(**counts, proofs=proofs, found=findings.found, findings=tuple(findings.named))


class _Findings:
    """The first findings, and the number of all."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.named: list[Finding] = []
        self.found = 0

    def add(self, finding: Finding) -> None:
        self.found += 1
        if len(self.named) < self.most:
            self.named.append(finding)

    def take(self, records: list[Record], read: Callable[[Record], Finding]) -> None:
        for record in records:
            self.add(read(record))
        if records:
            self.found += records[0]["found"] - len(records)


async def _check_proofs(connection: Lent, check: CheckProof, findings: _Findings) -> int:
    """Judge every proof, and name what a person is said to have done without one; count the proofs."""
    count = 0
    async for row in connection.cursor(_PROVED):
        count += 1
        if wrong := check(row["proof"], row["stream"], as_event(dict(row))):
            where = f"Event {row['sequence']} of {row['stream']} ({row['type']})"
            differs = f"{where} is not proved by its signature: {wrong}"
            findings.add(Finding(row["stream"], row["sequence"], row["type"], differs))
    findings.take(await connection.fetch(_UNPROVED, findings.most, ENGINE.name, SIGNED), _unproved)
    return count


def _broken(row: Record) -> Finding:
    stream, sequence, before, kind = row["stream"], row["sequence"], row["before"], row["type"]
    if sequence == before + 1:
        differs = f"Event {sequence} of {stream} ({kind}) was altered: it is not what its hash says."
        return Finding(stream, sequence, kind, differs)
    first, last = before + 1, sequence - 1
    missing = (
        f"Event {first} of {stream} is" if first == last else f"Events {first} to {last} of {stream} are"
    )
    return Finding(stream, first, "", f"{missing} missing before event {sequence} ({kind}).")


def _unproved(row: Record) -> Finding:
    stream, sequence, kind = row["stream"], row["sequence"], row["type"]
    differs = (
        f"Event {sequence} of {stream} ({kind}) bears no signature, and says that {row['actor']} did it."
    )
    return Finding(stream, sequence, kind, differs)


def _beside_head(row: Record) -> Finding:
    stream, head, last, kind = row["stream"], row["head"], row["last"], row["type"] or ""
    if last is None:
        differs = f"All {head} events of {stream} are missing."
    elif head is None:
        differs = f"The head of {stream} is missing, and its events up to {last} ({kind}) are there."
    elif last < head:
        differs = f"{stream} is cut off after event {last} ({kind}): it had {head} events."
    else:
        differs = f"Event {last} of {stream} ({kind}) was added behind the stream's head, which is {head}."
    return Finding(stream, last or head, kind, differs)


def _unsealed(row: Record) -> Finding:
    stream, head, seal, kind = row["stream"], row["head"], row["seal"], row["type"] or ""
    if row["there"]:
        differs = f"Event {head} of {stream} ({kind}) is another than when seal {seal} was taken."
    elif row["begun"]:
        differs = f"Event {head} of {stream} is missing, which was there when seal {seal} was taken."
    else:
        differs = f"The whole of {stream} is missing, which had {head} events when seal {seal} was taken."
    return Finding(stream, head, kind, differs)


def _broken_seal(row: Record) -> Finding:
    number, before = row["number"], row["before"]
    if number == before + 1:
        return Finding("", number, "", f"Seal {number} was altered: it is not what its digest says.")
    return Finding("", before + 1, "", f"Seal {before + 1} is missing before seal {number}.")
