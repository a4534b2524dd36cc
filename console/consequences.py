"""How the consequences of a change are shown: dates, capacity and who depends on it."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from console import output
from console.ending import NotDone
from console.output import Cell, Styled, counted, due

if TYPE_CHECKING:
    from domain.foresight import Consequences, Move, Turn
    from domain.outlook import Load, Planned

NO_FORECAST = (
    "Dates are planned, by the durations in the plans and the slots as they are given now:",
    "what is late counts as done today, and a gate as passed on the day on which it opens.",
    "They are no forecast.",
)
STAGES = {
    "assess": "Assessment",
    "test-and-learn": "Test and learn",
    "standardise": "Standardisation",
    "scale": "Scaling",
    "sustain": "National handover",
}
SHOWN = 6
"""How many moves are told in short."""


def draw(found: "Consequences") -> None:
    """Everything that a change would do.

    Raises:
        NotDone: It would be refused.
    """
    check(found)
    if found.books is not None:
        from console.capacity import draw_preview

        draw_preview(found.books)
    moves = [it for it in found.moves if _shows(it)]
    elsewhere = [it for it in found.elsewhere if _shows(it)]
    several = len({it.technology for it in moves}) > 1
    if not (moves or elsewhere):
        nobody = "" if found.turns or found.books else ", and nobody waits longer or less for a slot"
        output.write(f"No planned date moves{nobody}.")
    _stages(moves, with_technology=several)
    _boards("Boards", [it for it in moves if it.what == "board"], with_technology=several)
    _tracks(moves, with_technology=several)
    _boards("Other technologies", elsewhere, with_technology=True)
    if found.books is None:
        _queue(found.turns)
    _capacity(found)
    for line in NO_FORECAST:
        output.write(line)


def check(found: "Consequences") -> None:
    """Return if a change would be done.

    Raises:
        NotDone: It would be refused.
    """
    if found.refused:
        raise NotDone(f"It would be refused: {' '.join(found.refused)}")


def tell(found: "Consequences") -> None:
    """What a change does, in short."""
    moves = [it for it in (*found.moves, *found.elsewhere) if it.what == "board" and _shows(it)]
    for move in moves[:SHOWN]:
        output.write(f"  {_name(move, with_technology=move in found.elsewhere)}: {_ends(move)}")
    if len(moves) > SHOWN:
        output.write(f"  and {counted(len(moves) - SHOWN, 'board')} more")
    if not moves:
        output.write("No board's planned date moves.")


DATES = ("tested", "slot", "live", "finish", "ends")


def _shows(move: "Move") -> bool:
    """Whether people would see that something moves: by a day, or by a minute where it is near."""
    before, after = move.before, move.after
    if before is None or after is None or (before.wave, before.held) != (after.wave, after.held):
        return True
    return any(_said(_date(before, what)) != _said(_date(after, what)) for what in DATES)


def _name(move: "Move", *, with_technology: bool) -> str:
    return f"{move.technology} at {move.name}" if with_technology else move.name


def _ends(move: "Move") -> str:
    """When a board is planned to be business as usual, before and then."""
    before, after = move.before, move.after
    moved = _moved(_date(before, "finish"), _date(after, "finish"))
    if moved:
        return f"business as usual {moved}{_because(move)}"
    ends = _moved(_date(before, "ends"), _date(after, "ends"))
    if ends:
        return f"gives way {ends}"
    if before is not None and after is not None and before.wave != after.wave:
        return f"wave {before.wave} → {after.wave}{_because(move)}"
    return _because(move).removeprefix(", ") or "moves"


def _because(move: "Move") -> str:
    held = move.after.held if move.after else ""
    return f", {held}" if held else ""


def _stages(moves: "Iterable[Move]", *, with_technology: bool) -> None:
    rows: list[tuple[Cell, ...]] = [
        (_titled(it, STAGES.get(it.name, it.name), with_technology), _arrow(it, "finish"), _held(it))
        for it in moves
        if it.what == "stage"
    ]
    _table("Stages", ("Stage", "Ends", "~Held by"), rows)


def _tracks(moves: "Iterable[Move]", *, with_technology: bool) -> None:
    rows: list[tuple[Cell, ...]] = [
        (_titled(it, it.name, with_technology), _arrow(it, "finish"), _held(it))
        for it in moves
        if it.what == "workstream"
    ]
    _table("Workstreams", ("Workstream", "Ends", "~Held by"), rows)


def _titled(move: "Move", title: str, with_technology: bool) -> Cell:
    return (title, Styled(move.technology, "dim")) if with_technology else title


def _boards(title: str, moves: "Iterable[Move]", *, with_technology: bool) -> None:
    rows: list[tuple[Cell, ...]] = [
        (_who(it, with_technology=with_technology), _start(it), _arrow(it, "live"), _end(it)) for it in moves
    ]
    _table(title, ("~Board", "Starts", "Go-live", "Business as usual"), rows)


def _who(move: "Move", *, with_technology: bool) -> Cell:
    """The board, its wave, and what holds it."""
    held = _held(move)
    return (
        Styled(move.name, "bold"),
        *((Styled(move.technology, "dim"),) if with_technology else ()),
        _wave(move),
        *((held,) if held.text else ()),
    )


def _table(title: str, columns: tuple[str, ...], rows: "Iterable[tuple[Cell, ...]]") -> None:
    rows = list(rows)
    if rows:
        output.heading(title)
        output.print_table(columns, rows, empty="")


def _wave(move: "Move") -> Styled:
    before = move.before.wave if move.before else None
    after = move.after.wave if move.after else None
    if before == after:
        return Styled(after or "", "dim")
    return Styled(f"{before or 'none'} → {after or 'none'}", "yellow")


def _start(move: "Move") -> Cell:
    """When a board begins: a pilot to have tested, until the scale decision, or its slot while it has one."""
    tested = [it.tested for it in (move.before, move.after) if it is not None]
    if any(it is not None for it in tested):
        return ("tested by", *_lines(move, "tested"))
    begun = all(it is None or (it.slot is None and it.finish is not None) for it in (move.before, move.after))
    return "" if begun else _arrow(move, "slot")


def _end(move: "Move") -> Cell:
    """When a board is business as usual, and when it gives way to what takes its place there."""
    before, after = _date(move.before, "ends"), _date(move.after, "ends")
    if before is None and after is None:
        return _arrow(move, "finish")
    if before is None:
        return (*_lines(move, "finish"), Styled(f"gives way {_said(after)}", "yellow"))
    return (*_lines(move, "finish"), "gives way", *_lines(move, "ends"))


def _arrow(move: "Move", what: str) -> Cell:
    lines = _lines(move, what)
    return lines if len(lines) > 1 else lines[0]


def _lines(move: "Move", what: str) -> "tuple[str | Styled, ...]":
    before, after = _date(move.before, what), _date(move.after, what)
    if _said(before) == _said(after):
        return (Styled(_said(before), "dim"),)
    later = before is None or (after is not None and after > before)
    style = "bold red" if after is None else "yellow" if later else "green"
    return (Styled(f"{_said(before)} →", "dim"), Styled(_said(after), style))


def _moved(before: datetime | None, after: datetime | None) -> str:
    return "" if _said(before) == _said(after) else f"{_said(before)} → {_said(after)}"


def _date(planned: "Planned | None", what: str) -> datetime | None:
    found: datetime | None = getattr(planned, what) if planned else None
    return found


def _said(moment: datetime | None) -> str:
    return due(moment) or "no date"


def _held(move: "Move") -> Styled:
    before, after = move.before.held if move.before else "", move.after.held if move.after else ""
    if before == after:
        return Styled(after, "dim")
    return Styled(after, "yellow") if after else Styled(f"no longer: {before}", "green")


def _queue(turns: "Iterable[Turn]") -> None:
    _table(
        "Waiting for a slot",
        ("What", "Place"),
        [(it.name, f"{_place(it.before)} → {_place(it.after)}") for it in turns],
    )


def _place(number: int | None) -> str:
    return "none" if number is None else str(number)


def _capacity(found: "Consequences") -> None:
    from domain.capacity import in_words

    _table(
        "Capacity that is used at the same time at most",
        ("~Of", "#Before", "#Then", "#There is"),
        [
            (in_words(name), str(before.peak), _peak(after), _limit(before, after))
            for name, (before, after) in found.loads.items()
            if _tells(name, before, after)
        ],
    )


def _tells(name: str, before: "Load", after: "Load") -> bool:
    """Whether people look for it: of a board, where its room is used up or changes."""
    used_up = any(it.limit is not None and it.peak >= it.limit for it in (before, after))
    return used_up or before.limit != after.limit or not name.startswith("board/")


def _peak(it: "Load") -> Cell:
    over = it.limit is not None and it.peak > it.limit
    return Styled(f"{it.peak}, more than there is", "bold red") if over else str(it.peak)


def _limit(before: "Load", after: "Load") -> Cell:
    was, then = ("any" if it.limit is None else str(it.limit) for it in (before, after))
    return then if was == then else Styled(f"{was} → {then}", "yellow")
