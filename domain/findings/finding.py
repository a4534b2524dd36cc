"""What can be found, in one type, and the questions that are asked of every finding."""

from collections.abc import Iterator
from datetime import date
from enum import Enum
from functools import cache
from typing import Annotated, assert_never

from pydantic import Field, TypeAdapter, ValidationError

from domain.findings.contract import Contract
from domain.findings.document import Attestation, Document
from domain.findings.measure import Measure
from domain.findings.nasss import Nasss
from domain.findings.nomad import Nomad
from domain.findings.outcomes import Outcomes
from domain.findings.reach import Reach
from domain.findings.reading import Readings
from domain.findings.run_chart import RunChart
from domain.findings.training import Training
from domain.refusal import Refusal
from domain.text import check_text

Finding = Annotated[
    Measure | Outcomes | Reach | Training | RunChart | Nomad | Nasss | Document | Contract | Attestation,
    Field(discriminator="kind"),
]
"""What a piece of evidence says, in numbers or by reference: aggregates only, never one person's data."""

_NO_PROSE = ("kind", "sha256")
"""Fields whose form leaves no room for anything that somebody could have written into them."""


def readings(finding: Finding, day: date | None = None) -> Readings:
    """What a finding says as numbers, by their slugs; what cannot be worked out is left out.

    Args:
        finding: The finding.
        day: The day on which it is read, for what depends on it; without one that is left out.
    """
    match finding:
        case Measure() | Outcomes() | Reach() | Training() | RunChart() | Nomad() | Nasss():
            return finding.readings()
        case Contract():
            return finding.readings(day)
        case Document() | Attestation():
            return {}
        case _:
            assert_never(finding)


def texts(finding: Finding) -> tuple[tuple[str, str], ...]:
    """Every text in a finding under a name of its own, to be checked by ``domain.text.check_text``."""
    return tuple(_texts(finding.model_dump(mode="python", exclude_none=True), ""))


def read_finding(written: str | bytes) -> Finding | Refusal:
    """A finding that somebody wrote as JSON, or why it cannot be one; fields that it has not are refused.

    What is stored is read by the types themselves, which pass over what a newer release added.
    """
    try:
        finding = _adapter().validate_json(written, strict=True, extra="forbid")
    except ValidationError as error:
        message = _explain(error)
        # A fault may quote what must not be kept, such as a name that nobody should have written there.
        return check_text(finding=message) or Refusal(code="finding-invalid", message=message)
    if refusal := check_text(**dict(texts(finding))):
        return refusal
    if isinstance(finding, Measure) and (fault := finding.misnamed()):
        return Refusal(code="measure-misnamed", message=fault)
    return finding


@cache
def _adapter() -> TypeAdapter[Finding]:
    return TypeAdapter(Finding)


def _texts(value: object, name: str) -> Iterator[tuple[str, str]]:
    match value:
        case Enum():
            return
        case str():
            yield name, value
        case dict():
            for key, part in value.items():
                if key not in _NO_PROSE:
                    yield from _texts(part, f"{key} of {name}" if name else key)
        case list() | tuple():
            for number, part in enumerate(value, start=1):
                yield from _texts(part, f"{name} {number}")


def _explain(error: ValidationError) -> str:
    # Of several faults the first is told: the others often follow from it.
    first = error.errors(include_url=False, include_input=False)[0]
    kind, path = first["type"], first["loc"]
    # The first part of the way names the kind of finding, which is no field.
    place = ".".join(str(part) for part in path[1:])
    match kind:
        case "value_error":
            return str(first["ctx"]["error"])
        case "json_invalid":
            return "The finding is not valid JSON: check quotes, commas and brackets."
        case "union_tag_not_found" | "union_tag_invalid":
            return f"The finding is of no known kind: choose from {', '.join(_kinds())}."
        case "missing":
            return f'The finding lacks "{place}": add it.'
        case "extra_forbidden":
            return f'The finding has "{place}", which no {path[0]} has: correct the name or remove it.'
        case "string_pattern_mismatch":
            hint = _hint(str(first["ctx"]["pattern"]))
            return f'"{place}" of the finding is not written as it should be: {hint}.'
        case _:
            about = f'"{place}" of the finding' if place else "The finding"
            return f"{about} does not fit: {first['msg'][:1].lower()}{first['msg'][1:]}."


def _hint(pattern: str) -> str:
    if pattern.startswith("^http"):
        return "give an address that begins with https:// and names no user"
    if pattern.startswith("^[0-9a-f"):
        return "give the 64 hexadecimal digits of the SHA-256"
    if pattern.startswith("^[a-z0-9]"):
        return "use lower case letters, digits and single hyphens"
    return "use one line of ordinary text"


def _kinds() -> tuple[str, ...]:
    mapping: dict[str, object] = _adapter().json_schema()["discriminator"]["mapping"]
    return tuple(sorted(mapping))
