"""Ranking technologies, waves and single boards in the queue for capacity, with a look ahead."""

from typing import Annotated

import typer

from console import output, reading
from console.acting import AsOption, IdentityOption
from console.command import group
from console.ending import NotDone
from console.finding import find_rollout, find_technology
from console.output import OutputOption, example
from console.turning import Asked, Change, PreviewOption, Scene, WhyOption, turn

app = group("Rank technologies, waves and boards.")

TechnologyArgument = Annotated[
    str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug, such as ccbt-perinatal.")
]
NumberArgument = Annotated[
    int,
    typer.Argument(metavar="N", min=1, max=1000, help="Its rank: the lower, the sooner; 100 is ordinary."),
]
BoardsOption = Annotated[
    list[str] | None,
    typer.Option("--board", help="Only the rollout at this board, such as fife; may be given several times."),
]
WaveOption = Annotated[str | None, typer.Option("--wave", help="Only the rollouts of this wave.")]


@app.command(
    epilog=example(
        "technology reprioritise ccbt-perinatal 10 --preview",
        'technology reprioritise ccbt-perinatal 5 --wave wave-2 --reason "Demand" --as national-advisor',
    )
)
def reprioritise(
    technology: TechnologyArgument,
    number: NumberArgument,
    reason: WhyOption = None,
    board: BoardsOption = None,
    wave: WaveOption = None,
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Rank a technology, one of its waves or single boards in the queue for capacity."""
    rank(technology, number, board, wave, Asked(reason, preview, acting_as, identity, form))


def rank(
    technology: str,
    number: int,
    board: list[str] | None,
    wave: str | None,
    asked: Asked,
) -> None:
    """Rank a technology or some of its boards' rollouts, or show what that would do."""

    async def make(scene: Scene) -> Change:
        from domain.office_commands import SetPriority

        boards = await _chosen(scene.connection, technology, tuple(board or ()), wave)
        command = SetPriority(
            actor=scene.actor, technology=technology, boards=boards, priority=number, reason=scene.reason
        )
        where = f" at {', '.join(boards)}" if boards else ""
        return Change(scene.office, "set_priority", command, f"{technology}{where} has priority {number}.")

    turn(make, None, asked)


async def _chosen(
    connection: reading.Connection, technology: str, boards: tuple[str, ...], wave: str | None
) -> tuple[str, ...]:
    """The boards that are meant: those named, or those of a wave; none means the technology."""
    from catalogue.queries.technologies import list_waves

    await find_technology(connection, technology)
    if boards and wave is not None:
        raise NotDone(f"Name either boards or the wave {wave}, and not both.")
    for board in boards:
        await find_rollout(connection, technology, board)
    if wave is None:
        return tuple(dict.fromkeys(boards))
    waves = {it.name: it.boards for it in await list_waves(connection, technology)}
    if wave not in waves:
        raise NotDone(f'{technology} has no wave "{wave}": choose from {", ".join(waves)}.')
    return waves[wave]
