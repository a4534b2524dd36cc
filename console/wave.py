"""Waves: the boards that are released together, and putting those to come into others."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, IdentityOption
from console.command import group
from console.ending import NotDone
from console.finding import find_technology
from console.output import OutputOption, example
from console.turning import Asked, Change, PreviewOption, Scene, WhyOption, turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogue.rows.journeys import Wave
    from domain.proposal import Wave as WaveToCome
    from domain.refusal import Refusal

    Waves = tuple[WaveToCome, ...]

app = group("See the waves of boards, and put those to come into others.")

Technology = Annotated[
    str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug, such as ccbt-perinatal.")
]


@app.command("list", epilog=example("wave list ccbt-perinatal", "wave list ccbt-perinatal -o json"))
def list_(technology: Technology, form: OutputOption = output.Format.TABLE) -> None:
    """List the waves of a technology in the order of their release, with their boards."""
    from console import page

    async def look(connection: reading.Connection) -> "tuple[Wave, ...]":
        from catalogue.queries.technologies import list_waves

        await find_technology(connection, technology)
        return await list_waves(connection, technology)

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    page.waves(found)


@app.command(
    epilog=example(
        "wave split ccbt-perinatal mastermind-2014 --into lanarkshire,grampian --into fife,shetland \\",
        '      --reason "Two trainers at a time" --as national-advisor',
    )
)
def split(
    technology: Technology,
    wave: Annotated[str, typer.Argument(metavar="WAVE", help="A wave that is still to be released.")],
    into: Annotated[
        list[str],
        typer.Option("--into", metavar="BOARD,BOARD", help="The boards of a part; once for each part."),
    ],
    reason: WhyOption = None,
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Cut a wave that is still to be released into parts, which are released one after the other."""
    parts = [tuple(word.strip().lower() for word in each.split(",") if word.strip()) for each in into]

    def regroup(waves: "Waves") -> "Waves | Refusal":
        from domain import regroup as rules

        return rules.split(waves, wave, parts)

    _rearrange(technology, regroup, Asked(reason, preview, acting_as, identity, form))


@app.command(
    epilog=example(
        "wave merge ccbt-perinatal mastermind-2014 national-2016 \\",
        '      --reason "There are slots for all" --as national-advisor',
    )
)
def merge(
    technology: Technology,
    waves: Annotated[
        list[str], typer.Argument(metavar="WAVE WAVE...", help="Waves that are still to be released.")
    ],
    reason: WhyOption = None,
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Make one wave of several that are still to be released."""

    def regroup(found: "Waves") -> "Waves | Refusal":
        from domain import regroup as rules

        return rules.merge(found, waves)

    _rearrange(technology, regroup, Asked(reason, preview, acting_as, identity, form))


@app.command(
    epilog=example(
        "wave reorder ccbt-perinatal national-2016 mastermind-2014 \\",
        '      --reason "The islands asked to go first" --as national-advisor',
    )
)
def reorder(
    technology: Technology,
    waves: Annotated[
        list[str],
        typer.Argument(metavar="WAVE WAVE...", help="Every wave still to be released, in the new order."),
    ],
    reason: WhyOption = None,
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Put the waves that are still to be released into another order."""

    def regroup(found: "Waves") -> "Waves | Refusal":
        from domain import regroup as rules

        return rules.reorder(found, waves)

    _rearrange(technology, regroup, Asked(reason, preview, acting_as, identity, form))


@app.command(
    epilog=example(
        "wave move ccbt-perinatal shetland national-2016 \\",
        '      --reason "Their trainer comes in May" --as national-advisor',
    )
)
def move(
    technology: Technology,
    board: Annotated[str, typer.Argument(metavar="BOARD", help="A board whose wave is still to come.")],
    wave: Annotated[str, typer.Argument(metavar="WAVE", help="The wave that it joins.")],
    reason: WhyOption = None,
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Put one board into another wave that is still to be released."""

    def regroup(found: "Waves") -> "Waves | Refusal":
        from domain import regroup as rules

        return rules.move(found, board, wave)

    _rearrange(technology, regroup, Asked(reason, preview, acting_as, identity, form))


def _rearrange(
    technology: str,
    regroup: "Callable[[Waves], Waves | Refusal]",
    asked: Asked,
) -> None:
    async def make(scene: Scene) -> Change:
        from domain.names import technology_id
        from domain.refusal import Refusal
        from domain.technology import Technology, waves_to_come
        from domain.waves import ReorderWaves

        stream = technology_id(technology)
        state = scene.lives[stream]
        waves = regroup(waves_to_come(state) if isinstance(state, Technology) else ())
        if isinstance(waves, Refusal):
            raise NotDone(waves.message)
        command = ReorderWaves(actor=scene.actor, waves=waves, reason=scene.reason)
        done = f"The waves of {technology} are as you said: see `python starter.py wave list {technology}`."
        return Change(stream, "reorder_waves", command, done)

    turn(make, technology, asked)
