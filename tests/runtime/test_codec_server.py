"""The codec endpoint on a real socket: who is let in, what they get, and what everybody else gets."""

import asyncio
import io
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import BaseTestServer as Server
from aiohttp.test_utils import TestServer
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads

from domain.record import Batch
from runtime import codec_server, doorkeeper
from runtime.codec_server import LARGEST_REQUEST, build, origin_of
from runtime.codec_token import make_token, read_token
from runtime.converter import data_converter
from runtime.doorkeeper import find_owner
from runtime.errors import SettingsInvalid
from runtime.keys import make_keys, read_keys
from runtime.settings import CODE, Settings

UI = "http://127.0.0.1:8233"
NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)
WRITTEN = "Two of four posts are vacant."
BATCH = Batch(stream="rollout/ccbt/fife", first=1, events=({"kind": "x", "note": WRITTEN},))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with a key file and a token."""
    make_keys(tmp_path / "keys.json", NOW)
    make_token(tmp_path / "token")
    return Settings(
        encryption_keys=tmp_path / "keys.json", codec_token_file=tmp_path / "token", ui_url=f"{UI}/somewhere"
    )


@pytest.fixture
async def endpoint(settings: Settings) -> AsyncIterator[Server]:
    """Return the endpoint that lets in bearers of the token alone."""
    async with TestServer(build(settings, same_account=False), host="127.0.0.1") as server:
        yield server


def bearer(settings: Settings) -> dict[str, str]:
    """The header of somebody who has the token."""
    assert settings.codec_token_file
    return {"Authorization": f"Bearer {read_token(settings.codec_token_file)}"}


async def sealed(settings: Settings) -> str:
    """What a page sends: a text and a batch, both encrypted."""
    payloads = await data_converter(settings).encode([WRITTEN, BATCH])
    return json_format.MessageToJson(Payloads(payloads=payloads))


async def ask(
    server: Server, path: str, body: str | io.BytesIO, headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """Send a request and return the status and the answer."""
    async with (
        ClientSession() as session,
        session.post(server.make_url(path), data=body, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def test_a_bearer_gets_json_even_of_what_was_compressed(endpoint: Server, settings: Settings) -> None:
    """So that a person can read a run's input in the Temporal UI."""
    status, text = await ask(endpoint, "/decode", await sealed(settings), bearer(settings))
    assert status == 200
    first, second = json_format.Parse(text, Payloads()).payloads
    assert json.loads(first.data) == WRITTEN
    assert second.metadata["encoding"] == b"json/plain"
    assert Batch.model_validate_json(second.data) == BATCH


async def test_what_a_page_encodes_a_worker_reads(endpoint: Server, settings: Settings) -> None:
    """A command can be sent from the UI; the UI adds words to the address that need no answer."""
    plain = Payloads(payloads=[Payload(metadata={"encoding": b"json/plain"}, data=b'"Go on."')])
    where = "/encode?preserveStorageRefs=true"
    status, text = await ask(endpoint, where, json_format.MessageToJson(plain), bearer(settings))
    assert status == 200
    assert "Go on." not in text
    payloads = json_format.Parse(text, Payloads()).payloads
    assert await data_converter(settings).decode(payloads) == ["Go on."]


@pytest.mark.parametrize("path", ["/decode", "/encode", "/", "/elsewhere"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic TOKEN"},
        {"Authorization": "TOKEN"},
        {"Authorization": "Bearer TOKENx"},
        {"Authorization": "Bearer \xe9"},
    ],
)
async def test_nobody_gets_an_answer_without_the_token(
    endpoint: Server, settings: Settings, path: str, headers: dict[str, str]
) -> None:
    """Whatever is asked for, with a part of the token, with more than it, or with another."""
    token = bearer(settings)["Authorization"].removeprefix("Bearer ")
    shown = {name: value.replace("TOKEN", token) for name, value in headers.items()}
    status, text = await ask(endpoint, path, await sealed(settings), shown)
    assert status == 401
    assert text == "Show who you are: send the header `Authorization: Bearer TOKEN`.\n"


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://localhost:8233", "http://127.0.0.1:8234", "null"]
)
async def test_a_page_of_another_origin_gets_nothing_even_with_the_token(
    endpoint: Server, settings: Settings, origin: str
) -> None:
    """Neither an answer nor the browser's permission to read one."""
    headers = {**bearer(settings), "Origin": origin}
    status, text = await ask(endpoint, "/decode", await sealed(settings), headers)
    assert (status, WRITTEN in text) == (403, False)
    async with (
        ClientSession() as session,
        session.options(endpoint.make_url("/decode"), headers={"Origin": origin}) as answer,
    ):
        assert answer.status == 403
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


async def test_the_uis_own_pages_are_told_that_they_may_ask(endpoint: Server, settings: Settings) -> None:
    """The browser asks first, without any proof, and learns nothing but that."""
    async with ClientSession() as session:
        asked = {"Origin": UI, "Access-Control-Request-Method": "POST"}
        async with session.options(endpoint.make_url("/decode"), headers=asked) as answer:
            assert answer.status == 204
            assert answer.headers["Access-Control-Allow-Origin"] == UI
            assert "authorization" in answer.headers["Access-Control-Allow-Headers"]
            assert "x-namespace" in answer.headers["Access-Control-Allow-Headers"]
            assert await answer.text() == ""
        for headers, status in (({"Origin": UI}, 401), ({"Origin": UI, **bearer(settings)}, 200)):
            body = await sealed(settings)
            async with session.post(endpoint.make_url("/decode"), data=body, headers=headers) as answer:
                assert answer.status == status
                assert answer.headers["Access-Control-Allow-Origin"] == UI
                assert answer.headers["Cache-Control"] == "no-store"


async def test_what_cannot_be_read_stays_as_it_is_beside_what_can(
    endpoint: Server, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One lost key does not hide the rest of a page; the log names the key."""
    make_keys(tmp_path / "lost.json", NOW)
    lost = await data_converter(Settings(encryption_keys=tmp_path / "lost.json")).encode([WRITTEN])
    known = await data_converter(settings).encode([WRITTEN])
    body = json_format.MessageToJson(Payloads(payloads=[*lost, *known]))
    status, text = await ask(endpoint, "/decode", body, bearer(settings))
    assert status == 200
    first, second = json_format.Parse(text, Payloads()).payloads
    assert first == lost[0]
    assert json.loads(second.data) == WRITTEN
    assert read_keys(tmp_path / "lost.json").current in caplog.text


@pytest.mark.parametrize("body", ["", "{", '{"payloads": 1}', '{"else": 1}', "\xff", "[" * 100_000])
async def test_what_is_no_payload_is_refused(endpoint: Server, settings: Settings, body: str) -> None:
    """It is the caller's fault and no failure of the endpoint."""
    assert (await ask(endpoint, "/decode", body, bearer(settings)))[0] == 400


async def test_a_request_that_is_too_large_is_refused(endpoint: Server, settings: Settings) -> None:
    """Nobody fills the memory of a machine with one request; a page's payloads are not too many."""
    page = Payloads(payloads=[Payload(data=bytes(2_000_000))] * 3)
    body = io.BytesIO(json_format.MessageToJson(page).encode())
    assert (await ask(endpoint, "/decode", body, bearer(settings)))[0] == 200
    body = io.BytesIO(b" " * (LARGEST_REQUEST + 1))
    assert (await ask(endpoint, "/decode", body, bearer(settings)))[0] == 413


async def test_other_addresses_and_methods_are_not_there(endpoint: Server, settings: Settings) -> None:
    """Even for those who are let in."""
    assert (await ask(endpoint, "/elsewhere", "{}", bearer(settings)))[0] == 404
    async with (
        ClientSession(headers=bearer(settings)) as session,
        session.get(endpoint.make_url("/decode")) as answer,
    ):
        assert answer.status == 405


async def test_a_token_can_be_replaced_without_a_restart(endpoint: Server, settings: Settings) -> None:
    """The old one ends at once; while there is none, nobody is let in."""
    before, body = bearer(settings), await sealed(settings)
    assert settings.codec_token_file
    settings.codec_token_file.unlink()
    assert (await ask(endpoint, "/decode", body, before))[0] == 401
    make_token(settings.codec_token_file)
    assert (await ask(endpoint, "/decode", body, before))[0] == 401
    assert (await ask(endpoint, "/decode", body, bearer(settings)))[0] == 200


# --- by account ---------------------------------------------------------------------------------------------

ASK = """
import encodings.idna, http.client, os, sys, urllib.error, urllib.request
if sys.argv[2] == "somebody-else":
    os.setuid(65534)
try:
    print(urllib.request.urlopen(sys.argv[1], sys.stdin.buffer.read(), timeout=20).status)
except urllib.error.HTTPError as error:
    print(error.code)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels do not say whose a connection is")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may run a program as somebody else")
@pytest.mark.parametrize(("user", "status"), [("the same", "200"), ("somebody-else", "401")])
@pytest.mark.parametrize("table", [doorkeeper.SOCKETS, Path("/nowhere")], ids=["by table", "by process"])
async def test_on_one_machine_only_the_stacks_own_account_is_let_in(
    settings: Settings, user: str, status: str, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its browsers and programs need no token; those of another user get nothing."""
    monkeypatch.setattr(doorkeeper, "SOCKETS", table)
    body = (await sealed(settings)).encode()
    embedded = Settings(**settings.model_dump(exclude={"codec_token_file"}))
    async with TestServer(build(embedded, same_account=True), host="127.0.0.1") as server:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", ASK, str(server.make_url("/decode")), user],
            input=body,
            capture_output=True,
            check=True,
        )
    assert done.stdout.decode().strip() == status


TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:202A 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:C001 0100007F:202A 01 00000000:00000000 02:000004CE 00000000  1001        0 2 2 0 20 4 30 10 -1
   2: 0100007F:C002 0100007F:202A 06 00000000:00000000 03:000016B7 00000000     0        0 0 3 0
   3: 0100007F:C003 0100007F:202A 05 00000000:00000000 03:000016B7 00000000     0        0 0 3 0
   4: 0100007F:202A 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 4 1 0 20 4 30 10 -1
"""


@pytest.mark.parametrize(("port", "owner"), [(0xC001, 1001), (0xC002, None), (0xC003, None), (0xC004, None)])
def test_the_owner_of_a_connection_is_that_of_its_other_end(port: int, owner: int | None) -> None:
    """Of an end that was given up the kernel says that it is root's, which must let nobody in."""
    assert find_owner(TABLE, ("127.0.0.1", port), ("127.0.0.1", 0x202A)) == owner


# --- as a program -------------------------------------------------------------------------------------------


def test_a_door_that_nobody_could_open_is_not_built(settings: Settings) -> None:
    """Nor one without keys, nor one for pages of nowhere."""
    for missing, sentence in (
        ("codec_token_file", "CAIRN_CODEC_TOKEN_FILE"),
        ("encryption_keys", "CAIRN_ENCRYPTION_KEYS"),
    ):
        with pytest.raises(SettingsInvalid, match=sentence):
            build(Settings(**settings.model_dump(exclude={missing})), same_account=False)
    with pytest.raises(SettingsInvalid, match="CAIRN_UI_URL"):
        origin_of("temporal.example")
    assert origin_of("https://Temporal.example/a?b") == "https://temporal.example"


def test_the_program_says_in_one_sentence_what_is_missing(tmp_path: Path) -> None:
    """No traceback for a setting."""
    environment = {"PATH": os.environ["PATH"], "CAIRN_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", codec_server.__name__],
        cwd=CODE,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == ("There is nothing to decrypt with: set CAIRN_ENCRYPTION_KEYS to the key file.\n")
