"""Every refusal about evidence, checks, tests of change and what is proposed, by example."""

from datetime import date

from domain import technology_rules
from domain.evidence import SignOff, Verdict
from domain.learning import DecideTrial, StartTrial, StudyTrial, TrialCommand
from domain.learning import Verdict as Becoming
from domain.refusal import Refusal
from domain.steering import Pause, Stop
from domain.technology import DeclareChange, Propose, Stage
from tests.domain.deciding import (
    BYSTANDER,
    CASE,
    CASE_REF,
    CHAIR,
    add,
    agree,
    at_begin,
    sign,
    withdraw,
)
from tests.domain.examples import (
    ASSESSMENT,
    FIFE,
    NOBODY,
    PROPOSAL,
    PROPOSER,
    SAFETY,
    START,
    TECHNOLOGY,
    ask,
    ask_of,
    bring,
    figure,
    lead_of,
    make_gate,
    make_plan,
    make_step,
    people_of,
    propose,
)
from tests.domain.test_refusals import assert_refused
from tests.domain.world import Answer, World, found_programme, reach

# --- evidence -----------------------------------------------------------------------------------------------


def test_evidence_that_nothing_asks_for_is_not_kept() -> None:
    """A near miss is named; else what is asked for."""
    assert_refused(
        add(at_begin(), "cases"),
        "evidence-unasked",
        'Nothing in technology/ccbt asks for evidence "cases": did you mean "case"?',
    )
    assert_refused(
        add(at_begin(), "weather"),
        "evidence-unasked",
        'Nothing in technology/ccbt asks for evidence "weather": choose from case.',
    )


def test_evidence_is_brought_in_a_role() -> None:
    """And for what one acts for."""
    assert_refused(
        add(at_begin(), "case", actor=NOBODY),
        "wrong-role",
        "Adding evidence takes a role, and you have none: act in one.",
    )
    assert_refused(
        add(at_begin(), "case", actor=people_of("fife")),
        "out-of-scope",
        "Adding evidence to technology/ccbt is the work of the national programme and you act for fife: ask "
        "someone who acts for the national programme.",
    )


def test_evidence_that_has_expired_is_not_brought() -> None:
    """Its last day still counts; and no day before its own can be its last."""
    assert_refused(
        add(at_begin(), "case", expires=date(2027, 1, 3)),
        "evidence-expired",
        'Evidence "case" expired on 2027-01-03: bring what is in force.',
    )
    assert not isinstance(add(at_begin(), "case", expires=date(2027, 1, 4)), Refusal)


def test_added_evidence_is_from_no_day_to_come() -> None:
    """As it is with a step's."""
    assert_refused(
        add(at_begin(), "case", dated=date(2027, 1, 5)),
        "evidence-in-future",
        'Evidence "case" is dated 2027-01-05, a day still to come: correct it.',
    )


def test_a_step_that_asks_for_figures_takes_no_statement() -> None:
    """The kind that was asked for is named, and the one that came."""
    asked = ask("case").model_copy(update={"finding": "measure"})
    plan = make_plan("assessment", make_step("describe", evidence=[asked]))
    world = found_programme(propose(assessment=plan))
    assert_refused(
        world.complete(TECHNOLOGY, "describe"),
        "wrong-kind",
        'Evidence "case" has to be of the kind measure and is attestation: bring the figures or the '
        "reference that are asked for.",
    )
    found = (bring("case", finding=figure(0.5)),)
    assert not isinstance(world.complete(TECHNOLOGY, "describe", evidence=found), Refusal)


def with_check(**gate: object) -> World:
    """A world whose first gate asks for a signature under a check, and whose assessment is done."""
    safety = ask_of("safety", title="Clinical safety", test={"kind": "signed"})
    begin = make_gate("begin", "npt", (CASE, safety), **gate)
    world = found_programme(propose(gates={"begin": begin}, assessment=ASSESSMENT, checks=(SAFETY,)))
    world.finish_plan(TECHNOLOGY)
    return world


def test_a_signature_is_not_brought_as_evidence() -> None:
    """Only signing the check brings it about, whatever it is called."""
    forged = SignOff(verdict=Verdict.ACCEPTED)
    assert_refused(
        add(with_check(), "case", finding=forged),
        "not-to-be-brought",
        'Evidence "case" is a signature, which only signing the check brings about: sign it with '
        "`check sign`.",
    )
    assert_refused(
        add(with_check(), "safety"),
        "not-to-be-brought",
        '"safety" is a governance check: sign it with `check sign`.',
    )


def test_only_evidence_about_the_same_takes_the_place_of_another() -> None:
    """A cost does not supersede a case."""
    world = at_begin(
        (CASE, ask_of("cost")),
        plan=make_plan("assessment", make_step("describe", evidence=[ask("case"), ask("cost")])),
    )
    assert_refused(
        add(world, "cost", CASE_REF),
        "other-evidence",
        'ccbt/case/1 is evidence "case" and the new one is "cost": only a finding about the same takes its '
        "place.",
    )


def test_nothing_takes_the_place_of_what_no_longer_counts() -> None:
    """It is added by itself."""
    world = at_begin()
    agree(withdraw(world, CASE_REF))
    assert_refused(
        add(world, "case", CASE_REF),
        "evidence-ended",
        "ccbt/case/1 no longer counts, so nothing can take its place: add the new one by itself.",
    )


def test_evidence_is_called_by_its_name() -> None:
    """To supersede or to withdraw; a near miss is named."""
    world = at_begin()
    near = 'technology/ccbt holds no evidence "ccbt/case/2": did you mean ccbt/case/1?'
    assert_refused(withdraw(world, "ccbt/case/2"), "no-such-evidence", near)
    assert_refused(add(world, "case", "ccbt/case/2"), "no-such-evidence", near)
    assert_refused(
        withdraw(world, "x"),
        "no-such-evidence",
        'technology/ccbt holds no evidence "x": list the evidence to see what is on record.',
    )


def test_evidence_is_withdrawn_once() -> None:
    """When and why is told."""
    world = at_begin()
    agree(withdraw(world, CASE_REF))
    assert_refused(
        withdraw(world, CASE_REF),
        "already-withdrawn",
        "ccbt/case/1 was withdrawn on 4 Jan 2027 (miscounted): there is no need to withdraw it again.",
    )


def test_evidence_is_withdrawn_by_its_role_or_by_who_steers() -> None:
    """A bystander may object, not withdraw."""
    assert_refused(
        withdraw(at_begin(), CASE_REF, actor=BYSTANDER),
        "wrong-role",
        "Withdrawing ccbt/case/1 belongs to team or npt and you act as visitor: ask someone who holds that "
        "role.",
    )


# --- checks -------------------------------------------------------------------------------------------------


def test_only_a_check_that_is_to_be_signed_is_signed() -> None:
    """A near miss is named; else what there is."""
    assert_refused(
        sign(with_check(), "savety"),
        "no-such-check",
        'technology/ccbt has no check "savety" to sign: did you mean "safety"?',
    )
    assert_refused(
        sign(at_begin(), "xyz"),
        "no-such-check",
        'technology/ccbt has no check "xyz" to sign: choose from none.',
    )


def test_a_check_is_signed_by_its_signers() -> None:
    """Not by the chair of the gate."""
    assert_refused(
        sign(with_check(), actor=CHAIR),
        "wrong-role",
        "Signing Clinical safety belongs to clinician and you act as npt: ask someone who holds that role.",
    )


def test_a_signature_on_terms_says_them_and_no_other_has_any() -> None:
    """Conditional with, accepted and refused without."""
    assert_refused(
        sign(with_check(), verdict=Verdict.CONDITIONAL),
        "terms-misplaced",
        "Clinical safety is signed conditional: say on what terms.",
    )
    for verdict in (Verdict.ACCEPTED, Verdict.REFUSED):
        assert_refused(
            sign(with_check(), verdict=verdict, terms="after the update"),
            "terms-misplaced",
            f"Clinical safety is signed {verdict}: leave out the terms.",
        )


def test_a_check_is_not_accepted_without_what_it_rests_on() -> None:
    """It can always be refused."""
    world = with_check()
    agree(withdraw(world, CASE_REF))
    assert_refused(
        sign(world),
        "evidence-missing",
        'Clinical safety cannot be accepted without evidence "case": bring it first, or sign that it is '
        "refused.",
    )
    assert not isinstance(sign(world, verdict=Verdict.REFUSED), Refusal)


def test_a_signature_that_has_run_out_is_not_given() -> None:
    """Neither one for a day to come."""
    assert_refused(
        sign(with_check(), dated=date(2025, 1, 3)),
        "evidence-expired",
        'Evidence "safety" expired on 2026-01-03: bring what is in force.',
    )
    assert_refused(
        sign(with_check(), dated=date(2027, 1, 5)),
        "evidence-in-future",
        'Evidence "safety" is dated 2027-01-05, a day still to come: correct it.',
    )


# --- tests of change ----------------------------------------------------------------------------------------

PILOT = people_of("fife")


def piloting(*priorities: str) -> World:
    """A world whose pilots test and learn for these priorities."""
    steps = (make_step(f"try-{name}", priority=name) for name in priorities)
    proof = make_plan("proof", make_step("try", evidence=[ask("outcomes")]), *steps)
    return reach(Stage.TEST_AND_LEARN, found_programme(propose(proof_of_concept=proof)))


def try_change(world: World, kind: type[TrialCommand], **more: object) -> Answer:
    """Fife starts, studies or decides its test of change."""
    given: dict[str, object] = {"actor": PILOT, "trial": "text-first"}
    if kind is StartTrial:
        given |= {"title": "Text first", "priority": "uptake", "prediction": "More people begin"}
    elif kind is StudyTrial:
        given |= {"evidence": bring("text-first")}
    else:
        given |= {"verdict": "adopt", "reason": "more began"}
    return world.do(FIFE, kind.model_validate(given | more))


def test_a_test_of_change_is_started_once() -> None:
    """The next one has a name of its own."""
    world = piloting("uptake")
    agree(try_change(world, StartTrial))
    assert_refused(
        try_change(world, StartTrial),
        "trial-known",
        'There is a test of change "text-first" already: give the next one its own name.',
    )


def test_a_test_of_change_does_not_bear_the_name_of_a_check() -> None:
    """Else what it found would stand where a signature has to."""
    check = SAFETY.model_copy(update={"rests_on": ()})
    proof = make_plan("proof", make_step("try", evidence=[ask("outcomes")], priority="uptake"))
    proposal = propose(proof_of_concept=proof, board_checks={"fife": (check,)})
    assert_refused(
        try_change(reach(Stage.TEST_AND_LEARN, found_programme(proposal)), StartTrial, trial="safety"),
        "trial-known",
        'There is a governance check "safety" already: give the test of change a name of its own.',
    )


def test_a_test_of_change_serves_a_priority_of_the_pilot() -> None:
    """They are listed."""
    assert_refused(
        try_change(piloting("uptake", "safety"), StartTrial, priority="cost"),
        "no-such-priority",
        'The pilot has no priority "cost": choose from uptake, safety.',
    )
    assert_refused(
        try_change(piloting(), StartTrial),
        "no-such-priority",
        'The pilot has no priority "uptake": choose from none.',
    )


def test_a_test_of_change_is_predicted_before_it_is_tried() -> None:
    """Blanks are no prediction."""
    assert_refused(
        try_change(piloting("uptake"), StartTrial, prediction=" "),
        "prediction-missing",
        "A test of change needs a prediction: say what you expect.",
    )


def test_only_a_test_of_change_that_was_started_is_studied() -> None:
    """Those there are are named."""
    assert_refused(
        try_change(piloting("uptake"), StudyTrial),
        "no-such-trial",
        'There is no test of change "text-first": choose from none.',
    )


def test_what_a_test_of_change_found_bears_its_name() -> None:
    """So that nothing is brought under the name of something else."""
    world = piloting("uptake")
    agree(try_change(world, StartTrial))
    assert_refused(
        try_change(world, StudyTrial, evidence=bring("outcomes")),
        "other-evidence",
        'What a test of change found bears its name: call the evidence "text-first".',
    )


def test_a_test_of_change_is_studied_before_it_is_decided_on() -> None:
    """A prediction is no finding."""
    world = piloting("uptake")
    agree(try_change(world, StartTrial))
    message = 'The test of change "text-first" has not been studied: bring what was found first.'
    assert_refused(try_change(world, DecideTrial), "not-studied", message)


def test_a_test_of_change_ends_once() -> None:
    """With what it ended is told."""
    world = piloting("uptake")
    for kind in (StartTrial, StudyTrial, DecideTrial):
        agree(try_change(world, kind))
    message = 'The test of change "text-first" ended with "adopt": start another.'
    assert_refused(try_change(world, StudyTrial), "trial-ended", message)
    assert_refused(try_change(world, DecideTrial, verdict=Becoming.ABANDON), "trial-ended", message)


def test_changes_are_tested_in_a_proof_of_concept_by_those_who_do_its_work() -> None:
    """Neither later, nor by others, nor while it rests or has ended."""
    assert_refused(
        try_change(reach(Stage.STANDARDISE), StartTrial),
        "wrong-stage",
        "rollout/ccbt/fife is in stage piloted: changes are tested in a proof of concept.",
    )
    world = piloting("uptake")
    assert_refused(
        try_change(world, StartTrial, actor=lead_of("fife")),
        "wrong-role",
        'The test of change "text-first" belongs to team and you act as lead: ask someone who holds that '
        "role.",
    )
    world.do(FIFE, Pause(actor=PILOT, reason="flood"))
    assert_refused(
        try_change(world, StartTrial),
        "paused",
        "rollout/ccbt/fife has been paused since 4 Jan 2027 (flood): it has to be resumed first.",
    )
    world.do(FIFE, Stop(actor=PILOT, reason="flood"))
    assert_refused(
        try_change(world, StartTrial),
        "stopped",
        "rollout/ccbt/fife was stopped on 4 Jan 2027 (flood): nothing can be done to it any more.",
    )


# --- the technology and its proposal ------------------------------------------------------------------------


def test_a_material_change_has_a_version_of_its_own() -> None:
    """Else nothing would be checked again."""
    assert_refused(
        found_programme().do(TECHNOLOGY, DeclareChange(actor=CHAIR, version="1", reason="new supplier")),
        "same-version",
        "technology/ccbt is at version 1 already: say what the version after the change is called.",
    )


def test_a_material_change_is_declared_by_who_steers() -> None:
    """Not by a bystander."""
    command = DeclareChange(actor=BYSTANDER, version="2", reason="new supplier")
    assert_refused(
        found_programme().do(TECHNOLOGY, command),
        "wrong-role",
        "Declaring a change belongs to npt and you act as visitor: ask someone who holds that role.",
    )


def test_a_gate_before_a_wave_repeats_nothing() -> None:
    """There is no plan that it could send back to."""
    proposal = propose(gates={"release": make_gate("release", "npt")})
    assert_refused(
        technology_rules.decide(None, Propose(actor=PROPOSER, proposal=proposal), START),
        "nothing-to-repeat",
        "The release gate stands before a wave, where there is nothing to repeat: leave out the outcome that "
        "repeats.",
    )


def test_a_step_draws_only_on_what_pilots_are_asked_to_find() -> None:
    """Else it would never open."""
    plan = make_plan("standardisation", make_step("write", draws_on=["cost"]))
    proposal = PROPOSAL.model_copy(update={"standardisation": plan})
    assert_refused(
        technology_rules.decide(None, Propose(actor=PROPOSER, proposal=proposal), START),
        "nothing-to-draw-on",
        'Step "write" draws on "cost", which no step of plan "proof" brings: correct the name, or ask for it '
        "there.",
    )


def test_a_gate_asks_for_no_signature_under_a_check_that_nobody_signs() -> None:
    """The check would have to be listed."""
    begin = make_gate("begin", "npt", (ask_of("safety", test={"kind": "signed"}),))
    proposal = propose(gates={"begin": begin})
    assert_refused(
        technology_rules.decide(None, Propose(actor=PROPOSER, proposal=proposal), START),
        "gate-cannot-pass",
        'The begin gate asks for evidence "safety" (own) and no check of that name is signed there: add it, '
        "or correct the name.",
    )
