"""One look at a technology, for somebody who watches it."""

from catalogue.connection import Lent
from catalogue.queries.gates import list_gates
from catalogue.queries.rollouts import list_rollouts, list_workstreams
from catalogue.queries.technologies import find_technology, list_waves
from catalogue.queries.waits import list_waits
from catalogue.rows.cards import Snapshot


async def watch(connection: Lent, technology: str) -> Snapshot | None:
    """The technology's stage, how far each board has come and what waits on whom; ``None`` if unknown."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        found = await find_technology(connection, technology)
        if found is None:
            return None
        return Snapshot(
            technology=found,
            waves=await list_waves(connection, technology),
            rollouts=await list_rollouts(connection, technology=technology),
            workstreams=await list_workstreams(connection, technology=technology),
            gates=await list_gates(connection, technology=technology),
            waits=await list_waits(connection, technology=technology),
        )
