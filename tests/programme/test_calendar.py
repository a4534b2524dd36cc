"""The working calendar as the programme's file says it, and what is wrong in one."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from domain.calendar import Calendar
from programme.calendar import CalendarSheet, make_calendar
from programme.contents import Programme
from programme.errors import ProgrammeInvalid
from programme.reader import load_programme

RULE = {
    "country": "GB",
    "subdivision": "SCT",
    "first_year": 2026,
    "last_year": 2028,
    "source": "Public holidays of Scotland",
}


def sheet(holidays: dict[str, Any] | None = None, **fields: Any) -> CalendarSheet:
    """A calendar's sheet."""
    return CalendarSheet.model_validate(
        {"time_zone": "Europe/London", "closes": "17:00", "holidays": RULE | (holidays or {})} | fields
    )


def change(day: str, *boards: str) -> dict[str, Any]:
    """A day that becomes or ceases to be a holiday."""
    return {"date": day, "name": "A local day", "source": "The board", "boards": boards or "all"}


def test_the_holidays_are_those_of_scotland() -> None:
    """Saint Andrew's Day is, and Easter Monday, which is one in England, is not."""
    calendar = make_calendar(sheet())
    free = {day for day in (date(2027, 1, 1) + timedelta(n) for n in range(365)) if not calendar.works(day)}
    expected = {
        *(date(2027, 1, 1), date(2027, 1, 4), date(2027, 3, 26), date(2027, 5, 3), date(2027, 5, 31)),
        *(date(2027, 8, 2), date(2027, 11, 30), date(2027, 12, 27), date(2027, 12, 28)),
    }
    assert {day for day in free if day.weekday() < 5} == expected
    assert date(2027, 3, 29) not in free


def test_days_are_added_and_removed_everywhere_or_at_boards() -> None:
    """Boards keep holidays of their own."""
    calendar = make_calendar(
        sheet(
            {
                "add": [change("2027-04-19", "fife"), change("2027-07-16")],
                "remove": [change("2027-11-30", "fife"), change("2027-05-31")],
            }
        )
    )
    days = (date(2027, 4, 19), date(2027, 7, 16), date(2027, 11, 30), date(2027, 5, 31))
    assert [calendar.at("fife").works(day) for day in days] == [False, False, True, True]
    assert [calendar.at("orkney").works(day) for day in days] == [True, False, False, True]
    assert [calendar.at(None).works(day) for day in days] == [True, False, False, True]


def test_clocks_are_those_of_the_time_zone() -> None:
    """An hour ahead from the last Sunday of March to the last of October."""
    calendar = make_calendar(sheet())
    for moment, hour in (
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), 0),
        (datetime(2027, 3, 28, 1, tzinfo=UTC), 2),
        (datetime(2027, 10, 31, 0, 59, tzinfo=UTC), 1),
        (datetime(2027, 10, 31, 1, tzinfo=UTC), 1),
        (datetime(2028, 12, 31, 12, tzinfo=UTC), 12),
    ):
        assert calendar.local_time(moment).hour == hour, moment
    assert make_calendar(sheet(time_zone="UTC")).clock == ()


def test_leave_is_carried_over() -> None:
    """With whom it concerns."""
    leave = {
        "name": "Moving",
        "first": "2027-02-01",
        "last": "2027-02-05",
        "boards": ["fife"],
        "source": "Fife",
    }
    calendar = make_calendar(sheet(leave=[leave]))
    assert calendar.at("fife").on_leave(date(2027, 2, 3))
    assert not calendar.at("orkney").on_leave(date(2027, 2, 3))


@pytest.mark.parametrize(
    ("holidays", "fields", "why"),
    [
        ({"country": "XX"}, {}, 'holidays of "XX SCT"'),
        ({"subdivision": "ABC"}, {}, 'holidays of "GB ABC"'),
        ({"last_year": 2025}, {}, "correct first_year or last_year"),
        ({"last_year": 2099}, {}, "correct first_year or last_year"),
        ({}, {"time_zone": "Europe/Fife"}, 'no time zone "Europe/Fife"'),
        ({}, {"time_zone": "../etc/passwd"}, "no time zone"),
        (
            {},
            {"weekend": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]},
            "leave one to work on",
        ),
    ],
)
def test_what_is_not_known_is_refused(holidays: dict[str, Any], fields: dict[str, Any], why: str) -> None:
    """In one sentence that says what to do."""
    with pytest.raises(ValidationError, match=why):
        sheet(holidays, **fields)


def test_the_shipped_programme_counts_by_it(shipped: Programme) -> None:
    """It is pinned in what each technology is proposed with, with the roles that are told nationally."""
    calendar = shipped.pace.calendar
    assert isinstance(calendar, Calendar)
    assert not calendar.works(date(2026, 11, 30))
    assert shipped.proposals[0].pace.calendar == calendar
    policy = shipped.policy
    assert policy is not None
    assert "national-advisor" in policy.national
    assert "board-lead" not in policy.national


def test_what_local_roles_leave_undone_ends_up_nationally(shipped: Programme) -> None:
    """Every role that owns a step has somebody above it, and every chain ends."""
    policy = shipped.policy
    assert policy is not None
    owners = {
        step.owner
        for plan in (
            *shipped.plans,
            *(plan for book in shipped.playbooks for plan in (book.implementation, book.handover)),
        )
        for step in plan.steps
    }
    for role in sorted(owners):
        chain = policy.reminders.chain(role)
        assert chain, role
        assert chain[-1] in policy.national


LOCAL_DAY = "add: [{date: 2027-04-19, name: A day, boards: [fif], source: Public holidays of Scotland}]"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("add: []", LOCAL_DAY, 'which is no board of this programme: did you mean "fife"?'),
        ("local-delivery-partner: board-d", "local-delivery-partnr: board-d", "which is no role"),
        ("expiring_within: P90D", "expiring_within: P3M", '"P3M" is no exact duration'),
        ("subdivision: SCT", "subdivision: SCO", 'nothing is known of the holidays of "GB SCO"'),
        ('digest_at: "08:00"', 'digest_at: "19:00"', "the digest would come in the quiet hours"),
        ("urgent: [halted,", "urgent: [halte,", 'did you mean "halted"?'),
    ],
)
def test_what_is_wrong_in_the_file_is_said_with_its_line(
    scotland: Path, old: str, new: str, found: str
) -> None:
    """As everywhere in the programme's files."""
    file = scotland / "programme.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ProgrammeInvalid) as caught:
        load_programme(scotland)
    (problem,) = map(str, caught.value.problems)
    assert found in problem
    assert "programme.yaml:" in problem
