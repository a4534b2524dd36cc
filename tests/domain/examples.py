"""A small national programme that the tests tell their stories with."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

from domain.actor import Actor
from domain.check import CheckNeeded
from domain.criterion import Criterion
from domain.evidence import Evidence
from domain.findings.amounts import Period
from domain.findings.measure import Measure
from domain.gate import Effect, Gate, Seat
from domain.halt import HaltPolicy
from domain.journey import Authority
from domain.plan import EvidenceAsked, Plan, Step
from domain.playbook import Mitigation, Playbook
from domain.programme import Charter
from domain.proposal import Gates, Proposal, Wave

START = datetime(2027, 1, 4, 9, tzinfo=UTC)
DAY = timedelta(days=1)

PROGRAMME = "programme/scotland"
TECHNOLOGY = "technology/ccbt"
ADOPTION = "workstream/ccbt/adoption"
FIFE = "rollout/ccbt/fife"
TAYSIDE = "rollout/ccbt/tayside"
ORKNEY = "rollout/ccbt/orkney"
BORDERS = "rollout/ccbt/borders"
LOTHIAN = "rollout/ccbt/lothian"
ROLLOUTS = (FIFE, TAYSIDE, ORKNEY, BORDERS, LOTHIAN)
BOARDS = tuple(stream.rsplit("/", 1)[1] for stream in ROLLOUTS)

OFFICE = Actor(name="Programme office", roles=("npt",), boards="all")
PROPOSER = Actor(name="Proposer", roles=("npt",), boards="all")
NATIONAL_TEAM = Actor(name="National team", roles=("team", "clinician"), boards="all")
VISITOR = Actor(name="Visitor", roles=("visitor",), boards="all")
NOBODY = Actor(name="Nobody", roles=())


def people_of(board: str) -> Actor:
    """Someone who holds every local role at one board."""
    return Actor(name=f"People of {board}", roles=("lead", "team", "clinician"), boards=(board,))


def lead_of(board: str) -> Actor:
    """Someone who decides at one board, and did none of the work."""
    return Actor(name=f"Lead of {board}", roles=("lead",), boards=(board,))


def someone(
    name: str, *roles: str, boards: tuple[str, ...] | Literal["all"] = "all", on_behalf_of: str | None = None
) -> Actor:
    """A person with these roles, of the national programme unless told otherwise."""
    return Actor(name=name, roles=roles, boards=boards, on_behalf_of=on_behalf_of)


def make_step(name: str, *needs: str, days: int = 10, owner: str = "team", **more: object) -> Step:
    """A step whose title is its name in capitals."""
    return Step.model_validate(
        {
            "id": name,
            "title": name.capitalize(),
            "owner": owner,
            "duration": timedelta(days=days),
            "needs": needs,
            **more,
        }
    )


def make_plan(name: str, *steps: Step) -> Plan:
    """A plan of these steps."""
    return Plan(id=name, title=name.capitalize(), steps=steps)


def make_gate(name: str, decides: str, criteria: tuple[Criterion, ...] = (), **more: object) -> Gate:
    """A gate that can be passed, that can send back, and that can end it all."""
    given: dict[str, object] = {
        "id": name,
        "title": f"The {name} gate",
        "question": "What next?",
        "seats": (Seat(role=decides),),
        "outcomes": {"go": Effect.PROCEED, "again": Effect.REPEAT, "end": Effect.STOP},
        "criteria": criteria,
    }
    return Gate.model_validate(given | more)


def ask_of(name: str, **more: object) -> Criterion:
    """A criterion that asks for evidence to be there, or for what it is told."""
    return Criterion.model_validate({"id": name, "title": name.capitalize(), "evidence": name} | more)


def bring(name: str, **more: object) -> Evidence:
    """A finding as a step may ask for it."""
    given: dict[str, object] = {
        "id": name,
        "statement": "8 of 10 completed",
        "source": "Evaluation report",
        "dated": date(2027, 1, 1),
    }
    return Evidence.model_validate(given | more)


def figure(value: float, sample: int | None = 50, measure: str = "completion") -> Measure:
    """A share that somebody worked out, over so many people."""
    days = Period(start=date(2026, 10, 1), end=date(2026, 12, 31))
    return Measure(measure=measure, value=value, unit="share", sample=sample, period=days)


AGREED: dict[str, object] = {"owner": "npt", "source": "Programme board", "date": date(2026, 12, 1)}
"""Who answers for a figure that was set, where it comes from, and since when it counts."""


def at_least(value: float, **more: object) -> dict[str, object]:
    """The test of a share that has to reach a threshold."""
    given: dict[str, object] = {
        "kind": "threshold",
        "reading": "completion",
        "comparison": "at-least",
        "value": value,
        "unit": "share",
    }
    return given | AGREED | more


def ask(name: str) -> EvidenceAsked:
    """A finding that a step asks for."""
    return EvidenceAsked(id=name, title=name.capitalize())


OUTCOMES = ask_of("outcomes", title="Outcomes of the pilot", source="pilots")
TRAINED = ask_of("trained", title="Staff trained")

PLAYBOOK = Playbook(
    id="standard",
    version=1,
    title="Standard approach",
    sections={"training": "Train everyone.", "support": "Name a lead."},
    mitigations=(
        Mitigation(barrier="Too little time", mitigation="Protected hours", source="Pilot interviews"),
    ),
    implementation=make_plan(
        "replication",
        make_step("prepare", days=20),
        make_step("train", evidence=[{"id": "trained", "title": "Staff trained"}]),
        make_step("launch", "prepare", "train", mandatory=True),
    ),
    handover=make_plan("handover", make_step("transfer")),
)

HALTING = HaltPolicy(roles=("npt", "lead", "clinician", "team"), evidence=(ask("safety-review"),))
"""Who may stop the line, and what is to be brought before it moves again."""

LIFT = make_gate(
    "lift-halt",
    "clinician",
    (ask_of("reviewed", evidence="safety-review"),),
    seats=(Seat(role="clinician", required=True), Seat(role="npt")),
    quorum=2,
    time_limit=timedelta(days=7),
    escalates_to=("chief",),
)
"""The gate that releases a halt: two together, on a review of safety."""

PROPOSAL = Proposal(
    technology="ccbt",
    service="ccbt",
    title="Online CBT",
    summary="Computerised therapy.",
    programme="scotland",
    authority=Authority(national=("npt",), board=("lead",)),
    pilots=("fife", "tayside"),
    waves=(Wave(name="first", boards=("orkney", "borders")), Wave(name="second", boards=("lothian",))),
    assessment=make_plan("assessment", make_step("describe"), make_step("procure", "describe")),
    proof_of_concept=make_plan(
        "proof",
        make_step("set-up"),
        make_step("try", "set-up", evidence=[{"id": "outcomes", "title": "Outcomes"}]),
        make_step("survey", "set-up"),
    ),
    standardisation=make_plan("standardisation", make_step("write"), make_step("review", "write")),
    sustain=make_plan("sustain", make_step("assign")),
    workstreams={"adoption": make_plan("adoption", make_step("engage"), make_step("include", "engage"))},
    sections=("training", "support"),
    gates=Gates(
        begin=make_gate("begin", "npt"),
        scale=make_gate("scale", "npt", (OUTCOMES,)),
        approve_playbook=make_gate("approve", "npt"),
        release=make_gate("release", "npt", outcomes={"go": "proceed"}, automatic=True),
        go_live=make_gate("go-live", "lead", (TRAINED,)),
        handover=make_gate("accept", "lead"),
        sustain=make_gate("sustain", "npt"),
        release_halt=LIFT,
    ),
    halting=HALTING,
)


def charter_of(developing: int = 2, **changes: object) -> Charter:
    """The charter of an office that lets this many boards implement at once."""
    given: dict[str, object] = {
        "programme": "scotland",
        "name": "Scotland",
        "limits": {"national/developing": developing},
        "serving": {"patience": 3, "look_every": DAY},
        "authority": PROPOSAL.authority,
    }
    return Charter.model_validate(given | changes)


CHARTER = charter_of()


def propose(*, gates: dict[str, Gate] | None = None, **changes: object) -> Proposal:
    """The small programme's proposal with other gates, by their places, or other parts."""
    return PROPOSAL.model_copy(
        update={"gates": PROPOSAL.gates.model_copy(update=gates or {}), **changes}, deep=True
    )


ASSESSMENT = make_plan("assessment", make_step("describe", evidence=[ask("case")]))
"""An assessment that brings one finding: the case for change."""

SAFETY = CheckNeeded(
    id="safety",
    title="Clinical safety",
    signers=("clinician",),
    rests_on=("case",),
    expires_after=timedelta(days=365),
)
"""A national governance check that rests on the case for change."""
