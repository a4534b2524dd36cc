"""Notices as they were written, and how their deliveries went."""

from dataclasses import dataclass
from datetime import date, datetime

from catalogue.rows import Json


@dataclass(frozen=True)
class Notice:
    """A notice.

    Attributes:
        id: Its name: the recipient and a number, such as ``board-lead@fife/12``.
        programme: The programme's slug.
        recipient: Whom it is for, ``role`` or ``role@board``.
        role: The role.
        board: The board's slug; ``None`` at the national level.
        sort: ``digest``, ``urgent`` or ``test``.
        day: The local day on which it was written.
        written: When it was written.
        state: ``waiting``, ``sent``, ``undeliverable``, or ``unaddressed`` where nobody was named for it.
        settled: Since when it waits no more.
        trouble: What was in the way last.
        attempts: How often it was tried, over all its addresses.
        doubts: How many of these attempts may have arrived although nobody knows.
        content: All of it, as ``domain.notice_text.Notice`` is written.
    """

    id: str
    programme: str
    recipient: str
    role: str
    board: str | None
    sort: str
    day: date
    written: datetime
    state: str
    settled: datetime | None
    trouble: str | None
    attempts: int
    doubts: int
    content: Json
