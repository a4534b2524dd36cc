"""The address book: read strictly, again for each notice, and never repeated in what is said of it."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from activities.channels import NoAddresses
from activities.mail import Mailbox
from activities.webhook import Webhook
from runtime.addresses import AddressBook, open_addresses
from runtime.errors import AddressesUnusable, CairnError, SettingsInvalid
from runtime.settings import Settings

SECRET = base64.b64encode(bytes(range(32))).decode()
BOOK = """
recipients:
  board-lead@fife: {mail: [lead@example.org, lead@example.org, deputy@example.org]}
  "*@fife": {webhook: [https://example.org/fife]}
  national-advisor: {mail: [advisor@example.org], webhook: [https://example.org/national]}
  "*": {mail: [office@example.org]}
"""
Configure = Callable[..., Settings]


@pytest.fixture
def configure(tmp_path: Path) -> Configure:
    """Settings with an address book, a mail server and a secret, or others."""

    def make(book: str = BOOK, **values: Any) -> Settings:
        for name, content in (("book.yaml", book), ("secret", f"whsec_{SECRET}\n"), ("password", "sesame\n")):
            (tmp_path / name).write_text(content)
            (tmp_path / name).chmod(0o600)
        given = {
            "notices": tmp_path / "book.yaml",
            "smtp_url": "smtp://cairn@mail.example.org",
            "smtp_password_file": tmp_path / "password",
            "notices_from": "cairn@example.org",
            "webhook_secret_file": tmp_path / "secret",
        }
        return Settings(**(given | values))

    return make


def reached(settings: Settings, recipient: str) -> list[str]:
    """Where a recipient is to be reached."""
    return [
        it.address if isinstance(it, Mailbox) else it.url
        for it in open_addresses(settings).places_of(recipient)
        if isinstance(it, Mailbox | Webhook)
    ]


def test_without_an_address_book_nobody_is_reached() -> None:
    """And nothing else has to be configured."""
    assert isinstance(open_addresses(Settings()), NoAddresses)
    assert open_addresses(Settings()).places_of("board-lead@fife") == ()


@pytest.mark.parametrize(
    ("recipient", "places"),
    [
        ("board-lead@fife", ["lead@example.org", "deputy@example.org"]),
        ("clinical-lead@fife", ["https://example.org/fife"]),
        ("clinical-lead@orkney", ["office@example.org"]),
        ("national-advisor", ["advisor@example.org", "https://example.org/national"]),
        ("policy-lead", ["office@example.org"]),
    ],
)
def test_the_more_exact_entry_counts(configure: Configure, recipient: str, places: list[str]) -> None:
    """A role at a board, then any role there, then any role at all; each address once."""
    assert reached(configure(), recipient) == places


def test_the_mail_server_is_reached_as_the_settings_say(configure: Configure) -> None:
    """With its password from a file, and by a secured way."""
    (place, *_) = open_addresses(configure()).places_of("board-lead@fife")
    assert isinstance(place, Mailbox)
    server = place.server
    assert (server.host, server.port, server.security) == ("mail.example.org", 587, "starttls")
    assert (server.user, server.password, server.sender) == ("cairn", "sesame", "cairn@example.org")
    (place, *_) = open_addresses(configure(smtp_url="smtps://mail.example.org")).places_of("board-lead@fife")
    assert isinstance(place, Mailbox)
    assert (place.server.port, place.server.security) == (465, "tls")


def test_a_changed_book_counts_at_once(configure: Configure, tmp_path: Path) -> None:
    """People come and go while workers run."""
    addresses = open_addresses(configure())
    (tmp_path / "book.yaml").write_text("recipients: {}\n")
    assert addresses.places_of("board-lead@fife") == ()
    (tmp_path / "book.yaml").write_text("recipients: [\n")
    with pytest.raises(AddressesUnusable):
        addresses.places_of("board-lead@fife")


@pytest.mark.parametrize(
    ("book", "why"),
    [
        ("recipients: [", "cannot be read"),
        ("addresses: {}", "is wrong at addresses"),
        ("recipients: {board-lead: {phone: [jane@example.org]}}", "is wrong at recipients.board-lead.phone"),
        ("recipients: {board-lead: {mail: [jane.example.org]}}", "no usable mail address at board-lead"),
        ('recipients: {board-lead: {mail: ["jane@example.org\\nBcc: x"]}}', "no usable mail address"),
        ("recipients: {board-lead: {webhook: [http://example.org/jane]}}", "that is not https"),
    ],
)
def test_a_book_that_cannot_be_used_is_refused_without_its_addresses(
    configure: Configure, book: str, why: str
) -> None:
    """What it holds is people's."""
    with pytest.raises(AddressesUnusable, match=why) as refused:
        open_addresses(configure(book))
    assert "jane" not in str(refused.value)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"smtp_url": ""}, "set CAIRN_SMTP_URL"),
        ({"smtp_url": "mail.example.org"}, "CAIRN_SMTP_URL is not usable"),
        ({"smtp_url": "smtp://cairn:sesame@mail.example.org"}, "CAIRN_SMTP_PASSWORD_FILE"),
        ({"smtp_security": "none"}, "give the password away"),
        ({"notices_from": ""}, "CAIRN_NOTICES_FROM"),
        ({"webhook_secret_file": None}, "set CAIRN_WEBHOOK_SECRET_FILE"),
    ],
)
def test_what_is_missing_is_said_before_a_worker_starts(
    configure: Configure, values: dict[str, Any], why: str
) -> None:
    """With the setting that mends it, and without a secret."""
    with pytest.raises(CairnError, match=why) as refused:
        open_addresses(configure(**values))
    assert "sesame" not in str(refused.value)


@pytest.mark.parametrize("content", ["short", "whsec_AAAA", "whsec_" + "A" * 31 + "!"])
def test_a_secret_that_could_be_guessed_is_refused(
    configure: Configure, tmp_path: Path, content: str
) -> None:
    """It has 24 bytes or more, in base64."""
    settings = configure()
    (tmp_path / "secret").write_text(content)
    with pytest.raises(SettingsInvalid, match="openssl rand"):
        open_addresses(settings)


def test_a_secret_that_others_can_read_is_refused(configure: Configure, tmp_path: Path) -> None:
    """As every other secret."""
    settings = configure()
    (tmp_path / "password").chmod(0o644)
    with pytest.raises(CairnError, match="chmod 600"):
        open_addresses(settings)


def test_the_book_names_its_file_and_nothing_in_it() -> None:
    """Where it is not there at all, too."""
    with pytest.raises(AddressesUnusable, match=r"/nowhere/book\.yaml cannot be read"):
        AddressBook(Path("/nowhere/book.yaml"), None, None)
