"""Technologies: proposing one, looking at it, and steering it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, NameOption, ReasonOption
from console.command import group
from console.desk import Desk, at_desk
from console.ending import NotDone
from console.finding import find_stream, find_technology
from console.output import OutputOption, Styled, counted, day, example, minute

if TYPE_CHECKING:
    from catalogue.rows.cards import TechnologyCard
    from catalogue.rows.journeys import Hold, Technology, Wave

app = group("Propose, see and steer technologies.")

Slug = Annotated[
    str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug, such as ccbt-perinatal.")
]
BoardOption = Annotated[
    str | None, typer.Option("--board", help="Only the rollout at this board, such as fife.")
]


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
    name: NameOption = None,
) -> None:
    """Begin a technology's life. From then on its tasks open, its boards follow and its gates ask."""
    from console import proposal

    prepared = proposal.read(file, day_length)

    async def begin(desk: Desk) -> "TechnologyCard":
        return await proposal.begin(desk, prepared)

    card = at_desk(acting_as, name, begin)
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
    return f"{technology.stage}, paused" if technology.paused else technology.stage


@app.command(epilog=example("technology show ccbt-perinatal"))
def show(technology: Slug, form: OutputOption = output.Format.TABLE) -> None:
    """Show one technology: its boards, tracks, waves and decisions."""
    from console import page

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
            ("Playbook", f"version {it.playbook}" if it.playbook else "not yet published"),
            ("Boards", f"{it.boards_live} of {it.boards} at business as usual"),
            ("Tasks", f"{it.open} open, {it.overdue} overdue"),
        )
    )
    page.waves(card.waves)
    page.rollouts(card.rollouts, with_technology=False)
    page.workstreams(card.workstreams)
    for gate in card.gates:
        page.gate(gate)
    page.decisions(card.decisions)
    page.steering(card.steering)


def held(paused: "Hold | None", stopped: "Hold | None") -> list[tuple[str, Styled]]:
    """The pause in force and the end, as facts."""
    return [
        (name, Styled(f"{minute(hold.at)} by {hold.name} ({hold.role}): {hold.reason}", style))
        for name, hold, style in (("Paused", paused, "yellow"), ("Stopped", stopped, "red"))
        if hold is not None
    ]


@app.command(
    epilog=example(
        'technology pause ccbt-perinatal --reason "Supplier incident under review" --as national-advisor',
        'technology pause ccbt-perinatal --board fife --reason "Two posts are vacant" --as board-lead@fife',
    )
)
def pause(
    technology: Slug,
    reason: ReasonOption,
    board: BoardOption = None,
    acting_as: AsOption = None,
    name: NameOption = None,
) -> None:
    """Pause a technology, or its rollout at one board. Nothing moves then, and due dates move with it."""
    steer("pause", technology, board, reason, acting_as, name)


@app.command(
    epilog=example('technology resume ccbt-perinatal --reason "The incident is closed" --as national-advisor')
)
def resume(
    technology: Slug,
    reason: ReasonOption,
    board: BoardOption = None,
    acting_as: AsOption = None,
    name: NameOption = None,
) -> None:
    """Go on after a pause."""
    steer("resume", technology, board, reason, acting_as, name)


@app.command(
    epilog=example(
        'technology stop ccbt-perinatal --board orkney --reason "Served from Highland" --as national-advisor'
    )
)
def stop(
    technology: Slug,
    reason: ReasonOption,
    board: BoardOption = None,
    acting_as: AsOption = None,
    name: NameOption = None,
) -> None:
    """End a technology, or one board's rollout, for good. What was done stays on record."""
    steer("stop", technology, board, reason, acting_as, name)


PAST = {"pause": "is paused", "resume": "goes on", "stop": "is stopped for good"}


def steer(
    act: str, technology: str, board: str | None, reason: str, acting_as: str | None, name: str | None
) -> None:
    """Pause, resume or stop a technology or one of its rollouts."""

    async def send(desk: Desk) -> None:
        from domain import steering

        stream = await find_stream(desk.connection, technology, board)
        command = {"pause": steering.Pause, "resume": steering.Resume, "stop": steering.Stop}[act]
        await desk.send(stream, act, command(actor=desk.actor, reason=reason))

    at_desk(acting_as, name, send, reason=reason)
    output.write(f"{technology}{f' at {board}' if board else ''} {PAST[act]}.")


@app.command(
    epilog=example(
        "technology reorder ccbt-perinatal --wave fife,grampian --wave lanarkshire,shetland \\",
        '      --reason "Two boards at a time" --as national-advisor',
    )
)
def reorder(
    technology: Slug,
    reason: ReasonOption,
    wave: Annotated[
        list[str],
        typer.Option(
            "--wave",
            metavar="BOARD,BOARD",
            help="The boards of a wave; once for each wave, in the order of their release.",
        ),
    ],
    acting_as: AsOption = None,
    name: NameOption = None,
) -> None:
    """Put the boards still to be released into other waves. Name every one of them, in the new order."""
    wanted = [tuple(word.strip().lower() for word in each.split(",") if word.strip()) for each in wave]

    async def send(desk: Desk) -> "tuple[Wave, ...]":
        from catalogue.queries.technologies import list_waves
        from console.finding import find_board
        from domain.names import technology_id
        from domain.proposal import Wave as NewWave
        from domain.technology import ReorderWaves

        await find_technology(desk.connection, technology)
        for board in (board for boards in wanted for board in boards):
            await find_board(desk.connection, board)
        if not all(wanted):
            raise NotDone("A wave holds no board: name its boards, such as --wave fife,grampian.")
        taken = {existing.name for existing in await list_waves(desk.connection, technology)}
        names = _free_names(taken, len(wanted))
        waves = tuple(NewWave(name=new, boards=boards) for new, boards in zip(names, wanted, strict=True))
        await desk.send(
            technology_id(technology),
            "reorder_waves",
            ReorderWaves(actor=desk.actor, waves=waves, reason=reason),
        )
        return await list_waves(desk.connection, technology)

    from console import page

    page.waves(at_desk(acting_as, name, send, reason=reason))


def _free_names(taken: set[str], number: int) -> list[str]:
    names: list[str] = []
    count = 1
    while len(names) < number:
        if (candidate := f"wave-{count}") not in taken:
            names.append(candidate)
        count += 1
    return names
