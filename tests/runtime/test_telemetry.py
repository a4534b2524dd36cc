import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from runtime import telemetry


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Return where the logs go, and put logging back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    sink = io.StringIO()
    telemetry.configure(stream=sink)
    yield sink
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_our_logs_and_the_librarys_are_the_same_json(stream: io.StringIO) -> None:
    """One reader understands both, and finds in each what was added to it."""
    structlog.stdlib.get_logger("cairn").info("started", board="fife")
    logging.getLogger("temporalio.workflow").warning("waiting", extra={"workflow_id": "rollout/a/fife"})
    ours, theirs = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (ours["event"], ours["board"], ours["level"]) == ("started", "fife", "info")
    assert (theirs["event"], theirs["workflow_id"], theirs["level"]) == (
        "waiting",
        "rollout/a/fife",
        "warning",
    )


def test_an_error_is_logged_with_its_traceback_but_no_values(stream: io.StringIO) -> None:
    """What went wrong can be found in the log; what a variable held, a password perhaps, cannot."""
    password = f"{stream.tell()}hush"
    try:
        len(password) / 0
    except ZeroDivisionError:
        structlog.stdlib.get_logger("cairn").exception("failed")
    line = json.loads(stream.getvalue())
    assert line["exception"][0]["exc_type"] == "ZeroDivisionError"
    assert password not in stream.getvalue()
