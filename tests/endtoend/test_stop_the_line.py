"""The line is stopped across boards in flight and live, and the worker killed amid freezing: each once."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowUpdateFailedError

from domain.names import rollout_id, technology_id
from runtime.stack import Stack
from tests.endtoend.crowd import DOES, STEERS, STEPS, Crowd, a_crowd, done_by
from tests.endtoend.test_disturbances import check_sound

pytestmark = pytest.mark.asyncio(loop_scope="session")

BOARDS = 14
LIVE = 2
"""How many of them are at business as usual."""

FROZEN = "SELECT count(*) FROM ledger.events WHERE type = 'halted' AND stream = ANY ($1::text[])"
OF_TYPE = "SELECT stream FROM ledger.events WHERE type = $2 AND stream = ANY ($1::text[])"
STANDS = "SELECT count(*) FROM catalogue.journeys WHERE stream = ANY ($1::text[]) AND stage = $2"
OPEN = "SELECT count(*) FROM catalogue.tasks WHERE stream = $1 AND step = $2 AND status = 'open'"


@pytest_asyncio.fixture(loop_scope="session")
async def crowd(stack: Stack, client: Client) -> AsyncIterator[Crowd]:
    """Bring fourteen boards into replication, and two of them all the way to business as usual."""
    async with a_crowd(stack, client, "halted", BOARDS) as found:
        for number in range(1, LIVE + 1):
            await go_live(found, number)
        yield found


async def go_live(crowd: Crowd, number: int) -> None:
    """From wherever a board is in its replication to business as usual."""
    stream = rollout_id(crowd.life.slug, f"board-{number}")
    for name in STEPS[done_by(number) :]:
        await crowd.complete(stream, "implementation", name)
    await crowd.decide(stream, "go-live")
    await crowd.complete(stream, "handover", "accept-it")
    await crowd.decide(stream, "handover")
    await crowd.until(STANDS, [stream], "business-as-usual", answer=bool)


async def seen(crowd: Crowd, kind: str) -> Counter[str]:
    """How often the ledger has a kind of event in each rollout."""
    rows = await crowd.connection.fetch(OF_TYPE, crowd.streams, kind)
    return Counter(row["stream"] for row in rows)


async def test_fourteen_boards_freeze_once_each_though_the_worker_is_killed_amid_freezing(
    crowd: Crowd,
) -> None:
    """In flight and live alike; nothing moves until the gate decides, and then each goes on, once."""
    slug, streams = crowd.life.slug, crowd.streams
    technology = technology_id(slug)
    code, _, err = await crowd.run("catalogue", "load")
    assert code == 0, err
    halt = (
        *("technology", "halt", slug, "--concern", "The score is wrong", "--owner", "clinical-lead"),
        *("--reason", "Two people were not called back", "--as", STEERS),
    )
    code, out, err = await crowd.run(*halt, "--preview", "-o", "json")
    assert code == 0, err
    foreseen = json.loads(out)["lives"]
    assert {it["stream"] for it in foreseen} == {technology, *streams}
    assert Counter(it["stage"] for it in foreseen if it["board"])["business-as-usual"] == LIVE
    assert await crowd.connection.fetchval(FROZEN, streams) == 0, "a preview stops nothing"

    halting = asyncio.create_task(crowd.run(*halt))
    await crowd.until(FROZEN, [technology, *streams], answer=bool)
    await crowd.stack.kill_worker()
    frozen_then = await crowd.connection.fetchval(FROZEN, streams)
    await crowd.stack.start_worker()
    code, out, err = await halting
    assert code == 0, err
    assert frozen_then < BOARDS, "the worker is killed while boards are still to freeze"
    assert f"frozen at {BOARDS} of {BOARDS} boards" in out
    assert await seen(crowd, "halted") == dict.fromkeys(streams, 1)

    await nothing_moves(crowd)
    for role in ("clinical-lead", STEERS):
        await release(crowd, role)
    await crowd.until(
        "SELECT count(*) FROM catalogue.halts WHERE stream = ANY ($1) AND released IS NOT NULL",
        streams,
        answer=BOARDS.__eq__,
    )
    assert await seen(crowd, "halt-released") == dict.fromkeys(streams, 1)
    assert await crowd.connection.fetchval(STANDS, streams, "business-as-usual") == LIVE
    left = rollout_id(slug, "board-4")
    await crowd.until(OPEN, left, "train", answer=bool)
    await crowd.complete(left, "implementation", "train")
    await check_sound(crowd.stack)


async def nothing_moves(crowd: Crowd) -> None:
    """No board completes a step or passes a gate, and the technology neither."""
    before = await crowd.connection.fetchval(
        "SELECT count(*) FROM ledger.events WHERE stream = ANY ($1) AND type = 'step-completed'",
        crowd.streams,
    )
    for board in ("board-4", "board-5", "pilot"):
        stream = rollout_id(crowd.life.slug, board)
        for name in STEPS:
            with pytest.raises(WorkflowUpdateFailedError) as refusal:
                await crowd.complete(stream, "implementation", name)
            assert getattr(refusal.value.cause, "type", None) == "halted"
    assert before == await crowd.connection.fetchval(
        "SELECT count(*) FROM ledger.events WHERE stream = ANY ($1) AND type = 'step-completed'",
        crowd.streams,
    )


async def release(crowd: Crowd, role: str) -> None:
    """Say at the halt's gate that it is to be released, with the review that it asks for."""
    slug = crowd.life.slug
    code, out, err = await crowd.run("technology", "release", slug)
    assert code == 0, err
    if "safety-review-1" in out and "missing" in out:
        brought = ("--statement", "The score is mended", "--source", "Safety log", "--dated", "2026-01-01")
        code, _, err = await crowd.run("evidence", "add", slug, "safety-review-1", *brought, "--as", DOES)
        assert code == 0, err
    code, out, err = await crowd.run(
        *("technology", "release", slug, "1", "proceed"),
        *("--reason", "It was tried by two people", "--as", role),
    )
    assert code == 0, err
