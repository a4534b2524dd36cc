"""What judging a gate takes, from the tables: people see before they decide what the workflow will answer.

It reads with the rules' own types, which takes longer to import than the other questions do; so it is not
among those that `catalogue.queries` offers and is imported by whoever judges.
"""

from dataclasses import dataclass

from catalogue.connection import Lent, Record
from catalogue.rows.work import Gate as GateRow
from domain.evidence import NATIONAL, OWN, Entry, Evidence, Held, Withdrawal
from domain.gate import Gate

_LIFE = """
SELECT journey.kind, held_up.why AS held_up,
       (SELECT version FROM catalogue.versions WHERE versions.stream = journey.stream
        ORDER BY versions.sequence DESC LIMIT 1) AS version,
       ARRAY(
           SELECT pilot.board
           FROM catalogue.rollouts AS pilot JOIN catalogue.journeys AS its USING (stream)
           WHERE journey.kind = 'technology' AND pilot.technology = journey.technology AND pilot.pilot
             AND its.stopped IS NULL
           ORDER BY pilot.board COLLATE "C"
       ) AS pilots
FROM catalogue.journeys AS journey JOIN catalogue.held_up USING (stream)
WHERE journey.stream = $1
"""
_KNOWN = """
SELECT place, ref, content, at, name, role, version, plan, step, set_aside, superseded_by, withdrawn
FROM catalogue.known WHERE life = $1 ORDER BY place, sequence, place_in_event
"""


@dataclass(frozen=True)
class Case:
    """What the criteria of a life's gates are judged by.

    Attributes:
        held: The evidence, by place, as ``domain.criterion.judge`` takes it.
        version: The version of the technology that it is about.
        held_up: Why no gate may be passed there at present; empty where nothing stands in the way.
    """

    held: Held
    version: str
    held_up: str


async def case_of(connection: Lent, stream: str) -> Case | None:
    """What a technology's, a rollout's or a track's criteria are judged by; ``None`` if it is unknown.

    Whoever may not see a board's evidence judges without it: ask as somebody who sees all boards.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        life = await connection.fetchrow(_LIFE, stream)
        if life is None:
            return None
        known = await connection.fetch(_KNOWN, stream)
    places = {
        "technology": (OWN, *life["pilots"]),
        "rollout": (OWN, NATIONAL),
        "workstream": (OWN,),
    }[life["kind"]]
    held = {place: tuple(_entry(record) for record in known if record["place"] == place) for place in places}
    return Case(held=held, version=life["version"], held_up=life["held_up"])


def definition_of(gate: GateRow) -> Gate:
    """The gate that waits, as the rules know it."""
    return Gate.model_validate(gate.definition)


def _entry(record: Record) -> Entry:
    withdrawn = record["withdrawn"]
    return Entry(
        ref=record["ref"],
        evidence=Evidence.model_validate(record["content"]),
        at=record["at"],
        name=record["name"],
        role=record["role"],
        version=record["version"],
        plan=record["plan"],
        step=record["step"],
        set_aside=record["set_aside"],
        superseded_by=record["superseded_by"],
        withdrawn=None if withdrawn is None else Withdrawal.model_validate(withdrawn),
    )
