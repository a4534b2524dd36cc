"""What a dead rollout holds is found and freed, and a rollout that was taken for dead asks again."""

from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from domain.actor import ENGINE
from domain.names import rollout_id
from domain.office_commands import SetCapacity
from domain.rollout import ClaimSlot
from domain.rollout_briefs import Claim
from tests.domain.examples import FIFE, OFFICE, PROGRAMME, TAYSIDE
from tests.workflows.life import reach, reach_test_and_learn, scale
from tests.workflows.office import Office


async def test_the_next_in_the_queue_gets_what_a_dead_rollout_holds(
    clockwork: WorkflowEnvironment, at_work: Office
) -> None:
    """Nobody has to ask: the office looks once a day, and the ledger says why."""
    await reach_test_and_learn(at_work)
    await at_work.tell(PROGRAMME, "set_capacity", SetCapacity(actor=OFFICE, capacity=1, reason="Few staff."))
    await scale(at_work)
    await reach(at_work, PROGRAMME, "slot-awarded")
    await reach(at_work, PROGRAMME, "slot-claimed", 2)
    (awarded,) = [it for it in at_work.ledger.streams[PROGRAMME] if it["kind"] == "slot-awarded"]
    holder = str(awarded["name"])
    waiting = TAYSIDE if holder == FIFE else FIFE
    await reach(at_work, waiting, "place-told")
    told = [it for it in at_work.ledger.streams[waiting] if it["kind"] == "place-told"][-1]
    assert told["place"] == {"position": 1, "waits_for": "a national place for developing"}
    assert "position 1" in await at_work.details(waiting)

    await reach(at_work, holder, "slot-granted")
    # The test server never skips time again after a run has ended amid its work.
    await at_work.rests(holder)
    await at_work.client.get_workflow_handle(holder).terminate()
    await clockwork.sleep(timedelta(days=1, hours=1))
    await reach(at_work, waiting, "slot-granted")
    (reclaimed,) = [it for it in at_work.ledger.streams[PROGRAMME] if it["kind"] == "slot-reclaimed"]
    assert rollout_id(reclaimed["technology"], reclaimed["board"]) == holder
    assert reclaimed["because"] == "its workflow no longer runs (terminated)"
    assert "No longer running" in await at_work.details(PROGRAMME)


async def test_what_never_ran_is_found_when_it_cannot_be_told(at_work: Office) -> None:
    """A message that does not arrive makes the office look at once."""
    await at_work.open()
    claim = ClaimSlot(actor=ENGINE, claim=Claim(technology="ghost", board="fife", wanted=True))
    await at_work.client.get_workflow_handle(PROGRAMME).signal("claim_slot", claim)
    await reach(at_work, PROGRAMME, "slot-reclaimed")
    assert at_work.ledger.streams[PROGRAMME][-1]["because"] == "its workflow no longer runs (not found)"
