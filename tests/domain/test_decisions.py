"""How decisions come about: seats, votes, conditions, waivers, time, and gates that open by themselves."""

from datetime import timedelta
from typing import Any

import pytest

from domain.docket import GateDecided
from domain.evidence import digest
from domain.gate import Seat
from domain.gate_commands import MeetCondition
from domain.refusal import Refusal
from domain.standing import common_waits, next_deadline, still_to_decide
from domain.steering import Pause, Resume
from domain.technology import Stage
from domain.technology_waits import waits
from tests.domain.deciding import (
    ASSURER,
    BYSTANDER,
    CASE_REF,
    CHAIR,
    CHIEF,
    CLINICIAN,
    PANEL,
    WAIVING,
    add,
    agree,
    answer,
    ask_to_waive,
    at_begin,
    because,
    decide,
    grant,
    on_terms,
    oppose,
    passed,
    reviews,
    withdraw,
)
from tests.domain.examples import (
    FIFE,
    NATIONAL_TEAM,
    OFFICE,
    PROPOSER,
    TECHNOLOGY,
    ask,
    ask_of,
    at_least,
    figure,
    make_gate,
    make_plan,
    make_step,
    people_of,
    propose,
    someone,
)
from tests.domain.world import World, found_programme

ENOUGH = ask_of("enough", title="Enough complete", evidence="case", test=at_least(0.5))
LIMITED: dict[str, Any] = {"time_limit": timedelta(days=5), "escalates_to": ("chief",)}


def last_decision(world: World, stream: str = TECHNOLOGY) -> GateDecided:
    """The decision that was taken last."""
    found = [event for event in world.history[stream] if isinstance(event, GateDecided)]
    return found[-1]


# --- seats and votes ----------------------------------------------------------------------------------------


def test_a_decision_takes_its_quorum() -> None:
    """The first vote decides nothing; the second does, and the record names both."""
    world = at_begin(**PANEL)
    agree(decide(world))
    assert not passed(world)
    assert still_to_decide(world.technology.docket.matters[0]) == ("clinician", "assurer")
    agree(decide(world, CLINICIAN))
    assert passed(world)
    assert [(vote.role, vote.name) for vote in last_decision(world).votes] == [
        ("clinician", "Clinician"),
        ("npt", "Chair"),
    ]


def test_nothing_is_decided_without_a_required_seat() -> None:
    """Two others agree, and wait for the chair all the same."""
    world = at_begin(**PANEL)
    agree(decide(world, CLINICIAN))
    agree(decide(world, ASSURER))
    assert not passed(world)
    agree(decide(world))
    assert passed(world)


def test_a_required_seat_that_says_otherwise_is_not_outvoted() -> None:
    """Two say go, and the chair says no: they have to come to terms."""
    world = at_begin(**PANEL)
    agree(decide(world, CLINICIAN))
    agree(decide(world, ASSURER))
    agree(decide(world, outcome="end"))
    assert world.technology.stopped is None
    assert not passed(world)
    agree(decide(world))
    assert passed(world)


def test_an_abstention_fills_a_seat_and_counts_for_nothing() -> None:
    """The chair's abstention lets the others decide; it does not make up the quorum."""
    world = at_begin(**PANEL)
    agree(decide(world, outcome="abstain"))
    agree(decide(world, CLINICIAN))
    assert not passed(world)
    agree(decide(world, ASSURER))
    assert passed(world)


def test_a_person_may_change_what_they_said() -> None:
    """Only the last word counts, and it is still one vote."""
    world = at_begin(**PANEL)
    agree(decide(world, CLINICIAN, "end"))
    agree(decide(world, CLINICIAN))
    assert not passed(world)
    agree(decide(world, outcome="end"))
    agree(decide(world))
    assert passed(world)


def test_somebody_with_two_roles_keeps_to_the_seat_they_have_filled() -> None:
    """Saying it again changes the vote, and fills no second seat."""
    both = someone("Jo", "npt", "clinician")
    world = at_begin(**PANEL)
    agree(decide(world, both))
    agree(decide(world, both))
    assert list(world.technology.docket.matters[0].votes) == ["npt"]
    assert not passed(world)


def test_somebody_with_two_roles_takes_the_seat_that_is_free() -> None:
    """The chair is there already; the clinician's seat is not filled."""
    world = at_begin(**PANEL)
    agree(decide(world))
    agree(decide(world, someone("Jo", "npt", "clinician")))
    assert passed(world)


def test_a_vote_to_proceed_falls_when_the_evidence_changes() -> None:
    """What the chair agreed to is not what the clinician now sees; the chair has to look again."""
    world = at_begin(**PANEL)
    agree(decide(world))
    agree(add(world, "case"))
    agree(decide(world, CLINICIAN))
    assert not passed(world)
    agree(decide(world))
    assert passed(world)


def test_a_vote_to_end_it_does_not_fall_with_the_evidence() -> None:
    """No evidence is needed to end something."""
    world = at_begin(**PANEL)
    agree(decide(world, outcome="end"))
    agree(add(world, "case"))
    agree(decide(world, CLINICIAN, "end"))
    assert world.technology.stopped is not None


def test_a_decision_names_exactly_what_was_seen() -> None:
    """By its name and by what its content is known by."""
    world = at_begin()
    agree(decide(world))
    seen = last_decision(world).judgements[0].evidence
    entry = world.technology.on_record[CASE_REF]
    assert [(item.ref, item.digest) for item in seen] == [(CASE_REF, digest(entry.evidence))]


def test_the_people_of_steps_closed_at_one_moment_all_brought_the_gate_about() -> None:
    """Nobody can tell which of them was the last, so none of them decides alone."""
    plan = make_plan("assessment", make_step("a"), make_step("b", owner="npt", evidence=[ask("case")]))
    world = found_programme(propose(assessment=plan))
    world.complete(TECHNOLOGY, "a")
    world.complete(TECHNOLOGY, "b", actor=CHAIR)
    for actor in (CHAIR, someone("National team", "npt")):
        refusal = decide(world, actor)
        assert isinstance(refusal, Refusal)
        assert refusal.code == "own-request"
    agree(decide(world, OFFICE))


# --- what an abstention completes ---------------------------------------------------------------------------

WAITS_FOR_CLINICIAN: dict[str, Any] = {
    "seats": (Seat(role="npt"), Seat(role="clinician", required=True)),
    "waiving": WAIVING,
}


def test_an_abstention_passes_no_gate_over_an_objection() -> None:
    """It was raised after the chair had said go; the abstention would be the last word."""
    world = at_begin(**WAITS_FOR_CLINICIAN)
    agree(decide(world))
    agree(oppose(world))
    refusal = decide(world, CLINICIAN, "abstain")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "objection-open"
    agree(answer(world, someone("Other chair", "npt")))
    agree(decide(world, CLINICIAN, "abstain"))
    assert passed(world)


def test_an_abstention_passes_no_gate_whose_waiver_has_run_out() -> None:
    """The evidence is as it was, but it no longer does."""
    world = at_begin((ENOUGH,), **WAITS_FOR_CLINICIAN)
    agree(add(world, "case", CASE_REF, finding=figure(0.1)))
    agree(ask_to_waive(world, 5, criterion="enough"))
    agree(grant(world))
    agree(decide(world))
    world.wait(5)
    refusal = decide(world, CLINICIAN, "abstain")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "criteria-unmet"


def test_an_abstention_passes_what_others_have_accepted_as_unclear() -> None:
    """Whoever abstains need not judge; somebody has to have done so."""
    world = at_begin((ENOUGH,), **WAITS_FOR_CLINICIAN)
    agree(decide(world, accepts={"enough": "few, but all of them"}))
    agree(decide(world, CLINICIAN, "abstain"))
    assert passed(world)


def test_an_abstention_passes_nothing_unclear_that_nobody_accepted() -> None:
    """It had been waived, so the chair was not asked; now the waiver has run out."""
    world = at_begin((ENOUGH,), **WAITS_FOR_CLINICIAN)
    agree(ask_to_waive(world, 5, criterion="enough"))
    agree(grant(world))
    agree(decide(world))
    world.wait(5)
    refusal = decide(world, CLINICIAN, "abstain")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "judgement-needed"


# --- conditions ---------------------------------------------------------------------------------------------


def meet(world: World) -> None:
    """The team says that the first condition is met."""
    command = MeetCondition(actor=NATIONAL_TEAM, gate="begin", condition=1, reason="ten were asked")
    agree(world.do(TECHNOLOGY, command))


def test_a_conditional_go_goes_on_and_waits_for_its_condition() -> None:
    """It is known by when somebody has to look."""
    world = at_begin()
    terms = on_terms(world)
    agree(decide(world, terms=terms))
    assert world.technology.stage == Stage.TEST_AND_LEARN
    assert "condition 1: Ask ten users" in [wait.what for wait in waits(world.technology)]
    assert next_deadline(world.technology, world.now) == terms[0].due


def test_a_condition_met_in_time_leaves_the_decision_alone() -> None:
    """Nobody has to look at it any more."""
    world = at_begin()
    agree(decide(world, terms=on_terms(world)))
    meet(world)
    assert next_deadline(world.technology, world.now) is None
    world.wait(11)
    world.notice(TECHNOLOGY)
    assert not reviews(world)


@pytest.mark.parametrize("paused", [False, True], ids=["at work", "paused"])
def test_a_condition_that_is_not_met_in_time_reopens_the_gate(paused: bool) -> None:
    """At that very moment; what others were promised does not wait for a pause to end."""
    world = at_begin()
    agree(decide(world, terms=on_terms(world)))
    if paused:
        world.do(TECHNOLOGY, Pause(actor=OFFICE, reason="flood"))
    world.let_pass(timedelta(days=10) - timedelta(seconds=1))
    world.notice(TECHNOLOGY)
    assert not reviews(world)
    world.let_pass(timedelta(seconds=1))
    world.notice(TECHNOLOGY)
    assert because(world) == "condition 1 was not met by 14 Jan 2027: Ask ten users"


def test_deciding_again_settles_anew_on_what_it_depends() -> None:
    """The old condition lapses, and no longer reopens anything."""
    world = at_begin()
    agree(decide(world, terms=on_terms(world)))
    world.wait(10)
    world.notice(TECHNOLOGY)
    agree(decide(world))
    world.wait(10)
    world.notice(TECHNOLOGY)
    assert not reviews(world)
    assert world.technology.stage == Stage.TEST_AND_LEARN


def test_everybody_who_agrees_may_make_it_depend_on_something() -> None:
    """The conditions of those who agreed are numbered one after the other."""
    world = at_begin(**PANEL)
    agree(decide(world, terms=on_terms(world, text="Ask ten users")))
    agree(decide(world, CLINICIAN, terms=on_terms(world, text="Check the alarms")))
    made = [(it.number, it.terms.text) for it in world.technology.docket.conditions]
    assert made == [(1, "Check the alarms"), (2, "Ask ten users")]


# --- waivers ------------------------------------------------------------------------------------------------


def waived(days: int = 30) -> World:
    """A world whose first gate was passed with too few completions, waived for so many days."""
    world = at_begin((ENOUGH,), waiving=WAIVING)
    agree(add(world, "case", CASE_REF, finding=figure(0.1)))
    agree(ask_to_waive(world, days, criterion="enough"))
    assert isinstance(decide(world), Refusal), "asked for is not granted"
    agree(grant(world))
    agree(decide(world))
    return world


def test_a_waiver_that_runs_out_reopens_what_rests_on_it() -> None:
    """On the day, and not before."""
    world = waived()
    assert last_decision(world).waivers == (1,)
    assert next_deadline(world.technology, world.now) == world.now + timedelta(days=30)
    world.let_pass(timedelta(days=30) - timedelta(seconds=1))
    world.notice(TECHNOLOGY)
    assert not reviews(world)
    world.let_pass(timedelta(seconds=1))
    world.notice(TECHNOLOGY)
    assert because(world) == "the waiver of Enough complete expired on 3 Feb 2027"


def test_a_waiver_that_runs_out_reopens_nothing_once_the_criterion_is_met() -> None:
    """That was what the time was for."""
    world = waived()
    agree(add(world, "case", "ccbt/case/2", finding=figure(0.6)))
    world.wait(31)
    world.notice(TECHNOLOGY)
    assert not reviews(world)
    assert next_deadline(world.technology, world.now) is None


def test_a_waiver_that_was_not_needed_is_not_rested_on() -> None:
    """The criterion was met when it was decided."""
    world = at_begin(waiving=WAIVING)
    agree(ask_to_waive(world))
    agree(grant(world))
    agree(decide(world))
    assert last_decision(world).waivers == ()
    world.wait(31)
    world.notice(TECHNOLOGY)
    assert not reviews(world)


# --- time ---------------------------------------------------------------------------------------------------


def test_a_gate_that_waits_for_too_long_escalates() -> None:
    """Then the chief may decide alone, and was not asked before."""
    world = at_begin(**PANEL, **LIMITED)
    assert isinstance(decide(world, CHIEF), Refusal)
    assert next_deadline(world.technology, world.now) == world.now + timedelta(days=5)
    world.let_pass(timedelta(days=5))
    world.notice(TECHNOLOGY)
    assert {wait.on for wait in common_waits(world.technology)} == {"npt", "clinician", "assurer", "chief"}
    assert next_deadline(world.technology, world.now) is None
    agree(decide(world, CHIEF))
    assert passed(world)


def test_time_alone_decides_nothing_at_a_gate() -> None:
    """It escalates once, however often one looks."""
    world = at_begin(**PANEL, **LIMITED)
    for _ in range(3):
        world.wait(50)
        world.notice(TECHNOLOGY)
    assert world.kinds(TECHNOLOGY).count("gate-escalated") == 1
    assert not world.technology.decisions


def test_paused_time_does_not_count_before_a_gate_escalates() -> None:
    """Three days at work, ten paused, and two more."""
    world = at_begin(**PANEL, **LIMITED)
    world.wait(3)
    world.do(TECHNOLOGY, Pause(actor=OFFICE, reason="flood"))
    world.wait(10)
    world.notice(TECHNOLOGY)
    world.do(TECHNOLOGY, Resume(actor=OFFICE, reason="dry"))
    assert next_deadline(world.technology, world.now) == world.now + timedelta(days=2)
    world.wait(1)
    world.notice(TECHNOLOGY)
    assert "gate-escalated" not in world.kinds(TECHNOLOGY)
    world.wait(1)
    world.notice(TECHNOLOGY)
    assert "gate-escalated" in world.kinds(TECHNOLOGY)


def test_each_of_several_pauses_gives_a_gate_the_time_that_it_took() -> None:
    """One day at work, three paused, one at work, four paused: three days are left of five."""
    world = at_begin(**PANEL, **LIMITED)
    for days in (3, 4):
        world.wait(1)
        world.do(TECHNOLOGY, Pause(actor=OFFICE, reason="flood"))
        world.wait(days)
        world.do(TECHNOLOGY, Resume(actor=OFFICE, reason="dry"))
    assert next_deadline(world.technology, world.now) == world.now + timedelta(days=3)


def test_a_gate_reopened_during_a_pause_has_its_whole_time_and_no_more() -> None:
    """The part of the pause that was before it is not given on top."""
    world = at_begin(**LIMITED)
    agree(decide(world))
    world.do(TECHNOLOGY, Pause(actor=OFFICE, reason="flood"))
    world.wait(10)
    agree(withdraw(world, CASE_REF))
    world.wait(10)
    world.do(TECHNOLOGY, Resume(actor=OFFICE, reason="dry"))
    assert world.technology.docket.reviews["begin"].due == world.now + timedelta(days=5)


# --- gates that open by themselves --------------------------------------------------------------------------


def scaling(**release: object) -> World:
    """A world whose technology comes to its first wave; the gate there asks for training in the field."""
    given: dict[str, object] = {
        "criteria": (ask_of("trainers", evidence="trainers", test=at_least(0.8)),),
        "outcomes": {"go": "proceed"},
        "automatic": True,
    }
    gate = make_gate("release", "npt", **(given | release))  # type: ignore[arg-type]
    plan = make_plan("standardisation", make_step("write", evidence=[ask("trainers")]))
    world = found_programme(propose(gates={"release": gate}, standardisation=plan))
    while world.technology.stage != Stage.SCALE:
        assert world.work_through()
    return world


def is_released(world: World) -> bool:
    """Whether the pilots may replicate."""
    return "pilots" in world.technology.released


def test_a_gate_opens_by_itself_once_every_criterion_is_met() -> None:
    """Unclear is not met: a statement alone releases nobody."""
    world = scaling()
    assert not is_released(world)
    agree(add(world, "trainers", "ccbt/trainers/1", finding=figure(0.9)))
    assert is_released(world)
    decided = last_decision(world)
    assert (decided.by.name, decided.gate) == ("cairn", "release-pilots")
    assert [item.ref for item in decided.judgements[0].evidence] == ["ccbt/trainers/2"]


def test_a_gate_that_opens_by_itself_is_confirmed_by_itself_once_its_ground_is_back() -> None:
    """Its ground fell; it waits as long as there is none, and needs nobody once there is."""
    world = scaling()
    agree(add(world, "trainers", "ccbt/trainers/1", finding=figure(0.9)))
    agree(withdraw(world, "ccbt/trainers/2"))
    assert "release-pilots" in world.technology.docket.reviews
    released = world.technology.released
    agree(add(world, "trainers", finding=figure(0.9)))
    assert "release-pilots" not in world.technology.docket.reviews
    assert world.technology.released == released, "the wave is not released a second time"
    assert last_decision(world).by.name == "cairn"


def test_a_gate_does_not_open_by_itself_on_a_waiver() -> None:
    """That somebody may pass it does not mean that it passes."""
    world = scaling(waiving=WAIVING)
    agree(ask_to_waive(world, criterion="trainers", gate="release-pilots"))
    agree(grant(world, gate="release-pilots"))
    world.notice(TECHNOLOGY)
    assert not is_released(world)


def test_a_gate_does_not_open_by_itself_while_somebody_objects() -> None:
    """The answer opens it."""
    world = scaling()
    agree(oppose(world, gate="release-pilots"))
    agree(add(world, "trainers", "ccbt/trainers/1", finding=figure(0.9)))
    world.notice(TECHNOLOGY)
    assert not is_released(world)
    agree(answer(world, gate="release-pilots"))
    assert is_released(world)


def test_a_gate_does_not_open_by_itself_while_all_rests_or_an_earlier_one_is_open_again() -> None:
    """It does once both are over."""
    world = scaling()
    agree(withdraw(world, "ccbt/fife/outcomes/1", FIFE, actor=people_of("fife")))
    assert reviews(world) == ["scale"]
    agree(add(world, "trainers", "ccbt/trainers/1", finding=figure(0.9)))
    world.do(TECHNOLOGY, Pause(actor=OFFICE, reason="flood"))
    agree(add(world, "outcomes", stream=FIFE, actor=people_of("fife")))
    world.do(TECHNOLOGY, Resume(actor=OFFICE, reason="dry"))
    assert not is_released(world)
    agree(decide(world, gate="scale"))
    assert is_released(world)


def test_somebody_may_release_what_does_not_release_itself() -> None:
    """With their judgement of what is unclear."""
    world = scaling()
    agree(decide(world, gate="release-pilots", accepts={"trainers": "the trainers are in the field"}))
    assert is_released(world)


# --- waiting ------------------------------------------------------------------------------------------------


def test_it_is_known_who_has_to_answer_an_objection() -> None:
    """Everybody who decides."""
    world = at_begin(**PANEL)
    agree(oppose(world, BYSTANDER))
    asked = {wait.on for wait in common_waits(world.technology) if "objection 1" in wait.what}
    assert asked == {"npt", "clinician", "assurer"}


def test_the_proposer_is_one_of_several_who_agree() -> None:
    """Where two have to agree, they do not decide alone."""
    world = at_begin(**PANEL)
    agree(decide(world, PROPOSER))
    agree(decide(world, CLINICIAN))
    assert passed(world)
