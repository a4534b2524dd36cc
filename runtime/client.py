"""The one way to reach the Temporal server, so that every failure to reach it reads the same."""

import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import NoReturn

from temporalio.client import Client, Interceptor
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.service import RPCError

from identity.keyring import Keyring
from runtime.converter import DATA_CONVERTER
from runtime.errors import ServerUnreachable, SettingsInvalid
from runtime.settings import Settings
from runtime.signing import SigningInterceptor

PATIENCE = timedelta(seconds=3)
"""How long a server may take to answer before a person is told."""


def connect_config(settings: Settings) -> ClientConnectConfig:
    """Say how Temporal is reached: by its own configuration, else by what the settings know.

    Raises:
        SettingsInvalid: Temporal's configuration cannot be read.
    """
    fallback = ClientConnectConfig(target_host=settings.temporal_address, namespace="default")
    if settings.temporal_pinned:
        return fallback
    try:
        configured = ClientConfig.load_client_connect_config(profile=settings.temporal_profile)
    except (RuntimeError, OSError, ValueError) as error:
        raise SettingsInvalid(
            f"Temporal's configuration cannot be read ({error}): correct TEMPORAL_CONFIG_FILE, "
            "TEMPORAL_PROFILE or the file they name."
        ) from error
    return {**fallback, **configured}


async def connect(
    settings: Settings,
    *,
    identity: str | None = None,
    keyring: Keyring | None = None,
    interceptors: Sequence[Interceptor] = (),
    patience: timedelta = PATIENCE,
) -> Client:
    """Return a client of the configured Temporal server, which has answered.

    Args:
        settings: Where the server is.
        identity: Who the server's history says it was; the process and host unless given.
        keyring: Whose keys sign the commands that are sent; without one, none is signed, so none is accepted.
        interceptors: What else stands between the caller and the server.
        patience: How long to wait for the first answer.

    Raises:
        ServerUnreachable: The server did not answer in time, or does not let this client in.
    """
    config = connect_config(settings)
    if keyring is not None:
        interceptors = (*interceptors, SigningInterceptor(keyring))
    try:
        return await asyncio.wait_for(
            Client.connect(
                **config, data_converter=DATA_CONVERTER, identity=identity, interceptors=interceptors
            ),
            patience.total_seconds(),
        )
    except (TimeoutError, RuntimeError, RPCError, OSError) as error:
        raise ServerUnreachable(
            f"The Temporal server at {config['target_host']} {_reason(error)}: "
            "run `make up` for the embedded one, or point TEMPORAL_ADDRESS at yours."
        ) from error


def leave(code: int) -> NoReturn:
    """End this process with `code` at once, its output written.

    The client's native threads sometimes abort an interpreter that shuts down in the ordinary way, which
    would turn a success into a failure.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _reason(error: Exception) -> str:
    text = str(error).lower()
    if isinstance(error, RPCError) or "unauthenticated" in text or "permission" in text:
        return "does not let this client in"
    if "refused" in text:
        return "does not answer (connection refused)"
    if "tls" in text or "certificate" in text:
        return "does not answer as a server with this TLS configuration should"
    return "does not answer"
