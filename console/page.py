"""The parts of which pages are made: waves, rollouts, tracks, gates, decisions, steering, waits."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from console import output
from console.gates import draw_head
from console.output import Styled, due, minute
from console.seats import unheard

if TYPE_CHECKING:
    from catalogue.rows.barriers import Barrier
    from catalogue.rows.journeys import Awaited, Rollout, Wave, Workstream
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
    if it.halted:
        return Styled(f"{it.stage}, halted", "bold red")
    if it.paused:
        return Styled(f"{it.stage}, paused", "yellow")
    if getattr(it, "held_up", ""):
        return Styled(f"{it.stage}, held up", "yellow")
    return it.stage


def waves(found: "Iterable[Wave]") -> None:
    """The waves, in the order of their release."""
    output.heading("Waves")
    output.print_table(
        ("Wave", "~Released", "~Boards"),
        [
            (
                wave.name,
                _release(wave),
                ", ".join(wave.boards),
            )
            for wave in found
        ],
        empty="None.",
    )


def _release(wave: "Wave") -> "tuple[str | Styled, ...]":
    """Whether a wave was released, and what holds it or ended it."""
    released = minute(wave.released) or ("" if wave.name == "pilots" else "to come")
    return (
        *((released,) if released else ()),
        *((Styled(f"paused: {wave.paused.reason}", "yellow"),) if wave.paused else ()),
        *((Styled(f"stopped: {wave.stopped.reason}", "red"),) if wave.stopped else ()),
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


def barriers(found: "Iterable[Barrier]") -> None:
    """What hinders and what helps, where there is any."""
    from console.barriers import draw_list

    found = tuple(found)
    if found:
        output.heading("Barriers and what helps")
        draw_list(found)


def workstreams(found: "Iterable[Workstream]") -> None:
    """The parallel tracks."""
    found = tuple(found)
    if found:
        output.heading("Workstreams")
        output.print_table(
            ("Workstream", "At", "Stage", "Status", "Plan", "#Late"),
            [
                (
                    Styled(it.area, "bold"),
                    it.board or "national",
                    stage(it),
                    output.rag(it.rag),
                    bar(it.closed, it.total),
                    Styled(str(it.overdue), "bold red") if it.overdue else "",
                )
                for it in found
            ],
            empty="",
        )


def awaits(found: "Iterable[Awaited]") -> None:
    """The infrastructure on which going live depends and that is not ready, where there is any."""
    found = tuple(found)
    if found:
        output.heading("Infrastructure that going live awaits")
        output.print_table(
            ("Infrastructure", "At", "~Step", "By", "Expected"),
            [
                (
                    Styled(it.infrastructure, "bold"),
                    it.board or "national",
                    it.title,
                    it.owner,
                    Styled(f"{due(it.due)}{', late' if it.late else ''}", "bold red" if it.late else ""),
                )
                for it in found
            ],
            empty="",
        )


def gates(found: "Iterable[Gate]") -> None:
    """The gates that wait for a decision, those to be decided again among them."""
    for it in found:
        draw_head(it)
        output.print_facts((("Not yet heard", ", ".join(unheard(it))), ("See", _gate_show(it))))


def _gate_show(it: "Gate") -> str:
    return f"python starter.py gate show {it.technology}{'' if it.board is None else ' ' + it.board}"


def held_up(found: "Iterable[Rollout]") -> None:
    """The boards that may pass no gate at present, under the reason."""
    reasons: dict[str, list[str]] = {}
    for it in found:
        if it.held_up and not it.stopped:
            reasons.setdefault(it.held_up, []).append(it.board)
    for reason, boards in reasons.items():
        output.heading("Boards that are held up")
        output.print_facts((("Because", Styled(reason, "bold red")), ("Boards", ", ".join(boards))))


EFFECT_STYLE = {"proceed": "green", "repeat": "yellow", "stop": "red"}


def decisions(found: "Iterable[Decision]", *, in_full: bool = False) -> None:
    """What was decided, by whom and when.

    Args:
        found: The decisions.
        in_full: Whether to show what they rest on and what everybody said, too.
    """
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
                    Styled(it.outcome, EFFECT_STYLE.get(it.effect, "")),
                    (
                        f"{_decider(it)} ({it.role})",
                        Styled(it.reason, "dim"),
                        *(_grounds(it) if in_full else _with(it)),
                    ),
                )
                for it in found
            ],
            empty="",
        )


def _decider(it: "Decision") -> str:
    return next((output.whose(vote.people) for vote in it.votes if vote.name == it.name), it.name)


def _with(it: "Decision") -> tuple[Styled, ...]:
    others = [
        f"{output.whose(vote.people)} ({vote.outcome or 'abstained'})"
        for vote in it.votes
        if vote.name != it.name
    ]
    return (Styled(f"with {', '.join(others)}", "dim"),) if others else ()


def _grounds(it: "Decision") -> "tuple[str | Styled, ...]":
    said = [
        f"{output.whose(vote.people)} ({vote.role}): {vote.outcome or 'abstains'}, {vote.reason}"
        for vote in it.votes
        if vote.name != it.name
    ]
    accepted = [f"{name} accepted: {why}" for vote in it.votes for name, why in vote.accepts.items()]
    judged = [
        Styled(
            f"{judgement.criterion} {judgement.result}: "
            f"{', '.join(dict.fromkeys(seen.ref for seen in judgement.evidence)) or judgement.why}",
            "dim",
        )
        for judgement in it.judgements
    ]
    waived = [Styled(f"on waiver {', '.join(map(str, it.waivers))}", "yellow")] if it.waivers else []
    return (*said, *accepted, *judged, *waived)


ACTS = {
    "paused": "paused",
    "resumed": "resumed",
    "halted": "stopped the line",
    "halt-released": "let the line move",
    "stopped": "stopped",
    "waves-reordered": "changed waves",
    "wave-paused": "paused a wave",
    "wave-resumed": "resumed a wave",
    "wave-stopped": "stopped a wave",
    "board-added": "added a board",
    "pilot-swapped": "swapped a pilot",
    "playbook-published": "published playbook",
    "capacity-set": "set capacity",
    "priority-set": "set priority",
    "work-taken-on": "took on work",
    "work-finished": "finished work",
    "technology-changed": "declared a change",
    "evidence-withdrawn": "withdrew evidence",
    "edition-adopted": "adopted a version",
    "edition-declined": "declined a version",
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
