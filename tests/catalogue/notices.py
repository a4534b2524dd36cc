"""A programme with rules for notices, and people to whom they go, around a database of a test."""

from datetime import UTC, date, datetime, timedelta

from catalogue.connection import Pool
from catalogue.ledger import Ledger
from catalogue.notices import POLICY_KIND, Notices
from catalogue.registry import register
from domain.calendar import Calendar
from domain.noticing import Look, Looked
from domain.reminders import Policy, Recipient, Reminders
from tests.catalogue.life import Life
from tests.catalogue.test_whole_life import record

PROGRAMME = "scotland"

POLICY = Policy(
    name="Calendar and notices",
    reminders=Reminders(
        escalation={"team": "lead", "lead": "npt"}, source="Planning assumptions", date=date(2026, 11, 25)
    ),
    calendar=Calendar(),
    national=("npt",),
)


async def set_rules(pool: Pool, policy: Policy = POLICY) -> None:
    """Have the catalogue know the rules for notices."""
    content = policy.model_dump(mode="json")
    await register(pool, [(POLICY_KIND, PROGRAMME, content)], now=datetime.now(UTC))


async def lived(pool: Pool, life: Life) -> datetime:
    """Record a life and set the rules; return the first morning of work after it."""
    await record(Ledger(pool), life)
    await set_rules(pool)
    return POLICY.calendar.moment(
        POLICY.calendar.working_day(life.now.date(), 1), POLICY.reminders.digest_at
    ) + timedelta(minutes=1)


async def look(pool: Pool, now: datetime, digests_of: date | None = None) -> Looked:
    """Look for what people have to be told."""
    return await Notices(pool).look(Look(programme=PROGRAMME, now=now, digests_of=digests_of))


async def write_test(pool: Pool, recipient: str = "lead@fife") -> str:
    """Write a test notice and return its name."""
    return await Notices(pool).write_test(
        PROGRAMME, Recipient.parse(recipient), datetime(2027, 1, 4, 9, tzinfo=UTC)
    )
