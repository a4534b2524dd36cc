"""What the durable shells promise about versions: each board hears of one, decides once, and wakes by it."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from domain.editions import AdoptEdition, DeclineEdition
from domain.technology import PublishPlaybook
from tests.domain.examples import FIFE, OFFICE, PLAYBOOK, TAYSIDE, TECHNOLOGY, make_plan, make_step
from tests.workflows.life import go_live, reach, reach_test_and_learn, scale
from tests.workflows.office import DECIDER, Office

PREPARE, TRAIN, LAUNCH = PLAYBOOK.implementation.steps
ADOPT = AdoptEdition(actor=DECIDER, version=2, reason="It saves a week.")
DECLINE = DeclineEdition(actor=DECIDER, version=2, reason="We are nearly done.")


async def offer(at_work: Office, *boards: str) -> None:
    """Publish a second version, in which preparing takes two days and a step is new; boards hear of it."""
    quick = PREPARE.model_copy(update={"duration": timedelta(days=2)})
    plan = make_plan("replication", quick, TRAIN, LAUNCH, make_step("equip", "prepare"))
    second = PLAYBOOK.model_copy(update={"version": 2, "implementation": plan})
    await at_work.tell(TECHNOLOGY, "publish_playbook", PublishPlaybook(actor=OFFICE, playbook=second))
    for board in boards:
        await reach(at_work, board, "edition-offered")


async def test_a_board_adopts_once_however_often_it_is_told_and_wakes_by_what_it_adopted(
    clockwork: WorkflowEnvironment, at_work: Office
) -> None:
    """The same decision twice is one, another's comes too late; the due date is that of the version."""
    await reach_test_and_learn(at_work)
    await scale(at_work)
    await reach(at_work, FIFE, "slot-granted")
    await reach(at_work, TAYSIDE, "slot-granted")
    await offer(at_work, FIFE, TAYSIDE)
    assert "**version 2 is offered**" in await at_work.details(FIFE)
    assert "version 2 of the playbook to be adopted or declined" in await at_work.details(FIFE)
    receipts = await asyncio.gather(
        *(at_work.tell(FIFE, "adopt_edition", ADOPT, "adopt/2/the-same") for _ in range(2))
    )
    assert receipts[0] == receipts[1]
    with pytest.raises(WorkflowUpdateFailedError) as refusal:
        await at_work.tell(FIFE, "adopt_edition", ADOPT)
    assert isinstance(refusal.value.cause, ApplicationError)
    assert refusal.value.cause.type == "already-adopted"
    await reach(at_work, FIFE, "edition-adopted")
    await clockwork.sleep(timedelta(days=3))
    await reach(at_work, FIFE, "step-overdue")
    assert at_work.ledger.kinds(FIFE).count("edition-adopted") == 1
    assert "step-overdue" not in at_work.ledger.kinds(TAYSIDE)


async def test_boards_on_an_earlier_version_show_at_their_technology_with_what_they_said(
    at_work: Office,
) -> None:
    """One has adopted, one has declined; a live board is told that what lies behind does not reach it."""
    await reach_test_and_learn(at_work)
    await scale(at_work)
    await go_live(at_work, FIFE)
    await reach(at_work, TAYSIDE, "slot-granted")
    await offer(at_work, FIFE, TAYSIDE)
    await at_work.tell(TAYSIDE, "decline_edition", DECLINE)
    await at_work.tell(FIFE, "adopt_edition", ADOPT)
    await at_work.ledger.until(
        lambda ledger: (
            {("fife", 2, False), ("tayside", 1, True)}
            <= {
                (it.get("board"), it.get("playbook"), it.get("declined", False))
                for it in (event["report"] for event in ledger.streams[TECHNOLOGY] if "report" in event)
            }
        )
    )
    told = await at_work.details(TECHNOLOGY)
    assert "## Boards on an earlier version of the playbook" in told
    assert "tayside: version 1, version 2 declined" in told
    assert "fife: version" not in told
    assert "version 2 was declined on" in await at_work.details(TAYSIDE)
    adopted = next(it for it in at_work.ledger.streams[FIFE] if it["kind"] == "edition-adopted")
    assert adopted["unapplied"] == [{"step": "equip", "change": "added"}]
    assert "gate-reopened" not in at_work.ledger.kinds(FIFE)
