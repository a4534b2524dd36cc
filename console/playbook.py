"""Playbooks: publishing the next version of the standardised approach, and reading it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, IdentityOption
from console.command import group
from console.desk import Desk, at_desk
from console.ending import NotDone
from console.finding import find_technology
from console.output import OutputOption, Styled, example, minute

if TYPE_CHECKING:
    from catalogue.rows.programmes import Playbook
    from domain.playbook import Playbook as NewPlaybook

app = group("Publish and read the standardised approach.")

Technology = Annotated[str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug.")]


@app.command(
    epilog=example(
        "playbook publish ccbt-perinatal programme/scotland/playbooks/standard.yaml --as national-advisor"
    )
)
def publish(
    technology: Technology,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The playbook, a YAML file.")],
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Make a version of the playbook the one that boards replicate."""
    playbook = _read(file)

    async def send(desk: Desk) -> None:
        from domain.names import technology_id
        from domain.technology import PublishPlaybook

        await find_technology(desk.connection, technology)
        command = PublishPlaybook(actor=desk.actor, playbook=playbook)
        await desk.send(technology_id(technology), "publish_playbook", command)

    at_desk(acting_as, identity, send)
    output.write(f'Version {playbook.version} of "{playbook.title}" is published for {technology}.')


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
    _draw(playbook)


def _draw(playbook: "Playbook") -> None:
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
            ("Step", "~What", "~Who", "~Comes after"),
            [
                (step["id"], step["title"], step["owner"], ", ".join(step.get("needs", ())))
                for step in content[part]["steps"]
            ],
            empty="",
        )
