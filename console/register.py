"""How evidence and signatures are drawn: the name by which evidence is cited is never broken."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from console import output
from console.output import Cell, Styled, day, minute

if TYPE_CHECKING:
    from catalogue.rows.evidence import Check, Evidence

SOON = timedelta(days=30)
"""How long before its last day evidence is marked."""


def draw_list(found: "Iterable[Evidence]", *, empty: str) -> None:
    """Evidence of any lives, each under its name."""
    output.print_table(
        ("Stands", "~Evidence"),
        [
            (
                standing(it),
                (
                    Styled(it.ref, "bold"),
                    _shortened(it.statement),
                    Styled(f"{it.kind}, {day(it.dated)}, by {it.name} ({it.role})", "dim"),
                    *_until(it),
                    *((Styled(f"relied on by {', '.join(it.relied_on)}", "dim"),) if it.relied_on else ()),
                ),
            )
            for it in found
        ],
        empty=empty,
    )


def _shortened(words: str, limit: int = 80) -> str:
    """The beginning of a text: a row is for finding something, its own page is for reading it."""
    line = " ".join(words.split())
    return line if len(line) <= limit else f"{line[: limit - 3]}..."


def standing(it: "Evidence") -> Styled:
    """Whether a decision may rest on it today, or why not."""
    return Styled(
        it.standing, {"in force": "green", "expired": "bold red", "withdrawn": "red"}.get(it.standing, "dim")
    )


def _until(it: "Evidence") -> tuple[Styled, ...]:
    if it.expires is None:
        return ()
    near = it.expires - datetime.now(UTC).date() <= SOON
    return (Styled(f"until {day(it.expires)}", "yellow" if near else "dim"),)


def draw_one(it: "Evidence") -> None:
    """One piece of evidence with all that is known about it."""
    output.heading(it.ref)
    output.print_facts(
        (
            ("Statement", it.statement.strip()),
            ("Source", it.source),
            ("Dated", day(it.dated)),
            ("Expires", day(it.expires)),
            ("Stands", standing(it)),
            ("Ended", _ended(it)),
            ("Kind", it.kind),
            ("Version", f"about version {it.version}"),
            ("Brought", f"{minute(it.at)} by {it.name} ({it.role})"),
            ("With task", f"{it.plan}/{it.step}" if it.plan else ""),
            ("Digest", it.digest),
            ("Relied on by", it.relied_on or "no gate that was passed"),
        )
    )
    _draw_finding(it)


def _ended(it: "Evidence") -> str:
    if it.withdrawn is not None:
        end = it.withdrawn
        return f"withdrawn {minute(end.at)} by {end.name} ({end.role}): {end.reason}"
    if it.superseded_by is not None:
        return f"{it.superseded_by} took its place"
    return "the step that brought it is being done again" if it.standing == "set aside" else ""


def _draw_finding(it: "Evidence") -> None:
    if it.content.get("finding") is None:
        return
    from domain.evidence import Evidence as Whole
    from domain.evidence import SignOff
    from domain.findings import readings

    found = Whole.model_validate(it.content).finding
    output.heading("What it says")
    if found is not None:
        written = found.model_dump(mode="json", exclude_none=True)
        output.print_facts((name, text) for name, text in _parts(written) if name != "kind")
    if found is None or isinstance(found, SignOff):
        return
    read = readings(found, datetime.now(UTC).date())
    if read:
        output.heading("Readings")
        output.print_table(
            ("Reading", "#Value", "Unit", "#Sample", "~From"),
            [
                (
                    Styled(name, "bold"),
                    f"{reading.value * 100:.3g} %" if reading.unit == "share" else f"{reading.value:.6g}",
                    "" if reading.unit == "share" else reading.unit,
                    "" if reading.sample is None else f"{reading.sample:,}",
                    "" if reading.numerator is None else f"{reading.numerator:,} of {reading.denominator:,}",
                )
                for name, reading in read.items()
            ],
            empty="",
        )


def _parts(value: object, name: str = "") -> Iterator[tuple[str, Cell]]:
    """What a finding holds, a line for each part that is a text or a number."""
    if isinstance(value, dict):
        for key, part in value.items():
            words = str(key).replace("_", " ")
            yield from _parts(part, f"{name} {words}".strip())
    elif isinstance(value, list) and any(isinstance(part, dict | list) for part in value):
        for number, part in enumerate(value, start=1):
            yield from _parts(part, f"{name} {number}")
    elif isinstance(value, list):
        yield name, ", ".join(map(str, value))
    elif value is not None:
        yield name, str(value)


# --- checks -------------------------------------------------------------------------------------------------


def draw_checks(found: "Iterable[Check]") -> None:
    """Governance checks with the signatures in force."""
    output.print_table(
        ("Check", "~Who signs", "~Signed"),
        [
            (
                (
                    Styled(it.check, "bold"),
                    _shortened(it.title, 40),
                    Styled(f"{it.technology}, {it.board or 'national'}", "dim"),
                ),
                (
                    " or ".join(it.signers),
                    *((Styled("nobody who acts for the board", "dim"),) if it.independent else ()),
                    *((Styled(f"rests on {', '.join(it.rests_on)}", "dim"),) if it.rests_on else ()),
                ),
                _signed(it),
            )
            for it in found
        ],
        empty="No check has to be signed.",
    )


def _signed(check: "Check") -> Cell:
    it = check.signature
    if it is None:
        return Styled("not signed", "yellow")
    verdict, terms = verdict_of(it)
    style = {"accepted": "green", "conditional": "yellow"}.get(verdict, "bold red")
    return (
        Styled(verdict if it.standing == "in force" else f"{verdict}, {it.standing}", style),
        Styled(f"{day(it.dated)} by {it.name}", "dim"),
        *_until(it),
        *((f"on terms: {terms}",) if terms else ()),
    )


def verdict_of(signature: "Evidence") -> tuple[str, str]:
    """How a check was signed, and on what terms."""
    finding = signature.content.get("finding") or {}
    return str(finding.get("verdict", "")), str(finding.get("terms") or "")


def signed_in_words(check: "Check") -> str:
    """What became of a check, in a sentence."""
    if check.signature is None:
        return f"{check.title} is not signed."
    it = check.signature
    verdict, terms = verdict_of(it)
    until = f", until {day(it.expires)}" if it.expires else ""
    on_terms = f" on terms: {terms.rstrip('.')}" if terms else ""
    place = f" ({check.board})" if check.board else ""
    return f"{check.title}{place} is signed {verdict}{until}{on_terms}; the signature is {it.ref}."
