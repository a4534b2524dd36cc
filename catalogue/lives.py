"""The states of lives, folded from the ledger: what a workflow knows, without asking the workflow."""

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from catalogue.connection import Lent
from catalogue.ledger import as_event
from domain import programme, rollout, technology, workstream
from domain.programme import Programme
from domain.rollout import Rollout
from domain.technology import Technology
from domain.workstream import Workstream

Life = Technology | Rollout | Workstream | Programme

_EVENTS = """
SELECT stream, sequence, type, time, actor, roles, boards, on_behalf_of, data, proof FROM ledger.events
WHERE stream = ANY ($1) ORDER BY stream, sequence
"""
_KINDS: dict[str, tuple[TypeAdapter[Any], Any]] = {
    "technology": (TypeAdapter(technology.TechnologyEvent), technology.evolve),
    "rollout": (TypeAdapter(rollout.RolloutEvent), rollout.evolve),
    "workstream": (TypeAdapter(workstream.WorkstreamEvent), workstream.evolve),
    "programme": (TypeAdapter(programme.ProgrammeEvent), programme.evolve),
}


async def read_life(connection: Lent, stream: str) -> Life | None:
    """The state of one life as far as the ledger has it; ``None`` where it has no event that may be read."""
    return (await read_lives(connection, (stream,))).get(stream)


async def read_lives(connection: Lent, streams: Sequence[str]) -> dict[str, Life]:
    """The states of several lives by their streams; those without an event that may be read are missing."""
    states: dict[str, Life] = {}
    rows: list[Any] = await connection.fetch(_EVENTS, list(streams))
    for row in rows:
        stream: str = row["stream"]
        events, evolve = _KINDS[stream.partition("/")[0]]
        states[stream] = evolve(states.get(stream), events.validate_python(as_event(row)))
    return states
