"""The form of a command: what can be refused without knowing the state.

It is judged once, before a command is accepted, and never again on replay. So it may become stricter from one
release to the next without disturbing the lives that run; what ``decide`` refuses may not (docs/adr/0005).
"""

from collections.abc import Iterable

from pydantic import BaseModel

from domain.event import Command
from domain.evidence import Evidence, SignOff
from domain.findings import texts
from domain.refusal import Refusal
from domain.text import check_document, check_reason, check_text


def check_form(command: Command) -> Refusal | None:
    """Refuse a command whose texts cannot be kept, or whose numbers are out of range."""
    if refusal := check_text(name=command.actor.name) or command.misformed():
        return refusal
    for name in type(command).model_fields:
        if refusal := _check_field(name, getattr(command, name)):
            return refusal
    return None


def _check_field(name: str, value: object) -> Refusal | None:
    match value:
        case str() if name == "reason":
            return check_reason(value)
        case str():
            return check_text(**{name: value})
        case tuple():
            return _first(_check_field(name, item) for item in value if isinstance(item, BaseModel))
        case dict():
            return _first(_check_field(str(key), text) for key, text in value.items())
        case Evidence():
            return _check_evidence(value)
        case BaseModel() if name != "actor":
            return check_document(name, value)
        case _:
            return None


def _first(refusals: Iterable[Refusal | None]) -> Refusal | None:
    return next((refusal for refusal in refusals if refusal), None)


def _check_evidence(item: Evidence) -> Refusal | None:
    if not item.statement.strip() or not item.source.strip():
        return Refusal(
            code="evidence-empty",
            message=f'Evidence "{item.id}" needs a statement and a source: say what was found and where.',
        )
    told = {"statement": item.statement, "source": item.source}
    if item.finding is not None and not isinstance(item.finding, SignOff):
        told |= dict(texts(item.finding))
    return check_text(**told)
