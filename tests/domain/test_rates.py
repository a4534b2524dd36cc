"""Outcomes, reach, training and single numbers against their published definitions, by known answers."""

from datetime import date
from itertools import product
from typing import Any

import pytest
from pydantic import ValidationError

from domain.findings import Measure, Outcomes, Reach, RoleTraining, Training, read_finding, readings
from domain.findings.amounts import Period
from domain.refusal import Refusal
from tests.domain.findings import outcomes_of

QUARTER = Period(start=date(2026, 7, 1), end=date(2026, 9, 30))
COUNTS = {
    "finished": 1200,
    "not_at_caseness": 200,
    "recovered": 418,
    "reliably_improved": 570,
    "reliably_recovered": 363,
    "reliably_deteriorated": 84,
}


def outcomes(**counts: int) -> Outcomes:
    """Outcomes of a quarter."""
    return Outcomes.model_validate(
        {"period": QUARTER, "instruments": ("phq-9", "gad-7"), **(COUNTS | counts)}
    )


def reach(**counts: int) -> Reach:
    """A year of referrals as Ireland published it, with what was not published filled in."""
    published: dict[str, Any] = {
        "referred": 5298,
        "accepted": 5000,
        "activated": 3236,
        "started": 2649,
        "finished": 1766,
    }
    return Reach.model_validate({"period": QUARTER, **(published | counts)})


def measure(**fields: object) -> Measure:
    """A measure that is not built in."""
    return Measure.model_validate(
        {"measure": "did-not-attend", "value": 12, "unit": "sessions", "period": QUARTER, **fields}
    )


def refusal_of(error: pytest.ExceptionInfo[ValidationError]) -> str:
    """The one sentence with which a finding was refused."""
    (detail,) = error.value.errors()
    return str(detail["ctx"]["error"])


def test_outcomes_give_the_rates_of_the_published_definitions() -> None:
    """England's figures for guided self-help by computer, out of counts that give exactly these.

    1,200 finished, 200 of them not at caseness, so 1,000 could recover. Recovery 418 / 1,000 = 41.8 %,
    reliable recovery 363 / 1,000 = 36.3 %, reliable improvement 570 / 1,200 = 47.5 %, deterioration
    84 / 1,200 = 7.0 %.
    """
    found = readings(outcomes())
    assert {name: each.value for name, each in found.items()} == {
        "recovery-rate": 0.418,
        "reliable-recovery-rate": 0.363,
        "reliable-improvement-rate": 0.475,
        "deterioration-rate": 0.07,
    }
    assert {each.unit for each in found.values()} == {"share"}


def test_each_rate_says_over_whom_it_is() -> None:
    """Both recovery rates leave out those who were not at caseness; the others are over all who finished."""
    found = readings(outcomes())
    assert {name: (each.numerator, each.denominator, each.sample) for name, each in found.items()} == {
        "recovery-rate": (418, 1000, 1000),
        "reliable-recovery-rate": (363, 1000, 1000),
        "reliable-improvement-rate": (570, 1200, 1200),
        "deterioration-rate": (84, 1200, 1200),
    }


def test_where_nobody_was_at_caseness_there_is_no_recovery_rate() -> None:
    """Nothing is divided by nothing; the other rates stand: 570 of 1,200 and 84 of 1,200."""
    found = readings(outcomes(not_at_caseness=1200, recovered=0, reliably_recovered=0))
    assert set(found) == {"reliable-improvement-rate", "deterioration-rate"}


def test_where_nobody_finished_there_is_no_rate() -> None:
    """A new service has no outcomes yet, and that is no fault."""
    assert readings(outcomes(**dict.fromkeys(COUNTS, 0))) == {}


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        (
            {"not_at_caseness": 1201},
            "1,201 who were not at caseness are more than the 1,200 who finished",
        ),
        ({"recovered": 1001}, "1,001 who recovered are more than the 1,000 who started at caseness"),
        ({"reliably_improved": 1201}, "1,201 who reliably improved are more than the 1,200 who finished"),
        (
            {"reliably_deteriorated": 1201},
            "1,201 who reliably deteriorated are more than the 1,200 who finished",
        ),
        ({"reliably_recovered": 419}, "419 who reliably recovered are more than the 418 who recovered"),
        (
            {"reliably_improved": 362},
            "363 who reliably recovered are more than the 362 who reliably improved",
        ),
        (
            {"reliably_deteriorated": 631},
            "1,201 who reliably improved or deteriorated are more than the 1,200 who finished",
        ),
        (
            {"recovered": 994, "reliably_deteriorated": 0},
            "1,201 who recovered or reliably improved are more than the 1,200 who finished",
        ),
    ],
)
def test_counts_that_cannot_be_of_the_same_people_are_refused(counts: dict[str, int], sentence: str) -> None:
    """Each rule has its sentence; that it refuses no more than it should is shown below."""
    with pytest.raises(ValidationError) as caught:
        outcomes(**counts)
    assert refusal_of(caught) == f"{sentence}, of whom they are part: correct the counts."


def test_exactly_the_counts_of_cohorts_that_could_exist_are_accepted() -> None:
    """Of all counts up to three, those are accepted that some three people or fewer could give; no others.

    A cohort is any number of people in the nine ways in which somebody can finish.
    """
    possible = {
        tuple(outcomes_of(cohort).values()) for cohort in product(range(4), repeat=9) if sum(cohort) <= 3
    }
    accepted = set()
    for counts in product(range(4), repeat=6):
        try:
            outcomes(**dict(zip(COUNTS, counts, strict=True)))
        except ValidationError:
            continue
        accepted.add(counts)
    assert accepted == possible


def test_reach_gives_the_published_activation_and_the_shares_around_it() -> None:
    """Ireland: 3,236 of 5,298 referrals activated, 61 %.

    Uptake 2,649 / 5,298 = 50 %; completion 1,766 / 2,649 = two thirds; acceptance 5,000 / 5,298.
    """
    found = readings(reach())
    assert found["activation-rate"].value == 3236 / 5298
    assert round(found["activation-rate"].value, 2) == 0.61
    assert found["uptake-rate"].value == 0.5
    assert found["completion-rate"].value == 2 / 3
    assert found["acceptance-rate"].denominator == 5298
    assert "referrals-per-1000" not in found


def test_referrals_are_told_for_a_thousand_people_where_the_population_is_known() -> None:
    """Orkney's 22,190 people and 111 referrals: 111,000 / 22,190 = 5.002 for 1,000 people."""
    found = readings(reach(referred=111, accepted=111, activated=0, started=0, finished=0, population=22190))
    assert found["referrals-per-1000"].value == 111_000 / 22_190
    assert found["referrals-per-1000"].unit == "referrals per 1,000 people"
    assert "completion-rate" not in found


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({"accepted": 5299}, "5,299 who were accepted are more than the 5,298 who were referred"),
        ({"activated": 5001}, "5,001 who activated are more than the 5,000 who were accepted"),
        ({"started": 3237}, "3,237 who started are more than the 3,236 who activated"),
        ({"finished": 2650}, "2,650 who finished are more than the 2,649 who started"),
    ],
)
def test_nobody_comes_further_without_the_step_before(counts: dict[str, int], sentence: str) -> None:
    """Each count is part of the one before."""
    with pytest.raises(ValidationError) as caught:
        reach(**counts)
    assert refusal_of(caught) == f"{sentence}, of whom they are part: correct the counts."


def test_training_covers_all_roles_together_and_each() -> None:
    """30 of 40 over all: 10 of 10 leads and 20 of 30 practitioners; a role with nobody has no coverage."""
    training = Training(
        roles=(
            RoleTraining(role="practitioner", eligible=30, trained=20),
            RoleTraining(role="lead", eligible=10, trained=10),
            RoleTraining(role="vacant", eligible=0, trained=0),
        )
    )
    assert {name: each.value for name, each in readings(training).items()} == {
        "training-coverage": 0.75,
        "training-coverage-lead": 1.0,
        "training-coverage-practitioner": 20 / 30,
    }


def test_training_is_refused_where_it_cannot_be() -> None:
    """More trained than there are, or a role that stands twice."""
    with pytest.raises(ValidationError) as caught:
        RoleTraining(role="lead", eligible=10, trained=11)
    assert refusal_of(caught).startswith("11 trained as lead are more than the 10 eligible")
    lead = RoleTraining(role="lead", eligible=10, trained=1)
    with pytest.raises(ValidationError) as caught:
        Training(roles=(lead, lead))
    assert refusal_of(caught) == 'The role "lead" stands twice in the training: add its counts up.'


def test_a_measure_is_read_under_its_own_name() -> None:
    """With what it rests on."""
    (name, reading), *others = readings(measure(sample=80)).items()
    assert (name, reading.value, reading.unit, reading.sample, others) == (
        "did-not-attend",
        12,
        "sessions",
        80,
        [],
    )


@pytest.mark.parametrize(
    ("name", "value", "unit", "sentence"),
    [
        (
            "recovery-rate",
            41.8,
            "%",
            'The measure "recovery-rate" is given in another unit: give it as "share".',
        ),
        (
            "training-coverage-lead",
            90,
            "%",
            'The measure "training-coverage-lead" is given in another unit: give it as "share".',
        ),
        (
            "run-chart-shift",
            1,
            "direction",
            (
                'The measure "run-chart-shift" is worked out and never stated: '
                "bring the run chart or the contract."
            ),
        ),
    ],
)
def test_a_measure_cannot_pass_for_what_it_is_not(name: str, value: float, unit: str, sentence: str) -> None:
    """It is refused where it is written; what was stored before the name was built in is not read."""
    stored = measure(measure=name, value=value, unit=unit)
    assert readings(stored) == {}
    assert read_finding(stored.model_dump_json()) == Refusal(code="measure-misnamed", message=sentence)


def test_a_published_rate_may_be_stated_in_shares() -> None:
    """England's figure for guided self-help by computer comes without its counts."""
    stated = measure(measure="recovery-rate", value=0.418, unit="share")
    assert readings(stated)["recovery-rate"].value == 0.418
    assert read_finding(stated.model_dump_json()) == stated


def test_a_share_is_no_per_cent() -> None:
    """41.8 per cent is not forty times more than everybody."""
    with pytest.raises(ValidationError) as caught:
        measure(value=41.8, unit="share")
    assert refusal_of(caught) == (
        'The measure "did-not-attend" is 41.8 and a share lies between 0 and 1: divide per cents by 100.'
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "12", True, None])
def test_a_measure_is_a_finite_number(value: object) -> None:
    """Neither text nor truth stands for one."""
    with pytest.raises(ValidationError):
        measure(value=value)


def test_a_period_does_not_end_before_it_starts() -> None:
    """One day is a period."""
    Period(start=date(2026, 7, 1), end=date(2026, 7, 1))
    with pytest.raises(ValidationError) as caught:
        Period(start=date(2026, 7, 1), end=date(2026, 6, 30))
    assert refusal_of(caught) == "The period ends on 2026-06-30, before it starts on 2026-07-01: swap them."
