"""A finding that is no number: a document that is pointed at."""

from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from domain.value import Fact, Line, Tagged

Link = Annotated[
    str, StringConstraints(pattern=r"^https?://[^\s/?#@]+([/?#][^\s\x00-\x1f\x7f]*)?$", max_length=2000)
]
"""An address on the web without a user's name in it."""

Digest = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[0-9a-fA-F]{64}$")]
"""The SHA-256 of a document's bytes: it shows later that the document is still the same."""


class Document(Tagged, Fact):
    """A document by its title, where it lies and what its bytes are known by; it is not kept here.

    Attributes:
        title: What it is called.
        link: Where it lies on the web.
        reference: Its place in a register, where it is not on the web.
        sha256: Its digest.

    Raises:
        ValueError: Nothing says where it lies.
    """

    kind: Literal["document"] = "document"
    title: Line
    link: Link | None = None
    reference: Line | None = None
    sha256: Digest

    @model_validator(mode="after")
    def _lies_somewhere(self) -> Self:
        if self.link is None and self.reference is None:
            raise ValueError(f'Nothing says where "{self.title}" lies: give a link or a register reference.')
        return self
