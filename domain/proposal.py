"""A proposal: all that a technology's life is run by, and whether it can be lived."""

from dataclasses import dataclass
from typing import Self

from pydantic import Field, model_validator

from domain.check import CheckNeeded
from domain.criterion import Signed
from domain.evidence import NATIONAL, OWN
from domain.gate import Effect, Gate
from domain.journey import FIRST_VERSION, Authority, Pace
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
    """The gates of a technology's life and of its rollouts; ``release`` stands before each wave."""

    begin: Gate
    scale: Gate
    approve_playbook: Gate
    release: Gate
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
        version: The version of the technology with which it begins.
        checks: The governance checks that are signed once, nationally.
        board_checks: The governance checks that each of these boards signs.

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
    version: Line = FIRST_VERSION
    checks: tuple[CheckNeeded, ...] = ()
    board_checks: dict[Slug, tuple[CheckNeeded, ...]] = Field(default_factory=dict)

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


@dataclass(frozen=True)
class Setting:
    """A gate, and where the evidence that it asks for can come from.

    Attributes:
        gate: The gate.
        own: The plan that ends there, with the checks that are signed there.
        national: The national plans and checks.
        pilots: The plan of the pilots.
    """

    gate: Gate
    own: tuple[str, ...]
    national: tuple[str, ...]
    pilots: tuple[str, ...]


def settings_of(proposal: Proposal) -> tuple[Setting, ...]:
    """The technology's own gates."""
    gates, pilots = proposal.gates, _asked(proposal.proof_of_concept)
    checks = tuple(check.id for check in proposal.checks)
    everything = national_evidence(proposal)
    plans = (
        (gates.begin, proposal.assessment),
        (gates.scale, proposal.assessment),
        (gates.approve_playbook, proposal.standardisation),
        (gates.release, proposal.standardisation),
        (gates.sustain, proposal.sustain),
    )
    return tuple(Setting(gate, (*_asked(plan), *checks), everything, pilots) for gate, plan in plans)


def settings_of_boards(proposal: Proposal, playbook: Playbook) -> tuple[Setting, ...]:
    """The boards' gates, with what this playbook's plans ask for."""
    gates, pilots = proposal.gates, _asked(proposal.proof_of_concept)
    everywhere = _checks_everywhere(proposal)
    plans = ((gates.go_live, playbook.implementation), (gates.handover, playbook.handover))
    return tuple(
        Setting(gate, (*_asked(plan), *everywhere), national_evidence(proposal), pilots)
        for gate, plan in plans
    )


def national_evidence(proposal: Proposal) -> tuple[str, ...]:
    """The evidence that national plans and checks bring."""
    plans = (proposal.assessment, proposal.standardisation, proposal.sustain)
    return (*(name for plan in plans for name in _asked(plan)), *(check.id for check in proposal.checks))


def _checks_everywhere(proposal: Proposal) -> tuple[str, ...]:
    boards = [board for wave in proposal.waves for board in wave.boards] or list(proposal.pilots)
    found = [frozenset(check.id for check in proposal.board_checks.get(board, ())) for board in boards]
    return tuple(sorted(found[0].intersection(*found[1:])))


def _asked(plan: Plan) -> tuple[str, ...]:
    return tuple(item.id for step in plan.steps for item in step.evidence)


def check_gates(settings: tuple[Setting, ...]) -> Refusal | None:
    """Refuse gates that could never be passed."""
    for setting in settings:
        sources = {OWN: setting.own, NATIONAL: setting.national, "pilots": setting.pilots}
        for criterion in setting.gate.criteria:
            if criterion.required and criterion.evidence not in sources[criterion.source]:
                return Refusal(
                    code="gate-cannot-pass",
                    message=f'{setting.gate.title} asks for evidence "{criterion.evidence}" '
                    f"({criterion.source}) and {_bringer(criterion.test)}: add it, or correct the name.",
                )
    return None


def _bringer(test: object) -> str:
    return "no check of that name is signed there" if isinstance(test, Signed) else "no step there brings it"


def check_release(gate: Gate) -> Refusal | None:
    """Refuse a release gate that could send a wave back: there is nothing that it could do again."""
    if Effect.REPEAT in gate.outcomes.values():
        return Refusal(
            code="nothing-to-repeat",
            message=f"{gate.title} stands before a wave, where there is nothing to repeat: "
            "leave out the outcome that repeats.",
        )
    return None


def check_draws(proposal: Proposal) -> Refusal | None:
    """Refuse steps that draw on what no pilot is asked to find."""
    found = _asked(proposal.proof_of_concept)
    for step in proposal.standardisation.steps:
        for name in step.draws_on:
            if name not in found:
                return Refusal(
                    code="nothing-to-draw-on",
                    message=f'Step "{step.id}" draws on "{name}", which no step of plan '
                    f'"{proposal.proof_of_concept.id}" brings: correct the name, or ask for it there.',
                )
    return None
