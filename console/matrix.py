"""The coverage matrix: services down, boards across, whole in 80 columns."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.table import Table

from console import output
from console.output import Styled, text

if TYPE_CHECKING:
    from catalogue.rows.entities import CoverageCell

SIGNS = {
    "business-as-usual": ("BAU", "bold green"),
    "handover": ("hand", "green"),
    "replication": ("repl", "cyan"),
    "queued": ("queu", "cyan"),
    "piloted": ("test", "cyan"),
    "proof-of-concept": ("PoC", "cyan"),
    "released": ("rel", "cyan"),
    "planned": ("plan", "dim"),
    "offered": ("yes", "green"),
    "ended": ("end", "dim"),
    "none": ("·", "dim"),
}
WORDS = {
    "business-as-usual": "business as usual",
    "handover": "handover",
    "replication": "replicates the playbook",
    "queued": "waits for a slot",
    "piloted": "tested",
    "proof-of-concept": "proof of concept",
    "released": "released",
    "planned": "planned",
    "offered": "offered, says the catalogue",
    "ended": "withdrawn",
    "none": "not stated",
}
STOPPED = Styled("stop", "red")
NAME_WIDTH = 26
LEAST_NAME_WIDTH = 8


def draw(cells: "Iterable[CoverageCell]") -> None:
    """Draw the matrix with a legend of the signs that it uses."""
    cells = tuple(cells)
    if not cells:
        output.write("The catalogue is empty: run `python starter.py catalogue load`.")
        return
    boards = sorted({cell.board for cell in cells})
    short = abbreviate(boards)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    console = output.console()
    # Where room is short names give way, for half a sign says nothing.
    room = console.width - sum(_width(short[board], board, cells) for board in boards) - 1
    width = min(NAME_WIDTH, max(LEAST_NAME_WIDTH, room))
    table.add_column("Service", no_wrap=True, max_width=width, overflow="ellipsis")
    for board in boards:
        table.add_column(short[board], no_wrap=True)
    for service in dict.fromkeys(cell.service for cell in cells):
        row = {cell.board: cell for cell in cells if cell.service == service}
        name = next(iter(row.values())).name
        table.add_row(text(name), *(text(sign(row[board])) for board in boards))
    console.print(table)
    _legend(cells, short)


def _width(head: str, board: str, cells: "tuple[CoverageCell, ...]") -> int:
    """The columns that a board takes, with the space after it."""
    return 1 + max(len(head), *(len(sign(cell).text) for cell in cells if cell.board == board))


def sign(cell: "CoverageCell") -> Styled:
    """The sign of one cell; a star marks a pause, an exclamation mark a halt."""
    if cell.stopped:
        return STOPPED
    short, style = SIGNS.get(cell.status, (cell.status[:4], ""))
    if cell.halted:
        return Styled(f"{short}!", "bold red")
    return Styled(f"{short}*", "yellow") if cell.paused else Styled(short, style)


def _legend(cells: "tuple[CoverageCell, ...]", short: dict[str, str]) -> None:
    used = {cell.status for cell in cells if not cell.stopped}
    signs = [f"{SIGNS[status][0]} {WORDS[status]}" for status in SIGNS if status in used]
    signs += ["stop stopped"] if any(cell.stopped for cell in cells) else []
    signs += ["! halted"] if any(cell.halted for cell in cells) else []
    signs += ["* paused"] if any(cell.paused for cell in cells) else []
    lines = [", ".join(signs) + ".", ", ".join(f"{code} {board}" for board, code in short.items()) + "."]
    output.console().print(text(Styled("\n" + "\n".join(lines), "dim")))


def abbreviate(slugs: "Iterable[str]") -> dict[str, str]:
    """A short code for each slug, all different: initials of several words, else the first letters."""
    codes: dict[str, str] = {}
    for slug in slugs:
        words = slug.split("-")
        if len(words) > 1:
            code = "".join("&" if word == "and" else word[0].upper() for word in words)
        else:
            code = slug[:3].capitalize()
        length = 4
        while code in codes.values():
            code = slug.replace("-", "")[:length].capitalize()
            length += 1
        codes[slug] = code
    return codes
