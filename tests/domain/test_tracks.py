"""Parallel tracks, nationally and in each board, and what going live awaits of them."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.actor import ENGINE
from domain.barrier import CloseBarrier
from domain.barrier_words import Resolution
from domain.infrastructure import outstanding
from domain.journey import Rag
from domain.names import workstream_id
from domain.pace import Pace
from domain.plan import Plan
from domain.refusal import Refusal
from domain.rollout_briefs import RolloutStage
from domain.rollout_waits import waits
from domain.steering import Pause, Resume, Stop
from domain.steps import ReopenStep, SkipStep
from domain.technology import Stage
from domain.technology_waits import waits as technology_waits
from domain.tracks import national_tracks
from domain.waiting import WaitKind
from domain.why import why
from domain.work import StepRecord, StepStatus, Work, open_steps
from domain.workstream import DirectWorkstream, StartWorkstream, WorkstreamStage
from tests.domain.examples import (
    DAY,
    FIFE,
    NATIONAL_TEAM,
    OFFICE,
    START,
    TAYSIDE,
    TECHNOLOGY,
    lead_of,
    make_plan,
    make_step,
    people_of,
    propose,
)
from tests.domain.strategies import plans
from tests.domain.test_barrier_refusals import done, hinder
from tests.domain.test_flows import stop
from tests.domain.world import World, found_programme, reach

PLATFORM = "workstream/ccbt/platform"
TEAM_FIFE = "workstream/ccbt/team@fife"
TEAM_TAYSIDE = "workstream/ccbt/team@tayside"

TRACKED = propose(
    workstreams={
        "platform": make_plan(
            "platform", make_step("buy"), make_step("open", "buy", provides="training-platform")
        )
    },
    board_workstreams={
        "team": make_plan("team", make_step("post", provides="lead-post"), make_step("greet", "post"))
    },
    go_live_needs=("training-platform", "lead-post"),
)


def tracked(stage: Stage = Stage.TEST_AND_LEARN) -> World:
    """A world with tracks in which nothing was done yet at the boards' own."""
    world = found_programme(TRACKED)
    while world.technology.stage != stage:
        if world.needs_playbook():
            world.publish()
        for stream in (TECHNOLOGY, FIFE, TAYSIDE):
            if stream in world.states:
                world.finish_plan(stream)
        if world.technology.gate is not None:
            done(world.pass_gate(TECHNOLOGY))
        world.settle()
    return world


def at_go_live() -> World:
    """A world in which both pilots have come to their go-live, and no track has begun."""
    world = tracked(Stage.SCALE)
    for _ in range(4):
        for stream in (FIFE, TAYSIDE):
            world.finish_plan(stream)
    assert world.rollout(FIFE).at_go_live
    return world


def work_in(world: World, stream: str, *steps: str) -> None:
    """Complete steps of a track."""
    for step in steps:
        done(world.complete(stream, step))
    world.settle()


def test_each_board_has_its_tracks_beside_its_rollout() -> None:
    """From its first stage on; they belong to the board and to its people."""
    world = tracked()
    assert {TEAM_FIFE, TEAM_TAYSIDE, PLATFORM} <= set(world.states)
    track = world.workstream(TEAM_FIFE)
    assert (track.board, track.brief.track, track.place) == ("fife", "team@fife", "ccbt/team@fife")
    other = world.complete(TEAM_FIFE, "post", actor=people_of("tayside"))
    assert isinstance(other, Refusal)
    assert other.code == "out-of-scope"
    done(world.complete(TEAM_FIFE, "post", actor=people_of("fife")))
    done(world.do(TEAM_FIFE, Pause(actor=lead_of("fife"), reason="Staff are away.")))
    assert "workstream/ccbt/team@orkney" not in world.states, "its wave is to come"


def test_a_board_does_not_go_live_before_what_it_needs_is_ready() -> None:
    """Of the nation and of its own; what is ready elsewhere does not help it."""
    world = at_go_live()
    lacking = world.pass_gate(FIFE)
    assert isinstance(lacking, Refusal)
    assert lacking.code == "held-up"
    assert "training-platform is not ready" in lacking.message
    assert "lead-post is not ready" in lacking.message
    work_in(world, PLATFORM, "buy", "open")
    work_in(world, TEAM_TAYSIDE, "post")
    assert "training-platform" not in world.rollout(FIFE).held_up
    assert isinstance(world.pass_gate(FIFE), Refusal)
    done(world.pass_gate(TAYSIDE))
    work_in(world, TEAM_FIFE, "post")
    done(world.pass_gate(FIFE))
    assert world.rollout(FIFE).stage == RolloutStage.HANDOVER


def test_before_its_gate_a_board_goes_on_whatever_is_not_ready() -> None:
    """Neither the proof of concept nor the replication waits for infrastructure."""
    world = tracked()
    assert world.rollout(FIFE).direction.awaits
    assert world.rollout(FIFE).held_up == ""
    assert world.rollout(FIFE).rag is Rag.ON_TRACK


def test_an_automatic_go_live_waits_as_well() -> None:
    """It opens by itself the moment that all is ready."""
    gates = {"go_live": TRACKED.gates.go_live.model_copy(update={"automatic": True, "criteria": ()})}
    world = found_programme(TRACKED.model_copy(update={"gates": TRACKED.gates.model_copy(update=gates)}))
    reach_replication(world)
    for _ in range(4):
        world.finish_plan(FIFE)
    assert world.rollout(FIFE).at_go_live
    work_in(world, PLATFORM, "buy", "open")
    assert world.rollout(FIFE).at_go_live
    work_in(world, TEAM_FIFE, "post")
    assert world.rollout(FIFE).stage == RolloutStage.HANDOVER


def reach_replication(world: World) -> None:
    """Bring the pilots to replication; nobody works in the tracks."""
    while FIFE not in world.states or world.rollout(FIFE).stage != RolloutStage.REPLICATION:
        if world.needs_playbook():
            world.publish()
        for stream in (TECHNOLOGY, FIFE, TAYSIDE):
            if stream in world.states and world.journey(stream).stage != RolloutStage.REPLICATION:
                world.finish_plan(stream)
        if world.technology.gate is not None:
            done(world.pass_gate(TECHNOLOGY))
        world.settle()


def test_to_skip_what_provides_it_is_to_go_without() -> None:
    """A decision with a reason, by whoever owns the step; a mandatory one cannot be skipped."""
    world = at_go_live()
    work_in(world, TEAM_FIFE, "post")
    work_in(world, PLATFORM, "buy")
    skip = SkipStep(actor=NATIONAL_TEAM, plan="platform", step="open", reason="Boards train by themselves.")
    done(world.do(PLATFORM, skip))
    world.settle()
    done(world.pass_gate(FIFE))


def test_nobody_waits_for_a_track_that_was_stopped() -> None:
    """The programme has decided to go without what it was to provide."""
    world = at_go_live()
    work_in(world, TEAM_FIFE, "post")
    done(world.do(PLATFORM, Stop(actor=OFFICE, reason="There is no money.")))
    world.settle()
    assert world.rollout(FIFE).direction.awaits == ()
    done(world.pass_gate(FIFE))


def test_a_delay_shows_everywhere_it_matters() -> None:
    """At the track, at its technology and at every board that is not live, with the step that is late."""
    world = tracked()
    world.wait(11)
    world.notice(PLATFORM)
    world.settle()
    for stream in (FIFE, TAYSIDE):
        (told,) = [wait for wait in waits(world.rollout(stream)) if wait.link == PLATFORM]
        assert (told.kind, told.late, told.on) == (WaitKind.DEPENDENCY, True, "team")
        assert told.name == "ccbt/workstream/platform/open"
    assert [wait.link for wait in technology_waits(world.technology) if wait.late] == [PLATFORM]
    assert statuses(world) == [Rag.AT_RISK, Rag.AT_RISK, Rag.AT_RISK, Rag.OFF_TRACK]
    work_in(world, PLATFORM, "buy")
    assert [world.journey(stream).rag for stream in (TECHNOLOGY, PLATFORM)] == [Rag.ON_TRACK] * 2
    assert not [wait for wait in waits(world.rollout(FIFE)) if wait.link == PLATFORM]


def statuses(world: World) -> list[Rag]:
    """How the technology, its pilots and the platform's track stand."""
    return [world.journey(stream).rag for stream in (TECHNOLOGY, FIFE, TAYSIDE, PLATFORM)]


def test_why_a_board_waits_leads_to_whoever_does_the_step() -> None:
    """From its gate over the track to the step that is open there."""
    world = at_go_live()
    answer = why(world.states, FIFE, world.now)
    assert [link.stream for link in answer.chain] == [FIFE, TEAM_FIFE]
    assert [link.wait.kind for link in answer.chain] == [WaitKind.INFRASTRUCTURE, WaitKind.STEP]
    assert answer.chain[-1].wait.name == "ccbt/workstream/team@fife/post"
    work_in(world, TEAM_FIFE, "post")
    answer = why(world.states, FIFE, world.now)
    assert [link.stream for link in answer.chain] == [FIFE, PLATFORM]
    assert answer.chain[-1].wait.name == "ccbt/workstream/platform/buy"


def test_a_board_that_is_live_is_not_shut_by_what_is_done_again() -> None:
    """It goes on to its handover."""
    world = at_go_live()
    work_in(world, PLATFORM, "buy", "open")
    work_in(world, TEAM_FIFE, "post")
    done(world.pass_gate(FIFE))
    again = ReopenStep(actor=NATIONAL_TEAM, plan="platform", step="open", reason="It broke down.")
    done(world.do(PLATFORM, again))
    world.settle()
    assert world.rollout(FIFE).direction.awaits
    assert world.rollout(FIFE).held_up == ""
    world.wait(11)
    world.notice(PLATFORM)
    world.settle()
    assert world.rollout(FIFE).direction.awaits[0].late
    assert world.rollout(FIFE).delays == ()
    world.finish_plan(FIFE)
    done(world.pass_gate(FIFE))
    assert world.rollout(FIFE).delivered
    assert "training-platform is not ready" in world.rollout(TAYSIDE).held_up


def test_a_boards_tracks_end_with_its_rollout() -> None:
    """Those of other boards, and the nation's, go on."""
    world = tracked()
    done(world.do(FIFE, Stop(actor=OFFICE, reason="The board withdrew.")))
    world.settle()
    ended = world.workstream(TEAM_FIFE).stopped
    assert ended is not None
    assert ended.reason == "the rollout at fife has ended"
    assert world.workstream(TEAM_TAYSIDE).stopped is None
    assert world.workstream(PLATFORM).stopped is None


def test_a_track_that_begins_in_a_pause_rests_from_its_first_moment() -> None:
    """What the technology says of it comes with its start."""
    world = tracked()
    start = next(letter.command for letter in world.sent if isinstance(letter.command, StartWorkstream))
    assert isinstance(start, StartWorkstream)
    stream, going = workstream_id("ccbt", start.brief.track), start.direction
    paused = going.model_copy(update={"paused": "An incident"})
    other = World()
    done(other.do(stream, start.model_copy(update={"direction": paused})))
    assert other.workstream(stream).at_rest
    assert open_steps(other.work(stream)) == ()
    done(other.do(stream, DirectWorkstream(actor=ENGINE, direction=going)))
    assert not other.workstream(stream).at_rest
    assert open_steps(other.work(stream))


def test_a_technology_is_scaled_once_the_boards_tracks_are_done_too() -> None:
    """One that was stopped is not waited for."""
    world = reach(Stage.SCALE, found_programme(TRACKED))
    while tasks := [(stream, step.id) for stream, step in world.tasks() if step.id != "greet"]:
        world.complete(*tasks[0])
        for gate in world.gates():
            world.pass_gate(gate)
        world.settle()
    assert world.technology.stage == Stage.SCALE
    boards = [board for wave in world.technology.waves[1:] for board in wave.boards]
    assert [wait.on for wait in technology_waits(world.technology)] == [f"team@{name}" for name in boards]
    stop(world, f"workstream/ccbt/team@{boards[0]}")
    for board in boards[1:]:
        assert world.technology.stage == Stage.SCALE
        work_in(world, f"workstream/ccbt/team@{board}", "greet")
    assert world.workstream(TEAM_TAYSIDE).stage == WorkstreamStage.DONE
    assert world.technology.stage == Stage.SUSTAIN
    again = ReopenStep(actor=NATIONAL_TEAM, plan="platform", step="open", reason="It broke down.")
    done(world.do(PLATFORM, again))
    world.wait(11)
    world.notice(PLATFORM)
    world.settle()
    assert world.technology.tracks["platform"].outstanding[0].late
    assert world.technology.delays == ()


def test_a_track_that_has_said_nothing_yet_has_not_ended() -> None:
    """It has only just been started."""
    (track,) = national_tracks(TRACKED)
    assert not track.ended({})


# --- what can be expected -----------------------------------------------------------------------------------


def test_what_is_still_to_come_is_expected_after_what_it_needs() -> None:
    """An open step by its due date, a later one by the time it has after that."""
    world = tracked()
    due = world.work(PLATFORM).record("buy").due
    assert due is not None
    assert expected(world) == due + 10 * DAY
    world.wait(3)
    work_in(world, PLATFORM, "buy")
    assert expected(world) == world.now + 10 * DAY


def expected(world: World) -> datetime | None:
    """When the platform is expected, as the technology knows it."""
    (platform,) = world.technology.tracks["platform"].outstanding
    return platform.due


def test_nobody_can_say_when_what_is_held_or_paused_will_be_ready() -> None:
    """Until the barrier is overcome, or the track goes on."""
    world = tracked()
    done(hinder(world, PLATFORM, steps=("buy",), actor=OFFICE))
    world.settle()
    assert expected(world) is None
    close = CloseBarrier(actor=OFFICE, barrier=1, resolution=Resolution.GONE, reason="It is gone.")
    done(world.do(PLATFORM, close))
    world.settle()
    assert expected(world) is not None
    done(world.do(PLATFORM, Pause(actor=OFFICE, reason="An incident.")))
    world.settle()
    assert expected(world) is None
    done(world.do(PLATFORM, Resume(actor=OFFICE, reason="It is over.")))
    world.settle()
    assert expected(world) is not None


STATUSES = st.sampled_from(
    [
        StepRecord(),
        StepRecord(status=StepStatus.OPEN, opened=START, due=START + 5 * DAY),
        StepRecord(status=StepStatus.OPEN, opened=START, due=START + 5 * DAY, overdue=True),
        StepRecord(status=StepStatus.COMPLETED, closed=START + 2 * DAY),
    ]
)


@settings(max_examples=200)
@given(plans("track"), st.lists(STATUSES, min_size=8, max_size=8))
def test_nothing_is_expected_before_what_it_needs(plan: Plan, records: list[StepRecord]) -> None:
    """And what needs something late is late itself."""
    track = make_plan(
        "track",
        *(step.model_copy(update={"provides": step.id}) for step in plan.steps),
    )
    work = Work(
        plan=track, records={step.id: record for step, record in zip(track.steps, records, strict=False)}
    )
    names = [step.id for step in track.steps]
    found = {it.infrastructure: it for it in outstanding("workstream/ccbt/track", work, Pace(), names)}
    assert list(found) == [name for name in names if not work.record(name).status.closed]
    for name, awaited in found.items():
        needs = [found[need] for need in track.by_id[name].needs if need in found]
        if work.record(name).status is StepStatus.WAITING and awaited.due is not None:
            longest = max(it.due for it in needs if it.due is not None)
            assert awaited.due == longest + track.by_id[name].duration or awaited.due > longest
            assert all(it.due is not None for it in needs)
        assert awaited.late == (work.record(name).overdue or any(it.late for it in needs))


@pytest.mark.parametrize("step", ["open", "buy"])
def test_only_what_is_needed_is_reported(step: str) -> None:
    """A step that provides nothing that going live needs is nobody's concern."""
    work = Work(plan=make_plan("platform", make_step("buy"), make_step("open", "buy", provides=step)))
    assert [it.infrastructure for it in outstanding(PLATFORM, work, Pace(), (step,))] == [step]
    assert outstanding(PLATFORM, work, Pace(), ("other",)) == ()
