"""Playbooks: publishing the next version of the standardised approach, and reading it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import amending, editions, output, reading, versions
from console.acting import AsOption, IdentityOption
from console.command import group
from console.desk import Desk, at_desk
from console.ending import NotDone
from console.finding import find_technology
from console.output import OutputOption, Styled, example, minute

if TYPE_CHECKING:
    from catalogue.rows.journeys import Rollout
    from catalogue.rows.programmes import Playbook
    from catalogue.rows.work import StepTimes
    from domain.playbook import Playbook as NewPlaybook

app = group("Publish and read the standardised approach.")

Technology = Annotated[str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug.")]


@app.command(
    epilog=example(
        "playbook publish ccbt-perinatal programme/scotland/playbooks/standard.yaml --as national-advisor",
        'playbook publish ccbt-perinatal --reason "Reviewed on 12 March" --as national-advisor',
    )
)
def publish(
    technology: Technology,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="The playbook, a YAML file; without it, what was accepted."),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why, where no file is given; it stays on the record.")
    ] = None,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Make the next version of the playbook the one that boards replicate.

    It comes from a file, or from the changes that were accepted. Boards that are under way are offered it.
    """
    if (file is None) == (reason is None):
        raise NotDone("Give a file, or --reason to publish the changes that were accepted: one of the two.")
    playbook = None if file is None else _read(file)

    async def send(desk: Desk) -> "Playbook | None":
        from catalogue.queries.playbooks import show_playbook
        from domain.amendment import PublishAmendments
        from domain.names import technology_id
        from domain.technology import PublishPlaybook

        await find_technology(desk.connection, technology)
        stream = technology_id(technology)
        if playbook is None:
            command = PublishAmendments(actor=desk.actor, reason=str(reason))
            await desk.send(stream, "publish_amendments", command)
        else:
            await desk.send(stream, "publish_playbook", PublishPlaybook(actor=desk.actor, playbook=playbook))
        return await show_playbook(desk.connection, technology)

    published = at_desk(acting_as, identity, send, **({} if reason is None else {"reason": reason}))
    if published is None:
        return
    output.write(f'Version {published.version} of "{published.title}" is published for {technology}.')
    if published.version > 1:
        output.write(
            f"Boards that are under way are offered it: see `python starter.py playbook diff {technology}` "
            f"and `python starter.py playbook migrate {technology} --preview`."
        )


def _read(file: Path) -> "NewPlaybook":
    from console.files import check_file
    from programme.errors import ProgrammeInvalid
    from programme.reader import load_programme, read_playbook
    from runtime.settings import Settings

    check_file(file)
    try:
        return read_playbook(file, load_programme(Settings().programme))
    except ProgrammeInvalid as error:
        raise NotDone(str(error)) from error


@app.command(epilog=example("playbook show ccbt-perinatal", "playbook show ccbt-perinatal --version 1"))
def show(
    technology: Technology,
    version: Annotated[
        int | None, typer.Option(min=1, help="Which version; the last one unless given.")
    ] = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Show a published version with its sections, barriers and plans."""

    async def look(connection: reading.Connection) -> "Playbook":
        from catalogue.queries.playbooks import list_playbooks

        await find_technology(connection, technology)
        found = {playbook.version: playbook for playbook in await list_playbooks(connection, technology)}
        if not found:
            raise NotDone(f"No playbook has been published for {technology} yet.")
        wanted = version or max(found)
        if wanted not in found:
            known = ", ".join(map(str, found))
            raise NotDone(f"{technology} has no version {wanted} of its playbook: there is {known}.")
        return found[wanted]

    playbook = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(playbook)
        return

    async def look_around(
        connection: reading.Connection,
    ) -> "tuple[tuple[StepTimes, ...], tuple[Rollout, ...]]":
        from catalogue.queries.durations import list_durations
        from catalogue.queries.rollouts import list_rollouts

        times = await list_durations(connection, technology)
        return times, await list_rollouts(connection, technology=technology)

    times, rollouts = reading.ask(look_around)
    _draw(playbook, times)
    versions.old_versions(rollouts)


def _draw(playbook: "Playbook", times: "tuple[StepTimes, ...]") -> None:
    known = {(it.plan, it.step): it for it in times}
    content = playbook.content
    output.heading(f"{playbook.title}, version {playbook.version}")
    output.print_facts(
        (
            ("Published", f"{minute(playbook.published)} by {playbook.published_by} ({playbook.role})"),
            *((name, " ".join(text.split())) for name, text in content["sections"].items()),
        )
    )
    output.heading("Barriers to expect")
    output.print_table(
        ("~Barrier and what helps",),
        [
            ((f"{it['barrier']}", Styled(f"{it['mitigation']} ({it['source']})", "dim")),)
            for it in content["mitigations"]
        ],
        empty="None is listed.",
    )
    for part in ("implementation", "handover"):
        output.heading(content[part]["title"])
        output.print_table(
            ("Step", "~What", "~Who", "~Comes after", "~Boards took"),
            [
                (
                    step["id"],
                    step["title"],
                    step["owner"],
                    ", ".join(step.get("needs", ())),
                    versions.took(known.get((content[part]["id"], step["id"]))),
                )
                for step in content[part]["steps"]
            ],
            empty="",
        )


app.take(amending.app, editions.app)
