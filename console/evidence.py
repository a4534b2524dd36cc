"""Evidence on record: bringing it, withdrawing it, and seeing what rests on it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, IdentityOption, ReasonOption
from console.command import group
from console.desk import Desk, at_desk
from console.finding import find_board, find_evidence, find_stream, find_technology
from console.moments import today
from console.options import (
    BoardFilter,
    DatedOption,
    ExpiresOption,
    FindingOption,
    SourceOption,
    StatementOption,
    TechnologyFilter,
)
from console.output import OutputOption, example
from console.words import read_place, read_slug

if TYPE_CHECKING:
    from catalogue.rows.evidence import Evidence

app = group("Bring evidence, withdraw it, and see what rests on it.")

Ref = Annotated[
    str, typer.Argument(metavar="NAME", help="The evidence's name: ccbt-perinatal/fife/training-record/1.")
]


@app.command(
    "list", epilog=example("evidence list --technology ccbt-perinatal", "evidence list --board fife")
)
def list_(
    technology: TechnologyFilter = None,
    board: BoardFilter = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was superseded, withdrawn, set aside or has expired.")
    ] = False,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """List the evidence on record. Passed gates that rely on it are named."""

    async def look(connection: reading.Connection) -> "tuple[Evidence, ...]":
        from catalogue.queries.evidence import list_evidence

        await _check_filters(connection, technology, board)
        return await list_evidence(
            connection, today=today(), technology=technology, board=board, ended=everything
        )

    _show(reading.ask(look), form, empty="No evidence is on record.")


@app.command(epilog=example("evidence expiring", "evidence expiring --days 30 --board fife"))
def expiring(
    days: Annotated[int, typer.Option("--days", min=0, max=3650, help="Within how many days.")] = 90,
    technology: TechnologyFilter = None,
    board: BoardFilter = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """List the evidence that expires soon or has expired."""
    until = today() + timedelta(days=days)

    async def look(connection: reading.Connection) -> "tuple[Evidence, ...]":
        from catalogue.queries.evidence import list_evidence

        await _check_filters(connection, technology, board)
        found = await list_evidence(
            connection, today=today(), technology=technology, board=board, expiring_by=until
        )
        return tuple(sorted(found, key=lambda it: (it.expires or until, it.ref)))

    _show(reading.ask(look), form, empty=f"No evidence expires by {output.day(until)}.")


async def _check_filters(connection: reading.Connection, technology: str | None, board: str | None) -> None:
    if technology:
        await find_technology(connection, technology)
    if board:
        await find_board(connection, board)


def _show(found: "tuple[Evidence, ...]", form: output.Format, *, empty: str) -> None:
    if form is output.Format.JSON:
        output.write_json(found)
        return
    from console import register

    register.draw_list(found, empty=empty)


@app.command(epilog=example("evidence show ccbt-perinatal/fife/training-record/1"))
def show(ref: Ref, form: OutputOption = output.Format.TABLE) -> None:
    """Show one piece of evidence, with its figures and what relies on it."""

    async def look(connection: reading.Connection) -> "Evidence":
        return await find_evidence(connection, ref)

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    from console import register

    register.draw_one(found)


@app.command(
    epilog=example(
        "evidence add ccbt-perinatal fife training-record --dated 2026-11-20 --finding training.yaml \\",
        '      --statement "41 of 44 staff trained" --source "Training platform report" --as board-lead@fife',
        "evidence add ccbt-perinatal strategic-case --dated 2026-11-20 --as policy-lead \\",
        '      --statement "Approved again" --source "Board minutes" \\',
        "      --supersedes ccbt-perinatal/strategic-case/1",
    )
)
def add(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="TECHNOLOGY [BOARD] ID",
            help="Which evidence, under the name by which a task or a gate asks for it; the board only for "
            "evidence of its rollout.",
        ),
    ],
    statement: StatementOption,
    source: SourceOption,
    dated: DatedOption,
    expires: ExpiresOption = None,
    finding: FindingOption = None,
    supersedes: Annotated[
        str | None,
        typer.Option("--supersedes", metavar="NAME", help="The evidence whose place it takes, by its name."),
    ] = None,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Bring evidence. It can take the place of other evidence."""
    from console.written import compose

    place, (slug,) = read_place(words, "ID")
    brought = compose(read_slug("evidence", slug), statement, source, dated, expires, finding)

    async def send(desk: Desk) -> list[str]:
        from console import aftermath
        from domain.evidence import AddEvidence

        stream = await find_stream(desk.connection, place.technology, place.board)
        old = None if supersedes is None else await find_evidence(desk.connection, supersedes)
        command = AddEvidence(actor=desk.actor, evidence=brought, supersedes=old.ref if old else None)
        receipt = await desk.send(stream, "add_evidence", command)
        return await aftermath.of_bringing(desk.connection, receipt, brought.id, old)

    _tell(at_desk(acting_as, identity, send))


@app.command(
    epilog=example(
        'evidence withdraw ccbt-perinatal/fife/training-record/1 --reason "The report was wrong" \\',
        "      --as board-lead@fife",
    )
)
def withdraw(
    ref: Ref, reason: ReasonOption, acting_as: AsOption = None, identity: IdentityOption = None
) -> None:
    """Say that evidence does not hold. Every gate that relied on it has to be decided again."""

    async def send(desk: Desk) -> list[str]:
        from console import aftermath
        from domain.evidence import WithdrawEvidence

        found = await find_evidence(desk.connection, ref)
        command = WithdrawEvidence(actor=desk.actor, ref=found.ref, reason=reason)
        await desk.send(found.stream, "withdraw_evidence", command)
        return await aftermath.of_withdrawing(desk.connection, found)

    _tell(at_desk(acting_as, identity, send, reason=reason))


def _tell(lines: list[str]) -> None:
    for line in lines:
        output.write(line)
