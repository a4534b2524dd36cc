"""Contracts as the catalogue knows them: their days, as precisely as the source says."""

from datetime import date

import pytest

from domain.partial_date import is_to_come, months_after
from domain.procurement import Contract


def make_contract(**more: object) -> Contract:
    """The platform contract of cCBT as the public notices give it, unless told otherwise."""
    given: dict[str, object] = {
        "id": "ccbt-platform",
        "title": "cCBT platform",
        "awarded": "2021-08",
        "term_months": 60,
        "breaks_after_months": (12, 24, 36, 48),
        "source": "Public procurement notices",
    }
    return Contract.model_validate(given | more)


def test_days_are_as_precise_as_the_award() -> None:
    """A month gives months; nothing is made up."""
    contract = make_contract()
    assert contract.breaks == ("2022-08", "2023-08", "2024-08", "2025-08")
    assert (contract.ends, contract.extended_until) == ("2026-08", "2026-08")


def test_the_term_is_reckoned_from_its_start_once_that_is_known() -> None:
    """Until then from the award."""
    award = make_contract(awarded="2023-11-30", term_months=36, extension_months=12, breaks_after_months=())
    assert (award.ends, award.extended_until) == ("2026-11-30", "2027-11-30")
    assert award.model_copy(update={"starts": "2024-01-15"}).ends == "2027-01-15"


def test_a_year_alone_gives_no_days() -> None:
    """To be wrong by eleven months is worse than to say nothing."""
    contract = make_contract(awarded="2021")
    assert (contract.ends, contract.breaks, contract.next_break(date(2020, 1, 1))) == (None, (), None)


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2021, 9, 1), "2022-08"),
        (date(2022, 8, 31), "2022-08"),
        (date(2022, 9, 1), "2023-08"),
        (date(2025, 9, 1), None),
    ],
)
def test_the_next_break_is_the_first_that_has_not_gone_by(day: date, found: str | None) -> None:
    """One that is known to the month has not before the month is over."""
    assert make_contract().next_break(day) == found


@pytest.mark.parametrize(
    ("day", "found"),
    [(date(2022, 2, 28), "2022-02"), (date(2022, 3, 1), "2023-02"), (date(2025, 3, 1), None)],
)
def test_notice_is_given_before_the_first_break_for_which_that_can_be_done(
    day: date, found: str | None
) -> None:
    """Too late for one break is in time for the next."""
    assert make_contract(notice_months=6).notice_date(day) == found


def test_without_a_known_notice_period_no_notice_date_is_made_up() -> None:
    """What the source does not say is left out."""
    assert make_contract().notice_date(date(2022, 1, 1)) is None


@pytest.mark.parametrize("breaks", [(24, 12), (12, 12), (0, 12), (12, 60)])
def test_breaks_follow_each_other_within_the_term(breaks: tuple[int, ...]) -> None:
    """Anything else is a slip."""
    with pytest.raises(ValueError, match="do not follow each other within its 60 months"):
        make_contract(breaks_after_months=breaks)


def test_a_value_is_an_amount_to_the_penny() -> None:
    """With no more digits than money has, and as a lower bound where the source says over."""
    contract = make_contract(value={"amount": "1250000.50", "lower_bound": True})
    assert contract.value is not None
    assert str(contract.value.amount) == "1250000.50"
    with pytest.raises(ValueError, match="2 decimal places"):
        make_contract(value={"amount": "1.005"})


@pytest.mark.parametrize(
    ("start", "months", "found"),
    [
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-10-31", 1, "2023-11-30"),
        ("2023-11-30", -9, "2023-02-28"),
        ("2023-12", 1, "2024-01"),
        ("2024-01", -1, "2023-12"),
        ("2024", 12, None),
    ],
)
def test_months_are_counted_on_the_calendar(start: str, months: int, found: str | None) -> None:
    """Over the year's end in both directions, and with short months."""
    assert months_after(start, months) == found


def test_a_date_goes_by_when_all_of_it_has() -> None:
    """A day, a month, a year."""
    for when, last in (("2026-11-25", date(2026, 11, 25)), ("2026-11", date(2026, 11, 30))):
        assert is_to_come(when, last)
    assert not is_to_come("2026", date(2027, 1, 1))
