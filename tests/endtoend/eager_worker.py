"""A worker that continues as new at every chance, so that a short life crosses many runs.

Run as a program it serves the task queue of its settings; everything but the two limits is the real worker's.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from unittest import mock

from runtime.service import surroundings
from runtime.settings import CODE, Settings

QUEUE = "eager"
EVENTS_OF_A_RUN = 30
"""Events of history after which any quiet moment continues as new."""


@asynccontextmanager
async def eager_worker(settings: Settings, log: Path) -> AsyncIterator[str]:
    """Have such a worker for as long as the block lasts; yield its task queue."""
    own = {**settings.environment(), "CAIRN_TASK_QUEUE": QUEUE, "PYTHONPATH": str(CODE)}
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.endtoend.eager_worker"),
            cwd=CODE,
            env=surroundings(**own),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield QUEUE
    finally:
        process.kill()
        await process.wait()


def serve() -> int:
    """Serve until the end; return the exit code."""
    import worker  # noqa: PLC0415  # only the program needs the real worker
    from runtime.worker_host import build_worker  # noqa: PLC0415
    from runtime.workflow_runner import ContextFreeRunner  # noqa: PLC0415
    from workflows import shell  # noqa: PLC0415

    # The limits below reach the workflows only if the sandbox does not import their modules afresh.
    build = partial(build_worker, workflow_runner=ContextFreeRunner("workflows"))
    with (
        mock.patch.object(worker, "build_worker", build),
        mock.patch.object(shell, "RENEW_AT_BOUNDARY", 0),
        mock.patch.object(shell, "RENEW_ANYWHERE", EVENTS_OF_A_RUN),
    ):
        return asyncio.run(worker.main())


if __name__ == "__main__":
    code = serve()
    sys.stderr.flush()
    os._exit(code)
