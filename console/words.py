"""Reads the words by which people name things: where something belongs, what it is called, which number."""

import re
from dataclasses import dataclass

import typer

from console.ending import NotDone

NATIONAL = "national"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 80


@dataclass(frozen=True)
class Place:
    """Where something belongs: a technology nationally, or its rollout at a board."""

    technology: str
    board: str | None

    @property
    def words(self) -> str:
        """As it is typed: ``ccbt-perinatal fife``."""
        return self.technology if self.board is None else f"{self.technology} {self.board}"

    @property
    def suffix(self) -> str:
        """As it follows a title: `` (fife)``, or nothing nationally."""
        return "" if self.board is None else f" ({self.board})"


def read_place(words: list[str], *names: str) -> tuple[Place, list[str]]:
    """Read ``TECHNOLOGY [BOARD]`` and the words that come after it.

    Args:
        words: What was typed.
        names: How each of the words that come after it is called.

    Raises:
        BadParameter: There are more or fewer words.
    """
    board = len(words) == len(names) + 2
    if not board and len(words) != len(names) + 1:
        raise typer.BadParameter(
            f"expected TECHNOLOGY [BOARD] {' '.join(names)}, which is {len(names) + 1} or {len(names) + 2} "
            f"words, and not {len(words)}"
        )
    named = words[1].lower() if board else NATIONAL
    return Place(words[0].lower(), None if named == NATIONAL else named), words[len(words) - len(names) :]


def read_slug(what: str, word: str) -> str:
    """A word that can be the name of something.

    Raises:
        NotDone: It cannot.
    """
    slug = word.strip().lower()
    if _SLUG.fullmatch(slug) is None or len(slug) > _LONGEST:
        shown = word if len(word) <= _LONGEST else f"{word[:_LONGEST]}..."
        raise NotDone(f'"{shown}" is no name of {what}: use lower case letters, digits and single hyphens.')
    return slug


def read_number(what: str, word: str) -> int:
    """The number of an objection, a waiver or a condition.

    Raises:
        NotDone: It is none.
    """
    most = 6
    if not word.isascii() or not word.isdigit() or len(word) > most:
        raise NotDone(f'"{word[:_LONGEST]}" is no number of {what}: `gate show` numbers each of them.')
    return int(word)
