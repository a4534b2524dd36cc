"""Gates: the decisions that wait, the evidence they rest on, and taking them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from console import deciding, matters, output, reading
from console.command import group
from console.finding import find_board, find_role, find_stream, find_technology
from console.options import BoardFilter, TechnologyFilter
from console.output import OutputOption, example

if TYPE_CHECKING:
    from catalogue.rows.decisions import Condition
    from catalogue.rows.work import Decision, Gate
    from console.judging import Judged

app = group("See the decisions that wait, and take them.")


@dataclass(frozen=True)
class Look:
    """What `gate show` answers.

    Attributes:
        gates: The gates that wait, with how their criteria are answered now.
        conditions: What gates were passed on.
        decisions: What was decided before.
    """

    gates: "tuple[Judged, ...]"
    conditions: "tuple[Condition, ...]"
    decisions: "tuple[Decision, ...]"


@app.command("list", epilog=example("gate list --role national-advisor", "gate list --board fife"))
def list_(
    technology: TechnologyFilter = None,
    board: BoardFilter = None,
    role: Annotated[str | None, typer.Option(help="Only those in which this role has a say.")] = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """List the gates that wait for a decision. Those to be decided again are marked."""

    async def look(connection: reading.Connection) -> "tuple[Gate, ...]":
        from catalogue.queries.gates import list_gates

        if technology:
            await find_technology(connection, technology)
        if board:
            await find_board(connection, board)
        found = await list_gates(connection, technology=technology, board=board, role=role)
        if role and not found:
            await find_role(connection, role)
        return found

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    from console import gates

    gates.draw_list(found)


@app.command(epilog=example("gate show ccbt-perinatal", "gate show ccbt-perinatal fife"))
def show(
    technology: Annotated[str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug.")],
    board: Annotated[
        str | None, typer.Argument(metavar="[BOARD]", help="The board, for a gate of its rollout.")
    ] = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Show the gates that wait, with evidence and votes. Past decisions come below."""
    now = datetime.now(UTC)

    async def look(connection: reading.Connection) -> Look:
        from catalogue.queries.gates import list_decisions, list_gates
        from catalogue.queries.terms import list_conditions
        from console.judging import judged

        stream = await find_stream(connection, technology, board)
        waiting = await list_gates(connection, stream=stream)
        return Look(
            await judged(connection, stream, waiting, now),
            await list_conditions(connection, stream=stream),
            await list_decisions(connection, stream=stream),
        )

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    _draw(found, f"{technology}{f' at {board}' if board else ''}", now)


def _draw(found: Look, place: str, now: datetime) -> None:
    from console import gates, page

    if not found.gates:
        output.write(f"No gate of {place} waits for a decision.")
    for each in found.gates:
        gates.draw(each, now)
    gates.draw_conditions(found.conditions)
    page.decisions(found.decisions, in_full=True)


app.take(deciding.app, matters.app)
