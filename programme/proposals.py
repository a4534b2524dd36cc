"""Turns a proposal that names its plans and gates into one that holds them, once they belong together."""

from collections.abc import Iterable, Iterator

from domain.check import CheckNeeded
from domain.criterion import Criterion, Flag, Shift, Signed, Threshold, UnderContract
from domain.findings.slugs import TRAINING
from domain.gate import Gate
from domain.governance import Check
from domain.measures import Measures
from domain.plan import Plan
from domain.playbook import Playbook
from domain.proposal import (
    Asked,
    Gates,
    Proposal,
    Setting,
    check_infrastructure,
    check_release,
    check_release_halt,
    is_answerable,
    settings_of,
    settings_of_boards,
)
from programme.contents import Programme
from programme.document import Document
from programme.errors import Problem
from programme.places import find_places
from programme.priorities import check_draws, check_priorities
from programme.shape import suggest_choice
from programme.sheets import PROPOSAL, ProposalSheet


def check_proposal(document: Document, sheet: ProposalSheet, programme: Programme) -> Iterator[Problem]:
    """Report where a proposal's plans and checks do not give what its gates and the frame ask of them."""
    try:
        proposal = make_proposal(sheet, programme)
    except (KeyError, ValueError):
        return  # What it names is not there, or not sound, and that is reported where it stands.
    pilot_line, draw_line = _line_of(document, "proof_of_concept"), _line_of(document, "standardisation")
    for what, fix in check_priorities(proposal.proof_of_concept, programme.frame):
        yield Problem(document.file, pilot_line, what, fix)
    for what, fix in check_draws(proposal, programme.frame):
        yield Problem(document.file, draw_line, what, fix)
    for refusal, path in (
        (check_release(proposal.gates.release), "gates.release"),
        (check_release_halt(proposal.gates.release_halt), "gates.release_halt"),
        (check_infrastructure(proposal), "go_live_needs"),
    ):
        if refusal is not None:
            what, _, fix = refusal.message.rstrip(".").rpartition(": ")
            yield Problem(document.file, _line_of(document, path), what, fix)
    boards = (settings_of_boards(proposal, playbook) for playbook in programme.playbooks)
    settings = (*settings_of(proposal), *(setting for each in boards for setting in each))
    seen: set[str] = set()
    for setting in settings:
        for what, fix in _faults_of(setting, programme, proposal.pilots):
            if what not in seen:
                seen.add(what)
                yield Problem(document.file, _line_of(document, f"gates.{setting.point}"), what, fix)
    yield from _check_grounds(document, proposal, programme)


def check_playbook_for(document: Document, playbook: Playbook, programme: Programme) -> Iterator[Problem]:
    """Report where a playbook asks for less evidence than the boards' gates need."""
    seen: set[str] = set()
    for proposal in programme.proposals:
        for setting in settings_of_boards(proposal, playbook):
            path = "implementation" if setting.point == "go_live" else "handover"
            for what, fix in _faults_of(setting, programme, proposal.pilots):
                if what not in seen:
                    seen.add(what)
                    yield Problem(document.file, _line_of(document, path), what, fix)


def make_proposal(sheet: ProposalSheet, programme: Programme) -> Proposal:
    """The proposal with all that it names.

    Raises:
        KeyError: It names what is not there.
        ValueError: It is not sound in itself.
    """
    needed = tuple(check for check in programme.checks if check.concerns(sheet.traits))
    boards = (*sheet.pilots, *(board for wave in sheet.waves for board in wave.boards))
    gates = {
        point: _pin_checks(programme.gate(name), programme.checks, needed)
        for point, name in sheet.gates.model_dump().items()
    }
    return Proposal(
        technology=sheet.technology,
        service=sheet.service,
        title=sheet.title,
        summary=sheet.summary,
        programme=programme.id,
        authority=programme.authority,
        pace=programme.pace,
        pilots=sheet.pilots,
        waves=sheet.waves,
        wave_rule=sheet.wave_rule,
        assessment=programme.plan(sheet.assessment),
        proof_of_concept=programme.plan(sheet.proof_of_concept),
        standardisation=programme.plan(sheet.standardisation),
        sustain=programme.plan(sheet.sustain),
        workstreams={area: programme.plan(name) for area, name in sheet.workstreams.items()},
        board_workstreams={area: programme.plan(name) for area, name in sheet.board_workstreams.items()},
        go_live_needs=sheet.go_live_needs,
        sections=tuple(section.id for section in programme.frame.sections),
        gates=Gates(**gates),
        version=sheet.version,
        handling=programme.handling,
        replaces=sheet.replaces,
        halting=programme.halting,
        checks=tuple(check.needed for check in needed if check.per == "technology"),
        board_checks={board: _checks_of(programme, needed, board) for board in boards},
    )


def checks_for(programme: Programme, board: str, signed: Iterable[str]) -> tuple[CheckNeeded, ...]:
    """The checks that a board has to sign which joins a technology later.

    Args:
        programme: The programme.
        board: The board's slug.
        signed: The checks that the technology's other boards sign: they show which of those that only some
            technologies need this one needs.

    Raises:
        KeyError: The programme has no such board.
    """
    known = frozenset(signed)
    needed = tuple(check for check in programme.checks if not check.traits or check.id in known)
    return _checks_of(programme, needed, board)


def _checks_of(programme: Programme, needed: Iterable[Check], board: str) -> tuple[CheckNeeded, ...]:
    place = programme.board(board)
    return tuple(check.needed for check in needed if check.concerns_board(place))


def _pin_checks(gate: Gate, checks: Iterable[Check], needed: Iterable[Check]) -> Gate:
    """The gate with what the checks say of their signatures, and without those that are not needed."""
    known, applying = {check.id for check in checks}, {check.id: check for check in needed}
    criteria: list[Criterion] = []
    for criterion in gate.criteria:
        if not isinstance(criterion.test, Signed) or criterion.evidence not in known:
            criteria.append(criterion)
        elif (check := applying.get(criterion.evidence)) is not None:
            pinned = {"test": Signed(on_terms=check.on_terms), "same_version": check.recheck_on_change}
            criteria.append(criterion.model_copy(update=pinned))
    return gate.model_copy(update={"criteria": tuple(criteria)})


def _faults_of(setting: Setting, programme: Programme, pilots: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What a gate asks for and nothing gives it; what nothing anywhere is called is reported elsewhere."""
    anywhere = _evidence_in(programme)
    for criterion in setting.gate.criteria:
        asked = setting.asked_of(criterion.source)
        yield from _too_few_pilots(setting.gate, criterion, len(pilots))
        if is_answerable(criterion, asked):
            yield from _misread(setting.gate, criterion, asked, programme.measures)
        elif criterion.evidence in anywhere:
            yield (
                (
                    f'gate "{setting.gate.id}" asks for "{criterion.evidence}" ({criterion.source}), '
                    f"which nothing brings by then: {_whence(criterion)}"
                ),
                suggest_choice(criterion.evidence, tuple(asked)),
            )


def _too_few_pilots(gate: Gate, criterion: Criterion, pilots: int) -> Iterator[tuple[str, str]]:
    least = criterion.minimum_boards
    if least is not None and criterion.source != "pilots":
        yield (
            f'criterion "{criterion.id}" of gate "{gate.id}" counts boards and asks no pilots',
            "leave out minimum_boards, or ask the pilots",
        )
    elif least is not None and least > pilots:
        yield (
            f'criterion "{criterion.id}" of gate "{gate.id}" asks {least} pilots to meet it, of {pilots}',
            "lower minimum_boards, or add pilots",
        )


def _whence(criterion: Criterion) -> str:
    signed = isinstance(criterion.test, Signed)
    where = {"own": "there", "national": "nationally", "pilots": "at every pilot board"}[criterion.source]
    return f"no check of that name is signed {where}" if signed else f"no step asks for it {where}"


def _misread(gate: Gate, criterion: Criterion, asked: Asked, measures: Measures) -> Iterator[tuple[str, str]]:
    kinds, kind = _kinds_for(criterion, measures), asked[criterion.evidence]
    if kinds and kind not in kinds:
        said = f'as "{kind}"' if kind else "without saying what kind of finding it is"
        yield (
            (
                f'criterion "{criterion.id}" of gate "{gate.id}" reads the evidence "{criterion.evidence}", '
                f"which a step asks for {said}"
            ),
            f"ask for it with finding: {kinds[0]}",
        )


def _kinds_for(criterion: Criterion, measures: Measures) -> tuple[str, ...]:
    """The kinds of finding that a criterion can read, the usual one first; none where any will do."""
    match criterion.test:
        case Shift():
            return ("run-chart",)
        case UnderContract():
            return ("contract",)
        case Threshold(reading=reading) | Flag(reading=reading):
            if reading.startswith(f"{TRAINING}-"):
                return ("training", "measure")
            return (*(each.finding for each in measures.measures if each.id == reading), "measure")
        case _:
            return ()


def _evidence_in(programme: Programme) -> frozenset[str]:
    books = (plan for book in programme.playbooks for plan in (book.implementation, book.handover))
    brought = (name for plan in (*programme.plans, *books) for name in _asked_in(plan))
    for_halts = (item.id for item in programme.halting.evidence)
    return frozenset((*brought, *for_halts, *(check.id for check in programme.checks)))


def _asked_in(plan: Plan) -> tuple[str, ...]:
    return tuple(item.id for step in plan.steps for item in step.evidence)


def _check_grounds(document: Document, proposal: Proposal, programme: Programme) -> Iterator[Problem]:
    """Report checks that rest on evidence which nobody is asked to bring where they are signed."""
    national = (*_asked_in(proposal.assessment), *_asked_in(proposal.standardisation))
    local = tuple(name for book in programme.playbooks for name in _asked_in(book.implementation))
    at_boards = {check.id: check for checks in proposal.board_checks.values() for check in checks}
    for checks, brought, where in (
        (proposal.checks, national, "nationally"),
        (tuple(at_boards.values()), local, "when a board implements"),
    ):
        for check in checks:
            for name in check.rests_on:
                if name not in brought and programme.playbooks:
                    yield Problem(
                        document.file,
                        _line_of(document, "technology"),
                        f'the check "{check.id}" rests on "{name}", which no step asks for {where}',
                        suggest_choice(name, brought),
                    )


def _line_of(document: Document, path: str) -> int:
    place = next(find_places(document.root, path, PROPOSAL.name), None)
    return document.root.line if place is None else place.node.line
