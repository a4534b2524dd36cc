"""Gates: the decisions that wait, the evidence they rest on, and taking them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, NameOption, ReasonOption
from console.command import group
from console.desk import Desk, at_desk
from console.ending import NotDone, suggest
from console.finding import NATIONAL, find_board, find_gate, find_stream, find_technology
from console.output import OutputOption, Styled, example, minute

if TYPE_CHECKING:
    from catalogue.rows.work import Decision, Gate, Task

app = group("See the decisions that wait, and take them.")

Technology = Annotated[str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug.")]


@dataclass(frozen=True)
class Needed:
    """Evidence that a gate asks for.

    Attributes:
        place: Where it comes from: the gate's own plan, or a pilot board.
        evidence: Its name.
        title: What it is.
        held: The evidence, where it is there.
    """

    place: str
    evidence: str
    title: str
    held: dict[str, str] | None


@dataclass(frozen=True)
class Look:
    """What `gate show` answers.

    Attributes:
        gate: The gate that waits, if one does.
        needs: The evidence that it asks for.
        decisions: What was decided before.
    """

    gate: "Gate | None"
    needs: tuple[Needed, ...]
    decisions: "tuple[Decision, ...]"


@app.command("list", epilog=example("gate list --role national-advisor"))
def list_(
    technology: Annotated[str | None, typer.Option(help="Only of this technology.")] = None,
    board: Annotated[str | None, typer.Option(help="Only at this board.")] = None,
    role: Annotated[str | None, typer.Option(help="Only those that this role may decide.")] = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """List the gates that wait for a decision, the longest wait first."""

    async def look(connection: reading.Connection) -> "tuple[Gate, ...]":
        from catalogue.queries.gates import list_gates

        if technology:
            await find_technology(connection, technology)
        if board:
            await find_board(connection, board)
        return await list_gates(connection, technology=technology, board=board, role=role)

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    output.print_table(
        ("Gate", "~Who decides", "~Outcomes", "Since"),
        [
            (
                (Styled(it.name, "bold"), it.title),
                " or ".join(it.roles),
                ", ".join(it.outcomes),
                Styled(f"{minute(it.since)}, paused", "yellow") if it.at_rest else minute(it.since),
            )
            for it in found
        ],
        empty="No decision waits.",
    )


@app.command(epilog=example("gate show ccbt-perinatal", "gate show ccbt-perinatal fife"))
def show(
    technology: Technology,
    board: Annotated[
        str | None, typer.Argument(metavar="[BOARD]", help="The board, for a gate of its rollout.")
    ] = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Show the gate that waits, and the evidence it rests on. Past decisions are listed below."""

    async def look(connection: reading.Connection) -> Look:
        from catalogue.queries.gates import list_decisions

        stream = await find_stream(connection, technology, board)
        gate = await find_gate(connection, technology, board)
        needs = () if gate is None else tuple([need async for need in _needs(connection, gate)])
        return Look(gate, needs, await list_decisions(connection, stream=stream))

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    _draw(found, technology, board)


async def _needs(connection: reading.Connection, gate: "Gate") -> AsyncIterator[Needed]:
    from catalogue.queries.rollouts import list_rollouts
    from catalogue.queries.tasks import list_tasks

    pilots: dict[str, dict[str, dict[str, str]]] = {}
    if any(need["source"] == "pilots" for need in gate.criteria):
        for rollout in await list_rollouts(connection, technology=gate.technology):
            if rollout.pilot and not rollout.stopped:
                tasks = await list_tasks(connection, stream=rollout.stream)
                pilots[rollout.board] = _held(tasks)
    own = _held(await list_tasks(connection, stream=gate.stream))
    for need in gate.criteria:
        places = {"plan": own} if need["source"] != "pilots" else pilots or {"any pilot board": {}}
        for place, held in places.items():
            yield Needed(place, need["evidence"], need["title"], held.get(need["evidence"]))


def _held(tasks: "tuple[Task, ...]") -> dict[str, dict[str, str]]:
    return {item["id"]: item for task in tasks if task.status == "completed" for item in task.given}


def _draw(found: Look, technology: str, board: str | None) -> None:
    from console import page

    if found.gate is None:
        output.write(f"No gate of {technology}{f' at {board}' if board else ''} waits for a decision.")
    else:
        page.gate(found.gate)
        output.heading("Evidence it rests on")
        output.print_table(
            ("~Evidence", "From", "~Held"),
            [
                (
                    (it.evidence, Styled(it.title, "dim")),
                    it.place,
                    Styled("missing", "bold red") if it.held is None else _finding(it.held),
                )
                for it in found.needs
            ],
            empty="It asks for none.",
        )
        place = "" if board is None else f" {board}"
        output.heading("To decide")
        who = f"{found.gate.roles[0]}{'' if board is None else '@' + board}"
        output.write(
            f"python starter.py gate decide {technology}{place} {found.gate.gate} "
            f"{'|'.join(found.gate.outcomes)} \\\n    --reason WHY --as {who}"
        )
    page.decisions(found.decisions)


def _finding(item: dict[str, str]) -> tuple[str | Styled, ...]:
    return (item["statement"], Styled(f"{item['source']}, {item['dated']}", "dim"))


@app.command(
    epilog=example(
        'gate decide ccbt-perinatal scale scale --reason "Both pilots hold" --as national-advisor',
        'gate decide ccbt-perinatal fife go-live iterate --reopen train-staff --reason "New staff" \\',
        "      --as board-lead@fife",
    )
)
def decide(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="TECHNOLOGY [BOARD] GATE OUTCOME",
            help="Which gate, and how it is decided; the board only for a gate of its rollout.",
        ),
    ],
    reason: ReasonOption,
    reopen: Annotated[
        list[str] | None,
        typer.Option(
            "--reopen",
            metavar="STEP",
            help="For an outcome that repeats: a step to do again; once for each. None means all of them.",
        ),
    ] = None,
    acting_as: AsOption = None,
    name: NameOption = None,
) -> None:
    """Decide at a gate. A decision cannot be taken back."""
    technology, board, gate, outcome = _which(words)

    async def send(desk: Desk) -> str:
        from domain.gate_commands import DecideGate

        stream = await find_stream(desk.connection, technology, board)
        found = await find_gate(desk.connection, technology, board)
        _check_words(found, stream, gate, outcome)
        await _check_steps(desk, tuple(reopen or ()), found)
        command = DecideGate(
            actor=desk.actor, gate=gate, outcome=outcome, reason=reason, reopen=tuple(reopen or ())
        )
        await desk.send(stream, "decide_gate", command)
        return found.title if found else gate

    title = at_desk(acting_as, name, send, reason=reason)
    output.write(f"{title}{f' ({board})' if board else ''} is decided: {outcome}.")


def _which(words: list[str]) -> tuple[str, str | None, str, str]:
    match words:
        case [technology, gate, outcome]:
            return technology, None, gate, outcome
        case [technology, board, gate, outcome]:
            return technology, None if board == NATIONAL else board, gate, outcome
        case _:
            raise typer.BadParameter(
                f"expected TECHNOLOGY [BOARD] GATE OUTCOME, which is 3 or 4 words, and not {len(words)}"
            )


def _check_words(found: "Gate | None", stream: str, gate: str, outcome: str) -> None:
    if found is None or found.gate != gate:
        waits = "none waits" if found is None else f'the one that waits is "{found.gate}"'
        raise NotDone(
            f'Gate "{gate}" of {stream} does not wait for a decision: {waits}; '
            "see `python starter.py gate list`."
        )
    if outcome not in found.outcomes:
        hint = suggest(outcome, found.outcomes) or f"choose {' or '.join(found.outcomes)}."
        raise NotDone(f'{found.title} has no outcome "{outcome}": {hint}')


async def _check_steps(desk: Desk, steps: tuple[str, ...], gate: "Gate | None") -> None:
    from catalogue.queries.tasks import list_tasks

    if not steps or gate is None:
        return
    tasks = await list_tasks(desk.connection, technology=gate.technology)
    known = {task.step for task in tasks if gate.board in {None, task.board}}
    for step in steps:
        if step not in known:
            raise NotDone(f'There is no step "{step}" to reopen: {suggest(step, known)}'.rstrip(": "))
