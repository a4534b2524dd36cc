"""When people are told of what waits for them: the rules that notices follow, as the programme sets them."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from domain.calendar import DAY, Calendar, Weekday
from domain.value import Fact, Line, Slug, Value


class Topic(StrEnum):
    """What is said of a matter, what matters most first."""

    HALTED = "halted"
    STOPPED = "stopped"
    REOPENED = "reopened"
    ESCALATED = "escalated"
    OVERDUE = "overdue"
    SOON = "due soon"
    DECISION = "to be decided"
    NEW = "new"
    EXPIRING = "expiring"


RANK = {topic: place for place, topic in enumerate(Topic)}


class Recipient(Fact):
    """Whom a notice is for: a role at a board or at the national level, and never a person."""

    role: str
    board: str | None = None

    def __str__(self) -> str:
        return self.role if self.board is None else f"{self.role}@{self.board}"

    @classmethod
    def parse(cls, text: str) -> "Recipient":
        """Read ``ROLE`` or ``ROLE@BOARD``."""
        role, _, board = text.strip().partition("@")
        return cls(role=role, board=board or None)


class Reminders(Value):
    """When people are told of what waits for them.

    Attributes:
        before: How many working days before its due date somebody is reminded.
        digest_at: The local time of a working day at which everybody gets what is new for them in one notice.
        quiet_from: From when on a working day nobody is disturbed.
        quiet_until: Until when. Nobody is disturbed on other days at all.
        look_every: How often it is looked for what is urgent; if nothing is told while it is quiet, not then.
        urgent: What is told at once, instead of with the next digest, while it is not quiet.
        at_any_hour: What is told at once at any hour of any day, for nobody's rest is worth more than safety.
        escalate_after: After how many working days without being done it goes on to the next role, and again.
        escalation: The next role of each role to which something overdue escalates.
        expiring_within: How long before evidence expires whoever brought it is told, once a week.
        expiring_on: On which day of the week.
        source: Who set these rules.
        date: When.

    Raises:
        ValueError: The digest would come while it is quiet, or roles escalate in a circle.
    """

    before: int = Field(default=3, ge=0, le=60)
    digest_at: time = time(8)
    quiet_from: time = time(18)
    quiet_until: time = time(8)
    look_every: timedelta = Field(default=timedelta(minutes=15), ge=timedelta(minutes=1), le=DAY)
    urgent: tuple[Topic, ...] = (Topic.STOPPED, Topic.REOPENED, Topic.ESCALATED)
    at_any_hour: tuple[Topic, ...] = (Topic.HALTED,)
    escalate_after: int = Field(default=3, ge=1, le=60)
    escalation: dict[Slug, Slug] = Field(default_factory=dict)
    expiring_within: timedelta = Field(default=timedelta(days=90), gt=timedelta(0))
    expiring_on: Weekday = "monday"
    source: Line
    date: date

    @model_validator(mode="after")
    def _can_be_followed(self) -> Self:
        if not self.quiet_until <= self.digest_at < self.quiet_from:
            raise ValueError("the digest would come in the quiet hours: correct digest_at or the quiet hours")
        for role in self.escalation:
            if role in self.chain(role):
                raise ValueError(
                    f'"{role}" escalates in a circle to itself: end the chain with somebody else'
                )
        return self

    def at_once(self, *, awake: bool) -> tuple[Topic, ...]:
        """What does not wait for the digest: in the quiet hours only what is told at any hour."""
        return (*self.at_any_hour, *self.urgent) if awake else self.at_any_hour

    def chain(self, role: str) -> tuple[str, ...]:
        """The roles to which what a role leaves undone escalates, the next one first."""
        above: list[str] = []
        while (role := self.escalation.get(role, "")) and role not in above:
            above.append(role)
        return tuple(above)


class Policy(Value):
    """All that notices follow: the rules, the calendar, and which roles act at the national level alone.

    Attributes:
        name: What it is called in the catalogue.
        reminders: The rules.
        calendar: The working calendar, of all boards.
        national: The roles that act for the national programme, whatever board a matter is about.
    """

    name: Line
    reminders: Reminders
    calendar: Calendar
    national: tuple[Slug, ...] = ()

    def recipient(self, role: str, board: str | None) -> Recipient:
        """Who is told of a matter of that role at that board."""
        return Recipient(role=role, board=None if role in self.national else board)

    def awake(self, calendar: Calendar, now: datetime) -> bool:
        """Whether people who work by that calendar may be disturbed."""
        shown = calendar.local_time(now)
        rules = self.reminders
        return calendar.works(shown.date()) and rules.quiet_until <= shown.time() < rules.quiet_from


def digest_day(policy: Policy, last: date | None, now: datetime) -> date | None:
    """The day whose digests are to be written now, unless it is too early or they were written.

    Args:
        policy: The rules.
        last: The last day whose digests were written.
        now: The moment.
    """
    shown = policy.calendar.local_time(now)
    today = shown.date()
    early = shown.time() < policy.reminders.digest_at
    return None if early or (last is not None and last >= today) else today


def next_look(policy: Policy, now: datetime) -> datetime:
    """When it is to be looked again for what people have to be told: at the latest at the next digest."""
    return min(moment for moment in _looks(policy, now) if moment > now)


def _looks(policy: Policy, now: datetime) -> Iterator[datetime]:
    rules, everywhere = policy.reminders, policy.calendar.everywhere
    soon = now + rules.look_every
    if rules.at_any_hour or any(policy.awake(calendar, soon) for calendar in everywhere):
        yield soon
    day = policy.calendar.local_time(now).date()
    found = False
    while not found:
        if any(calendar.works(day) for calendar in everywhere):
            for clock in (rules.quiet_until, rules.digest_at):
                moment = policy.calendar.moment(day, clock)
                found = found or moment > now
                yield moment
        day += DAY
