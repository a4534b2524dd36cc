"""Real servers that receive notices and behave as badly as servers do: by SMTP and HTTP, on free ports."""

import asyncio
import base64
import hashlib
import hmac
import json
import random
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

DIES = "dies"
"""What a server does instead of answering."""


@dataclass
class PostOffice:
    """A mail server that answers as it is told, and keeps what it took.

    Attributes:
        answers: What it answers to the next messages, in order; it takes those after them.
        refuses: What it answers to an address, always.
        taken: The messages that it took, whatever it answered then.
        port: Where it listens.
        witness: Called with each message before it is answered.
    """

    answers: list[str] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    taken: list[Message] = field(default_factory=list)
    port: int = 0
    witness: Callable[[Message], None] = lambda _message: None

    async def handle_RCPT(  # noqa: N802  # the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take an address, or not."""
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message, or not, or take it and die."""
        answer = self.answers.pop(0) if self.answers else "250 OK"
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        message["X-For"] = ",".join(envelope.rcpt_tos)
        if answer == DIES or answer.startswith("250"):
            self.taken.append(message)
            self.witness(message)
        if answer == DIES:
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]  # a connection's
        return answer if answer != DIES else "421 gone"

    def ids(self, recipient: str | None = None) -> Counter[str]:
        """How often each Message-ID was taken."""
        wanted = [it for it in self.taken if recipient is None or it["X-For"] == recipient]
        return Counter(str(it["Message-ID"]) for it in wanted)


@asynccontextmanager
async def post_office(
    office: PostOffice,
    *,
    tls: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
) -> AsyncIterator[PostOffice]:
    """Run a mail server on a free port."""

    def let_in(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        known = login is not None and (data.login.decode(), data.password.decode()) == login
        return AuthResult(success=known, handled=False)

    def factory() -> SMTP:
        return SMTP(
            office,
            hostname="localhost",
            tls_context=tls,
            require_starttls=tls is not None,
            auth_required=login is not None,
            authenticator=let_in if login else None,
        )

    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        await server.wait_closed()


@dataclass
class Receiver:
    """A program that takes webhooks, and fails at half of them.

    Attributes:
        chance: By what it fails.
        secret: With which they are signed.
        seen: How often each id arrived at all.
        kept: What it took, by id.
        repeats: The ids of those that it had already, and whether they said so.
        always: What it answers to everything, where it is closed.
        url: Where it listens.
    """

    chance: random.Random
    secret: bytes
    seen: Counter[str] = field(default_factory=Counter)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    repeats: list[tuple[str, bool]] = field(default_factory=list)
    always: int | None = None
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        """Take one, or fail before it, or after it."""
        body = await request.read()
        self._verify(request, body)
        name, content = request.headers["webhook-id"], json.loads(body)
        self.seen[name] += 1
        if self.always is not None:
            return web.Response(status=self.always, headers={"Location": self.url})
        fate = self.chance.choice(["take", "take", "error", "drop"])
        if fate == "error":
            return web.Response(status=self.chance.choice([500, 503, 429]))
        if name in self.kept:
            self.repeats.append((name, content["data"]["mayRepeat"]))
        self.kept.setdefault(name, content)
        if fate == "drop":
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=204)

    def _verify(self, request: web.Request, body: bytes) -> None:
        signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + body
        expected = base64.b64encode(hmac.digest(self.secret, signed, hashlib.sha256)).decode()
        assert request.headers["webhook-signature"] == f"v1,{expected}"


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[Receiver]:
    """Run a webhook's receiver on a free port."""
    app = web.Application()
    app.router.add_post("/notices", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/notices"
    try:
        yield receiver
    finally:
        await runner.cleanup()
