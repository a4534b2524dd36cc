"""Versions of the playbook: what differs, what one would do at each board, adopting it, what boards teach."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, IdentityOption
from console.command import group
from console.desk import Desk, at_desk
from console.ending import NotDone
from console.output import OutputOption, counted, example

if TYPE_CHECKING:
    from catalogue.rows.work import StepTimes
    from console.migrating import Outcome, Prospect, Target
    from domain.playbook import Edition

app = group("Compare versions and take boards from one to another.")

Technology = Annotated[str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug.")]
VersionOption = typer.Option("--to", min=1, help="Which version; the last one unless given.")


@app.command(epilog=example("playbook diff ccbt-perinatal", "playbook diff ccbt-perinatal --from 1 --to 3"))
def diff(
    technology: Technology,
    before: Annotated[
        int | None, typer.Option("--from", min=1, help="From which version; the one before unless given.")
    ] = None,
    to: Annotated[int | None, VersionOption] = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Show what differs between two versions: steps added, dropped, changed, to be done again, moved."""

    async def look(connection: reading.Connection) -> "list[Edition]":
        from console.migrating import find_editions, find_version

        last = await find_version(connection, technology, to)
        first = before or last - 1
        if first < 1:
            raise NotDone(f"{technology} has only one version of its playbook: there is nothing to compare.")
        return await find_editions(connection, technology, first, last)

    old, new = reading.ask(look)
    from domain.difference import diff_editions

    found = diff_editions(old, new)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    from console import versions

    output.heading(f"{technology}, version {old.version} to version {new.version}")
    versions.draw_diff(old.implementation, new.implementation, found.implementation)
    versions.draw_diff(old.handover, new.handover, found.handover)


@app.command(
    epilog=example(
        "playbook migrate ccbt-perinatal --preview",
        'playbook migrate ccbt-perinatal --reason "It saves the boards a week" --as national-advisor',
        "playbook migrate ccbt-perinatal --board fife --decline \\",
        '      --reason "We go live next week" --as board-lead@fife',
    )
)
def migrate(
    technologies: Annotated[
        list[str], typer.Argument(metavar="TECHNOLOGY...", help="The technology's slug; several at once.")
    ],
    board: Annotated[
        list[str] | None,
        typer.Option("--board", help="Only at this board; once for each. Otherwise at all that replicate."),
    ] = None,
    to: Annotated[int | None, VersionOption] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Only show what would become of each board's steps.")
    ] = False,
    decline: Annotated[bool, typer.Option("--decline", help="Stay on the present version instead.")] = False,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why, in a few words; it stays on the record.")
    ] = None,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Have boards go on by a later version of the playbook. What is done stays done; unsafe is refused."""
    slugs = list(dict.fromkeys(technologies))
    boards = list(dict.fromkeys(board or []))
    if preview:
        _show_prospects(slugs, boards, to, form)
        return
    if reason is None:
        raise NotDone("Say why: add --reason, or --preview to see what would become of each board's steps.")
    why = reason

    async def send(desk: Desk) -> "tuple[Outcome, ...]":
        from console.migrating import decide_all, find_targets

        targets = await find_targets(desk.connection, slugs, boards, to)
        chosen = targets if boards else _within(desk, targets)
        return await decide_all(desk, chosen, why, decline=decline)

    found = at_desk(acting_as, identity, send, reason=why)
    if form is output.Format.JSON:
        output.write_json(found)
    else:
        from console import versions

        versions.draw_outcomes(found, with_technology=len(slugs) > 1)
    _sum_up(found, quiet=form is output.Format.JSON)


def _within(desk: Desk, targets: "tuple[Target, ...]") -> "tuple[Target, ...]":
    """Those of the boards for which somebody acts."""
    return tuple(it for it in targets if desk.actor.covers(it.rollout.board))


def _sum_up(found: "tuple[Outcome, ...]", *, quiet: bool) -> None:
    missed = [it for it in found if it.ending == "not done"]
    if missed:
        raise NotDone(
            f"{len(missed)} of {counted(len(found), 'board')} stay as they were, each for the reason beside "
            "it: the same command may be given again."
        )
    if found and not quiet and all(it.ending == "was already" for it in found):
        output.write("Every board was there already: nothing was left to do.")


def _show_prospects(slugs: list[str], boards: list[str], to: int | None, form: output.Format) -> None:
    async def look(connection: reading.Connection) -> "tuple[Prospect, ...]":
        from console.migrating import find_targets, foresee

        return await foresee(connection, await find_targets(connection, slugs, boards, to))

    found = reading.ask(look)
    if form is output.Format.JSON:
        from console.migrating import as_plain

        output.write_json([as_plain(it) for it in found])
        return
    from console import versions

    versions.draw_prospects(found, with_technology=len(slugs) > 1)


@app.command(epilog=example("playbook durations ccbt-perinatal"))
def durations(technology: Technology, form: OutputOption = output.Format.TABLE) -> None:
    """Show how long boards took for each step, beside what is planned: median and range, without pauses."""

    async def look(connection: reading.Connection) -> "tuple[StepTimes, ...]":
        from catalogue.queries.durations import list_durations
        from console.finding import find_technology

        await find_technology(connection, technology)
        return await list_durations(connection, technology)

    found = reading.ask(look)
    if form is output.Format.JSON:
        from datetime import timedelta

        from console.output import plain

        day = timedelta(days=1)
        times = ("planned", "median", "least", "most")
        rows = [plain(it) for it in found]
        output.write_json(
            [
                {
                    key: value / day if key in times and value is not None else value
                    for key, value in row.items()
                }
                for row in rows
            ]
        )
        return
    from console import versions

    versions.draw_durations(found)
