"""Questions about the standardised approach and its versions."""

from catalogue.connection import Lent
from catalogue.queries.reading import fields
from catalogue.rows.programmes import Playbook

_LIST = """
SELECT technology, version, id, title, published, published_by, role, content FROM catalogue.playbooks
WHERE technology = $1 AND ($2::integer IS NULL OR version = $2)
ORDER BY version
"""


async def list_playbooks(connection: Lent, technology: str) -> tuple[Playbook, ...]:
    """Every published version, the first first."""
    records = await connection.fetch(_LIST, technology, None)
    return tuple(Playbook(**fields(record)) for record in records)


async def show_playbook(connection: Lent, technology: str, *, version: int | None = None) -> Playbook | None:
    """One published version, the last where none is named; ``None`` where there is none."""
    records = await connection.fetch(_LIST, technology, version)
    return Playbook(**fields(records[-1])) if records else None
