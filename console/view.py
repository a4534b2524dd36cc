"""What somebody sees who watches a technology: a picture that is drawn anew, or lines about what changed."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from console.output import Cell, Styled, due, rag, text
from console.page import bar, stage

if TYPE_CHECKING:
    from catalogue.rows.cards import Snapshot
    from catalogue.rows.journeys import Rollout, Technology, Workstream
    from catalogue.rows.work import Gate, Wait

STAGES = ("assess", "test-and-learn", "standardise", "scale", "sustain", "sustained")
FIXED_LINES = 14
"""Lines of the picture beside boards, tracks and waits."""


def picture(snapshot: "Snapshot", remarks: Sequence[str] = (), height: int = 50) -> RenderableType:
    """The whole of a technology on one screen.

    Args:
        snapshot: How it stands.
        remarks: What was said beside it, the latest last.
        height: The lines of the screen.
    """
    beside = (*snapshot.rollouts, *snapshot.workstreams, *reopened(snapshot), *remarks)
    room = max(3, height - FIXED_LINES - len(beside))
    return Group(
        _head(snapshot.technology),
        *(_again(it) for it in reopened(snapshot)),
        _boards(snapshot.rollouts, snapshot.workstreams),
        _waits(snapshot.waits, room),
        *(text(Styled(f"> {remark}", "italic")) for remark in remarks),
    )


def reopened(snapshot: "Snapshot") -> "tuple[Gate, ...]":
    """The gates that had been passed and have to be decided again."""
    return tuple(it for it in snapshot.gates if it.because is not None)


def _again(gate: "Gate") -> Text:
    return text(Styled(f"To be decided again: {_where(gate)} ({gate.because})", "bold red"))


def _where(gate: "Gate") -> str:
    return f"{gate.title} at {gate.board}" if gate.board else gate.title


def _head(technology: "Technology") -> Text:
    head = Text()
    head.append(f"{technology.title} ({technology.slug})\n", style="bold")
    for number, name in enumerate(STAGES):
        if number:
            head.append(" > ", style="dim")
        now = name == technology.stage
        passed = number < STAGES.index(technology.stage)
        head.append(name, style="bold reverse" if now else "green" if passed else "dim")
    head.append("\n")
    status = rag(technology.rag)
    head.append(status.text, style=status.style)
    head.append(
        f", {technology.boards_live} of {technology.boards} boards live, {technology.open} tasks open, "
        f"{technology.overdue} late"
    )
    held = (("stopped", technology.stopped), ("halted", technology.halted), ("paused", technology.paused))
    if word := next((word for word, holds in held if holds), None):
        head.append(f", {word}", style="bold red")
    return head


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=True, overflow="ellipsis")
    return table


def _row(table: Table, *cells: Cell) -> None:
    table.add_row(*(text(cell) for cell in cells))


def _boards(rollouts: "Sequence[Rollout]", workstreams: "Sequence[Workstream]") -> Table:
    table = _table("Board", "Wave", "Stage", "Plan", "Status")
    for it in rollouts:
        late = f", {it.overdue} late" if it.overdue else ""
        _row(table, it.board, it.wave or "", stage(it), bar(it.closed, it.total) + late, rag(it.rag))
    for track in workstreams:
        _row(
            table,
            Styled(track.area if track.board is None else f"{track.area} at {track.board}", "italic"),
            Styled("workstream", "dim"),
            stage(track),
            bar(track.closed, track.total),
            rag(track.rag),
        )
    return table


def _waits(waits: "Sequence[Wait]", room: int) -> Table:
    table = _table("Waits on", "For", "At", "Due")
    for wait in waits[:room]:
        style = "bold red" if wait.overdue else ""
        _row(table, wait.on, wait.what, wait.board or "national", Styled(due(wait.due), style))
    if len(waits) > room:
        _row(table, Styled(f"and {len(waits) - room} more", "dim"), "", "", "")
    return table


def changes(before: "Snapshot | None", after: "Snapshot") -> Iterator[str]:
    """What became different between two looks, a line for each."""
    if before is None or before.technology.stage != after.technology.stage:
        yield f"{after.technology.title}: {after.technology.stage}"
    if before is not None and before.technology.cycle != after.technology.cycle:
        yield f"cycle {after.technology.cycle} of test and learn begins"
    known = {it.name for it in reopened(before)} if before is not None else set()
    for gate in reopened(after):
        if gate.name not in known:
            yield f"  to be decided again: {_where(gate)} ({gate.because})"
    earlier = {it.board: it for it in before.rollouts} if before is not None else {}
    for it in after.rollouts:
        was = earlier.get(it.board)
        if was is None or _standing(was) != _standing(it):
            if was is not None or it.stage != "planned":
                yield f"  {it.board}: {_standing(it)}"
        elif was.overdue < it.overdue:
            yield f"  {it.board}: {it.overdue} late"


def _standing(it: "Rollout") -> str:
    if it.stopped:
        return "stopped"
    if it.halted:
        return f"{it.stage}, halted"
    if it.paused:
        return f"{it.stage}, paused"
    return f"{it.stage}, held up" if it.held_up else it.stage
