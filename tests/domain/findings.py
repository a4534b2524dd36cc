"""Random findings as somebody might write them, each sound by the way it is made."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

Written = dict[str, Any]
"""A finding before it is read: what JSON can hold."""

SLUGS = st.from_regex(r"[a-z]{1,8}(-[a-z]{1,8}){0,2}", fullmatch=True)
LINES = st.text(alphabet="abc XYZ,.é", min_size=1, max_size=20).filter(lambda text: text.strip() != "")
COUNTS = st.integers(0, 50)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def periods(draw: st.DrawFn) -> Written:
    """Any day or more."""
    start = draw(DAYS)
    return {
        "start": start.isoformat(),
        "end": (start + timedelta(days=draw(st.integers(0, 400)))).isoformat(),
    }


@st.composite
def measures(draw: st.DrawFn) -> Written:
    """Numbers under names of their own."""
    return {
        "kind": "measure",
        "measure": f"own-{draw(SLUGS)}",
        "value": draw(NUMBERS),
        "unit": draw(LINES),
        "sample": draw(st.none() | COUNTS),
        "period": draw(periods()),
    }


def outcomes_of(cohort: tuple[int, ...]) -> Written:
    """The counts of a cohort that could exist.

    Args:
        cohort: How many recovered and reliably improved, only recovered, recovered but reliably worse, only
            reliably improved, got reliably worse, none of it; and then of those who were not at caseness how
            many reliably improved, got reliably worse, neither.
    """
    both, recovered, recovered_worse, improved, worse, _, mild_improved, mild_worse, mild_same = cohort
    return {
        "finished": sum(cohort),
        "not_at_caseness": mild_improved + mild_worse + mild_same,
        "recovered": both + recovered + recovered_worse,
        "reliably_improved": both + improved + mild_improved,
        "reliably_recovered": both,
        "reliably_deteriorated": recovered_worse + worse + mild_worse,
    }


@st.composite
def outcomes(draw: st.DrawFn) -> Written:
    """Outcomes of cohorts that could exist."""
    return {
        "kind": "outcomes",
        "period": draw(periods()),
        "instruments": draw(st.lists(SLUGS, min_size=1, max_size=4)),
        **outcomes_of(draw(st.tuples(*[COUNTS] * 9))),
    }


@st.composite
def reaches(draw: st.DrawFn) -> Written:
    """Referrals that go as far as they go."""
    counts = sorted(draw(st.lists(COUNTS, min_size=5, max_size=5)), reverse=True)
    names = ("referred", "accepted", "activated", "started", "finished")
    return {
        "kind": "reach",
        "period": draw(periods()),
        **dict(zip(names, counts, strict=True)),
        "population": draw(st.none() | st.integers(1, 10**6)),
    }


@st.composite
def trainings(draw: st.DrawFn) -> Written:
    """Some roles, each with some of its people trained."""
    roles = []
    for role in draw(st.lists(SLUGS, min_size=1, max_size=4, unique=True)):
        eligible = draw(COUNTS)
        roles.append({"role": role, "eligible": eligible, "trained": draw(st.integers(0, eligible))})
    return {"kind": "training", "roles": roles}


@st.composite
def run_charts(draw: st.DrawFn) -> Written:
    """Series of whole numbers, so that points on the median and ties are frequent, or of any."""
    values = st.integers(0, 4).map(float) | NUMBERS
    days = draw(st.lists(DAYS, min_size=1, max_size=40, unique=True))
    return {
        "kind": "run-chart",
        "measure": draw(SLUGS),
        "unit": draw(LINES),
        "better": draw(st.sampled_from(["up", "down"])),
        "baseline": draw(st.integers(8, 12)),
        "points": [{"on": day.isoformat(), "value": draw(values)} for day in days],
    }


@st.composite
def nomads(draw: st.DrawFn) -> Written:
    """Answers of up to fifty people, by item as a mean or as counts."""
    item = st.fixed_dictionaries({"mean": st.floats(1, 5)}) | st.fixed_dictionaries(
        {"counts": st.lists(st.integers(0, 10), min_size=5, max_size=5)}
    )
    sizes = {
        "coherence": 4,
        "cognitive_participation": 4,
        "collective_action": 7,
        "reflexive_monitoring": 5,
    }
    return {
        "kind": "nomad",
        "respondents": 50,
        **{name: draw(st.lists(item, min_size=size, max_size=size)) for name, size in sizes.items()},
    }


@st.composite
def nassses(draw: st.DrawFn) -> Written:
    """Seven domains."""
    assessed = st.fixed_dictionaries(
        {"complexity": st.sampled_from(["simple", "complicated", "complex"]), "note": LINES}
    )
    names = ("condition", "technology", "value_proposition", "adopters", "organisation", "wider_system")
    return {"kind": "nasss", **{name: draw(assessed) for name in (*names, "embedding")}}


@st.composite
def contracts(draw: st.DrawFn) -> Written:
    """Contracts with breaks on their way."""
    starts = draw(DAYS)
    length = draw(st.integers(1, 2000))
    breaks = draw(st.lists(st.integers(0, length - 1), max_size=4))
    written: Written = {
        "kind": "contract",
        "starts": starts.isoformat(),
        "ends": (starts + timedelta(days=length)).isoformat(),
        "breaks": [(starts + timedelta(days=each)).isoformat() for each in breaks],
        "notice_days": draw(st.integers(0, 200)),
    }
    if draw(st.booleans()):
        written["value"] = {"amount": draw(st.integers(0, 10**7)), "lower_bound": draw(st.booleans())}
    if draw(st.booleans()):
        written["extension_until"] = (starts + timedelta(days=length + 365)).isoformat()
    return written


def documents() -> st.SearchStrategy[Written]:
    """Documents on the web or in a register."""
    return st.fixed_dictionaries(
        {
            "kind": st.just("document"),
            "title": LINES,
            "sha256": st.text(alphabet="0123456789abcdefABCDEF", min_size=64, max_size=64),
        }
    ).flatmap(
        lambda document: st.sampled_from(
            [document | {"link": "https://example.org/report"}, document | {"reference": "Register A/12"}]
        )
    )


def attestations() -> st.SearchStrategy[Written]:
    """Statements."""
    return st.fixed_dictionaries({"kind": st.just("attestation"), "statement": LINES})


def findings() -> st.SearchStrategy[Written]:
    """Any finding."""
    return st.one_of(
        measures(),
        outcomes(),
        reaches(),
        trainings(),
        run_charts(),
        nomads(),
        nassses(),
        contracts(),
        documents(),
        attestations(),
    )
