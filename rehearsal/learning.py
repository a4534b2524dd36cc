"""The scene of a playbook that learns: a barrier at a pilot becomes a step with which later boards start.

Boards that are under way by then are offered the new version: one adopts it, the others stay where they are.
"""

from collections.abc import Iterator
from datetime import timedelta

from catalogue.rows.barriers import Barrier
from domain.amendment import AddStep, Part, ProposeAmendment, PublishAmendments, ReviewAmendment
from domain.barrier import CloseBarrier, ConcludeMitigation, MitigateBarrier, RaiseBarrier
from domain.barrier_words import Outcome, Resolution, Severity
from domain.editions import AdoptEdition, DeclineEdition
from domain.names import rollout_id, technology_id
from domain.plan import Step
from rehearsal.view import Act, View, person

LEARNING_BOARD = "forth-valley"
HINDERED_STEP = "build-acceptance"
ADOPTING_BOARD = "tayside"
REPLICATION = "replication"
LEAD = "board-digital-therapy-lead"

VISITS = AddStep(
    part=Part.IMPLEMENTATION,
    step=Step(
        id="visit-practices",
        title="Visit each practice where it meets anyway",
        owner=LEAD,
        needs=("plan-locally",),
        duration=timedelta(days=21),
        area="adoption-and-inclusion",
        input="stakeholder-and-communications-management",
        level="local",
        section="change-management",
        guidance="Ten minutes at a meeting that takes place in any case; nobody has to find the time.",
    ),
    needed_by=("engage-referrers",),
    before="engage-referrers",
)


def learn(view: View) -> Iterator[Act]:
    """Whatever of the scene is due."""
    yield from _overcome_a_barrier(view)
    yield from _change_the_playbook(view)
    yield from _decide_on_the_version(view)


def _overcome_a_barrier(view: View) -> Iterator[Act]:
    board = view.rollouts.get(LEARNING_BOARD)
    if board is None or board.stopped or board.paused:
        return
    stream = rollout_id(board.technology, LEARNING_BOARD)
    found = next((it for it in view.barriers if it.stream == stream), None)
    if found is not None:
        yield from _see_to(found)
        return
    open_here = [it.step for it in view.tasks if it.stream == stream]
    if board.stage == "proof-of-concept" and HINDERED_STEP in open_here:
        command = RaiseBarrier(
            actor=person(LEAD, LEARNING_BOARD),
            what="Practices find no time for a visit",
            category="relative-priority",
            severity=Severity.BLOCKING,
            steps=(HINDERED_STEP,),
            owner=LEAD,
            reason="Six of eight practices put it off.",
        )
        remark = f"{LEARNING_BOARD} meets a barrier that blocks: {command.what.lower()}"
        yield Act(f"barrier/{stream}/raise", stream, "raise_barrier", command, remark)


def _see_to(it: Barrier) -> Iterator[Act]:
    lead, key = person(LEAD, LEARNING_BOARD), f"barrier/{it.stream}"
    if it.closed is not None:
        return
    if not it.mitigations:
        mitigate = MitigateBarrier(
            actor=lead,
            barrier=it.number,
            strategy="local-consensus-discussions",
            what="Come to the meetings that practices hold anyway",
            reason="Nobody has to find another hour.",
        )
        yield Act(f"{key}/mitigate", it.stream, "mitigate_barrier", mitigate)
    elif it.mitigations[-1].outcome is None:
        conclude = ConcludeMitigation(
            actor=lead,
            barrier=it.number,
            attempt=1,
            outcome=Outcome.WORKED,
            reason="Seven of eight practices refer now: rehearsed, no real finding.",
        )
        yield Act(f"{key}/conclude", it.stream, "conclude_mitigation", conclude)
    else:
        close = CloseBarrier(
            actor=lead, barrier=it.number, resolution=Resolution.OVERCOME, reason="Referrals come in."
        )
        remark = f"{LEARNING_BOARD} has overcome its barrier: {it.mitigations[-1].what.lower()}"
        yield Act(f"{key}/close", it.stream, "close_barrier", close, remark)


def _change_the_playbook(view: View) -> Iterator[Act]:
    """Once boards replicate, what the pilot learned is proposed, reviewed by somebody else, and published."""
    technology, national = view.technology, view.authority.national
    stream = technology_id(technology.slug)
    learned = [it for it in view.barriers if it.resolution == "overcome"]
    under_way = any(it.stage == REPLICATION for it in view.rollouts.values())
    if technology.stage != "scale" or technology.paused or not learned or not under_way:
        return
    amendment = next(iter(view.amendments), None)
    if amendment is None:
        propose = ProposeAmendment(
            actor=person(LEAD, LEARNING_BOARD),
            change=VISITS,
            lessons=(learned[0].name,),
            reason="Later boards need not find it out again.",
        )
        remark = f"{LEARNING_BOARD} proposes a new step for the playbook, learned from its barrier"
        yield Act(f"amendment/{stream}/propose", stream, "propose_amendment", propose, remark)
    elif amendment.accepted is None:
        review = ReviewAmendment(
            actor=person(national[1], None),
            amendment=amendment.number,
            accept=True,
            reason="It costs little and helps everywhere.",
        )
        yield Act(f"amendment/{stream}/review", stream, "review_amendment", review)
    elif amendment.version is None:
        publish = PublishAmendments(actor=person(national[0], None), reason="What the first pilots learned.")
        remark = "Version 2 of the playbook is published: boards to come start with it"
        yield Act(f"amendment/{stream}/publish", stream, "publish_amendments", publish, remark)


def _decide_on_the_version(view: View) -> Iterator[Act]:
    """Boards that are under way decide on the version that they are offered."""
    for board, it in view.rollouts.items():
        if it.offered is None or it.declined or it.stopped or it.stage not in {REPLICATION, "handover"}:
            continue
        stream, lead = rollout_id(it.technology, board), person(view.authority.board[0], board)
        if board == ADOPTING_BOARD and it.stage == REPLICATION:
            adopt = AdoptEdition(actor=lead, version=it.offered, reason="We have the same trouble.")
            remark = f"{board} adopts version {it.offered} while it is under way; what it has done stays done"
            yield Act(f"edition/{stream}/{it.offered}", stream, "adopt_edition", adopt, remark)
        elif board != ADOPTING_BOARD:
            decline = DeclineEdition(
                actor=lead, version=it.offered, reason="The practices here are on board already."
            )
            yield Act(f"edition/{stream}/{it.offered}", stream, "decline_edition", decline)
