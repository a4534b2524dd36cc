"""Logs that a machine can read, from our own code and from Temporal's loggers alike.

Workflows log through `temporalio.workflow.logger`, a standard-library logger that stays silent on replay, so
everything is rendered in one place from standard-library records; structlog only adds to them.
"""

import logging
import sys
from typing import TextIO

import structlog
from temporalio import activity, workflow

TRACEBACK = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
"""Never with local variables: these may hold passwords and what people wrote."""


def configure(*, level: int = logging.INFO, as_json: bool = True, stream: TextIO | None = None) -> None:
    """Send every log record of this process to `stream`, as JSON lines or coloured for a console.

    Safe to call again: the last call wins.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_formatter(shared, as_json=as_json))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # The run's identity comes as a field (ExtraAdder); in the message as well it would stand there twice.
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False


def _formatter(shared: list[structlog.typing.Processor], *, as_json: bool) -> logging.Formatter:
    render: list[structlog.typing.Processor] = (
        [structlog.processors.ExceptionRenderer(TRACEBACK), structlog.processors.JSONRenderer(default=str)]
        if as_json
        else [structlog.dev.ConsoleRenderer()]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
    )
