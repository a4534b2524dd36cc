"""Steering a technology, a wave, a board or a track: pause, go on, end, add, swap, declare a change."""

from typing import Annotated

import typer

from console import output
from console.acting import AsOption, IdentityOption, ReasonOption
from console.command import group
from console.desk import Desk, at_desk
from console.ending import NotDone
from console.finding import find_started_rollout, find_stream, find_technology, find_track_or_stream
from console.output import OutputOption, example
from console.turning import Asked, Change, PreviewOption, Scene, WhyOption, turn
from console.words import Place, read_slug

app = group("Steer technologies.")

Slug = Annotated[
    str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug, such as ccbt-perinatal.")
]
WaveOption = Annotated[
    str | None, typer.Option("--wave", help="Only this wave, such as national-2016, with all its boards.")
]
BoardOption = Annotated[
    str | None, typer.Option("--board", help="Only the rollout at this board, such as fife.")
]
TrackOption = Annotated[
    str | None,
    typer.Option("--track", metavar="AREA", help="Only this track; with --board a board's."),
]


@app.command(
    epilog=example(
        'technology pause ccbt-perinatal --reason "Supplier incident under review" --as national-advisor',
        'technology pause ccbt-perinatal --board fife --reason "Two posts are vacant" --as board-lead@fife',
        "technology pause ccbt-perinatal --wave national-2016 --preview",
        "technology pause ccbt-perinatal --track infrastructure --board fife --preview",
    )
)
def pause(
    technology: Slug,
    reason: WhyOption = None,
    board: BoardOption = None,
    wave: WaveOption = None,
    track: TrackOption = None,
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Pause a technology, one of its waves, its rollout at one board, or a track.

    Nothing moves then, and due dates move with it. A wave that rests is not released; the next may be.
    """
    steer("pause", technology, (board, wave, track), Asked(reason, preview, acting_as, identity, form))


@app.command(
    epilog=example(
        'technology resume ccbt-perinatal --reason "The incident is closed" --as national-advisor',
        "technology resume ccbt-perinatal --wave national-2016 --preview",
    )
)
def resume(
    technology: Slug,
    reason: WhyOption = None,
    board: BoardOption = None,
    wave: WaveOption = None,
    track: TrackOption = None,
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Go on after a pause: each pause is ended where it was made."""
    steer("resume", technology, (board, wave, track), Asked(reason, preview, acting_as, identity, form))


@app.command(
    epilog=example(
        'technology stop ccbt-perinatal --board orkney --reason "Served from Highland" --as national-advisor',
        "technology stop ccbt-perinatal --wave national-2016 --preview",
    )
)
def stop(
    technology: Slug,
    reason: WhyOption = None,
    board: BoardOption = None,
    wave: WaveOption = None,
    track: TrackOption = None,
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """End a technology, one of its waves, one board's rollout or a track, for good.

    What was done stays on record. Nobody waits any more for what a stopped track was to make ready.
    """
    steer("stop", technology, (board, wave, track), Asked(reason, preview, acting_as, identity, form))


PAST = {"pause": "is paused", "resume": "goes on", "stop": "is stopped for good"}


def steer(
    act: str,
    technology: str,
    part: tuple[str | None, str | None, str | None],
    asked: Asked,
) -> None:
    """Pause, resume or stop a technology, or the board, the wave or the track of it that is named."""
    board, wave, track = part
    if wave is not None and (board is not None or track is not None):
        raise NotDone("Name a board or a wave, and not both; a wave has no tracks of its own.")

    async def make(scene: Scene) -> Change:
        from domain import steering, waves
        from domain.names import technology_id

        if wave is not None:
            of_wave = {"pause": waves.PauseWave, "resume": waves.ResumeWave, "stop": waves.StopWave}[act]
            command = of_wave(actor=scene.actor, wave=read_slug("wave", wave), reason=scene.reason)
            done = f"Wave {wave} of {technology} {PAST[act]}."
            return Change(technology_id(technology), f"{act}_wave", command, done)
        stream = await _find(scene, technology, board, track)
        kind = {"pause": steering.Pause, "resume": steering.Resume, "stop": steering.Stop}[act]
        what = f"{f'Track {track} of ' if track else ''}{technology}{f' at {board}' if board else ''}"
        return Change(stream, act, kind(actor=scene.actor, reason=scene.reason), f"{what} {PAST[act]}.")

    turn(make, technology, asked)


async def _find(scene: Scene, technology: str, board: str | None, track: str | None) -> str:
    """The stream that is steered."""
    if track is None:
        return await find_stream(scene.connection, technology, board)
    await find_technology(scene.connection, technology)
    if board is not None:
        await find_started_rollout(scene.connection, technology, board)
    return await find_track_or_stream(scene.connection, Place(technology, board), track)


@app.command(
    "add-board",
    epilog=example(
        "technology add-board ccbt-perinatal orkney --wave national-2016 --preview",
        "technology add-board ccbt-perinatal orkney --wave late-joiners \\",
        '      --reason "Orkney has found a lead" --as national-advisor',
    ),
)
def add_board(
    technology: Slug,
    board: Annotated[str, typer.Argument(metavar="BOARD", help="A board that takes no part yet.")],
    wave: Annotated[
        str,
        typer.Option(
            "--wave", metavar="WAVE", help="A wave that is still to come, or the name of a new, last one."
        ),
    ],
    reason: WhyOption = None,
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Let a board take part that the plan did not have. It signs the checks that the programme asks of it."""

    async def make(scene: Scene) -> Change:
        from console.finding import find_board
        from console.joining import checks_of
        from domain.names import technology_id
        from domain.waves import AddBoard

        await find_board(scene.connection, board)
        stream = technology_id(technology)
        command = AddBoard(
            actor=scene.actor,
            board=board,
            wave=read_slug("wave", wave),
            checks=checks_of(scene.lives[stream], board),
            reason=scene.reason,
        )
        done = f"{board} takes part in {technology}, in wave {wave}."
        return Change(stream, "add_board", command, done)

    turn(make, technology, Asked(reason, preview, acting_as, identity, form))


@app.command(
    "swap-pilot",
    epilog=example(
        "technology swap-pilot ccbt-perinatal tayside lothian --preview",
        "technology swap-pilot ccbt-perinatal tayside lothian \\",
        '      --reason "Tayside lost its lead" --as national-advisor',
    ),
)
def swap_pilot(
    technology: Slug,
    out: Annotated[str, typer.Argument(metavar="PILOT", help="The pilot that is to be none any more.")],
    into: Annotated[str, typer.Argument(metavar="BOARD", help="The board that tests in its place.")],
    reason: WhyOption = None,
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Let one board test and learn in the place of another, until the scale decision.

    They change places: the pilot waits in the other's wave. What it found stays on record and counts no more.
    """

    async def make(scene: Scene) -> Change:
        from console.finding import find_board
        from domain.names import technology_id
        from domain.waves import SwapPilot

        for each in (out, into):
            await find_board(scene.connection, each)
        command = SwapPilot(actor=scene.actor, out=out, into=into, reason=scene.reason)
        done = f"{into} tests {technology} in the place of {out}."
        return Change(technology_id(technology), "swap_pilot", command, done)

    turn(make, technology, Asked(reason, preview, acting_as, identity, form))


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
