"""What the notice desk asks and is told: when to look, what waits to be delivered, and who may try it out."""

from datetime import date

from domain.event import Command
from domain.refusal import Refusal
from domain.reminders import Recipient
from domain.steps import check_actor
from domain.value import Fact, Instant, Slug


class Look(Fact):
    """Look for what people have to be told, and write the notices.

    Attributes:
        programme: The programme's slug.
        now: The moment of the look.
        digests_of: The last local day whose digests were written.
    """

    programme: str
    now: Instant
    digests_of: date | None = None


class Looked(Fact):
    """What a look came to.

    Attributes:
        next: When to look again.
        digests_of: The last local day whose digests were written, this one if it was time for them.
        written: How many notices were written.
        waiting: The notices that wait to be delivered, the longest waiting first.
        undeliverable: How many could not be delivered for good in the last weeks.
        rules: Whether the programme has rules for notices at all.
    """

    next: Instant
    digests_of: date | None = None
    written: int = 0
    waiting: tuple[str, ...] = ()
    undeliverable: int = 0
    rules: bool = True


class NoticeCommand(Command):
    """A command to the notice desk."""


class TestNotice(NoticeCommand):
    """Send a notice to somebody that only tries whether notices arrive."""

    __test__ = False  # no test, whatever its name
    role: Slug
    board: Slug | None = None

    @property
    def recipient(self) -> Recipient:
        """Whom it is for."""
        return Recipient(role=self.role, board=self.board)


class SendAgain(NoticeCommand):
    """Deliver a notice that could not be delivered, once the reason is mended."""

    notice: str


def check_notice_command(command: NoticeCommand) -> Refusal | None:
    """Refuse somebody who does not act where the notice is for."""
    match command:
        case TestNotice():
            board, what = command.board, f"A test notice for {command.recipient}"
        case SendAgain():
            board, what = Recipient.parse(command.notice.partition("/")[0]).board, f"Notice {command.notice}"
        case _:
            raise TypeError(f"not a command to the notice desk: {type(command).__name__}")
    return check_actor(command.actor, command.actor.roles, board, what)
