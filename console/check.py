"""Governance checks: what has to be signed, who signs, and signing it."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, IdentityOption
from console.command import group
from console.desk import Desk, at_desk
from console.ending import NotDone, suggest
from console.finding import find_board, find_stream, find_technology
from console.moments import read_day, today
from console.options import BoardFilter, DatedOption, SourceOption, StatementOption, TechnologyFilter
from console.output import OutputOption, example
from console.words import Place, read_place, read_slug

if TYPE_CHECKING:
    from catalogue.rows.evidence import Check

app = group("See which governance checks have to be signed, and sign them.")


class Signature(StrEnum):
    """How a check can be signed."""

    ACCEPTED = "accepted"
    CONDITIONAL = "conditional"
    REFUSED = "refused"


@app.command("list", epilog=example("check list --technology ccbt-perinatal", "check list --board fife"))
def list_(
    technology: TechnologyFilter = None,
    board: BoardFilter = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """List the checks that have to be signed, with their signatures."""

    async def look(connection: reading.Connection) -> "tuple[Check, ...]":
        from catalogue.queries.evidence import list_checks

        if technology:
            await find_technology(connection, technology)
        if board:
            await find_board(connection, board)
        return await list_checks(connection, today=today(), technology=technology, board=board)

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    from console import register

    register.draw_checks(found)


@app.command(
    epilog=example(
        "check sign ccbt-perinatal fife dpia accepted --dated 2026-11-20 \\",
        '      --statement "All risks are treated" --source "DPIA register 14/2026" \\',
        "      --as information-governance-lead@fife",
    )
)
def sign(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="TECHNOLOGY [BOARD] CHECK accepted|conditional|refused",
            help="Which check, and how it is signed; the board only for a check of its rollout.",
        ),
    ],
    statement: StatementOption,
    source: SourceOption,
    dated: DatedOption,
    terms: Annotated[
        str, typer.Option("--terms", help="On what terms, where it is signed conditionally.")
    ] = "",
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Sign a check, on terms or not, or refuse it. A signature before it no longer counts."""
    place, (check, verdict) = read_place(words, "CHECK", "|".join(Signature))
    if verdict not in list(Signature):
        raise NotDone(f'A check is not signed "{verdict}": {suggest(verdict, list(Signature))}')

    async def send(desk: Desk) -> str:
        from domain.evidence import SignCheck, Verdict

        stream = await find_stream(desk.connection, place.technology, place.board)
        await _check_place(desk.connection, place, slug)
        command = SignCheck(
            actor=desk.actor,
            check=slug,
            verdict=Verdict(verdict),
            terms=terms,
            statement=statement,
            source=source,
            dated=day,
        )
        await desk.send(stream, "sign_check", command)
        return await _signed(desk, stream, slug)

    slug, day = read_slug("a check", check), read_day("The day of the signature", dated)
    output.write(at_desk(acting_as, identity, send, statement=statement, source=source, terms=terms))


async def _check_place(connection: reading.Connection, place: Place, check: str) -> None:
    """Return if a check of that name is signed there, or nowhere.

    Raises:
        NotDone: It is signed elsewhere.
    """
    from catalogue.queries.evidence import list_checks

    known = await list_checks(connection, today=today(), technology=place.technology)
    where = [it.board for it in known if it.check == check]
    if not where or place.board in where:
        return
    boards = [board for board in where if board is not None]
    if not boards:
        raise NotDone(f'The check "{check}" is signed once for the whole country: leave out the board.')
    few = 3
    more = f" and {len(boards) - few} other boards" if len(boards) > few else ""
    raise NotDone(
        f'The check "{check}" is signed by each board: name one of {", ".join(boards[:few])}{more}.'
    )


async def _signed(desk: Desk, stream: str, check: str) -> str:
    """What the catalogue says of the signature now."""
    from catalogue.queries.evidence import list_checks
    from console import register

    found = next(
        it for it in await list_checks(desk.connection, today=today(), stream=stream) if it.check == check
    )
    return register.signed_in_words(found)
