"""Questions about the catalogue's entries."""

from catalogue.connection import Lent
from catalogue.queries.reading import fields
from catalogue.rows.entities import Board, Entity, EntityCard

_LIST = """
SELECT kind, id, name, status, since, data FROM catalogue.entities
WHERE ($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR data ->> 'category' = $2)
  AND ($3::text IS NULL OR status = $3)
ORDER BY kind, id
"""
_ONE = """
SELECT kind, id, name, status, since, data FROM catalogue.entities
WHERE id = $1 AND ($2::text IS NULL OR kind = $2)
ORDER BY kind = 'board', kind LIMIT 1
"""
_DEPENDANTS = """
SELECT entity.id, relation ->> 'kind' AS how
FROM catalogue.entities AS entity
CROSS JOIN LATERAL jsonb_array_elements(entity.data -> 'depends_on') AS relation
WHERE jsonb_typeof(entity.data -> 'depends_on') = 'array' AND relation ->> 'entity' = $1
ORDER BY entity.id, how
"""
_TECHNOLOGIES = "SELECT slug FROM catalogue.technologies WHERE service = $1 ORDER BY slug"


async def list_entities(
    connection: Lent, *, kind: str | None = None, category: str | None = None, status: str | None = None
) -> tuple[Entity, ...]:
    """The entries, by kind and slug; boards and roles are entries of their own kinds."""
    records = await connection.fetch(_LIST, kind, category, status)
    return tuple(Entity(**fields(record)) for record in records)


async def show_entity(connection: Lent, slug: str, *, kind: str | None = None) -> EntityCard | None:
    """One entry with what depends on it, or ``None``."""
    record = await connection.fetchrow(_ONE, slug, kind)
    if record is None:
        return None
    dependants = await connection.fetch(_DEPENDANTS, slug)
    technologies = await connection.fetch(_TECHNOLOGIES, slug)
    return EntityCard(
        entity=Entity(**fields(record)),
        dependants=tuple((row["id"], row["how"]) for row in dependants),
        technologies=tuple(row["slug"] for row in technologies),
    )


async def list_boards(connection: Lent) -> tuple[Board, ...]:
    """The live boards, by slug."""
    entries = await list_entities(connection, kind="board", status="live")
    return tuple(Board(id=entry.id, name=entry.name, data=entry.data) for entry in entries)
