import asyncio
import contextlib
import random
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.channels import NoAddresses, Place
from activities.mail import Mailbox, MailServer
from activities.notices import NoticeActivities
from activities.webhook import Webhook
from catalogue.connection import Connection, Pool
from catalogue.notices import Notices
from catalogue.queries.notices import show_notice
from catalogue.rows.notices import Notice
from runtime.settings import CODE
from tests.catalogue.conftest import Database
from tests.catalogue.notices import write_test
from tests.catalogue.receivers import DIES, PostOffice, Receiver, post_office, receiving

LEAD, DEPUTY = "lead@example.org", "deputy@example.org"
SECRET = b"a secret of thirty-two bytes....."


class Book:
    """An address book in memory."""

    def __init__(self, *places: Place) -> None:
        self._places = places

    def places_of(self, recipient: str) -> tuple[Place, ...]:
        """The same for everybody."""
        assert recipient
        return self._places


def mailboxes(office: PostOffice, *addresses: str, **server: object) -> Book:
    """An address book of mail addresses behind one server."""
    values = {"host": "127.0.0.1", "port": office.port, "sender": "cairn@example.org", "security": "none"}
    known = MailServer(**(values | server))  # type: ignore[arg-type]  # as the test says
    return Book(*(Mailbox(known, address) for address in addresses))


async def attempt(activities: NoticeActivities, notice: str) -> str:
    """One attempt, as the engine makes it."""
    outcome = await ActivityEnvironment().run(activities.deliver, notice)
    return str(outcome)


async def persist(activities: NoticeActivities, notice: str, most: int = 60) -> str:
    """Try for as long as the engine would."""
    for _ in range(most):
        with contextlib.suppress(ApplicationError):
            return await attempt(activities, notice)
    raise AssertionError("it was not delivered")


async def standing(connection: Connection, notice: str) -> Notice:
    """How it stands with a notice."""
    found = await show_notice(connection, notice)
    assert found is not None
    return found


async def test_a_notice_is_mailed_once(pool: Pool, connection: Connection) -> None:
    """From the sender to the address, known by an id that follows from what was written."""
    notice = await write_test(pool)
    async with post_office(PostOffice()) as office:
        activities = NoticeActivities(Notices(pool), mailboxes(office, LEAD))
        assert [await attempt(activities, notice) for _ in range(3)] == ["sent", "settled", "settled"]
    (message,) = office.taken
    assert message["Message-ID"] == "<1.lead.fife.20270104T090000Z.scotland@example.org>"
    assert (message["To"], message["Auto-Submitted"]) == (LEAD, "auto-generated")
    assert message["Subject"] == "Cairn: a test notice for lead@fife"
    assert "notices for lead@fife arrive here" in message.get_content()  # type: ignore[attr-defined]
    assert message["X-Cairn-May-Repeat"] is None
    assert (await standing(connection, notice)).state == "sent"


@pytest.mark.parametrize("answer", ["451 Try again later", "452 No space", "421 Closing"])
async def test_what_the_server_will_take_later_is_mailed_later(
    answer: str, pool: Pool, connection: Connection
) -> None:
    """And nothing of it may have arrived before."""
    notice = await write_test(pool)
    async with post_office(PostOffice(answers=[answer, answer])) as office:
        activities = NoticeActivities(Notices(pool), mailboxes(office, LEAD))
        with pytest.raises(ApplicationError, match=f"answered {answer[:3]}"):
            await attempt(activities, notice)
        waiting = await standing(connection, notice)
        assert (waiting.state, waiting.trouble) == ("waiting", f"the mail server answered {answer[:3]}")
        assert await persist(activities, notice) == "sent"
    found = await standing(connection, notice)
    assert (len(office.taken), found.attempts, found.doubts) == (1, 3, 0)


async def test_what_an_address_refuses_for_good_holds_up_nobody_else(
    pool: Pool, connection: Connection
) -> None:
    """The others get it once, and it is said that one did not."""
    notice = await write_test(pool)
    office = PostOffice(refuses={LEAD: "550 5.1.1 no such user lead@example.org"}, answers=["451 Later"])
    async with post_office(office):
        activities = NoticeActivities(Notices(pool), mailboxes(office, LEAD, DEPUTY))
        assert await persist(activities, notice) == "sent"
    found = await standing(connection, notice)
    assert list(office.ids(DEPUTY).values()) == [1]
    assert found.trouble is not None
    assert found.trouble.startswith("refused for good at 1 of 2 addresses")


@pytest.mark.parametrize(
    "office",
    [PostOffice(refuses={LEAD: "550 no such user"}), PostOffice(answers=["554 Spam"])],
    ids=["address", "message"],
)
async def test_what_is_refused_for_good_is_not_tried_for_ever(
    office: PostOffice, pool: Pool, connection: Connection
) -> None:
    """It is undeliverable, says why, and says no address."""
    notice = await write_test(pool)
    async with post_office(office):
        activities = NoticeActivities(Notices(pool), mailboxes(office, LEAD))
        assert [await attempt(activities, notice) for _ in range(2)] == ["undeliverable", "settled"]
    found = await standing(connection, notice)
    assert found.state == "undeliverable"
    assert "550" in str(found.trouble) or "554" in str(found.trouble)
    assert LEAD not in str(await connection.fetch("SELECT * FROM ledger.deliveries")) + str(found)


async def test_a_server_that_dies_before_it_answers_gets_the_same_id_again(
    pool: Pool, connection: Connection
) -> None:
    """Nobody knows whether it took the message, so it may be a repetition, and says so."""
    notice = await write_test(pool)
    async with post_office(PostOffice(answers=[DIES, DIES])) as office:
        activities = NoticeActivities(Notices(pool), mailboxes(office, LEAD))
        assert await persist(activities, notice) == "sent"
    assert list(office.ids().values()) == [3]
    assert [it["X-Cairn-May-Repeat"] for it in office.taken] == [None, "yes", "yes"]
    found = await standing(connection, notice)
    assert (found.attempts, found.doubts) == (3, 2)


async def test_a_server_that_is_not_there_is_tried_again_without_doubt(
    pool: Pool, connection: Connection
) -> None:
    """Nothing can have arrived."""
    notice = await write_test(pool)
    async with post_office(PostOffice()) as office:
        away = mailboxes(office, LEAD)
    with pytest.raises(ApplicationError, match="was not reached"):
        await attempt(NoticeActivities(Notices(pool), away), notice)
    async with post_office(PostOffice()) as office:
        activities = NoticeActivities(Notices(pool), mailboxes(office, LEAD))
        assert await persist(activities, notice) == "sent"
    assert [it["X-Cairn-May-Repeat"] for it in office.taken] == [None]
    assert (await standing(connection, notice)).doubts == 0


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    """A mail server's certificate that nobody else has signed, and the file by which it is trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (tmp_path / "key.pem").write_bytes(key.private_bytes(*secret))
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    return context, str(tmp_path / "cert.pem")


async def test_mail_goes_by_a_secured_way_and_with_a_login(
    pool: Pool, certificate: tuple[ssl.SSLContext, str]
) -> None:
    """STARTTLS with a certificate that is trusted, then the password."""
    context, authorities = certificate
    notice = await write_test(pool)
    async with post_office(PostOffice(), tls=context, login=("cairn", "sesame")) as office:
        secured = {"host": "localhost", "security": "starttls", "authorities": authorities}
        for wrong, why in (
            ({"authorities": None}, "SSL|reached"),
            ({"user": "cairn", "password": "guess"}, "535"),
            ({"security": "none"}, "530"),
        ):
            book = mailboxes(office, LEAD, **(secured | wrong))
            with pytest.raises(ApplicationError, match=why):
                await attempt(NoticeActivities(Notices(pool), book), notice)
        assert office.taken == []
        book = mailboxes(office, LEAD, **secured, user="cairn", password="sesame")
        assert await persist(NoticeActivities(Notices(pool), book), notice) == "sent"
    assert len(office.taken) == 1


@pytest.mark.parametrize("seed", range(3))
async def test_a_receiver_that_fails_half_the_time_keeps_every_webhook_once(
    seed: int, pool: Pool, connection: Connection
) -> None:
    """By its id; what comes again says that it may have come before."""
    notices = [await write_test(pool, f"lead@board-{number}") for number in range(12)]
    async with receiving(Receiver(random.Random(seed), SECRET)) as receiver:
        activities = NoticeActivities(Notices(pool), Book(Webhook(receiver.url, SECRET)))
        for notice in notices:
            assert await persist(activities, notice) == "sent"
    assert len(receiver.kept) == len(notices)
    assert {it["data"]["id"] for it in receiver.kept.values()} == set(notices)
    assert sum(receiver.seen.values()) > len(notices), "some failed"
    assert all(said for _, said in receiver.repeats), "a repetition says that it may be one"
    doubts = sum([(await standing(connection, notice)).doubts for notice in notices])
    assert len(receiver.repeats) <= doubts


@pytest.mark.parametrize("status", [410, 404, 302])
async def test_a_receiver_that_will_never_take_it_is_not_asked_again(status: int, pool: Pool) -> None:
    """Nor is it followed elsewhere."""
    notice = await write_test(pool)
    async with receiving(Receiver(random.Random(1), SECRET, always=status)) as receiver:
        activities = NoticeActivities(Notices(pool), Book(Webhook(receiver.url, SECRET)))
        assert await attempt(activities, notice) == "undeliverable"
    assert sum(receiver.seen.values()) == 1


async def test_mail_and_webhook_each_get_it_once(pool: Pool) -> None:
    """What one has is not sent to it again because the other failed."""
    notice = await write_test(pool)
    async with (
        post_office(PostOffice(answers=["451 Later", "451 Later"])) as office,
        receiving(Receiver(random.Random(1), SECRET, always=204)) as receiver,
    ):
        (mailbox,) = mailboxes(office, LEAD).places_of("lead@fife")
        activities = NoticeActivities(Notices(pool), Book(mailbox, Webhook(receiver.url, SECRET)))
        assert await persist(activities, notice) == "sent"
    assert list(office.ids().values()) == [1]
    assert list(receiver.seen.values()) == [1]


async def test_without_an_address_nothing_is_sent_and_it_is_said(pool: Pool, connection: Connection) -> None:
    """The notice can be read all the same."""
    notice = await write_test(pool)
    assert await attempt(NoticeActivities(Notices(pool), NoAddresses()), notice) == "unaddressed"
    assert (await standing(connection, notice)).state == "unaddressed"


async def test_a_worker_that_delivers_enough_takes_no_more_at_once(pool: Pool) -> None:
    """Those who would wait in line would take the places of what records events."""
    reached, free = asyncio.Semaphore(0), asyncio.Event()

    class Slow:
        target = "mail:slow"

        async def send(self, _letter: object) -> object:
            reached.release()
            await free.wait()
            raise AssertionError("nobody lets it go on")

    notices = [await write_test(pool, f"lead@board-{number}") for number in range(5)]
    activities = NoticeActivities(Notices(pool), Book(Slow()))  # type: ignore[arg-type]  # never answers
    running = [asyncio.create_task(attempt(activities, notice)) for notice in notices[:4]]
    for _ in running:
        await reached.acquire()
    with pytest.raises(ApplicationError, match="delivering others") as busy:
        await attempt(activities, notices[4])
    assert busy.value.next_retry_delay is not None
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


DYING = """
import asyncio, os, signal, sys
from temporalio.testing import ActivityEnvironment
from activities.mail import Mailbox, MailServer
from activities.notices import NoticeActivities
from catalogue.database import open_pool
from catalogue.notices import HeldNotice, Notices

class Book:
    def places_of(self, recipient):
        server = MailServer("127.0.0.1", int(sys.argv[2]), "cairn@example.org", security="none")
        return (Mailbox(server, "lead@example.org"),)

async def die(self, target, state, trouble):
    os.kill(os.getpid(), signal.SIGKILL)

HeldNotice.settle_delivery = die

async def main():
    async with await open_pool(sys.argv[1], size=2) as pool:
        await ActivityEnvironment().run(NoticeActivities(Notices(pool), Book()).deliver, sys.argv[3])

asyncio.run(main())
"""


async def test_a_worker_killed_between_sending_and_recording_doubles_nothing_for_who_keeps_ids(
    pool: Pool, database: Database, connection: Connection
) -> None:
    """The next one sends it again, under the same id, and says that it may be a repetition."""
    notice = await write_test(pool)
    async with post_office(PostOffice()) as office:
        told = (database.url, str(office.port), notice)
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-c", DYING, *told, cwd=CODE, stderr=subprocess.DEVNULL
        )
        assert await killed.wait() == -signal.SIGKILL
        before = await standing(connection, notice)
        activities = NoticeActivities(Notices(pool), mailboxes(office, LEAD))
        assert await persist(activities, notice, most=2000) == "sent"
    assert (before.state, before.doubts, before.attempts) == ("waiting", 0, 1)
    assert list(office.ids().values()) == [2]
    assert [it["X-Cairn-May-Repeat"] for it in office.taken] == [None, "yes"]
    assert (await standing(connection, notice)).doubts == 1


def test_addresses_and_secrets_are_shown_nowhere() -> None:
    """Not even where somebody prints what goes where."""
    server = MailServer("mail.example.org", 587, "cairn@example.org", user="cairn", password="sesame")
    things: list[Callable[[], str]] = [
        lambda: repr(server),
        lambda: repr(Mailbox(server, LEAD)),
        lambda: repr(Webhook("https://example.org/secret-path", SECRET)),
        lambda: Mailbox(server, LEAD).target,
    ]
    for thing in things:
        assert not any(word in thing() for word in ("sesame", LEAD, "secret"))
