"""The parts of which pages are made: waves, rollouts, tracks, gates, decisions, steering, waits."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from console import output
from console.output import Styled, due, minute

if TYPE_CHECKING:
    from catalogue.rows.journeys import Rollout, Wave, Workstream
    from catalogue.rows.work import Decision, Gate, Steering, Wait

BAR = 10
"""Characters of a progress bar."""


def bar(closed: int, total: int) -> str:
    """How much of a plan is done, drawn and counted."""
    if not total:
        return ""
    filled = BAR * closed // total
    return f"{'█' * filled}{'░' * (BAR - filled)} {closed}/{total}"


def stage(it: "Rollout | Workstream") -> "str | Styled":
    """The stage, or what holds it."""
    if it.stopped:
        return Styled("stopped", "red")
    return Styled(f"{it.stage}, paused", "yellow") if it.paused else it.stage


def waves(found: "Iterable[Wave]") -> None:
    """The waves, in the order of their release."""
    output.heading("Waves")
    output.print_table(
        ("Wave", "Released", "~Boards"),
        [
            (
                wave.name,
                minute(wave.released) or ("" if wave.name == "pilots" else "to come"),
                ", ".join(wave.boards),
            )
            for wave in found
        ],
        empty="None.",
    )


def rollouts(found: "Iterable[Rollout]", *, with_technology: bool = True) -> None:
    """The boards' rollouts."""
    output.heading("Boards")
    output.print_table(
        ("Board", *(("Technology",) if with_technology else ()), "Wave", "Stage", "Status", "Plan", "#Late"),
        [
            (
                Styled(it.board, "bold"),
                *((it.technology,) if with_technology else ()),
                it.wave or "",
                stage(it),
                output.rag(it.rag),
                bar(it.closed, it.total),
                Styled(str(it.overdue), "bold red") if it.overdue else "",
            )
            for it in found
        ],
        empty="No rollout has begun or is planned.",
    )


def workstreams(found: "Iterable[Workstream]") -> None:
    """The parallel tracks."""
    found = tuple(found)
    if found:
        output.heading("Workstreams")
        output.print_table(
            ("Workstream", "Stage", "Status", "Plan", "#Late"),
            [
                (
                    Styled(it.area, "bold"),
                    stage(it),
                    output.rag(it.rag),
                    bar(it.closed, it.total),
                    Styled(str(it.overdue), "bold red") if it.overdue else "",
                )
                for it in found
            ],
            empty="",
        )


def gate(found: "Gate | None") -> None:
    """The gate that waits for its decision."""
    if found is not None:
        output.heading(f"Waiting for a decision: {found.title}")
        output.print_facts(
            (
                ("Question", found.question),
                ("Who decides", " or ".join(found.roles)),
                ("Outcomes", ", ".join(found.outcomes)),
                ("Since", minute(found.since)),
            )
        )


def decisions(found: "Iterable[Decision]") -> None:
    """What was decided, by whom and when."""
    found = tuple(found)
    if found:
        output.heading("Decisions")
        output.print_table(
            ("When", "Where", "Gate", "Outcome", "~By and why"),
            [
                (
                    minute(it.at),
                    it.board or "national",
                    it.gate,
                    Styled(
                        it.outcome, {"proceed": "green", "repeat": "yellow", "stop": "red"}.get(it.effect, "")
                    ),
                    (f"{it.name} ({it.role})", Styled(it.reason, "dim")),
                )
                for it in found
            ],
            empty="",
        )


ACTS = {
    "paused": "paused",
    "resumed": "resumed",
    "stopped": "stopped",
    "waves-reordered": "reordered waves",
    "playbook-published": "published playbook",
    "capacity-set": "set capacity",
    "priority-set": "set priority",
}


def steering(found: "Iterable[Steering]") -> None:
    """How it was steered, by whom and when."""
    found = tuple(found)
    if found:
        output.heading("Steering")
        output.print_table(
            ("When", "What", "~By and why"),
            [
                (
                    minute(it.at),
                    (ACTS.get(it.act, it.act), Styled(it.stream, "dim")),
                    (f"{it.name} ({it.role})", Styled(it.reason, "dim")),
                )
                for it in found
            ],
            empty="",
        )


def waits(found: "Iterable[Wait]", *, title: str = "What it waits for") -> None:
    """What waits on whom."""
    output.heading(title)
    output.print_table(
        ("Waits on", "~For", "Due"),
        [
            (
                Styled(it.on, "bold"),
                (it.what, *((Styled(it.name, "dim"),) if it.name else ())),
                Styled(f"{due(it.due)} late", "bold red") if it.overdue else due(it.due),
            )
            for it in found
        ],
        empty="Nothing.",
    )
