"""What people may write freely: short, and free of anything that could identify a patient."""

import re
from collections.abc import Iterator
from unicodedata import category

from pydantic import BaseModel

from domain.privacy import find_identifier
from domain.refusal import Refusal

NOTE_LIMIT = 4000
"""Characters in a note, a reason or a statement of evidence; longer text belongs in a linked document."""


_DIGESTS, _DIGEST = ("digest", "sha256"), re.compile(r"[0-9a-f]{64}")
# Ten of a digest's digits may happen to look like somebody's number: nobody can have written one there.

_UNWRITABLE = ("Cc", "Cs")
"""Unicode categories of what no database of text keeps: control characters and lone surrogates."""


def check_text(**texts: str) -> Refusal | None:
    """Refuse the first text that is too long or that holds identifying data.

    Args:
        texts: Each text under the name by which the refusal calls it.
    """
    for name, text in texts.items():
        if len(text) > NOTE_LIMIT:
            return Refusal(
                code="text-too-long",
                message=f"The {name} has {len(text):,} characters and the limit is {NOTE_LIMIT:,}: "
                f"shorten it, or put it in a document and cite that.",
            )
        if refusal := _check_content(name, text):
            return refusal
    return None


def check_document(name: str, document: BaseModel) -> Refusal | None:
    """Refuse an authored document in which any text holds identifying data.

    Args:
        name: How the refusal calls it.
        document: A plan, a playbook, a proposal.
    """
    for place, text in _texts(document.model_dump(mode="python")):
        if place in _DIGESTS and _DIGEST.fullmatch(text):
            continue
        if refusal := _check_content(f"{place} of the {name}", text):
            return refusal
    return None


def _check_content(name: str, text: str) -> Refusal | None:
    if any(category(letter) in _UNWRITABLE and letter not in "\n\r\t" for letter in text):
        return Refusal(
            code="unwritable-text",
            message=f"The {name} holds a control character, which cannot be kept: "
            "remove it and send it again.",
        )
    if found := find_identifier(text):
        return Refusal(
            code="identifying-data",
            message=f"The {name} holds {found}, and Cairn keeps nothing that could identify a person: "
            "remove it and send it again.",
        )
    return None


def _texts(value: object, place: str = "text") -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield place, value
        case dict():
            for name, part in value.items():
                yield from _texts(part, str(name))
        case list() | tuple():
            for part in value:
                yield from _texts(part, place)


def check_reason(reason: str) -> Refusal | None:
    """Refuse a missing, too long or identifying reason."""
    if not reason.strip():
        return Refusal(code="reason-missing", message="A reason is needed: say in a few words why.")
    return check_text(reason=reason)
