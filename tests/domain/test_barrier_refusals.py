"""Every refusal about barriers, by example."""

from domain.barrier import CloseBarrier, ConcludeMitigation, MitigateBarrier, RaiseBarrier, ReassessBarrier
from domain.barrier_words import Nature, Outcome, Resolution, Severity
from domain.refusal import Refusal
from domain.steps import SkipStep
from domain.technology import Stage
from tests.domain.examples import FIFE, NOBODY, OFFICE, TECHNOLOGY, VISITOR, lead_of, people_of, someone
from tests.domain.test_refusals import assert_refused
from tests.domain.world import Answer, World, reach

LEAD = lead_of("fife")
PEOPLE = people_of("fife")


def at_pilot() -> World:
    """A world in which Fife's proof of concept is under way."""
    return reach(Stage.TEST_AND_LEARN)


def hinder(world: World, stream: str = FIFE, **more: object) -> Answer:
    """Raise a barrier that blocks the set-up."""
    given: dict[str, object] = {
        "actor": PEOPLE,
        "what": "Nobody has time",
        "category": "available-resources",
        "severity": Severity.BLOCKING,
        "steps": ("set-up",),
        "owner": "team",
        "reason": "Three said so.",
    }
    return world.do(stream, RaiseBarrier.model_validate(given | more))


def mitigate(world: World, strategy: str = "hire", **more: object) -> Answer:
    """Try something against the first barrier."""
    given: dict[str, object] = {"actor": PEOPLE, "barrier": 1, "strategy": strategy, "what": "Hire two"}
    return world.do(FIFE, MitigateBarrier.model_validate(given | {"reason": "It may help."} | more))


def conclude(world: World, outcome: Outcome = Outcome.WORKED, attempt: int = 1) -> Answer:
    """Say how that ended."""
    command = ConcludeMitigation(
        actor=PEOPLE, barrier=1, attempt=attempt, outcome=outcome, reason="Two were hired."
    )
    return world.do(FIFE, command)


def close(world: World, resolution: Resolution = Resolution.OVERCOME, **more: object) -> Answer:
    """Close the first barrier."""
    given: dict[str, object] = {"actor": PEOPLE, "barrier": 1, "resolution": resolution, "reason": "Done."}
    return world.do(FIFE, CloseBarrier.model_validate(given | more))


def done(answer: Answer) -> None:
    """It was not refused."""
    assert not isinstance(answer, Refusal), answer


# --- raising ------------------------------------------------------------------------------------------------


def test_raising_takes_a_role() -> None:
    """Any will do."""
    assert_refused(
        hinder(at_pilot(), actor=NOBODY),
        "wrong-role",
        "Raising a barrier takes a role, and you have none: act in one.",
    )
    done(hinder(at_pilot(), actor=VISITOR))


def test_what_hinders_a_board_is_raised_by_those_who_act_there() -> None:
    """What hinders the whole can be raised from anywhere."""
    assert_refused(
        hinder(at_pilot(), actor=people_of("orkney")),
        "out-of-scope",
        "rollout/ccbt/fife concerns others than orkney: ask someone who acts there.",
    )
    done(hinder(at_pilot(), TECHNOLOGY, actor=people_of("orkney"), steps=()))


def test_a_barrier_has_a_severity_and_a_facilitator_has_none() -> None:
    """Before anything is asked of the state."""
    assert_refused(
        hinder(at_pilot(), severity=None),
        "severity",
        'The barrier "Nobody has time" needs a severity: say how much.',
    )
    assert_refused(
        hinder(at_pilot(), nature=Nature.FACILITATOR),
        "severity",
        'The facilitator "Nobody has time" takes no severity: leave it out.',
    )


def test_the_steps_of_a_barrier_are_those_of_the_plan_at_hand() -> None:
    """A near miss is named."""
    assert_refused(
        hinder(at_pilot(), steps=("setup",)),
        "no-such-step",
        'rollout/ccbt/fife works on no step "setup" now: did you mean "set-up"?',
    )


def test_evidence_that_shows_a_barrier_is_on_record() -> None:
    """Its name is checked."""
    assert_refused(
        hinder(at_pilot(), evidence=("ccbt/fife/outcomes/1",)),
        "no-such-evidence",
        'rollout/ccbt/fife knows no evidence "ccbt/fife/outcomes/1": list the evidence to see its names.',
    )


# --- what it holds ------------------------------------------------------------------------------------------


def test_a_step_that_a_barrier_holds_is_neither_completed_nor_skipped() -> None:
    """The sentence names the barrier; when it is closed the step can be worked on as before."""
    world = at_pilot()
    done(hinder(world))
    sentence = '"Set-up" is held by barrier 1 ("Nobody has time"): overcome and close that first.'
    assert_refused(world.complete(FIFE, "set-up"), "held-by-barrier", sentence)
    skip = SkipStep(actor=PEOPLE, plan="proof", step="set-up", reason="Not here.")
    assert_refused(world.do(FIFE, skip), "held-by-barrier", sentence)
    done(close(world, Resolution.GONE))
    done(world.complete(FIFE, "set-up"))


# --- seeing to it -------------------------------------------------------------------------------------------


def test_a_barrier_that_is_not_there_is_not_seen_to() -> None:
    """Those that are there are named."""
    assert_refused(close(at_pilot()), "no-such-barrier", "rollout/ccbt/fife has no barrier 1: there is none.")


def test_a_barrier_is_seen_to_by_its_owner_or_those_who_steer() -> None:
    """And by nobody else."""
    world = at_pilot()
    done(hinder(world))
    assert_refused(
        mitigate(world, actor=someone("Visitor", "visitor")),
        "wrong-role",
        'Barrier 1 ("Nobody has time") belongs to team or npt or lead and you act as visitor: ask someone '
        "who holds that role.",
    )
    done(mitigate(world, actor=LEAD))


def test_a_closed_barrier_stays_closed() -> None:
    """Another is raised if it hinders again."""
    world = at_pilot()
    done(hinder(world))
    done(close(world, Resolution.GONE))
    assert_refused(
        mitigate(world),
        "barrier-closed",
        'Barrier 1 ("Nobody has time") was closed on 4 Jan 2027 as gone: raise another if it hinders again.',
    )


def test_reassessing_says_something_new() -> None:
    """Or nothing at all."""
    world = at_pilot()
    done(hinder(world))
    again = ReassessBarrier(actor=PEOPLE, barrier=1, severity=Severity.BLOCKING, reason="As before.")
    assert_refused(
        world.do(FIFE, again),
        "nothing-new",
        'Barrier 1 ("Nobody has time") is blocking and team sees to it already: say what has changed.',
    )


def test_what_helps_is_neither_graded_nor_mitigated() -> None:
    """One makes use of it."""
    world = at_pilot()
    done(hinder(world, nature=Nature.FACILITATOR, severity=None, what="A keen GP"))
    graded = ReassessBarrier(actor=PEOPLE, barrier=1, severity=Severity.MINOR, reason="A little.")
    assert_refused(
        world.do(FIFE, graded),
        "severity",
        'Facilitator 1 ("A keen GP") helps, so it takes no severity: leave it out.',
    )
    assert_refused(
        mitigate(world),
        "helps",
        'Facilitator 1 ("A keen GP") helps: there is nothing to mitigate, so make use of it.',
    )


def test_one_strategy_is_tried_once_at_a_time() -> None:
    """Another may be tried beside it."""
    world = at_pilot()
    done(hinder(world))
    done(mitigate(world))
    assert_refused(
        mitigate(world),
        "under-way",
        '"hire" is being tried already as mitigation 1: say how that ended first.',
    )
    done(mitigate(world, "borrow"))
    done(conclude(world))
    done(mitigate(world))


def test_an_outcome_belongs_to_a_mitigation_that_is_being_tried() -> None:
    """It is given once."""
    world = at_pilot()
    done(hinder(world))
    assert_refused(
        conclude(world),
        "no-such-mitigation",
        'Barrier 1 ("Nobody has time") has no mitigation 1: there is none.',
    )
    done(mitigate(world))
    done(conclude(world, Outcome.FAILED))
    assert_refused(
        conclude(world),
        "mitigation-ended",
        'Mitigation 1 of Barrier 1 ("Nobody has time") ended on 4 Jan 2027: it failed; try another.',
    )


# --- closing ------------------------------------------------------------------------------------------------


def test_a_barrier_is_closed_once_all_that_was_tried_has_its_outcome() -> None:
    """However it is closed."""
    world = at_pilot()
    done(hinder(world))
    done(mitigate(world))
    for resolution in Resolution:
        assert_refused(
            close(world, resolution),
            "outcome-missing",
            'Barrier 1 ("Nobody has time") cannot be closed while mitigation 1 ("Hire two") has no outcome: '
            "say how it ended first.",
        )


def test_a_barrier_is_overcome_by_something_that_helped() -> None:
    """What failed overcomes nothing."""
    world = at_pilot()
    done(hinder(world))
    sentence = (
        'Barrier 1 ("Nobody has time") cannot be closed as overcome, for nothing that was tried worked or '
        "helped: record what did, or close it as accepted or gone."
    )
    assert_refused(close(world), "nothing-helped", sentence)
    done(mitigate(world))
    done(conclude(world, Outcome.FAILED))
    assert_refused(close(world), "nothing-helped", sentence)
    done(mitigate(world, "borrow"))
    done(conclude(world, Outcome.HELPED, 2))
    done(close(world))


def test_those_who_steer_decide_to_live_with_a_barrier() -> None:
    """Its owner alone does not."""
    world = at_pilot()
    done(hinder(world))
    owner = someone("Team", "team", boards=("fife",))
    assert_refused(
        close(world, Resolution.ACCEPTED, actor=owner),
        "wrong-role",
        'Living with Barrier 1 ("Nobody has time") belongs to npt or lead and you act as team: ask someone '
        "who holds that role.",
    )
    done(close(world, Resolution.ACCEPTED, actor=OFFICE))
