import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.ledger import WHEN_REFUSED, LedgerActivities
from catalogue.connection import Connection
from catalogue.errors import DatabaseUnreachable, SequenceGap, StreamDiverged, UnknownEvent
from catalogue.ledger import Ledger
from catalogue.queries.events import list_events
from domain.record import Batch
from tests.catalogue.test_ledger import notes


async def no_rest(_stream: str) -> None:
    """Go on at once."""


class Answers:
    """A ledger that does as the test says."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        self._answer = answer

    async def append(self, batch: Batch) -> int:
        """Answer."""
        answer = self._answer()
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, asyncio.Event):
            await answer.wait()
        return batch.last


async def test_recording_twice_records_once(ledger: Ledger, connection: Connection) -> None:
    """The engine may run an activity again after it has succeeded."""
    activities = LedgerActivities(ledger, no_rest)
    for _ in range(2):
        assert await ActivityEnvironment().run(activities.record, notes("note/a", 1, 3)) == 3
    assert len(await list_events(connection)) == 3


@pytest.mark.parametrize(
    ("error", "delay"),
    [
        (StreamDiverged("It differs."), WHEN_REFUSED),
        (SequenceGap("Some are missing."), WHEN_REFUSED),
        (UnknownEvent("It is new."), WHEN_REFUSED),
        (DatabaseUnreachable("It does not answer."), None),
    ],
)
async def test_what_was_acknowledged_is_never_given_up(error: Exception, delay: timedelta | None) -> None:
    """Every failure is tried again, one that people have to mend less often, with a sentence for them."""
    activities = LedgerActivities(Answers(lambda: error), no_rest)
    with pytest.raises(ApplicationError) as raised:
        await ActivityEnvironment().run(activities.record, notes("note/a", 1, 1))
    assert not raised.value.non_retryable
    assert raised.value.next_retry_delay == delay
    assert raised.value.type == type(error).__name__
    assert raised.value.message == str(error)


@pytest.mark.parametrize(("local", "rested"), [(False, ["n/a"]), (True, [])])
async def test_only_an_activity_of_the_server_rests_when_it_has_recorded(
    local: bool, rested: list[str]
) -> None:
    """Within a workflow task others wait for its end: there it must not rest."""
    environment = ActivityEnvironment()
    streams: list[str] = []
    environment.info = replace(environment.info, is_local=local)

    async def rest(stream: str) -> None:
        streams.append(stream)

    await environment.run(LedgerActivities(Answers(lambda: 1), rest).record, notes("n/a", 1, 1))
    assert streams == rested


async def test_a_long_recording_heartbeats_until_it_is_done() -> None:
    """The server notices a worker that dies while it waits for the database."""
    environment, done = ActivityEnvironment(), asyncio.Event()
    environment.info = replace(environment.info, heartbeat_timeout=timedelta(milliseconds=3))
    beats: list[None] = []

    def beat(*_: Any) -> None:
        beats.append(None)
        if len(beats) == 3:
            done.set()

    environment.on_heartbeat = beat
    async with asyncio.timeout(10):
        activities = LedgerActivities(Answers(lambda: done), no_rest)
        assert await environment.run(activities.record, notes("n/a", 1, 2)) == 2
    assert len(beats) >= 3


def test_every_activity_is_offered_to_a_worker() -> None:
    """A worker registers what the class offers."""
    activities = LedgerActivities(Answers(lambda: 1), no_rest)
    assert activities.all() == [activities.record]
