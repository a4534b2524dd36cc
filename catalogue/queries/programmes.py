"""Which programme offices there are; what is in their books is read by ``catalogue.offices``."""

from catalogue.connection import Lent
from catalogue.queries.reading import fields
from catalogue.rows.programmes import Programme

_PROGRAMMES = """
SELECT programme.slug, programme.name, programme.since, programme.charter,
       coalesce((SELECT jsonb_object_agg(its.limit_name, its.capacity) FROM catalogue.limits AS its
                 WHERE its.programme = programme.slug), '{}') AS limits
FROM catalogue.programmes AS programme
WHERE $1::text IS NULL OR programme.slug = $1 ORDER BY programme.slug
"""


async def list_programmes(connection: Lent) -> tuple[Programme, ...]:
    """Every programme office that was opened, by slug."""
    return tuple(Programme(**fields(record)) for record in await connection.fetch(_PROGRAMMES, None))


async def show_programme(connection: Lent, programme: str) -> Programme | None:
    """One programme office; ``None`` where it was not opened."""
    record = await connection.fetchrow(_PROGRAMMES, programme)
    return None if record is None else Programme(**fields(record))
