"""How the notice desk reaches the outside: it has notices written, and each delivered to wherever it goes."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.beating import beating
from activities.channels import Addresses, Letter, Outcome, Place, Result
from catalogue.errors import LedgerError
from domain.calendar import Calendar
from domain.notice_text import Notice, body_of, subject_of, written_on
from domain.noticing import Look, Looked, SendAgain, TestNotice
from domain.reminders import Policy, Recipient
from domain.value import Fact, Instant

AT_ONCE = 4
"""How many notices a worker delivers at the same time: each holds a connection to the database."""

WHEN_BUSY = timedelta(seconds=5)
"""When a notice is tried again that found the worker delivering others. It does not wait in line, for whoever
waits takes a place from what records events."""


class TestOrder(Fact):
    """Have a test notice written."""

    __test__ = False  # no test, whatever its name
    programme: str
    command: TestNotice
    now: Instant


class AgainOrder(Fact):
    """Have a notice delivered again."""

    programme: str
    command: SendAgain


class Held(Protocol):
    """A notice while it is being delivered."""

    notice: Notice
    programme: str
    waits: bool

    async def policy(self) -> Policy | None:
        """The rules in force."""
        ...

    async def claim(self, target: str) -> int | None:
        """Claim a delivery; say how many attempts may have arrived, ``None`` where nothing is to be sent."""
        ...

    async def settle_delivery(self, target: str, state: str, trouble: str | None) -> None:
        """Note how a delivery went."""
        ...

    async def states(self, targets: tuple[str, ...]) -> tuple[str, ...]:
        """How the deliveries to these places went so far."""
        ...

    async def settle(self, state: str, trouble: str | None = None) -> None:
        """Note how it stands with the notice."""
        ...


class Keeps(Protocol):
    """What keeps notices."""

    async def look(self, look: Look) -> Looked:
        """Write what is to be written now."""
        ...

    async def write_test(self, programme: str, recipient: Recipient, now: Instant) -> str:
        """Write a test notice."""
        ...

    async def send_again(self, programme: str, notice: str) -> bool:
        """Have a notice delivered again."""
        ...

    def hold(self, notice: str) -> AbstractAsyncContextManager[Held]:
        """Hold a notice while it is delivered."""
        ...


class NoticeActivities:
    """The notice desk's activities.

    Args:
        notices: What keeps notices.
        addresses: Where recipients are to be reached.
    """

    def __init__(self, notices: Keeps, addresses: Addresses) -> None:
        self._notices = notices
        self._addresses = addresses
        self._free = asyncio.Semaphore(AT_ONCE)

    def all(self) -> list[Callable[..., Any]]:
        """Every activity, ready for a worker."""
        return [self.look, self.write_test, self.send_again, self.deliver]

    @activity.defn(name="look-for-notices")
    async def look(self, look: Look) -> Looked:
        """Write the notices that are to be written now, and say which wait to be delivered."""
        try:
            return await self._notices.look(look)
        except LedgerError as error:
            raise _failure(error) from error

    @activity.defn(name="write-test-notice")
    async def write_test(self, order: TestOrder) -> str:
        """Write a test notice and return its name."""
        try:
            return await self._notices.write_test(order.programme, order.command.recipient, order.now)
        except LedgerError as error:
            raise _failure(error) from error

    @activity.defn(name="send-notice-again")
    async def send_again(self, order: AgainOrder) -> bool:
        """Have a notice delivered that could not be; say whether there is such a one."""
        try:
            return await self._notices.send_again(order.programme, order.command.notice)
        except LedgerError as error:
            raise _failure(error) from error

    @activity.defn(name="deliver-notice")
    async def deliver(self, notice: str) -> str:
        """Deliver a notice to every place of its recipient, and return in a word what came of it.

        Raises:
            ApplicationError: It did not reach all of them and is to be tried again.
        """
        if self._free.locked():
            raise ApplicationError(
                "This worker is delivering others.", type="busy", next_retry_delay=WHEN_BUSY
            )
        async with beating(), self._free:
            try:
                async with self._notices.hold(notice) as held:
                    return await self._deliver(held)
            except LedgerError as error:
                raise _failure(error) from error

    async def _deliver(self, held: Held) -> str:
        if not held.waits:
            return "settled"
        places = self._addresses.places_of(str(held.notice.recipient))
        if not places:
            await held.settle("unaddressed", "the address book names nobody for this recipient")
            return "unaddressed"
        policy = await held.policy()
        calendar = Calendar() if policy is None else policy.calendar.at(held.notice.recipient.board)
        outcomes = [await _deliver_to(place, held, calendar) for place in places]
        open_ones = [it for it in outcomes if it.result in {Result.FAILED, Result.UNKNOWN}]
        if open_ones:
            await held.settle("waiting", open_ones[0].trouble)
            raise ApplicationError(f"To be tried again: {open_ones[0].trouble}.", type="not-delivered")
        return await _conclude(held, tuple(place.target for place in places), outcomes)


async def _deliver_to(place: Place, held: Held, calendar: Calendar) -> Outcome:
    doubts = await held.claim(place.target)
    if doubts is None:
        return Outcome(Result.SENT)  # or refused: an earlier attempt settled it
    outcome = await place.send(letter_of(held.notice, held.programme, calendar, may_repeat=doubts > 0))
    # What nobody knows stays claimed, and so does what was sent by a worker that dies before the next line.
    state = "claimed" if outcome.result is Result.UNKNOWN else str(outcome.result)
    await held.settle_delivery(place.target, state, outcome.trouble)
    return outcome


async def _conclude(held: Held, targets: tuple[str, ...], outcomes: list[Outcome]) -> str:
    states = await held.states(targets)
    refused = states.count("refused")
    trouble = next((it.trouble for it in outcomes if it.result is Result.REFUSED), None)
    state = "undeliverable" if refused == len(states) else "sent"
    of_these = f"refused for good at {refused} of {len(states)} addresses" if refused else None
    await held.settle(state, f"{of_these}: {trouble}" if trouble and of_these else of_these)
    return state


def letter_of(notice: Notice, programme: str, calendar: Calendar, *, may_repeat: bool = False) -> Letter:
    """A notice as it goes out; what it is known by follows from what was written, and from nothing else."""
    recipient, _, number = notice.id.partition("/")
    return Letter(
        id=f"{number}.{recipient.replace('@', '.')}.{written_on(notice.written)}.{programme}",
        subject=subject_of(notice),
        body=body_of(notice, calendar),
        written=notice.written,
        notice=notice,
        may_repeat=may_repeat,
    )


def _failure(error: LedgerError) -> ApplicationError:
    return ApplicationError(str(error), type=type(error).__name__)
