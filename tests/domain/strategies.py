"""Small random worlds: two pilots and three boards in two waves, plans of up to eight steps."""

from datetime import timedelta

from hypothesis import strategies as st

from domain.barrier import BarrierPolicy, Escalation
from domain.barrier_words import Severity
from domain.check import CheckNeeded
from domain.criterion import Criterion
from domain.gate import Effect, Gate, Seat, Waiving
from domain.pace import Pace
from domain.plan import Plan, Step
from domain.playbook import Playbook
from domain.programme import Charter
from domain.proposal import Gates, Proposal, WaveRule
from domain.rollout_briefs import RolloutStage
from tests.domain.calendars import calendars
from tests.domain.examples import (
    AGREED,
    BOARDS,
    LIFT,
    PLAYBOOK,
    PROPOSAL,
    SAFETY,
    ask_of,
    at_least,
    charter_of,
    make_gate,
    make_plan,
    make_step,
)
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
        priority="uptake" if traits & 1 else None,
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


LOCAL_SAFETY = SAFETY.model_copy(
    update={"id": "local-safety", "title": "Safety at the board", "rests_on": (), "independent": True}
)
"""A check that somebody independent signs at every board."""

TESTS = (
    {"kind": "present"},
    {"kind": "weigh"},
    {"kind": "flag", "reading": "completion", "most": 0.5, **AGREED},
    at_least(0.5),
    {"kind": "under-contract", "left": timedelta(days=30), **AGREED},
    {"kind": "shift"},
)


@st.composite
def deliberations(
    draw: st.DrawFn, /, name: str, decides: str, checks: tuple[CheckNeeded, ...] = (), **asked: Plan
) -> Gate:
    """Gates with several seats, strict and lenient criteria of all kinds, waivers and time limits.

    ``asked`` are the plans whose findings they can ask for, by their source.
    """
    asks = [(source, item) for source, plan in asked.items() for item in find_asked(plan)]
    traits = draw(st.lists(st.integers(0, 2**10 - 1), min_size=len(asks), max_size=len(asks)))
    criteria = [
        _make_criterion(source, item, trait)
        for (source, item), trait in zip(asks, traits, strict=True)
        if trait & 1
    ]
    shape = draw(st.integers(0, 2**9 - 1))
    criteria += [
        ask_of(check.id, title=check.title, test={"kind": "signed"}, required=bool(shape & 1))
        for check in checks
        if shape & 2
    ]
    seats = [
        Seat(role=decides, required=bool(shape & 4)),
        Seat(role="clinician", required=bool(shape & 8)),
        Seat(role="assurer", independent=True),
    ][: 1 + draw(st.integers(0, 2))]
    limit = {"time_limit": timedelta(days=5), "escalates_to": ("chief",)} if shape & 16 else {}
    longest = timedelta(days=20)
    waiving = Waiving(approvers=("chief",), at_once=1 + bool(shape & 128), longest=longest)
    return make_gate(
        name,
        decides,
        tuple(criteria),
        seats=tuple(seats),
        quorum=draw(st.integers(1, len(seats))),
        waiving=waiving if shape & 96 else None,
        **limit,
    )


def _make_criterion(source: str, item: str, traits: int) -> Criterion:
    return ask_of(
        f"{source}-{item}",
        evidence=item,
        source=source,
        test=TESTS[(traits >> 1) % len(TESTS)] if traits & 16 else TESTS[0],
        required=not traits & 32,
        fresh_for=timedelta(days=60) if traits & 64 else None,
        same_version=bool(traits & 128),
        stale="inconclusive" if traits & 256 else "missing",
        minimum_sample=20 if traits & 512 else None,
        minimum_boards=1 if source == "pilots" and traits & 2 else None,
    )


@st.composite
def releases(draw: st.DrawFn) -> Gate:
    """Gates before a wave: they open by themselves, or somebody opens them."""
    return make_gate("release", "npt", outcomes={"go": "proceed"}, automatic=draw(st.booleans()))


@st.composite
def considered_releases(draw: st.DrawFn, pilots: Plan) -> Gate:
    """Gates before a wave that ask for what pilots found, and open by themselves or not."""
    gate = draw(deliberations("release", "npt", pilots=pilots))
    return gate.model_copy(update={"outcomes": {"go": Effect.PROCEED}, "automatic": draw(st.booleans())})


@st.composite
def deliberate_gates(draw: st.DrawFn, plan: dict[str, Plan]) -> Gates:
    """All gates of a technology, such as programmes that weigh their evidence have."""
    nation = {"assessment": plan["assessment"], "standardisation": plan["standardisation"]}
    local = (LOCAL_SAFETY,)
    return Gates(
        begin=draw(deliberations("begin", "npt", (SAFETY,), own=nation["assessment"])),
        scale=draw(deliberations("scale", "npt", pilots=plan["proof"])),
        approve_playbook=draw(
            deliberations("approve", "npt", own=nation["standardisation"], pilots=plan["proof"])
        ),
        release=draw(considered_releases(plan["proof"])),
        go_live=draw(
            deliberations("go-live", "lead", local, own=plan["replication"], national=nation["assessment"])
        ),
        handover=draw(deliberations("accept", "lead", own=plan["handover"], national=nation["assessment"])),
        sustain=draw(deliberations("sustain", "npt", (SAFETY,), own=plan["sustain"])),
        release_halt=LIFT,
    )


@st.composite
def charters(draw: st.DrawFn, least_capacity: int) -> Charter:
    """Charters with limits nationally, at boards and of a role, of which some are less than is live."""
    limits = {"national/developing": draw(st.integers(least_capacity, 3))}
    if draw(st.booleans()):
        limits |= {
            "national/sustaining": draw(st.integers(0, 3)),
            "board/every-board/developing": 1,
            "board/every-board/sustaining": draw(st.integers(1, 2)),
            "board/orkney/developing": draw(st.integers(1, 2)),
            "role/lead": draw(st.integers(1, 3)),
        }
    draws = {"developing": ("lead",), "sustaining": ("team",)} if draw(st.booleans()) else {}
    serving = {"patience": draw(st.integers(1, 3)), "look_every": timedelta(days=1)}
    return charter_of(limits=limits, draws=draws, serving=serving)


@st.composite
def tracks(draw: st.DrawFn, national: Plan, local: Plan) -> dict[str, object]:
    """Tracks of the nation and of each board, or of neither; going live may depend on what they provide."""
    found: dict[str, object] = {}
    needed = []
    for name, area, plan in (("workstreams", "adoption", national), ("board_workstreams", "team", local)):
        if not draw(st.booleans()):
            found[name] = {}
            continue
        provider = draw(st.sampled_from(plan.steps)) if draw(st.booleans()) else None
        steps = [
            step.model_copy(update={"provides": area}) if step == provider else step for step in plan.steps
        ]
        found[name] = {area: make_plan(area, *steps)}
        needed += [area] if provider else []
    return {**found, "go_live_needs": tuple(needed)}


@st.composite
def worlds(draw: st.DrawFn, least_capacity: int = 0, *, deliberate: bool = False) -> World:
    """Worlds in which a technology has just been proposed; perhaps with gates that take several people."""
    plan = {
        name: draw(plans(name, most))
        for name, most in (
            ("assessment", 3),
            ("proof", 8),
            ("standardisation", 4),
            ("sustain", 2),
            ("adoption", 4),
            ("team", 3),
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
            "handling": BarrierPolicy(
                escalation={
                    Severity.SERIOUS: Escalation(after=timedelta(days=4), to=("lead",)),
                    Severity.BLOCKING: Escalation(after=timedelta(days=2), to=("npt", "team")),
                }
            ),
            "pace": Pace(
                day=draw(st.sampled_from([timedelta(days=1), timedelta(hours=1)])),
                calendar=draw(st.one_of(st.none(), calendars())),
            ),
            "assessment": plan["assessment"],
            "proof_of_concept": plan["proof"],
            "standardisation": plan["standardisation"],
            "sustain": plan["sustain"],
            **draw(tracks(plan["adoption"], plan["team"])),
            "checks": (SAFETY.model_copy(update={"rests_on": find_asked(plan["assessment"])[:1]}),)
            if deliberate
            else (),
            "board_checks": dict.fromkeys(BOARDS, (LOCAL_SAFETY,)) if deliberate else {},
            "gates": draw(deliberate_gates(plan))
            if deliberate
            else Gates(
                begin=draw(gates("begin", "npt", plan["assessment"])),
                scale=draw(gates("scale", "npt", None, plan["proof"])),
                approve_playbook=draw(gates("approve", "npt", plan["standardisation"], plan["proof"])),
                release=draw(releases()),
                go_live=draw(gates("go-live", "lead", plan["replication"])),
                handover=draw(gates("accept", "lead", plan["handover"])),
                sustain=draw(gates("sustain", "npt", plan["sustain"])),
                release_halt=LIFT,
            ),
        }
    )
    playbook = Playbook.model_validate(
        dict(PLAYBOOK) | {"implementation": plan["replication"], "handover": plan["handover"]}
    )
    return found_programme(proposal, draw(charters(least_capacity)), playbook)
