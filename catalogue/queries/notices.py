"""Questions about notices: what people were told, and whether it reached them."""

from catalogue.connection import Lent
from catalogue.queries.reading import fields
from catalogue.rows.notices import Notice

_NOTICES = """
SELECT notice.id, notice.programme, notice.recipient, notice.role, notice.board, notice.sort, notice.day,
       notice.written, notice.state, notice.settled, notice.trouble, tried.attempts, tried.doubts,
       notice.content
FROM ledger.notices AS notice
CROSS JOIN LATERAL (
    SELECT coalesce(sum(attempts), 0) AS attempts, coalesce(sum(doubts), 0) AS doubts
    FROM ledger.deliveries WHERE deliveries.notice = notice.id
) AS tried
WHERE ($1::text IS NULL OR notice.id = $1) AND ($2::text IS NULL OR notice.role = $2)
  AND ($3::text IS NULL OR notice.board = $3)
  AND ($4::text[] IS NULL OR notice.state = ANY ($4))
ORDER BY notice.written DESC, notice.recipient COLLATE "C", notice.number DESC
LIMIT $5
"""
UNDELIVERED = ("waiting", "undeliverable", "unaddressed")
"""The states of notices that have not reached anybody."""


async def list_notices(
    connection: Lent,
    *,
    role: str | None = None,
    board: str | None = None,
    states: tuple[str, ...] | None = None,
    most: int = 100,
) -> tuple[Notice, ...]:
    """The notices, the newest first.

    Args:
        connection: Where to ask.
        role: For this role.
        board: For this board.
        states: In these states.
        most: How many at most.
    """
    wanted = None if states is None else list(states)
    records = await connection.fetch(_NOTICES, None, role, board, wanted, most)
    return tuple(Notice(**fields(record)) for record in records)


async def show_notice(connection: Lent, notice: str) -> Notice | None:
    """The notice of that name, or ``None``."""
    record = await connection.fetchrow(_NOTICES, notice, None, None, None, 1)
    return None if record is None else Notice(**fields(record))
