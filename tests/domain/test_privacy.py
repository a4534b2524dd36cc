"""The guard against identifying data, by known answers."""

import pytest
from pydantic import BaseModel

from domain.privacy import find_identifier
from domain.text import check_document

CHI = "what looks like a CHI number"
NHS = "what looks like an NHS number"
PHONE = "a telephone number"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("CHI 0102031234", CHI),
        ("CHI 010203 1234", CHI),
        ("CHI 010203-1234.", CHI),
        ("CHI 01 02 03 1234", CHI),
        ("CHI 010203  1234", CHI),
        ("CHI 010203/1234", CHI),
        ("CHI 010203.1234", CHI),
        ("CHI 01/02/03 1234", CHI),
        ("CHI 010203\u20131234", CHI),
        ("CHI 102031234 lost its zero", CHI),
        ("Ward 5 0102031234", CHI),
        ("0102031234 15 visits", CHI),
        ("0102031234 2027-01-05", CHI),
        ("2902045678", CHI),
        ("3112991230", CHI),
        ("NHS 943 476 5919", NHS),
        ("9434765919", NHS),
        ("ward 7 943-476-5919", NHS),
        ("jo.smith@nhs.scot", "an e-mail address"),
        ("ring 0131 536 9000", PHONE),
        ("ring (0131) 536 9000", PHONE),
        ("ring 07700 900123", PHONE),
        ("ring +44 7700 900123", PHONE),
        ("ring +44 (0)131 536 9000", PHONE),
        ("lives at EH1 3EG", "a full postcode"),
        ("lives at kw151bx", "a full postcode"),
        ("born 1 May 1980", "a date of birth"),
        ("DOB: 01/02/1980", "a date of birth"),
        ("date of birth 1980-02-01", "a date of birth"),
    ],
)
def test_identifying_data_is_found(text: str, kind: str) -> None:
    """Written with spaces, hyphens, dots or without; between other numbers, and with a lost zero."""
    assert find_identifier(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "70,000 referrals a year",
        "1,234,567,890 minutes",
        "Reviewed on 2027-03-04.",
        "From 2027-03-04 to 2028-03-04",
        "At 2026-11-23 18:18 and at 2027-03-04 10:15",
        "2027-03-04T10:15:00Z",
        "Board S08000015, and S08000016 S08000017",
        "Open 09:00 to 17:30",
        "Waiting since 04/03/2027",
        "In 2019 2020 2021 we had 12 15 18 sites",
        "EH1 and G12 practices",
        "8 of 10 completed (80%)",
        "version 1.2.3, ticket #1234567890",
        "9434765918 has the wrong check digit",
        "12 months, 24 boards, £1.5m",
    ],
)
def test_ordinary_figures_are_left_alone(text: str) -> None:
    """Dates, times, counts, board codes and years identify nobody."""
    assert find_identifier(text) is None


def test_every_day_of_a_month_begins_a_chi_number_and_no_other_does() -> None:
    """A CHI number begins with a birth date: 29 February counts, 30 February does not."""
    found = [day for day in range(100) if find_identifier(f"{day:02}02041234") == CHI]
    assert found == list(range(1, 30))


class Digested(BaseModel):
    """Something that refers to evidence by its digest."""

    digest: str


def test_a_digest_is_not_taken_for_somebodys_number() -> None:
    """Ten of its digits may look like one, and a message with it has to arrive all the same."""
    assert check_document("report", Digested(digest="9434765919" + "a" * 54)) is None


@pytest.mark.parametrize("digest", ["9434765919", "9434765919" + "a" * 53, "9434765919" + "A" * 54])
def test_what_only_stands_in_the_place_of_a_digest_is_looked_at(digest: str) -> None:
    """Its name alone does not let anything through."""
    refusal = check_document("report", Digested(digest=digest))
    assert refusal is not None
    assert refusal.code == "identifying-data"
