"""The inbox: what waits on somebody in the role and at the boards in which they act."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, check_claim, read_claim
from console.command import single
from console.finding import find_technology
from console.options import TechnologyFilter
from console.output import Cell, OutputOption, Styled, due, example, minute

if TYPE_CHECKING:
    from catalogue.rows.work import Wait

app = single()

SHOWN = 25
"""How many matters the table lists unless all are asked for."""

VERBS = {
    "barrier": "barrier show",
    "step": "task show",
    "evidence": "evidence show",
}


@app.command(
    epilog=example("inbox --as board-lead@fife", "inbox --as national-advisor --technology ccbt-perinatal")
)
def inbox(
    technology: TechnologyFilter = None,
    everything: Annotated[bool, typer.Option("--all", help="All of it, however much it is.")] = False,
    form: OutputOption = output.Format.TABLE,
    acting_as: AsOption = None,
) -> None:
    """Show what waits on you: decisions, objections, barriers and tasks, in the order of what matters.

    A board's roles see their board; national roles see everything that waits on that role.
    """
    claim = read_claim(acting_as)

    async def look(connection: reading.Connection) -> "tuple[Wait, ...]":
        from catalogue.queries.waits import list_waits
        from domain.inbox import in_order

        await check_claim(connection, claim)
        if technology:
            await find_technology(connection, technology)
        found = [
            wait
            for role in claim.roles
            for wait in await list_waits(connection, technology=technology, on=role)
            if claim.boards is None or wait.board in claim.boards
        ]
        return in_order(found)

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    shown = found if everything else found[:SHOWN]
    output.print_table(
        ("~What waits on you", "~Where", "Due"),
        [
            (
                (it.what, Styled(_how(it), "dim")),
                (_where(it), Styled(f"{it.kind}, {it.on}", "dim")),
                _time(it),
            )
            for it in shown
        ],
        empty="Nothing waits on you.",
    )
    if len(shown) < len(found):
        output.write(f"and {len(found) - len(shown)} more: add --all to see them.")


def _where(it: "Wait") -> str:
    technology = it.stream.split("/")[1]
    return f"{technology} at {it.board}" if it.board else technology


def _how(it: "Wait") -> str:
    """The command with which to look at it."""
    technology = it.stream.split("/")[1]
    place = f"{technology} {it.board}" if it.board else technology
    if it.kind in VERBS and it.name:
        return f"{VERBS[it.kind]} {it.name}"
    if it.kind == "change":
        return f"playbook changes {technology}"
    if it.kind == "offer":
        return f"playbook migrate {technology} --board {it.board} --preview"
    return f"gate show {place}"


def _time(it: "Wait") -> Cell:
    if it.due is None:
        return Styled(f"since {minute(it.since)}" if it.since else "", "dim")
    return Styled(f"late, {due(it.due)}", "bold red") if it.overdue else due(it.due)
