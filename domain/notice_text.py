"""Notices in words: plain text that names roles, boards, technologies and tasks, and what to type next.

Nothing that somebody wrote freely is repeated in it, so it says nothing about a person, wherever it goes.
"""

from datetime import date, datetime

from domain.calendar import Calendar
from domain.notice import Item, Subject
from domain.reminders import Recipient, Topic
from domain.value import Fact, Instant, at_day

STARTER = "python starter.py"

HEADINGS = {
    Topic.HALTED: "The line is stopped, for safety",
    Topic.STOPPED: "Stopped or paused",
    Topic.REOPENED: "To be decided again",
    Topic.ESCALATED: "Escalated to you",
    Topic.OVERDUE: "Overdue",
    Topic.SOON: "Due soon",
    Topic.DECISION: "To be decided",
    Topic.NEW: "New",
    Topic.EXPIRING: "Expiring",
}

COUNTED = {
    Topic.HALTED: "halted for safety",
    Topic.STOPPED: "stopped",
    Topic.REOPENED: "to be decided again",
    Topic.ESCALATED: "escalated",
    Topic.OVERDUE: "overdue",
    Topic.SOON: "due soon",
    Topic.DECISION: "to be decided",
    Topic.NEW: "new",
    Topic.EXPIRING: "expiring",
}


class Notice(Fact):
    """A notice as it was written.

    Attributes:
        id: Its name: the recipient and a number, such as ``board-lead@fife/12``.
        recipient: Whom it is for.
        urgent: Whether it could not wait for the day's digest.
        test: Whether it only tries whether notices arrive.
        day: The local day on which it was written.
        written: When it was written.
        items: What it says.
        waiting: How many matters wait for the recipient in all.
        overdue: How many of them are overdue.
    """

    id: str
    recipient: Recipient
    urgent: bool = False
    test: bool = False
    day: date
    written: Instant
    items: tuple[Item, ...] = ()
    waiting: int = 0
    overdue: int = 0


def subject_of(notice: Notice) -> str:
    """The line by which it is recognised: for whom, and how much of what."""
    if notice.test:
        return f"Cairn: a test notice for {notice.recipient}"
    counts = [
        f"{number} {COUNTED[topic]}"
        for topic in Topic
        if (number := sum(item.topic is topic for item in notice.items))
    ]
    return f"Cairn{' (urgent)' if notice.urgent else ''}: {', '.join(counts)} - {notice.recipient}"


def body_of(notice: Notice, calendar: Calendar) -> str:
    """What it says, in lines of text."""
    if notice.test:
        return (
            f"This is a test: notices for {notice.recipient} arrive here.\nNothing has to be done.\n\n"
            f"{STARTER} notices show {notice.id}\n"
        )
    lines = [f"For {notice.recipient}, {_long_day(notice.day)}"]
    for topic in Topic:
        items = [item for item in notice.items if item.topic is topic]
        if items:
            lines += [
                "",
                HEADINGS[topic].upper(),
                *(line for item in items for line in _lines(item, notice, calendar)),
            ]
    role = notice.recipient.role
    board = f" --board {notice.recipient.board}" if notice.recipient.board else ""
    lines += [
        "",
        f"In all {_counted(notice.waiting)} for you; overdue: {notice.overdue}.",
        f"  {STARTER} task list --role {role}{board}",
        f"  {STARTER} gate list --role {role}{board}",
        f"This notice: {STARTER} notices show {notice.id}",
        "",
    ]
    return "\n".join(lines)


def _counted(number: int) -> str:
    return "1 matter waits" if number == 1 else f"{number} matters wait"


def _lines(item: Item, notice: Notice, calendar: Calendar) -> tuple[str, str]:
    place = item.board or "national"
    return (
        f"- {item.title} ({item.technology}, {place}){_when(item, calendar)}",
        f"  {STARTER} {command_for(item, notice.recipient)}",
    )


def _when(item: Item, calendar: Calendar) -> str:
    if item.due is None:
        return "" if item.since is None else f", since {at_day(calendar.local_time(item.since))}"
    due = calendar.local_time(item.due)
    if item.topic is Topic.EXPIRING or item.subject is Subject.WAIVER:
        return f", until {at_day(due)}"
    if item.subject is Subject.RENEWAL:
        return f", expired on {at_day(due)}"
    return f", due {at_day(due)} {due:%H:%M}"


def _long_day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


_ACTING = {
    Subject.TASK: "task complete {name} --as {me}",
    Subject.DECISION: "gate show {life}",
    Subject.BARRIER: "barrier show {name}",
    Subject.HALT: "technology release {name}",
    Subject.PLAYBOOK: "playbook publish {technology} FILE --as {me}",
    Subject.OBJECTION: "gate answer {life} {name} --reason ANSWER --as {me}",
    Subject.WAIVER_ASKED: "gate grant {life} {name} --reason WHY --as {me}",
    Subject.WAIVER: "gate show {life}",
    Subject.CONDITION: "gate meet {life} {name} --reason HOW --as {me}",
    Subject.EVIDENCE: "evidence show {name}",
    Subject.RENEWAL: "evidence show {name}",
}
_LOOKING = {Subject.TASK: "task show {name}", Subject.CONDITION: "gate show {life}"}
"""What somebody types to whom another's matter has escalated: to do it is still the other's."""


def command_for(item: Item, recipient: Recipient) -> str:
    """What to type to act on an item, without the program's name."""
    life = f"{item.technology} {item.board}" if item.board else item.technology
    if item.subject in {Subject.HALTED, Subject.STOPPED, Subject.PAUSED}:
        return f"rollout show {life}" if item.board else f"technology show {life}"
    escalated = item.topic is Topic.ESCALATED and item.subject in _LOOKING
    form = (_LOOKING if escalated else _ACTING)[item.subject]
    return form.format(name=item.name, life=life, technology=item.technology, me=recipient)


def written_on(moment: datetime) -> str:
    """A moment within a name that only machines read: ``20261208T080000Z``."""
    return f"{moment:%Y%m%dT%H%M%SZ}"
