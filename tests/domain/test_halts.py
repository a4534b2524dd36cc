"""Stopping the line: what freezes, what goes on, who lets it move again, and what time that took."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.editions import AdoptEdition, DeclineEdition
from domain.evidence import AddEvidence, WithdrawEvidence
from domain.halt import Halt, in_force, merge_halts
from domain.journey import Rag
from domain.office_commands import SetCapacity
from domain.refusal import Refusal
from domain.rollout import Direct
from domain.rollout_briefs import Direction, RolloutStage
from domain.rollout_waits import waits as waits_of_rollout
from domain.rollout_wishes import claim
from domain.standing import next_deadline
from domain.steering import Pause, Resume, Stop
from domain.technology import Stage
from domain.technology_progress import frozen_at
from domain.technology_waits import waits as waits_of_technology
from domain.technology_wishes import children, messages
from domain.waiting import WaitKind
from domain.why import why
from domain.work import StepStatus, open_steps
from tests.domain.examples import (
    ADOPTION,
    DAY,
    FIFE,
    LOTHIAN,
    OFFICE,
    ORKNEY,
    PROGRAMME,
    PROPOSAL,
    TAYSIDE,
    TECHNOLOGY,
    bring,
    lead_of,
    people_of,
)
from tests.domain.halting import decide, halt, replicating, until
from tests.domain.world import World, found_programme, reach


def opened(world: World, stream: str) -> list[str]:
    """The open steps of a stream."""
    return [step.id for step in open_steps(world.work(stream))]


# --- what freezes -------------------------------------------------------------------------------------------


def test_a_halt_freezes_the_technology_its_tracks_and_every_board() -> None:
    """Nothing can be completed any more, nationally, in a track or at a board."""
    world = reach(Stage.TEST_AND_LEARN)
    assert not isinstance(halt(world), Refusal)
    world.settle()
    for stream in (TECHNOLOGY, ADOPTION, FIFE, TAYSIDE):
        assert [it.number for it in world.journey(stream).halting] == [1]
        assert world.journey(stream).rag is Rag.OFF_TRACK
    assert not list(world.tasks())
    answer = world.complete(FIFE, "set-up")
    assert isinstance(answer, Refusal)
    assert answer.code == "halted"


def test_the_technology_itself_refuses_at_once() -> None:
    """It waits for no message: the wave that was about to go stays."""
    world = reach(Stage.STANDARDISE)
    halt(world)
    answer = world.complete(TECHNOLOGY, "write")
    assert isinstance(answer, Refusal)
    assert answer.code == "halted"


def test_a_live_board_is_frozen_too() -> None:
    """Business as usual is no shelter: the service that is live is halted and off track."""
    world = until(found_programme(), ORKNEY, RolloutStage.BUSINESS_AS_USUAL)
    assert world.rollout(ORKNEY).rag is Rag.DELIVERED
    halt(world)
    world.settle()
    assert world.rollout(ORKNEY).rag is Rag.OFF_TRACK
    assert world.technology.reports["orkney"].halted == (1,)
    world.lift(1)
    world.settle()
    assert world.rollout(ORKNEY).rag is Rag.DELIVERED


def test_no_slot_is_taken_up_in_a_halt() -> None:
    """A slot that is granted meanwhile is held; the board starts once the halt is released."""
    world = until(found_programme(), ORKNEY, RolloutStage.QUEUED)
    world.do(PROGRAMME, SetCapacity(actor=OFFICE, capacity=5, reason="two more teams"))
    halt(world)
    for letter in [it for it in world.post if it.sender == TECHNOLOGY]:
        world.deliver(letter)
    world.settle()
    assert world.rollout(ORKNEY).granted
    assert world.rollout(ORKNEY).stage == RolloutStage.QUEUED
    world.lift(1)
    world.settle()
    assert world.rollout(ORKNEY).stage == RolloutStage.REPLICATION


def test_a_board_without_the_slot_waits_frozen_and_lets_others_go_first() -> None:
    """It is in the queue and not ready."""
    world = until(found_programme(), LOTHIAN, RolloutStage.QUEUED)
    halt(world)
    world.settle()
    assert not claim(world.rollout(LOTHIAN)).ready


def test_no_rollout_begins_in_a_halt_and_those_that_exist_are_told() -> None:
    """Decided on before the halt and not started yet: it begins once the halt is released."""
    world = found_programme()
    world.finish_plan(TECHNOLOGY)
    world.pass_gate(TECHNOLOGY)
    halt(world)
    assert children(world.technology) == {}
    assert messages(world.technology) == {}
    world.lift(1)
    assert FIFE in children(world.technology)
    assert FIFE in messages(world.technology)


def test_a_board_started_while_the_technology_is_halted_begins_frozen() -> None:
    """What the start carries is heard with it."""
    world = found_programme()
    world.finish_plan(TECHNOLOGY)
    world.pass_gate(TECHNOLOGY)
    start = world.rollout_start(FIFE)
    halt(world)
    halts = tuple(world.technology.halts.values())
    direction = start.direction.model_copy(update={"halts": halts})
    world.do(FIFE, start.model_copy(update={"direction": direction}))
    assert world.rollout(FIFE).halting == halts
    assert world.rollout(FIFE).work is None


def test_what_is_known_does_not_wait_for_a_release() -> None:
    """Evidence is added and withdrawn, checks are signed and barriers raised as ever."""
    world = until(found_programme(), ORKNEY, RolloutStage.HANDOVER)
    ref = next(iter(world.rollout(ORKNEY).on_record))
    halt(world)
    world.settle()
    added = world.do(ORKNEY, AddEvidence(actor=people_of("orkney"), evidence=bring("trained")))
    assert not isinstance(added, Refusal)
    withdrawn = world.do(ORKNEY, WithdrawEvidence(actor=lead_of("orkney"), ref=ref, reason="miscounted"))
    assert not isinstance(withdrawn, Refusal)
    assert "gate-reopened" in [event.kind for event in withdrawn]


# --- one version --------------------------------------------------------------------------------------------


def test_a_halt_of_one_version_freezes_the_boards_on_it_alone() -> None:
    """Orkney replicates version 1; Fife still waits for its turn and is not on it."""
    world = until(found_programme(), ORKNEY, RolloutStage.REPLICATION)
    halt(world, version=1)
    world.settle()
    on_it = [name for name in world.journeys() if getattr(world.journey(name), "adopted", None) == 1]
    assert ORKNEY in on_it
    for name, state in world.journeys().items():
        assert bool(state.halting) == (name in on_it), name
    assert world.technology.rag is Rag.AT_RISK
    assert not world.technology.at_rest


def test_a_halted_version_is_taken_up_by_nobody() -> None:
    """Lothian holds a slot and waits; with version 2 it starts, and is on nothing that is halted."""
    world = until(found_programme(), LOTHIAN, RolloutStage.QUEUED)
    halt(world, version=1)
    world.settle()
    assert [wait.kind for wait in waits_of_rollout(world.rollout(LOTHIAN))][:1] == [WaitKind.HALT]
    for board in ("fife", "tayside", "orkney", "borders"):
        stream = f"rollout/ccbt/{board}"
        if world.rollout(stream).granted:
            world.do(stream, Stop(actor=lead_of(board), reason="served from elsewhere"))
    world.settle()
    assert world.rollout(LOTHIAN).stage == RolloutStage.QUEUED
    assert not claim(world.rollout(LOTHIAN)).ready
    world.publish()
    world.settle()
    assert world.rollout(LOTHIAN).adopted == 2
    assert not world.rollout(LOTHIAN).halting


def test_no_wave_is_released_into_a_halted_version() -> None:
    """The next wave would take up exactly that version."""
    world = reach(Stage.SCALE)
    while "second" not in world.technology.released and not any(
        report.stage is RolloutStage.HANDOVER for report in world.technology.reports.values()
    ):
        assert world.work_through()
    released = world.technology.released
    halt(world, version=1)
    assert "halt 1 freezes version 1 of the playbook" in world.technology.held_up
    for _ in range(8):
        world.work_through()
    assert world.technology.released == released


def test_migrating_is_no_way_out_of_a_halt() -> None:
    """A board that is frozen cannot go on by another version, and nobody goes on by a halted one."""
    world = until(found_programme(), ORKNEY, RolloutStage.REPLICATION)
    world.publish()
    world.settle()
    assert world.rollout(ORKNEY).offer is not None
    halt(world, version=1)
    world.settle()
    command = {"actor": lead_of("orkney"), "version": 2, "reason": "It is better."}
    adopting = world.do(ORKNEY, AdoptEdition.model_validate(command))
    assert isinstance(adopting, Refusal)
    assert adopting.code == "halted"
    assert not isinstance(world.do(ORKNEY, DeclineEdition.model_validate(command)), Refusal)


# --- what goes on -------------------------------------------------------------------------------------------


def test_what_may_continue_goes_on_to_its_end() -> None:
    """The support of people in treatment: its steps are completed and the next one of it opens."""
    world = replicating(ORKNEY)
    halt(world, may_continue=("support",), allowance="Guides answer the people they know.")
    world.settle()
    assert opened(world, ORKNEY) == ["prepare", "support"]
    assert not isinstance(world.complete(ORKNEY, "support"), Refusal)
    assert opened(world, ORKNEY) == ["prepare", "support-on"]
    assert not isinstance(world.complete(ORKNEY, "support-on"), Refusal)
    assert isinstance(world.complete(ORKNEY, "prepare"), Refusal)
    wait = waits_of_rollout(world.rollout(ORKNEY))[0]
    assert wait.what.endswith("; meanwhile go on: support, Guides answer the people they know.")


def test_an_area_of_work_or_a_step_may_continue() -> None:
    """Either is named by its slug."""
    for name, going in (("support", ["support"]), ("prepare", ["prepare"])):
        world = replicating(ORKNEY)
        halt(world, may_continue=(name,))
        world.settle()
        assert [step.id for stream, step in world.tasks() if stream == ORKNEY] == going


def test_two_halts_let_continue_only_what_both_do() -> None:
    """What one of them freezes is frozen."""
    world = replicating(ORKNEY)
    halt(world, may_continue=("support", "prepare"))
    halt(world, may_continue=("prepare",))
    world.settle()
    assert [step.id for stream, step in world.tasks() if stream == ORKNEY] == ["prepare"]
    world.lift(2)
    world.settle()
    assert [step.id for stream, step in world.tasks() if stream == ORKNEY] == ["prepare", "support"]


def test_a_pause_stops_what_a_halt_lets_continue() -> None:
    """Both hold: what moves moves under neither."""
    world = replicating(ORKNEY)
    halt(world, may_continue=("support",))
    world.settle()
    world.do(ORKNEY, Pause(actor=lead_of("orkney"), reason="two posts are vacant"))
    answer = world.complete(ORKNEY, "support")
    assert isinstance(answer, Refusal)
    assert answer.code == "paused"
    world.do(ORKNEY, Resume(actor=lead_of("orkney"), reason="both are filled"))
    assert isinstance(world.complete(ORKNEY, "prepare"), Refusal)
    assert not isinstance(world.complete(ORKNEY, "support"), Refusal)


def test_the_gate_to_which_continuing_work_leads_stays_shut() -> None:
    """A plan that is done to its end in a halt opens no gate before the release."""
    world = replicating(ORKNEY)
    world.complete(ORKNEY, "prepare")
    world.complete(ORKNEY, "support")
    world.complete(ORKNEY, "support-on")
    halt(world, may_continue=("launch",))
    world.settle()
    assert not isinstance(world.complete(ORKNEY, "launch"), Refusal)
    assert world.rollout(ORKNEY).gate is None
    world.lift(1)
    world.settle()
    assert world.rollout(ORKNEY).gate is not None


# --- the way out --------------------------------------------------------------------------------------------


def test_only_its_gate_releases_a_halt() -> None:
    """Nothing else does: a resumption is about pauses."""
    world = reach(Stage.TEST_AND_LEARN)
    halt(world)
    assert [it.gate.id for it in world.technology.docket.matters] == ["lift-halt-1"]
    answer = world.do(TECHNOLOGY, Resume(actor=OFFICE, reason="go on"))
    assert isinstance(answer, Refusal)
    assert answer.code == "not-paused"
    world.lift(1)
    assert not world.technology.halting


def test_a_release_asks_for_a_review_of_this_halt() -> None:
    """The review of the first halt does not release the second."""
    world = reach(Stage.TEST_AND_LEARN)
    halt(world)
    world.lift(1)
    halt(world)
    decide(world, "Clinician", "clinician", number=2)
    answer = decide(world, "Programme office", "npt", number=2)
    assert isinstance(answer, Refusal)
    assert answer.code == "criteria-unmet"
    assert "safety-review-2" in world.technology.asked_for()
    world.lift(2)
    assert not world.technology.halting


def test_a_halt_that_is_kept_waits_at_its_gate_again() -> None:
    """The decision to keep it is on record, and its votes count no more."""
    world = reach(Stage.TEST_AND_LEARN)
    halt(world)
    decide(world, "Clinician", "clinician", "again")
    decide(world, "Programme office", "npt", "again")
    assert world.technology.decisions[-1].outcome == "again"
    assert [it.number for it in world.technology.halting] == [1]
    matter = world.technology.docket.matter("lift-halt-1")
    assert matter is not None
    assert matter.votes == {}
    assert world.technology.stage == Stage.TEST_AND_LEARN
    world.lift(1)
    assert not world.technology.halting


def test_a_halt_can_end_the_technology() -> None:
    """It is stopped for good, and so is every board."""
    world = reach(Stage.TEST_AND_LEARN)
    halt(world)
    world.settle()
    decide(world, "Clinician", "clinician", "end")
    decide(world, "Programme office", "npt", "end")
    world.settle()
    assert world.technology.stopped is not None
    assert world.technology.docket.matters == ()
    assert world.rollout(FIFE).stopped is not None


def test_two_halts_have_two_gates() -> None:
    """The release of one does not end the other."""
    world = reach(Stage.TEST_AND_LEARN)
    halt(world)
    halt(world, concern="Nobody answers the alarm")
    world.lift(2)
    world.settle()
    assert [it.number for it in world.rollout(FIFE).halting] == [1]
    world.lift(1)
    world.settle()
    assert not world.rollout(FIFE).halting


def test_a_pause_does_not_keep_a_halt_from_being_released() -> None:
    """To decide about safety waits for nothing; the pause stays."""
    world = reach(Stage.TEST_AND_LEARN)
    world.do(TECHNOLOGY, Pause(actor=OFFICE, reason="winter"))
    halt(world)
    world.lift(1)
    world.settle()
    assert not world.technology.halting
    assert world.technology.at_rest
    assert world.rollout(FIFE).at_rest


def test_releasing_a_halt_moves_nothing_but_the_halt() -> None:
    """The gate to which the technology had come waits as it did, with what was said there."""
    world = until_open_gate()
    gate = world.technology.gate
    assert gate is not None
    halt(world)
    world.lift(1)
    assert world.technology.gate is not None
    assert world.technology.gate.gate == gate.gate
    assert world.technology.stage == Stage.ASSESS


def until_open_gate() -> World:
    """A world whose technology has come to its first gate."""
    world = found_programme()
    world.finish_plan(TECHNOLOGY)
    return world


def test_a_release_whose_review_falls_has_to_be_decided_again() -> None:
    """The line moves, and nobody passes a gate before it is decided again whether it should."""
    world = until(found_programme(), ORKNEY, RolloutStage.HANDOVER)
    halt(world)
    world.lift(1)
    ref = next(ref for ref in world.technology.on_record if "safety-review" in ref)
    world.do(TECHNOLOGY, WithdrawEvidence(actor=OFFICE, ref=ref, reason="it read the wrong log"))
    world.settle()
    assert list(world.technology.docket.reviews) == ["lift-halt-1"]
    assert "has to be decided again" in world.rollout(ORKNEY).held_up


def test_a_release_that_waits_for_too_long_escalates_in_the_halt() -> None:
    """Its time does not stand still, for it is not at rest."""
    world = reach(Stage.TEST_AND_LEARN)
    halt(world)
    assert next_deadline(world.technology, world.now) == world.now + 7 * DAY
    world.wait(7)
    world.notice(TECHNOLOGY)
    matter = world.technology.docket.matter("lift-halt-1")
    assert matter is not None
    assert matter.escalated


# --- what it waits for --------------------------------------------------------------------------------------


def test_a_halted_life_waits_for_the_release_and_for_nothing_else() -> None:
    """The board for what the technology decides, the technology for whoever owns it and has a say."""
    world = reach(Stage.TEST_AND_LEARN)
    halt(world)
    world.settle()
    what = "the release of halt 1 of the technology (A wrong score is shown), owned by clinician"
    (wait,) = waits_of_rollout(world.rollout(FIFE))
    assert (wait.kind, wait.on, wait.what, wait.link) == (WaitKind.HALT, "halt", what, TECHNOLOGY)
    national = waits_of_technology(world.technology)
    assert [(it.kind, it.on) for it in national] == [
        (WaitKind.HALT, "clinician"),
        (WaitKind.GATE, "clinician"),
        (WaitKind.GATE, "npt"),
    ]


def test_why_a_frozen_board_waits_leads_to_the_owner_of_the_halt() -> None:
    """One answer, and what is lacking beside it."""
    world = reach(Stage.TEST_AND_LEARN)
    halt(world)
    world.settle()
    lives = {name: world.journey(name) for name in (FIFE, TECHNOLOGY)}
    answer = why(lives, FIFE, world.now)  # type: ignore[arg-type]
    assert [(link.stream, link.wait.on) for link in answer.chain] == [
        (FIFE, "halt"),
        (TECHNOLOGY, "clinician"),
    ]
    lacking = [wait.what for wait in why(lives, TECHNOLOGY, world.now).more]  # type: ignore[arg-type]
    assert any("missing" in what for what in lacking)


def test_the_technology_knows_who_has_obeyed_and_who_is_still_to_hear() -> None:
    """Frozen at one of two boards, until the post arrives."""
    world = reach(Stage.TEST_AND_LEARN)
    halt(world)
    concern = world.technology.halts[1]
    assert frozen_at(world.technology, concern) == ((), ("fife", "tayside"))
    letter = next(it for it in world.deliverable() if it.to == FIFE)
    world.deliver(letter)
    world.deliver(next(it for it in world.deliverable() if it.sender == FIFE))
    assert frozen_at(world.technology, concern) == (("fife",), ("tayside",))
    world.settle()
    assert frozen_at(world.technology, concern) == (("fife", "tayside"), ())


# --- time ---------------------------------------------------------------------------------------------------


def test_time_in_a_halt_does_not_count_except_for_what_continues() -> None:
    """Six days halted: one step is due six days later, the other as it was."""
    world = replicating(ORKNEY)
    due = {step: world.work(ORKNEY).record(step).due for step in ("prepare", "support")}
    halt(world, may_continue=("support",))
    world.settle()
    world.wait(6)
    world.lift(1)
    world.settle()
    after = {step: world.work(ORKNEY).record(step).due for step in ("prepare", "support")}
    assert due["prepare"] is not None
    assert after == {"prepare": due["prepare"] + 6 * DAY, "support": due["support"]}


def test_a_pause_and_a_halt_that_overlap_count_once() -> None:
    """Halt from day 0 to 5, pause from 3 to 9: nine days for what was frozen, six for what went on in it."""
    world = replicating(ORKNEY)
    due = {step: world.work(ORKNEY).record(step).due for step in ("prepare", "support")}
    halt(world, may_continue=("support",))
    world.settle()
    world.wait(3)
    world.do(ORKNEY, Pause(actor=lead_of("orkney"), reason="two posts are vacant"))
    world.wait(2)
    world.lift(1)
    world.settle()
    world.wait(4)
    world.do(ORKNEY, Resume(actor=lead_of("orkney"), reason="both are filled"))
    record = world.work(ORKNEY).record
    assert due["prepare"] is not None
    assert due["support"] is not None
    assert record("prepare").due == due["prepare"] + 9 * DAY
    assert record("support").due == due["support"] + 6 * DAY
    assert world.rollout(ORKNEY).paused_since is None


def test_what_continues_can_be_late_in_a_halt() -> None:
    """Its clock runs: it wakes the life, and is noticed."""
    world = replicating(ORKNEY)
    halt(world, may_continue=("support",))
    world.settle()
    assert next_deadline(world.rollout(ORKNEY), world.now) == world.now + 8 * DAY
    world.wait(10)
    world.notice(ORKNEY)
    assert world.work(ORKNEY).record("support").overdue
    assert not world.work(ORKNEY).record("prepare").overdue


def test_the_time_that_other_gates_have_does_not_run_in_a_halt() -> None:
    """A gate that escalates after five days has five left after a halt of thirty."""
    begin = PROPOSAL.gates.begin.model_copy(update={"time_limit": 5 * DAY, "escalates_to": ("chief",)})
    gates = PROPOSAL.gates.model_copy(update={"begin": begin})
    world = found_programme(PROPOSAL.model_copy(update={"gates": gates}))
    world.finish_plan(TECHNOLOGY)
    halt(world)
    world.wait(30)
    world.lift(1)
    gate = world.technology.gate
    assert gate is not None
    assert gate.due == world.now + 5 * DAY
    assert not gate.escalated


# --- any order ----------------------------------------------------------------------------------------------


def test_no_order_of_messages_lets_a_board_move_in_a_halt_or_rest_after_it() -> None:
    """However the words before, in and after a halt arrive, and each twice: it ends as the last one says."""
    world = reach(Stage.TEST_AND_LEARN)
    said = [world.rollout(FIFE).direction]
    halt(world)
    said.append(direction_of(world))
    halt(world, concern="Nobody answers the alarm")
    said.append(direction_of(world))
    world.lift(1)
    said.append(direction_of(world))
    for order in permutations(said):
        here = reach(Stage.TEST_AND_LEARN)
        here.line = world.line
        here.line.halts.pop(FIFE, None)
        here.line.ended.pop(FIFE, None)
        for direction in (*order, *order):
            here.do(FIFE, Direct(actor=OFFICE, direction=direction))
        assert [it.number for it in here.rollout(FIFE).halting] == [2]


def direction_of(world: World) -> Direction:
    """What the technology says to Fife now."""
    command = messages(world.technology)[FIFE]
    assert isinstance(command, Direct)
    return command.direction


@given(st.data())
def test_what_is_known_of_halts_is_the_same_in_whatever_order_it_was_told(data: st.DataObject) -> None:
    """Telling is commutative, associative and idempotent."""
    world = reach(Stage.TEST_AND_LEARN)
    told = []
    for _ in range(3):
        halt(world)
        told.append(tuple(world.technology.halts.values()))
    for number in data.draw(st.permutations([1, 2, 3])):
        world.lift(number)
        told.append(tuple(world.technology.halts.values()))
    order = data.draw(st.permutations([*told, *data.draw(st.lists(st.sampled_from(told), max_size=3))]))
    known: tuple[Halt, ...] = ()
    for each in order:
        known = merge_halts(known, each)
    assert known == tuple(world.technology.halts.values())
    assert not in_force(known)


@pytest.mark.parametrize("stage", [Stage.TEST_AND_LEARN, Stage.SCALE, Stage.SUSTAIN, Stage.SUSTAINED])
def test_a_released_halt_lets_everything_go_on_as_it_stood(stage: Stage) -> None:
    """But for what is on record about the halt, and for the time, all is as if it had not been."""
    world = reach(stage)
    before = world.journeys()
    halt(world)
    world.settle()
    world.wait(12)
    world.lift(1)
    world.settle()
    world.let_pass(-12 * DAY)
    for name, state in world.journeys().items():
        assert (state.stage, state.since, state.cycle) == (
            before[name].stage,
            before[name].since,
            before[name].cycle,
        )
        assert state.pauses == before[name].pauses
        if state.work is not None and (was := before[name].work) is not None:
            for step in state.work.plan.steps:
                record, earlier = state.work.record(step.id), was.record(step.id)
                assert record.status is earlier.status
                if record.status is StepStatus.OPEN:
                    assert record.due is not None
                    assert earlier.due is not None
                    assert record.due - earlier.due == record.lost == 12 * DAY
    world.let_pass(12 * DAY)
    while world.work_through():
        pass
    assert world.technology.stage == Stage.SUSTAINED


OPS = st.lists(
    st.tuples(
        st.sampled_from(["pause", "resume", "rest", "go-on", "halt", "halt-all", "lift", "do", "hear"]),
        st.integers(0, 90),
        st.integers(0, 5),
    ),
    min_size=3,
    max_size=24,
)


@given(ops=OPS)
def test_however_pauses_and_halts_overlap_no_time_at_rest_counts_and_none_twice(
    ops: list[tuple[str, int, int]],
) -> None:
    """Every due date of a step that is at work is what a clock kept beside the rules says."""
    world = replicating(ORKNEY)
    for what, hours, pick in ops:
        _act(world, what, pick)
        world.wait(hours / 24)
    for stream in (ORKNEY, TECHNOLOGY):
        actor = OFFICE if stream == TECHNOLOGY else lead_of("orkney")
        world.do(stream, Resume(actor=actor, reason="as agreed"))
    for number in list(world.technology.halts):
        world.lift(number)
    world.settle()
    state = world.rollout(ORKNEY)
    assert state.paused_since is None
    assert not state.on_hold
    for step in open_steps(world.work(ORKNEY)):
        assert world.work(ORKNEY).record(step.id).due == world.paused.due(ORKNEY, step.id)


def _act(world: World, what: str, pick: int) -> None:
    going = [(), ("support",), ("prepare",), ("support", "prepare"), ("support-on",), ("launch",)][pick]
    match what:
        case "pause" | "resume":
            kind = Pause if what == "pause" else Resume
            world.do(TECHNOLOGY, kind(actor=OFFICE, reason="as agreed"))
        case "rest" | "go-on":
            kind = Pause if what == "rest" else Resume
            world.do(ORKNEY, kind(actor=lead_of("orkney"), reason="as agreed"))
        case "halt":
            halt(world, may_continue=going)
        case "halt-all":
            halt(world, version=1)
        case "lift" if world.technology.halts:
            world.lift(1 + pick % len(world.technology.halts))
        case "do":
            for stream, step in list(world.tasks())[:1]:
                world.complete(stream, step.id)
        case _:
            world.settle()
    if pick % 3:
        world.settle()
