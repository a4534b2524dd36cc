"""Notices: nothing is lost, nothing is told twice, nobody is disturbed at night, and not more than needed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.calendar import Calendar, Leave
from domain.notice import Draft, Matter, Subject, compose, remarks
from domain.notice_text import Notice, body_of, subject_of
from domain.reminders import Policy, Recipient, Reminders, Topic, digest_day, next_look
from tests.domain.calendars import DAY, SCOTLAND, calendars, works

RULES = Reminders(
    escalation={"team": "lead", "lead": "manager"},
    source="Planning assumptions",
    date=date(2026, 11, 25),
)
POLICY = Policy(name="Notices", reminders=RULES, calendar=SCOTLAND, national=("manager",))
START = datetime(2026, 11, 2, 7, tzinfo=UTC)
ROLES, BOARDS = ("team", "lead", "manager", "clinician"), ("fife", "orkney", None)


def at(day: int, hour: float = 9, month: int = 12) -> datetime:
    """A moment of the winter, in UTC, which is local time then."""
    return datetime(2026, month, day, tzinfo=UTC) + timedelta(hours=hour)


def task(**fields: object) -> Matter:
    """A task of the team at Fife, due on Tuesday 15 December at the close of the day."""
    return Matter.model_validate(
        {
            "subject": "task",
            "key": "ccbt/fife/go/train#1",
            "name": "ccbt/fife/go/train",
            "title": "Train the team",
            "role": "team",
            "board": "fife",
            "technology": "ccbt",
            "since": at(1),
            "due": at(15, 17),
        }
        | fields
    )


@dataclass
class Office:
    """Composes as the desk does, and keeps what was told."""

    policy: Policy = POLICY
    told: dict[str, frozenset[str]] = field(default_factory=dict)
    sent: list[tuple[datetime, Draft]] = field(default_factory=list)
    digests_of: date | None = None

    def look(self, matters: list[Matter], now: datetime) -> tuple[Draft, ...]:
        """Write what is to be written now."""
        day = digest_day(self.policy, self.digests_of, now)
        had = frozenset(
            str(draft.recipient) for _, draft in self.sent if not draft.urgent and day and draft.day >= day
        )
        drafts = compose(matters, self.policy, self.told, had, day is not None, now)
        for draft in drafts:
            known = self.told.get(str(draft.recipient), frozenset())
            self.told[str(draft.recipient)] = known | {it.remark for it in draft.told}
            self.sent.append((now, draft))
        self.digests_of = day or self.digests_of
        return drafts

    def work(self, matters: list[Matter], start: datetime, end: datetime) -> None:
        """Look at every moment at which there is to be looked."""
        now = start
        while now < end:
            self.look([it for it in matters if it.since is None or it.since <= now], now)
            now = next_look(self.policy, now)


# --- properties ---------------------------------------------------------------------------------------------


@st.composite
def matters(draw: st.DrawFn) -> list[Matter]:
    """Up to a dozen matters of some weeks."""
    moments = st.integers(0, 40 * 24).map(lambda hours: START + timedelta(hours=hours))
    return [
        Matter(
            subject=draw(st.sampled_from(Subject)),
            key=f"matter-{number}",
            name=f"ccbt/fife/go/step-{number}",
            title=f"Step {number}",
            role=draw(st.sampled_from(ROLES)),
            board=draw(st.sampled_from(BOARDS)),
            technology="ccbt",
            since=draw(moments),
            due=draw(st.one_of(st.none(), moments)),
            late=draw(st.booleans()),
            again=draw(st.booleans()),
            at_rest=draw(st.integers(0, 5)) == 0,
        )
        for number in range(draw(st.integers(1, 12)))
    ]


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Rules of many kinds, with a calendar in which each board may have days of its own."""
    base = draw(calendars())
    calendar = Calendar(
        weekend=base.weekend,
        closes=base.closes,
        clock=base.clock,
        holidays=base.holidays,
        leave=base.leave,
        local={"fife": tuple(draw(st.lists(st.dates(date(2026, 11, 2), date(2026, 12, 20)), max_size=4)))},
    )
    until = draw(st.integers(0, 10))
    digest = draw(st.integers(until, 14))
    quiet = draw(st.integers(digest + 1, 23))
    rules = RULES.model_copy(
        update={
            "before": draw(st.integers(0, 5)),
            "quiet_until": time(until),
            "digest_at": time(digest),
            "quiet_from": time(quiet),
            "look_every": timedelta(minutes=draw(st.sampled_from([120, 240, 480]))),
            "escalate_after": draw(st.integers(1, 4)),
            "urgent": tuple(draw(st.lists(st.sampled_from(Topic), unique=True, max_size=4))),
        }
    )
    return Policy(name="Notices", reminders=rules, calendar=calendar, national=("manager",))


END = START + timedelta(days=60)


@given(matters(), policies())
def test_nothing_is_lost(found: list[Matter], policy: Policy) -> None:
    """All that there is to say was told on the first day of work whose digest came when it could be said."""
    office = Office(policy)
    office.work(found, START, END)
    for matter in found:
        for moment in (START + timedelta(days=n) for n in range(0, 50, 7)):
            if matter.since is None or matter.since > moment:
                continue
            for remark in remarks(matter, policy, moment):
                digest, end_of_day = next_digest(policy, remark.recipient, moment)
                there_still = remark.key in {it.key for it in remarks(matter, policy, digest)}
                if there_still and end_of_day <= END:
                    told = when_told(office, str(remark.recipient), remark.key)
                    assert told is not None, remark
                    assert told <= end_of_day, remark


def when_told(office: Office, recipient: str, remark: str) -> datetime | None:
    """When somebody was told something."""
    return next(
        (
            moment
            for moment, draft in office.sent
            if str(draft.recipient) == recipient and remark in {it.remark for it in draft.told}
        ),
        None,
    )


def next_digest(policy: Policy, recipient: Recipient, moment: datetime) -> tuple[datetime, datetime]:
    """When the next digest after a moment is due, and the last moment of that day at which it may come."""
    calendar = policy.calendar.at(recipient.board)
    day = calendar.local_time(moment).date()
    while not works(calendar, day) or calendar.moment(day, policy.reminders.digest_at) < moment:
        day += DAY
    clocks = (policy.reminders.digest_at, policy.reminders.quiet_from)
    digest, quiet = (calendar.moment(day, clock) for clock in clocks)
    return digest, quiet


@given(matters(), policies())
def test_nothing_is_told_twice(found: list[Matter], policy: Policy) -> None:
    """Nobody hears the same of a matter again."""
    office = Office(policy)
    office.work(found, START, END)
    marks = [(str(draft.recipient), it.remark) for _, draft in office.sent for it in draft.told]
    assert len(marks) == len(set(marks))
    lines = [
        (str(draft.recipient), it.name, it.topic, it.due) for _, draft in office.sent for it in draft.items
    ]
    weekly = [line for line in lines if line[2] is Topic.EXPIRING]
    assert len(set(lines) - set(weekly)) == len(lines) - len(weekly)


@given(matters(), policies())
def test_nobody_is_disturbed_while_it_is_quiet(found: list[Matter], policy: Policy) -> None:
    """Not at night, not at weekends, not on the board's own holidays, not on leave; but for safety."""
    office = Office(policy)
    office.work(found, START, END)
    for moment, draft in office.sent:
        if all(item.topic in policy.reminders.at_any_hour for item in draft.items):
            continue
        calendar = policy.calendar.at(draft.recipient.board)
        local = calendar.local_time(moment)
        assert works(calendar, local.date())
        assert policy.reminders.quiet_until <= local.time() < policy.reminders.quiet_from
        assert draft.urgent or local.time() >= policy.reminders.digest_at


@given(matters(), policies())
def test_everybody_has_one_digest_a_day_at_most(found: list[Matter], policy: Policy) -> None:
    """And what comes besides is urgent, every line of it."""
    office = Office(policy)
    office.work(found, START, END)
    digests = [(str(draft.recipient), draft.day) for _, draft in office.sent if not draft.urgent]
    assert len(digests) == len(set(digests))
    for _, draft in office.sent:
        assert draft.items
        at_once = policy.reminders.at_once(awake=True)
        assert not draft.urgent or all(it.topic in at_once for it in draft.items)
    assert len(office.sent) <= len({(str(it.recipient), it.day) for _, it in office.sent}) + sum(
        draft.urgent for _, draft in office.sent
    )


@given(matters(), policies())
def test_asking_again_at_the_same_moment_writes_nothing(found: list[Matter], policy: Policy) -> None:
    """A look that is repeated after a crash finds all told."""
    office = Office(policy)
    now = at(2)
    office.look(found, now)
    assert office.look(found, now) == ()
    office.digests_of = None
    assert office.look(found, now) == ()


def test_what_comes_up_while_the_digests_are_written_waits_for_the_next_ones() -> None:
    """A round that is repeated after a crash finds a new task: nobody gets a second digest for it."""
    office = Office()
    office.look([task()], at(2))
    office.digests_of = date(2026, 12, 1)
    other = task(key="other", name="ccbt/fife/go/other")
    assert office.look([task(), other], at(2)) == ()
    (notice,) = office.look([task(), other], at(3))
    assert [item.name for item in notice.items] == ["ccbt/fife/go/other"]


@given(matters(), policies())
def test_what_matters_most_comes_first(found: list[Matter], policy: Policy) -> None:
    """Stopped before overdue, overdue before due soon, decisions before news."""
    office = Office(policy)
    office.work(found, START, END)
    order = list(Topic)
    for _, draft in office.sent:
        places = [order.index(item.topic) for item in draft.items]
        assert places == sorted(places)
        assert len({item.name for item in draft.items}) == len(draft.items), "one line for each matter"


@given(policies(), st.integers(0, 60 * 24 * 4).map(lambda n: START + timedelta(minutes=15 * n)))
def test_the_next_look_comes_in_time_for_the_next_digest(policy: Policy, now: datetime) -> None:
    """It is always still to come, and never after the moment at which somebody's digest is due."""
    looking = next_look(policy, now)
    assert looking > now
    for calendar in policy.calendar.everywhere:
        day = calendar.local_time(now).date()
        while not works(calendar, day) or calendar.moment(day, policy.reminders.digest_at) <= now:
            day += DAY
        assert looking <= calendar.moment(day, policy.reminders.digest_at)


# --- examples -----------------------------------------------------------------------------------------------


def told(office: Office) -> list[tuple[str, str]]:
    """Who was told what, in order."""
    return [(str(draft.recipient), item.topic) for _, draft in office.sent for item in draft.items]


def days_told(office: Office) -> list[tuple[date, str, str]]:
    """When who was told what, in order."""
    return [
        (moment.date(), str(draft.recipient), item.topic)
        for moment, draft in office.sent
        for item in draft.items
    ]


def test_a_task_is_new_then_due_soon_then_overdue_and_then_escalates() -> None:
    """Three days of work lie between each of these, and the last are not told at night."""
    office = Office()
    office.work([task()], at(1, 8), at(31))
    assert days_told(office) == [
        (date(2026, 12, 2), "team@fife", "new"),
        (date(2026, 12, 10), "team@fife", "due soon"),
        (date(2026, 12, 16), "team@fife", "overdue"),
        (date(2026, 12, 18), "lead@fife", "escalated"),
        (date(2026, 12, 23), "manager", "escalated"),
    ]


def test_what_was_left_undone_for_long_is_told_once_when_the_desk_opens() -> None:
    """Not that it is new and due soon as well."""
    office = Office()
    office.look([task(since=at(1, 9, 11), due=at(6, 17, 11))], at(2))
    assert told(office) == [("lead@fife", "escalated"), ("manager", "escalated"), ("team@fife", "overdue")]


def test_a_due_date_that_moves_is_reminded_of_anew() -> None:
    """After a pause there is a new day to keep."""
    office = Office()
    office.look([task(due=at(4, 17))], at(2))
    office.look([task(due=at(4, 17), at_rest=True)], at(3))
    assert told(office) == [("team@fife", "due soon")]
    office.look([task(due=at(9, 17))], at(7))
    assert told(office) == [("team@fife", "due soon")] * 2


def test_while_it_is_paused_nothing_is_told_of_it() -> None:
    """And afterwards not again that it is new."""
    office = Office()
    office.look([task()], at(2))
    office.look([task(at_rest=True, due=at(2, 17))], at(3))
    office.look([task()], at(4))
    assert told(office) == [("team@fife", "new")]


def test_an_escalated_decision_is_told_at_once_to_whom_it_went() -> None:
    """Those who let its time pass are told with the next digest."""
    office = Office()
    seat = task(
        subject="decision", key="gate#3", name="ccbt/fife/go-live", title="Go-live decision", role="lead"
    )
    office.look([seat], at(2))
    office.look([seat], at(15, 8))
    gone_on = seat.model_copy(update={"role": "manager", "late": True})
    office.look([seat, gone_on], at(15, 17.25))
    assert told(office) == [
        ("lead@fife", "to be decided"),
        ("lead@fife", "due soon"),
        ("manager", "escalated"),
    ]
    office.look([seat, gone_on], at(16))
    assert told(office)[3:] == [("lead@fife", "overdue")]


@pytest.mark.parametrize("subject", [Subject.HALT, Subject.HALTED])
def test_that_the_line_is_stopped_is_told_at_night_and_at_weekends(subject: Subject) -> None:
    """At two in the morning of a Sunday; all else waits for Monday, and nothing comes twice."""
    office = Office()
    night = at(6, 2)
    halt = task(
        subject=subject, key="technology/ccbt/halt/1", name="ccbt 1", role="lead", since=night, due=None
    )
    stop = task(subject="stopped", key="rollout/stopped", role="lead", since=night, due=None)
    assert next_look(office.policy, night) == night + office.policy.reminders.look_every
    (notice,) = office.look([task(), stop, halt], night)
    assert (notice.urgent, [item.topic for item in notice.items]) == (True, [Topic.HALTED])
    assert office.look([task(), stop, halt], night + timedelta(hours=6)) == ()
    later = office.look([task(), stop, halt], at(7, 8))
    assert [item.topic for draft in later for item in draft.items if draft.recipient.role == "lead"] == [
        Topic.STOPPED
    ]


def test_where_nothing_is_told_at_any_hour_nobody_looks_at_night() -> None:
    """A programme may have it otherwise."""
    rules = RULES.model_copy(update={"at_any_hour": ()})
    policy = Office().policy.model_copy(update={"reminders": rules})
    assert next_look(policy, at(6, 2)) == at(7, 8)


def test_what_cannot_wait_is_told_between_two_digests_and_only_that() -> None:
    """At half past two somebody stops the rollout, and a task opens."""
    office = Office()
    stop = task(subject="stopped", key="rollout/stopped", role="lead", since=at(2, 14.5), due=None)
    assert office.look([], at(2, 8)) == ()
    (notice,) = office.look([task(), stop], at(2, 14.5))
    assert (notice.urgent, [item.topic for item in notice.items]) == (True, [Topic.STOPPED])
    assert office.look([task(), stop], at(2, 20)) == ()
    (notice,) = office.look([task(), stop], at(3, 8))
    assert (str(notice.recipient), notice.urgent) == ("team@fife", False)


def test_evidence_is_a_weekly_matter() -> None:
    """From 90 days before it expires, on Mondays, or on the day after where nobody works on that."""
    entry = task(subject="evidence", key="ccbt/fife/cert/1", due=at(1) + timedelta(days=95), since=at(1))
    office = Office()
    office.work([entry], at(1), at(31))
    assert days_told(office) == [
        (date(2026, 12, 7), "team@fife", "expiring"),
        (date(2026, 12, 14), "team@fife", "expiring"),
        (date(2026, 12, 21), "team@fife", "expiring"),
        (date(2026, 12, 29), "team@fife", "expiring"),
    ], "28 December 2026 is a holiday"


def test_on_leave_nobody_hears_anything_and_afterwards_everybody_does() -> None:
    """A stop during the leave of a board waits there, and is told elsewhere."""
    leave = Leave(name="Moving", first=date(2026, 12, 1), last=date(2026, 12, 4), boards=("fife",))
    calendar = Calendar(clock=SCOTLAND.clock, leave=(leave,))
    office = Office(POLICY.model_copy(update={"calendar": calendar}))
    stop = task(subject="stopped", key="stopped", since=at(2), due=None)
    office.work([stop, stop.model_copy(update={"role": "manager"})], at(2), at(9))
    assert days_told(office) == [
        (date(2026, 12, 2), "manager", "stopped"),
        (date(2026, 12, 7), "team@fife", "stopped"),
    ]


def written(*matters: Matter, recipient: str) -> Notice:
    """The notice that a recipient gets on Wednesday 16 December."""
    now = at(16)
    drafts = Office().look([*matters], now)
    draft = next(it for it in drafts if str(it.recipient) == recipient)
    return Notice(
        id=f"{recipient}/7",
        recipient=draft.recipient,
        urgent=draft.urgent,
        day=draft.day,
        written=now,
        items=draft.items,
        waiting=draft.waiting,
        overdue=draft.overdue,
    )


def test_a_notice_says_what_waits_and_what_to_type() -> None:
    """It names roles, boards and tasks, and its first line says how much of what."""
    condition = task(
        subject="condition",
        key="c1",
        name="go-live 2",
        title="Condition 2 of Go-live decision",
        due=at(18, 17),
    )
    notice = written(task(), condition, recipient="team@fife")
    assert subject_of(notice) == "Cairn: 1 overdue, 1 due soon - team@fife"
    assert (
        body_of(notice, SCOTLAND)
        == """\
For team@fife, Wednesday 16 December 2026

OVERDUE
- Train the team (ccbt, fife), due 15 Dec 2026 17:00
  python starter.py task complete ccbt/fife/go/train --as team@fife

DUE SOON
- Condition 2 of Go-live decision (ccbt, fife), due 18 Dec 2026 17:00
  python starter.py gate meet ccbt fife go-live 2 --reason HOW --as team@fife

In all 2 matters wait for you; overdue: 1.
  python starter.py task list --role team --board fife
  python starter.py gate list --role team --board fife
This notice: python starter.py notices show team@fife/7
"""
    )


@pytest.mark.parametrize("subject", Subject)
@pytest.mark.parametrize("topic", Topic)
def test_every_line_says_how_to_act_on_it(subject: Subject, topic: Topic) -> None:
    """Whatever it is about."""
    item = task(subject=subject).model_dump() | {"topic": topic}
    notice = Notice(
        id="team@fife/1",
        recipient=Recipient.parse("team@fife"),
        day=date(2026, 12, 16),
        written=at(16),
        items=(item,),
    )
    line = body_of(notice, SCOTLAND).splitlines()[4]
    assert line.startswith("  python starter.py ")
    assert "ccbt" in line


def test_a_test_notice_asks_nothing() -> None:
    """It says so."""
    notice = Notice(
        id="team/1", recipient=Recipient.parse("team"), test=True, day=date(2026, 12, 16), written=at(16)
    )
    assert subject_of(notice) == "Cairn: a test notice for team"
    assert "Nothing has to be done." in body_of(notice, SCOTLAND)


@pytest.mark.parametrize("text", ["team", "team@fife"])
def test_a_recipient_is_read_as_it_is_written(text: str) -> None:
    """A role, perhaps at a board."""
    assert str(Recipient.parse(text)) == text


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"digest_at": time(19)}, "quiet hours"),
        ({"digest_at": time(7)}, "quiet hours"),
        ({"escalation": {"a": "b", "b": "a"}}, "in a circle"),
        ({"escalation": {"a": "a"}}, "in a circle"),
    ],
)
def test_rules_that_nobody_could_follow_are_refused(wrong: dict[str, object], why: str) -> None:
    """A digest in the quiet hours would never come."""
    with pytest.raises(ValidationError, match=why):
        Reminders.model_validate(RULES.model_dump() | wrong)


def moments() -> Iterator[datetime]:
    """Every quarter of an hour of a day."""
    for quarter in range(96):
        yield at(2, quarter / 4)


def test_the_day_has_one_round_of_digests() -> None:
    """The first look after eight, whenever that is."""
    days = [moment for moment in moments() if digest_day(POLICY, date(2026, 12, 1), moment)]
    assert days[0] == at(2, 8)
    assert digest_day(POLICY, date(2026, 12, 2), at(2, 9)) is None
    assert digest_day(POLICY, None, at(2, 11)) == date(2026, 12, 2)
