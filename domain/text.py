"""What people may write freely: short, and free of anything that could identify a patient."""

from domain.privacy import find_identifier
from domain.refusal import Refusal

NOTE_LIMIT = 4000
"""Characters in a note, a reason or a statement of evidence; longer text belongs in a linked document."""


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
        if found := find_identifier(text):
            return Refusal(
                code="identifying-data",
                message=f"The {name} holds {found}, and Cairn keeps nothing that could identify a person: "
                f"remove it and send the command again.",
            )
    return None


def check_reason(reason: str) -> Refusal | None:
    """Refuse a missing, too long or identifying reason."""
    if not reason.strip():
        return Refusal(code="reason-missing", message="A reason is needed: say in a few words why.")
    return check_text(reason=reason)
