"""The books of programme offices, read back as the state that the rules know, so that the rules can be asked.

What stands in which order and waits for what is answered by the rules themselves, and told here only once.
"""

from typing import Any

from catalogue.connection import Lent
from catalogue.queries.programmes import show_programme
from catalogue.queries.reading import fields
from catalogue.rows.programmes import Limit, Office, Priority, Slot
from domain.capacity import over_committed
from domain.office_previews import read_gauges, read_queue
from domain.programme import Charter, Lost, Place, Programme
from domain.service import Standing, use_of

_PLACES = """
SELECT name, technology, board, lane, roles, title, priority, state, ready, begun, asking, passed_over, since
FROM catalogue.slots WHERE programme = $1 AND state <> 'returned' ORDER BY asked NULLS FIRST, since, name
"""
_PRIORITIES = """
SELECT ranked, technology, board, priority, at, name, role, reason FROM catalogue.priorities
WHERE programme = $1 ORDER BY priority, technology, board NULLS FIRST
"""


async def read_office(connection: Lent, programme: str) -> Programme | None:
    """The state of a programme office, as far as its books may be read; ``None`` where it was not opened."""
    found = await show_programme(connection, programme)
    if found is None:
        return None
    places = await connection.fetch(_PLACES, programme)
    ranks = await connection.fetch(_PRIORITIES, programme)
    return Programme(
        charter=Charter.model_validate(found.charter),
        since=found.since,
        limits=found.limits,
        priorities={rank["ranked"]: rank["priority"] for rank in ranks},
        queue={row["name"]: _place(row) for row in places if row["state"] == "queued"},
        slots={row["name"]: _place(row) for row in places if row["state"] == "held"},
        lost={row["name"]: _lost(row) for row in places if row["state"] in {"lost", "found"}},
    )


async def show_office(connection: Lent, programme: str) -> Office | None:
    """A programme office with its books in the order of service; ``None`` where it was not opened."""
    state = await read_office(connection, programme)
    if state is None:
        return None
    ranks = await connection.fetch(_PRIORITIES, programme)
    over = over_committed(state.limits, use_of(state))
    return Office(
        slug=programme,
        name=state.charter.name,
        since=state.since,
        charter=state.charter.model_dump(mode="json"),
        limits=tuple(
            Limit(it.limit, it.most, it.used, it.free, over.get(it.limit, 0)) for it in read_gauges(state)
        ),
        slots=tuple(_slot(place, "held") for place in state.slots.values()),
        queue=tuple(_slot(it.place, "queued", it) for it in read_queue(state)),
        priorities=tuple(Priority(**fields(rank, "ranked")) for rank in ranks),
    )


def _place(row: Any) -> Place:
    return Place.model_validate(fields(row, "state"))


def _lost(row: Any) -> Lost:
    alive = row["state"] == "found"
    return Lost(technology=row["technology"], board=row["board"], asking=row["asking"], alive=alive)


def _slot(place: Place, state: Any, standing: Standing | None = None) -> Slot:
    return Slot(
        name=place.name,
        technology=place.technology,
        board=place.board,
        lane=place.lane,
        roles=place.roles,
        title=place.title,
        state=state,
        since=place.since,
        ready=place.ready,
        position=(standing.position or None) if standing else None,
        waits_for=standing.why if standing else "",
        passed_over=place.passed_over,
    )
