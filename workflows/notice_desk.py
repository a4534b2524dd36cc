"""The workflow of the notice desk, which tells people what waits for them."""

import asyncio
from datetime import date, datetime, timedelta
from typing import NoReturn

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.notices import AgainOrder, NoticeActivities, TestOrder
    from domain.form import check_form
    from domain.noticing import Look, Looked, NoticeCommand, SendAgain, TestNotice, check_notice_command
    from domain.refusal import Refusal
    from domain.value import at_day
    from workflows.lives import NoticeLife
    from workflows.proof import NOBODY_VERIFIES, was_verified
    from workflows.recording import RETRY

LOOKING = timedelta(minutes=2)
"""How long one look may take."""

DELIVERING = timedelta(minutes=15)
"""How long one attempt at a delivery may take; its parts have shorter time-outs of their own."""

DELIVERY_HEARTBEAT = timedelta(seconds=10)
"""How soon a worker that dies while it delivers is missed."""

PERSISTENCE = RetryPolicy(
    initial_interval=timedelta(seconds=2), backoff_coefficient=2, maximum_interval=timedelta(minutes=15)
)
"""A mail server may be away for a weekend: it is tried for as long as it takes, ever more seldom."""

RENEW_AT = 600
"""Events of history after which the desk continues as new."""

DELIVERED_AT_ONCE = 500
"""Notices that are on their way at the same time; the others wait for their turn."""

SHOWN = 10
"""How many notices on their way the details list."""


@workflow.defn
class NoticeDesk:
    """The notice desk looks for what people have to be told, and has it delivered.

    What was told and what was delivered is kept beside the ledger and not here, for it has to agree with the
    matters that are read there; so the desk can be started anew at any time, and its state stays small.
    """

    @workflow.init
    def __init__(self, life: NoticeLife) -> None:
        self._programme = life.programme
        self._digests_of: date | None = life.digests_of
        self._looked: Looked | None = None
        self._on_their_way: dict[str, asyncio.Task[None]] = {}
        self._since: dict[str, datetime] = {}
        self._nudged = True
        self._shown = ""

    @workflow.run
    async def run(self, life: NoticeLife) -> None:
        """Look, deliver, and rest until the next look, for as long as the programme runs."""
        del life  # taken up when the run was initialised, for updates that come early
        while True:
            self._nudged = False
            self._looked = await self._look()
            self._digests_of = self._looked.digests_of
            if workflow.info().get_current_history_length() > RENEW_AT:
                await self._renew()
            self._deliver(self._looked.waiting)
            self._show()
            await self._rest(self._looked.next)

    async def _look(self) -> Looked:
        look = Look(programme=self._programme, now=workflow.now(), digests_of=self._digests_of)
        return await workflow.execute_activity_method(
            NoticeActivities.look,
            look,
            start_to_close_timeout=LOOKING,
            retry_policy=RETRY,
            summary="Look for what people have to be told",
        )

    async def _rest(self, until: datetime) -> None:
        pause = max(until - workflow.now(), timedelta(milliseconds=1))
        try:
            await workflow.wait_condition(
                lambda: self._nudged, timeout=pause, timeout_summary="Wait for the next look"
            )
        except TimeoutError:
            return

    def _deliver(self, waiting: tuple[str, ...]) -> None:
        for notice in waiting:
            if notice not in self._on_their_way and len(self._on_their_way) < DELIVERED_AT_ONCE:
                self._since[notice] = workflow.now()
                self._on_their_way[notice] = asyncio.create_task(self._bring(notice))

    async def _bring(self, notice: str) -> None:
        try:
            await workflow.execute_activity_method(
                NoticeActivities.deliver,
                notice,
                start_to_close_timeout=DELIVERING,
                heartbeat_timeout=DELIVERY_HEARTBEAT,
                retry_policy=PERSISTENCE,
                summary=f"Deliver notice {notice}",
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            # It still waits, and is taken up again at the next look.
            workflow.logger.warning("notice %s was given up for now", notice)
        finally:
            self._on_their_way.pop(notice, None)
            self._since.pop(notice, None)
        full = self._looked is not None and len(self._looked.waiting) > DELIVERED_AT_ONCE
        self._nudged = self._nudged or (full and not self._on_their_way)
        self._show()

    async def _renew(self) -> NoReturn:
        # Deliveries that are under way end by themselves, and none is begun that would outlive this run: the
        # next one looks at once and finds what still waits.
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(
            NoticeLife(programme=self._programme, digests_of=self._digests_of), memo=workflow.memo()
        )

    # --- what people may ask of it --------------------------------------------------------------------------

    @workflow.update(description="Send a notice to a role that only tries whether notices arrive.")
    async def test_notice(self, command: TestNotice) -> str:
        """Write a test notice and have it delivered; answer with its name."""
        notice = await workflow.execute_activity_method(
            NoticeActivities.write_test,
            TestOrder(programme=self._programme, command=command, now=workflow.now()),
            start_to_close_timeout=LOOKING,
            retry_policy=RETRY,
            summary=f"Write a test notice for {command.recipient}",
        )
        self._deliver((notice,))
        return notice

    @test_notice.validator
    def _check_test_notice(self, command: TestNotice) -> None:
        _check(command)

    @workflow.update(description="Deliver a notice again that could not be delivered.")
    async def send_again(self, command: SendAgain) -> bool:
        """Deliver a notice again; answer whether there is one that could not be delivered."""
        found = await workflow.execute_activity_method(
            NoticeActivities.send_again,
            AgainOrder(programme=self._programme, command=command),
            start_to_close_timeout=LOOKING,
            retry_policy=RETRY,
            summary=f"Have notice {command.notice} delivered again",
        )
        if found:
            # The attempt that gave it up may not have been heard of here yet.
            await workflow.wait_condition(lambda: command.notice not in self._on_their_way)
            self._deliver((command.notice,))
        return found

    @send_again.validator
    def _check_send_again(self, command: SendAgain) -> None:
        _check(command)

    # --- what the Temporal UI shows -------------------------------------------------------------------------

    def _show(self) -> None:
        looked = self._looked
        if looked is None:
            return
        details = "\n\n".join(part for part in self._parts(looked) if part)
        if details != self._shown:
            workflow.set_current_details(details)
            self._shown = details

    def _parts(self, looked: Looked) -> tuple[str, ...]:
        if not looked.rules:
            rest = f"Next look: {_moment(looked.next)}"
            return ("# Notices", "The programme sets no rules for notices, so nobody is told anything.", rest)
        facts = [
            f"Next look: {_moment(looked.next)}",
            f"Digests written last: {self._digests_of or 'not yet'}",
            f"Written at the last look: {looked.written}",
        ]
        shown = [f"{notice}, since {_moment(since)}" for notice, since in list(self._since.items())[:SHOWN]]
        others, lost = len(self._since) - len(shown), looked.undeliverable
        return (
            "# Notices",
            _list(facts),
            f"## On their way\n\n{_list(shown)}" if shown else "",
            f"and {others} more" if others else "",
            f"**{lost} could not be delivered**: `python starter.py notices list` says why." if lost else "",
        )


def _list(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _check(command: NoticeCommand) -> None:
    if not was_verified():
        _refuse(Refusal(code="unverified", message=NOBODY_VERIFIES))
    if refusal := check_form(command) or check_notice_command(command):
        _refuse(refusal)


def _refuse(refusal: Refusal) -> NoReturn:
    raise ApplicationError(refusal.message, type=refusal.code, non_retryable=True)


def _moment(moment: datetime) -> str:
    return f"{at_day(moment)} {moment:%H:%M}"
