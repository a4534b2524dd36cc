"""What is planned: dates from the critical path, the waves and the slots, and why something has none."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.barrier import RaiseBarrier
from domain.barrier_words import Nature, Severity
from domain.calendar import Calendar, Leave
from domain.capacity import Lane, limit_of, national
from domain.critical_path import done_from, in_order, planned_end, ready_from
from domain.foresight import outlook_of, settle
from domain.names import workstream_id
from domain.office_commands import SetCapacity
from domain.outlook import NO_PLAYBOOK, NO_RELEASE, NO_SLOT, Load, Outlook, Planned
from domain.pace import Pace
from domain.plan import Plan
from domain.proposal import Proposal
from domain.refusal import Refusal
from domain.rollout import Rollout
from domain.rollout_briefs import RolloutStage
from domain.service import use_of
from domain.steering import Pause
from domain.steps import ReopenStep
from domain.technology import Stage, Technology
from domain.tracks import awaited_at, tracks_at
from domain.work import Work
from tests.domain.examples import (
    CHARTER,
    DAY,
    FIFE,
    LOTHIAN,
    NATIONAL_TEAM,
    OFFICE,
    PLAYBOOK,
    PROGRAMME,
    PROPOSAL,
    START,
    TAYSIDE,
    TECHNOLOGY,
    charter_of,
    make_plan,
    make_step,
    people_of,
    propose,
)
from tests.domain.strategies import plans, worlds
from tests.domain.world import World, found_programme, reach

DEVELOPING = national(Lane.DEVELOPING)


def planned(world: World) -> Outlook:
    """What is planned now."""
    return outlook_of(world.states, world.now)


def boards(world: World) -> dict[str, Planned]:
    """What is planned of each board."""
    return planned(world).technologies["ccbt"].boards


def stages(world: World) -> dict[str, Planned]:
    """What is planned of each stage."""
    return planned(world).technologies["ccbt"].stages


# --- plans --------------------------------------------------------------------------------------------------


def test_the_longest_way_through_a_plan_is_its_length() -> None:
    """In the pace of the technology."""
    plan = make_plan(
        "p",
        make_step("a", days=3),
        make_step("b", "a", days=4),
        make_step("c", days=5),
        make_step("d", "b", "c", days=1),
    )
    assert done_from(plan, Pace(), START) == START + timedelta(days=8)
    assert done_from(plan, Pace(day=DAY / 2), START) == START + timedelta(days=4)


def test_steps_that_could_never_be_begun_have_no_order() -> None:
    """A plan that authors write never has any."""
    wrong = Plan.model_construct(id="p", title="P", steps=(make_step("a", "b"), make_step("b", "a")))
    with pytest.raises(ValueError, match="the steps a, b of plan"):
        in_order(wrong)


@given(plans("p", 8))
def test_no_plan_is_shorter_than_any_way_through_it(plan: Plan) -> None:
    """Every step comes after those that it needs."""
    length = done_from(plan, Pace(), START) - START
    for step in plan.steps:
        assert length >= step.duration + sum((plan.by_id[it].duration for it in step.needs[:1]), timedelta())
    order = in_order(plan)
    assert sorted(order) == sorted(plan.by_id)
    assert all(order.index(need) < order.index(step.id) for step in plan.steps for need in step.needs)
    assert planned_end(Work(plan=plan), {}, Pace(), START) == START + length


def test_what_is_late_counts_as_done_today() -> None:
    """What comes after it is planned from today."""
    world = reach(Stage.SCALE)
    world.wait(100)
    assert boards(world)["fife"].live == world.now + 10 * DAY, "launch, after what is late"


# --- boards -------------------------------------------------------------------------------------------------


def test_boards_are_planned_from_slot_to_business_as_usual() -> None:
    """The pilots hold both slots, so the first wave gets them one after the other."""
    world = reach(Stage.SCALE)
    fife, orkney, lothian = (boards(world)[name] for name in ("fife", "orkney", "lothian"))
    now = world.now
    assert (fife.slot, fife.live, fife.finish) == (now, now + 30 * DAY, now + 40 * DAY)
    # The first wave is released when the pilots are live, and waits for their slots.
    assert (orkney.slot, orkney.live) == (now + 40 * DAY, now + 70 * DAY)
    assert lothian.slot == now + 80 * DAY
    assert planned(world).loads[DEVELOPING] == Load(peak=2, limit=2)
    assert stages(world)["scale"].finish == lothian.finish == now + 120 * DAY
    assert stages(world)["sustain"].finish == now + 130 * DAY


def test_more_slots_bring_a_wave_forward_to_its_release() -> None:
    """A slot is given in the order of the office."""
    world = reach(Stage.SCALE)
    world.do(PROGRAMME, SetCapacity(actor=OFFICE, capacity=3, reason="another trainer"))
    world.settle()
    assert boards(world)["orkney"].slot == world.now + 30 * DAY
    assert boards(world)["borders"].slot == world.now + 40 * DAY


def on_leave(*at: str) -> World:
    """A programme with slots for all, in which boards are on leave for half a year from the 25th day on."""
    first = START.date() + 25 * DAY
    leave = Leave(name="Fair", first=first, last=first + 180 * DAY, boards=at)
    proposal = propose(pace=Pace(calendar=Calendar(leave=(leave,))))
    return found_programme(proposal=proposal, charter=charter_of(developing=9))


def test_days_count_by_the_calendar_of_each_board() -> None:
    """At a pilot that has not begun to test, at a board that works, and at one that is to come."""
    world = on_leave("fife")
    tested = {name: boards(world)[name].tested for name in ("fife", "tayside")}
    assert tested["fife"] > tested["tayside"]  # type: ignore[operator]
    live = {name: it.live for name, it in boards(reach(Stage.SCALE, world)).items()}
    assert live["fife"] > live["tayside"]  # type: ignore[operator]
    live = {name: it.live for name, it in boards(reach(Stage.SCALE, on_leave("orkney"))).items()}
    assert live["fife"] == live["tayside"]
    assert live["orkney"] > live["borders"]  # type: ignore[operator]


def test_what_is_held_has_no_date_and_says_why() -> None:
    """A pause, a barrier, a slot that nobody gives back, and those who wait for it."""
    world = reach(Stage.SCALE)
    world.do(FIFE, Pause(actor=OFFICE, reason="flood"))
    world.settle()
    assert boards(world)["fife"].held == "paused: flood"
    assert boards(world)["fife"].finish is None
    assert boards(world)["lothian"].finish is not None, "one slot is enough"
    world.do(TAYSIDE, Pause(actor=OFFICE, reason="storm"))
    world.settle()
    assert boards(world)["orkney"].held == f"{NO_SLOT} a national place for developing"
    assert boards(world)["lothian"].held == NO_RELEASE
    assert stages(world)["scale"].held == "fife: paused: flood"


def test_a_board_goes_live_no_earlier_than_what_it_needs_is_ready() -> None:
    """Of its own track, from its release on; of a track that has begun, when that is expected."""
    before, after = (boards(reach(Stage.SCALE, found_programme(it))) for it in (PROPOSAL, TRACKED))
    assert before["orkney"].slot == after["orkney"].slot
    assert before["orkney"].live is not None
    assert after["orkney"].live == before["orkney"].live + 50 * DAY
    world = reach(Stage.SCALE, found_programme(TRACKED))
    again = ReopenStep(actor=NATIONAL_TEAM, plan="team", step="team", reason="Two have left.")
    assert not isinstance(world.do("workstream/ccbt/team@fife", again), Refusal)
    world.settle()
    assert boards(world)["fife"].live == world.now + 50 * DAY
    world.wait(60)
    while mine := [step for stream, step in world.tasks() if stream == FIFE]:
        for step in mine:
            world.complete(FIFE, step.id)
        world.settle()
    assert boards(world)["fife"].live == world.now, "what is late is ready today"
    pause = Pause(actor=OFFICE, reason="flood")
    assert not isinstance(world.do("workstream/ccbt/team@fife", pause), Refusal)
    world.settle()
    assert (boards(world)["fife"].live, boards(world)["fife"].held) == (None, "team has no date")


def test_a_barrier_leaves_what_comes_after_its_step_without_a_date() -> None:
    """And everybody who waits for the board."""
    world = reach(Stage.SCALE)
    command = RaiseBarrier(
        actor=people_of("fife"),
        nature=Nature.BARRIER,
        what="No trainer",
        category="time",
        severity=Severity.BLOCKING,
        owner="lead",
        steps=("train",),
        reason="nobody teaches",
    )
    answer = world.do(FIFE, command)
    assert not isinstance(answer, Refusal), answer.message
    world.settle()
    fife = boards(world)["fife"]
    assert (fife.live, fife.finish) == (None, None)
    assert fife.held == world.rollout(FIFE).held_up
    assert boards(world)["orkney"].held == NO_RELEASE


def test_without_a_playbook_no_board_has_a_date_and_the_stages_have() -> None:
    """Each begins when the one before it is over."""
    world = found_programme()
    assert boards(world)["fife"].held == NO_PLAYBOOK
    now = world.now
    ends = {name: it.finish for name, it in stages(world).items()}
    assert ends["assess"] == now + 20 * DAY
    assert ends["test-and-learn"] == now + 40 * DAY
    assert ends["standardise"] == now + 60 * DAY
    assert ends["scale"] is None
    assert boards(world)["tayside"].tested == now + 40 * DAY
    assert planned(world).technologies["ccbt"].tracks["adoption"].finish == now + 40 * DAY


def test_a_pilot_that_rests_leaves_test_and_learn_without_an_end() -> None:
    """It is named."""
    world = reach(Stage.TEST_AND_LEARN)
    world.do(FIFE, Pause(actor=OFFICE, reason="flood"))
    world.settle()
    assert stages(world)["test-and-learn"].held == "pilot fife: paused: flood"
    assert stages(world)["standardise"].finish is None


def test_a_barrier_at_a_pilot_leaves_test_and_learn_without_an_end() -> None:
    """It says which step is held."""
    world = reach(Stage.TEST_AND_LEARN)
    command = RaiseBarrier(
        actor=people_of("fife"),
        nature=Nature.BARRIER,
        what="No register",
        category="time",
        severity=Severity.BLOCKING,
        owner="lead",
        steps=("try",),
        reason="nobody keeps it",
    )
    answer = world.do(FIFE, command)
    assert not isinstance(answer, Refusal), answer.message
    world.settle()
    assert boards(world)["fife"].tested is None
    assert boards(world)["tayside"].tested is not None
    assert stages(world)["test-and-learn"].held == 'pilot fife: a barrier holds "Try"'


def test_what_was_reached_keeps_its_date() -> None:
    """Also while the rest is paused."""
    world = reach(Stage.SUSTAIN)
    world.wait(10)
    world.do(TECHNOLOGY, Pause(actor=OFFICE, reason="flood"))
    world.settle()
    lothian = boards(world)["lothian"]
    assert lothian.finish == world.rollout(LOTHIAN).since
    assert lothian.slot is None, "its slot was given back, and what it sustains is none"
    assert lothian.live == next(
        event.at
        for event in world.history[LOTHIAN]
        if event.kind == "gate-decided" and event.gate == "go-live"  # type: ignore[attr-defined]
    )


def test_what_holds_up_every_gate_leaves_no_date_for_any() -> None:
    """A national barrier that blocks."""
    world = reach(Stage.SCALE)
    command = RaiseBarrier(
        actor=NATIONAL_TEAM,
        nature=Nature.BARRIER,
        what="Recalled",
        category="safety",
        severity=Severity.BLOCKING,
        owner="team",
        reason="the regulator asks",
    )
    answer = world.do(TECHNOLOGY, command)
    assert not isinstance(answer, Refusal), answer.message
    world.settle()
    assert boards(world)["fife"].live is None
    assert "Recalled" in boards(world)["fife"].held
    assert boards(world)["lothian"].finish is None


TEAM = make_plan("team", make_step("post", days=40), make_step("team", "post", days=50, provides="team"))
TRACKED = propose(board_workstreams={"team": TEAM}, go_live_needs=("team",))


@pytest.mark.parametrize("proposal", [PROPOSAL, TRACKED], ids=["plain", "with tracks"])
def test_the_plan_is_kept_where_everybody_keeps_to_it(proposal: Proposal) -> None:
    """Whoever does each step on the day on which it is due arrives when that was planned."""
    world = reach(Stage.SCALE, found_programme(proposal))
    before = boards(world)
    while any(not world.rollout(stream).delivered for stream in world.states if stream.startswith("rollout")):
        for stream, step in list(world.tasks()):
            if world.work(stream).record(step.id).due == world.now:
                world.complete(stream, step.id)
        world.settle()
        passable = [stream for stream in world.gates() if not world.journey(stream).held_up]
        for stream in passable:
            world.pass_together(stream)
        world.settle()
        if not passable:
            world.wait(10)
    for name, it in before.items():
        state = world.rollout(f"rollout/ccbt/{name}")
        assert state.since == it.finish, name


# --- whatever happens ---------------------------------------------------------------------------------------


def held_at_once(outlook: Outlook, now: datetime) -> int:
    """How many slots are held at the same time at most, counted from the dates."""
    found = [it for one in outlook.technologies.values() for it in one.boards.values() if it.slot is not None]
    moments = sorted({now, *(it.slot for it in found if it.slot is not None and it.slot > now)})
    most = 0
    for moment in moments:
        holding = [
            it
            for it in found
            if it.slot is not None
            and it.slot <= moment
            and (it.finish is None or it.finish > moment)
            and not it.held.startswith("stopped")
        ]
        most = max(most, len(holding))
    return most


@settings(max_examples=60)
@given(
    world=worlds(),
    rounds=st.integers(0, 14),
    late=st.sampled_from([0, 0, 3, 40]),
    resting=st.sets(st.sampled_from([FIFE, TAYSIDE, LOTHIAN, TECHNOLOGY]), max_size=2),
)
def test_every_date_is_possible_and_what_has_none_says_why(
    world: World, rounds: int, late: int, resting: set[str]
) -> None:
    """No board is earlier than its critical path, no slot is given twice, and nobody is forgotten."""
    for _ in range(rounds):
        world.work_through()
    world.wait(late)
    for stream in sorted(resting & set(world.states)):
        world.do(stream, Pause(actor=OFFICE, reason="flood"))
    world.settle()
    office, now = world.programme, world.now
    outlook = planned(world)
    state = world.technology
    assert sorted(outlook.technologies["ccbt"].boards) == sorted(
        board for wave in state.waves for board in wave.boards
    )
    for board, it in outlook.technologies["ccbt"].boards.items():
        assert (it.finish is None) == bool(it.held), f"{board} has no date and no reason"
        check_critical_path(world, board, it)
    for end in outlook.technologies["ccbt"].stages.values():
        assert (end.finish is None) == bool(end.held)
        assert end.finish is None or end.finish >= now
    used = use_of(office)
    for name, load in outlook.loads.items():
        assert load.limit == limit_of(office.limits, name)
        if name == DEVELOPING:
            most = max(office.limits[name], used.get(name, 0))
            assert used.get(name, 0) <= load.peak <= most
            assert held_at_once(outlook, now) <= most


def check_critical_path(world: World, board: str, it: Planned) -> None:
    """What a board still has to do takes at least as long as the longest way through it."""
    state, rollout = world.technology, world.states.get(f"rollout/ccbt/{board}")
    pace = state.proposal.pace.at(board)
    assert it.live is None or it.finish is None or it.finish >= it.live
    if isinstance(rollout, Rollout) and rollout.stage == RolloutStage.BUSINESS_AS_USUAL:
        return
    playbook = state.playbook
    if it.finish is None or playbook is None:
        return
    assert it.finish >= world.now
    if isinstance(rollout, Rollout) and rollout.stage == RolloutStage.HANDOVER:
        return
    assert it.live is not None
    assert it.finish == done_from(playbook.handover, pace, it.live)
    if not (isinstance(rollout, Rollout) and rollout.stage == RolloutStage.REPLICATION):
        assert it.slot is not None
        assert it.slot >= world.now
        implemented = done_from(playbook.implementation, pace, it.slot)
        assert implemented <= it.live <= max(implemented, latest_ready(world, board, it.slot))


def latest_ready(world: World, board: str, slot: datetime) -> datetime:
    """When what going live awaits is ready at the latest: a board's tracks begin no later than its slot."""
    proposal, pace = world.technology.proposal, world.technology.proposal.pace.at(board)
    reported = awaited_at(proposal, world.technology.tracks, board)
    dues = [it.due for it in reported if it.track in world.states and it.due is not None]
    plans = [
        track.plan
        for track in tracks_at(proposal, board)
        if workstream_id("ccbt", track.name) not in world.states
    ]
    unbegun = [ready_from(plan, proposal.go_live_needs, pace, slot) for plan in plans]
    return max((world.now, *dues, *unbegun))


@settings(max_examples=15)
@given(world=worlds(), rounds=st.integers(0, 12))
def test_settling_a_world_that_has_settled_changes_nothing(world: World, rounds: int) -> None:
    """And one whose post is on its way comes to what it comes to when all is delivered."""
    for _ in range(rounds):
        world.work_through()
    for stream in world.gates():
        world.pass_together(stream)
    foreseen = settle(world.states, world.now).states
    world.settle()
    assert foreseen == world.states
    assert settle(world.states, world.now).states == world.states


def test_the_example_has_the_capacity_that_these_dates_rest_on() -> None:
    """Two slots."""
    assert CHARTER.limits == {DEVELOPING: 2}
    assert done_from(PLAYBOOK.implementation, Pace(), START) == START + 30 * DAY
    assert isinstance(found_programme().technology, Technology)
