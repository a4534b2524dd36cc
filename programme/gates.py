"""Checks what gates say beyond their shape: who may decide, and whether what they ask for can be answered."""

from collections.abc import Iterator

from domain.findings.slugs import SHARE, unit_of
from domain.gate import Effect
from programme.document import Document, Node
from programme.errors import Problem
from programme.places import Place, find_places
from programme.references import Names
from programme.shape import suggest_choice
from programme.sheets import GATES

_SAID_BY_THE_CHECK = {
    "on_terms": "what a signature on terms counts as",
    "same_version": "whether a change calls for another signature",
}


def check_gates_sheet(document: Document, names: Names) -> Iterator[Problem]:
    """Report gates that nobody can pass, and criteria that no evidence can answer."""
    for gate in find_places(document.root, "gates.*", GATES.name):
        yield from _check_outcomes(document.file, gate)
        yield from _check_escalation(document.file, gate)
        for criterion in find_places(gate.node, "criteria.*", "gate"):
            yield from _check_evidence(document.file, criterion, names)
            yield from _check_figure(document.file, criterion)
            yield from _check_automatic(document.file, gate, criterion)


def _test_of(criterion: Place) -> Node:
    """What a criterion asks of its evidence; nothing but to be there, where it does not say."""
    return criterion.node.children().get("test", Node(criterion.node.line, {}))


def _check_outcomes(file: str, gate: Place) -> Iterator[Problem]:
    outcomes = gate.node.children().get("outcomes")
    if outcomes is None or not outcomes.children():
        return
    if Effect.PROCEED not in [each.content for each in outcomes.children().values()]:
        yield Problem(file, outcomes.line, f"{gate.owner} has no outcome that proceeds", "add one")


def _check_escalation(file: str, gate: Place) -> Iterator[Problem]:
    seated = [place.word for place in find_places(gate.node, "seats.*.role", "gate")]
    for place in find_places(gate.node, "escalates_to.*", "gate"):
        if place.word is not None and place.word in seated:
            yield Problem(
                file,
                place.node.line,
                f'{gate.owner} escalates to "{place.word}", who has a seat there already',
                "name a role that has none, since only such a role may then decide alone",
            )


def _check_evidence(file: str, criterion: Place, names: Names) -> Iterator[Problem]:
    evidence = criterion.node.children().get("evidence")
    test = _test_of(criterion)
    if evidence is None or not isinstance(evidence.content, str):
        return
    word, signed = evidence.content, test.text("kind") == "signed"
    target = "check" if signed else "evidence"
    if not signed and word in names.get("check", ()) and word not in names.get("evidence", ()):
        yield Problem(
            file,
            evidence.line,
            f'{criterion.owner} asks for "{word}", which is a check and no evidence that a step brings',
            "ask for its signature with {kind: signed}",
        )
    elif target in names and word not in names[target]:
        yield Problem(
            file,
            evidence.line,
            f'{criterion.owner} has "{word}" as "evidence", which is no {target} of this programme',
            suggest_choice(word, names[target]),
        )
    for key, what in _SAID_BY_THE_CHECK.items() if signed else ():
        place = test.children().get(key) or criterion.node.children().get(key)
        if place is not None:
            yield Problem(
                file, place.line, f"{criterion.owner} says {what}", f'say it once, at the check "{word}"'
            )


def _check_figure(file: str, criterion: Place) -> Iterator[Problem]:
    test = _test_of(criterion)
    reading, unit, value = test.text("reading"), test.children().get("unit"), test.children().get("value")
    wanted = None if reading is None else unit_of(reading)
    if wanted is None or unit is None:
        return
    if unit.content != wanted:
        yield Problem(
            file,
            unit.line,
            f'{criterion.owner} has its threshold in "{unit.content}" and {reading} is read in another unit',
            f'give it as "{wanted}"',
        )
    elif wanted == SHARE and value is not None and not _is_share(value):
        yield Problem(
            file,
            value.line,
            f"{criterion.owner} has {value.content} as its threshold and a share lies between 0 and 1",
            "divide per cents by 100",
        )


def _is_share(value: Node) -> bool:
    return not isinstance(value.content, int | float) or 0 <= value.content <= 1


def _check_automatic(file: str, gate: Place, criterion: Place) -> Iterator[Problem]:
    automatic, required = gate.node.children().get("automatic"), criterion.node.children().get("required")
    test = _test_of(criterion)
    if automatic is None or test.text("kind") != "weigh":
        return
    if automatic.content is True and (required is None or required.content is not False):
        yield Problem(
            file,
            test.line,
            f"{gate.owner} opens by itself, and {criterion.owner} has to be weighed by a person",
            "leave out automatic, or do not require the criterion",
        )
