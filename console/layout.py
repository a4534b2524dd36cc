"""How tables are laid out: side by side, or with a long text beneath its row where the screen is narrow."""

from collections.abc import Sequence
from typing import Literal

from rich import box
from rich.cells import cell_len
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

READABLE = 24
"""Columns that a text of some length needs to be read."""

GAP = 3
"""Columns between two cells."""

INDENT = 2
"""How far a text stands in beneath its row."""

Rows = Sequence[Sequence[Text]]


def lay_out(columns: Sequence[str], rows: Rows, title: str, width: int) -> Table:
    """Lay out a table.

    Args:
        columns: The headings; ``#`` marks a column of numbers, ``~`` one whose text may take several lines.
        rows: The cells of each row, at least one row.
        title: What stands above it; may be empty.
        width: The columns of the screen.
    """
    widths = [_widest(columns, rows, place) for place in range(len(columns))]
    if _is_squeezed(columns, widths, width):
        return _stacked(columns, widths, rows, title)
    return _side_by_side(columns, rows, title)


def _is_squeezed(columns: Sequence[str], widths: Sequence[int], width: int) -> bool:
    """Whether the last column holds texts and the others leave it too little room to be read."""
    *others, last = columns
    if not others or not last.startswith("~"):
        return False
    taken = (
        min(widest, READABLE) if column.startswith("~") else widest
        for column, widest in zip(others, widths, strict=False)
    )
    room = width - sum(taken) - GAP * len(columns)
    return room < min(widths[-1], READABLE)


def _side_by_side(columns: Sequence[str], rows: Rows, title: str) -> Table:
    table = _table(title)
    for column in columns:
        table.add_column(
            _heading(column),
            justify=_side(column),
            no_wrap=not column.startswith("~"),
            overflow="fold",
        )
    for row in rows:
        table.add_row(*row)
    return table


def _stacked(columns: Sequence[str], widths: Sequence[int], rows: Rows, title: str) -> Table:
    table = _table(title)
    table.add_column(_over(columns, widths, [Text(_heading(column)) for column in columns]), overflow="fold")
    for row in rows:
        table.add_row(_over(columns, widths, row))
    return table


def _over(columns: Sequence[str], widths: Sequence[int], row: Sequence[Text]) -> Group:
    """A row's cells side by side over its last one."""
    *cells, below = row
    line = Table.grid(padding=(0, GAP, 0, 0))
    for column, width in zip(columns[:-1], widths[:-1], strict=True):
        line.add_column(justify=_side(column), width=width)
    line.add_row(*cells)
    return Group(line, Padding(below, (0, 0, 0, INDENT))) if below.plain else Group(line)


def _widest(columns: Sequence[str], rows: Rows, place: int) -> int:
    lines = [_heading(columns[place]), *(line for row in rows for line in row[place].plain.splitlines())]
    return max(cell_len(line) for line in lines)


def _heading(column: str) -> str:
    return column.lstrip("#~")


def _side(column: str) -> Literal["left", "right"]:
    return "right" if column.startswith("#") else "left"


def _table(title: str) -> Table:
    return Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
