"""Questions about the standardised approach and its versions."""

from catalogue.connection import Lent
from catalogue.queries.reading import fields, note, said
from catalogue.rows.programmes import Amendment, Playbook

_LIST = """
SELECT technology, version, id, title, published, published_by, role, content FROM catalogue.playbooks
WHERE technology = $1 AND ($2::integer IS NULL OR version = $2)
ORDER BY version
"""
_AMENDMENTS = """
SELECT technology, number, part, step, change, lessons, evidence, observed, against, proposed, people,
       accepted, reviewed, version
FROM catalogue.amendments WHERE technology = $1 ORDER BY number
"""


async def list_playbooks(connection: Lent, technology: str) -> tuple[Playbook, ...]:
    """Every published version, the first first."""
    records = await connection.fetch(_LIST, technology, None)
    return tuple(Playbook(**fields(record)) for record in records)


async def show_playbook(connection: Lent, technology: str, *, version: int | None = None) -> Playbook | None:
    """One published version, the last where none is named; ``None`` where there is none."""
    records = await connection.fetch(_LIST, technology, version)
    return Playbook(**fields(records[-1])) if records else None


async def list_amendments(connection: Lent, technology: str) -> tuple[Amendment, ...]:
    """The changes to a technology's playbook that were proposed, in the order in which they were."""
    return tuple(
        Amendment(**fields(record, proposed=said(record["proposed"]), reviewed=note(record["reviewed"])))
        for record in await connection.fetch(_AMENDMENTS, technology)
    )
