"""Temporal servers for the tests of the workflows: one whose clock can be moved on, and the real one."""

import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.testing import WorkflowEnvironment

from runtime.converter import DATA_CONVERTER
from tests.workflows.office import Office, office
from workflows import attributes

ATTEMPTS = 3
BIN = Path(sys.executable).parent


async def start() -> WorkflowEnvironment:
    """Start the server; it allows itself five seconds, which a busy machine may need more than once."""
    for attempt in range(ATTEMPTS):
        with contextlib.suppress(*([RuntimeError] if attempt < ATTEMPTS - 1 else [])):
            return await WorkflowEnvironment.start_time_skipping(
                test_server_existing_path=str(BIN / "temporal-test-server"), data_converter=DATA_CONVERTER
            )
    raise AssertionError("the last attempt either returns or raises")


@pytest.fixture
async def clockwork() -> AsyncIterator[WorkflowEnvironment]:
    """A test server that skips time."""
    async with await start() as env:
        await env.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(
                namespace="default",
                search_attributes={
                    key.name: IndexedValueType.ValueType(key.indexed_value_type.value)
                    for key in attributes.ALL
                },
            )
        )
        yield env


@pytest.fixture
async def at_work(clockwork: WorkflowEnvironment) -> AsyncIterator[Office]:
    """An office on the server that skips time."""
    async with office(clockwork.client) as opened:
        yield opened
