"""Whatever is changed: it is foreseen as it comes, and puts no plan, step or board out of reach."""

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.capacity import Lane
from domain.event import Command
from domain.foresight import compare, consequences_of, outlook_of
from domain.halt import in_force
from domain.journey import Journey
from domain.office_commands import FinishWork, SetCapacity, SetPriority, TakeOnWork
from domain.outlook import TechnologyOutlook
from domain.proposal import Wave
from domain.refusal import Refusal
from domain.steering import Pause, Resume, Stop
from domain.succession import ReplaceTechnology
from domain.waves import AddBoard, PauseWave, ReorderWaves, ResumeWave, StopWave, SwapPilot
from tests.domain.examples import (
    ADOPTION,
    FIFE,
    OFFICE,
    ORKNEY,
    PROGRAMME,
    TECHNOLOGY,
)
from tests.domain.halting import LETTING_GO, halt_of
from tests.domain.strategies import worlds
from tests.domain.wave_laws import check_arrangement, check_plans
from tests.domain.world import World

AGREED = {"actor": OFFICE, "reason": "as agreed"}

CHANGES: st.SearchStrategy[tuple[str, Command]] = st.sampled_from(
    [
        *(
            (TECHNOLOGY, kind(wave=wave, **AGREED))
            for kind in (PauseWave, ResumeWave, StopWave)
            for wave in ("pilots", "first", "second")
        ),
        *(
            (TECHNOLOGY, AddBoard(board=board, wave=wave, checks=(), **AGREED))
            for board in ("moray", "nairn")
            for wave in ("first", "second", "third")
        ),
        *(
            (TECHNOLOGY, SwapPilot(out=out, into=into, **AGREED))
            for out in ("fife", "tayside", "orkney")
            for into in ("orkney", "lothian", "moray", "fife")
        ),
        (
            TECHNOLOGY,
            ReorderWaves(waves=(Wave(name="all", boards=("lothian", "orkney", "borders")),), **AGREED),
        ),
        (TECHNOLOGY, ReplaceTechnology(by="next", **AGREED)),
        *((stream, kind(**AGREED)) for stream in (TECHNOLOGY, FIFE, ORKNEY) for kind in (Pause, Resume)),
        (FIFE, Stop(**AGREED)),
        *(
            (PROGRAMME, SetPriority(technology="ccbt", boards=boards, priority=5, **AGREED))
            for boards in ((), ("orkney", "borders"), ("tayside",))
        ),
        *((PROGRAMME, SetCapacity(capacity=capacity, **AGREED)) for capacity in (0, 1, 4)),
        (PROGRAMME, TakeOnWork(work="move", title="Move it", lane=Lane.DEVELOPING, priority=1, **AGREED)),
        (PROGRAMME, FinishWork(work="move", **AGREED)),
    ]
)
"""Every kind of change: of the technology, of a wave, of one board, and of what the office has to give."""

HALTS: st.SearchStrategy[tuple[str, Command]] = st.sampled_from(
    [(TECHNOLOGY, halt_of(**about)) for about in ({}, {"version": 1}, {"may_continue": ("s0", "s2")})]
)
"""The line is stopped: all of it, at the boards on one version, or but for what goes on."""

AT_ONCE = st.one_of(
    CHANGES.map(lambda it: (it,)),
    CHANGES.map(lambda it: (it,)),
    HALTS.map(lambda it: (it,)),
    st.just(LETTING_GO),
)
"""What is decided before anybody else has heard: one change, or all that releases a halt."""


@settings(max_examples=80)
@given(world=worlds(), rounds=st.integers(0, 10), changes=st.lists(AT_ONCE, min_size=1, max_size=6))
def test_no_change_leaves_a_plan_with_a_cycle_or_a_step_or_a_board_out_of_reach(
    world: World, rounds: int, changes: list[tuple[tuple[str, Command], ...]]
) -> None:
    """And what was foreseen of each is what it does."""
    for _ in range(rounds):
        world.work_through()
    for commands in changes:
        foreseen = consequences_of(world.states, commands, world.now)
        before = outlook_of(world.states, world.now)
        answers = [world.do(stream, command) for stream, command in commands]
        world.settle()
        if refused := tuple(it.message for it in answers if isinstance(it, Refusal)):
            assert foreseen.refused == refused
            continue
        after = outlook_of(world.states, world.now)
        assert foreseen.model_copy(update={"books": None}) == compare(before, after, frozenset({"ccbt"}))
        for state in world.journeys().values():
            check_plans(state)
        check_arrangement(world.technology)
        for board, it in after.technologies["ccbt"].boards.items():
            assert it.finish is not None or it.held, f"nobody comes to {board}"
        check_frozen_in(after.technologies["ccbt"], world)
    world.check()
    check_way_out(world)


def check_frozen_in(planned: TechnologyOutlook, world: World) -> None:
    """What a halt freezes has no date to come, and what it keeps from beginning has none either."""
    for board, it in planned.boards.items():
        rollout = world.states.get(f"rollout/ccbt/{board}")
        frozen = world.technology if rollout is None else rollout
        if isinstance(frozen, Journey) and frozen.halting and frozen.stage != "business-as-usual":
            assert it.finish is None
            assert it.held.startswith(("halted: ", "stopped: ")), it.held
            assert it.tested is None
    if world.technology.halting:
        assert all(it.finish is None for it in planned.stages.values())
        for area, track in planned.tracks.items():
            state = world.states.get(f"workstream/ccbt/{area}")
            assert track.finish is None or getattr(state, "stage", "") == "done"


def check_way_out(world: World) -> None:
    """Once what rests goes on, everybody comes to the end: no step and no board was put out of reach."""
    for number in [it.number for it in in_force(world.technology.halts.values())]:
        world.lift(number)
    for wave in list(world.technology.waves_paused):
        world.do(TECHNOLOGY, ResumeWave(actor=OFFICE, wave=wave, reason="as agreed"))
    for stream in (TECHNOLOGY, FIFE, ORKNEY):
        world.do(stream, Resume(**AGREED))
    world.do(PROGRAMME, FinishWork(work="move", **AGREED))
    for name in [it for it, most in world.programme.limits.items() if most == 0]:
        world.do(PROGRAMME, SetCapacity(actor=OFFICE, limit=name, capacity=1, reason="as agreed"))
    for _ in range(200):
        if not world.work_through():
            break
    state = world.technology
    if state.replacement is not None:
        return
    ended = [board for wave in state.waves if wave.name in state.waves_stopped for board in wave.boards]
    going = [board for wave in state.waves for board in wave.boards if board not in ended]
    if not going:
        return
    for board in going:
        report = state.reports.get(board)
        assert report is not None, f"{board} never began"
        assert report.stopped or report.stage == "business-as-usual", f"{board} is stuck in {report.stage}"
    assert ADOPTION not in world.states or state.tracks["adoption"].done
