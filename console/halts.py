"""How halts are drawn: what is feared, who sees to it, what goes on, and how far the line has stopped."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from console import output
from console.output import Styled, counted, day, minute

if TYPE_CHECKING:
    from datetime import datetime

    from catalogue.rows.halts import Freezing, Halt
    from console.judging import Judged
    from domain.halt_preview import Frozen, HaltPreview


def draw(found: "Iterable[Halt]", freezing: "Iterable[Freezing]" = ()) -> None:
    """The halts in force, where there are any."""
    in_force = [it for it in found if it.released is None]
    if not in_force:
        return
    how_far = {it.number: it for it in freezing}
    output.heading("The line is stopped")
    output.print_table(
        ("Halt", "~Concern", "Owner", "~Goes on"),
        [
            (
                (Styled(str(it.number), "bold red"), Styled(minute(it.raised.at), "dim")),
                (
                    Styled(it.concern, "bold"),
                    f"{it.about}, raised by {it.raised.name} ({it.raised.role}): {it.raised.reason}",
                    *((frozen_in_words(how_far[it.number]),) if it.number in how_far else ()),
                ),
                it.owner,
                goes_on(it),
            )
            for it in in_force
        ],
        empty="",
    )


def goes_on(it: "Halt") -> str:
    """What a halt lets continue, in words."""
    return ", ".join((*it.may_continue, *((it.allowance,) if it.allowance else ()))) or "nothing"


def frozen_in_words(it: "Freezing") -> str:
    """How far a halt has stopped the line."""
    took = "" if it.seconds is None else f" within {it.seconds:.1f} seconds"
    told = f"frozen at {len(it.frozen)} of {counted(len(it.concerned), 'board')}{took}"
    still = [board for board in it.concerned if board not in it.frozen]
    return f"{told}; still to hear: {', '.join(still)}" if still else told


def draw_preview(technology: str, found: "HaltPreview") -> None:
    """What a halt would do."""
    output.heading(f"What stopping the line of {technology} would do; nothing is done yet")
    output.print_table(
        ("Where", "Stage", "~Stops", "Due first", "~Goes on"),
        [
            (_where(it), it.stage, ", ".join(it.stops), day(it.due), ", ".join(it.goes_on))
            for it in found.lives
            if not it.done
        ],
        empty="It would freeze nothing.",
    )
    live = [it.board for it in found.boards if it.board is not None and it.live]
    stops, going = (sum(len(part) for part in parts) for parts in _counts(found))
    output.write(
        f"{counted(len(found.boards), 'board')} would freeze, {len(live)} of them live"
        f"{': ' + ', '.join(live) if live else ''}. {counted(stops, 'open task')} would stop and "
        f"{going} would go on."
    )
    if done := sum(it.done for it in found.tracks):
        output.write(f"Would freeze as well: {counted(done, 'track')}, done by now.")
    if stops:
        output.write("Due dates of what stops move by as long as it stands.")
    kept = sum(it.holds for it in found.lives)
    if kept:
        others = f", while {counted(len(found.behind), 'other rollout')} wait for one" if found.behind else ""
        output.write(f"Meanwhile {counted(kept, 'place')} of the programme's capacity would be kept{others}.")
    if found.to_come:
        output.write(f"Would not take up the playbook before the release: {', '.join(found.to_come)}.")
    if found.dependants:
        output.write(f"Stays where it is live, and is not replaced meanwhile: {', '.join(found.dependants)}.")
    if found.spared:
        output.write(f"On another version, and not frozen: {', '.join(found.spared)}.")


def _where(it: "Frozen") -> Styled:
    return Styled(it.track or it.board or it.stream, "bold red" if it.live else "bold")


def _counts(found: "HaltPreview") -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    return [it.stops for it in found.lives], [it.goes_on for it in found.lives]


def draw_release(technology: str, found: "Judged", now: "datetime") -> None:
    """The gate that releases a halt, and how to decide there."""
    from console import gates

    gate = found.gate
    gates.draw(found, now)
    lacking = [it["evidence"] for it in gate.criteria if it["required"]]
    for name in lacking:
        output.write(f"Bring what it rests on with `evidence add {technology} {name}`.")
    outcomes = "|".join(sorted(gate.outcomes, key=lambda it: (gate.outcomes[it], it)))
    output.write("Decide as follows; there is no other way out:")
    output.write(f"  technology release {technology} {gate.halt} {outcomes} --reason WHY --as ROLE")
