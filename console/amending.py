"""Changes to the playbook: proposing one with what it was learned from, reviewing it, seeing what waits."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, IdentityOption, ReasonOption
from console.command import group
from console.desk import Desk, at_desk
from console.ending import NotDone
from console.finding import find_technology
from console.output import Cell, OutputOption, Styled, example, whose
from console.words import read_number, read_slug

if TYPE_CHECKING:
    from catalogue.rows.programmes import Amendment, Playbook

app = group("Change the playbook.")

Technology = Annotated[str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug.")]


class Act(StrEnum):
    """What may be proposed of a step."""

    ADD = "add"
    ALTER = "alter"
    DROP = "drop"
    MOVE = "move"


class Judgement(StrEnum):
    """What a review may come to."""

    ACCEPT = "accept"
    DECLINE = "decline"


@app.command(
    epilog=example(
        "playbook propose ccbt-perinatal add visit-practices --title 'Visit each practice' \\",
        "      --owner board-digital-therapy-lead --duration P21D --needs plan-locally \\",
        "      --needed-by engage-referrers --because ccbt-perinatal/forth-valley/barrier/1 \\",
        "      --reason 'It won six of eight' --as board-lead@forth-valley",
        "playbook propose ccbt-perinatal alter train-staff --duration P42D \\",
        "      --reason 'Nobody managed it in four weeks' --as implementation-manager",
    )
)
def propose(
    technology: Technology,
    act: Annotated[
        Act, typer.Argument(metavar="add|alter|drop|move", help="What is to be done to the step.")
    ],
    step: Annotated[str, typer.Argument(metavar="STEP", help="The step's slug.")],
    reason: ReasonOption,
    because: Annotated[
        list[str] | None,
        typer.Option(
            "--because", metavar="NAME", help="A barrier from which it was learned. Can be repeated."
        ),
    ] = None,
    evidence: Annotated[
        list[str] | None,
        typer.Option("--evidence", metavar="NAME", help="Evidence on which it rests. Can be repeated."),
    ] = None,
    part: Annotated[
        str | None,
        typer.Option(
            "--part",
            metavar="implementation|handover",
            help="The plan of a step that is added; implementation unless given.",
        ),
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="What is to be done.")] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="ROLE", help="The role that does it.")
    ] = None,
    duration: Annotated[
        str | None,
        typer.Option(
            "--duration",
            metavar="DURATION|learned",
            help="The time allowed, in ISO 8601 such as P21D; or the median of the boards that have done it.",
        ),
    ] = None,
    needs: Annotated[
        str | None,
        typer.Option("--needs", metavar="STEP,STEP", help='The steps that come first; "" for none.'),
    ] = None,
    needed_by: Annotated[
        str | None,
        typer.Option("--needed-by", metavar="STEP,STEP", help="The steps that come after a new one."),
    ] = None,
    before: Annotated[
        str | None, typer.Option("--before", metavar="STEP", help="The step before which it is listed.")
    ] = None,
    guidance: Annotated[str | None, typer.Option("--guidance", help="What helps whoever does it.")] = None,
    mandatory: Annotated[
        bool | None, typer.Option("--mandatory/--optional", help="Whether it may never be skipped.")
    ] = None,
    redo: Annotated[
        bool, typer.Option("--redo", help="Whoever has done the step has to do it again.")
    ] = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Propose a change to the playbook: a step added, altered, dropped or moved. Somebody else reviews it."""
    from console.amendments import Wanted, compose, observe

    wanted = Wanted(
        act=act,
        step=read_slug("a step", step),
        part=part,
        title=title,
        owner=owner,
        duration=duration,
        needs=needs,
        needed_by=needed_by,
        before=before,
        guidance=guidance,
        mandatory=mandatory,
        redo=redo,
    )

    async def send(desk: Desk) -> "Amendment":
        from catalogue.queries.playbooks import list_amendments
        from domain.amendment import ProposeAmendment
        from domain.names import technology_id

        playbook = await _last_playbook(desk.connection, technology)
        observed = await observe(desk.connection, technology, wanted)
        command = ProposeAmendment(
            actor=desk.actor,
            change=await compose(desk.connection, wanted, playbook.content, observed),
            lessons=tuple(because or ()),
            evidence=tuple(evidence or ()),
            observed=observed,
            reason=reason,
        )
        await desk.send(technology_id(technology), "propose_amendment", command)
        mine = [
            it for it in await list_amendments(desk.connection, technology) if it.people == desk.actor.people
        ]
        return mine[-1]

    texts = {"title": title or "", "guidance": guidance or ""}
    proposed = at_desk(acting_as, identity, send, reason=reason, **texts)
    output.write(f"Change {proposed.number} is proposed: {in_words(proposed.change)}.")
    output.write(
        f"Somebody else reviews it with `python starter.py playbook review {technology} {proposed.number} "
        "accept|decline --reason ...`."
    )


async def _last_playbook(connection: reading.Connection, technology: str) -> "Playbook":
    from catalogue.queries.playbooks import show_playbook

    await find_technology(connection, technology)
    if (playbook := await show_playbook(connection, technology)) is None:
        raise NotDone(f"No playbook has been published for {technology} yet: publish the first.")
    return playbook


@app.command(
    "changes", epilog=example("playbook changes ccbt-perinatal", "playbook changes ccbt-perinatal --all")
)
def changes(
    technology: Technology,
    everything: Annotated[bool, typer.Option("--all", help="Also what was declined or published.")] = False,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """List the changes to the playbook that wait for a review or to be published, with their provenance."""

    async def look(connection: reading.Connection) -> "tuple[Amendment, ...]":
        from catalogue.queries.playbooks import list_amendments

        await find_technology(connection, technology)
        found = await list_amendments(connection, technology)
        waiting = (it for it in found if it.version is None and it.accepted is not False)
        return found if everything else tuple(waiting)

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    output.print_table(
        ("#No", "~Change", "~Learned from", "~Stands"),
        [(str(it.number), _what(it), _whence(it), _stands(it)) for it in found],
        empty="No change to the playbook waits.",
    )


def _what(it: "Amendment") -> Cell:
    who = f"{whose(it.people)} ({it.proposed.role}), to version {it.against}"
    return (in_words(it.change), Styled(it.proposed.reason, "dim"), Styled(who, "dim"))


def _whence(it: "Amendment") -> Cell:
    seen = it.observed
    took = "" if seen is None else f"{seen['boards']} boards took {seen['least']} to {seen['most']}"
    return (*it.lessons, *it.evidence, *((took,) if took else ())) or Styled("experience", "dim")


def _stands(it: "Amendment") -> Cell:
    if it.reviewed is None:
        return Styled("to be reviewed", "yellow")
    by = Styled(f"{it.reviewed.name} ({it.reviewed.role}): {it.reviewed.reason}", "dim")
    if it.version is not None:
        return (Styled(f"in version {it.version}", "green"), by)
    return (Styled("accepted, to be published", "yellow") if it.accepted else Styled("declined", "red"), by)


def in_words(change: "dict[str, object]") -> str:
    """What a change does, in words."""
    part, kind = change["part"], change["kind"]
    if kind == "add":
        step = change["step"]
        assert isinstance(step, dict)  # noqa: S101 - as it is written
        after = (
            f", before {', '.join(needed)}"
            if isinstance(needed := change["needed_by"], list) and needed
            else ""
        )
        return f'add "{step["title"]}" ({step["id"]}) to the {part}{after}'
    if kind == "drop":
        return f"drop {change['id']} from the {part}"
    if kind == "move":
        needs = change["needs"]
        after = ", ".join(needs) if isinstance(needs, list) and needs else "nothing"
        return f"move {change['id']} of the {part}: it comes after {after}"
    given = ("title", "owner", "duration", "needs", "mandatory", "guidance", "evidence")
    told = [f"{name} {_value(change[name])}" for name in given if change.get(name) is not None]
    return f"alter {change['id']} of the {part}: {', '.join(told)}"


def _value(value: object) -> str:
    return ", ".join(map(str, value)) or "nothing" if isinstance(value, list) else str(value)


@app.command(
    epilog=example(
        'playbook review ccbt-perinatal 1 accept --reason "Two boards confirm it" --as national-advisor'
    )
)
def review(
    technology: Technology,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The change's number.")],
    judgement: Annotated[
        Judgement, typer.Argument(metavar="accept|decline", help="Whether the next version has it.")
    ],
    reason: ReasonOption,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Accept or decline a proposed change. Nobody reviews their own."""
    wanted = read_number("a change", number)

    async def send(desk: Desk) -> None:
        from domain.amendment import ReviewAmendment
        from domain.names import technology_id

        await find_technology(desk.connection, technology)
        command = ReviewAmendment(
            actor=desk.actor, amendment=wanted, accept=judgement is Judgement.ACCEPT, reason=reason
        )
        await desk.send(technology_id(technology), "review_amendment", command)

    at_desk(acting_as, identity, send, reason=reason)
    if judgement is Judgement.ACCEPT:
        output.write(
            f"Change {wanted} is accepted: `python starter.py playbook publish {technology} --reason ...` "
            "makes the next version of it and of what else was accepted."
        )
    else:
        output.write(f"Change {wanted} is declined.")
