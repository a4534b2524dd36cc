"""Steering a technology or one board's rollout: pausing, going on, ending, reordering, declaring a change."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import output
from console.acting import AsOption, IdentityOption, ReasonOption
from console.command import group
from console.desk import Desk, at_desk
from console.ending import NotDone
from console.finding import find_stream, find_technology
from console.output import example

if TYPE_CHECKING:
    from catalogue.rows.journeys import Wave

app = group("Steer technologies.")

Slug = Annotated[
    str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug, such as ccbt-perinatal.")
]
BoardOption = Annotated[
    str | None, typer.Option("--board", help="Only the rollout at this board, such as fife.")
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
    identity: IdentityOption = None,
) -> None:
    """Pause a technology, or its rollout at one board. Nothing moves then, and due dates move with it."""
    steer("pause", technology, board, reason, acting_as, identity)


@app.command(
    epilog=example('technology resume ccbt-perinatal --reason "The incident is closed" --as national-advisor')
)
def resume(
    technology: Slug,
    reason: ReasonOption,
    board: BoardOption = None,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Go on after a pause."""
    steer("resume", technology, board, reason, acting_as, identity)


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
    identity: IdentityOption = None,
) -> None:
    """End a technology, or one board's rollout, for good. What was done stays on record."""
    steer("stop", technology, board, reason, acting_as, identity)


PAST = {"pause": "is paused", "resume": "goes on", "stop": "is stopped for good"}


def steer(
    act: str, technology: str, board: str | None, reason: str, acting_as: str | None, identity: str | None
) -> None:
    """Pause, resume or stop a technology or one of its rollouts."""

    async def send(desk: Desk) -> None:
        from domain import steering

        stream = await find_stream(desk.connection, technology, board)
        command = {"pause": steering.Pause, "resume": steering.Resume, "stop": steering.Stop}[act]
        await desk.send(stream, act, command(actor=desk.actor, reason=reason))

    at_desk(acting_as, identity, send, reason=reason)
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
    identity: IdentityOption = None,
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

    page.waves(at_desk(acting_as, identity, send, reason=reason))


def _free_names(taken: set[str], number: int) -> list[str]:
    names: list[str] = []
    count = 1
    while len(names) < number:
        if (candidate := f"wave-{count}") not in taken:
            names.append(candidate)
        count += 1
    return names


@app.command(
    epilog=example(
        'technology change ccbt-perinatal 2 --reason "The risk questions are new" --as national-advisor'
    )
)
def change(
    technology: Slug,
    version: Annotated[
        str, typer.Argument(metavar="VERSION", help="What the version after the change is called.")
    ],
    reason: ReasonOption,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Declare a material change. Gates that asked for evidence about the present version are reopened."""
    from console.written import check_line

    check_line("version", version)

    async def send(desk: Desk) -> list[str]:
        from console import aftermath
        from domain.names import technology_id
        from domain.technology import DeclareChange

        await find_technology(desk.connection, technology)
        command = DeclareChange(actor=desk.actor, version=version, reason=reason)
        await desk.send(technology_id(technology), "declare_change", command)
        return await aftermath.of_change(desk.connection, technology, version.strip())

    for line in at_desk(acting_as, identity, send, reason=reason, version=version):
        output.write(line)
