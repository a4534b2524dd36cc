"""A proposal: all that a technology's life is run by, and whether it can be lived."""

from typing import Self

from pydantic import Field, model_validator

from domain.gate import Gate
from domain.journey import Authority, Pace
from domain.plan import Plan
from domain.playbook import Playbook
from domain.refusal import Refusal
from domain.rollout import RolloutStage
from domain.value import Line, Slug, Value

PILOTS = "pilots"
"""The name of the wave that the pilot boards form."""


class Wave(Value):
    """Boards that are released together."""

    name: Slug
    boards: tuple[Slug, ...] = Field(min_length=1)


class WaveRule(Value):
    """When the next wave is released.

    Attributes:
        reached: The stage that every board released so far has to have reached; boards that are paused or
            stopped do not hold the others back.
    """

    reached: RolloutStage = RolloutStage.HANDOVER


class Gates(Value):
    """The gates of a technology's life and of its rollouts."""

    begin: Gate
    scale: Gate
    approve_playbook: Gate
    go_live: Gate
    handover: Gate
    sustain: Gate


class Proposal(Value):
    """All that a technology's life is run by, pinned when it is proposed.

    Attributes:
        technology: The technology's slug.
        service: The catalogue entity that it becomes.
        title: Its name for people.
        summary: What it is and for whom.
        programme: The programme whose office grants capacity.
        authority: Who may steer.
        pace: How time counts.
        pilots: The boards that test and learn.
        waves: The boards that replicate, in the order of their release.
        wave_rule: When the next wave is released.
        assessment: The plan of assessment and procurement.
        proof_of_concept: The plan of each pilot.
        standardisation: The plan that makes the playbook.
        sustain: The plan of the national handover to business as usual.
        workstreams: The plans of the parallel tracks, by area.
        sections: The sections that every playbook must fill.
        gates: The gates.

    Raises:
        ValueError: A board or a wave stands twice.
    """

    technology: Slug
    service: Slug
    title: Line
    summary: str
    programme: Slug
    authority: Authority
    pace: Pace = Pace()
    pilots: tuple[Slug, ...] = Field(min_length=1)
    waves: tuple[Wave, ...] = ()
    wave_rule: WaveRule = WaveRule()
    assessment: Plan
    proof_of_concept: Plan
    standardisation: Plan
    sustain: Plan
    workstreams: dict[Slug, Plan] = Field(default_factory=dict)
    sections: tuple[Slug, ...]
    gates: Gates

    @model_validator(mode="after")
    def _each_board_stands_once(self) -> Self:
        boards = [*self.pilots, *(board for wave in self.waves for board in wave.boards)]
        names = [PILOTS, *(wave.name for wave in self.waves)]
        for what, items in (("board", boards), ("wave", names)):
            for item in items:
                if items.count(item) > 1:
                    raise ValueError(f'{what} "{item}" stands twice among pilots and waves: keep one')
        return self


def plans_of(proposal: Proposal) -> tuple[Plan, ...]:
    """The plans that one technology's tasks can come from, beside its playbook's."""
    return (proposal.assessment, proposal.proof_of_concept, proposal.standardisation, proposal.sustain)


def gates_of(proposal: Proposal) -> tuple[tuple[Gate, Plan, Plan], ...]:
    """The technology's own gates, each with the plan that ends there and that of the pilots."""
    gates, pilots = proposal.gates, proposal.proof_of_concept
    return (
        (gates.begin, proposal.assessment, pilots),
        (gates.scale, proposal.assessment, pilots),
        (gates.approve_playbook, proposal.standardisation, pilots),
        (gates.sustain, proposal.sustain, pilots),
    )


def check_plan_ids(plans: tuple[Plan, ...]) -> Refusal | None:
    """Refuse plans that bear one name."""
    ids = [plan.id for plan in plans]
    for name in ids:
        if ids.count(name) > 1:
            return Refusal(
                code="plan-name-taken",
                message=f'Two plans of one technology are called "{name}": rename one, because tasks are '
                "named after their plan.",
            )
    return None


def gates_of_boards(proposal: Proposal, playbook: Playbook) -> tuple[tuple[Gate, Plan, Plan], ...]:
    """The boards' gates, each with the playbook's plan that ends there and that of the pilots."""
    gates, pilots = proposal.gates, proposal.proof_of_concept
    return ((gates.go_live, playbook.implementation, pilots), (gates.handover, playbook.handover, pilots))


def check_gates(gates: tuple[tuple[Gate, Plan, Plan], ...]) -> Refusal | None:
    """Refuse gates that could never be passed; each comes with its own plan and that of the pilots."""
    for gate, own, pilots in gates:
        for need in gate.needs:
            plan = own if need.source == "plan" else pilots
            if not any(need.evidence == item.id for step in plan.steps for item in step.evidence):
                return Refusal(
                    code="gate-cannot-pass",
                    message=f'{gate.title} needs evidence "{need.evidence}" and no step of plan "{plan.id}" '
                    f"asks for it: add it to the step that brings it.",
                )
    return None
