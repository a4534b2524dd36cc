"""How gates that wait are drawn: the question, the evidence, who said what, and what stands in the way."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from console import output
from console.output import Cell, Styled, due, minute, whose
from console.seats import counts, draw_seats, unheard

if TYPE_CHECKING:
    from datetime import datetime

    from catalogue.rows.decisions import Condition, Objection, Waiver
    from catalogue.rows.work import Gate
    from console.judging import Judged
    from domain.criterion import Judgement

RESULT_STYLE = {"met": "green", "not-met": "bold red", "missing": "bold red", "inconclusive": "yellow"}


# --- in a list ----------------------------------------------------------------------------------------------


def draw_list(found: "Iterable[Gate]") -> None:
    """Gates of any lives that wait, the longest wait first."""
    output.print_table(
        ("Gate", "~Still to be heard", "Since"),
        [
            (
                (
                    Styled(it.name, "bold"),
                    it.title,
                    *((Styled("to be decided again", "bold red"),) if it.because else ()),
                ),
                (", ".join(unheard(it)) or "nobody", *_obstacles(it)),
                (minute(it.since), *_limit(it)),
            )
            for it in found
        ],
        empty="No decision waits.",
    )


def _obstacles(gate: "Gate") -> tuple[Styled, ...]:
    objections = sum(it.answered is None for it in gate.objections)
    return (
        *((Styled(output.counted(objections, "objection"), "yellow"),) if objections else ()),
        *((Styled("held up", "yellow"),) if gate.held_up else ()),
        *((Styled("at rest", "yellow"),) if gate.at_rest else ()),
    )


def _limit(gate: "Gate") -> tuple[Styled, ...]:
    if gate.due is None:
        return ()
    if gate.escalated:
        return (Styled("escalated", "bold red"),)
    return (Styled(f"until {due(gate.due)}", "dim"),)


# --- on its own page ----------------------------------------------------------------------------------------


def draw(judged: "Judged", now: "datetime") -> None:
    """One gate with all that is to be known before deciding."""
    gate = judged.gate
    draw_head(gate)
    _draw_criteria(judged, now)
    draw_seats(judged.gate, judged.basis)
    _draw_objections(gate.objections)
    _draw_waivers(gate, now)
    _draw_how(judged)


def draw_head(gate: "Gate") -> None:
    """What has to be decided, until when, and what stands in the way of deciding."""
    output.heading(f"{'To be decided again' if gate.because else 'Waiting for a decision'}: {gate.title}")
    output.print_facts(
        (
            ("Gate", gate.name),
            ("Question", gate.question),
            ("Reopened", Styled(gate.because or "", "bold red")),
            ("Outcomes", ", ".join(f"{name} ({effect})" for name, effect in _outcomes(gate))),
            ("Who decides", f"{_seats_in_words(gate)}; {_quorum_in_words(gate)}"),
            ("Since", minute(gate.since)),
            ("Time limit", _limit_in_words(gate)),
            (
                "Brought about",
                f"by {', '.join(gate.asked_by)}, who may not decide it alone" if gate.asked_by else "",
            ),
            ("Held up", Styled(gate.held_up, "yellow")),
            (
                "At rest",
                Styled("paused or halted: nothing is decided until that has ended", "yellow")
                if gate.at_rest
                else "",
            ),
        )
    )


def _outcomes(gate: "Gate") -> list[tuple[str, str]]:
    """Each outcome with its effect: those that proceed first, for the database keeps no order."""
    return sorted(gate.outcomes.items(), key=lambda it: (it[1], it[0]))


def _seats_in_words(gate: "Gate") -> str:
    return ", ".join(
        f"{seat['role']} (required)" if seat["required"] else seat["role"] for seat in gate.seats
    )


def _quorum_in_words(gate: "Gate") -> str:
    return "one of them has to agree" if gate.quorum == 1 else f"{gate.quorum} of them have to agree"


def _limit_in_words(gate: "Gate") -> Cell:
    if gate.due is None:
        return ""
    to = " or ".join(gate.definition["escalates_to"])
    if gate.escalated:
        return Styled(f"passed {due(gate.due)}: {to} may decide alone", "bold red")
    return f"{due(gate.due)}, then {to} may decide alone"


def _draw_criteria(judged: "Judged", now: "datetime") -> None:
    waived = {it.criterion: it for it in judged.gate.waivers if it.granted is not None and it.until > now}
    output.heading("What it asks of the evidence")
    output.print_table(
        ("~Criterion", "Answer", "~Why"),
        [
            (
                (Styled(it.criterion, "bold"), it.title),
                _answer(it, waived.get(it.criterion)),
                (it.why, *(Styled(ref, "dim") for ref in dict.fromkeys(seen.ref for seen in it.evidence))),
            )
            for it in judged.judgements
        ],
        empty="Nothing: whoever decides gives their reason.",
    )


def _answer(it: "Judgement", waiver: "Waiver | None") -> Cell:
    return (
        Styled(it.result, RESULT_STYLE.get(it.result, "")),
        *((Styled(f"waived until {due(waiver.until)}", "yellow"),) if waiver else ()),
        *(() if it.required else (Styled("shown only", "dim"),)),
    )


def _draw_objections(found: "tuple[Objection, ...]") -> None:
    if found:
        output.heading("Objections")
        output.print_table(
            ("#No", "~Objection", "~Answer"),
            [
                (
                    str(it.number),
                    (it.raised.reason, Styled(f"{whose(it.people)} ({it.raised.role})", "dim")),
                    Styled("to be answered", "bold red")
                    if it.answered is None
                    else (it.answered.reason, Styled(f"{it.answered.name} ({it.answered.role})", "dim")),
                )
                for it in found
            ],
            empty="",
        )


def _draw_waivers(gate: "Gate", now: "datetime") -> None:
    if gate.waivers:
        approvers = (gate.definition["waiving"] or {}).get("approvers", [])
        output.heading("Waivers")
        output.print_table(
            ("#No", "~Criterion", "Until", "~Granted"),
            [
                (
                    str(it.number),
                    (it.criterion, Styled(f"{whose(it.people)}: {it.asked.reason}", "dim")),
                    minute(it.until) if it.until > now else Styled(f"expired {minute(it.until)}", "dim"),
                    Styled(f"can be granted by {' or '.join(approvers)}", "yellow")
                    if it.granted is None
                    else (it.granted.reason, Styled(f"{it.granted.name} ({it.granted.role})", "dim")),
                )
                for it in gate.waivers
            ],
            empty="",
        )


def _draw_how(judged: "Judged") -> None:
    gate = judged.gate
    place = "" if gate.board is None else f" {gate.board}"
    suffix = "" if gate.board is None else f"@{gate.board}"
    unclear = [it.criterion for it in judged.judgements if it.required and it.result == "inconclusive"]
    heard = {vote.role for vote in gate.votes if counts(vote, gate, judged.basis)}
    who = next((role for role in gate.roles if role not in heard), gate.roles[0])
    assures = any(seat["role"] == who and seat["independent"] for seat in gate.seats)
    outcomes = "|".join([*(name for name, _ in _outcomes(gate)), "abstain"])
    lines = [
        f"python starter.py gate decide {gate.technology}{place} {gate.gate} {outcomes}",
        *(f'    --accept {name}="WHY IT MAY PASS"' for name in unclear),
        f"    --reason WHY --as {who}{'' if assures else suffix}",
    ]
    output.heading("To say what should be decided")
    output.write(" \\\n".join(lines))


def draw_conditions(found: "Iterable[Condition]") -> None:
    """What gates were passed on, and whether it is met."""
    found = tuple(found)
    if found:
        output.heading("Conditions")
        output.print_table(
            ("#No", "Gate", "~What", "~Owner and day", "State"),
            [
                (
                    str(it.number),
                    it.gate,
                    (it.what, *((Styled(f"{it.met.name}: {it.met.reason}", "dim"),) if it.met else ())),
                    (it.owner, due(it.due)),
                    Styled(it.state, {"open": "yellow", "met": "green"}.get(it.state, "dim")),
                )
                for it in found
            ],
            empty="",
        )
