"""What barriers do to a life, and what may help against them."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.actor import ENGINE
from domain.barrier import (
    Barrier,
    BarrierPolicy,
    CloseBarrier,
    Escalation,
    ReassessBarrier,
    held_steps,
    holding,
)
from domain.barrier_words import Nature, Resolution, Severity
from domain.event import TimePassed
from domain.gate import Note
from domain.journey import Rag
from domain.mitigation import Endorsement, Suggestion, Tried, suggest
from domain.pace import Pace
from domain.refusal import Refusal
from domain.rollout_waits import waits
from domain.standing import next_deadline
from domain.technology import Stage
from domain.technology_waits import waits as technology_waits
from domain.work import StepStatus
from tests.domain.examples import FIFE, OFFICE, START, TAYSIDE, TECHNOLOGY, propose, someone
from tests.domain.test_barrier_refusals import PEOPLE, at_pilot, close, conclude, done, hinder, mitigate
from tests.domain.world import World, found_programme, reach

WEEK = timedelta(days=7)


def test_a_held_step_does_not_open_when_what_it_needs_is_done() -> None:
    """It opens when the barrier is closed, and only then does its time begin."""
    world = at_pilot()
    done(hinder(world, steps=("try",)))
    done(world.complete(FIFE, "set-up"))
    assert world.work(FIFE).record("survey").status is StepStatus.OPEN
    assert world.work(FIFE).record("try").status is StepStatus.WAITING
    world.wait(3)
    done(close(world, Resolution.GONE))
    assert world.work(FIFE).record("try").opened == world.now


def test_the_time_of_an_open_step_that_is_held_runs_on() -> None:
    """A barrier hides no delay: the step is late when it is late."""
    world = at_pilot()
    before = world.work(FIFE).record("set-up").due
    done(hinder(world))
    assert world.work(FIFE).record("set-up").due == before
    assert world.rollout(FIFE).rag is Rag.AT_RISK
    world.wait(11)
    world.notice(FIFE)
    assert world.rollout(FIFE).rag is Rag.OFF_TRACK


def test_whoever_sees_to_a_barrier_is_waited_for_and_not_whoever_does_the_step() -> None:
    """The wait names what is held, and since when."""
    world = at_pilot()
    done(hinder(world, owner="lead"))
    (wait,) = waits(world.rollout(FIFE))
    assert (wait.on, wait.since) == ("lead", world.now)
    assert wait.what == 'blocking barrier 1 to be overcome: "Nobody has time", which holds "Set-up"'


def test_a_barrier_that_only_hinders_holds_nothing() -> None:
    """A serious one is worked around."""
    world = at_pilot()
    done(hinder(world, severity=Severity.SERIOUS))
    done(world.complete(FIFE, "set-up"))
    assert world.rollout(FIFE).held_up == ""


def test_a_national_barrier_that_blocks_keeps_every_boards_gates_shut() -> None:
    """Until it is closed, boards are told why."""
    world = reach(Stage.SCALE)
    done(hinder(world, TECHNOLOGY, steps=(), actor=OFFICE))
    world.settle()
    for stream in (FIFE, TAYSIDE):
        assert world.rollout(stream).held_up == 'national barrier 1: "Nobody has time"'
    done(world.do(TECHNOLOGY, _closing(1)))
    world.settle()
    assert world.rollout(FIFE).held_up == ""


def _closing(barrier: int) -> CloseBarrier:
    return CloseBarrier(actor=OFFICE, barrier=barrier, resolution=Resolution.GONE, reason="It is gone.")


def test_no_gate_is_passed_while_a_barrier_blocks() -> None:
    """Whatever the plan says."""
    world = found_programme()
    world.finish_plan(TECHNOLOGY)
    done(hinder(world, TECHNOLOGY, steps=(), actor=OFFICE))
    refused = world.pass_gate(TECHNOLOGY)
    assert isinstance(refused, Refusal)
    assert refused.code == "held-up"
    assert 'barrier 1 blocks it: "Nobody has time"' in refused.message
    done(world.do(TECHNOLOGY, _closing(1)))
    done(world.pass_gate(TECHNOLOGY))
    assert world.technology.stage == Stage.TEST_AND_LEARN


ESCALATING = propose(
    handling=BarrierPolicy(escalation={Severity.SERIOUS: Escalation(after=WEEK, to=("npt", "lead"))})
)


def test_a_barrier_escalates_by_severity_and_age() -> None:
    """The workflow wakes for it; those called on are waited for beside its owner, and may see to it."""
    world = found_programme(ESCALATING)
    done(hinder(world, TECHNOLOGY, severity=Severity.SERIOUS, steps=(), actor=OFFICE))
    assert next_deadline(world.technology, world.now) == world.now + WEEK
    assert "lead" not in waited_for(world)
    world.wait(6.9)
    world.do(TECHNOLOGY, TimePassed(actor=ENGINE))
    assert not called_on(world)
    world.wait(0.2)
    world.do(TECHNOLOGY, TimePassed(actor=ENGINE))
    assert called_on(world) == ("npt", "lead")
    assert "lead" in waited_for(world)
    assert world.kinds(TECHNOLOGY).count("barrier-escalated") == 1


def waited_for(world: World) -> list[str]:
    """Who is waited for at the technology."""
    return [wait.on for wait in technology_waits(world.technology)]


def test_those_to_whom_a_barrier_escalated_may_see_to_it() -> None:
    """They could not before."""
    handling = BarrierPolicy(escalation={Severity.SERIOUS: Escalation(after=WEEK, to=("chief",))})
    world = found_programme(propose(handling=handling))
    done(hinder(world, TECHNOLOGY, severity=Severity.SERIOUS, steps=(), actor=OFFICE))
    gone = _closing(1).model_copy(update={"actor": someone("Chief", "chief")})
    assert isinstance(world.do(TECHNOLOGY, gone), Refusal)
    world.wait(8)
    world.do(TECHNOLOGY, TimePassed(actor=ENGINE))
    done(world.do(TECHNOLOGY, gone))


def test_a_barrier_holds_the_steps_of_its_own_plan_alone() -> None:
    """Another plan may have a step of the same name."""
    barriers = {1: barrier_on("proof", "train")}
    assert holding(barriers, "proof", "train") is not None
    assert holding(barriers, "replication", "train") is None
    assert held_steps(barriers, "replication") == ()


def barrier_on(plan: str, step: str) -> Barrier:
    """A barrier that blocks a step."""
    return Barrier(
        number=1,
        nature=Nature.BARRIER,
        what="Nobody has time",
        category="available-resources",
        severity=Severity.BLOCKING,
        plan=plan,
        steps=(step,),
        owner="team",
        raised=Note(at=START, name="Someone", role="team", reason="Three said so."),
    )


def test_the_age_of_a_barrier_counts_as_time_counts_in_its_life() -> None:
    """In a rehearsal a day is short, and so is the week after which it escalates."""
    hour = timedelta(hours=1)
    world = found_programme(ESCALATING.model_copy(update={"pace": Pace(day=hour)}))
    done(hinder(world, TECHNOLOGY, severity=Severity.SERIOUS, steps=(), actor=OFFICE))
    assert world.technology.barriers[1].due == world.now + 7 * hour


def test_another_owner_does_not_undo_an_escalation() -> None:
    """Those who were called on stay called on."""
    world = found_programme(ESCALATING)
    done(hinder(world, TECHNOLOGY, severity=Severity.SERIOUS, steps=(), actor=OFFICE))
    world.wait(8)
    world.do(TECHNOLOGY, TimePassed(actor=ENGINE))
    handed_on = ReassessBarrier(actor=OFFICE, barrier=1, owner="lead", reason="They know the board.")
    done(world.do(TECHNOLOGY, handed_on))
    assert world.technology.barriers[1].owner == "lead"
    assert called_on(world) == ("npt", "lead")
    assert world.kinds(TECHNOLOGY).count("barrier-escalated") == 1


def test_a_barrier_that_is_found_worse_escalates_by_its_age() -> None:
    """Its age counts from when it was raised, so it may escalate at once."""
    world = found_programme(ESCALATING)
    done(hinder(world, TECHNOLOGY, severity=Severity.MINOR, steps=(), actor=OFFICE))
    world.wait(8)
    worse = ReassessBarrier(actor=OFFICE, barrier=1, severity=Severity.SERIOUS, reason="It spread.")
    done(world.do(TECHNOLOGY, worse))
    assert called_on(world) == ("npt", "lead")


def called_on(world: World) -> tuple[str, ...]:
    """The roles to which the technology's first barrier has escalated."""
    return world.technology.barriers[1].escalated


def test_what_was_tried_stays_on_record_with_its_outcome() -> None:
    """For the next board."""
    world = at_pilot()
    done(hinder(world))
    done(mitigate(world))
    done(conclude(world))
    done(close(world))
    (attempt,) = world.rollout(FIFE).barriers[1].attempts
    assert (attempt.strategy, attempt.outcome, attempt.begun.role) == ("hire", "worked", PEOPLE.roles[1])


# --- what may help ------------------------------------------------------------------------------------------

STRATEGIES = st.sampled_from(["champions", "hire", "train", "visit"])
TRIED = st.builds(
    Tried, strategy=STRATEGIES, worked=st.integers(0, 3), helped=st.integers(0, 3), failed=st.integers(0, 3)
)
ENDORSED = st.builds(Endorsement, strategy=STRATEGIES, share=st.floats(0.1, 1))


@given(
    st.lists(ENDORSED, max_size=4, unique_by=lambda it: it.strategy),
    st.lists(TRIED, max_size=4, unique_by=lambda it: it.strategy),
)
def test_everything_that_is_known_is_suggested_once_with_its_ground(
    endorsed: list[Endorsement], tried: list[Tried]
) -> None:
    """What helped here comes first, what did nothing comes last, and the two grounds are never mixed."""
    found = suggest(tuple(endorsed), tuple(tried))
    named = [it.strategy for it in found]
    assert sorted(named) == sorted(
        {it.strategy for it in endorsed} | {it.strategy for it in tried if it.times}
    )
    assert all(it.share == {e.strategy: e.share for e in endorsed}.get(it.strategy) for it in found)
    kinds = [_kind(it) for it in found]
    assert kinds == sorted(kinds)


def _kind(it: Suggestion) -> int:
    if it.tried is None:
        return 1
    return 0 if it.tried.worked + it.tried.helped else 2


def test_what_worked_more_often_is_suggested_first() -> None:
    """Then what was endorsed by more."""
    found = suggest(
        (Endorsement(strategy="a", share=0.3), Endorsement(strategy="b", share=0.7)),
        (
            Tried(strategy="c", worked=2, failed=1),
            Tried(strategy="d", worked=1),
            Tried(strategy="e", failed=2),
        ),
    )
    assert [it.strategy for it in found] == ["d", "c", "b", "a", "e"]


def test_what_helped_somewhat_counts_half() -> None:
    """And more than what mostly failed."""
    found = suggest((), (Tried(strategy="a", worked=1, failed=2), Tried(strategy="b", helped=1)))
    assert [it.strategy for it in found] == ["b", "a"]
