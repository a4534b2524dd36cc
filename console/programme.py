"""The programme office: how many boards implement at once, who does, and who is next."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, IdentityOption, ReasonOption
from console.command import group
from console.desk import Desk, at_desk
from console.finding import find_programme, find_technology
from console.output import OutputOption, Styled, counted, day, example, minute

if TYPE_CHECKING:
    from catalogue.rows.programmes import Programme, Slot

app = group("See who implements; set capacity and priorities.")


@app.command(epilog=example("programme show"))
def show(form: OutputOption = output.Format.TABLE) -> None:
    """Show the capacity, who holds a slot and who waits for one."""
    found = reading.ask(find_programme)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    _draw(found)


def _draw(found: "Programme") -> None:
    output.heading(f"{found.name} ({found.slug})")
    output.print_facts(
        (
            ("Capacity", f"{counted(found.capacity, 'board implementation')} at once"),
            ("Slots held", str(len(found.slots))),
            ("Waiting", str(len(found.queue))),
            ("Open since", day(found.since)),
        )
    )
    output.heading("Implementing now")
    output.print_table(("Board", "Technology", "Since"), [_place(it) for it in found.slots], empty="Nobody.")
    output.heading("Next in line")
    output.print_table(("Board", "Technology", "Since"), [_place(it) for it in found.queue], empty="Nobody.")
    if found.priorities:
        output.heading("Priorities, a lower number first; 100 where none is set")
        output.print_table(
            ("Technology", "#Priority", "~Set"),
            [
                (it.technology, str(it.priority), (f"{minute(it.at)} by {it.name}", Styled(it.reason, "dim")))
                for it in found.priorities
            ],
            empty="",
        )


def _place(slot: "Slot") -> tuple[str, str, str]:
    return slot.board, slot.technology, minute(slot.since) + ("" if slot.ready else ", not ready")


@app.command(
    epilog=example('programme capacity 5 --reason "A second trainer has started" --as national-advisor')
)
def capacity(
    number: Annotated[
        int, typer.Argument(metavar="N", min=0, max=1000, help="How many boards may implement at once.")
    ],
    reason: ReasonOption,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Set how many boards may implement at once. A slot that is held is kept until it is free."""

    async def send(desk: Desk) -> str:
        from domain.names import programme_id
        from domain.programme import SetCapacity

        office = await find_programme(desk.connection)
        command = SetCapacity(actor=desk.actor, capacity=number, reason=reason)
        await desk.send(programme_id(office.slug), "set_capacity", command)
        return office.name

    title = at_desk(acting_as, identity, send, reason=reason)
    output.write(f"{title}: {counted(number, 'board')} may implement at once.")


@app.command(
    epilog=example(
        'programme priority ccbt-perinatal 10 --reason "The contract ends in March" --as national-advisor'
    )
)
def priority(
    technology: Annotated[str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug.")],
    number: Annotated[
        int,
        typer.Argument(
            metavar="N", min=1, max=1000, help="Its rank: a lower number goes first, 100 is ordinary."
        ),
    ],
    reason: ReasonOption,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Rank a technology in the queue for slots."""

    async def send(desk: Desk) -> None:
        from domain.names import programme_id
        from domain.programme import SetPriority

        office = await find_programme(desk.connection)
        await find_technology(desk.connection, technology)
        command = SetPriority(actor=desk.actor, technology=technology, priority=number, reason=reason)
        await desk.send(programme_id(office.slug), "set_priority", command)

    at_desk(acting_as, identity, send, reason=reason)
    output.write(f"{technology} has priority {number}.")
