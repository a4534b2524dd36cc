"""Delivers notices by SMTP: one message for each address, known by the same Message-ID at every attempt.

SMTP cannot promise that a message arrives exactly once: where the connection dies after the text was sent and
before the server's answer came, nobody knows. Such an attempt is told apart from all others.
"""

import hashlib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from typing import Literal

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException

from activities.channels import Letter, Outcome, Result

PATIENCE_SECONDS = 30.0
"""How long the server may take for each answer."""

PERMANENT = range(500, 600)

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True)
class MailServer:
    """The SMTP server through which notices go.

    Attributes:
        host: Its name.
        port: Its port.
        sender: From whom notices come.
        security: ``starttls``, ``tls`` from the first byte, or ``none``.
        user: The login, where it asks for one.
        password: Its password.
        authorities: A file with the certificates to trust, where they are not the system's.
    """

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str = ""
    password: str = ""
    authorities: str | None = None

    def client(self) -> aiosmtplib.SMTP:
        """A connection to it, not yet open."""
        context = None if self.security == "none" else ssl.create_default_context(cafile=self.authorities)
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            timeout=PATIENCE_SECONDS,
            use_tls=self.security == "tls",
            start_tls=self.security == "starttls",
            tls_context=context,
            username=self.user or None,
            password=self.password or None,
        )

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port})"


@dataclass(frozen=True, repr=False)
class Mailbox:
    """An address to which notices are mailed."""

    server: MailServer
    address: str

    @property
    def target(self) -> str:
        """What it is known by on record."""
        return f"mail:{hashlib.sha256(self.address.lower().encode()).hexdigest()[:16]}"

    async def send(self, letter: Letter) -> Outcome:
        """Mail a letter."""
        client = self.server.client()
        try:
            refusal = await self._introduce(client)
            return refusal or await self._hand_over(client, letter)
        finally:
            client.close()

    async def _introduce(self, client: aiosmtplib.SMTP) -> Outcome | None:
        """Come to the point at which the text is asked for; say what is in the way, if anything.

        What the server has against whoever sends is for its operators to mend, and is tried again. What it
        has against the address for good is not.
        """
        try:
            await client.connect()
            await client.mail(self.server.sender)
        except (SMTPException, OSError) as error:
            return Outcome(Result.FAILED, _trouble(error))
        try:
            await client.rcpt(self.address)
        except (SMTPException, OSError) as error:
            return _refused_or_failed(error)
        return None

    async def _hand_over(self, client: aiosmtplib.SMTP, letter: Letter) -> Outcome:
        try:
            await client.data(self._message(letter).as_bytes(policy=MAIL_POLICY))
        except SMTPResponseException as error:
            return _refused_or_failed(error)
        except (SMTPException, OSError) as error:
            return Outcome(Result.UNKNOWN, _trouble(error))
        return Outcome(Result.SENT)

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=MAIL_POLICY)
        message["From"] = Address(display_name="Cairn", addr_spec=self.server.sender)
        message["To"] = Address(addr_spec=self.address)
        message["Subject"] = letter.subject
        message["Date"] = letter.written
        message["Message-ID"] = f"<{letter.id}@{self.server.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        if letter.may_repeat:
            message["X-Cairn-May-Repeat"] = "yes"
        message.set_content(letter.body, cte="quoted-printable")
        return message


def _refused_or_failed(error: Exception) -> Outcome:
    permanent = isinstance(error, SMTPResponseException) and error.code in PERMANENT
    return Outcome(Result.REFUSED if permanent else Result.FAILED, _trouble(error))


def _trouble(error: Exception) -> str:
    """What was in the way, without what the server wrote: it likes to repeat addresses."""
    if isinstance(error, SMTPResponseException):
        return f"the mail server answered {error.code}"
    return f"the mail server was not reached or left ({type(error).__name__})"
