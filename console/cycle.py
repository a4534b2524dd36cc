"""Tests of change within a proof of concept: plan, do, study and act, in small cycles."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, IdentityOption, ReasonOption
from console.command import group
from console.desk import Desk, at_desk
from console.finding import find_board, find_started_rollout, find_technology
from console.options import (
    BoardFilter,
    DatedOption,
    ExpiresOption,
    FindingOption,
    SourceOption,
    StatementOption,
    TechnologyFilter,
)
from console.output import OutputOption, Styled, example, minute
from console.words import read_slug

if TYPE_CHECKING:
    from catalogue.rows.evidence import Trial

app = group("Test changes in a proof of concept: plan, study and decide.")

Technology = Annotated[str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug.")]
Board = Annotated[str, typer.Argument(metavar="BOARD", help="The pilot board's slug.")]
Name = Annotated[str, typer.Argument(metavar="CYCLE", help="The test of change's own slug.")]


class Verdict(StrEnum):
    """What becomes of a change that was tried."""

    ADOPT = "adopt"
    ADAPT = "adapt"
    ABANDON = "abandon"


@app.command("list", epilog=example("cycle list --board forth-valley"))
def list_(
    technology: TechnologyFilter = None,
    board: BoardFilter = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """List the tests of change with what became of them."""

    async def look(connection: reading.Connection) -> "tuple[Trial, ...]":
        from catalogue.queries.evidence import list_trials

        if technology:
            await find_technology(connection, technology)
        if board:
            await find_board(connection, board)
        return await list_trials(connection, technology=technology, board=board)

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    output.print_table(
        ("Cycle", "~Tried and expected", "~Stands"),
        [
            (
                (Styled(it.trial, "bold"), Styled(f"{it.technology} at {it.board}", "dim")),
                (it.title, Styled(f"{it.priority}: {it.prediction}", "dim")),
                _stands(it),
            )
            for it in found
        ],
        empty="No change has been tested.",
    )


def _stands(it: "Trial") -> "str | Styled | tuple[str | Styled, ...]":
    if it.decided is not None:
        return (
            f"{it.verdict} {minute(it.decided.at)}",
            Styled(f"{it.decided.name}: {it.decided.reason}", "dim"),
        )
    if it.found is not None:
        return ("to be decided", Styled(it.found, "dim"))
    return Styled("to be studied", "yellow")


@app.command(
    epilog=example(
        "cycle start ccbt-perinatal fife evening-calls --title 'Calls in the evening' \\",
        '      --priority engagement --prediction "Two of three finish instead of half" \\',
        "      --as board-lead@fife",
    )
)
def start(
    technology: Technology,
    board: Board,
    cycle: Name,
    title: Annotated[str, typer.Option("--title", help="What is tried.")],
    priority: Annotated[str, typer.Option("--priority", help="The test-and-learn priority that it serves.")],
    prediction: Annotated[str, typer.Option("--prediction", help="What you expect, said beforehand.")],
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Plan: say what is tried and what you expect."""
    slug, serves = read_slug("a test of change", cycle), read_slug("a priority", priority)

    async def send(desk: Desk) -> None:
        from domain.learning import StartTrial

        stream = (await find_started_rollout(desk.connection, technology, board)).stream
        command = StartTrial(
            actor=desk.actor, trial=slug, title=title, priority=serves, prediction=prediction
        )
        await desk.send(stream, "start_trial", command)

    from console.written import check_line

    check_line("title", title)
    at_desk(acting_as, identity, send, title=title, prediction=prediction)
    output.write(f'The test of change "{slug}" has begun: try it, then bring what was found.')


@app.command(
    epilog=example(
        "cycle study ccbt-perinatal fife evening-calls --dated 2026-11-20 \\",
        '      --statement "21 of 34 finished" --source "Platform report 12" --as board-lead@fife',
    )
)
def study(
    technology: Technology,
    board: Board,
    cycle: Name,
    statement: StatementOption,
    source: SourceOption,
    dated: DatedOption,
    expires: ExpiresOption = None,
    finding: FindingOption = None,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Study: bring what was found, to be held against what was expected."""
    from console.written import compose

    slug = read_slug("a test of change", cycle)
    found = compose(slug, statement, source, dated, expires, finding)

    async def send(desk: Desk) -> None:
        from domain.learning import StudyTrial

        stream = (await find_started_rollout(desk.connection, technology, board)).stream
        await desk.send(stream, "study_trial", StudyTrial(actor=desk.actor, trial=slug, evidence=found))

    at_desk(acting_as, identity, send)
    output.write(f'The test of change "{slug}" is studied: adopt, adapt or abandon the change.')


@app.command(
    epilog=example(
        'cycle decide ccbt-perinatal fife evening-calls adopt --reason "As expected" --as board-lead@fife'
    )
)
def decide(
    technology: Technology,
    board: Board,
    cycle: Name,
    verdict: Annotated[Verdict, typer.Argument(metavar="adopt|adapt|abandon", help="What becomes of it.")],
    reason: ReasonOption,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Act: adopt, adapt or abandon the change. That ends this cycle."""
    slug = read_slug("a test of change", cycle)

    async def send(desk: Desk) -> None:
        from domain import learning

        stream = (await find_started_rollout(desk.connection, technology, board)).stream
        command = learning.DecideTrial(
            actor=desk.actor, trial=slug, verdict=learning.Verdict(verdict), reason=reason
        )
        await desk.send(stream, "decide_trial", command)

    at_desk(acting_as, identity, send, reason=reason)
    output.write(f'The test of change "{slug}" ended with "{verdict}".')
