"""The desk from which decisions go out: who acts is settled, the text checked, the answer awaited."""

import asyncio
import unicodedata
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from console.acting import actor_of, check_claim, read_claim
from console.ending import NotDone, complain
from console.reading import opened

if TYPE_CHECKING:
    from temporalio.client import Client, WorkflowHandle

    from catalogue.rows.journeys import Rollout, Technology
    from console.reading import Connection
    from domain.actor import Actor
    from domain.event import Command
    from domain.record import Receipt
    from identity.keyring import Keyring
    from runtime.settings import Settings

Outcome = TypeVar("Outcome")

PATIENCE = 30.0
"""Seconds that a decision may take to be carried out, and again to be recorded."""


class Desk:
    """Where one person's decisions go out.

    Attributes:
        connection: The way to the catalogue.
        actor: Who acts.
        settings: Where everything is.
        keyring: What proves it.
    """

    def __init__(
        self, connection: "Connection", actor: "Actor", settings: "Settings", keyring: "Keyring"
    ) -> None:
        self.connection = connection
        self.actor = actor
        self.settings = settings
        self.keyring = keyring
        self._connecting = asyncio.Lock()
        self._asking = asyncio.Lock()
        self._client: Client | None = None

    async def client(self) -> "Client":
        """The way to the Temporal server.

        Raises:
            ServerUnreachable: It does not answer.
        """
        from runtime.client import connect

        async with self._connecting:
            if self._client is None:
                name = f"starter/{','.join(self.actor.roles)}"
                self._client = await connect(self.settings, identity=name, keyring=self.keyring)
            return self._client

    async def send(self, workflow: str, update: str, command: "Command") -> "Receipt":
        """Send a decision and return once the ledger has it.

        Raises:
            NotDone: It was refused, or nobody answered in time.
        """
        receipt = await self.deliver(workflow, update, command)
        await self.see_recorded(receipt)
        return receipt

    async def deliver(
        self, workflow: str, update: str, command: "Command", *, update_id: str | None = None
    ) -> "Receipt":
        """Send a decision and return once it is carried out; several may be under way at once.

        Args:
            workflow: The id of the workflow that decides.
            update: The update's name.
            command: The decision.
            update_id: What tells this decision from every other, so that it is carried out once however often
                it is sent; new for each unless given.

        Raises:
            NotDone: It was refused, or nobody answered in time.
        """
        from domain.record import Receipt

        return await self.ask(workflow, update, command, Receipt, update_id=update_id)

    async def ask(
        self,
        workflow: str,
        update: str,
        command: "Command",
        result_type: type[Outcome],
        *,
        update_id: str | None = None,
    ) -> Outcome:
        """Send a command and return what is answered.

        Raises:
            NotDone: It was refused, or nobody answered in time.
        """
        from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
        from temporalio.service import RPCError, RPCStatusCode

        handle = (await self.client()).get_workflow_handle(workflow)
        try:
            return await asyncio.wait_for(_deliver(handle, update, command, result_type, update_id), PATIENCE)
        except TimeoutError as error:
            raise NotDone(NO_WORKER) from error
        except WorkflowUpdateFailedError as error:
            raise NotDone(_sentence(error.cause)) from error
        except WorkflowUpdateRPCTimeoutOrCancelledError as error:
            raise NotDone(NO_WORKER) from error
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise NotDone(await self._why_not_there(workflow)) from error
            if FAILING in error.message:
                raise NotDone(f"{workflow} {STUCK}") from error
            raise NotDone(f"The Temporal server turned this away: {error.message}.") from error

    async def see_recorded(self, *receipts: "Receipt") -> None:
        """Wait until the ledger has all of it, so that whoever looks next sees it."""
        from catalogue.tail import until_recorded

        async def see() -> None:
            for receipt in receipts:
                await until_recorded(self.connection, receipt.stream, receipt.sequence)

        try:
            async with self._asking:
                await asyncio.wait_for(see(), PATIENCE)
        except TimeoutError:
            complain(NOT_RECORDED)

    async def _why_not_there(self, workflow: str) -> str:
        async with self._asking:
            return await self._look_for(workflow)

    async def _look_for(self, workflow: str) -> str:
        from catalogue.queries.rollouts import list_rollouts
        from catalogue.queries.technologies import find_technology
        from console.output import day

        kind, slug, *rest = workflow.split("/")
        life: Technology | Rollout | None = await find_technology(self.connection, slug)
        if kind == "rollout":
            life = next(iter(await list_rollouts(self.connection, technology=slug, board=rest[0])), None)
        if life is None or life.stopped is None:
            return f"{workflow} is not there: nothing can be sent to it."
        return (
            f"{workflow} was stopped on {day(life.stopped.at)} ({life.stopped.reason}): "
            "nothing can be done to it any more."
        )


NO_WORKER = (
    f"No worker answered within {PATIENCE:.0f} seconds: run one with `make up` or `python worker.py`, "
    "then look at what was done before you send this again."
)
NOT_RECORDED = (
    "This is done, and the ledger has not recorded it yet: it will once PostgreSQL answers the worker, so do "
    "not send it again."
)

FAILING = "Workflow Task in failed state"
"""What the server says of a workflow whose worker has failed at it several times."""

STUCK = (
    "takes nothing now, because every worker fails at it: look in a worker's log for what is wrong, mend it "
    "and send this again; nothing that was done is lost."
)

UNPROCESSED = "UnprocessedUpdate"
"""How the server calls an update that reached a run as it ended."""


async def _deliver(
    handle: "WorkflowHandle[object, object]",
    update: str,
    command: "Command",
    result_type: type[Outcome],
    update_id: str | None,
) -> Outcome:
    from temporalio.client import WorkflowUpdateFailedError

    sent = update_id or str(uuid.uuid4())
    while True:
        try:
            answer: Outcome = await handle.execute_update(update, command, id=sent, result_type=result_type)
        except WorkflowUpdateFailedError as error:
            # The run ended just then, and the next one has not been asked.
            if getattr(error.cause, "type", None) != UNPROCESSED:
                raise
        else:
            return answer


def _sentence(cause: BaseException | None) -> str:
    message = getattr(cause, "message", None) or str(cause)
    return " ".join(str(message).split())


def at_desk(
    acting_as: str | None, identity: str | None, work: Callable[[Desk], Awaitable[Outcome]], **texts: str
) -> Outcome:
    """Do what one person decides.

    Args:
        acting_as: The role and board, as they were typed.
        identity: Which identity acts, as it was typed.
        work: What is done at the desk.
        texts: What was written freely, checked before anything is sent.

    Raises:
        NotDone: Nobody is here who could act so, or the text cannot be kept, or what was decided was refused.
    """
    claim = read_claim(acting_as)
    check_writing(**texts)

    async def decide() -> Outcome:
        async with _desk() as (connection, settings):
            from console.own import find_identity

            await check_claim(connection, claim)
            who = find_identity(settings, identity, claim)
            return await work(Desk(connection, actor_of(claim, who.name), settings, who.keyring))

    return asyncio.run(decide())


def check_writing(**texts: str) -> None:
    """Return if every text may be kept; one called ``reason`` may not be empty.

    Raises:
        NotDone: One may not.
    """
    from domain.text import check_reason, check_text

    for name, text in texts.items():
        check_characters(name, text)
    reason = texts.pop("reason", None)
    refusal = check_text(**texts) or (None if reason is None else check_reason(reason))
    if refusal:
        raise NotDone(refusal.message)


def check_characters(name: str, text: str) -> None:
    """Return if a text has only characters that can be kept and shown.

    Raises:
        NotDone: It is not proper Unicode, or it holds control characters.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotDone(f"The {name} is not UTF-8 text: write it again.") from error
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\r\t" for letter in text):
        raise NotDone(f"The {name} holds control characters: write it as plain text.")


@asynccontextmanager
async def _desk() -> "AsyncIterator[tuple[Connection, Settings]]":
    from runtime.settings import Settings

    settings = Settings()
    async with opened(settings.database_url) as connection:
        yield connection, settings
