"""Reads one YAML file into a tree that remembers its lines, and refuses whatever could surprise its author.

Only plain mappings, lists, text, numbers, true, false and null are known. Anchors, aliases, tags, repeated
keys, several documents, deep nesting and control characters are problems, so no file can grow in memory or
mean something else than it seems to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, events
from ruamel.yaml.error import YAMLError

from programme.errors import Problem

SIZE_LIMIT = 1024 * 1024
"""Bytes in a file: far above any programme's need, far below what would hurt."""

DEPTH_LIMIT = 20
"""Levels of nesting in a file; a playbook has seven."""

_WHOLE_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,17})\.\d{1,17}")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the line on which its author would look for it: that of its key, or of its own start."""

    line: int
    content: "Scalar | tuple[Node, ...] | dict[str, Node]"

    def plain(self) -> Any:
        """The value without its lines."""
        if isinstance(self.content, dict):
            return {key: node.plain() for key, node in self.content.items()}
        if isinstance(self.content, tuple):
            return [node.plain() for node in self.content]
        return self.content

    def children(self) -> "dict[str, Node]":
        """The entries of a mapping; of anything else, none."""
        return self.content if isinstance(self.content, dict) else {}

    def items(self) -> "tuple[Node, ...]":
        """The items of a list; of anything else, none."""
        return self.content if isinstance(self.content, tuple) else ()

    def text(self, key: str) -> str | None:
        """The text under a key, where there is one."""
        entry = self.children().get(key)
        return entry.content if entry is not None and isinstance(entry.content, str) else None


@dataclass(frozen=True, slots=True)
class Document:
    """One file that could be read: its name in messages, and its tree."""

    file: str
    root: Node


def read_document(path: Path) -> tuple[Document | None, tuple[Problem, ...]]:
    """Read a file; the document is ``None`` where its problems leave nothing to go on with."""
    file = str(path)
    text = _read_text(path)
    if isinstance(text, Problem):
        return None, (text,)
    reading = _Reading(file, text)
    root = reading.read()
    return (None if root is None else Document(file, root)), tuple(reading.problems)


def _read_text(path: Path) -> str | Problem:
    file = str(path)
    try:
        if not path.is_file():
            return Problem(file, None, "there is no such file", "add it, or correct the path")
        with path.open("rb") as stream:
            raw = stream.read(SIZE_LIMIT + 1)
    except OSError as error:
        return Problem(file, None, f"the file cannot be read ({error.strerror})", "check who may read it")
    if len(raw) > SIZE_LIMIT:
        return Problem(
            file, None, "the file is larger than 1 MiB", "split it, or remove what does not belong"
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Problem(file, line, "the file is not UTF-8 text", "save it again with the encoding UTF-8")


class _Stop(Exception):
    """Nothing more can be made of the file; its problem is already recorded."""


class _Reading:
    """One pass over a file's YAML events."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.problems: list[Problem] = []
        self._events: Iterator[Any] = iter(())

    def read(self) -> Node | None:
        """The tree of the file's one document, or ``None`` after a problem that ends the reading."""
        try:
            self._events = YAML(typ="safe", pure=True).parse(self.text)
            return self._document()
        except _Stop:
            return None
        except YAMLError as error:
            self._report(self._line_of(error), *_explain(error))
            return None

    def _document(self) -> Node | None:
        next(self._events)  # the start of the stream
        if isinstance(next(self._events), events.StreamEndEvent):
            self._report(None, "the file is empty", "fill it, or remove it")
            return None
        root = self._node(next(self._events), depth=1)
        next(self._events)  # the end of the document
        following = next(self._events)
        if not isinstance(following, events.StreamEndEvent):
            self._report(_line(following), "a second document begins here", "keep one document in a file")
            return None
        return root

    def _node(self, event: Any, depth: int, line: int | None = None) -> Node:
        line = line or _line(event)
        if isinstance(event, events.AliasEvent) or event.anchor:
            self._stop(
                _line(event), "an anchor or an alias stands here", "write the value out where it is needed"
            )
        if event.tag is not None:
            self._stop(
                _line(event), f'the tag "{event.tag}" stands here', "remove it: plain values are enough"
            )
        if isinstance(event, events.ScalarEvent):
            return Node(line, self._scalar(event))
        if depth >= DEPTH_LIMIT:
            self._stop(_line(event), f"this is nested more than {DEPTH_LIMIT} deep", "flatten it")
        if isinstance(event, events.SequenceStartEvent):
            return Node(line, tuple(self._sequence(depth)))
        return Node(line, self._mapping(depth))

    def _sequence(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), events.SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _mapping(self, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        first_lines: dict[str, int] = {}
        while not isinstance(event := next(self._events), events.MappingEndEvent):
            key, line = self._key(event, depth)
            value = self._node(next(self._events), depth + 1, line)
            if key in entries:
                self._report(
                    line,
                    f'the key "{key}" stands twice, first on line {first_lines[key]}',
                    "keep one of them",
                )
            else:
                entries[key], first_lines[key] = value, line
        return entries

    def _key(self, event: Any, depth: int) -> tuple[str, int]:
        node = self._node(event, depth + 1)
        if not isinstance(event, events.ScalarEvent):
            self._stop(node.line, "a list or a mapping stands where a key should", "use a word as the key")
        return str(event.value), node.line

    def _scalar(self, event: Any) -> Scalar:
        value = str(event.value)
        if _UNWANTED.search(value):
            self._stop(_line(event), "the text holds a control character", "remove it")
        return value if event.style else _resolve(value)

    def _report(self, line: int | None, what: str, fix: str) -> None:
        self.problems.append(Problem(self.file, line, what, fix))

    def _stop(self, line: int, what: str, fix: str) -> None:
        self._report(line, what, fix)
        raise _Stop

    def _line_of(self, error: YAMLError) -> int:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        if mark is not None:
            return int(mark.line) + 1
        position = getattr(error, "position", 0)
        return self.text.count("\n", 0, position) + 1


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _explain(error: YAMLError) -> tuple[str, str]:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    return f"this is not valid YAML ({problem})", "check indentation, quotes and colons around this line"


def _resolve(value: str) -> Scalar:
    """The meaning of unquoted text: a word of YAML, a number as people write it, or the text itself."""
    if value in _WORDS:
        return _WORDS[value]
    if _WHOLE_NUMBER.fullmatch(value):
        return int(value)
    if _DECIMAL.fullmatch(value):
        return float(value)
    return value
