"""Small random worlds: two pilots and three boards in two waves, plans of up to eight steps."""

from datetime import timedelta

from hypothesis import strategies as st

from domain.gate import Gate
from domain.plan import Plan, Step
from domain.playbook import Playbook
from domain.programme import Charter
from domain.proposal import Gates, Proposal, WaveRule
from domain.rollout import RolloutStage
from tests.domain.examples import BOARDS, CHARTER, PLAYBOOK, PROPOSAL, ask_of, make_gate, make_plan, make_step
from tests.domain.world import World, found_programme

FINDINGS = ("cost", "outcomes")


@st.composite
def plans(draw: st.DrawFn, name: str, most: int = 8) -> Plan:
    """Plans whose steps need earlier ones, in whatever order they are listed."""
    count = draw(st.integers(1, most))
    needs = draw(st.lists(st.integers(0, 255), min_size=count, max_size=count))
    traits = draw(st.lists(st.integers(0, 31), min_size=count, max_size=count))
    steps = [_make_step(number, needs[number], traits[number]) for number in range(count)]
    return make_plan(name, *(reversed(steps) if draw(st.booleans()) else steps))


def _make_step(number: int, needs: int, traits: int) -> Step:
    before = [f"s{other}" for other in range(number) if needs >> other & 1]
    asked = FINDINGS[traits % 2] if traits & 4 else None
    return make_step(
        f"s{number}",
        *before,
        days=1 + traits,
        owner="clinician" if traits & 8 else "team",
        mandatory=bool(traits & 16),
        evidence=[{"id": f"{asked}-{number}", "title": asked}] if asked else [],
    )


def find_asked(plan: Plan) -> tuple[str, ...]:
    """The findings that the plan's steps ask for."""
    return tuple(item.id for step in plan.steps for item in step.evidence)


@st.composite
def gates(draw: st.DrawFn, name: str, decides: str, plan: Plan | None, pilots: Plan | None = None) -> Gate:
    """Gates that ask for some of what the plan's steps bring, or of what the pilots find."""
    needs = [
        ask_of(f"{source}-{item}", evidence=item, source=source)
        for source, asked in (("own", plan), ("pilots", pilots))
        if asked is not None
        for item in find_asked(asked)
    ]
    chosen = draw(st.integers(0, 2 ** len(needs) - 1)) if needs else 0
    return make_gate(name, decides, tuple(need for at, need in enumerate(needs) if chosen >> at & 1))


@st.composite
def releases(draw: st.DrawFn) -> Gate:
    """Gates before a wave: they open by themselves, or somebody opens them."""
    return make_gate("release", "npt", outcomes={"go": "proceed"}, automatic=draw(st.booleans()))


@st.composite
def worlds(draw: st.DrawFn, least_capacity: int = 0) -> World:
    """Worlds in which a technology has just been proposed."""
    plan = {
        name: draw(plans(name, most))
        for name, most in (
            ("assessment", 3),
            ("proof", 8),
            ("standardisation", 4),
            ("sustain", 2),
            ("adoption", 4),
            ("replication", 8),
            ("handover", 3),
        )
    }
    reached = draw(
        st.sampled_from([RolloutStage.REPLICATION, RolloutStage.HANDOVER, RolloutStage.BUSINESS_AS_USUAL])
    )
    proposal = Proposal.model_validate(
        dict(PROPOSAL)
        | {
            "pilots": BOARDS[:2],
            "wave_rule": WaveRule(reached=reached),
            "pace": {"day": draw(st.sampled_from([timedelta(days=1), timedelta(hours=1)]))},
            "assessment": plan["assessment"],
            "proof_of_concept": plan["proof"],
            "standardisation": plan["standardisation"],
            "sustain": plan["sustain"],
            "workstreams": {"adoption": plan["adoption"]} if draw(st.booleans()) else {},
            "gates": Gates(
                begin=draw(gates("begin", "npt", plan["assessment"])),
                scale=draw(gates("scale", "npt", None, plan["proof"])),
                approve_playbook=draw(gates("approve", "npt", plan["standardisation"], plan["proof"])),
                release=draw(releases()),
                go_live=draw(gates("go-live", "lead", plan["replication"])),
                handover=draw(gates("accept", "lead", plan["handover"])),
                sustain=draw(gates("sustain", "npt", plan["sustain"])),
            ),
        }
    )
    playbook = Playbook.model_validate(
        dict(PLAYBOOK) | {"implementation": plan["replication"], "handover": plan["handover"]}
    )
    capacity = draw(st.integers(least_capacity, 3))
    charter = Charter.model_validate(dict(CHARTER) | {"capacity": capacity})
    return found_programme(proposal, charter, playbook)
