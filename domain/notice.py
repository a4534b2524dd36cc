"""What people are told: from the matters that wait for somebody to notices, one a day for each recipient.

Everything here follows from the matters, the rules, what was told before and the moment. Whoever keeps in one
transaction what was composed and what it told can ask again and again: nothing is told twice, and nothing is
passed over for longer than until the next digest.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.calendar import DAY, WEEKDAYS, Calendar
from domain.reminders import RANK, Policy, Recipient, Topic
from domain.value import Fact, Instant


class Subject(StrEnum):
    """What kind of thing waits for somebody."""

    TASK = "task"
    DECISION = "decision"
    PLAYBOOK = "playbook"
    BARRIER = "barrier"
    HALT = "halt"
    HALTED = "halted"
    OBJECTION = "objection"
    WAIVER_ASKED = "waiver asked"
    WAIVER = "waiver"
    CONDITION = "condition"
    EVIDENCE = "evidence"
    RENEWAL = "renewal"
    STOPPED = "stopped"
    PAUSED = "paused"


class Matter(Fact):
    """One thing that waits for one role, or that it has to know.

    Attributes:
        subject: What kind of thing it is.
        key: What tells it from every other, also from the same thing at another time.
        name: How people name it to a command.
        title: What it is, in words that the programme wrote and nobody else.
        role: Whom it waits for.
        board: Where; ``None`` at the national level.
        technology: The technology's slug.
        since: Since when.
        due: By when; for what ends by itself, until when it holds.
        late: Whether it has gone on to this role because others let its time pass.
        again: Whether it has to be decided again.
        at_rest: Whether it is paused, so that nobody is told anything of it for now.
    """

    subject: Subject
    key: str
    name: str
    title: str
    role: str
    board: str | None = None
    technology: str
    since: Instant | None = None
    due: Instant | None = None
    late: bool = False
    again: bool = False
    at_rest: bool = False


class Item(Fact):
    """One line of a notice."""

    topic: Topic
    subject: Subject
    name: str
    title: str
    technology: str
    board: str | None = None
    since: Instant | None = None
    due: Instant | None = None


class Told(Fact):
    """What somebody has been told: of which matter, and which of the things there are to say of it."""

    matter: str
    remark: str


class Draft(Fact):
    """A notice that is to be sent.

    Attributes:
        recipient: Whom it is for.
        urgent: Whether it could not wait for the day's digest.
        day: The local day on which it is written.
        items: What it says, what matters most first.
        told: All that need not be told any more once it is written.
        waiting: How many matters wait for the recipient in all.
        overdue: How many of them are overdue.
    """

    recipient: Recipient
    urgent: bool
    day: date
    items: tuple[Item, ...]
    told: tuple[Told, ...]
    waiting: int
    overdue: int


ENDING = (Subject.WAIVER, Subject.EVIDENCE)
"""What ends by itself: that it has ended is another matter, if it is one at all."""

ESCALATING = (Subject.TASK, Subject.CONDITION, Subject.RENEWAL)
"""What goes on to the next role when it is overdue; gates have an escalation of their own."""

FIRST = {
    Subject.HALT: Topic.HALTED,
    Subject.HALTED: Topic.HALTED,
    Subject.TASK: Topic.NEW,
    Subject.BARRIER: Topic.NEW,
    Subject.CONDITION: Topic.NEW,
    Subject.DECISION: Topic.DECISION,
    Subject.PLAYBOOK: Topic.DECISION,
    Subject.OBJECTION: Topic.DECISION,
    Subject.WAIVER_ASKED: Topic.DECISION,
    Subject.STOPPED: Topic.STOPPED,
    Subject.PAUSED: Topic.STOPPED,
}
"""What is said of a matter when it comes up; of the others nothing is said then."""


class Remark(NamedTuple):
    """One thing that there is to say of a matter to somebody."""

    recipient: Recipient
    topic: Topic
    key: str


def remarks(matter: Matter, policy: Policy, now: datetime) -> tuple[Remark, ...]:
    """All that there is to say of a matter by now, whoever has been told."""
    if matter.at_rest:
        return ()
    return tuple(_remarks(matter, policy, policy.calendar.at(matter.board), now))


def _remarks(matter: Matter, policy: Policy, calendar: Calendar, now: datetime) -> Iterator[Remark]:
    owner = policy.recipient(matter.role, matter.board)
    if matter.subject is Subject.EVIDENCE:
        if week := _expiring_since(matter, policy, calendar, now):
            yield Remark(owner, Topic.EXPIRING, f"{matter.key}/expiring/{week}")
        return
    if (first := _first(matter)) is not None:
        yield Remark(owner, first, f"{matter.key}/{first}")
    if matter.due is None or matter.late:
        return
    if matter.due > now:
        if now >= _soon_from(matter.due, policy, calendar):
            yield Remark(owner, Topic.SOON, f"{matter.key}/soon/{matter.due.isoformat()}")
    elif matter.subject not in ENDING:
        yield Remark(owner, Topic.OVERDUE, f"{matter.key}/overdue/{matter.due.isoformat()}")
        yield from _escalations(matter, matter.due, policy, calendar, now)


def _first(matter: Matter) -> Topic | None:
    if matter.late:
        return Topic.ESCALATED
    return Topic.REOPENED if matter.again else FIRST.get(matter.subject)


def _soon_from(due: datetime, policy: Policy, calendar: Calendar) -> datetime:
    day = calendar.working_day(calendar.local_time(due).date(), -policy.reminders.before)
    return calendar.moment(day, time())


def _escalations(
    matter: Matter, due: datetime, policy: Policy, calendar: Calendar, now: datetime
) -> Iterator[Remark]:
    if matter.subject not in ESCALATING:
        return
    day = calendar.local_time(due).date()
    for level, role in enumerate(policy.reminders.chain(matter.role), start=1):
        gone_by = calendar.working_day(day, level * policy.reminders.escalate_after)
        if calendar.moment(gone_by, calendar.closes) <= now:
            key = f"{matter.key}/escalated/{level}/{due.isoformat()}"
            yield Remark(policy.recipient(role, matter.board), Topic.ESCALATED, key)


def _expiring_since(matter: Matter, policy: Policy, calendar: Calendar, now: datetime) -> date | None:
    """The day of the week's list that has evidence on it; whoever missed that day is told on the next."""
    rules = policy.reminders
    today = calendar.local_time(now).date()
    since = WEEKDAYS.index(rules.expiring_on)
    listed = today - timedelta((today.weekday() - since) % len(WEEKDAYS))
    if matter.due is None or matter.due <= now:
        return None
    return listed if matter.due < calendar.moment(listed, time()) + rules.expiring_within else None


# --- notices ------------------------------------------------------------------------------------------------


class _Line(NamedTuple):
    item: Item
    told: tuple[Told, ...]


def compose(
    matters: Iterable[Matter],
    policy: Policy,
    told: Mapping[str, frozenset[str]],
    had_digest: frozenset[str],
    digests: bool,
    now: datetime,
) -> tuple[Draft, ...]:
    """The notices to be written now: each recipient gets at most one.

    In the quiet hours nobody gets one, but of what is told at any hour: that the line is stopped.

    Args:
        matters: All that waits for anybody.
        policy: The rules.
        told: What each recipient has been told before, by the recipient as text.
        had_digest: The recipients who had today's digest already.
        digests: Whether it is time for the day's digests, and not only for what is urgent.
        now: The moment.
    """
    lines: dict[Recipient, list[_Line]] = {}
    waiting: dict[Recipient, int] = {}
    overdue: dict[Recipient, int] = {}
    for matter in matters:
        owner = policy.recipient(matter.role, matter.board)
        if _waits(matter):
            waiting[owner] = waiting.get(owner, 0) + 1
            overdue[owner] = overdue.get(owner, 0) + _is_overdue(matter, now)
        for recipient, line in _untold(matter, policy, told, now):
            lines.setdefault(recipient, []).append(line)
    drafts: list[Draft] = []
    for recipient in sorted(lines, key=str):
        calendar = policy.calendar.at(recipient.board)
        shown, awake = calendar.local_time(now), policy.awake(calendar, now)
        whole = awake and digests and str(recipient) not in had_digest
        at_once = policy.reminders.at_once(awake=awake)
        chosen = [line for line in lines[recipient] if whole or line.item.topic in at_once]
        if chosen:
            chosen.sort(key=lambda line: _weight(line.item))
            drafts.append(
                Draft(
                    recipient=recipient,
                    urgent=not whole,
                    day=shown.date(),
                    items=tuple(line.item for line in chosen),
                    told=tuple(it for line in chosen for it in line.told),
                    waiting=waiting.get(recipient, 0),
                    overdue=overdue.get(recipient, 0),
                )
            )
    return tuple(drafts)


def _untold(
    matter: Matter, policy: Policy, told: Mapping[str, frozenset[str]], now: datetime
) -> Iterator[tuple[Recipient, _Line]]:
    """For each recipient the one thing to say of a matter that matters most, and all that goes with it."""
    by_recipient: dict[Recipient, list[Remark]] = {}
    for remark in remarks(matter, policy, now):
        by_recipient.setdefault(remark.recipient, []).append(remark)
    for recipient, said in by_recipient.items():
        known = told.get(str(recipient), frozenset())
        fresh = [remark for remark in said if remark.key not in known]
        if fresh:
            topic = min((remark.topic for remark in fresh), key=RANK.__getitem__)
            marks = tuple(Told(matter=matter.key, remark=remark.key) for remark in fresh)
            yield recipient, _Line(_item(matter, topic), marks)


def _item(matter: Matter, topic: Topic) -> Item:
    return Item(
        topic=topic,
        subject=matter.subject,
        name=matter.name,
        title=matter.title,
        technology=matter.technology,
        board=matter.board,
        since=matter.since,
        due=matter.due,
    )


def _weight(item: Item) -> tuple[int, bool, datetime | None, str]:
    """What matters more, then what is due earlier, then by name."""
    return (RANK[item.topic], item.due is None, item.due or item.since, item.name)


def _waits(matter: Matter) -> bool:
    """Whether somebody has to do something about it."""
    known_only = (Subject.HALTED, Subject.STOPPED, Subject.PAUSED, Subject.WAIVER, Subject.EVIDENCE)
    return not matter.at_rest and matter.subject not in known_only


def _is_overdue(matter: Matter, now: datetime) -> bool:
    return matter.subject is Subject.RENEWAL or (matter.due is not None and matter.due <= now)


def days_late(due: datetime, calendar: Calendar, now: datetime) -> int:
    """How many working days ago something was due."""
    day, today = calendar.local_time(due).date(), calendar.local_time(now).date()
    late = 0
    while day < today:
        day += DAY
        late += calendar.works(day)
    return late
