"""The programme office: its capacity in two lanes, who has it, who is next, and unplanned work."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import output, prioritising, reading
from console.acting import AsOption, IdentityOption
from console.command import group
from console.ending import NotDone
from console.finding import find_board, find_programme, find_role
from console.output import OutputOption, example
from console.turning import Asked, Change, PreviewOption, Scene, WhyOption, turn
from console.words import read_slug

if TYPE_CHECKING:
    from catalogue.rows.programmes import Office
    from domain.capacity import Lane

app = group("See who has capacity; set it, rank, and take on work that nobody planned.")

LaneOption = Annotated[str, typer.Option("--lane", help="developing or sustaining.")]
WorkArgument = Annotated[
    str, typer.Argument(metavar="WORK", help="A short name, such as migrate-old-service.")
]
EVERY = "every"


@app.command(epilog=example("programme show"))
def show(form: OutputOption = output.Format.TABLE) -> None:
    """Show both lanes: each limit, what is under way, and who waits for what."""

    async def look(connection: reading.Connection) -> "Office":
        from catalogue.offices import show_office

        found = await show_office(connection, (await find_programme(connection)).slug)
        if found is None:
            raise NotDone("No programme office is open: run `python starter.py catalogue load` first.")
        return found

    office = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(office)
        return
    from console.capacity import draw_office

    draw_office(office)


@app.command(
    epilog=example(
        'programme capacity 5 --reason "A second trainer has started" --as national-advisor',
        'programme capacity 1 --board orkney --reason "One post is vacant" --as national-advisor',
        'programme capacity 8 --role implementation-manager --reason "Two started" --as national-advisor',
    )
)
def capacity(
    number: Annotated[int, typer.Argument(metavar="N", min=0, max=1000, help="How much from now on.")],
    reason: WhyOption = None,
    lane: LaneOption = "developing",
    board: Annotated[
        str | None,
        typer.Option("--board", help="At this board, or at every board without a limit of its own: every."),
    ] = None,
    role: Annotated[
        str | None, typer.Option("--role", help="What this role carries at once, over both lanes.")
    ] = None,
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Set how much is done at once: nationally, at a board, or by a role. What is under way goes on."""

    async def make(scene: Scene) -> Change:
        from domain.office_commands import SetCapacity

        limit = await _limit(scene.connection, lane, board, role)
        command = SetCapacity(actor=scene.actor, limit=limit, capacity=number, reason=scene.reason)
        return Change(scene.office, "set_capacity", command, f"{limit}: {number} at once.")

    turn(make, None, Asked(reason, preview, acting_as, identity, form))


async def _limit(connection: reading.Connection, lane: str, board: str | None, role: str | None) -> str:
    from domain.capacity import EVERY_BOARD, at_board, national, of_role

    if role is not None:
        if board is not None:
            raise NotDone(f"A role's limit counts everywhere: name {board} or --role {role}, and not both.")
        return of_role(await find_role(connection, role))
    chosen = _lane(lane)
    if board is None:
        return national(chosen)
    return at_board(EVERY_BOARD if board == EVERY else await find_board(connection, board), chosen)


def _lane(word: str) -> "Lane":
    from domain.capacity import Lane

    if word not in {*Lane}:
        raise NotDone(f'There is no lane "{word}": choose from {", ".join(Lane)}.')
    return Lane(word)


@app.command(
    epilog=example(
        'programme prioritise ccbt-perinatal 10 --reason "The contract ends in March" --as national-advisor',
        'programme prioritise ccbt-perinatal 5 --board orkney --reason "Ready early" --preview',
    )
)
def prioritise(
    technology: prioritising.TechnologyArgument,
    number: prioritising.NumberArgument,
    reason: WhyOption = None,
    board: prioritising.BoardsOption = None,
    wave: prioritising.WaveOption = None,
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Rank a technology, one of its waves or single boards in the queue for capacity."""
    prioritising.rank(technology, number, board, wave, Asked(reason, preview, acting_as, identity, form))


@app.command(
    "take-on",
    epilog=example(
        'programme take-on move-hosting "Move the old service to the new hosting" --lane sustaining \\',
        '      --role clinical-safety-officer --reason "The hosting ends in May" --as national-advisor',
    ),
)
def take_on(
    work: WorkArgument,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What it is about, in a line.")],
    lane: LaneOption,
    reason: WhyOption = None,
    board: Annotated[str | None, typer.Option("--board", help="The board whose work it is.")] = None,
    role: Annotated[
        list[str] | None, typer.Option("--role", help="A role it draws on; may be given several times.")
    ] = None,
    priority: Annotated[
        int, typer.Option("--priority", min=1, max=1000, help="Its rank: a lower number goes first.")
    ] = 100,
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Take on work that nobody planned. What it takes and whom it pushes back is shown first."""
    from console.written import check_line

    check_line("title", title)
    slug = read_slug("a piece of work", work)

    async def make(scene: Scene) -> Change:
        from domain.office_commands import TakeOnWork

        for name in role or ():
            await find_role(scene.connection, name)
        command = TakeOnWork(
            actor=scene.actor,
            work=slug,
            title=title,
            lane=_lane(lane),
            board=None if board is None else await find_board(scene.connection, board),
            roles=tuple(role or ()),
            priority=priority,
            reason=scene.reason,
        )
        return Change(scene.office, "take_on_work", command, f"{work} is taken on.")

    turn(make, None, Asked(reason, preview, acting_as, identity, form), shown_first=True, title=title)


@app.command(epilog=example('programme finish move-hosting --reason "It moved" --as national-advisor'))
def finish(
    work: WorkArgument,
    reason: WhyOption = None,
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Say that work which nobody planned is done, or is not to be done: what it has is free."""
    slug = read_slug("a piece of work", work)

    async def make(scene: Scene) -> Change:
        from domain.office_commands import FinishWork

        command = FinishWork(actor=scene.actor, work=slug, reason=scene.reason)
        return Change(scene.office, "finish_work", command, f"{work} is finished.")

    turn(make, None, Asked(reason, preview, acting_as, identity, form))
