"""Why something is waiting: one answer, from what holds it now down to whoever can move it."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.command import single
from console.finding import find_rollout, find_technology
from console.output import OutputOption, Styled, due, example, minute

if TYPE_CHECKING:
    from datetime import datetime

    from domain.waiting import Wait
    from domain.why import Answer

app = single()

MOST_LIVES = 12
"""How far an answer is followed from life to life; none is that long."""


@app.command(epilog=example("why ccbt-perinatal", "why ccbt-perinatal fife", "why ccbt-perinatal -o json"))
def why(
    technology: Annotated[str, typer.Argument(metavar="TECHNOLOGY", help="The technology's slug.")],
    board: Annotated[str | None, typer.Argument(metavar="[BOARD]", help="Its rollout at this board.")] = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Say why a technology, or its rollout at a board, is waiting: who or what has to move, down to the root.

    The Temporal UI says the same in a workflow's details, as far as that workflow knows it.
    """

    async def look(connection: reading.Connection) -> "tuple[str, Answer]":
        from datetime import UTC, datetime

        return await explain(connection, technology, board, datetime.now(UTC))

    stream, answer = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json({"stream": stream, **answer.model_dump(mode="json")})
        return
    _draw(stream, answer)


async def explain(
    connection: reading.Connection, technology: str, board: str | None, now: "datetime"
) -> "tuple[str, Answer]":
    """Which life was asked about, and why it is waiting.

    Raises:
        NotDone: There is no such technology, or the board takes no part in it.
    """
    from catalogue.lives import read_life
    from domain.names import rollout_id, technology_id
    from domain.technology import Technology
    from domain.why import Link, why, why_planned

    found = await find_technology(connection, technology)
    stream = technology_id(found.slug)
    planned: Wait | None = None
    if board is not None:
        rollout = await find_rollout(connection, technology, board)
        if rollout.stage == "planned":
            life = await read_life(connection, stream)
            planned = why_planned(life, rollout.board) if isinstance(life, Technology) else None
        else:
            stream = rollout.stream
    lives = {}
    wanted: str | None = stream
    for _ in range(MOST_LIVES):
        if wanted is None or (life := await read_life(connection, wanted)) is None:
            break
        lives[wanted] = life
        wanted = why(lives, stream, now).beyond
    answer = why(lives, stream, now)
    if planned is not None and board is not None:
        first = Link(stream=rollout_id(technology, board), wait=planned)
        return first.stream, answer.model_copy(update={"chain": (first, *answer.chain), "more": ()})
    return stream, answer


def _draw(stream: str, answer: "Answer") -> None:
    if not answer.chain:
        output.write(f"{stream} waits for nothing: nothing is open and nothing is asked of anybody.")
        return
    root = answer.chain[-1]
    output.heading(f"Why {stream} is waiting")
    output.print_table(
        ("~Where", "~Waits for", "Since"),
        [
            (
                Styled(f"{'  ' * depth}{link.stream}", "bold"),
                (link.wait.what, *_more(link.wait)),
                (minute(link.wait.since), *_until(link.wait)),
            )
            for depth, link in enumerate(answer.chain)
        ],
        empty="",
    )
    output.write(f"So it is for {root.wait.on} to act.")
    if command := _by_name(root.wait):
        output.write(f"  python starter.py {command}")
    if answer.more:
        output.heading("It waits as well for")
        output.print_table(
            ("~What", "~On", "Since"),
            [(wait.what, wait.on, minute(wait.since)) for wait in answer.more[:SHOWN]],
            empty="",
        )
        if len(answer.more) > SHOWN:
            output.write(f"and {len(answer.more) - SHOWN} more.")


SHOWN = 4
"""How many other matters are named."""


def _more(wait: "Wait") -> tuple[Styled, ...]:
    return (
        Styled(f"{wait.kind}, on {wait.on}", "dim"),
        *((Styled(wait.name, "dim"),) if wait.name else ()),
    )


def _until(wait: "Wait") -> tuple[Styled, ...]:
    if wait.due is None:
        return ()
    return (
        Styled(f"{'late, ' if wait.late else ''}due {due(wait.due)}", "bold red" if wait.late else "dim"),
    )


def _by_name(wait: "Wait") -> str:
    """The command with which to look at what is waited for."""
    if not wait.name:
        return ""
    commands = {
        "step": f"task show {wait.name}",
        "barrier": f"barrier show {wait.name}",
        "evidence": f"evidence show {wait.name}",
    }
    gate = " ".join(part for part in wait.name.split("/")[:2] if part != "national")
    commands |= dict.fromkeys(("gate", "review", "objection", "criterion", "condition"), f"gate show {gate}")
    command = commands.get(wait.kind)
    return command or ""
