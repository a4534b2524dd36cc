"""Contracts by the calendar, and documents by where they lie."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from domain.findings import Contract, Document, Money, readings

# Five years from August 2021 with breaks after years 1 to 4, as the cCBT platform was awarded.
PLATFORM = Contract(
    value=Money(amount=Decimal("1250000.50"), lower_bound=True),
    starts=date(2021, 8, 1),
    ends=date(2026, 7, 31),
    breaks=(date(2025, 7, 31), date(2022, 7, 31), date(2024, 7, 31), date(2023, 7, 31)),
    notice_days=90,
    extension_until=date(2027, 7, 31),
)
DIGEST = "9f" * 32


@pytest.mark.parametrize(
    ("day", "in_force", "left"),
    [
        (date(2021, 7, 31), False, 1826),
        (date(2021, 8, 1), True, 1825),
        (date(2026, 7, 30), True, 1),
        (date(2026, 7, 31), True, 0),
        (date(2026, 8, 1), False, 0),
    ],
)
def test_a_contract_is_in_force_from_its_first_day_to_its_last(day: date, in_force: bool, left: int) -> None:
    """Five years with one leap day are 1,826 days; the extension is not counted before it is taken up."""
    assert (PLATFORM.in_force(day), PLATFORM.days_left(day)) == (in_force, left)


@pytest.mark.parametrize(
    ("day", "next_break", "notice"),
    [
        (date(2021, 8, 1), date(2022, 7, 31), date(2022, 5, 2)),
        (date(2022, 5, 2), date(2022, 7, 31), date(2022, 5, 2)),
        (date(2022, 5, 3), date(2022, 7, 31), date(2023, 5, 2)),
        (date(2022, 7, 31), date(2022, 7, 31), date(2023, 5, 2)),
        (date(2025, 5, 2), date(2025, 7, 31), date(2025, 5, 2)),
        (date(2025, 5, 3), date(2025, 7, 31), None),
        (date(2025, 8, 1), None, None),
    ],
)
def test_notice_is_given_ninety_days_before_a_break(
    day: date, next_break: date | None, notice: date | None
) -> None:
    """90 days before 31 July is 2 May; once that has gone by, the notice is for the break after."""
    assert (PLATFORM.next_break(day), PLATFORM.notice_date(day)) == (next_break, notice)


def test_days_left_are_read_on_a_day_alone() -> None:
    """Without one there is only the value, which is known to be at least that."""
    assert {name: each.value for name, each in readings(PLATFORM).items()} == {"contract-value": 1250000.5}
    found = readings(PLATFORM, date(2026, 7, 1))
    assert (found["contract-days-left"].value, found["contract-days-left"].unit) == (30, "days")


def test_breaks_are_kept_in_order() -> None:
    """Whatever the order in which they were written, and however often."""
    again = PLATFORM.model_dump() | {"breaks": (*reversed(PLATFORM.breaks), *PLATFORM.breaks)}
    assert Contract.model_validate(again) == PLATFORM


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"ends": date(2021, 7, 31), "breaks": (), "extension_until": None},
            "The contract ends on 2021-07-31, before it starts on 2021-08-01: swap them.",
        ),
        (
            {"breaks": (date(2026, 7, 31),)},
            (
                "The break on 2026-07-31 is not between the start on 2021-08-01 and the end on 2026-07-31: "
                "correct it."
            ),
        ),
        (
            {"extension_until": date(2026, 7, 31)},
            (
                "The extension until 2026-07-31 adds nothing to the end on 2026-07-31: "
                "correct it or leave it out."
            ),
        ),
    ],
)
def test_a_contract_whose_days_cannot_be_is_refused(fields: dict[str, object], sentence: str) -> None:
    """One sentence that names the days."""
    with pytest.raises(ValidationError) as caught:
        Contract.model_validate(PLATFORM.model_dump() | fields)
    (detail,) = caught.value.errors()
    assert str(detail["ctx"]["error"]) == sentence


@pytest.mark.parametrize(
    "money", [{"amount": -1}, {"amount": "1.234"}, {"amount": 1, "currency": "EUR"}, {"amount": "NaN"}]
)
def test_money_is_in_pounds_and_pence(money: dict[str, object]) -> None:
    """Nothing less than a penny, and no other currency."""
    with pytest.raises(ValidationError):
        Money.model_validate(money)


@pytest.mark.parametrize("link", ["https://example.org", "http://example.org/a?b=c#d"])
def test_a_document_lies_on_the_web_or_in_a_register(link: str) -> None:
    """Either is enough, and its digest is kept in one way of writing."""
    assert Document(title="Evaluation", link=link, sha256=DIGEST.upper()).sha256 == DIGEST
    assert readings(Document(title="Evaluation", reference="Register A/12", sha256=DIGEST)) == {}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"link": "ftp://example.org/x"},
        {"link": "https://user:secret@example.org/"},
        {"link": "https://user@example.org/"},
        {"link": "https://"},
        {"link": "https://example.org/a b"},
        {"link": "javascript:alert(1)"},
        {"reference": "  "},
        {"reference": "Register A/12", "sha256": DIGEST[:-1]},
        {"reference": "Register A/12", "sha256": "g" * 64},
    ],
)
def test_a_document_that_nobody_could_find_or_check_is_refused(fields: dict[str, str]) -> None:
    """It has a place without anybody's password in it, and a whole digest."""
    with pytest.raises(ValidationError):
        Document.model_validate({"title": "Evaluation", "sha256": DIGEST} | fields)
