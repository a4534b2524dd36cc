import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from activities.channels import Letter, Outcome, Place, Result
from activities.notices import NoticeActivities
from catalogue.errors import DatabaseUnreachable
from domain.notice_text import Notice
from domain.noticing import Look, Looked, NoticeCommand, SendAgain, TestNotice
from domain.reminders import Policy, Recipient, digest_day, next_look
from runtime.settings import Settings
from runtime.worker_host import build_worker
from tests.cast import signing
from tests.domain.test_notices import POLICY
from tests.workflows.office import CAST, LEAD, Office
from workflows.lives import NoticeLife
from workflows.notice_desk import NoticeDesk

DESK = "notices/scotland"


@dataclass
class Shelf:
    """Keeps notices in memory, as the catalogue does in tables.

    Attributes:
        notices: What was written, by name.
        state: How it stands with each.
        deliveries: How the delivery of each went.
        looks: When it was looked.
        writes: What is written at each look.
        away: How many more looks find the database away.
        policy: The rules.
    """

    notices: dict[str, Notice] = field(default_factory=dict)
    state: dict[str, str] = field(default_factory=dict)
    deliveries: dict[str, str] = field(default_factory=dict)
    looks: list[datetime] = field(default_factory=list)
    writes: Callable[[Look, date | None], tuple[str, ...]] = lambda _look, _day: ()
    away: int = 0
    policy: Policy = POLICY
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def look(self, look: Look) -> Looked:
        """Write what is to be written."""
        if self.away:
            self.away -= 1
            raise DatabaseUnreachable("PostgreSQL did not answer.")
        day = digest_day(self.policy, look.digests_of, look.now)
        names = self.writes(look, day)
        for name in names:
            self.write(name, look.now)
        self.looks.append(look.now)
        await self._notify()
        return Looked(
            next=next_look(self.policy, look.now),
            digests_of=day or look.digests_of,
            written=len(names),
            waiting=tuple(name for name, state in self.state.items() if state == "waiting"),
            undeliverable=sum(state == "undeliverable" for state in self.state.values()),
        )

    def write(self, name: str, now: datetime) -> None:
        """Write a notice."""
        recipient = Recipient.parse(name.partition("/")[0])
        notice = Notice(id=name, recipient=recipient, test=True, day=now.date(), written=now)
        self.notices.setdefault(name, notice)
        self.state.setdefault(name, "waiting")

    async def write_test(self, _programme: str, recipient: Recipient, now: datetime) -> str:
        """Write a test notice."""
        name = f"{recipient}/{len(self.notices) + 1}"
        self.write(name, now)
        return name

    async def send_again(self, _programme: str, notice: str) -> bool:
        """Have a notice delivered again."""
        found = self.state.get(notice) == "undeliverable"
        if found:
            self.state[notice] = "waiting"
            self.deliveries.pop(notice, None)
        return found

    @asynccontextmanager
    async def hold(self, notice: str) -> AsyncIterator["HeldInMemory"]:
        """Hold a notice."""
        yield HeldInMemory(self, self.notices[notice])

    async def settled(self, notice: str, state: str) -> None:
        """Return once it stands so with a notice."""
        async with self.changed, asyncio.timeout(30):
            await self.changed.wait_for(lambda: self.state.get(notice) == state)

    async def looked(self, times: int) -> None:
        """Return once it was looked so often."""
        async with self.changed, asyncio.timeout(30):
            await self.changed.wait_for(lambda: len(self.looks) >= times)

    async def _notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()


class HeldInMemory:
    """One notice of the shelf while it is delivered."""

    programme = "scotland"

    def __init__(self, shelf: Shelf, notice: Notice) -> None:
        self.notice = notice
        self.waits = shelf.state[notice.id] == "waiting"
        self._shelf = shelf

    async def policy(self) -> Policy | None:
        """The rules."""
        return self._shelf.policy

    async def claim(self, target: str) -> int | None:
        """Claim the delivery."""
        assert target
        return None if self._shelf.deliveries.get(self.notice.id) == "sent" else 0

    async def settle_delivery(self, target: str, state: str, trouble: str | None) -> None:
        """Note how the delivery went."""
        del target, trouble
        self._shelf.deliveries[self.notice.id] = state

    async def states(self, targets: tuple[str, ...]) -> tuple[str, ...]:
        """How it went."""
        return (self._shelf.deliveries[self.notice.id],) * len(targets)

    async def settle(self, state: str, trouble: str | None = None) -> None:
        """Note how it stands."""
        del trouble
        self._shelf.state[self.notice.id] = state
        await self._shelf._notify()


@dataclass
class Post:
    """A channel that does as the test says, and keeps what it was given.

    Attributes:
        fate: What becomes of a letter, by the notice's name and how often it came.
        came: How often each came.
    """

    fate: Callable[[str, int], Result] = lambda _name, _times: Result.SENT
    came: Counter[str] = field(default_factory=Counter)
    target: str = "mail:memory"

    async def send(self, letter: Letter) -> Outcome:
        """Take a letter, or not."""
        name = letter.notice.id
        self.came[name] += 1
        return Outcome(self.fate(name, self.came[name]), "the mail server answered 451")

    def places_of(self, recipient: str) -> tuple[Place, ...]:
        """This one, for everybody."""
        assert recipient
        return (self,)


@dataclass
class Desk:
    """A notice desk that is open."""

    handle: WorkflowHandle[NoticeDesk, None]
    client: Client
    shelf: Shelf
    post: Post

    async def tell(self, update: str, command: NoticeCommand, answer: type) -> object:
        """Send a command."""
        return await self.handle.execute_update(update, command, result_type=answer)

    async def details(self) -> str:
        """What the Temporal UI shows."""
        return await Office.details(Office(self.client, None, ""), DESK)  # type: ignore[arg-type]


@asynccontextmanager
async def desk(
    clockwork: WorkflowEnvironment, shelf: Shelf | None = None, post: Post | None = None
) -> AsyncIterator[Desk]:
    """Open a notice desk whose worker runs for as long as the block."""
    shelf, post = shelf or Shelf(), post or Post()
    settings = Settings(task_queue=f"queue-{uuid.uuid4()}")
    activities = NoticeActivities(shelf, post).all()
    client = signing(clockwork.client)
    async with build_worker(clockwork.client, settings, activities, CAST.verify):
        handle = await client.start_workflow(
            NoticeDesk.run, NoticeLife(programme="scotland"), id=DESK, task_queue=settings.task_queue
        )
        try:
            yield Desk(handle, client, shelf, post)
        finally:
            await handle.terminate()


def once(*names: str) -> Callable[[Look, date | None], tuple[str, ...]]:
    """Write these notices at the first look."""
    left = [names]
    return lambda _look, _day: left.pop() if left else ()


async def test_the_desk_looks_and_delivers(clockwork: WorkflowEnvironment) -> None:
    """What a look wrote is delivered, each once."""
    async with desk(clockwork, Shelf(writes=once("lead@fife/1", "team@fife/1"))) as it:
        for name in ("lead@fife/1", "team@fife/1"):
            await it.shelf.settled(name, "sent")
        await clockwork.sleep(timedelta(hours=30))
        await it.shelf.looked(2)
    assert it.post.came == {"lead@fife/1": 1, "team@fife/1": 1}


async def test_it_looks_at_the_times_that_the_rules_give(clockwork: WorkflowEnvironment) -> None:
    """Within a week in every working day's digest hour; at night only if something is told at any hour."""
    rules = POLICY.reminders.model_copy(update={"at_any_hour": ()})
    resting = POLICY.model_copy(update={"reminders": rules})
    days: list[date] = []

    def note(_look: Look, day: date | None) -> tuple[str, ...]:
        days.extend([day] if day else [])
        return ()

    async with desk(clockwork, Shelf(writes=note, policy=resting)) as it:
        await it.shelf.looked(1)
        await let_pass(clockwork, days=8)
        await it.shelf.looked(100)
        now = await clockwork.get_current_time()
    after_the_first = it.shelf.looks[1:]
    assert all(POLICY.awake(POLICY.calendar, moment + timedelta(seconds=30)) for moment in after_the_first)
    assert len(days) == len(set(days)), "one round of digests a day"
    working = [
        day
        for day in (it.shelf.looks[0].date() + timedelta(days=n) for n in range(1, 8))
        if POLICY.calendar.works(day)
    ]
    assert now.date() >= working[-1]
    assert set(working) <= set(days)


async def test_it_looks_at_night_for_what_is_told_at_any_hour(clockwork: WorkflowEnvironment) -> None:
    """Such as that the line is stopped."""
    async with desk(clockwork) as it:
        await it.shelf.looked(1)
        await let_pass(clockwork, days=1)
        await it.shelf.looked(90)
    assert not all(POLICY.awake(POLICY.calendar, moment) for moment in it.shelf.looks)


async def test_what_cannot_be_delivered_now_holds_up_nothing_else(clockwork: WorkflowEnvironment) -> None:
    """The engine goes on trying it, while others go out and the desk goes on looking."""

    def fate(name: str, times: int) -> Result:
        return Result.FAILED if name == "lead@fife/1" and times < 12 else Result.SENT

    shelf = Shelf(writes=once("lead@fife/1", "team@fife/1"))
    async with desk(clockwork, shelf, Post(fate)) as it:
        await it.shelf.settled("team@fife/1", "sent")
        assert it.shelf.state["lead@fife/1"] == "waiting"
        await clockwork.sleep(timedelta(hours=3))
        await it.shelf.settled("lead@fife/1", "sent")
        history = await it.handle.fetch_history()
    kinds = (it.activity_task_scheduled_event_attributes.activity_type.name for it in history.events)
    scheduled = list(kinds)
    assert scheduled.count("deliver-notice") == 2, "each is on its way once, however often it is looked"
    assert it.post.came == {"lead@fife/1": 12, "team@fife/1": 1}


async def test_while_the_database_is_away_the_desk_waits_for_it(clockwork: WorkflowEnvironment) -> None:
    """Nothing is passed over."""
    async with desk(clockwork, Shelf(writes=once("lead@fife/1"), away=3)) as it:
        await it.shelf.settled("lead@fife/1", "sent")
    assert it.shelf.away == 0


async def let_pass(clockwork: WorkflowEnvironment, *, days: int) -> None:
    """Let days go by, a call for each: the desk looks a hundred times a day, and calls have a time limit."""
    for _ in range(days):
        await clockwork.sleep(timedelta(days=1))


async def test_the_desk_goes_on_for_years_in_short_runs(clockwork: WorkflowEnvironment) -> None:
    """What waits when a run ends is taken up by the next, and still delivered once."""
    names = iter(range(1, 1000))

    def fate(_name: str, times: int) -> Result:
        return Result.FAILED if times < 3 else Result.SENT

    shelf = Shelf(writes=lambda _look, day: (f"lead@fife/{next(names)}",) if day else ())
    async with desk(clockwork, shelf, Post(fate)) as it:
        first = (await it.handle.describe()).run_id
        await let_pass(clockwork, days=10)
        await it.shelf.looked(60)
        described = await it.client.get_workflow_handle(DESK).describe()
        for name in list(it.shelf.notices):
            await it.shelf.settled(name, "sent")
        assert described.run_id != first
        assert described.history_length < 700
    assert len(it.shelf.notices) > 4
    assert set(it.post.came.values()) == {3}


async def test_a_run_that_ends_begins_no_delivery(clockwork: WorkflowEnvironment) -> None:
    """However many notices its last look found: the next run delivers them."""
    names = iter(range(1, 1000))
    shelf = Shelf(writes=lambda _look, _day: (f"lead@fife/{next(names)}",))
    async with desk(clockwork, shelf) as it:
        await let_pass(clockwork, days=2)
        first = it.client.get_workflow_handle(DESK, run_id=it.handle.first_execution_run_id)
        history = await first.fetch_history()
        for name in list(it.shelf.notices):
            await it.shelf.settled(name, "sent")
    kinds = [EventType.Name(it.event_type) for it in history.events]
    assert kinds[-2:] == [
        "EVENT_TYPE_WORKFLOW_TASK_COMPLETED",
        "EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW",
    ]
    assert set(it.post.came.values()) == {1}


async def test_a_test_notice_is_sent_for_whoever_acts_there(clockwork: WorkflowEnvironment) -> None:
    """The answer is its name."""
    async with desk(clockwork) as it:
        command = TestNotice(actor=LEAD, role="lead", board="fife")
        name = await it.tell("test_notice", command, str)
        await it.shelf.settled(str(name), "sent")
    assert name == "lead@fife/1"


async def test_nobody_sends_test_notices_elsewhere(clockwork: WorkflowEnvironment) -> None:
    """Who acts for Fife disturbs nobody at Orkney, nor nationally."""
    async with desk(clockwork) as it:
        for board in ("orkney", None):
            with pytest.raises(WorkflowUpdateFailedError) as refused:
                await it.tell("test_notice", TestNotice(actor=LEAD, role="lead", board=board), str)
            assert isinstance(refused.value.cause, ApplicationError)
            assert refused.value.cause.type == "out-of-scope"
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await it.tell("send_again", SendAgain(actor=LEAD, notice="lead@orkney/1"), bool)
    assert it.shelf.notices == {}


async def test_what_nobody_signed_is_refused(clockwork: WorkflowEnvironment) -> None:
    """As everywhere."""
    async with desk(clockwork) as it:
        unsigned = clockwork.client.get_workflow_handle(DESK)
        with pytest.raises(WorkflowUpdateFailedError):
            await unsigned.execute_update("test_notice", TestNotice(actor=LEAD, role="lead", board="fife"))
    assert it.shelf.notices == {}


async def test_what_was_refused_for_good_is_sent_again_when_somebody_says_so(
    clockwork: WorkflowEnvironment,
) -> None:
    """And only that."""

    def fate(_name: str, times: int) -> Result:
        return Result.REFUSED if times == 1 else Result.SENT

    async with desk(clockwork, Shelf(writes=once("lead@fife/1")), Post(fate)) as it:
        await it.shelf.settled("lead@fife/1", "undeliverable")
        command = SendAgain(actor=LEAD, notice="lead@fife/1")
        assert await it.tell("send_again", command, bool) is True
        await it.shelf.settled("lead@fife/1", "sent")
        assert await it.tell("send_again", command, bool) is False
    assert it.post.came == {"lead@fife/1": 2}


async def test_the_temporal_ui_says_what_is_next_and_what_is_on_its_way(
    clockwork: WorkflowEnvironment,
) -> None:
    """In words, with roles and boards."""
    shelf = Shelf(writes=once("lead@fife/1", "team@fife/1"))

    def fate(name: str, _times: int) -> Result:
        return Result.REFUSED if name == "team@fife/1" else Result.FAILED

    async with desk(clockwork, shelf, Post(fate)) as it:
        await it.shelf.settled("team@fife/1", "undeliverable")
        await clockwork.sleep(timedelta(days=1))
        await it.shelf.looked(2)
        shown = await it.details()
    assert "Next look: " in shown
    assert "- lead@fife/1, since " in shown
    assert "**1 could not be delivered**" in shown
    assert "451" not in shown
