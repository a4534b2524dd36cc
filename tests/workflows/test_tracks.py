"""What the durable shells promise about tracks at boards: going live awaits what they make ready."""

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.steering import Stop
from domain.steps import CompleteStep
from tests.domain.examples import FIFE, OFFICE, TAYSIDE, TECHNOLOGY, make_plan, make_step, propose
from tests.workflows.life import bring, decide, pilot, reach, reach_test_and_learn, scale
from tests.workflows.office import EVERYBODY, Office

TEAM = "workstream/ccbt/team@fife"
OTHER_TEAM = "workstream/ccbt/team@tayside"
TRACKED = propose(
    board_workstreams={"team": make_plan("team", make_step("fill-post", provides="lead-post"))},
    go_live_needs=("lead-post",),
)


async def test_a_board_goes_live_once_its_track_has_made_ready_what_it_needs(at_work: Office) -> None:
    """The refusal says what is lacking, and the page of the rollout by when it is expected."""
    await reach_test_and_learn(at_work, TRACKED)
    await reach(at_work, TEAM, "step-opened")
    await scale(at_work)
    await reach(at_work, FIFE, "slot-granted")
    assert "Infrastructure that going live awaits" in await at_work.details(FIFE)
    for step, evidence in (("prepare", ()), ("train", (bring("trained"),)), ("launch", ())):
        command = CompleteStep(actor=EVERYBODY, plan="replication", step=step, evidence=evidence)
        await at_work.tell(FIFE, "complete_step", command)
    with pytest.raises(WorkflowUpdateFailedError) as refusal:
        await at_work.tell(FIFE, "decide_gate", decide("go-live"))
    assert isinstance(refusal.value.cause, ApplicationError)
    assert refusal.value.cause.type == "held-up"
    assert "lead-post is not ready (expected by" in refusal.value.cause.message
    assert "**lead-post**: Fill-post" in await at_work.details(TEAM)
    done = CompleteStep(actor=EVERYBODY, plan="team", step="fill-post")
    directed = at_work.ledger.kinds(FIFE).count("directed")
    await at_work.tell(TEAM, "complete_step", done)
    await reach(at_work, FIFE, "directed", directed + 1)
    await at_work.tell(FIFE, "decide_gate", decide("go-live"))
    assert "Infrastructure that going live awaits" not in await at_work.details(FIFE)


async def test_the_track_of_a_board_ends_with_its_rollout(at_work: Office) -> None:
    """That of another board goes on."""
    await reach_test_and_learn(at_work, TRACKED)
    await reach(at_work, TEAM, "step-opened")
    await reach(at_work, OTHER_TEAM, "step-opened")
    await at_work.tell(FIFE, "stop", Stop(actor=OFFICE, reason="The board withdrew."))
    await reach(at_work, TEAM, "stopped")
    assert "stopped" not in at_work.ledger.kinds(OTHER_TEAM)
    await at_work.tell(
        OTHER_TEAM, "complete_step", CompleteStep(actor=EVERYBODY, plan="team", step="fill-post")
    )
    await pilot(at_work, TAYSIDE)
    await reach(at_work, TECHNOLOGY, "gate-opened", 2)
