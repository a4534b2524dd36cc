"""Barriers and facilitators: raising them, seeing what may help, and what was tried and how it went."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, IdentityOption, ReasonOption
from console.command import group
from console.desk import Desk, at_desk
from console.ending import NotDone
from console.finding import (
    find_barrier,
    find_board,
    find_category,
    find_role,
    find_technology,
    find_track_or_stream,
)
from console.options import BoardFilter, TechnologyFilter
from console.output import OutputOption, example
from console.words import read_number, read_place, read_slug
from domain.barrier_words import Nature, Outcome, Resolution, Severity

if TYPE_CHECKING:
    from catalogue.rows.barriers import Barrier
    from console.suggesting import Advice
    from domain.record import Receipt

app = group("Raise what hinders or helps, mitigate it, and learn what worked.")

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="The barrier's name, such as ccbt-perinatal/fife/barrier/3.")
]


SeverityOption = Annotated[
    Severity | None,
    typer.Option("--severity", metavar="minor|serious|blocking", help="How much it hinders."),
]
OwnerOption = Annotated[str, typer.Option("--owner", metavar="ROLE", help="The role that sees to it.")]


@app.command(
    "raise",
    epilog=example(
        'barrier raise ccbt-perinatal fife --what "Practices have no time for a visit" \\',
        "      --category relative-priority --severity blocking --step engage-referrers \\",
        '      --owner board-digital-therapy-lead --reason "Six of eight declined" --as board-lead@fife',
    ),
)
def raise_(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="TECHNOLOGY [BOARD]", help="Where it shows: at a board, or in the technology as a whole."
        ),
    ],
    what: Annotated[str, typer.Option("--what", help="What hinders or helps, in a line.")],
    category: Annotated[
        str, typer.Option("--category", help="Its category: `catalogue list --kind barrier` has them.")
    ],
    owner: OwnerOption,
    reason: ReasonOption,
    severity: SeverityOption = None,
    step: Annotated[
        list[str] | None,
        typer.Option("--step", help="A step that it concerns; a blocking barrier holds it. Can be repeated."),
    ] = None,
    helps: Annotated[bool, typer.Option("--helps", help="It helps: a facilitator, of no severity.")] = False,
    evidence: Annotated[
        list[str] | None,
        typer.Option("--evidence", metavar="NAME", help="Evidence that shows it. Can be repeated."),
    ] = None,
    track: Annotated[
        str | None, typer.Option("--track", metavar="AREA", help="In this track, such as adoption.")
    ] = None,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Say what hinders or helps. A blocking barrier holds its steps and keeps every gate there shut."""
    from console.written import check_line

    check_line("barrier", what)
    place, _ = read_place(words)
    slug, steps = read_slug("a category", category), [read_slug("a step", it) for it in step or ()]
    _check_nature(severity, helps=helps)

    async def send(desk: Desk) -> "Barrier":
        from domain import barrier

        stream = await find_track_or_stream(desk.connection, place, track)
        await find_category(desk.connection, slug)
        command = barrier.RaiseBarrier(
            actor=desk.actor,
            nature=Nature.FACILITATOR if helps else Nature.BARRIER,
            what=what.strip(),
            category=slug,
            severity=severity,
            steps=tuple(steps),
            owner=await find_role(desk.connection, owner),
            evidence=tuple(evidence or ()),
            reason=reason,
        )
        receipt = await desk.send(stream, "raise_barrier", command)
        return await _raised_by(desk, receipt)

    raised = at_desk(acting_as, identity, send, reason=reason, what=what)
    output.write(f'{raised.name} is raised: "{raised.what}".')
    if raised.severity == "blocking":
        held = f"holds {', '.join(raised.steps)} and " if raised.steps else ""
        output.write(f"It blocks: it {held}keeps every gate there shut until it is closed.")
    if not helps:
        output.write(f"See what may help with `python starter.py barrier suggest {raised.name}`.")


def _check_nature(severity: Severity | None, *, helps: bool) -> None:
    if helps and severity is not None:
        raise NotDone("What helps has no severity: leave out --severity, or --helps.")
    if not helps and severity is None:
        raise NotDone("A barrier needs a severity: add --severity minor, serious or blocking.")


async def _raised_by(desk: Desk, receipt: "Receipt") -> "Barrier":
    """The barrier that was raised with the events up to this one; others may have raised more since."""
    from catalogue.queries.barriers import list_barriers

    known = await list_barriers(desk.connection, stream=receipt.stream, closed=True)
    return max((it for it in known if it.sequence <= receipt.sequence), key=lambda it: it.sequence)


@app.command("list", epilog=example("barrier list --technology ccbt-perinatal", "barrier list --all"))
def list_(
    technology: TechnologyFilter = None,
    board: BoardFilter = None,
    category: Annotated[str | None, typer.Option("--category", help="Only of this category.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what was closed.")] = False,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """List what hinders and what helps, with what was tried about it."""

    async def look(connection: reading.Connection) -> "tuple[Barrier, ...]":
        from catalogue.queries.barriers import list_barriers

        if technology:
            await find_technology(connection, technology)
        if board:
            await find_board(connection, board)
        if category:
            await find_category(connection, category)
        return await list_barriers(
            connection, technology=technology, board=board, category=category, closed=everything
        )

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    from console import barriers

    barriers.draw_list(found)


@app.command(epilog=example("barrier show ccbt-perinatal/fife/barrier/3"))
def show(name: Name, form: OutputOption = output.Format.TABLE) -> None:
    """Show one barrier with everything that was tried about it."""
    found = reading.ask(lambda connection: find_barrier(connection, name))
    if form is output.Format.JSON:
        output.write_json(found)
        return
    from console import barriers

    barriers.draw_one(found)


@app.command(
    epilog=example(
        "barrier suggest ccbt-perinatal/fife/barrier/3", "barrier suggest --category self-efficacy"
    )
)
def suggest(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The barrier's name.")] = None,
    category: Annotated[
        str | None, typer.Option("--category", help="Of barriers of this category, raised or not.")
    ] = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Suggest what may help, from what experts endorsed and what worked in earlier boards."""
    if (name is None) == (category is None):
        raise NotDone("Name a barrier, or a category with --category: one of the two.")

    async def look(connection: reading.Connection) -> "Advice":
        from console import suggesting

        wanted = category or (await find_barrier(connection, str(name))).category
        return await suggesting.advise(connection, wanted)

    advice = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(advice.suggestions)
        return
    from console import barriers

    barriers.draw_advice(advice)


@app.command(
    epilog=example(
        "barrier mitigate ccbt-perinatal/fife/barrier/3 local-consensus-discussions \\",
        '      --what "Talk at the practice managers\' meeting" --reason "It worked in Tayside" \\',
        "      --as board-digital-therapy-lead@fife",
    )
)
def mitigate(
    name: Name,
    strategy: Annotated[
        str,
        typer.Argument(
            metavar="STRATEGY",
            help="What is done, as a slug: one that was suggested, or a new one of your own.",
        ),
    ],
    what: Annotated[str, typer.Option("--what", help="What is done here, in a line.")],
    reason: ReasonOption,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Try something against a barrier. Why it was expected to help is kept with it."""
    from console.written import check_line

    check_line("mitigation", what)
    slug = read_slug("a strategy", strategy)

    async def send(desk: Desk) -> "Barrier":
        from console import suggesting
        from domain.barrier import MitigateBarrier

        found = await find_barrier(desk.connection, name)
        advice = await suggesting.advise(desk.connection, found.category)
        command = MitigateBarrier(
            actor=desk.actor,
            barrier=found.number,
            strategy=slug,
            what=what.strip(),
            ground=suggesting.ground_of(advice, slug),
            reason=reason,
        )
        await desk.send(found.stream, "mitigate_barrier", command)
        return await find_barrier(desk.connection, name)

    found = at_desk(acting_as, identity, send, reason=reason, what=what)
    begun = found.mitigations[-1]
    output.write(f'Mitigation {begun.number} of {found.name} has begun: "{begun.what}" ({begun.strategy}).')
    output.write(
        f"Say how it ended with `python starter.py barrier outcome {found.name} {begun.number} "
        "worked|helped|failed --reason ...`."
    )


@app.command(
    epilog=example(
        'barrier outcome ccbt-perinatal/fife/barrier/3 1 worked --reason "Seven of eight now see us" \\',
        "      --as board-digital-therapy-lead@fife",
    )
)
def outcome(
    name: Name,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The mitigation's number.")],
    came: Annotated[
        Outcome, typer.Argument(metavar="worked|helped|failed", help="How it ended: it helped somewhat, say.")
    ],
    reason: ReasonOption,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Say how a mitigation ended. The reason says what was seen; later boards are told."""
    attempt = read_number("a mitigation", number)

    async def send(desk: Desk) -> "Barrier":
        from domain import barrier

        found = await find_barrier(desk.connection, name)
        command = barrier.ConcludeMitigation(
            actor=desk.actor,
            barrier=found.number,
            attempt=attempt,
            outcome=came,
            reason=reason,
        )
        await desk.send(found.stream, "conclude_mitigation", command)
        return found

    found = at_desk(acting_as, identity, send, reason=reason)
    output.write(f"Mitigation {attempt} of {found.name} {came}.")
    output.write(
        f"Close it with `python starter.py barrier close {found.name} overcome|accepted|gone --reason ...`, "
        "or try something else."
    )


@app.command(
    epilog=example(
        'barrier close ccbt-perinatal/fife/barrier/3 overcome --reason "Referrals come in" \\',
        "      --as board-digital-therapy-lead@fife",
    )
)
def close(
    name: Name,
    resolution: Annotated[
        Resolution,
        typer.Argument(
            metavar="overcome|accepted|gone",
            help="Something that was tried helped; you go on with it as it is; or it went away by itself.",
        ),
    ],
    reason: ReasonOption,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Close a barrier, once everything that was tried has its outcome. What it held goes on."""

    async def send(desk: Desk) -> "Barrier":
        from domain import barrier

        found = await find_barrier(desk.connection, name)
        command = barrier.CloseBarrier(
            actor=desk.actor,
            barrier=found.number,
            resolution=resolution,
            reason=reason,
        )
        await desk.send(found.stream, "close_barrier", command)
        return found

    found = at_desk(acting_as, identity, send, reason=reason)
    output.write(f"{found.name} is closed as {resolution}.")
    if found.severity == "blocking":
        output.write("What it held goes on.")


@app.command(
    epilog=example(
        "barrier reassess ccbt-perinatal/fife/barrier/3 --severity minor \\",
        '      --reason "Two practices are left" --as board-digital-therapy-lead@fife',
    )
)
def reassess(
    name: Name,
    reason: ReasonOption,
    severity: SeverityOption = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="ROLE", help="The role that sees to it from now on.")
    ] = None,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Say that a barrier hinders more or less than was thought, or that somebody else sees to it."""

    async def send(desk: Desk) -> "Barrier":
        from domain import barrier

        found = await find_barrier(desk.connection, name)
        command = barrier.ReassessBarrier(
            actor=desk.actor,
            barrier=found.number,
            severity=severity,
            owner=None if owner is None else await find_role(desk.connection, owner),
            reason=reason,
        )
        await desk.send(found.stream, "reassess_barrier", command)
        return await find_barrier(desk.connection, name)

    found = at_desk(acting_as, identity, send, reason=reason)
    output.write(f"{found.name} is {found.severity or 'a help'}, and {found.owner} sees to it.")
