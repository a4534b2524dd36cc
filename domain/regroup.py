"""Putting boards that are still to come into other waves: split, merge, reorder, move one.

Waves keep their names where they can; a new one is called after those that it comes from.
"""

from collections.abc import Sequence
from difflib import get_close_matches

from domain.proposal import Wave
from domain.refusal import Refusal

Waves = tuple[Wave, ...]

LONGEST_NAME = 80
"""Characters that the name of a wave may have."""


def split(waves: Waves, name: str, parts: Sequence[tuple[str, ...]]) -> Waves | Refusal:
    """The waves with one of them cut into parts, which follow each other in its place.

    The first part keeps its name; the others are numbered after it.
    """
    wave = find_wave(waves, name)
    if isinstance(wave, Refusal):
        return wave
    named = [board for part in parts for board in part]
    if sorted(named) != sorted(wave.boards) or len(parts) < 2 or not all(parts):  # noqa: PLR2004 - one is whole
        return Refusal(
            code="parts-differ",
            message=f"The parts must be two or more and hold the boards of wave {name} "
            f"({', '.join(wave.boards)}), each once: they hold {', '.join(named) or 'none'}.",
        )
    taken = [it.name for it in waves]
    names = [name, *_numbered(name, taken, len(parts) - 1)]
    cut = tuple(Wave(name=new, boards=tuple(part)) for new, part in zip(names, parts, strict=True))
    return _in_place_of(waves, name, cut)


def merge(waves: Waves, names: Sequence[str]) -> Waves | Refusal:
    """The waves with several of them made one, in the place of the first that was named."""
    found: list[Wave] = []
    for name in dict.fromkeys(names):
        wave = find_wave(waves, name)
        if isinstance(wave, Refusal):
            return wave
        found.append(wave)
    if len(found) < 2:  # noqa: PLR2004 - one is whole already
        return Refusal(code="nothing-to-merge", message="Name two waves or more that are to become one.")
    together = "-and-".join(it.name for it in found)
    name = found[0].name if len(together) > LONGEST_NAME else together
    merged = Wave(name=name, boards=tuple(board for it in found for board in it.boards))
    others = tuple(it for it in waves if it.name not in [that.name for that in found[1:]])
    return _in_place_of(others, found[0].name, (merged,))


def reorder(waves: Waves, names: Sequence[str]) -> Waves | Refusal:
    """The waves in the order in which they are named."""
    if sorted(names) != sorted(it.name for it in waves):
        return Refusal(
            code="waves-differ",
            message=f"Name every wave that is still to be released, each once: "
            f"{', '.join(it.name for it in waves) or 'none is left'}.",
        )
    return tuple(it for name in names for it in waves if it.name == name)


def move(waves: Waves, board: str, name: str) -> Waves | Refusal:
    """The waves with one board in another of them; a wave that has no board left is gone."""
    to = find_wave(waves, name)
    if isinstance(to, Refusal):
        return to
    if not any(board in it.boards for it in waves):
        return Refusal(
            code="not-to-come",
            message=f"{board} is in no wave that is still to be released: "
            f"choose from {', '.join(it for wave in waves for it in wave.boards)}.",
        )
    changed = (_without(it, board) for it in waves)
    return tuple(
        it.model_copy(update={"boards": (*it.boards, board)}) if it.name == name else it
        for it in changed
        if it.boards or it.name == name
    )


def find_wave(waves: Waves, name: str) -> Wave | Refusal:
    """The wave of that name among those still to be released."""
    found = next((it for it in waves if it.name == name), None)
    if found is not None:
        return found
    names = [it.name for it in waves]
    close = get_close_matches(name, names, n=1)
    hint = (
        f'did you mean "{close[0]}"?' if close else f"choose from {', '.join(names) or 'none: none is left'}."
    )
    return Refusal(code="no-wave-to-come", message=f'There is no wave "{name}" still to be released: {hint}')


def _without(wave: Wave, board: str) -> Wave:
    return wave.model_copy(update={"boards": tuple(it for it in wave.boards if it != board)})


def _in_place_of(waves: Waves, name: str, new: Waves) -> Waves:
    return tuple(it for wave in waves for it in (new if wave.name == name else (wave,)))


def _numbered(name: str, taken: Sequence[str], number: int) -> list[str]:
    names: list[str] = []
    count = 2
    while len(names) < number:
        candidate = f"{name[: LONGEST_NAME - 4]}-{count}"
        if candidate not in taken:
            names.append(candidate)
        count += 1
    return names
