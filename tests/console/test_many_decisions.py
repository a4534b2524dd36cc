"""One decision for each of many boards: each by itself, and each known by what it says."""

from typing import Any, cast

import pytest

from catalogue.rows.journeys import Rollout
from console import migrating
from console.desk import NO_WORKER, Desk
from console.ending import NotDone
from console.migrating import Outcome, Target, decide_all, id_of
from domain.actor import Actor
from domain.editions import AdoptEdition
from domain.event import Command
from domain.record import Receipt

LEAD = Actor(name="Lead", roles=("board-lead",), boards=("fife",))
ADOPT = AdoptEdition(actor=LEAD, version=2, reason="It saves a week.")
STANDS: dict[str, Any] = {
    **dict.fromkeys(Rollout.__dataclass_fields__),
    "technology": "ccbt",
    "board": "fife",
    "stream": "rollout/ccbt/fife",
    "playbook": 1,
    "stage": "handover",
}


class Desks:
    """A desk at which some boards refuse, and nobody answers for others."""

    connection = None
    actor = LEAD

    def __init__(self, **troubles: str) -> None:
        self.troubles = troubles
        self.sent: list[tuple[str, str, str | None]] = []
        self.recorded: list[str] = []

    async def deliver(
        self, workflow: str, update: str, _command: Command, *, update_id: str | None = None
    ) -> Receipt:
        """Answer, or say why not."""
        self.sent.append((workflow, update, update_id))
        if trouble := self.troubles.get(workflow.rsplit("/", 1)[1]):
            raise NotDone(trouble)
        return Receipt(stream=workflow, sequence=7)

    async def see_recorded(self, *receipts: Receipt) -> None:
        """Note whose recording was waited for."""
        self.recorded += [receipt.stream for receipt in receipts]


def board(name: str, playbook: int = 1) -> Target:
    """A board that may go on by version 2."""
    stands = {**STANDS, "board": name, "stream": f"rollout/ccbt/{name}", "playbook": playbook}
    return Target(Rollout(**stands), 2)


@pytest.fixture(autouse=True)
def _is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(*_: Any) -> None:
        pass

    monkeypatch.setattr(migrating, "_until_offered", at_once)


async def test_a_board_that_refuses_or_does_not_answer_keeps_none_of_the_others_back() -> None:
    """What became of each is told in their order."""
    desk = Desks(fife="It is unsafe.", orkney=NO_WORKER)
    targets = [board(name) for name in ("fife", "borders", "orkney", "lothian")]
    outcomes = await decide_all(
        cast("Desk", desk), [*targets, board("tayside", 2)], "As agreed.", decline=False
    )
    assert outcomes == (
        Outcome("ccbt", "fife", 2, "not done", "It is unsafe."),
        Outcome("ccbt", "borders", 2, "adopted"),
        Outcome("ccbt", "orkney", 2, "not done", NO_WORKER),
        Outcome("ccbt", "lothian", 2, "adopted"),
        Outcome("ccbt", "tayside", 2, "was already"),
    )
    assert desk.recorded == ["rollout/ccbt/borders", "rollout/ccbt/lothian"]
    assert {update for _, update, _ in desk.sent} == {"adopt_edition"}


async def test_a_decision_that_is_sent_again_bears_the_same_id() -> None:
    """So the engine carries it out once; another version, reason, person or outcome is another decision."""
    first, second = Desks(), Desks()
    for desk in (first, second):
        await decide_all(cast("Desk", desk), [board("fife"), board("orkney")], "As agreed.", decline=True)
    assert first.sent == second.sent
    assert {update for _, update, _ in first.sent} == {"decline_edition"}
    others = [
        ADOPT.model_copy(update=change)
        for change in (
            {},
            {"version": 3},
            {"reason": "As agreed."},
            {"actor": LEAD.model_copy(update={"name": "Deputy"})},
        )
    ]
    ids = {id_of(update, it) for it in others for update in ("adopt_edition", "decline_edition")}
    assert len(ids) == 2 * len(others)
    assert all(it.startswith(("adopt/", "decline/")) for it in ids)
