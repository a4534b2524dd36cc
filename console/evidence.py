"""Reads evidence as people write it: on the command line, or in a file where there is more of it."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from console.desk import check_characters
from console.ending import NotDone
from console.files import read_text
from domain.evidence import Evidence
from domain.text import check_text

FORM = "ID=WHAT WAS FOUND @ WHERE IT STANDS @ YYYY-MM-DD"
FIELDS = ("id", "statement", "source", "dated")
_PARTS = 3
_AT = re.compile(r"\s*@\s*")


def collect(written: Iterable[str], file: Path | None) -> tuple[Evidence, ...]:
    """The evidence of the command line and of a file.

    Raises:
        NotDone: Some of it is not written as evidence is.
    """
    found = tuple(parse(text) for text in written)
    return found if file is None else (*found, *read_file(file))


def parse(text: str) -> Evidence:
    """Read ``dpia-signed=Signed without conditions @ DPIA register 14/2026 @ 2026-11-20``.

    Raises:
        NotDone: It is not written so, or it is too long or identifies somebody.
    """
    _check(text)
    name, equals, rest = text.partition("=")
    parts = _AT.split(rest.strip())
    if not equals or len(parts) < _PARTS:
        raise NotDone(f'Evidence is written as "{FORM}": "{_short(text)}" is not.')
    statement = " @ ".join(parts[:-2])
    return _made({"id": name.strip(), "statement": statement, "source": parts[-2], "dated": parts[-1]}, name)


def read_file(path: Path) -> tuple[Evidence, ...]:
    """Read a YAML or JSON file: a list of ``id``, ``statement``, ``source`` and ``dated``.

    Raises:
        NotDone: It cannot be read, or is not such a list.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text = read_text(path)
    try:
        items = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = "" if mark is None else f":{mark.line + 1}"
        raise NotDone(f"{path}{line}: this is not well-formed YAML or JSON: correct it.") from error
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise NotDone(f"{path}: evidence is a list whose items have {', '.join(FIELDS)}: write it so.")
    return tuple(_item(path, number, item) for number, item in enumerate(items, start=1))


def _item(path: Path, number: int, item: dict[str, Any]) -> Evidence:
    where = f"{path}, item {number}"
    for wrong, words in (
        (set(item) - set(FIELDS), "has no place in evidence"),
        (set(FIELDS) - set(item), "is missing"),
    ):
        if wrong:
            raise NotDone(f'{where}: "{min(map(str, wrong))}" {words}: an item has {", ".join(FIELDS)}.')
    values = {name: value if isinstance(value, date) else str(value) for name, value in item.items()}
    _check(" ".join(str(value) for name, value in values.items() if name != "dated"))
    return _made(values, where)


def _made(values: dict[str, Any], where: str) -> Evidence:
    try:
        return Evidence.model_validate(values)
    except ValidationError as error:
        wrong = str(error.errors()[0]["loc"][0])
        if wrong == "dated":
            dated = _short(str(values["dated"]))
            raise NotDone(
                f'Evidence "{_short(where)}" is dated "{dated}": write the day as YYYY-MM-DD.'
            ) from error
        raise NotDone(
            f'"{_short(str(values["id"]))}" is no name of evidence: `task show` lists what a task asks for.'
        ) from error


def _check(text: str) -> None:
    check_characters("evidence", text)
    if refusal := check_text(evidence=text):
        raise NotDone(refusal.message)


def _short(text: str) -> str:
    limit = 60
    return text if len(text) <= limit else f"{text[:limit]}..."
