"""Registers Cairn's search attributes with whatever Temporal server it runs on.

The embedded stack does so by itself; for a cluster, `python -m runtime.search_attributes` does it once.
"""

import asyncio
import sys
from typing import Any

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeIndexedValueType, SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from runtime.client import connect, leave
from runtime.errors import CairnError, SearchAttributesRefused
from runtime.settings import Settings
from workflows import attributes

PAUSE = 0.05
PATIENCE_SECONDS = 30.0

KINDS = {
    SearchAttributeIndexedValueType.BOOL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
    SearchAttributeIndexedValueType.KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    SearchAttributeIndexedValueType.KEYWORD_LIST: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    SearchAttributeIndexedValueType.DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
}


async def register(client: Client) -> None:
    """Have every search attribute known to the server and usable in queries; known ones are left alone.

    Raises:
        SearchAttributesRefused: The server has one under another type, or does not permit adding them.
    """
    known = await _known(client)
    for key in attributes.ALL:
        if key.name in known and known[key.name] != KINDS[key.indexed_value_type]:
            raise SearchAttributesRefused(
                f"The namespace {client.namespace} has a search attribute {key.name} of another type: "
                "remove it with `temporal operator search-attribute remove` and start again."
            )
    missing = [key for key in attributes.ALL if key.name not in known]
    if missing:
        await _add(client, missing)
        await _await_use(client, missing)


async def _known(client: Client) -> dict[str, IndexedValueType.ValueType]:
    try:
        answer = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace)
        )
    except RPCError as error:
        raise _refused(client, error) from error
    return dict(answer.custom_attributes)


async def _add(client: Client, keys: list[SearchAttributeKey[Any]]) -> None:
    request = AddSearchAttributesRequest(
        namespace=client.namespace,
        search_attributes={key.name: KINDS[key.indexed_value_type] for key in keys},
    )
    try:
        await client.operator_service.add_search_attributes(request)
    except RPCError as error:
        if error.status != RPCStatusCode.ALREADY_EXISTS:  # another process was quicker
            raise _refused(client, error) from error


async def _await_use(client: Client, keys: list[SearchAttributeKey[Any]]) -> None:
    try:
        await asyncio.wait_for(_usable(client, keys), PATIENCE_SECONDS)
    except TimeoutError as error:
        raise SearchAttributesRefused(
            f"The Temporal server took the search attributes of the namespace {client.namespace} but knows "
            f"none of them after {PATIENCE_SECONDS:.0f} s: register them again."
        ) from error


async def _usable(client: Client, keys: list[SearchAttributeKey[Any]]) -> None:
    """Wait until the server's caches know the new attributes, so that nothing started next is turned away."""
    query = " OR ".join(f"{key.name} IS NOT NULL" for key in keys)
    while True:
        try:
            await client.count_workflows(query)
        except RPCError as error:
            if error.status != RPCStatusCode.INVALID_ARGUMENT:
                raise
            await asyncio.sleep(PAUSE)
        else:
            return


def _refused(client: Client, error: RPCError) -> SearchAttributesRefused:
    names = ", ".join(f"{key.name}={key.indexed_value_type.name.title()}" for key in attributes.ALL)
    return SearchAttributesRefused(
        f"The Temporal server does not let Cairn register search attributes in the namespace "
        f"{client.namespace} ({error.message}): have its operator add {names}."
    )


async def main() -> int:
    """Register on the configured server; return the exit code."""
    try:
        await register(await connect(Settings()))
    except CairnError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    leave(asyncio.run(main()))
