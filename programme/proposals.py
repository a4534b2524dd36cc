"""Turns a proposal that names its plans and gates into one that holds them, once they belong together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.gate import Gate
from domain.plan import Plan
from domain.playbook import Playbook
from domain.proposal import Gates, Proposal
from programme.contents import Programme
from programme.document import Document
from programme.errors import Problem
from programme.places import find_places
from programme.references import Names
from programme.shape import suggest_choice
from programme.sheets import PROPOSAL, ProposalSheet


@dataclass(frozen=True, slots=True)
class Parts:
    """What proposals are made of: whatever of a programme could be read so far."""

    plans: Mapping[str, Plan]
    gates: Mapping[str, Gate]
    playbooks: tuple[Playbook, ...]

    @classmethod
    def of(cls, programme: Programme) -> "Parts":
        """The parts of a programme that is there as a whole."""
        return cls(
            plans={plan.id: plan for plan in programme.plans},
            gates={gate.id: gate for gate in programme.gates},
            playbooks=programme.playbooks,
        )


def check_proposal(document: Document, sheet: ProposalSheet, parts: Parts, names: Names) -> Iterator[Problem]:
    """Report where a proposal's plans do not give what its gates and the frame ask of them."""
    pilot_plan = parts.plans.get(sheet.proof_of_concept)
    if pilot_plan is not None:
        yield from _check_priorities(document, pilot_plan, names)
    for point, source, plan in _stages(sheet, parts):
        gate = parts.gates.get(getattr(sheet.gates, point))
        if gate is not None and plan is not None:
            line = _line_of(document, f"gates.{point}")
            for lack, hint in lacking_evidence(gate, plan, source, names):
                yield Problem(document.file, line, lack, hint)
    yield from _check_pilot_sources(document, sheet, parts)


def check_playbook_for(
    document: Document, playbook: Playbook, proposals: tuple[Proposal, ...], names: Names
) -> Iterator[Problem]:
    """Report where a playbook asks for less evidence than the boards' gates need."""
    seen: set[str] = set()
    for proposal in proposals:
        for gate, plan, path in (
            (proposal.gates.go_live, playbook.implementation, "implementation"),
            (proposal.gates.handover, playbook.handover, "handover"),
        ):
            for lack, hint in lacking_evidence(gate, plan, "plan", names):
                if lack not in seen:
                    seen.add(lack)
                    yield Problem(document.file, _line_of(document, path), lack, hint)


def lacking_evidence(gate: Gate, plan: Plan, source: str, names: Names) -> Iterator[tuple[str, str]]:
    """What a gate needs of a plan and no step of it asks for; what no plan at all asks for is left out."""
    asked = tuple(item.id for step in plan.steps for item in step.evidence)
    anywhere = names.get("evidence", ())
    for need in gate.needs:
        if need.source == source and need.evidence not in asked and need.evidence in anywhere:
            yield (
                (
                    f'gate "{gate.id}" needs the evidence "{need.evidence}", '
                    f'which no step of plan "{plan.id}" asks for'
                ),
                suggest_choice(need.evidence, asked),
            )


def make_proposal(sheet: ProposalSheet, programme: Programme) -> Proposal:
    """The proposal with all that it names; every name must have been found sound before."""
    gates = {point: programme.gate(name) for point, name in sheet.gates.model_dump().items()}
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
        sections=tuple(section.id for section in programme.frame.sections),
        gates=Gates(**gates),
    )


def _stages(sheet: ProposalSheet, parts: Parts) -> Iterator[tuple[str, str, Plan | None]]:
    """Each gate's point with the plan on whose evidence it rests, once for each source of evidence."""
    plans = parts.plans
    yield "begin", "plan", plans.get(sheet.assessment)
    yield "scale", "pilots", plans.get(sheet.proof_of_concept)
    # Test and learn has no national plan of its own: the last one worked on is the assessment.
    yield "scale", "plan", plans.get(sheet.assessment)
    yield "approve_playbook", "plan", plans.get(sheet.standardisation)
    yield "sustain", "plan", plans.get(sheet.sustain)
    for playbook in parts.playbooks:
        yield "go_live", "plan", playbook.implementation
        yield "handover", "plan", playbook.handover


def _check_priorities(document: Document, plan: Plan, names: Names) -> Iterator[Problem]:
    covered = {step.priority for step in plan.steps}
    for priority in names.get("priority", ()):
        if priority not in covered:
            yield Problem(
                document.file,
                _line_of(document, "proof_of_concept"),
                f'the proof of concept, plan "{plan.id}", has no step with the priority "{priority}"',
                "add one to that plan",
            )


def _check_pilot_sources(document: Document, sheet: ProposalSheet, parts: Parts) -> Iterator[Problem]:
    for point, name in sheet.gates.model_dump().items():
        gate = parts.gates.get(name)
        if point == "scale" or gate is None:
            continue
        for need in gate.needs:
            if need.source == "pilots":
                yield Problem(
                    document.file,
                    _line_of(document, f"gates.{point}"),
                    f'gate "{gate.id}" needs the evidence "{need.evidence}" from the pilots, '
                    "which only the scale decision has before it",
                    "ask for it from the plan, or remove it",
                )


def _line_of(document: Document, path: str) -> int:
    place = next(find_places(document.root, path, PROPOSAL.name), None)
    return document.root.line if place is None else place.node.line
