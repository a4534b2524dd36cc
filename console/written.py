"""Reads evidence as people write it: on the command line, or in a file where there is more of it."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from console.desk import check_characters
from console.ending import NotDone
from console.files import read_text
from domain.evidence import Evidence
from domain.findings import read_finding
from domain.refusal import Refusal
from domain.text import check_text

if TYPE_CHECKING:
    from domain.findings import Finding

FORM = "ID=WHAT WAS FOUND @ WHERE IT STANDS @ YYYY-MM-DD"
FIELDS = ("id", "statement", "source", "dated")
MORE = ("expires", "finding")
"""What an item of a file may have beside the fields that it must have."""

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
    return _made(
        {"id": name.strip(), "statement": statement, "source": parts[-2], "dated": parts[-1]}, _named(name)
    )


def compose(
    name: str,
    statement: str,
    source: str,
    dated: str,
    expires: str | None = None,
    finding: Path | None = None,
) -> Evidence:
    """The evidence whose parts were given one by one.

    Args:
        name: The slug under which it is asked for.
        statement: What was found.
        source: Where it can be checked.
        dated: The day of it.
        expires: The last day on which it holds.
        finding: The file that holds its figures or its reference.

    Raises:
        NotDone: A part is not as it should be.
    """
    for what, text in (("statement", statement), ("source", source)):
        if not text.strip():
            raise NotDone(f"The {what} is empty: say {_SAYS[what]}.")
    _check(f"{name} {statement} {source}")
    values = {"id": name, "statement": statement, "source": source, "dated": dated, "expires": expires}
    found = None if finding is None else read_finding_file(finding)
    return _made({**values, "finding": found}, _named(name))


_SAYS = {"statement": "what was found, in one or two sentences", "source": "where it can be checked"}


def read_file(path: Path) -> tuple[Evidence, ...]:
    """Read a YAML or JSON file: a list of ``id``, ``statement``, ``source``, ``dated`` and perhaps more.

    Raises:
        NotDone: It cannot be read, or is not such a list.
    """
    items = _load(path)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise NotDone(f"{path}: evidence is a list whose items have {', '.join(FIELDS)}: write it so.")
    return tuple(_item(path, number, item) for number, item in enumerate(items, start=1))


def read_finding_file(path: Path) -> "Finding":
    """Read a YAML or JSON file that holds one finding: its kind and what that kind has.

    Raises:
        NotDone: It cannot be read, or is no finding.
    """
    return _finding(str(path), _load(path))


def _load(path: Path) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text = read_text(path)
    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = "" if mark is None else f":{mark.line + 1}"
        raise NotDone(f"{path}{line}: this is not well-formed YAML or JSON: correct it.") from error


def _item(path: Path, number: int, item: dict[str, Any]) -> Evidence:
    where = f"{path}, item {number}"
    for wrong, words in (
        (set(item) - {*FIELDS, *MORE}, "has no place in evidence"),
        (set(FIELDS) - set(item), "is missing"),
    ):
        if wrong:
            raise NotDone(
                f'{where}: "{_short(min(map(str, wrong)))}" {words}: an item has {", ".join(FIELDS)}, and '
                f"may have {' and '.join(MORE)}."
            )
    finding = item.get("finding")
    values = {
        name: value if isinstance(value, date) else str(value)
        for name, value in item.items()
        if name != "finding" and value is not None
    }
    _check(" ".join(str(value) for value in values.values() if not isinstance(value, date)))
    made = None if finding is None else _finding(where, finding)
    return _made({**dict.fromkeys(FIELDS, ""), **values, "finding": made}, f"{where}: this evidence")


def _finding(where: str, content: Any) -> "Finding":
    if not isinstance(content, Mapping):
        raise NotDone(f"{where}: a finding has a kind and what that kind has: `task show` prints a template.")
    try:
        written = json.dumps(content, default=_day_or_nothing)
    except (TypeError, ValueError, RecursionError) as error:
        raise NotDone(
            f"{where}: the finding holds what is neither text, number nor day: correct it."
        ) from error
    found = read_finding(written)
    if isinstance(found, Refusal):
        raise NotDone(f"{where}: {found.message}")
    return found


def _day_or_nothing(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _named(name: str) -> str:
    return f'Evidence "{_short(name)}"'


def _made(values: dict[str, Any], which: str) -> Evidence:
    try:
        return Evidence.model_validate(values)
    except ValidationError as error:
        wrong = str(error.errors()[0]["loc"][0])
        if wrong in _DAYS:
            written = _short(str(values[wrong]))
            raise NotDone(f'{which} {_DAYS[wrong]} "{written}": write the day as YYYY-MM-DD.') from error
        raise NotDone(
            f'"{_short(str(values["id"]))}" is no name of evidence: `task show` lists what a task asks for.'
        ) from error


_DAYS = {"dated": "is dated", "expires": "expires"}


def check_line(what: str, text: str) -> None:
    """Return if a text can be a title.

    Raises:
        NotDone: It is empty, or longer than a line.
    """
    longest = 300
    if not text.strip() or len(text) > longest or "\n" in text.strip():
        raise NotDone(f"The {what} has to be one line of up to {longest} characters: write it so.")


def _check(text: str) -> None:
    check_characters("evidence", text)
    if refusal := check_text(evidence=text):
        raise NotDone(refusal.message)


def _short(text: str) -> str:
    limit = 60
    return text if len(text) <= limit else f"{text[:limit]}..."
