"""Whom a worker trusts: the signed directory, or the identity provider, that its settings name."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from yarl import URL

from activities.proof import Verify
from identity.errors import IssuerRefused
from identity.issue import DirectoryFile
from identity.keys import read_public
from identity.oidc import Issuer, Terms, TrustedKeys
from identity.verifier import Verifier
from runtime.errors import SettingsInvalid
from runtime.settings import Settings

log = structlog.stdlib.get_logger("cairn.trust")

REFRESH_EVERY = 300.0
"""Seconds after which a provider's keys are fetched again although nobody asked for another one."""

REST_BETWEEN = 2.0
"""Seconds between two fetches that unknown keys have brought about: nobody can make a worker hammer."""

FETCH_PATIENCE = 5.0
SIZE_LIMIT = 1024 * 1024
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@asynccontextmanager
async def trusted(settings: Settings) -> AsyncIterator[Verify]:
    """Offer the way to verify who acts, for as long as the block lasts.

    Raises:
        SettingsInvalid: The settings name nobody who could say who may act, or two who might contradict.
        IdentityError: What they name cannot be trusted.
    """
    if settings.directory and settings.oidc_issuer:
        raise SettingsInvalid(
            "Both CAIRN_DIRECTORY and CAIRN_OIDC_ISSUER say who may act: keep one and unset the other."
        )
    if settings.oidc_issuer:
        async with _provider(settings) as issuer:
            yield Verifier(issuer).refusal_of
    elif settings.directory:
        yield Verifier(read_directory(settings.directory, settings.directory_key)).refusal_of
    else:
        raise SettingsInvalid(
            "Nobody has said who may act, so no worker starts: set CAIRN_DIRECTORY and CAIRN_DIRECTORY_KEY, "
            "or CAIRN_OIDC_ISSUER, CAIRN_OIDC_AUDIENCE and CAIRN_OIDC_JWKS."
        )


def read_directory(path: Path, key: Path | None) -> DirectoryFile:
    """The directory that the settings name, read once to see that it can be trusted.

    Raises:
        SettingsInvalid: No root key is named.
        IdentityError: It cannot be trusted.
    """
    if key is None:
        raise SettingsInvalid(
            f"Nobody has said whose signature makes the directory {path} true: set CAIRN_DIRECTORY_KEY to "
            "the root's public key."
        )
    directory = DirectoryFile(path, read_public(key))
    directory.current()
    return directory


# --- an identity provider -----------------------------------------------------------------------------------


@asynccontextmanager
async def _provider(settings: Settings) -> AsyncIterator[Issuer]:
    if not (settings.oidc_audience and settings.oidc_jwks):
        raise SettingsInvalid(
            f"The issuer {settings.oidc_issuer} is trusted only for an audience and by its keys: set "
            "CAIRN_OIDC_AUDIENCE and CAIRN_OIDC_JWKS."
        )
    terms = Terms(
        issuer=str(settings.oidc_issuer),
        audience=settings.oidc_audience,
        name=settings.oidc_name_claim,
        roles=settings.oidc_roles_claim,
        boards=settings.oidc_boards_claim,
    )
    keys = TrustedKeys()
    where = settings.oidc_jwks
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=FETCH_PATIENCE)) as session:
        keys.replace(await _fetch(session, where), where)
        refreshing = asyncio.create_task(_refresh(session, where, keys))
        try:
            yield Issuer(terms, keys)
        finally:
            refreshing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await refreshing


async def _refresh(session: aiohttp.ClientSession, where: str, keys: TrustedKeys) -> None:
    """Fetch the keys again from time to time, and soon after one was asked for that is not known."""
    clock = asyncio.get_running_loop()
    fetched = clock.time()
    while True:
        await asyncio.sleep(REST_BETWEEN)
        if not keys.wanting.is_set() and clock.time() - fetched < REFRESH_EVERY:
            continue
        keys.wanting.clear()
        fetched = clock.time()
        try:
            keys.replace(await _fetch(session, where), where)
        except IssuerRefused as error:
            log.warning("keys are kept as they were", why=str(error))


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    content = b""
    async for part in answer.content.iter_any():
        content += part
        if len(content) > SIZE_LIMIT:
            raise ValueError("it is larger than 1 MiB")
    return content


async def _fetch(session: aiohttp.ClientSession, where: str) -> Any:
    """The key set at an address, or in a file.

    Raises:
        IssuerRefused: It cannot be had.
    """
    if where.startswith("http://") and URL(where).host not in LOOPBACK:
        raise IssuerRefused(
            f"The identity provider's keys at {where} could be changed on their way: use https in "
            "CAIRN_OIDC_JWKS."
        )
    try:
        if where.startswith(("https://", "http://")):
            async with session.get(where, allow_redirects=False) as answer:
                answer.raise_for_status()
                text = (await _read(answer)).decode()
        else:
            text = await asyncio.to_thread(Path(where).read_text, encoding="utf-8")
        return json.loads(text)
    except (aiohttp.ClientError, OSError, ValueError, TimeoutError) as error:
        why = getattr(error, "message", "") or str(error) or type(error).__name__
        raise IssuerRefused(
            f"The identity provider's keys cannot be had from {where} ({why}): correct CAIRN_OIDC_JWKS, or "
            "see that it answers."
        ) from error
