"""Checks that every name used in a programme's files is defined in them, and only once."""

from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from domain.findings import Finding
from domain.findings.slugs import TRAINING, UNITS
from programme.errors import Problem
from programme.places import find_places
from programme.shape import suggest_choice
from programme.sheets import KINDS, SHARED, Sheet

Names = Mapping[str, tuple[str, ...]]
"""The names that are defined, by what they name. What could not be read is absent, not empty."""

KINDS_OF_FINDING = tuple(each.model_fields["kind"].default for each in get_args(get_args(Finding)[0]))
"""What a step may ask for instead of a plain statement."""


def built_in(roles: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The names that come with Cairn and not from files; the training of each role can be read by itself."""
    by_role = tuple(f"{TRAINING}-{role}" for role in roles)
    return {"kind of finding": KINDS_OF_FINDING, "reading": (*UNITS, *by_role)}


def names_in(sheets: Iterable[Sheet], unread: frozenset[str] = frozenset()) -> dict[str, tuple[str, ...]]:
    """The names that files define.

    Args:
        sheets: The files.
        unread: The names of kinds of which a file could not be read; nothing is said of what they define.
    """
    lost = {target for kind in KINDS if kind.name in unread for _, target in kind.defines}
    names: dict[str, list[str]] = {
        target: [] for kind in KINDS for _, target in kind.defines if target not in lost
    }
    for sheet in sheets:
        for path, target in sheet.kind.defines:
            if target in names:
                places = find_places(sheet.document.root, path, sheet.kind.name)
                names[target] += [place.word for place in places if place.word is not None]
    defined = {target: tuple(dict.fromkeys(words)) for target, words in names.items()}
    known = built_in(defined.get("role", ()))
    # Which readings there are depends on the roles.
    return {**defined, **known} if "role" in defined else {**defined, "kind of finding": KINDS_OF_FINDING}


def find_doubles(sheets: Iterable[Sheet]) -> Iterator[Problem]:
    """Report each name that is defined a second time."""
    first: dict[tuple[str, str], str] = {}
    for sheet in sheets:
        for path, target in sheet.kind.defines:
            if target in SHARED:
                continue
            for place in find_places(sheet.document.root, path, sheet.kind.name):
                here = f"{sheet.document.file}:{place.node.line}"
                if place.word is None:
                    continue
                if (known := first.get((target, place.word))) is not None:
                    yield Problem(
                        sheet.document.file,
                        place.node.line,
                        f'the {target} "{place.word}" stands twice, first at {known}',
                        "rename or remove one of them",
                    )
                first.setdefault((target, place.word), here)


def find_unknown(sheet: Sheet, names: Names) -> Iterator[Problem]:
    """Report each reference to something that is not defined."""
    for path, target in sheet.kind.refers:
        if target not in names:
            continue
        for place in find_places(sheet.document.root, path, sheet.kind.name):
            if place.word is not None and place.word not in names[target]:
                yield Problem(
                    sheet.document.file,
                    place.node.line,
                    f'{place.owner} has "{place.word}" as "{place.key}", '
                    f"which is no {target} of this programme",
                    suggest_choice(place.word, names[target]),
                )
