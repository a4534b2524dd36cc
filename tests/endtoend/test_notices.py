"""On the real server, with real workers and a real mail server: a worker is killed in the worst moment."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import Message
from pathlib import Path

import pytest
from temporalio.client import Client

from catalogue.database import connect
from catalogue.queries.notices import show_notice
from catalogue.rows.notices import Notice
from domain.noticing import TestNotice
from runtime.service import surroundings
from runtime.settings import CODE
from runtime.stack import Stack
from tests.catalogue.receivers import PostOffice, post_office
from tests.endtoend.national_life import FIFE_TEAM
from workflows.lives import NoticeLife

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUE = "notices"
PATIENCE = 90
ROLE = FIFE_TEAM.roles[0]
BOOK = "recipients: {'*@fife': {mail: [team@example.org]}}\n"


@asynccontextmanager
async def a_worker(stack: Stack, folder: Path, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker that mails, for as long as the block lasts or until it is killed."""
    (folder / "book.yaml").write_text(BOOK)
    own = {
        **stack.settings.environment(),
        "CAIRN_TASK_QUEUE": QUEUE,
        "CAIRN_NOTICES": str(folder / "book.yaml"),
        "CAIRN_NOTICES_FROM": "cairn@example.org",
        "CAIRN_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "CAIRN_SMTP_SECURITY": "none",
    }
    with (folder / "worker.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(CODE / "worker.py")),
            cwd=CODE,
            env=surroundings(**own),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def settled(stack: Stack, notice: str) -> Notice:
    """The notice once it waits no more."""
    connection = await connect(stack.settings.database_url)
    try:
        async with asyncio.timeout(PATIENCE):
            while (found := await show_notice(connection, notice)) is None or found.state == "waiting":  # noqa: ASYNC110  # tables do not call
                await asyncio.sleep(0.2)
        return found
    finally:
        await connection.close()


async def test_a_worker_killed_while_it_mails_loses_nothing_and_doubles_no_id(
    stack: Stack, client: Client, tmp_path: Path
) -> None:
    """The mail server has taken the message and the worker dies before it is told so; another goes on."""
    doomed: list[int] = []

    def kill_the_first(_message: Message) -> None:
        if doomed:
            os.kill(doomed.pop(), signal.SIGKILL)

    async with post_office(PostOffice(witness=kill_the_first)) as office:
        desk = await client.start_workflow(
            "NoticeDesk", NoticeLife(programme="killed"), id="notices/killed", task_queue=QUEUE
        )
        try:
            async with a_worker(stack, tmp_path, office.port) as first:
                doomed.append(first.pid)
                command = TestNotice(actor=FIFE_TEAM, role=ROLE, board="fife")
                notice = await desk.execute_update("test_notice", command, result_type=str)
                assert await asyncio.wait_for(first.wait(), PATIENCE) == -signal.SIGKILL
            async with a_worker(stack, tmp_path, office.port):
                found = await settled(stack, notice)
        finally:
            await desk.terminate()
    assert (found.state, found.attempts, found.doubts) == ("sent", 2, 1)
    assert len(office.ids()) == 1
    assert [it["X-Cairn-May-Repeat"] for it in office.taken] == [None, "yes"]
    assert "team@example.org" not in (tmp_path / "worker.log").read_text()
