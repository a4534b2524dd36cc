"""Finds places in a file by path and says in words where they are, so that every message names its owner."""

from collections.abc import Iterator
from dataclasses import dataclass

from programme.document import Node

_NAMING_KEYS = ("id", "technology", "title", "name")


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a file.

    Attributes:
        node: The value with its line.
        key: The nearest key above it.
        owner: The thing it belongs to, in words, such as ``step "dpia"``.
    """

    node: Node
    key: str
    owner: str

    @property
    def word(self) -> str | None:
        """The value, where it is text."""
        return self.node.content if isinstance(self.node.content, str) else None


def find_places(root: Node, path: str, kind: str) -> Iterator[Place]:
    """The places of a path that are there, in the order of the file.

    Args:
        root: The file's tree.
        path: Such as ``steps.*.owner``; see ``programme.sheets``.
        kind: What the file is called, such as ``plan``.
    """
    start = Place(root, kind, describe(root, kind) or f"this {kind}")
    yield from _walk(start, tuple(path.split(".")))


def _walk(place: Place, path: tuple[str, ...]) -> Iterator[Place]:
    if not path:
        yield place
        return
    head, rest = path[0], path[1:]
    if head == "@":
        for key, child in place.node.children().items():
            yield Place(Node(child.line, key), place.key, place.owner)
        return
    for key, child in _below(place, head):
        owner = describe(child, singular(key)) if isinstance(child.content, dict) else None
        yield from _walk(Place(child, key, owner or place.owner), rest)


def _below(place: Place, head: str) -> Iterator[tuple[str, Node]]:
    if head != "*":
        child = place.node.children().get(head)
        if child is not None:
            yield head, child
        return
    for item in place.node.items():
        yield place.key, item
    yield from place.node.children().items()


def describe(node: Node, kind: str) -> str | None:
    """Name a mapping by its kind and its own id, or ``None`` where it bears none."""
    for key in _NAMING_KEYS:
        if (name := node.text(key)) is not None:
            return f'{kind} "{name}"'
    return None


def singular(key: str) -> str:
    """What one item under a key is called: ``entities`` holds an ``entity``."""
    if key == "criteria":
        return "criterion"
    if key.endswith("ies"):
        return f"{key[:-3]}y"
    return key.removesuffix("s")
