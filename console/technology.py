"""Technologies: proposing one, looking at it, and steering it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import halting, output, prioritising, reading, replacing, steering
from console.acting import AsOption, IdentityOption
from console.command import group
from console.desk import Desk, at_desk
from console.ending import NotDone
from console.finding import find_technology
from console.output import OutputOption, Styled, counted, day, example, minute

if TYPE_CHECKING:
    from catalogue.rows.cards import TechnologyCard
    from catalogue.rows.journeys import Hold, Technology

app = group("Propose, see and steer technologies.")


@app.command(
    epilog=example(
        "technology propose programme/scotland/technologies/ccbt-perinatal.yaml --as national-advisor"
    )
)
def propose(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The proposal, a YAML file.")],
    day_length: Annotated[
        str | None,
        typer.Option(
            "--day",
            metavar="DURATION",
            help="How long a day of the plans lasts, in ISO 8601: PT24H is real life, PT1S a rehearsal.",
        ),
    ] = None,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Begin a technology's life. From then on its tasks open, its boards follow and its gates ask."""
    from console import proposal

    prepared = proposal.read(file, day_length)

    async def begin(desk: Desk) -> "TechnologyCard":
        return await proposal.begin(desk, prepared)

    card = at_desk(acting_as, identity, begin)
    technology = card.technology
    opened = [task for task in card.tasks if task.status == "open"]
    output.write(
        f"{technology.title} ({technology.slug}) is proposed for {counted(technology.boards, 'board')}."
    )
    output.write(
        f"Next: {counted(len(opened), 'task')} to do, the first is {opened[0].id}." if opened else ""
    )
    output.write(f"See `python starter.py task list --technology {technology.slug}`.")


@app.command("list", epilog=example("technology list", "technology list -o json"))
def list_(form: OutputOption = output.Format.TABLE) -> None:
    """List the technologies with how far each has come."""
    from catalogue.queries.technologies import list_technologies

    found = reading.ask(list_technologies)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    output.print_table(
        ("~Technology", "Stage", "Status", "Live boards", "#Open", "#Late", "Proposed"),
        [
            (
                (Styled(it.slug, "bold"), it.title),
                (state(it), f"since {day(it.since)}"),
                output.rag(it.rag),
                f"{it.boards_live} of {it.boards}",
                str(it.open),
                Styled(str(it.overdue), "bold red" if it.overdue else ""),
                day(it.proposed),
            )
            for it in found
        ],
        empty="No technology has been proposed yet: see `python starter.py technology propose --help`.",
    )


def state(technology: "Technology") -> str:
    """The stage of a technology, or what holds it."""
    if technology.stopped:
        return "stopped"
    if technology.halted:
        return f"{technology.stage}, halted"
    return f"{technology.stage}, paused" if technology.paused else technology.stage


@app.command(epilog=example("technology show ccbt-perinatal"))
def show(technology: steering.Slug, form: OutputOption = output.Format.TABLE) -> None:
    """Show one technology: its boards, tracks, waves and decisions."""
    from console import halts, page, versions

    async def look(connection: reading.Connection) -> "TechnologyCard":
        from catalogue.queries.technologies import show_technology

        await find_technology(connection, technology)
        card = await show_technology(connection, technology)
        if card is None:
            raise NotDone(f'There is no technology "{technology}".')
        return card

    card = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(card)
        return
    it = card.technology
    output.heading(f"{it.title} ({it.slug})")
    output.print_facts(
        (
            ("Summary", it.summary.strip()),
            ("Stage", f"{it.stage} since {minute(it.since)}, cycle {it.cycle} of test and learn"),
            ("Status", output.rag(it.rag)),
            *held(it.paused, it.stopped),
            ("Proposed", f"{minute(it.proposed)} by {it.proposed_by}"),
            ("Version", it.version),
            ("Replaces", it.replaces or ""),
            ("Replaced by", Styled(it.replaced_by or "", "yellow")),
            ("Playbook", f"version {it.playbook}" if it.playbook else "not yet published"),
            ("Boards", f"{it.boards_live} of {it.boards} at business as usual"),
            ("Tasks", f"{it.open} open, {it.overdue} overdue"),
        )
    )
    halts.draw(() if it.stopped else card.halts, card.freezing)
    page.waves(card.waves)
    page.rollouts(card.rollouts, with_technology=False)
    page.workstreams(card.workstreams)
    page.awaits(card.awaits)
    page.held_up(card.rollouts)
    versions.old_versions(card.rollouts)
    page.barriers(card.barriers)
    page.gates(card.gates)
    page.decisions(card.decisions)
    page.steering(card.steering)


def held(paused: "Hold | None", stopped: "Hold | None") -> list[tuple[str, Styled]]:
    """The pause in force and the end, as facts."""
    return [
        (name, Styled(f"{minute(hold.at)} by {hold.name} ({hold.role}): {hold.reason}", style))
        for name, hold, style in (("Paused", paused, "yellow"), ("Stopped", stopped, "red"))
        if hold is not None
    ]


app.take(steering.app, halting.app, replacing.app, prioritising.app)
