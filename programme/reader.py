"""Reads a programme's files strictly, and hands back either a sound programme or every problem in it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from domain.catalogue import Frame
from domain.measures import Measures
from domain.pace import Pace
from domain.plan import Plan
from domain.playbook import Playbook
from domain.proposal import Proposal
from domain.value import Value
from programme.calendar import make_calendar
from programme.contents import Programme
from programme.document import Document, read_document
from programme.errors import Problem, ProgrammeInvalid
from programme.proposals import check_playbook_for, check_proposal, make_proposal
from programme.references import Names, built_in, find_doubles, find_unknown, names_in
from programme.shape import fit
from programme.sheets import (
    KINDS,
    PLAYBOOK,
    PROPOSAL,
    BarriersSheet,
    BoardsSheet,
    CatalogueSheet,
    ChecksSheet,
    GatesSheet,
    Kind,
    OfficeSheet,
    ProposalSheet,
    RolesSheet,
    Sheet,
    kind_of,
)
from programme.soundness import check_dependencies, check_sheet, find_odd_durations

V = TypeVar("V", bound=Value)
T = TypeVar("T")


def load_programme(directory: Path) -> Programme:
    """Read a whole programme, every reference in it checked.

    Raises:
        ProgrammeInvalid: Something is wrong; it carries every problem of every file.
    """
    sheets, problems, unread = _read_sheets(directory)
    names = names_in(sheets, unread)
    problems += find_doubles(sheets)
    problems += check_dependencies(sheets)
    contents = _Contents()
    for sheet in sheets:
        value, found = _judge(sheet, names)
        problems += found
        if value is not None:
            contents.add(value, sheet.document)
    if (foundation := contents.foundation()) is not None:
        for document, proposal in contents.of(ProposalSheet):
            problems += check_proposal(document, proposal, foundation)
    if problems or foundation is None:
        raise ProgrammeInvalid(tuple(problems))
    proposals = tuple(make_proposal(sheet, foundation) for _, sheet in contents.of(ProposalSheet))
    return foundation.model_copy(update={"proposals": proposals})


def read_proposal(path: Path, programme: Programme) -> Proposal:
    """Read one technology's proposal against a programme that is already loaded.

    Raises:
        ProgrammeInvalid: Something is wrong; it carries every problem of the file.
    """
    sheet, names = _read_one(path, PROPOSAL, programme)
    value, problems = _judge(sheet, names)
    if isinstance(value, ProposalSheet):
        problems += check_proposal(sheet.document, value, programme)
        if not problems:
            return make_proposal(value, programme)
    raise ProgrammeInvalid(tuple(problems))


def read_playbook(path: Path, programme: Programme) -> Playbook:
    """Read one version of a playbook against a programme that is already loaded.

    Raises:
        ProgrammeInvalid: Something is wrong; it carries every problem of the file.
    """
    sheet, names = _read_one(path, PLAYBOOK, programme)
    value, problems = _judge(sheet, names)
    if isinstance(value, Playbook):
        problems += check_playbook_for(sheet.document, value, programme)
        if not problems:
            return value
    raise ProgrammeInvalid(tuple(problems))


class _Contents:
    """What of a programme fitted its model so far, each value with the file that it came from."""

    def __init__(self) -> None:
        self._read: list[tuple[Document, Value]] = []

    def add(self, value: Value, document: Document) -> None:
        """Keep a file's model."""
        self._read.append((document, value))

    def of(self, shape: type[V]) -> Iterator[tuple[Document, V]]:
        """The models of one shape, in the order of their files."""
        for document, value in self._read:
            if isinstance(value, shape):
                yield document, value

    def foundation(self) -> Programme | None:
        """The programme without its technologies; ``None`` where a file that it needs is not there."""
        office, frame = _only(self._all(OfficeSheet)), _only(self._all(Frame))
        roles, boards = _only(self._all(RolesSheet)), _only(self._all(BoardsSheet))
        checks, gates = _only(self._all(ChecksSheet)), _only(self._all(GatesSheet))
        barriers, measures = _only(self._all(BarriersSheet)), _only(self._all(Measures))
        if not (office and frame and roles and boards and checks and gates and barriers and measures):
            return None
        catalogue = self._all(CatalogueSheet)
        return Programme(
            id=office.id,
            name=office.name,
            capacity=office.capacity,
            pace=Pace(
                day=office.pace.day,
                at_risk_share=office.pace.at_risk_share,
                calendar=None if office.calendar is None else make_calendar(office.calendar),
            ),
            reminders=office.reminders,
            authority=office.authority,
            halting=office.halting,
            sources=office.sources,
            frame=frame,
            roles=roles.roles,
            boards=boards.boards,
            categories=tuple(sheet.category for sheet in catalogue),
            entities=tuple(entity for sheet in catalogue for entity in sheet.entities),
            checks=checks.checks,
            handling=barriers.handling,
            strategies=barriers.strategies,
            barriers=barriers.categories,
            measures=measures,
            gates=gates.gates,
            plans=self._all(Plan),
            playbooks=self._all(Playbook),
        )

    def _all(self, shape: type[V]) -> tuple[V, ...]:
        return tuple(value for _, value in self.of(shape))


def _only(things: tuple[T, ...]) -> T | None:
    return things[0] if len(things) == 1 else None


def _read_sheets(directory: Path) -> tuple[tuple[Sheet, ...], list[Problem], frozenset[str]]:
    """The files that could be read, the problems so far, and the kinds of the files that could not."""
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    unread: set[str] = set()
    if not directory.is_dir():
        raise ProgrammeInvalid(
            (
                Problem(
                    str(directory), None, "there is no such directory", "correct the path of the programme"
                ),
            )
        )
    for path in sorted((*directory.rglob("*.yaml"), *directory.rglob("*.yml"))):
        kind = kind_of(path.relative_to(directory))
        if kind is None:
            problems.append(_stray(path))
            continue
        document, found = read_document(path)
        problems += found
        if document is None:
            unread.add(kind.name)
        else:
            sheets.append(Sheet(kind, document))
    present = {sheet.kind.name for sheet in sheets} | unread
    for kind in KINDS:
        if kind.single and kind.name not in present:
            problems.append(
                Problem(
                    str(directory / kind.pattern),
                    None,
                    "there is no such file",
                    "add it: a programme needs it",
                )
            )
            unread.add(kind.name)
    return tuple(sheets), problems, frozenset(unread)


def _stray(path: Path) -> Problem:
    patterns = ", ".join(kind.pattern for kind in KINDS)
    return Problem(
        str(path),
        None,
        "this is no file of a programme",
        f"move it, or remove it; a programme has {patterns}",
    )


def _read_one(path: Path, kind: Kind, programme: Programme) -> tuple[Sheet, Names]:
    document, problems = read_document(path)
    if document is None or problems:
        raise ProgrammeInvalid(problems)
    sheet = Sheet(kind, document)
    names = _names_of(programme)
    names["evidence"] += names_in((sheet,))["evidence"]
    return sheet, names


def _names_of(programme: Programme) -> dict[str, tuple[str, ...]]:
    plans = (
        *programme.plans,
        *(plan for playbook in programme.playbooks for plan in (playbook.implementation, playbook.handover)),
    )
    frame = programme.frame
    return {
        "source": tuple(source.title for source in programme.sources),
        **built_in(_ids(programme.roles)),
        "role": _ids(programme.roles),
        "board": _ids(programme.boards),
        "entity": _ids(programme.entities),
        "plan": _ids(programme.plans),
        "gate": _ids(programme.gates),
        "check": _ids(programme.checks),
        "level": _ids(frame.levels),
        "area": _ids(frame.areas),
        "priority": _ids(frame.priorities),
        "section": _ids(frame.sections),
        "input": _ids(frame.inputs),
        "evidence": tuple(item.id for plan in plans for step in plan.steps for item in step.evidence),
    }


def _ids(things: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(getattr(thing, "id")) for thing in things)  # noqa: B009


def _judge(sheet: Sheet, names: Names) -> tuple[Value | None, list[Problem]]:
    """A file's model where it fits, and every problem within the file."""
    document = sheet.document
    shaped = fit(sheet.kind.shape, document, sheet.kind.name)
    problems = list(shaped.problems)
    lines = {problem.line for problem in problems}
    problems += (each for each in find_odd_durations(document) if each.line not in lines)
    problems += find_unknown(sheet, names)
    problems += check_sheet(sheet, names)
    if not problems:
        problems += shaped.broken_rules
    return shaped.value, problems
