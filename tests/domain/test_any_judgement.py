"""Whatever is asked of whatever evidence: one of four answers, a reason, and the same again."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.criterion import Criterion, Result, judge
from domain.evidence import Entry, Evidence, Held, Seen, SignOff, Verdict
from domain.findings.contract import Contract
from tests.domain.examples import (
    AGREED,
    START,
    ask_of,
    at_least,
    figure,
)
from tests.domain.test_judging import GONE, TODAY, chart, entry, nasss, nomad

TESTS = st.sampled_from(
    [
        {"kind": "present"},
        {"kind": "shift"},
        {"kind": "weigh"},
        {"kind": "signed"},
        {"kind": "signed", "on_terms": "met"},
        {"kind": "under-contract", "left": timedelta(days=90), **AGREED},
        {"kind": "flag", "reading": "nasss-complex-domains", "most": 2, **AGREED},
        {"kind": "flag", "reading": "completion", "most": 0.3, **AGREED},
        at_least(0.5),
        at_least(0.5, comparison="at-most"),
        at_least(0.5, unit="people"),
        at_least(float("nan")),
    ]
)
FINDINGS = st.one_of(
    st.none(),
    st.builds(figure, st.floats(0, 1), st.none() | st.integers(0, 100)),
    st.builds(nasss, st.integers(0, 7)),
    st.builds(nomad, st.floats(1, 5)),
    st.builds(
        lambda values: chart(*values).evidence.finding,
        st.lists(st.sampled_from([40.0, 50.0, 60.0]), max_size=12),
    ),
    st.builds(
        lambda start, length: Contract(
            starts=TODAY + timedelta(days=start), ends=TODAY + timedelta(days=start + length)
        ),
        st.integers(-400, 10),
        st.integers(0, 900),
    ),
    st.builds(
        SignOff,
        verdict=st.sampled_from(Verdict),
        terms=st.just("x"),
        rests_on=st.lists(
            st.builds(Seen, ref=st.sampled_from(["ccbt/case/1", "ccbt/cost/1"]), digest=st.just("x")),
            max_size=2,
        ).map(tuple),
    ),
)


@st.composite
def entries(draw: st.DrawFn) -> tuple[Entry, ...]:
    """Evidence of any kind and fate, each under a name of its own."""
    found = []
    for number in range(draw(st.integers(0, 5))):
        written = Evidence(
            id=draw(st.sampled_from(["case", "case", "cost"])),
            statement=draw(st.sampled_from(["8 of 10 completed", "Good.", "", "Why?"])),
            source="Report",
            dated=TODAY - timedelta(days=draw(st.integers(0, 60))),
            expires=draw(st.none() | st.just(date.max) | st.dates(date(2026, 12, 1), date(2027, 2, 1))),
            finding=draw(FINDINGS),
        )
        found.append(
            entry(
                written.id,
                number,
                dated=written.dated,
                expires=written.expires,
                statement=written.statement,
                finding=written.finding,
                version=draw(st.sampled_from(["1", "2"])),
                withdrawn=draw(st.sampled_from([None, None, None, GONE])),
                superseded_by=draw(st.sampled_from([None, None, None, "ccbt/case/9"])),
                set_aside=draw(st.sampled_from([False, False, False, True])),
            )
        )
    return tuple(found)


@st.composite
def criteria(draw: st.DrawFn) -> Criterion:
    """Criteria of every kind, strict and lenient."""
    return ask_of(
        "any",
        evidence="case",
        source=draw(st.sampled_from(["own", "national", "pilots"])),
        test=draw(TESTS),
        required=draw(st.booleans()),
        minimum_sample=draw(st.none() | st.integers(1, 60)),
        minimum_boards=draw(st.none() | st.integers(1, 3)),
        fresh_for=draw(st.none() | st.builds(timedelta, st.integers(1, 60))),
        same_version=draw(st.booleans()),
        stale=draw(st.sampled_from(["inconclusive", "missing"])),
        contradictory=draw(st.sampled_from(["inconclusive", "not-met"])),
    )


HELD = st.dictionaries(st.sampled_from(["own", "national", "fife", "tayside"]), entries())
MOMENTS = st.integers(-40, 40).map(lambda days: START + timedelta(days=days))


@given(criterion=criteria(), held=HELD, now=MOMENTS)
def test_every_question_has_one_answer_and_a_reason(criterion: Criterion, held: Held, now: datetime) -> None:
    """Whatever is asked of whatever, at whatever moment; and the same again."""
    judgement = judge(criterion, held, "1", now)
    assert judgement.result in set(Result)
    assert judgement.why.strip().endswith((".", "!", "?"))
    assert judge(criterion, held, "1", now) == judgement


@given(criterion=criteria(), held=HELD, now=MOMENTS, dice=st.randoms(use_true_random=False))
def test_the_order_of_evidence_does_not_matter(
    criterion: Criterion, held: Held, now: datetime, dice: object
) -> None:
    """Neither within a register nor between boards: the answer and what it rests on are the same."""
    shuffled = {place: tuple(dice.sample(held[place], len(held[place]))) for place in reversed(held)}  # type: ignore[attr-defined]
    one, other = judge(criterion, held, "1", now), judge(criterion, shuffled, "1", now)
    assert one.result is other.result
    assert {item.ref for item in one.evidence} == {item.ref for item in other.evidence}


@given(criterion=criteria(), held=HELD, now=MOMENTS)
def test_nothing_is_met_by_what_nobody_may_rely_on(criterion: Criterion, held: Held, now: datetime) -> None:
    """Without evidence in force, whatever was there, it is missing."""
    gone = {
        place: tuple(it.model_copy(update={"withdrawn": GONE}) for it in found)
        for place, found in held.items()
    }
    assert judge(criterion, gone, "1", now).result is Result.MISSING
