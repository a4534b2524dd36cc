"""The scripted staff at work: they look at the ledger, do what is theirs to do, and look again.

Run as ``python -m rehearsal.staff --technology SLUG``; exit code 0 says that the technology is sustained.
Every act carries a deterministic update id, so a connection that breaks in the middle of one does no harm.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError

from catalogue.connection import Lent, Pool
from catalogue.database import open_pool
from catalogue.demand import ask_for
from catalogue.errors import LedgerError
from catalogue.ledger import CHANNEL
from catalogue.queries.barriers import list_barriers
from catalogue.queries.case import Case, case_of
from catalogue.queries.evidence import list_checks, list_evidence, list_trials
from catalogue.queries.gates import list_decisions, list_gates, list_steering
from catalogue.queries.playbooks import list_amendments
from catalogue.queries.rollouts import list_rollouts
from catalogue.queries.tasks import list_tasks
from catalogue.queries.technologies import find_technology, list_waves
from catalogue.queries.terms import list_conditions
from domain.playbook import Playbook
from identity.development import DevelopmentKeys
from identity.errors import IdentityError
from programme.contents import Programme
from programme.reader import load_programme
from rehearsal.script import next_acts
from rehearsal.view import Act, View
from runtime.client import connect, leave
from runtime.development import FOLDER
from runtime.errors import CairnError
from runtime.settings import Settings

AT_ONCE = 16
"""Acts under way at once, over all workflows."""

AT_ONCE_EACH = 3
"""Acts under way at once in one workflow: a team works side by side."""

LOOK_AGAIN = 0.5
"""Seconds after which the staff look again although nothing was announced."""

TRY_AGAIN = 0.5
"""Seconds before an act that was refused, or that did not reach the server, is thought of again."""


class Staff:
    """Everybody who works on one technology.

    Args:
        client: How the updates are sent.
        pool: Where the ledger is read.
        technology: The technology's slug.
        programme: What the programme's files say.
        think: Seconds that each person takes before acting.
    """

    def __init__(
        self, client: Client, pool: Pool, technology: str, programme: Programme, think: float
    ) -> None:
        self._client = client
        self._pool = pool
        self._technology = technology
        self._programme = programme
        self._think = think
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._busy: dict[str, int] = {}
        self._done: set[str] = set()
        self._look = asyncio.Event()

    async def carry_through(self) -> None:
        """Work until the technology is sustained or stopped."""
        async with self._pool.acquire() as listener:
            await listener.add_listener(CHANNEL, self._hear)
            try:
                while not await self._work_once():
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._look.wait(), LOOK_AGAIN)
                    self._look.clear()
            finally:
                await listener.remove_listener(CHANNEL, self._hear)

    def _hear(self, *_notification: object) -> None:
        self._look.set()

    async def _work_once(self) -> bool:
        view = await self._see()
        if view.technology.stage == "sustained" or view.technology.stopped:
            return True
        for act in next_acts(view, self._playbook):
            if act.key in self._done or act.key in self._under_way:
                continue
            if len(self._under_way) < AT_ONCE and self._busy.get(act.workflow, 0) < AT_ONCE_EACH:
                self._busy[act.workflow] = self._busy.get(act.workflow, 0) + 1
                self._under_way[act.key] = asyncio.create_task(self._do(act))
        return False

    @property
    def _playbook(self) -> Playbook:
        return self._programme.playbooks[0]

    async def _see(self) -> View:
        # One snapshot: a decision must not be seen without the gate that it closed.
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            technology = await find_technology(connection, self._technology)
            if technology is None:
                raise CairnError(
                    f'There is no technology "{self._technology}" to rehearse: propose it first.'
                )
            slug, now = self._technology, datetime.now(UTC)
            rollouts = await list_rollouts(connection, technology=slug)
            gates = await list_gates(connection, technology=slug)
            return View(
                technology=technology,
                waves=await list_waves(connection, slug),
                rollouts={rollout.board: rollout for rollout in rollouts},
                tasks=await list_tasks(connection, technology=slug, status="open"),
                gates=gates,
                cases=await _cases(connection, {gate.stream for gate in gates}),
                decisions=await list_decisions(connection, technology=slug),
                evidence=await list_evidence(connection, today=now.date(), technology=slug, ended=True),
                checks=await list_checks(connection, today=now.date(), technology=slug),
                conditions=await list_conditions(connection, technology=slug),
                trials=await list_trials(connection, technology=slug),
                barriers=await list_barriers(connection, technology=slug, closed=True),
                amendments=await list_amendments(connection, slug),
                steering=await list_steering(connection, technology=slug),
                authority=self._programme.authority,
                now=now,
            )

    async def _do(self, act: Act) -> None:
        try:
            await asyncio.sleep(self._think)
            await self._send(act)
        finally:
            self._busy[act.workflow] -= 1
            del self._under_way[act.key]
            self._look.set()

    async def _send(self, act: Act) -> None:
        handle = self._client.get_workflow_handle(act.workflow)
        while True:
            try:
                await handle.execute_update(act.update, act.command, id=act.key)
            except WorkflowUpdateFailedError:
                # The world moved on since we looked. By the next look the ledger shows what to do instead.
                await asyncio.sleep(TRY_AGAIN)
                return
            except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError):
                await asyncio.sleep(TRY_AGAIN)
            else:
                self._done.add(act.key)
                async with self._pool.acquire() as connection:
                    await ask_for(connection, act.workflow)
                if act.remark:
                    report(act.remark)
                return


async def _cases(connection: Lent, streams: Iterable[str]) -> dict[str, Case]:
    found = {stream: await case_of(connection, stream) for stream in sorted(streams)}
    return {stream: case for stream, case in found.items() if case is not None}


def report(remark: str) -> None:
    """Say what an onlooker would say."""
    sys.stdout.write(f"{remark}\n")
    sys.stdout.flush()


async def rehearse(technology: str, think: float) -> None:
    """Carry a technology to business as usual in every board."""
    settings = Settings()
    programme = load_programme(settings.programme)
    keyring = DevelopmentKeys.read(settings.home / FOLDER)
    client = await connect(settings, identity=f"rehearsal/{technology}", keyring=keyring)
    async with await open_pool(settings.database_url) as pool:
        await Staff(client, pool, technology, programme, think).carry_through()


def main() -> int:
    """Read the command line, rehearse, and answer with the exit code."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.staff", description=__doc__.splitlines()[0])
    parser.add_argument("--technology", required=True, metavar="SLUG", help="the technology to work on")
    parser.add_argument(
        "--think", type=float, default=0.0, metavar="SECONDS", help="how long each person takes before acting"
    )
    chosen = parser.parse_args()
    try:
        asyncio.run(rehearse(chosen.technology, chosen.think))
    except (CairnError, LedgerError, IdentityError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    leave(main())
