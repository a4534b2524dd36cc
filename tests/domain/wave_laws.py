"""What must always hold of plans, waves and pilots, written apart from the rules."""

from domain.evidence import Entry
from domain.journey import Journey
from domain.plan import Plan
from domain.rollout import Rollout
from domain.rollout_briefs import RolloutStage
from domain.technology import Technology
from domain.work import StepStatus


def check_plans(state: Journey) -> None:
    """No plan has a cycle, or a step that could never be begun."""
    if state.work is not None:
        check_reachable(state.work.plan)
    if isinstance(state, Technology):
        proposal = state.proposal
        plans = (proposal.assessment, proposal.proof_of_concept, proposal.standardisation, proposal.sustain)
        for plan in (*plans, *proposal.workstreams.values()):
            check_reachable(plan)
        if state.playbook is not None:
            check_reachable(state.playbook.implementation)
            check_reachable(state.playbook.handover)


def check_reachable(plan: Plan) -> None:
    """Every step comes to its turn if one step after the other is done."""
    done: set[str] = set()
    while following := {step.id for step in plan.steps if step.id not in done and set(step.needs) <= done}:
        done |= following
    assert done == {step.id for step in plan.steps}, f"{plan.id} has steps that nobody can come to"


def check_arrangement(state: Technology) -> None:
    """Every board has one wave, and every wave is over, going, resting or to come: none is lost."""
    boards = [board for wave in state.waves for board in wave.boards]
    assert len(boards) == len(set(boards)), "a board stands in two waves"
    first = {*state.proposal.pilots, *(board for wave in state.proposal.waves for board in wave.boards)}
    assert set(boards) == first | set(state.checks_added), "a board was lost, or came from nowhere"
    names = [wave.name for wave in state.waves]
    assert len(names) == len(set(names))
    assert {*state.released, *state.waves_paused, *state.waves_stopped} <= set(names)
    assert not set(state.waves_paused) & set(state.waves_stopped)
    assert names[0] == "pilots"
    assert state.waves[0].boards == state.pilots
    assert not set(state.former_pilots) & set(state.pilots)
    assert len(state.pilots) == len(state.proposal.pilots), "a pilot left without another in its place"


def check_guided(sender: Technology, reader: Rollout) -> None:
    """A board rests and ends with its technology or its wave, and tests exactly while it is a pilot."""
    wave = next(it.name for it in sender.waves if reader.brief.board in it.boards)
    if sender.stopped is not None or wave in sender.waves_stopped:
        assert reader.stopped is not None, f"{reader.stream} goes on"
    if reader.stopped is not None:
        return
    resting = "own" in sender.pauses or wave in sender.waves_paused
    assert ("technology" in reader.pauses) == resting, f"{reader.stream} differs"
    assert reader.direction.wave == wave
    if reader.at_rest:
        return
    if reader.brief.board in sender.pilots:
        assert reader.stage != RolloutStage.RELEASED, "a pilot tests"
    else:
        assert reader.stage not in {RolloutStage.PROOF_OF_CONCEPT, RolloutStage.PILOTED}, "only pilots test"
        if reader.stage == RolloutStage.RELEASED and reader.work is not None:
            going = [
                step.id
                for step in reader.work.plan.steps
                if reader.work.record(step.id).status is StepStatus.OPEN
            ]
            assert not going, "what nobody works on is not open"


def check_counted(state: Technology) -> None:
    """What a board found counts while it is a pilot, and not when it is none."""
    counted: dict[str, tuple[Entry, ...]] = {place: it for place, it in state.held.items() if place != "own"}
    going = [board for board, report in state.reports.items() if not report.stopped]
    assert set(counted) == set(state.pilots) & set(going)
