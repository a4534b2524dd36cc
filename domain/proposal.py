"""A proposal: all that a technology's life is run by, and whether it can be lived."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from pydantic import Field, model_validator

from domain.barrier import BarrierPolicy
from domain.check import CheckNeeded
from domain.criterion import Criterion, Signed
from domain.evidence import SIGN_OFF, Source
from domain.gate import Effect, Gate
from domain.halt import HaltPolicy
from domain.infrastructure import provided_by
from domain.journey import FIRST_VERSION, Authority
from domain.pace import Pace
from domain.plan import Plan
from domain.playbook import Playbook
from domain.refusal import Refusal
from domain.rollout_briefs import RolloutStage
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
    """The gates of a technology's life and of its rollouts.

    Attributes:
        release: Stands before each wave.
        release_halt: Opens with each halt, beside whatever gate the life has come to.
    """

    begin: Gate
    scale: Gate
    approve_playbook: Gate
    release: Gate
    go_live: Gate
    handover: Gate
    sustain: Gate
    release_halt: Gate


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
        workstreams: The plans of the national parallel tracks, by area.
        board_workstreams: The plans of the parallel tracks that run in each board, by area.
        go_live_needs: The infrastructure without which no board goes live; steps of the tracks provide it.
        sections: The sections that every playbook must fill.
        gates: The gates.
        version: The version of the technology with which it begins.
        checks: The governance checks that are signed once, nationally.
        board_checks: The governance checks that each board signs; one that signs none is named with none.
        handling: How barriers are handled.
        replaces: The technology whose place it takes, where it takes one's.
        halting: Who may stop the line, and what has to be brought before it moves again.

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
    board_workstreams: dict[Slug, Plan] = Field(default_factory=dict)
    go_live_needs: tuple[Slug, ...] = ()
    sections: tuple[Slug, ...]
    gates: Gates
    version: Line = FIRST_VERSION
    checks: tuple[CheckNeeded, ...] = ()
    board_checks: dict[Slug, tuple[CheckNeeded, ...]] = Field(default_factory=dict)
    handling: BarrierPolicy = BarrierPolicy()
    replaces: Slug | None = None
    halting: HaltPolicy = HaltPolicy()

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


def track_plans(proposal: Proposal) -> tuple[Plan, ...]:
    """The plans of the parallel tracks, of the nation and of the boards."""
    return (*proposal.workstreams.values(), *proposal.board_workstreams.values())


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


Asked = dict[str, str | None]
"""Evidence that can be there, by its slug: the kind of finding that it has to be, where that is said."""


@dataclass(frozen=True)
class Setting:
    """A gate, and where the evidence that it asks for can come from by the time that it opens.

    Attributes:
        point: Where it stands, as ``Gates`` names it.
        gate: The gate.
        own: Of the plans worked on so far, and of the checks that are signed there.
        national: Of the national programme, where a board asks for it.
        pilots: Of every pilot, once they have tested and learned.
    """

    point: str
    gate: Gate
    own: Asked
    national: Asked = field(default_factory=dict)
    pilots: Asked = field(default_factory=dict)

    def asked_of(self, source: Source) -> Asked:
        """What that source can have brought."""
        return {"own": self.own, "national": self.national, "pilots": self.pilots}[source]


def settings_of(proposal: Proposal) -> tuple[Setting, ...]:
    """The technology's own gates."""
    gates = proposal.gates
    pilots = _asked(proposal.proof_of_concept) | _signed_at_each(proposal, proposal.pilots)
    assessed = _asked(proposal.assessment) | _signed(proposal.checks)
    standardised = assessed | _asked(proposal.standardisation)
    sustained = standardised | _asked(proposal.sustain)
    return (
        Setting("begin", gates.begin, assessed),
        Setting("scale", gates.scale, assessed, pilots=pilots),
        Setting("approve_playbook", gates.approve_playbook, standardised, pilots=pilots),
        Setting("release", gates.release, standardised, pilots=pilots),
        Setting("sustain", gates.sustain, sustained, pilots=pilots),
        # A halt can be raised at any time, so its gate can count on nothing but what is brought for it.
        Setting("release_halt", gates.release_halt, {it.id: it.finding for it in proposal.halting.evidence}),
    )


def settings_of_boards(proposal: Proposal, playbook: Playbook) -> tuple[Setting, ...]:
    """The boards' gates, with what this playbook's plans ask for.

    What a gate asks of a check binds where the board has to sign that check, so one board is enough.
    """
    gates = proposal.gates
    national = _asked(proposal.assessment) | _asked(proposal.standardisation) | _signed(proposal.checks)
    implemented = _asked(playbook.implementation) | _signed_anywhere(proposal)
    handed_over = implemented | _asked(playbook.handover)
    return (
        Setting("go_live", gates.go_live, implemented, national),
        Setting("handover", gates.handover, handed_over, national),
    )


def _asked(plan: Plan) -> Asked:
    return {item.id: item.finding for step in plan.steps for item in step.evidence}


def _signed(checks: Iterable[CheckNeeded]) -> Asked:
    return dict.fromkeys((check.id for check in checks), SIGN_OFF)


def _signed_anywhere(proposal: Proposal) -> Asked:
    return _signed(check for board in sorted(proposal.board_checks) for check in proposal.board_checks[board])


def _signed_at_each(proposal: Proposal, boards: tuple[str, ...]) -> Asked:
    signed = [_signed(proposal.board_checks.get(board, ())) for board in boards]
    return {check: SIGN_OFF for check in signed[0] if all(check in other for other in signed)}


def is_answerable(criterion: Criterion, asked: Asked) -> bool:
    """Whether evidence that is asked for can answer a criterion: a check is signed, all else is brought."""
    if criterion.evidence not in asked:
        return False
    return isinstance(criterion.test, Signed) == (asked[criterion.evidence] == SIGN_OFF)


def check_gates(settings: tuple[Setting, ...]) -> Refusal | None:
    """Refuse gates that could never be passed."""
    for setting in settings:
        for criterion in setting.gate.criteria:
            if criterion.required and not is_answerable(criterion, setting.asked_of(criterion.source)):
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


def check_infrastructure(proposal: Proposal) -> Refusal | None:
    """Refuse to let going live depend on infrastructure that no track provides."""
    provided = {name for plan in track_plans(proposal) for name in provided_by(plan)}
    for name in proposal.go_live_needs:
        if name not in provided:
            return Refusal(
                code="infrastructure-not-provided",
                message=f'Going live needs "{name}", which no step of a track provides: correct the name, or '
                "say in a track which step provides it.",
            )
    return None


def check_release_halt(gate: Gate) -> Refusal | None:
    """Refuse a gate that could let the line move again without anybody deciding so."""
    if gate.automatic:
        return Refusal(
            code="released-by-nobody",
            message=f"{gate.title} releases a halt, which people decide and nothing else: "
            "leave out that it opens by itself.",
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
