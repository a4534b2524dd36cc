"""Checks what no single value shows: orders that run in circles, gaps in what must be covered."""

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from domain.privacy import find_identifier
from domain.proposal import PILOTS
from programme.document import Document, Node
from programme.errors import Problem
from programme.gates import check_gates_sheet
from programme.places import Place, find_places
from programme.references import Names
from programme.shape import suggest_choice
from programme.sheets import CATALOGUE, GATES, PLAN, PLAYBOOK, PROPOSAL, Sheet

_DURATION_KEYS = (
    *("duration", "expires_after", "day", "time_limit", "longest", "left", "fresh_for", "after"),
    *("look_every", "expiring_within"),
)
_DURATION = re.compile(r"P(?!$)(\d{1,4}W|(\d{1,4}D)?(T(?!$)(\d{1,4}H)?(\d{1,4}M)?(\d{1,4}S)?)?)")

Edges = Mapping[str, Mapping[str, Place]]
"""What each thing waits for, with the place that says so."""


def check_sheet(sheet: Sheet, names: Names) -> Iterator[Problem]:
    """Report what is unsound within one file."""
    for plan in _plans(sheet):
        yield from _check_plan(sheet.document.file, plan)
        yield from _check_evidence_names(sheet.document.file, plan, names)
    if sheet.kind is GATES:
        yield from check_gates_sheet(sheet.document, names)
    if sheet.kind is PLAYBOOK:
        yield from _check_playbook(sheet.document, names)
    if sheet.kind is PROPOSAL:
        yield from _check_boards_once(sheet.document)
    yield from _check_texts(sheet.document.file, sheet.document.root)


def check_dependencies(sheets: tuple[Sheet, ...]) -> Iterator[Problem]:
    """Report entities of the catalogue that depend on themselves through each other."""
    edges: dict[str, dict[str, Place]] = {}
    file_of: dict[str, str] = {}
    for sheet in sheets:
        if sheet.kind is not CATALOGUE:
            continue
        for place in find_places(sheet.document.root, "entities.*", CATALOGUE.name):
            if (name := place.node.text("id")) is not None:
                edges[name] = _edges(place.node, "depends_on.*.entity")
                file_of[name] = sheet.document.file
    if (found := _find_cycle(edges)) is not None:
        cycle, closing = found
        yield Problem(
            file_of[cycle[0]],
            closing.node.line,
            f"the entities {' -> '.join(cycle)} depend on each other in a circle",
            "remove one of these dependencies",
        )


def find_odd_durations(document: Document) -> Iterator[Problem]:
    """Report durations that could be misread, such as months, which differ in length."""
    yield from _odd_durations(document.file, document.root)


def _odd_durations(file: str, node: Node) -> Iterator[Problem]:
    for key, child in node.children().items():
        if (
            key in _DURATION_KEYS
            and isinstance(child.content, str)
            and not _DURATION.fullmatch(child.content)
        ):
            yield Problem(
                file, child.line, f'"{child.content}" is no exact duration', "use days or weeks such as P28D"
            )
        yield from _odd_durations(file, child)
    for item in node.items():
        yield from _odd_durations(file, item)


def _plans(sheet: Sheet) -> Iterator[Node]:
    if sheet.kind is PLAN:
        yield sheet.document.root
    if sheet.kind is PLAYBOOK:
        for key in ("implementation", "handover"):
            if (plan := sheet.document.root.children().get(key)) is not None:
                yield plan


def _check_plan(file: str, plan: Node) -> Iterator[Problem]:
    steps = tuple(find_places(plan, "steps.*", "plan"))
    yield from _doubles(file, tuple(find_places(plan, "steps.*.id", "plan")), "step")
    yield from _doubles(file, tuple(find_places(plan, "steps.*.evidence.*.id", "plan")), "evidence")
    edges = {
        name: _edges(step.node, "needs.*") for step in steps if (name := step.node.text("id")) is not None
    }
    for name, needs in edges.items():
        for need, place in needs.items():
            if need not in edges:
                yield Problem(
                    file,
                    place.node.line,
                    f'step "{name}" needs "{need}", which is no step of this plan',
                    suggest_choice(need, tuple(edges)),
                )
    if (found := _find_cycle(edges)) is not None:
        cycle, closing = found
        yield Problem(
            file,
            closing.node.line,
            f"the steps {' -> '.join(cycle)} wait for each other",
            "remove one of these prerequisites",
        )


def _check_evidence_names(file: str, plan: Node, names: Names) -> Iterator[Problem]:
    for place in find_places(plan, "steps.*.evidence.*.id", "plan"):
        if place.word is not None and place.word in names.get("check", ()):
            yield Problem(
                file,
                place.node.line,
                f'the evidence "{place.word}" bears the name of a check, which is signed and never brought',
                "give it another name",
            )


def _edges(node: Node, path: str) -> dict[str, Place]:
    return {place.word: place for place in find_places(node, path, "") if place.word is not None}


def _find_cycle(edges: Edges) -> tuple[tuple[str, ...], Place] | None:
    """A circle, from the thing whose wish closes it and back to it, and the place of that wish."""
    graph = {name: tuple(need for need in needs if need in edges) for name, needs in edges.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # A plan is written from its first step to its last, so what stands early in the circle and waits for
        # something later is the likeliest mistake: the circle is told from there.
        circle = list(reversed(error.args[1][:-1]))
        start = circle.index(min(circle, key=list(edges).index))
        told = (*circle[start:], *circle[:start], circle[start])
        return told, edges[told[0]][told[1]]
    return None


def _doubles(file: str, places: tuple[Place, ...], what: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for place in places:
        if place.word is None:
            continue
        if place.word in first:
            yield Problem(
                file,
                place.node.line,
                f'the {what} "{place.word}" stands twice in this plan, first on line {first[place.word]}',
                "rename or remove one of them",
            )
        first.setdefault(place.word, place.node.line)


def _check_playbook(document: Document, names: Names) -> Iterator[Problem]:
    root = document.root.children()
    for path in ("implementation.steps.*.draws_on", "handover.steps.*.draws_on"):
        for place in find_places(document.root, path, PLAYBOOK.name):
            yield Problem(
                document.file,
                place.node.line,
                f"{place.owner} draws on what pilots found, which no board's rollout is given",
                "draw on it in the plan that standardises",
            )
    if (sections := root.get("sections")) is not None:
        for section in names.get("section", ()):
            text = sections.children().get(section)
            if text is None:
                yield Problem(
                    document.file,
                    sections.line,
                    f'the playbook lacks the section "{section}"',
                    "add its text",
                )
            elif isinstance(text.content, str) and not text.content.strip():
                yield Problem(document.file, text.line, f'the section "{section}" is empty', "write its text")
    if (mitigations := root.get("mitigations")) is None or mitigations.content == ():
        yield Problem(
            document.file,
            document.root.line if mitigations is None else mitigations.line,
            "the playbook lists no mitigations",
            "say what barriers the pilots met and what helped",
        )


def _check_boards_once(document: Document) -> Iterator[Problem]:
    # The pilots form a wave of that name.
    first = {f"wave {PILOTS}": document.root.line}
    for path, what in (("pilots.*", "board"), ("waves.*.boards.*", "board"), ("waves.*.name", "wave")):
        for place in find_places(document.root, path, PROPOSAL.name):
            if place.word is None:
                continue
            key = f"{what} {place.word}"
            if key in first:
                yield Problem(
                    document.file,
                    place.node.line,
                    f'the {what} "{place.word}" stands twice among pilots and waves, '
                    f"first on line {first[key]}",
                    "keep one of them",
                )
            first.setdefault(key, place.node.line)


def _check_texts(file: str, node: Node) -> Iterator[Problem]:
    if isinstance(node.content, str) and (found := find_identifier(node.content)) is not None:
        yield Problem(
            file, node.line, f"the text holds {found}", "remove it: nothing here may identify a person"
        )
    for key, child in node.children().items():
        yield from _check_texts(file, Node(child.line, key))
        yield from _check_texts(file, child)
    for item in node.items():
        yield from _check_texts(file, item)
