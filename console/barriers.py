"""How barriers are drawn: in a list, each on its own page, and with what may help."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from console import output
from console.output import Cell, Styled, due, minute

if TYPE_CHECKING:
    from catalogue.rows.barriers import Barrier, Mitigation
    from console.suggesting import Advice
    from domain.mitigation import Suggestion

SEVERITY_STYLE = {"blocking": "bold red", "serious": "yellow"}
OUTCOME_STYLE = {"worked": "green", "helped": "green", "failed": "red"}


def draw_list(found: "Iterable[Barrier]", *, empty: str = "No barrier is open.") -> None:
    """Barriers of any lives, the worst first."""
    output.print_table(
        ("Barrier", "~What", "~Stands"),
        [
            (
                (Styled(it.name, "bold"), Styled(it.category, "dim")),
                (it.what, Styled(_about(it), "dim")),
                _stands(it),
            )
            for it in found
        ],
        empty=empty,
    )


def _about(it: "Barrier") -> str:
    steps = f"holds {', '.join(it.steps)}; " if it.steps and it.severity == "blocking" else ""
    return f"{steps}{it.owner} sees to it, since {minute(it.raised.at)}"


def _stands(it: "Barrier") -> Cell:
    if it.closed is not None:
        return (Styled(str(it.resolution), "green"), Styled(it.closed.reason, "dim"))
    if it.nature == "facilitator":
        return Styled("helps", "green")
    tried = [
        Styled(_tried_in_words(each), OUTCOME_STYLE.get(each.outcome or "", "")) for each in it.mitigations
    ]
    late = (Styled(f"escalated to {', '.join(it.escalated)}", "bold red"),) if it.escalated else ()
    return (Styled(str(it.severity), SEVERITY_STYLE.get(str(it.severity), "")), *late, *tried)


def _tried_in_words(it: "Mitigation") -> str:
    return f"{it.strategy}: {it.outcome or 'being tried'}"


def draw_one(it: "Barrier") -> None:
    """One barrier with all that was tried."""
    output.heading(f"{it.nature.capitalize()}: {it.what}")
    output.print_facts(
        (
            ("Name", it.name),
            ("Severity", Styled(it.severity or "", SEVERITY_STYLE.get(it.severity or "", ""))),
            ("Category", it.category),
            ("Steps", ", ".join(it.steps)),
            ("Owner", it.owner),
            ("Raised", f"{minute(it.raised.at)} by {it.raised.name} ({it.raised.role}): {it.raised.reason}"),
            ("Evidence", ", ".join(it.evidence)),
            ("Escalates", _escalation(it)),
            (
                "Closed",
                ""
                if it.closed is None
                else f"{minute(it.closed.at)} as {it.resolution} by {it.closed.name} ({it.closed.role}): "
                f"{it.closed.reason}",
            ),
        )
    )
    output.heading("What was tried")
    output.print_table(
        ("#No", "~Mitigation", "~Why it was expected to help", "~Outcome"),
        [
            (
                str(each.number),
                (each.what, Styled(f"{each.strategy}, since {minute(each.begun.at)}", "dim")),
                (_ground_in_words(each), Styled(each.begun.reason, "dim")),
                _outcome(each),
            )
            for each in it.mitigations
        ],
        empty="Nothing yet: see `python starter.py barrier suggest`.",
    )


def _escalation(it: "Barrier") -> Cell:
    if it.closed is not None or it.due is None:
        return ""
    if it.escalated:
        return Styled(f"it has, to {', '.join(it.escalated)}", "bold red")
    return due(it.due)


def _ground_in_words(it: "Mitigation") -> str:
    ground = it.ground
    told = (
        f"endorsed by {ground['share']:.0%} ({ground['source']})" if ground["share"] is not None else "",
        f"worked {ground['worked']} of {ground['tried']} times" if ground["tried"] else "",
    )
    return "; ".join(words for words in told if words) or "nobody had tried it before"


def _outcome(it: "Mitigation") -> Cell:
    if it.ended is None:
        return Styled("being tried", "yellow")
    return (
        Styled(str(it.outcome), OUTCOME_STYLE.get(str(it.outcome), "")),
        Styled(f"{it.ended.name}: {it.ended.reason}", "dim"),
    )


def draw_advice(advice: "Advice") -> None:
    """What may help, each with its ground."""
    category = advice.category
    output.heading(f"What may help against: {category.name} ({category.framework})")
    output.write(f"{category.about}")
    output.print_table(
        ("Strategy", "~Experts", "~In this programme"),
        [
            (
                (Styled(it.strategy, "bold"), Styled(advice.names.get(it.strategy, ""), "dim")),
                "" if it.share is None else f"{it.share:.0%} endorsed it",
                _experience(it),
            )
            for it in advice.suggestions
        ],
        empty="Nothing is known: no match is published for it, and nothing was tried to an end yet.",
    )
    if any(it.share is not None for it in advice.suggestions):
        output.write(
            f"Experts: {category.matching}. They disagreed widely: their matches are suggestions, not rules."
        )


def _experience(it: "Suggestion") -> Cell:
    if it.tried is None:
        return Styled("not tried yet", "dim")
    tried = it.tried
    helped = f", helped {tried.helped}" if tried.helped else ""
    return (
        f"worked {tried.worked}{helped} of {output.counted(tried.times, 'time')}",
        *((Styled(", ".join(tried.places), "dim"),) if tried.places else ()),
    )
