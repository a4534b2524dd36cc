"""Sees a life begin: its first event stands in the ledger, or the engine says why there will be none."""

import asyncio
from typing import Any

from temporalio.client import WorkflowFailureError, WorkflowHandle

from catalogue.tail import until_recorded
from console.desk import NO_WORKER, PATIENCE
from console.ending import NotDone
from console.reading import Connection


async def see_begun(begun: WorkflowHandle[Any, Any], connection: Connection) -> None:
    """Return once a workflow that was started has begun its life.

    Raises:
        NotDone: Whoever started it may not, or no worker answers.
    """
    recorded = asyncio.create_task(until_recorded(connection, begun.id, 1))
    ended = asyncio.create_task(begun.result())
    try:
        await asyncio.wait({recorded, ended}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if recorded.done():
            recorded.result()
        elif ended.done():
            ended.result()
        else:
            raise NotDone(NO_WORKER)
    except WorkflowFailureError as refused:
        raise NotDone(getattr(refused.cause, "message", None) or str(refused.cause)) from refused
    finally:
        for task in (recorded, ended):
            task.cancel()
        await asyncio.gather(recorded, ended, return_exceptions=True)
