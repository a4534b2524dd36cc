"""Templates of findings, one for each kind: what stands in capitals is to be filled in.

A template that nobody has filled in is refused, because nothing in capitals is a number or a day.
"""

_PERIOD = "period: {start: YYYY-MM-DD, end: YYYY-MM-DD}"
_MEAN = "{mean: FROM-1-TO-5}"


def _construct(name: str, items: int) -> str:
    return f"{name}: [{', '.join([_MEAN] * 2)},\n  {', '.join([_MEAN] * (items - 2))}]"


def _domain(name: str) -> str:
    return f"{name}: {{complexity: SIMPLE-COMPLICATED-OR-COMPLEX, note: WHY}}"


TEMPLATES = {
    "measure": (
        "measure: NAME-OF-THE-MEASURE",
        "value: A-NUMBER  # a share from 0 to 1",
        "unit: share",
        "sample: HOW-MANY",
        _PERIOD,
    ),
    "outcomes": (
        _PERIOD,
        "instruments: [phq-9, gad-7]",
        "finished: HOW-MANY",
        "not_at_caseness: HOW-MANY",
        "recovered: HOW-MANY",
        "reliably_improved: HOW-MANY",
        "reliably_recovered: HOW-MANY",
        "reliably_deteriorated: HOW-MANY",
    ),
    "reach": (
        _PERIOD,
        "referred: HOW-MANY",
        "accepted: HOW-MANY",
        "activated: HOW-MANY",
        "started: HOW-MANY",
        "finished: HOW-MANY",
    ),
    "training": (
        "roles:",
        "  - {role: A-ROLE, eligible: HOW-MANY, trained: HOW-MANY}",
    ),
    "run-chart": (
        "measure: NAME-OF-THE-MEASURE",
        "unit: share",
        "better: UP-OR-DOWN",
        "points:  # ten of them make the baseline",
        "  - {on: YYYY-MM-DD, value: A-NUMBER}",
    ),
    "nomad": (
        "respondents: HOW-MANY",
        *_construct("coherence", 4).splitlines(),
        *_construct("cognitive_participation", 4).splitlines(),
        *_construct("collective_action", 7).splitlines(),
        *_construct("reflexive_monitoring", 5).splitlines(),
    ),
    "nasss": tuple(
        _domain(name)
        for name in (
            "condition",
            "technology",
            "value_proposition",
            "adopters",
            "organisation",
            "wider_system",
            "embedding",
        )
    ),
    "document": (
        "title: TITLE-OF-THE-DOCUMENT",
        "reference: WHERE-IT-STANDS  # or link: https://...",
        "sha256: 64-HEXADECIMAL-DIGITS",
    ),
    "contract": (
        "starts: YYYY-MM-DD",
        "ends: YYYY-MM-DD",
        "notice_days: HOW-MANY",
        "breaks: []",
    ),
}
"""The lines of each kind of finding, as YAML, without the kind itself."""


def template(kind: str, margin: str = "") -> list[str]:
    """The lines of a finding of that kind that is to be filled in; only its kind where none is known.

    Args:
        kind: The kind of finding.
        margin: What stands before each line.
    """
    return [f"{margin}{line}" for line in (f"kind: {kind}", *TEMPLATES.get(kind, ()))]
