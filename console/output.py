"""How answers are written: tables for people, JSON for programs, and never a terminal code from the data."""

import dataclasses
import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

WIDTH = 100
"""Columns that output takes where it does not go to a terminal."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"


OutputOption = Annotated[
    Format,
    typer.Option("--output", "-o", help="A table to read, or JSON for programs."),
]


class Styled(NamedTuple):
    """A piece of text with a Rich style."""

    text: str
    style: str


Cell = str | Styled | tuple["str | Styled", ...]
"""What stands in a table's cell: a text, or several one under the other."""


def example(*lines: str) -> str:
    """The end of a command's help: how it is used."""
    shown = [f"  {line}" if line.startswith(" ") else f"  python starter.py {line}" for line in lines]
    title = "Examples:" if len([line for line in lines if not line.startswith(" ")]) > 1 else "Example:"
    return "\b\n" + "\n".join([title, *shown])


# --- JSON ---------------------------------------------------------------------------------------------------


def write_json(value: Any) -> None:
    """Write a value as JSON; times are ISO 8601 in UTC."""
    write(json.dumps(value, default=plain, ensure_ascii=False, indent=2))


def plain(value: Any) -> Any:
    """What JSON can hold of a value that it does not know."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return str(value)


# --- text ---------------------------------------------------------------------------------------------------


def write(line: str = "") -> None:
    """Write a line."""
    sys.stdout.write(f"{line}\n")


def clean(text: str) -> str:
    """A text without the control characters with which it could take over a terminal."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def day(moment: date | None) -> str:
    """A day as people write it: ``3 Mar 2027``."""
    return "" if moment is None else f"{moment.day} {moment:%b %Y}"


def minute(moment: datetime | None) -> str:
    """A moment as people write it, in UTC: ``3 Mar 2027 14:05``."""
    if moment is None:
        return ""
    moment = moment.astimezone(UTC)
    return f"{day(moment)} {moment:%H:%M}"


def due(moment: datetime | None) -> str:
    """A due date: its day, or its time where that is near, as it is in a rehearsal."""
    if moment is None:
        return ""
    moment = moment.astimezone(UTC)
    near = abs(moment - datetime.now(UTC)) < timedelta(days=1)
    return f"{moment.day} {moment:%b %H:%M}" if near else day(moment)


def counted(number: int, what: str, plural: str | None = None) -> str:
    """A number of things: ``1 board``, ``3 boards``."""
    return f"{number:,} {what if number == 1 else plural or what + 's'}"


def whose(people: Iterable[str]) -> str:
    """Whose act something was, the delegator after whoever acted: ``Iain Muir for Jean Kerr``."""
    return " for ".join(people)


# --- tables -------------------------------------------------------------------------------------------------

RAG_STYLE = {"On Track": "green", "At Risk": "yellow", "Off Track": "bold red", "Delivered": "bold green"}


def rag(status: str | None) -> Styled:
    """A delivery status in its colour."""
    return Styled(status or "", RAG_STYLE.get(status or "", ""))


def console() -> "Console":
    """Where tables are drawn: as wide as the terminal, else 100 columns; NO_COLOR is respected."""
    from rich.console import Console

    fixed = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH
    return Console(width=fixed, highlight=False, markup=False, emoji=False, soft_wrap=False)


def text(cell: Cell) -> "Text":
    """A cell as Rich draws it; nothing in it is taken for markup."""
    from rich.text import Text

    parts: Sequence[str | Styled] = (cell,) if isinstance(cell, str | Styled) else cell
    drawn = [
        Text(clean(part.text), style=part.style) if isinstance(part, Styled) else Text(clean(part))
        for part in parts
    ]
    return Text("\n").join(drawn)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, empty: str, title: str = ""
) -> None:
    """Draw a table, or say what its being empty means.

    Args:
        columns: The headings; ``#`` marks a column of numbers, ``~`` one whose text may take several lines.
        rows: The cells.
        empty: What to say where there is no row.
        title: What stands above it.
    """
    cells = [[text(cell) for cell in row] for row in rows]
    if not cells:
        write(empty)
        return
    from console.layout import lay_out

    screen = console()
    screen.print(lay_out(columns, cells, title, screen.width))


def print_facts(facts: Iterable[tuple[str, Cell]]) -> None:
    """Draw what is known about one thing, a line each; what is empty is left out."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, cell in facts:
        if cell and not (isinstance(cell, Styled) and not cell.text):
            table.add_row(name, text(cell))
    console().print(table)


def heading(words: str) -> None:
    """Write a heading over what follows."""
    from rich.text import Text

    console().print(Text(f"\n{clean(words)}", style="bold"))
