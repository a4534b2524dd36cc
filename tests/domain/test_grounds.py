"""On what decisions rest, and what reopens them: withdrawn, superseded, changed and expired evidence."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.actor import Actor
from domain.docket import GateDecided, GateReopened
from domain.evidence import Verdict, grounds
from domain.journey import Rag
from domain.refusal import Refusal
from domain.rollout_briefs import RolloutStage
from domain.standing import next_deadline, to_renew
from domain.steering import Stop
from domain.steps import ReopenStep
from domain.technology import DeclareChange, Stage
from domain.technology_waits import waits
from tests.domain.deciding import (
    CASE,
    CASE_REF,
    CHAIR,
    add,
    agree,
    at_begin,
    because,
    decide,
    go_live,
    nationally_grounded,
    on_terms,
    reviews,
    sign,
    withdraw,
)
from tests.domain.examples import (
    ADOPTION,
    ASSESSMENT,
    FIFE,
    NATIONAL_TEAM,
    OFFICE,
    ROLLOUTS,
    SAFETY,
    START,
    TAYSIDE,
    TECHNOLOGY,
    ask_of,
    at_least,
    figure,
    lead_of,
    make_gate,
    make_plan,
    make_step,
    people_of,
    propose,
    someone,
)
from tests.domain.world import World, found_programme, reach

ENOUGH = ask_of("enough", title="Enough complete", evidence="case", test=at_least(0.5))
LIMITED: dict[str, Any] = {"time_limit": timedelta(days=5), "escalates_to": ("chief",)}


def last_decision(world: World, stream: str = TECHNOLOGY) -> GateDecided:
    """The decision that was taken last."""
    found = [event for event in world.history[stream] if isinstance(event, GateDecided)]
    return found[-1]


# --- withdrawal ---------------------------------------------------------------------------------------------


def test_withdrawing_reopens_the_gates_that_relied_on_it_and_no_other() -> None:
    """The scale decision saw what Fife found; the begin decision did not."""
    world = reach(Stage.STANDARDISE)
    agree(withdraw(world, "ccbt/fife/outcomes/1", FIFE, actor=people_of("fife")))
    assert reviews(world) == ["scale"]
    assert because(world, "scale") == "ccbt/fife/outcomes/1 was withdrawn: miscounted"


def test_what_a_pilot_withdraws_while_it_learns_again_reopens_the_gate_too() -> None:
    """The nation does not wait for the pilot to be done."""
    world = reach(Stage.STANDARDISE)
    again = ReopenStep(actor=people_of("fife"), plan="proof", step="survey", reason="too few answers")
    agree(world.do(FIFE, again))
    world.settle()
    agree(withdraw(world, "ccbt/fife/outcomes/1", FIFE, actor=people_of("fife")))
    assert reviews(world) == ["scale"]


def test_two_gates_that_were_reopened_are_confirmed_in_their_order() -> None:
    """The later one waits for the earlier one, and not the other way round."""
    gates = {name: make_gate(name, "npt", (CASE,)) for name in ("begin", "scale")}
    world = reach(Stage.STANDARDISE, found_programme(propose(gates=gates, assessment=ASSESSMENT)))
    agree(withdraw(world, CASE_REF))
    assert reviews(world) == ["begin", "scale"]
    agree(add(world, "case"))
    agree(decide(world))
    agree(decide(world, gate="scale"))
    assert not reviews(world)
    assert world.technology.stage == Stage.STANDARDISE, "to confirm moves nothing"


def test_a_reopened_gate_is_passed_only_with_what_it_asks_for() -> None:
    """What was withdrawn has to be replaced."""
    world = at_begin()
    agree(decide(world))
    agree(withdraw(world, CASE_REF))
    refusal = decide(world)
    assert isinstance(refusal, Refusal)
    assert "ccbt/case/1 was withdrawn on 4 Jan 2027: miscounted" in refusal.message


@pytest.mark.parametrize("confirmer", [CHAIR, someone("Deputy", "npt", on_behalf_of="Chair")])
def test_whoever_withdrew_the_evidence_does_not_confirm_the_gate_alone(confirmer: Actor) -> None:
    """Nobody reopens a decision and takes it again on their own, in person or by a delegation."""
    world = at_begin()
    agree(decide(world))
    agree(withdraw(world, CASE_REF, actor=CHAIR))
    agree(add(world, "case"))
    refusal = decide(world, confirmer)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "own-request"
    assert refusal.message.startswith("The begin gate was brought about by Chair, and nobody decides alone")
    agree(decide(world, someone("Another", "npt")))
    assert not reviews(world)


def test_whoever_withdrew_it_at_a_pilot_does_not_confirm_the_national_gate_alone() -> None:
    """The withdrawal travels to the nation with the people whose act it was."""
    world = reach(Stage.STANDARDISE)
    both = Actor(name="Jo", roles=("team", "npt"), boards="all", on_behalf_of="Kim")
    agree(withdraw(world, "ccbt/fife/outcomes/1", FIFE, actor=both))
    assert world.technology.docket.reviews["scale"].asked_by == ("Jo", "Kim")


def test_whoever_moved_the_ground_has_brought_the_reopening_about_and_time_is_nobody() -> None:
    """A worse finding in the place of the other, against a condition that was not met in time."""
    world = measured()
    agree(add(world, "case", "ccbt/case/2", actor=someone("Jo", "npt"), finding=figure(0.2)))
    assert world.technology.docket.reviews["begin"].asked_by == ("Jo",)
    world = at_begin()
    agree(decide(world, terms=on_terms(world)))
    world.wait(60)
    world.notice()
    assert world.technology.docket.reviews["begin"].asked_by == ()


def test_withdrawing_what_no_longer_counted_still_reopens_what_relied_on_it() -> None:
    """It was superseded since; the decision had seen it all the same."""
    world = at_begin()
    agree(decide(world))
    agree(add(world, "case", CASE_REF))
    assert not reviews(world)
    agree(withdraw(world, CASE_REF))
    assert reviews(world) == ["begin"]


def test_withdrawing_what_a_gate_did_not_see_reopens_nothing() -> None:
    """It came after the decision, and the decision stands without it."""
    world = at_begin()
    agree(decide(world))
    agree(add(world, "case"))
    agree(withdraw(world, "ccbt/case/2"))
    assert not reviews(world)


def test_withdrawing_what_took_the_place_of_the_ground_reopens_the_gate() -> None:
    """Nothing that meets the criterion is left."""
    world = at_begin()
    agree(decide(world))
    agree(add(world, "case", CASE_REF))
    agree(withdraw(world, "ccbt/case/2"))
    assert "ccbt/case/2 was withdrawn" in because(world)


def test_withdrawing_nationally_holds_up_the_boards_until_it_is_decided_again() -> None:
    """They hear why, are at risk, and go on once it is confirmed."""
    world = nationally_grounded()
    go_live(world, FIFE)
    world.finish_plan(TAYSIDE)
    agree(withdraw(world, CASE_REF))
    for stream in (FIFE, TAYSIDE):
        assert world.rollout(stream).held_up.startswith("The begin gate has to be decided again")
        assert world.rollout(stream).rag is Rag.AT_RISK
    assert isinstance(decide(world, lead_of("tayside"), stream=TAYSIDE, gate="go-live"), Refusal)
    agree(add(world, "case"))
    agree(decide(world))
    world.settle()
    assert world.rollout(TAYSIDE).held_up == ""
    agree(decide(world, lead_of("tayside"), stream=TAYSIDE, gate="go-live"))
    assert world.rollout(TAYSIDE).stage == RolloutStage.HANDOVER


def test_withdrawing_nationally_reopens_each_boards_gate_that_relied_on_it() -> None:
    """Fife had gone live on it; Tayside had not yet."""
    world = nationally_grounded()
    go_live(world, FIFE)
    agree(withdraw(world, CASE_REF))
    assert reviews(world, FIFE) == ["go-live"]
    assert not reviews(world, TAYSIDE)
    agree(add(world, "case"))
    agree(decide(world))
    world.settle()
    agree(decide(world, lead_of("fife"), stream=FIFE, gate="go-live"))
    assert not reviews(world, FIFE)
    assert world.rollout(FIFE).stage == RolloutStage.HANDOVER


def test_business_as_usual_is_held_to_its_ground_as_well() -> None:
    """Sustained for a year, and the case does not hold: every gate that saw it is open again."""
    world = nationally_grounded()
    reach(Stage.SUSTAINED, world)
    world.wait(365)
    agree(withdraw(world, CASE_REF))
    assert reviews(world) == ["begin"]
    assert world.technology.rag is Rag.AT_RISK
    for stream in (FIFE, TAYSIDE):
        assert world.rollout(stream).stage == RolloutStage.BUSINESS_AS_USUAL
        assert reviews(world, stream) == ["go-live"]
        assert world.rollout(stream).held_up


def test_the_nation_does_not_come_to_sustain_over_a_reopened_gate() -> None:
    """The last board goes live, and the technology waits for its decision all the same."""
    world = nationally_grounded()
    while len(world.technology.released) < len(world.technology.waves):
        assert world.work_through()
    agree(add(world, "case"))
    agree(withdraw(world, CASE_REF))
    for stream in ROLLOUTS:
        agree(world.do(stream, Stop(actor=OFFICE, reason="withdrawn"))) if stream != FIFE else None
    world.settle()
    assert world.rollout(FIFE).stage == RolloutStage.BUSINESS_AS_USUAL
    world.finish_plan(ADOPTION)
    assert world.technology.stage == Stage.SCALE
    agree(decide(world))
    assert world.technology.stage == Stage.SUSTAIN


# --- signatures ---------------------------------------------------------------------------------------------


def signed(verdict: Verdict = Verdict.ACCEPTED, *, required: bool = True, terms: str = "") -> World:
    """A world whose first gate asks for a signature, which is there."""
    safety = ask_of("safety", title="Clinical safety", test={"kind": "signed"}, required=required)
    begin = make_gate("begin", "npt", (safety,))
    world = found_programme(propose(gates={"begin": begin}, assessment=ASSESSMENT, checks=(SAFETY,)))
    world.finish_plan(TECHNOLOGY)
    agree(sign(world, verdict=verdict, terms=terms))
    return world


def test_a_signature_carries_its_grounds_into_the_decision() -> None:
    """The gate asks for the signature; the case below it was seen as well."""
    world = signed()
    agree(decide(world))
    seen = [item.ref for item in last_decision(world).judgements[0].evidence]
    assert seen == ["ccbt/safety/1", CASE_REF]


def test_a_signature_whose_ground_is_withdrawn_is_none() -> None:
    """The gate that rested on it is open again, until it is signed anew."""
    world = signed()
    agree(decide(world))
    agree(withdraw(world, CASE_REF))
    assert because(world) == "ccbt/case/1 was withdrawn: miscounted"
    agree(add(world, "case"))
    refusal = decide(world)
    assert isinstance(refusal, Refusal)
    assert "ccbt/safety/1 rests on ccbt/case/1, which was withdrawn: sign it again" in refusal.message
    agree(sign(world))
    agree(decide(world))
    assert not reviews(world)


def test_a_decision_does_not_fall_with_what_had_fallen_before_it() -> None:
    """The signature only informs here, and its ground is gone: confirming the gate settles that."""
    world = signed(required=False)
    agree(decide(world))
    agree(withdraw(world, CASE_REF))
    assert reviews(world) == ["begin"]
    agree(decide(world))
    assert not reviews(world)


def test_a_later_signature_takes_the_place_of_an_earlier_one() -> None:
    """A refusal reopens what was passed on the acceptance."""
    world = signed()
    agree(decide(world))
    agree(sign(world))
    assert not reviews(world)
    agree(sign(world, verdict=Verdict.REFUSED))
    assert because(world).startswith("Clinical safety no longer holds: Refused by clinician")


def test_a_signature_on_terms_is_for_a_person_to_judge() -> None:
    """Unless the programme says what it counts as."""
    world = signed(Verdict.CONDITIONAL, terms="after the update")
    refusal = decide(world)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "judgement-needed"
    agree(decide(world, accepts={"safety": "the update is out"}))


def test_a_signature_runs_out() -> None:
    """After a year, as the check says."""
    world = signed()
    assert world.technology.on_record["ccbt/safety/1"].evidence.expires == date(2028, 1, 4)
    assert [item.ref for item in grounds(world.technology.on_record["ccbt/safety/1"])][1:] == [CASE_REF]
    agree(decide(world))
    world.wait(366)
    world.notice(TECHNOLOGY)
    assert [entry.ref for entry in to_renew(world.technology)] == ["ccbt/safety/1"]
    agree(sign(world))
    assert not to_renew(world.technology)
    world.wait(366)
    world.notice(TECHNOLOGY)
    assert [entry.ref for entry in to_renew(world.technology)] == ["ccbt/safety/2"]


def test_a_national_signature_falls_at_every_board_with_its_ground() -> None:
    """The boards asked for the signature alone; that the case below it is gone reaches them as well."""
    asked = ask_of("safety", title="Clinical safety", source="national", test={"kind": "signed"})
    gates = {"go_live": make_gate("go-live", "lead", (asked,))}
    world = found_programme(propose(gates=gates, assessment=ASSESSMENT, checks=(SAFETY,)))
    world.finish_plan(TECHNOLOGY)
    agree(sign(world))
    reach(Stage.SCALE, world)
    go_live(world, FIFE)
    assert world.rollout(FIFE).stage == RolloutStage.HANDOVER
    agree(withdraw(world, CASE_REF))
    assert because(world, "go-live", FIFE) == "ccbt/case/1 was withdrawn: miscounted"


# --- superseding and changing -------------------------------------------------------------------------------


def measured(value: float = 0.6, **more: object) -> World:
    """A world whose first gate was passed on such a figure."""
    criterion = ENOUGH.model_copy(update=more)
    world = at_begin((criterion,), **LIMITED)
    agree(add(world, "case", CASE_REF, finding=figure(value)))
    agree(decide(world))
    return world


def test_superseding_evidence_that_still_meets_reopens_nothing() -> None:
    """A better count of the same."""
    world = measured()
    agree(add(world, "case", "ccbt/case/2", finding=figure(0.55)))
    assert not reviews(world)


def test_superseding_evidence_that_no_longer_meets_reopens_the_gate() -> None:
    """Later ones count as much as the first, and the reason says what is so now."""
    world = measured()
    agree(add(world, "case", "ccbt/case/2", finding=figure(0.55)))
    agree(add(world, "case", "ccbt/case/3", finding=figure(0.4)))
    assert because(world) == (
        "Enough complete no longer holds: completion is 40 % (n = 50), and at least 50 % is asked for"
    )


def test_superseding_evidence_that_is_unclear_reopens_what_was_clear() -> None:
    """Nothing unclear ever passes by itself."""
    world = measured()
    agree(add(world, "case", "ccbt/case/2"))
    assert reviews(world) == ["begin"]
    agree(decide(world, accepts={"enough": "as before, the supplier says"}))
    agree(add(world, "case", "ccbt/case/3"))
    assert not reviews(world), "what a person has accepted as unclear may stay so"


def test_superseding_evidence_is_judged_as_of_its_day() -> None:
    """That it grows old later reopens nothing, as it would not have with the first."""
    world = measured(fresh_for=timedelta(days=90))
    agree(add(world, "case", "ccbt/case/2", finding=figure(0.55)))
    world.wait(200)
    world.notice(TECHNOLOGY)
    assert not reviews(world)


def test_a_material_change_makes_what_was_found_before_stale() -> None:
    """Where the gate asks for the same version; it is open again until it is checked anew."""
    world = measured(same_version=True)
    change = DeclareChange(actor=OFFICE, version="2", reason="another supplier")
    agree(world.do(TECHNOLOGY, change))
    assert because(world) == (
        "Enough complete no longer holds: ccbt/case/2 is about version 1 and the technology is at 2: check "
        "it again"
    )
    agree(add(world, "case", "ccbt/case/2", finding=figure(0.7)))
    agree(decide(world))
    assert not reviews(world)


def test_a_material_change_leaves_alone_what_does_not_depend_on_the_version() -> None:
    """It is told all the same."""
    world = measured()
    agree(world.do(TECHNOLOGY, DeclareChange(actor=OFFICE, version="2", reason="another supplier")))
    assert not reviews(world)
    assert world.technology.version == "2"


# --- expiry -------------------------------------------------------------------------------------------------


def test_evidence_that_expires_is_noticed_the_day_after_its_last() -> None:
    """It is at risk until somebody brings it anew; the decision stands."""
    world = at_begin()
    agree(add(world, "case", CASE_REF, expires=START.date() + timedelta(days=3)))
    agree(decide(world))
    due = next_deadline(world.technology, world.now)
    assert due is not None
    assert due.date() == START.date() + timedelta(days=4)
    world.let_pass(due - world.now - timedelta(seconds=1))
    world.notice(TECHNOLOGY)
    assert not to_renew(world.technology)
    world.let_pass(timedelta(seconds=1))
    world.notice(TECHNOLOGY)
    assert [entry.ref for entry in to_renew(world.technology)] == ["ccbt/case/2"]
    assert world.technology.rag is Rag.AT_RISK
    assert not reviews(world)
    assert next_deadline(world.technology, world.now) is None


@pytest.mark.parametrize("supersedes", [None, "ccbt/case/2"], ids=["beside it", "in its place"])
def test_evidence_brought_anew_is_watched_in_its_turn(supersedes: str | None) -> None:
    """Year after year."""
    world = at_begin()
    agree(add(world, "case", CASE_REF, expires=START.date() + timedelta(days=3)))
    agree(decide(world))
    world.wait(4)
    world.notice(TECHNOLOGY)
    agree(add(world, "case", supersedes, expires=world.now.date() + timedelta(days=3)))
    assert not to_renew(world.technology)
    assert world.technology.rag is Rag.ON_TRACK
    assert next_deadline(world.technology, world.now) is not None
    world.wait(4)
    world.notice(TECHNOLOGY)
    assert "ccbt/case/3" in [entry.ref for entry in to_renew(world.technology)]
    assert not reviews(world)


def test_evidence_that_never_expires_is_never_looked_at() -> None:
    """The last of all days is how people write that."""
    world = at_begin()
    agree(add(world, "case", CASE_REF, expires=date.max))
    agree(decide(world))
    assert next_deadline(world.technology, world.now) is None


def test_no_gate_is_passed_on_what_has_expired() -> None:
    """Its last day still counts."""
    last = START.date() + timedelta(days=3)
    world = at_begin()
    agree(add(world, "case", CASE_REF, expires=last))
    world.wait(4)
    refusal = decide(world)
    assert isinstance(refusal, Refusal)
    assert "ccbt/case/2 expired on 2027-01-07" in refusal.message


# --- drawing on the pilots ----------------------------------------------------------------------------------


def drawing() -> World:
    """A world that standardises what its pilots found."""
    plan = make_plan("standardisation", make_step("write", draws_on=["outcomes"]), make_step("check"))
    return reach(Stage.STANDARDISE, found_programme(propose(standardisation=plan)))


def test_a_step_that_draws_on_findings_names_those_of_every_pilot() -> None:
    """Whoever does it knows exactly what to turn into the approach."""
    world = drawing()
    opened = [event for event in world.history[TECHNOLOGY] if getattr(event, "step", "") == "write"]
    assert getattr(opened[0], "draws_on", None) == ("ccbt/fife/outcomes/1", "ccbt/tayside/outcomes/1")


def test_a_step_that_draws_on_findings_waits_for_every_pilot() -> None:
    """Fife finds out anew: what draws on it stays closed, and says for what."""
    world = drawing()
    again = ReopenStep(actor=people_of("fife"), plan="proof", step="try", reason="wrong group")
    agree(world.do(FIFE, again))
    world.settle()
    world.complete(TECHNOLOGY, "write")
    redo = ReopenStep(actor=NATIONAL_TEAM, plan="standardisation", step="write", reason="new findings")
    agree(world.do(TECHNOLOGY, redo))
    assert world.work(TECHNOLOGY).record("write").opened is None
    assert 'the finding "outcomes", on which "Write" draws' in [it.what for it in waits(world.technology)]
    for step in ("try", "survey"):
        world.complete(FIFE, step)
    world.settle()
    assert world.work(TECHNOLOGY).record("write").opened is not None


def test_every_reopening_says_why() -> None:
    """A sentence that names what has fallen."""
    world = nationally_grounded()
    go_live(world, FIFE)
    agree(withdraw(world, CASE_REF))
    told = [
        event.because
        for events in world.history.values()
        for event in events
        if isinstance(event, GateReopened)
    ]
    assert told == ["ccbt/case/1 was withdrawn: miscounted"] * 2
