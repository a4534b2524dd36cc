"""Lets the Temporal UI show what is encrypted: `python -m runtime.codec_server`.

A browser sends it the payloads of a page, it decrypts them for those whom a doorkeeper lets in, and makes
JSON of what was compressed. It speaks the remote codec protocol of Temporal's UI and command line.
"""

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads

from runtime import telemetry
from runtime.client import leave
from runtime.converter import unpack_cargo
from runtime.doorkeeper import Doorkeeper, SameAccount, TokenBearers
from runtime.encryption import EncryptionCodec
from runtime.errors import CairnError, KeyMissing, PayloadAltered, SettingsInvalid
from runtime.keys import KeyFile
from runtime.ports import LOOPBACK
from runtime.settings import Settings

log = logging.getLogger("cairn.codec")

PORT = 8234
LARGEST_REQUEST = 16 * 2**20
"""Bytes: a page's payloads; one payload has 2 MB at most."""

ASKED_HEADERS = "content-type,x-namespace,authorization,authorization-extras"
REMEMBERED_SECONDS = "600"

Convert = Callable[[Payload], Payload]


class CodecServer:
    """Decrypts and encrypts payloads for the pages of one origin and for programs, never without proof.

    Args:
        codec: What decrypts and encrypts.
        origin: The Temporal UI's own origin; pages of any other are refused.
        doorkeepers: Who may come in; one that admits is enough.
    """

    def __init__(self, codec: EncryptionCodec, origin: str, doorkeepers: Sequence[Doorkeeper]) -> None:
        self._codec = codec
        self._origin = origin
        self._doorkeepers = tuple(doorkeepers)

    def application(self) -> web.Application:
        """Return the web application."""
        application = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[self._guard])
        for path, convert in (("/decode", self._show), ("/encode", self._codec.encrypt)):
            application.router.add_post(path, _answering(convert))
        return application

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if origin not in (None, self._origin):
            return web.Response(status=403, text=f"Pages of {self._origin} alone may ask.\n")
        if request.method == "OPTIONS":
            answer: web.StreamResponse = web.Response(status=204)
        elif not await self._admits(request):
            answer = web.Response(status=401, text=REFUSED, headers={"WWW-Authenticate": "Bearer"})
        else:
            answer = await _answer(request, handler)
        if origin:
            answer.headers.update(_permission(origin))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def _admits(self, request: web.Request) -> bool:
        for doorkeeper in self._doorkeepers:
            if await doorkeeper.admits(request):
                return True
        return False

    def _show(self, payload: Payload) -> Payload:
        """Decrypt and unpack; what cannot be read stays as it is, and the log says why."""
        try:
            return unpack_cargo(self._codec.decrypt(payload))
        except (KeyMissing, PayloadAltered) as error:
            log.warning("%s It is shown as it is.", error)
            return payload


REFUSED = "Show who you are: send the header `Authorization: Bearer TOKEN`.\n"


def _permission(origin: str) -> dict[str, str]:
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": ASKED_HEADERS,
        "Access-Control-Max-Age": REMEMBERED_SECONDS,
        "Vary": "Origin",
    }


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the handler answer; make an ordinary answer of a refusal, so that a page may read it too."""
    try:
        return await handler(request)
    except web.HTTPException as refusal:
        return web.Response(status=refusal.status, text=f"{refusal.text}\n")


def _answering(convert: Convert) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        payloads = Payloads()
        try:
            json_format.Parse(await request.read(), payloads)
        except (json_format.ParseError, UnicodeDecodeError, RecursionError):
            return web.Response(status=400, text="Send payloads in the JSON of Temporal's codec protocol.\n")
        converted = Payloads(payloads=[convert(payload) for payload in payloads.payloads])
        return web.json_response(text=json_format.MessageToJson(converted, indent=None))

    return answer


def origin_of(url: str) -> str:
    """Return the origin of a page, as a browser names it.

    Raises:
        SettingsInvalid: It is no address of a page.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise SettingsInvalid(f'The setting CAIRN_UI_URL is "{url}": write it as https://temporal.example.')
    return f"{parts.scheme}://{parts.netloc}".lower()


def open_door(settings: Settings, *, same_account: bool) -> list[Doorkeeper]:
    """Return who decides on who may come in.

    Raises:
        SettingsInvalid: Nobody is named, which would leave the door shut for ever.
        SecretUnusable: The token file cannot be used.
    """
    doorkeepers: list[Doorkeeper] = [SameAccount()] if same_account else []
    if settings.codec_token_file is not None:
        doorkeepers.append(TokenBearers(settings.codec_token_file))
    if not doorkeepers:
        raise SettingsInvalid(
            "Nobody could have payloads decrypted: set CAIRN_CODEC_TOKEN_FILE to a file with a token."
        )
    return doorkeepers


def build(settings: Settings, *, same_account: bool) -> web.Application:
    """Return the endpoint that the settings ask for.

    Raises:
        SettingsInvalid: The settings name no key file, nobody to let in, or no origin.
        SecretUnusable: A file that they name cannot be used.
    """
    if settings.encryption_keys is None:
        raise SettingsInvalid("There is nothing to decrypt with: set CAIRN_ENCRYPTION_KEYS to the key file.")
    codec = EncryptionCodec(KeyFile(settings.encryption_keys))
    door = open_door(settings, same_account=same_account)
    return CodecServer(codec, origin_of(settings.ui_url), door).application()


async def serve(application: web.Application, host: str, port: int) -> None:
    """Answer until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, shutdown_timeout=1).start()
        log.info("answering on %s:%s", host, port)
        await stop.wait()
    finally:
        await runner.cleanup()


def main(arguments: Sequence[str]) -> int:
    """Serve as the settings say; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m runtime.codec_server", description=__doc__)
    parser.add_argument("--host", default=LOOPBACK, help="the address to listen on")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument(
        "--same-account", action="store_true", help="let in what runs under this account on this machine"
    )
    chosen = parser.parse_args(arguments)
    telemetry.configure(level=logging.INFO, as_json=not sys.stderr.isatty())
    try:
        application = build(Settings(), same_account=chosen.same_account)
        asyncio.run(serve(application, chosen.host, chosen.port))
    except CairnError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"Port {chosen.port} of {chosen.host} cannot be used: {error.strerror}.\n")
        return 1
    return 0


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
