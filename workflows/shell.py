"""The shell that every workflow shares: it obeys commands, records events and keeps what the state promises.

An aggregate's rules say what happened and what is wanted; the shell folds the events, writes them to the
ledger, starts the children and sends the messages that the state wants, wakes at the next deadline, and keeps
the Temporal UI true. Wishes are read from the state and never from an event that passed by, so a shell that
continued as new, or was rebuilt from the ledger, picks up where it stood.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, NoReturn, TypeVar

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import ApplicationError, FailureError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.proof import ProofActivities
    from domain.actor import ENGINE
    from domain.event import Command, Event, TimePassed
    from domain.form import check_form
    from domain.record import Receipt
    from domain.refusal import Refusal
    from workflows import attributes, proof
    from workflows.lives import Life
    from workflows.recording import ONCE, Outbox

S = TypeVar("S")

TASK_TIMEOUT = timedelta(seconds=1)
"""How long a workflow task may be out with a worker before it is given to another: what a kill costs.

It is short because histories are (see below) and because a worker takes few tasks at once."""

AT_ONCE = 25
"""How many messages are on their way at once.

What becomes of each comes back to this very workflow, and so does what its readers answer; the server lets
whoever finds a workflow busy wait for seconds, so that hundreds at once take longer than few after few."""

RENEW_AT_BOUNDARY = 250
"""Events of history after which a stage's end continues as new, so that a cold worker answers fast.

This number and the next are part of every history: changing one needs ``workflow.patched``."""

RENEW_ANYWHERE = 600
"""Events of history after which any quiet moment continues as new."""

RECEIPTS_KEPT = 50
"""Answers that a run hands on to the next, for updates whose sender did not hear them."""

SHOW_EVERY = timedelta(seconds=5)
"""How soon after one another attributes that change with every sign-off may be set: each time is billed."""

TRY_AGAIN = timedelta(seconds=10)
"""When a message to a workflow that is not there yet is sent again."""

JUST_BEGINNING = "just-beginning"
"""The code that refuses a command to a life whose start is being verified; whoever reads it sends again."""

VERIFIED_WITHIN = timedelta(seconds=5)
"""How long it may take to see who started a life."""


@dataclass(frozen=True)
class ChildStart:
    """How a child is started: which workflow, with what, and how the Temporal UI shows it."""

    workflow: str
    life: Life
    summary: str
    attributes: TypedSearchAttributes


@dataclass(frozen=True)
class Rules(Generic[S]):
    """One aggregate's faces, as the shell needs them; all are pure.

    Attributes:
        decide: The events that a command causes, or a refusal.
        evolve: The state after an event.
        children: The children that should exist, by workflow id, with the command that begins each.
        begin: How a child is started with that command.
        messages: What other workflows should know, by workflow id.
        deadline: When the state must next be looked at.
        attributes: The search attributes, a ``None`` for one that is unset.
        details: Where it stands at a moment, in Markdown for people.
        settled: Whether it came to its end, so that undeliverable messages no longer matter.
    """

    decide: Callable[[S | None, Command, datetime], Sequence[Event] | Refusal]
    evolve: Callable[[S | None, Any], S]
    children: Callable[[S], Mapping[str, Command]]
    begin: Callable[[Command], ChildStart]
    messages: Callable[[S], dict[str, Command]]
    deadline: Callable[[S, datetime], datetime | None]
    attributes: Callable[[S], dict[SearchAttributeKey[Any], Any]]
    details: Callable[[S, datetime], str]
    settled: Callable[[S], bool]


class Shell(Generic[S]):
    """A durable life around an aggregate's rules.

    A workflow inherits it, names its rules and its signals, and tells its story in ``run``.
    """

    rules: ClassVar[Rules[Any]]

    def __init__(self, life: Life, state: S | None, start: Command | None) -> None:
        self._unproven = (life, start) if _started_by_a_person() else None
        if self._unproven:
            life, state, start = Life(), None, None
        self._early: list[Command] = []
        self._outbox = Outbox(workflow.info().workflow_id, life.recorded, life.waiting)
        self._sent = dict(life.sent)
        self._started = list(life.started)
        self._receipts = dict(life.receipts)
        self._changes = 0
        self._recorder: asyncio.Task[None] | None = None
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at: datetime | None = None
        self._undelivered = False
        self._shown_at: datetime | None = None
        self._stale = False
        self._refused: Refusal | None = None
        self._shown: dict[str, Any] = {}
        self._state = state
        if state is None and start is not None:
            # The engine has held the command and its moment since the run was started: whatever becomes of
            # this workflow task, the same events follow from them.
            self._begin(start)
            self._outbox.confirm()

    @property
    def state(self) -> S:
        """The aggregate's state.

        Raises:
            ApplicationError: The life was never begun, because its start was refused.
        """
        if self._state is None:
            message = self._refused.message if self._refused else "This life was never begun."
            raise ApplicationError(message, type="refused", non_retryable=True)
        return self._state

    # --- commands -------------------------------------------------------------------------------------------

    def check(self, command: Command) -> None:
        """Refuse a command before it is accepted, at no cost: what every update's validator calls.

        Raises:
            ApplicationError: The rules refuse it; the message is their sentence, the type their code.
        """
        if not proof.was_verified():
            _refuse(Refusal(code="unverified", message=proof.NOBODY_VERIFIES))
        if self._unproven:
            _refuse(_just_beginning())
        if _update_id() in self._receipts:
            return
        outcome = check_form(command) or self.rules.decide(self._state, command, workflow.now())
        if isinstance(outcome, Refusal):
            _refuse(outcome)

    async def obey(self, command: Command) -> Receipt:
        """Carry out an accepted command; the answer says which event of the ledger to look out for.

        Raises:
            ApplicationError: The state has changed since the command was accepted and now refuses it.
        """
        update = _update_id()
        if update not in self._receipts:
            outcome = self._apply(command, proof.signature())
            if isinstance(outcome, Refusal):
                _refuse(outcome)
            self._receipts[update] = self._outbox.last
        return Receipt(stream=workflow.info().workflow_id, sequence=self._receipts[update])

    def heed(self, command: Command) -> None:
        """Take note of a message from another workflow; one that says nothing new changes nothing."""
        if self._unproven:
            self._early.append(command)
            return
        outcome = self._apply(command)
        if isinstance(outcome, Refusal):
            workflow.logger.warning("a message was refused: %s", outcome.message)

    def _apply(self, command: Command, signature: str = "") -> Refusal | None:
        outcome = self.rules.decide(self._state, command, workflow.now())
        if isinstance(outcome, Refusal):
            return outcome
        self._fold(outcome)
        self._outbox.add(outcome, signature)
        return None

    def _begin(self, start: Command, signature: str = "") -> None:
        outcome = self.rules.decide(None, start, workflow.info().workflow_start_time)
        if isinstance(outcome, Refusal):
            self._refused = outcome
            return
        self._fold(outcome)
        self._outbox.add(outcome, signature)

    def _fold(self, events: Sequence[Event]) -> None:
        for event in events:
            self._state = self.rules.evolve(self._state, event)
        if events:
            self._changes += 1

    @workflow.query(description="The number of the last event that happened, recorded or not.")
    def last_event(self) -> int:
        """The number of the last event: behind the ledger's, where somebody has set the workflow back."""
        return self._outbox.last

    # --- the life -------------------------------------------------------------------------------------------

    async def admit(self) -> None:
        """Let the life begin once whoever started it has proved who they are; until then nothing happens.

        What another workflow started, and what goes on from an earlier run, has begun already.

        Raises:
            ApplicationError: It was started by nobody who may, or with more than a command.
        """
        if self._unproven is None:
            return
        life, start = self._unproven
        if start is None or life != type(life).model_validate({"start": start}) or _repeats():
            _refuse(_MORE_THAN_A_COMMAND)
        deed = proof.deed_of_start(life)
        await workflow.execute_local_activity_method(
            ProofActivities.verify_start,
            deed,
            schedule_to_close_timeout=VERIFIED_WITHIN,
            retry_policy=ONCE,
            summary=f"Verify who started it: {deed.actor.scope}, {', '.join(deed.actor.roles)}",
        )
        self._unproven = None
        self._begin(start, deed.signature)
        for message in self._early:
            self.heed(message)

    async def live_until(self, question: Callable[[S], bool]) -> None:
        """Live on until the state answers the question with yes, and everything it promises is kept."""
        if self._recorder is None:
            self._recorder = asyncio.create_task(self._outbox.deliver())
        while True:
            await self.look_round()
            await self._keep_promises()
            if question(self.state):
                return
            if self._history() > RENEW_ANYWHERE:
                await self._renew()
            await self._something_new()

    async def end_stage(self) -> None:
        """At a stage's end, continue as new if the history has grown."""
        if self._history() > RENEW_AT_BOUNDARY:
            await self._renew()

    async def look_round(self) -> None:
        """Learn from outside what a life has to know, whenever it wakes: nothing, unless a life says more."""

    def carry(self) -> Life:
        """What the next run needs to pick up here."""
        raise NotImplementedError

    def carried(self) -> dict[str, Any]:
        """The shell's own share of what the next run needs."""
        return {
            "recorded": self._outbox.recorded,
            "waiting": self._outbox.waiting,
            "sent": dict(self._sent),
            "started": tuple(self._started),
            "receipts": dict(list(self._receipts.items())[-RECEIPTS_KEPT:]),
        }

    async def finish(self) -> None:
        """Let every update be answered and every event be recorded before the run ends."""
        while not self._all_is_done():
            await self._keep_promises()
            await workflow.wait_condition(self._all_is_done)

    def _all_is_done(self) -> bool:
        return workflow.all_handlers_finished() and self._outbox.is_empty

    async def _renew(self) -> NoReturn:
        # What happened until now is recorded first; what comes meanwhile is handed on, for under steady work
        # there would be no end to waiting. A batch that both runs send is recorded once.
        number = self._outbox.last
        while not (workflow.all_handlers_finished() and self._outbox.recorded >= number):
            await workflow.wait_condition(
                lambda: workflow.all_handlers_finished() and self._outbox.recorded >= number
            )
        workflow.continue_as_new(self.carry(), memo=workflow.memo())

    def _history(self) -> int:
        return workflow.info().get_current_history_length()

    async def _keep_promises(self) -> None:
        while True:
            before = self._changes
            self._show()
            messages = self.rules.messages(self.state)
            await self._start_children(messages)
            await self._send_messages(messages)
            if self._changes == before:
                return

    async def _something_new(self) -> None:
        before = self._changes
        self._set_alarm()
        await workflow.wait_condition(
            lambda: self._changes != before or (self._alarm is not None and self._alarm.done())
        )
        if self._alarm is not None and self._alarm.done():
            self._alarm = self._alarm_at = None
            self._apply(TimePassed(actor=ENGINE))

    def _set_alarm(self) -> None:
        # One timer: it is left alone when the deadline moves away, for waking in vain costs less than
        # cancelling and starting it at every step.
        now = workflow.now()
        deadline = self.rules.deadline(self.state, now)
        if self._undelivered:
            deadline = min(deadline or now + TRY_AGAIN, now + TRY_AGAIN)
        if self._stale and self._shown_at is not None:
            refresh = self._shown_at + SHOW_EVERY
            deadline = min(deadline or refresh, refresh)
        if deadline is None or (self._alarm_at is not None and self._alarm_at <= deadline):
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = deadline
        self._alarm = asyncio.create_task(
            workflow.sleep(
                max(deadline - now, timedelta(milliseconds=1)),
                summary="Wake to see what is due, and to show what has changed",
            )
        )

    async def _start_children(self, messages: Mapping[str, Command]) -> None:
        # A child starts with the latest word for it, which then need not be sent as well.
        await asyncio.gather(
            *(
                self._start_child(child_id, self.rules.begin(start), messages.get(child_id))
                for child_id, start in self.rules.children(self.state).items()
                if child_id not in self._started
            )
        )

    async def _start_child(self, child_id: str, child: ChildStart, word: Command | None) -> None:
        try:
            await workflow.start_child_workflow(
                child.workflow,
                child.life,
                id=child_id,
                parent_close_policy=ParentClosePolicy.ABANDON,
                task_timeout=TASK_TIMEOUT,
                search_attributes=child.attributes,
                static_summary=child.summary,
            )
        except WorkflowAlreadyStartedError:
            workflow.logger.info("%s was there already", child_id)
        else:
            if word is not None:
                self._sent[child_id] = _digest(word)
        self._started.append(child_id)

    async def _send_messages(self, messages: Mapping[str, Command]) -> None:
        self._undelivered = False
        digests = {target: _digest(command) for target, command in messages.items()}
        changed = [target for target, digest in digests.items() if self._sent.get(target) != digest]
        for few in (changed[at : at + AT_ONCE] for at in range(0, len(changed), AT_ONCE)):
            await asyncio.gather(*(self._send(target, messages[target], digests[target]) for target in few))

    async def _send(self, target: str, command: Command, digest: str) -> None:
        try:
            await workflow.get_external_workflow_handle(target).signal(signal_name(type(command)), command)
        except FailureError:
            # Whoever should know is not there: not yet, or no longer.
            self._undelivered = self._undelivered or not self.rules.settled(self.state)
        else:
            self._sent[target] = digest

    def _show(self) -> None:
        workflow.set_current_details(self.rules.details(self.state, workflow.now()))
        wanted = self.rules.attributes(self.state)
        changed = [key for key, value in wanted.items() if self._known(key) != value]
        now = workflow.now()
        rested = self._shown_at is None or now - self._shown_at >= SHOW_EVERY
        self._stale = bool(changed) and not rested and all(key in attributes.RESTLESS for key in changed)
        if not changed or self._stale:
            return
        workflow.upsert_search_attributes(
            [key.value_set(wanted[key]) if wanted[key] is not None else key.value_unset() for key in changed]
        )
        self._shown = {key.name: value for key, value in wanted.items()}
        self._shown_at = now

    def _known(self, key: SearchAttributeKey[Any]) -> Any:
        if key.name in self._shown:
            return self._shown[key.name]
        return workflow.info().typed_search_attributes.get(key)


def signal_name(message: type[Command]) -> str:
    """The signal that carries a message: the command's own name in snake case."""
    name = message.__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _digest(command: Command) -> str:
    return hashlib.sha256(command.model_dump_json().encode()).hexdigest()[:16]


def set_attributes(values: dict[SearchAttributeKey[Any], Any]) -> TypedSearchAttributes:
    """Search attributes to start a workflow with."""
    return TypedSearchAttributes(
        [SearchAttributePair(key, value) for key, value in values.items() if value is not None]
    )


def childless(command: Command) -> NoReturn:
    """Begin no child: what a life without children says.

    Raises:
        TypeError: Always, for it is never asked.
    """
    raise TypeError(f"this life starts no child with {type(command).__name__}")


def _update_id() -> str:
    update = workflow.current_update_info()
    return update.id if update else ""


def _started_by_a_person() -> bool:
    """Whether a client started this run, and neither another workflow nor the run before.

    What a schedule or a retry repeats goes on from an earlier run too, and with whatever a client put there.
    """
    info = workflow.info()
    goes_on = info.continued_run_id is not None and not _repeats()
    return info.parent is None and not goes_on


def _repeats() -> bool:
    info = workflow.info()
    return info.cron_schedule is not None or info.retry_policy is not None


_MORE_THAN_A_COMMAND = Refusal(
    code="not-a-beginning",
    message="A life begins with one command, once, and with nothing else: start it with `python starter.py`.",
)


def _just_beginning() -> Refusal:
    return Refusal(
        code=JUST_BEGINNING,
        message=f"{workflow.info().workflow_id} is just being begun: send this again in a moment.",
    )


def _refuse(refusal: Refusal) -> NoReturn:
    raise ApplicationError(refusal.message, type=refusal.code, non_retryable=True)
