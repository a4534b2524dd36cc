"""A technology's gates that are made for an occasion: before a wave, and to release a halt."""

from domain.criterion import Criterion
from domain.evidence import NATIONAL
from domain.gate import Gate
from domain.halt import Halt
from domain.proposal import Proposal, Wave


def national_criteria(proposal: Proposal) -> tuple[Criterion, ...]:
    """What the boards' gates ask of the national programme."""
    gates = (proposal.gates.go_live, proposal.gates.handover)
    return tuple(it for gate in gates for it in gate.criteria if it.source == NATIONAL)


def release_gate(proposal: Proposal, wave: Wave) -> Gate:
    """The gate before a wave, which bears the wave's name."""
    gate = proposal.gates.release
    name = release_gate_name(proposal, wave)
    return gate.model_copy(update={"id": name, "title": f"{gate.title}: {wave.name}"})


def release_gate_name(proposal: Proposal, wave: Wave) -> str:
    """The slug of the gate before a wave."""
    return f"{proposal.gates.release.id}-{wave.name}"


def halt_gate_name(proposal: Proposal, halt: Halt) -> str:
    """The slug of the gate that releases a halt."""
    return f"{proposal.gates.release_halt.id}-{halt.number}"


def brought_for(evidence: str, halt: Halt) -> str:
    """The slug of evidence that is brought for one halt: what was found about another releases nothing."""
    return f"{evidence}-{halt.number}"


def halt_gate(proposal: Proposal, halt: Halt) -> Gate:
    """The gate that releases a halt, which bears its number and asks for what is brought for it."""
    gate, anew = proposal.gates.release_halt, [it.id for it in proposal.halting.evidence]
    criteria = tuple(
        it.model_copy(update={"evidence": brought_for(it.evidence, halt)}) if it.evidence in anew else it
        for it in gate.criteria
    )
    return gate.model_copy(
        update={
            "id": halt_gate_name(proposal, halt),
            "title": f"{gate.title} (halt {halt.number})",
            "criteria": criteria,
        }
    )
