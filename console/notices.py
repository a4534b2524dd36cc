"""Notices: what people were told of what waits for them, whether it reached them, and trying it out."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, IdentityOption
from console.command import group
from console.desk import Desk, at_desk
from console.ending import NotDone, suggest
from console.finding import find_board, find_programme
from console.options import BoardFilter
from console.output import OutputOption, Styled, counted, example, minute

if TYPE_CHECKING:
    from catalogue.rows.notices import Notice
    from domain.reminders import Recipient

app = group("Read what people were told of what waits for them, and see whether it reaches them.")

PATIENCE = 20.0
"""Seconds to wait until a test notice has arrived; it goes on being tried afterwards."""

LOOK_EVERY = 0.2

STATES = {
    "sent": "green",
    "waiting": "yellow",
    "undeliverable": "bold red",
    "unaddressed": "dim",
}

NoticeId = Annotated[
    str, typer.Argument(metavar="NOTICE", help="The notice's name, such as board-lead@fife/12.")
]


@app.command(
    "list",
    epilog=example("notices list --role board-lead --board fife", "notices list --undelivered"),
)
def list_(
    role: Annotated[str | None, typer.Option("--role", help="Only for this role.")] = None,
    board: BoardFilter = None,
    undelivered: Annotated[
        bool, typer.Option("--undelivered", help="Only what has not reached anybody.")
    ] = False,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """List the notices, the newest first: for whom each is, and whether it arrived."""

    async def look(connection: reading.Connection) -> "tuple[Notice, ...]":
        from catalogue.queries.notices import UNDELIVERED, list_notices

        if board:
            await find_board(connection, board)
        if role:
            await _check_role(connection, role)
        states = UNDELIVERED if undelivered else None
        return await list_notices(connection, role=role, board=board, states=states)

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    output.print_table(
        ("Notice", "Written", "~Says", "~State"),
        [(it.id, minute(it.written), _says(it), _state(it)) for it in found],
        empty="No notice.",
    )


def _says(it: "Notice") -> output.Cell:
    from domain.notice_text import Notice, subject_of

    told = subject_of(Notice.model_validate(it.content)).removeprefix("Cairn: ")
    return told.rpartition(" - ")[0] or "a test"


def _state(it: "Notice") -> output.Cell:
    tried = f"tried {counted(it.attempts, 'time')}" if it.attempts > 1 or it.state == "waiting" else ""
    doubts = f"{it.doubts} of these may have arrived" if it.doubts else ""
    notes = [note for note in (tried, doubts, it.trouble or "") if note]
    return (Styled(it.state, STATES.get(it.state, "")), *(Styled(note, "dim") for note in notes))


@app.command(epilog=example("notices show board-lead@fife/12"))
def show(notice: NoticeId, form: OutputOption = output.Format.TABLE) -> None:
    """Show one notice as it is sent, with what became of it."""

    async def look(connection: reading.Connection) -> "tuple[Notice, str]":
        found = await _find(connection, notice)
        return found, await _text(connection, found)

    found, text = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    output.print_facts((("Notice", found.id), ("Written", minute(found.written)), ("State", _state(found))))
    output.write()
    output.write(text)


async def _text(connection: reading.Connection, found: "Notice") -> str:
    from catalogue.queries.entities import list_entities
    from domain.calendar import Calendar
    from domain.notice_text import Notice, body_of
    from domain.reminders import Policy

    policies = [it for it in await list_entities(connection, kind="policy") if it.id == found.programme]
    calendar = Policy.model_validate(policies[0].data).calendar if policies else Calendar()
    return body_of(Notice.model_validate(found.content), calendar.at(found.board))


@app.command("test", epilog=example("notices test --to board-lead@fife --as board-lead@fife"))
def try_out(
    to: Annotated[str, typer.Option("--to", metavar="ROLE[@BOARD]", help="The recipient to try.")],
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Send a notice that only tries whether notices reach somebody."""

    async def send(desk: Desk) -> "Notice":
        from domain.names import notices_id
        from domain.noticing import TestNotice

        recipient = await _recipient(desk.connection, to)
        programme = await find_programme(desk.connection)
        command = TestNotice(actor=desk.actor, role=recipient.role, board=recipient.board)
        sent = await desk.ask(notices_id(programme.slug), "test_notice", command, str)
        return await _see_settled(desk.connection, sent)

    _tell(at_desk(acting_as, identity, send))


@app.command(epilog=example("notices send board-lead@fife/12 --as board-lead@fife"))
def send(notice: NoticeId, acting_as: AsOption = None, identity: IdentityOption = None) -> None:
    """Deliver a notice again that could not be delivered, once what was in the way is mended."""

    async def order(desk: Desk) -> "Notice":
        from domain.names import notices_id
        from domain.noticing import SendAgain

        found = await _find(desk.connection, notice)
        command = SendAgain(actor=desk.actor, notice=found.id)
        if not await desk.ask(notices_id(found.programme), "send_again", command, bool):
            raise NotDone(f"{found.id} is {found.state}: only one that could not be delivered is sent again.")
        return await _see_settled(desk.connection, found.id)

    _tell(at_desk(acting_as, identity, order))


def _tell(found: "Notice") -> None:
    match found.state:
        case "sent":
            output.write(f"{found.id} was sent{f'; {found.trouble}' if found.trouble else ''}.")
        case "unaddressed":
            raise NotDone(
                f"{found.id} was written and goes nowhere: name {found.recipient} in the address book that "
                "CAIRN_NOTICES names for the workers."
            )
        case "undeliverable":
            raise NotDone(f"{found.id} cannot be delivered ({found.trouble}): correct the address book.")
        case _:
            why = f" ({found.trouble})" if found.trouble else ""
            output.write(f"{found.id} has not been delivered yet{why}; it goes on being tried.")


async def _see_settled(connection: reading.Connection, notice: str) -> "Notice":
    """The notice once it waits no more, or as it stands when patience ends."""
    found = await _find(connection, notice)
    for _ in range(int(PATIENCE / LOOK_EVERY)):
        if found.state != "waiting":
            break
        await asyncio.sleep(LOOK_EVERY)
        found = await _find(connection, notice)
    return found


async def _find(connection: reading.Connection, notice: str) -> "Notice":
    from catalogue.queries.notices import show_notice

    if (found := await show_notice(connection, notice)) is not None:
        return found
    raise NotDone(f'There is no notice "{notice}": see `python starter.py notices list`.')


async def _recipient(connection: reading.Connection, text: str) -> "Recipient":
    from domain.reminders import Recipient

    recipient = Recipient.parse(text)
    await _check_role(connection, recipient.role)
    if recipient.board is not None:
        await find_board(connection, recipient.board)
    return recipient


async def _check_role(connection: reading.Connection, role: str) -> None:
    from catalogue.queries.entities import list_entities

    known = [it.id for it in await list_entities(connection, kind="role", status="live")]
    if role not in known:
        hint = suggest(role, known) or "see `python starter.py catalogue list --kind role`."
        raise NotDone(f'The programme has no role "{role}": {hint}')
