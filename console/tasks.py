"""How tasks are drawn: the name by which one acts on them is never broken."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from console import output
from console.output import Cell, Styled, due, minute

if TYPE_CHECKING:
    from catalogue.rows.work import Task

MARKS = {"completed": "✔", "skipped": "–", "open": "●", "waiting": "·"}  # noqa: RUF001 - a dash is a dash


def draw_list(tasks: "Iterable[Task]", *, empty: str) -> None:
    """Tasks of any plans, each under the name by which it is acted on."""
    output.print_table(
        ("Task", "Due"),
        [
            (
                (Styled(task.id, "bold"), f"{task.title} · {task.owner}{_held(task)}"),
                _when(task),
            )
            for task in tasks
        ],
        empty=empty,
    )


def draw_plan(tasks: "Iterable[Task]") -> None:
    """The tasks of one plan, in its order."""
    output.print_table(
        ("Step", "~What", "~Who", "Stands"),
        [
            (
                Styled(f"{MARKS.get(task.status, ' ')} {task.step}", "bold" if task.status == "open" else ""),
                task.title,
                task.owner,
                _when(task),
            )
            for task in tasks
        ],
        empty="The plan has no step.",
    )


def _held(task: "Task") -> str:
    if task.halted_by:
        return f" · halted, for safety (halt {task.halted_by})"
    if task.at_rest:
        return " · paused or stopped"
    return f" · held by {task.held_by}" if task.held_by else ""


def _when(task: "Task") -> Cell:
    if task.held_by and task.closed is None:
        return Styled("held by a barrier", "bold red")
    if task.status == "open":
        if task.overdue:
            return Styled(f"late, {due(task.due)}", "bold red")
        return due(task.due)
    gone = f", dropped in version {task.dropped}" if task.dropped is not None else ""
    if task.closed is not None:
        return Styled(f"{task.status} {due(task.closed)}{gone}", "dim")
    return Styled(task.status, "dim")


def draw_one(task: "Task") -> None:
    """One task with all that is known about it."""
    output.heading(task.title)
    output.print_facts(
        (
            ("Task", task.id),
            ("Who", task.owner),
            ("Stands", f"{task.status}{_held(task)}" + (f", round {task.round}" if task.round > 1 else "")),
            ("Opened", minute(task.opened)),
            ("Due", Styled(f"{minute(task.due)}, late", "bold red") if task.overdue else minute(task.due)),
            ("Closed", f"{minute(task.closed)} by {task.closed_by}" if task.closed else ""),
            ("Dropped", f"in version {task.dropped} of the playbook" if task.dropped else ""),
            ("Note", task.note or ""),
            ("Comes after", ", ".join(task.needs)),
            ("Draws on", ", ".join(task.draws_on)),
            ("Drawn", task.drawn),
            ("May be skipped", "no, it is mandatory" if task.mandatory else "yes, for a reason"),
            ("Guidance", (task.guidance or "").strip()),
        )
    )
    _draw_evidence(task)


def _draw_evidence(task: "Task") -> None:
    given = {item["id"]: item for item in task.given}
    if task.asked or given:
        output.heading("Evidence")
        output.print_table(
            ("~Evidence", "~What", "~Brought"),
            [
                (
                    (item["id"], *((Styled(item["finding"], "dim"),) if item.get("finding") else ())),
                    item["title"],
                    _brought(given.get(item["id"])),
                )
                for item in task.asked or tuple({"id": name, "title": ""} for name in given)
            ],
            empty="",
        )
    if task.status == "open":
        _draw_how(task)


def _draw_how(task: "Task") -> None:
    """The command that completes a task; figures go into a file, whose template follows."""
    place = "" if task.board is None else f"@{task.board}"
    figures = [item for item in task.asked if item.get("finding")]
    output.heading("To complete it")
    parts = [f"python starter.py task complete {task.id}", f"    --as {task.owner}{place}"]
    parts += [
        f'    --evidence "{item["id"]}=WHAT WAS FOUND @ WHERE IT STANDS @ YYYY-MM-DD"'
        for item in task.asked
        if item not in figures
    ]
    parts += ["    --evidence-file evidence.yaml"] if figures else []
    output.write(" \\\n".join(parts))
    if figures:
        output.heading("evidence.yaml, what stands in capitals to be filled in")
        for item in figures:
            for line in _item(item["id"], item["finding"]):
                output.write(line)


def _item(name: str, kind: str) -> list[str]:
    from console.templates import template

    return [
        f"- id: {name}",
        "  statement: WHAT WAS FOUND, IN A SENTENCE",
        "  source: WHERE IT STANDS",
        "  dated: YYYY-MM-DD",
        "  finding:",
        *template(kind, "    "),
    ]


def _brought(item: "dict[str, str] | None") -> Cell:
    if item is None:
        return Styled("not yet", "yellow")
    return (
        item["statement"],
        Styled(f"{item['source']}, {item['dated']}", "dim"),
        *((Styled(item["ref"], "dim"),) if item.get("ref") else ()),
    )
