"""Where notices go: an address book outside the repository, for its addresses are of people.

It is read again for each notice, so that it can be changed while workers run.
"""

import base64
import binascii
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from activities.channels import Addresses, NoAddresses, Place
from activities.mail import Mailbox, MailServer
from activities.webhook import Webhook
from runtime.errors import AddressesUnusable, SettingsInvalid
from runtime.private_file import read_private
from runtime.settings import Settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")
SUBMISSION_PORT, TLS_PORT = 587, 465

ANYBODY = "*"
"""Stands for every role that is not named: ``*@fife`` at a board, ``*`` everywhere."""

SHORTEST_SECRET = 24
"""Bytes of a webhook's secret, as the convention asks for."""


class Entry(BaseModel):
    """Where one recipient is to be reached."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mail: tuple[str, ...] = ()
    webhook: tuple[str, ...] = ()


class Book(BaseModel):
    """The address book as its file says it: ``role``, ``role@board``, ``*@board`` or ``*`` with addresses."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipients: dict[str, Entry] = Field(default_factory=dict)

    def entry(self, recipient: str) -> Entry:
        """What is said of a recipient, the more exact before the more general."""
        _, at, board = recipient.partition("@")
        for name in (recipient, *((f"{ANYBODY}@{board}",) if at else ()), ANYBODY):
            if name in self.recipients:
                return self.recipients[name]
        return Entry()


class AddressBook:
    """Says where recipients are to be reached, by the address book's file at that moment.

    Args:
        path: The file.
        server: Through which mail goes; ``None`` where none is configured.
        secret: With which webhooks are signed; ``None`` where there is none.
    """

    def __init__(self, path: Path, server: MailServer | None, secret: bytes | None) -> None:
        self._path = path
        self._server = server
        self._secret = secret
        self.read()

    def read(self) -> Book:
        """The book.

        Raises:
            AddressesUnusable: It cannot be read, or names an address that cannot be used.
        """
        try:
            content = YAML(typ="safe", pure=True).load(self._path.read_text(encoding="utf-8"))
            book = Book.model_validate(content or {})
        except (OSError, UnicodeDecodeError, YAMLError) as error:
            # What the file holds is people's addresses: it is not repeated.
            raise AddressesUnusable(
                f"The address book {self._path} cannot be read ({type(error).__name__}): correct it."
            ) from None
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the file"
            raise AddressesUnusable(
                f"The address book {self._path} is wrong at {where} ({first['msg']}): correct it."
            ) from None
        for recipient, entry in book.recipients.items():
            self._check(recipient, entry)
        return book

    def _check(self, recipient: str, entry: Entry) -> None:
        if entry.mail and self._server is None:
            raise AddressesUnusable(
                f"The address book {self._path} mails to {recipient}, and no mail server is configured: "
                "set CAIRN_SMTP_URL and CAIRN_NOTICES_FROM."
            )
        if entry.webhook and self._secret is None:
            raise AddressesUnusable(
                f"The address book {self._path} posts to {recipient}, and no secret signs it: "
                "set CAIRN_WEBHOOK_SECRET_FILE."
            )
        if not all(_is_mailable(address) for address in entry.mail):
            raise AddressesUnusable(
                f"The address book {self._path} has no usable mail address at {recipient}: correct it."
            )
        if not all(_is_guarded(url) for url in entry.webhook):
            raise AddressesUnusable(
                f"The address book {self._path} has a webhook at {recipient} that is not https: correct it."
            )

    def places_of(self, recipient: str) -> tuple[Place, ...]:
        """The places of a recipient."""
        return tuple(self._places(self.read().entry(recipient)))

    def _places(self, entry: Entry) -> Iterator[Place]:
        if self._server is not None:
            yield from (Mailbox(self._server, address) for address in dict.fromkeys(entry.mail))
        if self._secret is not None:
            yield from (Webhook(url, self._secret) for url in dict.fromkeys(entry.webhook))


def open_addresses(settings: Settings) -> Addresses:
    """The address book that the settings name; without one nobody is to be reached.

    Raises:
        CairnError: What they name cannot be used.
    """
    if settings.notices is None:
        return NoAddresses()
    return AddressBook(settings.notices, _mail_server(settings), _secret(settings))


def _mail_server(settings: Settings) -> MailServer | None:
    if not settings.smtp_url:
        return None
    parts = urlsplit(settings.smtp_url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.password:
        raise SettingsInvalid(
            "The setting CAIRN_SMTP_URL is not usable: write it as smtp://USER@HOST:PORT, with the password "
            "in a file that CAIRN_SMTP_PASSWORD_FILE names."
        )
    if not _is_mailable(settings.notices_from):
        raise SettingsInvalid(
            "CAIRN_NOTICES_FROM is no mail address: set it to the one that notices come from."
        )
    security = "tls" if parts.scheme == "smtps" else settings.smtp_security
    if parts.username and security == "none":
        raise SettingsInvalid(
            "CAIRN_SMTP_URL names a user and CAIRN_SMTP_SECURITY is none, which would give the password "
            "away: set it to starttls or tls."
        )
    password_file = settings.smtp_password_file
    return MailServer(
        host=parts.hostname,
        port=parts.port or (TLS_PORT if security == "tls" else SUBMISSION_PORT),
        sender=settings.notices_from,
        security=security,
        user=unquote(parts.username or ""),
        password=read_private(password_file, "The password file").strip() if password_file else "",
        authorities=str(settings.smtp_authorities) if settings.smtp_authorities else None,
    )


def _secret(settings: Settings) -> bytes | None:
    if settings.webhook_secret_file is None:
        return None
    text = read_private(settings.webhook_secret_file, "The secret file").strip()
    try:
        secret = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        secret = b""
    if len(secret) < SHORTEST_SECRET:
        raise SettingsInvalid(
            f"The file {settings.webhook_secret_file} holds no secret of {SHORTEST_SECRET} bytes or more in "
            'base64: write one with `echo "whsec_$(openssl rand -base64 32)"`.'
        )
    return secret


def _is_mailable(address: str) -> bool:
    name, at, host = address.rpartition("@")
    plain = address.isascii() and address.isprintable() and not any(mark in address for mark in ' <>",;:\\')
    return bool(name and at and host) and plain


def _is_guarded(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
