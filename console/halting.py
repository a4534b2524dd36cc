"""Stopping the line of a technology, seeing beforehand what that would do, and letting it move again."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, IdentityOption
from console.command import group
from console.deciding import Said, say
from console.desk import Desk, at_desk
from console.ending import NotDone
from console.finding import find_role, find_technology, see
from console.output import OutputOption, example
from console.steering import Slug
from console.turning import Change, PreviewOption, Scene, WhyOption, foresee, said_why
from console.words import Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogue.rows.work import Gate
    from console.judging import Judged
    from domain.actor import Actor
    from domain.halt import HaltTechnology
    from domain.halt_preview import HaltPreview

app = group("Stop the line, and let it move again.")


@app.command(
    epilog=example(
        'technology halt ccbt-perinatal --concern "The score is wrong" --owner clinical-safety-officer \\',
        '      --may-continue train-staff --reason "Two people were not called back" --as board-lead@fife',
        'technology halt ccbt-perinatal --concern "The score is wrong" --owner clinical-lead --version 2 \\',
        "      --preview",
    )
)
def halt(
    technology: Slug,
    concern: Annotated[str, typer.Option("--concern", help="What is feared for whom, in one line.")],
    owner: Annotated[str, typer.Option("--owner", metavar="ROLE", help="The role that sees to it.")],
    reason: WhyOption = None,
    version: Annotated[
        int | None,
        typer.Option("--version", min=1, help="Only the boards on this version of the playbook."),
    ] = None,
    may_continue: Annotated[
        list[str] | None,
        typer.Option(
            "--may-continue", metavar="SLUG", help="A step or an area of work that goes on; once for each."
        ),
    ] = None,
    allowance: Annotated[
        str, typer.Option("--allowance", help="What else may go on, in words for those who do it.")
    ] = "",
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Stop the line: freeze a technology in all boards at once, live ones included, for safety.

    Nothing but the decision at the halt's own gate releases it: see `technology release`.
    """
    from console.written import check_line

    check_line("concern", concern)
    going = tuple(name.strip().lower() for name in may_continue or [])

    def command_of(actor: "Actor", why: str) -> "HaltTechnology":
        from domain.halt import HaltTechnology

        return HaltTechnology(
            actor=actor,
            concern=concern,
            owner=owner,
            version=version,
            may_continue=going,
            allowance=allowance,
            reason=why,
        )

    if preview:
        _foresee(technology, command_of, acting_as, reason, form)
        return
    why = said_why(reason)

    async def send(desk: Desk) -> list[str]:
        from console import aftermath
        from domain.names import technology_id

        await find_technology(desk.connection, technology)
        await find_role(desk.connection, owner)
        receipt = await desk.send(technology_id(technology), "halt_technology", command_of(desk.actor, why))
        return await aftermath.of_halting(desk.connection, technology, receipt)

    texts = {"reason": why, "concern": concern, "allowance": allowance}
    for line in at_desk(acting_as, identity, send, **texts):
        output.write(line)


def _foresee(
    technology: str,
    command_of: "Callable[[Actor, str], HaltTechnology]",
    acting_as: str | None,
    reason: str | None,
    form: output.Format,
) -> None:
    """Show what a halt would do: who freezes, and what follows for dates, capacity and others."""
    from console import consequences, halts

    async def make(scene: Scene) -> Change:
        from domain.names import technology_id
        from domain.technology import Technology

        stream = technology_id(technology)
        state, actor = scene.lives[stream], scene.actor
        if acting_as is None and isinstance(state, Technology) and state.proposal.halting.roles:
            actor = actor.model_copy(update={"roles": state.proposal.halting.roles})
        command = command_of(actor, scene.reason)
        await find_role(scene.connection, command.owner)
        return Change(stream, "halt_technology", command, done="")

    scene, _, found = reading.ask(lambda connection: foresee(connection, make, technology, acting_as, reason))
    consequences.check(found)
    frozen = _frozen(scene, technology, command_of(scene.actor, scene.reason))
    if form is output.Format.JSON:
        output.write_json({**frozen.model_dump(mode="json"), "consequences": found.model_dump(mode="json")})
        return
    halts.draw_preview(technology, frozen)
    consequences.draw(found)


def _frozen(scene: Scene, technology: str, command: "HaltTechnology") -> "HaltPreview":
    """What becomes of each life of a technology."""
    from domain.gate import Note
    from domain.halt_preview import preview_halt
    from domain.journey import Journey
    from domain.programme import Programme

    office = scene.lives[scene.office]
    own = {
        name: life
        for name, life in scene.lives.items()
        if isinstance(life, Journey) and name.split("/")[1] == technology
    }
    raised = Note(at=datetime.now(UTC), name=scene.actor.name, role="", reason=scene.reason)
    books = office if isinstance(office, Programme) else None
    return preview_halt(own, books, command.version, command.may_continue, raised)


@app.command(
    epilog=example(
        "technology release ccbt-perinatal",
        "technology release ccbt-perinatal 1 release --as clinical-safety-officer \\",
        '      --reason "The score is mended and was tried by two people"',
    )
)
def release(
    technology: Slug,
    halt: Annotated[
        int | None, typer.Argument(metavar="[HALT]", help="The halt's number; the only one unless given.")
    ] = None,
    outcome: Annotated[
        str | None,
        typer.Argument(metavar="[OUTCOME]", help="How it should be decided; only show it unless given."),
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; it is kept for ever.")] = None,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Show the gate that releases a halt, or say there how it should be decided.

    It is an ordinary gate: `gate decide`, `gate object` and `evidence add` work for it as for any other.
    """
    now = datetime.now(UTC)

    async def look(connection: reading.Connection) -> "Judged":
        from console.judging import judged
        from domain.names import technology_id

        gate = await find_release(connection, technology, halt)
        (found,) = await judged(connection, technology_id(technology), (gate,), now)
        return found

    found = reading.ask(look)
    if outcome is not None:
        if not (reason or "").strip():
            raise NotDone("A decision takes a reason: say why with --reason.")
        said = Said(outcome.lower(), reason or "", (), {}, ())
        say(Place(technology, None), found.gate.gate, said, acting_as, identity)
        return
    if form is output.Format.JSON:
        output.write_json(found)
        return
    from console import halts

    halts.draw_release(technology, found, now)


async def find_release(connection: reading.Connection, technology: str, number: int | None) -> "Gate":
    """The gate that releases a halt.

    Raises:
        NotDone: There is no such halt in force, or several and none is named.
    """
    from catalogue.queries.gates import list_gates
    from domain.names import technology_id

    await find_technology(connection, technology)
    waiting = await list_gates(connection, stream=technology_id(technology))
    gates = {it.halt: it for it in waiting if it.halt is not None}
    if not gates:
        raise NotDone(f"The line of {technology} is not stopped: there is no halt to release.")
    known = " and ".join(map(str, sorted(gates)))
    if number is None and len(gates) > 1:
        raise NotDone(f"Halts {known} of {technology} are in force: say which, for each has its own gate.")
    if number is not None and number not in gates:
        raise NotDone(
            f"Halt {number} of {technology} is not in force: there is {known}, "
            f"{see('technology show ' + technology)}"
        )
    return gates[number] if number is not None else next(iter(gates.values()))
