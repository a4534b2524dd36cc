"""How capacity is drawn: what is used and under way, who waits for what, and what a decision would do."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from console import output
from console.output import Cell, Styled, counted, day, minute

if TYPE_CHECKING:
    from catalogue.rows.programmes import Limit, Office, Slot
    from domain.office_previews import Gauge, Moved, Preview

LANES = (("developing", "Developing what is new"), ("sustaining", "Sustaining what is live"))


def draw_office(found: "Office") -> None:
    """A programme office with its books."""
    output.heading(f"{found.name} ({found.slug})")
    output.print_facts(
        (
            ("Under way", str(len(found.slots))),
            ("Waiting", str(len(found.queue))),
            ("Open since", day(found.since)),
        )
    )
    _draw_limits(found.limits)
    for lane, title in LANES:
        output.heading(title)
        _draw_slots(slot for slot in found.slots if slot.lane == lane)
    output.heading("Next in line")
    _draw_queue(found.queue)
    if found.priorities:
        output.heading("Priorities, a lower number first; 100 where none is set")
        output.print_table(
            ("Technology", "Board", "#Priority", "~Set"),
            [
                (
                    it.technology,
                    it.board or "",
                    str(it.priority),
                    (f"{minute(it.at)} by {it.name}", Styled(it.reason, "dim")),
                )
                for it in found.priorities
            ],
            empty="",
        )


def _draw_limits(found: "tuple[Limit, ...]") -> None:
    shown = [it for it in found if it.used or not it.limit.startswith("board/") or "every-board" in it.limit]
    output.heading("Capacity")
    output.print_table(
        ("Limit", "#Used", "#Of", "#Free", "~"),
        [
            (
                it.limit,
                str(it.used),
                "any" if it.most is None else str(it.most),
                "" if it.free is None else str(max(it.free, 0)),
                Styled(f"{it.over} more than there is room for", "bold red") if it.over else "",
            )
            for it in shown
        ],
        empty="Nothing is limited.",
    )


def _draw_slots(found: "Iterable[Slot]") -> None:
    output.print_table(
        ("~What", "Board", "~Roles", "Since"),
        [(_what(it), it.board or "", ", ".join(it.roles), minute(it.since)) for it in found],
        empty="Nothing.",
    )


def _draw_queue(found: "tuple[Slot, ...]") -> None:
    output.print_table(
        ("#", "~What", "Board", "Lane", "~Waits for", "Since"),
        [
            (
                str(it.position or ""),
                _what(it),
                it.board or "",
                it.lane,
                _why(it),
                minute(it.since),
            )
            for it in found
        ],
        empty="Nobody waits.",
    )


def _what(it: "Slot") -> Cell:
    if it.technology is not None:
        return Styled(it.technology, "bold")
    return (Styled(it.name.removeprefix("work/"), "bold"), Styled(it.title, "dim"))


def _why(it: "Slot") -> Cell:
    passed = (Styled(f"passed over {counted(it.passed_over, 'time')}", "dim"),) if it.passed_over else ()
    return (it.waits_for if it.ready else Styled("not ready", "yellow"), *passed)


# --- what a decision would do -------------------------------------------------------------------------------


def draw_preview(found: "Preview") -> None:
    """What a decision would do to capacity and queue."""
    if found.takes:
        output.heading("What it takes")
        output.print_table(
            ("Limit", "#Used", "#Of", "#Free", "#Takes"),
            [(it.limit, str(it.used), *_room(it), "1") for it in found.takes],
            empty="",
        )
    output.heading("What would follow")
    output.print_facts(
        (
            ("Starts at once", ", ".join(map(short, found.starts))),
            ("Its position", f"{found.position} in the queue" if found.position else ""),
            ("It waits for", found.waits_for),
            ("Pushed back", _moves(found.pushed_back)),
            ("Brought forward", _moves(found.brought_forward)),
            (
                "Over-committed",
                tuple(
                    Styled(f"{name}: {by} too many", "bold red") for name, by in found.over_committed.items()
                ),
            ),
        )
    )
    if not (found.starts or found.position or found.pushed_back or found.brought_forward):
        output.write("Nobody would start, and nobody's position would change.")


def _too_many(found: dict[str, int]) -> Cell:
    return tuple(Styled(f"{name}: {by} too many", "bold red") for name, by in found.items())


def _room(it: "Gauge") -> tuple[str, str]:
    return "any" if it.most is None else str(it.most), "" if it.free is None else str(max(it.free, 0))


def _moves(found: "tuple[Moved, ...]") -> Cell:
    return tuple(f"{short(it.name)}: {it.before} → {it.after or 'starts'}" for it in found)


def short(name: str) -> str:
    """The name of something in the books, as it is typed."""
    return name.partition("/")[2]
