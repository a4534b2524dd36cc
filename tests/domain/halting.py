"""How the tests stop the line, and let it move again."""

from domain.event import Command
from domain.evidence import AddEvidence
from domain.gate_commands import DecideGate
from domain.halt import HaltTechnology
from domain.playbook import Playbook
from domain.rollout_briefs import RolloutStage
from tests.domain.examples import (
    NATIONAL_TEAM,
    OFFICE,
    PLAYBOOK,
    TECHNOLOGY,
    bring,
    make_plan,
    make_step,
    someone,
)
from tests.domain.world import Answer, World, found_programme

RAISER = someone("Lead of fife", "lead", boards=("fife",))
"""Somebody of one board: a concern for safety is refused to nobody for their rank."""

STEADY = Playbook.model_validate(
    dict(PLAYBOOK)
    | {
        "implementation": make_plan(
            "replication",
            make_step("prepare", days=20),
            make_step("support", area="support"),
            make_step("support-on", "support", area="support"),
            make_step("launch", "prepare", "support-on", evidence=[{"id": "trained", "title": "Trained"}]),
        )
    }
)
"""A playbook with an area of work that may continue: the support of people who are in treatment."""


def halt_of(**about: object) -> HaltTechnology:
    """The command that stops the line."""
    said = {
        "actor": OFFICE,
        "concern": "A wrong score is shown",
        "owner": "clinician",
        "reason": "It was told.",
    }
    return HaltTechnology.model_validate(said | about)


LETTING_GO: tuple[tuple[str, Command], ...] = (
    (TECHNOLOGY, AddEvidence(actor=NATIONAL_TEAM, evidence=bring("safety-review-1"))),
    *(
        (TECHNOLOGY, DecideGate(actor=someone(name, role), gate="lift-halt-1", outcome="go", reason="agreed"))
        for name, role in (("Clinician", "clinician"), ("Adviser", "npt"))
    ),
)
"""All that releases the first halt: its review, and the two who decide."""


def halt(world: World, stream: str = TECHNOLOGY, **more: object) -> Answer:
    """Stop the line, and let nobody hear of it yet."""
    given: dict[str, object] = {
        "actor": RAISER,
        "concern": "A wrong score is shown",
        "owner": "clinician",
        "reason": "Two people were told that they are well.",
    }
    return world.do(stream, HaltTechnology.model_validate(given | more))


def decide(world: World, name: str, role: str, outcome: str = "go", number: int = 1) -> Answer:
    """Somebody says what should become of a halt."""
    return world.do(
        TECHNOLOGY,
        DecideGate(
            actor=someone(name, role), gate=f"lift-halt-{number}", outcome=outcome, reason="as reviewed"
        ),
    )


def until(world: World, stream: str, stage: RolloutStage) -> World:
    """The world once a board has come into a stage, with all the post delivered."""
    while stream not in world.states or world.rollout(stream).stage != stage:
        assert world.work_through(), f"stuck on the way to {stage}"
    world.settle()
    return world


def replicating(stream: str) -> World:
    """A world in which a board replicates the steady playbook and has two steps open."""
    return until(found_programme(playbook=STEADY), stream, RolloutStage.REPLICATION)
