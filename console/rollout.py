"""Rollouts: where each board stands with each technology."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.command import group
from console.ending import NotDone, suggest
from console.finding import find_board, find_rollout, find_technology, see
from console.output import OutputOption, Styled, example, minute

if TYPE_CHECKING:
    from catalogue.rows.cards import RolloutCard
    from catalogue.rows.journeys import Rollout

app = group("See where each board stands with each technology.")


@app.command("list", epilog=example("rollout list --technology ccbt-perinatal", "rollout list --board fife"))
def list_(
    technology: Annotated[str | None, typer.Option(help="Only of this technology.")] = None,
    board: Annotated[str | None, typer.Option(help="Only at this board.")] = None,
    stage: Annotated[str | None, typer.Option(help="Only in this stage, such as replication.")] = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """List the rollouts, also those that are only planned."""

    async def look(connection: reading.Connection) -> "tuple[Rollout, ...]":
        from catalogue.queries.coverage import STAGES
        from catalogue.queries.rollouts import list_rollouts

        if technology:
            await find_technology(connection, technology)
        if board:
            await find_board(connection, board)
        if stage and stage not in STAGES:
            hint = suggest(stage, STAGES) or f"choose from {', '.join(STAGES)}."
            raise NotDone(f'There is no stage "{stage}": {hint}')
        return await list_rollouts(connection, technology=technology, board=board, stage=stage)

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    from console import page

    page.rollouts(found, with_technology=technology is None)


@app.command(epilog=example("rollout show ccbt-perinatal fife"))
def show(
    technology: Annotated[str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug.")],
    board: Annotated[str, typer.Argument(metavar="BOARD", help="The board's slug.")],
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Show one board's rollout, its plan and what it waits for."""

    async def look(connection: reading.Connection) -> "RolloutCard":
        from catalogue.queries.rollouts import show_rollout

        await find_rollout(connection, technology, board)
        card = await show_rollout(connection, technology, board)
        if card is None:
            raise NotDone(f"There is no rollout of {technology} at {board}: {see('rollout list')}")
        return card

    card = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(card)
        return
    _draw(card)


def _draw(card: "RolloutCard") -> None:
    from console import halts, page, tasks, versions
    from console.technology import held

    it = card.rollout
    output.heading(f"{card.title} at {it.board}")
    output.print_facts(
        (
            ("Stage", f"{it.stage} since {minute(it.since)}" if it.since else it.stage),
            ("Status", output.rag(it.rag)),
            *held(it.paused, it.stopped),
            ("Wave", it.wave or ""),
            ("Pilot", f"yes, in cycle {it.cycle} of test and learn" if it.pilot else ""),
            ("Version", f"of the technology: {it.version}" if it.version else ""),
            ("Playbook", f"version {it.playbook} of {it.latest}" if it.playbook else ""),
            ("", versions.offered(it)),
            ("Held up", Styled(it.held_up, "bold red")),
            ("Slot", f"{it.slot} since {minute(it.slot_since)}" if it.slot else ""),
            ("Plan", f"{it.plan} {page.bar(it.closed, it.total)}" if it.plan else ""),
        )
    )
    halts.draw(() if it.stopped else card.halts)
    if card.tasks:
        output.heading("Tasks of the plan")
        tasks.draw_plan(card.tasks)
    page.workstreams(card.workstreams)
    page.awaits(card.awaits)
    page.barriers(card.barriers)
    page.gates(card.gates)
    page.waits(card.waits)
    page.decisions(card.decisions)
    page.steering(card.steering)
