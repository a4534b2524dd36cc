"""Findings for a rehearsal: plainly made up, of every kind that a step can ask for."""

from collections.abc import Callable
from datetime import date, timedelta

from domain.evidence import ATTESTATION
from domain.findings import (
    Assessed,
    Complexity,
    Contract,
    Document,
    Finding,
    Measure,
    Nasss,
    Nomad,
    NomadItem,
    Outcomes,
    Point,
    Reach,
    RoleTraining,
    RunChart,
    Training,
)
from domain.findings.amounts import Period

_MONTH = timedelta(days=30)
_YEAR = timedelta(days=365)
_TITLE = "Rehearsal record, no real finding"


def rehearsed(kind: str | None, day: date) -> Finding | None:
    """A made-up finding of a kind, which meets what the shipped gates ask; ``None`` for a plain statement.

    Args:
        kind: The kind that a step asks for.
        day: The day of the finding: nothing in it lies later, but for what a contract still has before it.

    Raises:
        ValueError: Nobody knows how to rehearse that kind.
    """
    if kind is None or kind == ATTESTATION:
        return None
    if kind not in _REHEARSED:
        raise ValueError(
            f'Nobody knows how to rehearse a finding of the kind "{kind}": '
            f"choose from {', '.join(_REHEARSED)}, or ask for a plain statement."
        )
    return _REHEARSED[kind](day)


def _last_quarter(day: date) -> Period:
    return Period(start=day - 3 * _MONTH, end=day)


def _measure(day: date) -> Measure:
    return Measure(
        measure="rehearsed-figure", value=1, unit="rehearsals", sample=1, period=_last_quarter(day)
    )


def _reach(day: date) -> Reach:
    return Reach(period=_last_quarter(day), referred=100, accepted=90, activated=70, started=60, finished=40)


def _training(_day: date) -> Training:
    team = RoleTraining(role="board-digital-therapies-team", eligible=10, trained=9)
    return Training(roles=(team,))


def _document(_day: date) -> Document:
    return Document(title=_TITLE, reference="REHEARSAL/1", sha256="0" * 64)


def _contract(day: date) -> Contract:
    return Contract(
        starts=day - _MONTH,
        ends=day + 4 * _YEAR,
        breaks=(day + _YEAR, day + 2 * _YEAR),
        notice_days=90,
    )


def _outcomes(day: date) -> Outcomes:
    return Outcomes(
        period=_last_quarter(day),
        instruments=("phq-9", "gad-7"),
        finished=40,
        not_at_caseness=10,
        recovered=12,
        reliably_improved=20,
        reliably_recovered=10,
        reliably_deteriorated=2,
    )


def _run_chart(day: date) -> RunChart:
    """Ten months about a median, then six above it."""
    values = (10, 12, 10, 12, 10, 12, 10, 12, 10, 12, 20, 20, 20, 20, 20, 20)
    first = day - _MONTH * (len(values) - 1)
    return RunChart(
        measure="activations",
        unit="accounts a month",
        better="up",
        points=tuple(Point(on=first + _MONTH * month, value=value) for month, value in enumerate(values)),
    )


def _nomad(_day: date) -> Nomad:
    agreed, disagreed = NomadItem(mean=4), NomadItem(mean=2)
    return Nomad(
        respondents=10,
        coherence=(agreed,) * 4,
        cognitive_participation=(agreed,) * 4,
        # To agree with the second item is bad: it says that working relationships are disrupted.
        collective_action=(agreed, disagreed, agreed, agreed, agreed, agreed, agreed),
        reflexive_monitoring=(agreed,) * 5,
    )


def _nasss(_day: date) -> Nasss:
    simple = Assessed(complexity=Complexity.SIMPLE, note=_TITLE)
    complicated = Assessed(complexity=Complexity.COMPLICATED, note=_TITLE)
    return Nasss(
        condition=simple,
        technology=simple,
        value_proposition=simple,
        adopters=complicated,
        organisation=complicated,
        wider_system=complicated,
        embedding=complicated,
    )


_REHEARSED: dict[str, Callable[[date], Finding]] = {
    "measure": _measure,
    "outcomes": _outcomes,
    "reach": _reach,
    "training": _training,
    "run-chart": _run_chart,
    "nomad": _nomad,
    "nasss": _nasss,
    "document": _document,
    "contract": _contract,
}
