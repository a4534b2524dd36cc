"""Whoever is asked for figures gets a template of them that is read once it is filled in."""

import json
from typing import Any, get_args

import pytest
from ruamel.yaml import YAML

from console.templates import TEMPLATES, template
from domain.findings import finding as findings
from domain.findings import read_finding
from domain.refusal import Refusal

FILLED = {
    "HOW-MANY": 10,
    "A-NUMBER": 0.5,
    "FROM-1-TO-5": 3.5,
    "YYYY-MM-DD": "2026-11-20",
    "SIMPLE-COMPLICATED-OR-COMPLEX": "simple",
    "UP-OR-DOWN": "up",
    "64-HEXADECIMAL-DIGITS": "a" * 64,
    "NAME-OF-THE-MEASURE": "sessions-held",
    "A-ROLE": "nurse",
}
KINDS = tuple(each.model_fields["kind"].default for each in get_args(get_args(findings.Finding)[0]))


def read(lines: list[str]) -> Any:
    """A template as YAML."""
    return YAML(typ="safe", pure=True).load("\n".join(lines))


def fill(value: Any) -> Any:
    """A template with something in the place of everything in capitals."""
    if isinstance(value, dict):
        return {name: fill(part) for name, part in value.items()}
    if isinstance(value, list):
        return [fill(part) for part in value]
    return FILLED.get(value, value) if isinstance(value, str) else value


def test_there_is_a_template_for_every_kind_and_no_other() -> None:
    """A new kind of finding cannot be forgotten here."""
    assert sorted(TEMPLATES) == sorted(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_that_is_filled_in_is_read(kind: str) -> None:
    """Its fields are those that the kind has."""
    filled = fill(read(template(kind)))
    if kind == "outcomes":
        filled |= dict.fromkeys(("not_at_caseness", "recovered", "reliably_recovered"), 0)
        filled |= {"reliably_deteriorated": 0}
    found = read_finding(json.dumps(filled))
    assert not isinstance(found, Refusal), found.message
    assert found.kind == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_that_nobody_filled_in_is_refused(kind: str) -> None:
    """What stands there is never taken for a finding."""
    assert isinstance(read_finding(json.dumps(read(template(kind)))), Refusal)
