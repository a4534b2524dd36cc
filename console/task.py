"""Tasks: what is to be done, and saying that it is."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, IdentityOption, ReasonOption
from console.command import group
from console.desk import Desk, at_desk
from console.ending import NotDone, suggest
from console.finding import find_board, find_task, find_technology
from console.output import OutputOption, counted, example

if TYPE_CHECKING:
    from catalogue.rows.work import Task
    from domain.evidence import Evidence

app = group("See what is to be done; complete, skip or reopen it.")

TaskId = Annotated[
    str,
    typer.Argument(
        metavar="TASK", help="The task's name: TECHNOLOGY/PLACE/PLAN/STEP, as `task list` shows it."
    ),
]


@app.command("list", epilog=example("task list --board fife --overdue", "task list --role clinical-lead"))
def list_(
    board: Annotated[str | None, typer.Option(help="Only of this board.")] = None,
    role: Annotated[str | None, typer.Option(help="Only those that this role owns.")] = None,
    technology: Annotated[str | None, typer.Option(help="Only of this technology.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is late.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what waits, is done or was skipped.")
    ] = False,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """List the tasks that can be worked on, the late ones first."""

    async def look(connection: reading.Connection) -> "tuple[Task, ...]":
        from catalogue.queries.entities import list_entities
        from catalogue.queries.tasks import list_tasks

        if technology:
            await find_technology(connection, technology)
        if board:
            await find_board(connection, board)
        found = await list_tasks(
            connection,
            technology=technology,
            board=board,
            role=role,
            overdue=overdue,
            status=None if everything else "open",
        )
        if role and not found:
            roles = [entity.id for entity in await list_entities(connection, kind="role")]
            if role not in roles:
                raise NotDone(f'The programme has no role "{role}": {suggest(role, roles)}')
        return found if everything else tuple(sorted(found, key=_urgency))

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    from console import tasks

    tasks.draw_list(found, empty="Nothing is late." if overdue else "Nothing is to be done.")


def _urgency(task: "Task") -> tuple[bool, str]:
    return not task.overdue, "" if task.due is None else task.due.isoformat()


@app.command(epilog=example("task show ccbt-perinatal/fife/implementation/train-staff"))
def show(task: TaskId, form: OutputOption = output.Format.TABLE) -> None:
    """Show one task, with the evidence that it asks for."""

    async def look(connection: reading.Connection) -> "Task":
        return await find_task(connection, task)

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    from console import tasks

    tasks.draw_one(found)


@app.command(
    epilog=example(
        "task complete ccbt-perinatal/fife/implementation/train-staff --as board-lead@fife \\",
        '      --evidence "training-record=41 of 44 staff trained @ Training platform report @ 2026-11-20"',
    )
)
def complete(
    task: TaskId,
    note: Annotated[str | None, typer.Option("--note", help="What the next board should know.")] = None,
    note_file: Annotated[
        Path | None, typer.Option("--note-file", help="A text file that holds the note.")
    ] = None,
    evidence: Annotated[
        list[str] | None,
        typer.Option(
            "--evidence",
            metavar='"ID=FINDING @ SOURCE @ DATE"',
            help="A piece of evidence that the task asks for; once for each.",
        ),
    ] = None,
    evidence_file: Annotated[
        Path | None,
        typer.Option(
            "--evidence-file",
            help="Evidence in YAML or JSON: a list of id, statement, source, dated, and perhaps expires and "
            "finding.",
        ),
    ] = None,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Say that a task is done, with the evidence that it asks for."""
    words = _note(note, note_file)

    async def send(desk: Desk) -> list[str]:
        from domain.steps import CompleteStep

        found = await find_task(desk.connection, task)
        command = CompleteStep(
            actor=desk.actor, plan=found.plan, step=found.step, note=words, evidence=brought
        )
        await desk.send(found.stream, "complete_step", command)
        return [found.title, *await _opened_by(desk, found)]

    brought = _evidence(evidence or [], evidence_file)
    done, *opened = at_desk(acting_as, identity, send, note=words)
    output.write(f'"{done}" is completed.')
    if opened:
        output.write(f"{counted(len(opened), 'task')} can start now: {', '.join(opened)}.")


def _note(note: str | None, file: Path | None) -> str:
    if file is None:
        return note or ""
    if note is not None:
        raise NotDone("Give the note either with --note or with --note-file, not both.")
    from console.files import read_text

    return read_text(file).strip()


def _evidence(written: list[str], file: Path | None) -> "tuple[Evidence, ...]":
    if not written and file is None:
        return ()
    from console.written import collect

    return collect(written, file)


async def _opened_by(desk: Desk, task: "Task") -> list[str]:
    from catalogue.queries.tasks import list_tasks

    others = await list_tasks(desk.connection, stream=task.stream, status="open")
    return [other.id for other in others if task.plan == other.plan and task.step in other.needs]


@app.command(
    epilog=example(
        'task skip ccbt-perinatal/fife/implementation/assess-islands --reason "No inhabited islands" \\',
        "      --as equalities-lead@fife",
    )
)
def skip(
    task: TaskId, reason: ReasonOption, acting_as: AsOption = None, identity: IdentityOption = None
) -> None:
    """Skip a task that is not needed here, for a stated reason."""
    output.write(f'"{_tell("skip_step", task, reason, acting_as, identity)}" is skipped.')


@app.command(
    epilog=example(
        'task reopen ccbt-perinatal/fife/implementation/train-staff --reason "Half the team is new" \\',
        "      --as board-digital-therapy-lead@fife",
    )
)
def reopen(
    task: TaskId, reason: ReasonOption, acting_as: AsOption = None, identity: IdentityOption = None
) -> None:
    """Have a closed task done again. So is everything that was built on it."""
    output.write(f'"{_tell("reopen_step", task, reason, acting_as, identity)}" is to be done again.')


def _tell(update: str, task: str, reason: str, acting_as: str | None, identity: str | None) -> str:
    """Send what only takes a reason, and return the task's title."""

    async def send(desk: Desk) -> str:
        from domain.steps import ReopenStep, SkipStep

        command = {"skip_step": SkipStep, "reopen_step": ReopenStep}[update]
        found = await find_task(desk.connection, task)
        await desk.send(
            found.stream,
            update,
            command(actor=desk.actor, plan=found.plan, step=found.step, reason=reason),
        )
        return found.title

    return at_desk(acting_as, identity, send, reason=reason)
