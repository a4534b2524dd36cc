"""What holds of every finding: it can be read, in one way, by this release and others, and names nobody."""

import json
from datetime import date
from math import isfinite
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.findings import Finding, read_finding, readings, texts
from domain.findings.slugs import UNITS, unit_of
from domain.refusal import Refusal
from tests.domain.findings import DAYS, Written, findings

STORED: TypeAdapter[Finding] = TypeAdapter(Finding)
QUARTER = {"start": "2026-07-01", "end": "2026-09-30"}
OUTCOMES: Written = {
    "kind": "outcomes",
    "period": QUARTER,
    "instruments": ["phq-9", "gad-7"],
    "finished": 100,
    "not_at_caseness": 10,
    "recovered": 40,
    "reliably_improved": 60,
    "reliably_recovered": 35,
    "reliably_deteriorated": 5,
}


def read(written: object) -> Finding:
    """A finding that must be sound."""
    finding = read_finding(json.dumps(written))
    assert not isinstance(finding, Refusal), finding
    return finding


def refused(written: object) -> str:
    """The sentence with which a finding is refused."""
    refusal = read_finding(json.dumps(written))
    assert isinstance(refusal, Refusal), refusal
    return refusal.message


@given(written=findings(), day=DAYS)
def test_every_sound_finding_can_be_read(written: Written, day: date) -> None:
    """Values are finite, shares lie between 0 and 1, and built-in readings have their own units."""
    for name, reading in readings(read(written), day).items():
        assert isfinite(reading.value)
        assert reading.unit == (unit_of(name) or written["unit"].strip())
        if reading.unit == "share":
            assert 0 <= reading.value <= 1
            assert reading.denominator == reading.sample
        if reading.unit == "score from 1 to 5":
            assert 1 <= reading.value <= 5


def turned(value: Any) -> Any:
    """The same with its fields, and the lists that have no order of their own, the other way round."""
    if isinstance(value, dict):
        return {
            key: turned(part[::-1] if key in {"instruments", "roles", "points", "breaks"} else part)
            for key, part in reversed(value.items())
        }
    return [turned(part) for part in value] if isinstance(value, list) else value


@given(written=findings(), day=DAYS)
def test_it_does_not_matter_in_which_order_a_finding_is_written(written: Written, day: date) -> None:
    """The same finding with the same readings in the same order."""
    one, other = read(written), read(turned(written))
    assert one == other
    assert list(readings(one, day).items()) == list(readings(other, day).items())


@given(written=findings())
def test_a_finding_is_stored_and_read_back_as_it_was(written: Written) -> None:
    """Only the fields that were given are kept, as in payloads; a newer release may have added some."""
    finding = read(written)
    kept = finding.model_dump(mode="json", exclude_unset=True)
    assert kept["kind"] == written["kind"]
    assert STORED.validate_json(json.dumps(kept | {"added_later": 1})) == finding
    assert STORED.validate_python(kept) == finding


@given(written=findings(), data=st.data())
def test_a_field_that_no_finding_has_is_refused_where_it_is_written(
    written: Written, data: st.DataObject
) -> None:
    """A typing error is found where it was made, at any depth."""
    places = list(_mappings(written))
    place = data.draw(st.sampled_from(places))
    place["exttra"] = 1
    assert "exttra" in refused(written)


def _mappings(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _mappings(part)


@given(written=findings(), data=st.data())
def test_identifying_data_is_refused_wherever_somebody_writes_it(
    written: Written, data: st.DataObject
) -> None:
    """Every text that can be written freely is among those that are checked."""
    free = [
        (place, key)
        for place in _mappings(written)
        for key, value in place.items()
        if isinstance(value, str)
        and key in {"unit", "note", "title", "link", "reference", "statement", "measure", "role"}
    ]
    if not free:
        return
    place, key = data.draw(st.sampled_from(free))
    place[key] = {
        "link": "https://example.org/9434765919",
        "measure": "9434765919",
        "role": "9434765919",
    }.get(key, "CHI 010203 1234")
    assert "could identify a person" in refused(written)


@given(written=findings())
def test_every_text_has_a_name_of_its_own(written: Written) -> None:
    """So that a refusal can say where."""
    found = texts(read(written))
    assert len(dict(found)) == len(found)


@given(
    written=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5), st.lists, max_leaves=5
    )
)
def test_whatever_is_no_finding_is_refused_in_a_sentence(written: object) -> None:
    """Nothing makes the reading fail in another way."""
    message = refused(written)
    assert message.endswith(".")
    assert "\n" not in message


@given(text=st.binary(max_size=30))
def test_whatever_is_no_json_is_refused(text: bytes) -> None:
    """Bytes of any kind."""
    assert isinstance(read_finding(text), Refusal)


@given(written=findings(), data=st.data())
def test_a_finding_without_one_of_its_fields_is_whole_or_refused(
    written: Written, data: st.DataObject
) -> None:
    """It is never half read."""
    del written[data.draw(st.sampled_from(sorted(written)))]
    found = read_finding(json.dumps(written))
    if isinstance(found, Refusal):
        # One sentence, whatever the title that it quotes looks like.
        own_words = found.message.replace(f'"{written.get("title")}"', "")
        assert own_words.count(". ") == 0
    else:
        readings(found)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "guess"}, "The finding is of no known kind: choose from contract, "),
        ({"recovered": "40"}, '"recovered" of the finding does not fit: input should be a valid integer.'),
        ({"recovered": True}, '"recovered" of the finding does not fit: input should be a valid integer.'),
        ({"recovered": 40.5}, '"recovered" of the finding does not fit: '),
        ({"recovered": -1}, '"recovered" of the finding does not fit: input should be greater than or equal'),
        ({"finished": 10**12}, '"finished" of the finding does not fit: input should be less than or equal'),
        ({"period": QUARTER | {"end": 20}}, '"period.end" of the finding does not fit: '),
        ({"period": QUARTER | {"until": 1}}, 'The finding has "period.until", which no outcomes has: '),
        (
            {"instruments": ["PHQ 9"]},
            '"instruments.0" of the finding is not written as it should be: use lower',
        ),
        ({"recovered": 91}, "91 who recovered are more than the 90 who started at caseness"),
        ({"0102031234": 1}, "The finding holds what looks like a CHI number"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_where(changes: Written, sentence: str) -> None:
    """In one sentence, and without repeating what must not be kept."""
    message = refused(OUTCOMES | changes)
    assert message.startswith(sentence)
    assert "0102031234" not in message


def test_a_refusal_stays_one_line_whatever_name_was_written() -> None:
    """A field's name can hold anything that JSON can."""
    assert refused(OUTCOMES | {"a\nb": 1}) == (
        'The finding has "a b", which no outcomes has: correct the name or remove it.'
    )
    assert refused(OUTCOMES | {"a" * 5000: 1}) == (
        "The finding has 5,073 characters and the limit is 4,000: "
        "shorten it, or put it in a document and cite that."
    )


def test_what_is_lacking_is_named() -> None:
    """The first of what lacks."""
    lacking = {name: value for name, value in OUTCOMES.items() if name != "recovered"}
    assert refused(lacking) == 'The finding lacks "recovered": add it.'


def test_every_built_in_name_is_a_slug_with_a_unit() -> None:
    """Rules name them, so they are written like everything that is named."""
    assert all(name == name.lower() and " " not in name and unit for name, unit in UNITS.items())
    assert unit_of("training-coverage-lead") == "share"
    assert unit_of("own-measure") is None
