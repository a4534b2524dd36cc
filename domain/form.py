"""The form of a command: what can be refused without knowing the state.

It is judged once, before a command is accepted, and never again on replay. So it may become stricter from one
release to the next without disturbing the lives that run; what ``decide`` refuses may not (docs/adr/0005).
"""

from pydantic import BaseModel

from domain.event import Command
from domain.plan import Evidence
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
            found = (_check_evidence(item) for item in value if isinstance(item, Evidence))
            return next((refusal for refusal in found if refusal), None)
        case BaseModel() if name != "actor":
            return check_document(name, value)
        case _:
            return None


def _check_evidence(item: Evidence) -> Refusal | None:
    if not item.statement.strip() or not item.source.strip():
        return Refusal(
            code="evidence-empty",
            message=f'Evidence "{item.id}" needs a statement and a source: say what was found and where.',
        )
    return check_text(statement=item.statement, source=item.source)
