"""Every refusal about evidence and decisions, by example: what is wrong, where, and what to do."""

from datetime import timedelta

import pytest

from domain.actor import Actor
from domain.gate import Seat
from domain.gate_commands import MeetCondition
from domain.refusal import Refusal
from domain.technology import Stage
from tests.domain.deciding import (
    ASSURER,
    BYSTANDER,
    CASE,
    CASE_REF,
    CHAIR,
    PANEL,
    WAIVING,
    add,
    agree,
    answer,
    ask_to_waive,
    at_begin,
    decide,
    go_live,
    grant,
    nationally_grounded,
    on_terms,
    oppose,
    sign,
    withdraw,
)
from tests.domain.examples import (
    ASSESSMENT,
    FIFE,
    NATIONAL_TEAM,
    NOBODY,
    PROPOSER,
    SAFETY,
    TECHNOLOGY,
    ask_of,
    at_least,
    figure,
    lead_of,
    make_gate,
    people_of,
    propose,
    someone,
)
from tests.domain.test_refusals import assert_refused
from tests.domain.world import Answer, World, found_programme, reach

INDEPENDENT = (Seat(role="lead"), Seat(role="assurer", independent=True))


# --- seats --------------------------------------------------------------------------------------------------


def test_a_decision_belongs_to_those_who_have_a_seat() -> None:
    """Every seat is named."""
    assert_refused(
        decide(at_begin(**PANEL), BYSTANDER),
        "wrong-role",
        "The decision at The begin gate belongs to npt or clinician or assurer and you act as visitor: ask "
        "someone who holds that role.",
    )


def test_a_seat_is_filled_by_one_person_at_a_time() -> None:
    """Another chair does not change what the first has said."""
    world = at_begin(**PANEL)
    agree(decide(world))
    assert_refused(
        decide(world, someone("Second chair", "npt")),
        "seat-taken",
        "The seat of npt at The begin gate was filled by Chair on 4 Jan 2027: ask them to change what they "
        "said.",
    )


def test_a_seat_that_assures_a_boards_work_is_not_filled_by_the_board() -> None:
    """Neither is a check that has to be signed by somebody independent."""
    go_live_gate = make_gate("go-live", "lead", seats=INDEPENDENT, quorum=2)
    check = SAFETY.model_copy(update={"rests_on": (), "independent": True})
    proposal = propose(gates={"go_live": go_live_gate}, board_checks={"fife": (check,)})
    world = reach(Stage.SCALE, found_programme(proposal))
    world.settle()
    world.finish_plan(FIFE)
    assert_refused(
        decide(world, someone("Local assurer", "assurer", boards=("fife",)), stream=FIFE, gate="go-live"),
        "not-independent",
        "The decision at The go-live gate is assured in the seat of assurer by somebody who does not act for "
        "fife: ask someone of the national programme.",
    )
    assert_refused(
        sign(world, stream=FIFE, actor=people_of("fife")),
        "not-independent",
        "Signing Clinical safety takes somebody who does not act for fife: ask someone of the national "
        "programme.",
    )
    agree(sign(world, stream=FIFE))
    agree(decide(world, ASSURER, stream=FIFE, gate="go-live"))


@pytest.mark.parametrize(
    ("first", "second", "person"),
    [
        (someone("Jo", "npt"), someone("Jo", "clinician"), "Jo"),
        (someone("Jo", "npt"), someone("Kim", "clinician", on_behalf_of="Jo"), "Jo"),
        (someone("Jo", "npt", on_behalf_of="Kim"), someone("Kim", "clinician"), "Kim"),
        (someone("Jo", "npt", on_behalf_of="Lee"), someone("Kim", "clinician", on_behalf_of="Lee"), "Lee"),
    ],
    ids=["in person", "by a delegate", "after a delegate", "by two delegates"],
)
def test_nobody_fills_two_seats_of_one_decision(first: Actor, second: Actor, person: str) -> None:
    """Whoever lends their say to somebody else has used it."""
    world = at_begin(**PANEL)
    agree(decide(world, first))
    assert_refused(
        decide(world, second),
        "two-seats",
        f"{person} has already filled the seat of npt at The begin gate, in person or by a delegation, and "
        "nobody fills two: ask somebody else.",
    )


# --- what they asked for themselves -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "person"),
    [
        (PROPOSER, "Proposer"),
        (someone("Deputy", "npt", on_behalf_of="Proposer"), "Proposer"),
        (someone("National team", "npt"), "National team"),
        (someone("Deputy", "npt", on_behalf_of="National team"), "National team"),
        (someone("Proposer", "npt", on_behalf_of="Director"), "Proposer"),
    ],
    ids=["proposer", "delegate", "closer of the last step", "closer's delegate", "proposer as delegate"],
)
def test_nobody_decides_alone_on_what_they_asked_for(actor: Actor, person: str) -> None:
    """Neither who proposed it, nor who closed the last step, nor anybody on their behalf."""
    assert_refused(
        decide(at_begin(), actor),
        "own-request",
        f"The begin gate was brought about by {person}, and nobody decides alone, in person or by a "
        "delegation, on what they asked for: ask someone else who has a say.",
    )
    assert not isinstance(decide(at_begin(), actor, "end"), Refusal), "to end it is nobody's advantage"
    assert not isinstance(decide(at_begin(**PANEL), actor), Refusal), "where two have to agree, one may be"


def test_whoever_a_gate_escalated_to_did_not_ask_for_it_either() -> None:
    """Whoever may decide alone is held to what that takes."""
    world = at_begin(**PANEL, time_limit=timedelta(days=5), escalates_to=("chief",))
    world.wait(5)
    world.notice()
    assert_refused(
        decide(world, someone("Proposer", "chief")),
        "own-request",
        "The begin gate was brought about by Proposer, and nobody decides alone, in person or by a "
        "delegation, on what they asked for: ask someone else who has a say.",
    )


# --- what is decided ----------------------------------------------------------------------------------------


def test_an_abstention_takes_nothing_but_a_reason() -> None:
    """Who abstains makes no conditions."""
    world = at_begin(**PANEL)
    for more in ({"terms": on_terms(world)}, {"accepts": {"case": "fine"}}, {"reopen": ("describe",)}):
        assert_refused(
            decide(world, outcome="abstain", **more),
            "abstention-bare",
            "An abstention takes nothing but a reason: leave the rest out.",
        )


def test_only_an_outcome_that_proceeds_takes_conditions_and_judgements() -> None:
    """To end it on terms makes no sense."""
    world = at_begin()
    for more in ({"terms": on_terms(world)}, {"accepts": {"case": "fine"}}):
        assert_refused(
            decide(world, outcome="end", **more),
            "nothing-to-accept",
            'Outcome "end" of The begin gate passes nothing: leave out conditions and judgements.',
        )


def test_a_criterion_that_is_clear_asks_for_no_judgement() -> None:
    """What is met is not accepted on top."""
    assert_refused(
        decide(at_begin(), accepts={"case": "it looks fine"}),
        "nothing-to-accept",
        'Criterion "case" of The begin gate asks for no judgement: leave it out.',
    )


def test_what_is_unclear_is_passed_only_by_a_persons_judgement() -> None:
    """A case without figures does not say whether enough people complete it; blanks are no reason."""
    world = at_begin((ask_of("enough", evidence="case", test=at_least(0.5)),))
    for accepts in ({}, {"enough": " "}):
        assert_refused(
            decide(world, accepts=accepts),
            "judgement-needed",
            'The begin gate needs your judgement of "enough" (ccbt/case/1 gives no completion: 8 of 10 '
            "completed): say why it may pass, or decide another outcome.",
        )
    assert not isinstance(decide(world, accepts={"enough": "the trend is clear"}), Refusal)


def test_what_is_not_met_is_passed_by_nobodys_judgement() -> None:
    """A figure below its threshold is no matter of opinion."""
    world = at_begin((ask_of("enough", evidence="case", test=at_least(0.5)),))
    agree(add(world, "case", CASE_REF, finding=figure(0.4)))
    assert_refused(
        decide(world, accepts={"enough": "nearly"}),
        "criteria-unmet",
        "The begin gate cannot be passed: Enough (not-met: completion is 40 % (n = 50), and at least 50 % is "
        "asked for). Bring what is missing, or decide otherwise.",
    )


def test_a_condition_says_what_and_by_when() -> None:
    """Neither without words nor for a day that has gone by."""
    world = at_begin()
    for terms in (on_terms(world, days=0), on_terms(world, text=" ")):
        assert_refused(
            decide(world, terms=terms),
            "condition-misformed",
            f'Condition "{terms[0].text}" at The begin gate needs a text and a moment still to come: correct '
            "it.",
        )


def test_what_is_only_reviewed_is_not_done_again() -> None:
    """Boards may long be at work on what was decided."""
    world = at_begin()
    agree(decide(world))
    agree(add(world, "case"))
    agree(withdraw(world, CASE_REF))
    assert_refused(
        decide(world, outcome="again"),
        "nothing-to-repeat",
        "The begin gate was passed and is only reviewed, so there is nothing to repeat: bring new evidence "
        "with `evidence add` and confirm it, or pause or stop.",
    )


# --- what stands in the way ---------------------------------------------------------------------------------


def test_a_board_is_held_up_while_the_nation_decides_again() -> None:
    """The board is told which gate and why."""
    world = nationally_grounded()
    go_live(world, FIFE)
    world.finish_plan(FIFE)
    agree(add(world, "case"))
    agree(withdraw(world, CASE_REF))
    assert_refused(
        decide(world, lead_of("fife"), stream=FIFE, gate="go-live"),
        "held-up",
        "The go-live gate cannot be passed: The begin gate has to be decided again, because ccbt/case/1 was "
        "withdrawn: miscounted.",
    )


def test_a_gate_waits_for_an_earlier_one_that_was_reopened() -> None:
    """Nothing is built on ground that has fallen."""
    begin, scale = (make_gate(name, "npt", (CASE,)) for name in ("begin", "scale"))
    world = reach(
        Stage.STANDARDISE,
        found_programme(propose(gates={"begin": begin, "scale": scale}, assessment=ASSESSMENT)),
    )
    agree(add(world, "case"))
    agree(withdraw(world, CASE_REF))
    message = (
        "{} cannot be passed while {} has to be decided again (ccbt/case/1 was withdrawn: miscounted): "
        "decide that first."
    )
    assert_refused(
        decide(world, gate="scale"),
        "earlier-gate-reopened",
        message.format("The scale gate", "The begin gate"),
    )
    agree(decide(world))
    world.finish_plan(TECHNOLOGY)
    world.publish()
    assert_refused(
        decide(world, gate="approve"),
        "earlier-gate-reopened",
        message.format("The approve gate", "The scale gate"),
    )


def test_a_gate_is_not_passed_over_an_objection() -> None:
    """It says which and why; another outcome needs no answer."""
    world = at_begin()
    agree(oppose(world))
    assert_refused(
        decide(world),
        "objection-open",
        "The begin gate cannot be passed before objection 1 is answered (no user was asked): answer it, or "
        "have somebody else do so.",
    )
    assert not isinstance(decide(world, outcome="end"), Refusal)


# --- objections ---------------------------------------------------------------------------------------------


def test_an_objection_is_raised_by_somebody_who_acts_there() -> None:
    """Whoever has no role, or acts for no board, is not concerned; any board is by what is national."""
    message = (
        "The begin gate of technology/ccbt concerns others than {}: ask someone who acts there to object."
    )
    for actor, scope in ((NOBODY, "no board"), (someone("A", "visitor", boards=()), "no board")):
        assert_refused(oppose(at_begin(), actor), "out-of-scope", message.format(scope))
    assert not isinstance(oppose(at_begin(), people_of("orkney")), Refusal)


def test_a_board_objects_to_nothing_of_another_board() -> None:
    """Tayside has no say at Fife."""
    world = reach(Stage.SCALE)
    world.settle()
    world.finish_plan(FIFE)
    assert_refused(
        oppose(world, people_of("tayside"), "go-live", FIFE),
        "out-of-scope",
        "The go-live gate of rollout/ccbt/fife concerns others than tayside: ask someone who acts there to "
        "object.",
    )


def test_only_an_objection_that_waits_is_answered() -> None:
    """Neither one that nobody raised, nor one that was answered."""
    world = at_begin()
    message = (
        'No objection {} waits for an answer at gate "begin" of technology/ccbt: show the gate to see its '
        "objections."
    )
    assert_refused(answer(world), "no-such-objection", message.format(1))
    agree(oppose(world))
    agree(answer(world))
    assert_refused(answer(world), "no-such-objection", message.format(1))
    assert_refused(answer(world, objection=7), "no-such-objection", message.format(7))


def test_an_objection_is_answered_by_those_who_decide() -> None:
    """Not by another bystander."""
    world = at_begin()
    agree(oppose(world))
    assert_refused(
        answer(world, someone("Other", "visitor")),
        "wrong-role",
        "Answering an objection to The begin gate belongs to npt and you act as visitor: ask someone who "
        "holds that role.",
    )


@pytest.mark.parametrize("actor", [CHAIR, someone("Deputy", "npt", on_behalf_of="Chair")])
def test_nobody_answers_their_own_objection(actor: Actor) -> None:
    """Nor has a delegate do so."""
    world = at_begin()
    agree(oppose(world, CHAIR))
    assert_refused(
        answer(world, actor),
        "own-objection",
        "Chair raised objection 1, and nobody answers their own, in person or by a delegation: ask someone "
        "else who has a say.",
    )


# --- waivers ------------------------------------------------------------------------------------------------


def test_a_gate_without_a_rule_for_waivers_has_none() -> None:
    """What it asks for has to be brought."""
    assert_refused(
        ask_to_waive(at_begin()),
        "no-waivers",
        "Nothing can be waived at The begin gate: bring what it asks for.",
    )


def test_only_what_is_required_is_waived() -> None:
    """What only informs binds nobody."""
    world = at_begin((CASE, ask_of("cost", required=False)), waiving=WAIVING)
    for name in ("cost", "nonsense"):
        assert_refused(
            ask_to_waive(world, criterion=name),
            "no-such-criterion",
            f'The begin gate requires no criterion "{name}": it requires case.',
        )


def test_a_waiver_is_asked_for_by_somebody_who_has_a_say() -> None:
    """At the gate, or in steering."""
    assert_refused(
        ask_to_waive(at_begin(waiving=WAIVING), actor=BYSTANDER),
        "wrong-role",
        "Asking for a waiver at The begin gate belongs to npt and you act as visitor: ask someone who holds "
        "that role.",
    )


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_a_waiver_lasts_as_long_as_the_gate_allows(days: int) -> None:
    """Ninety days here, and it ends at a moment still to come."""
    assert_refused(
        ask_to_waive(at_begin(waiving=WAIVING), days),
        "waiver-too-long",
        "A waiver at The begin gate ends at a moment still to come and by 4 Apr 2027: choose another end.",
    )
    assert not isinstance(ask_to_waive(at_begin(waiving=WAIVING), 90), Refusal)


def test_only_a_waiver_that_was_asked_for_is_granted() -> None:
    """At that gate, while it waits."""
    message = (
        'No waiver {} was asked for at gate "{}" of technology/ccbt, or the gate no longer waits: show the '
        "gate to see what was."
    )
    world = at_begin(waiving=WAIVING)
    assert_refused(grant(world), "no-such-waiver", message.format(1, "begin"))
    agree(ask_to_waive(world))
    assert_refused(grant(world, gate="scale"), "no-such-waiver", message.format(1, "scale"))
    agree(decide(world))
    assert_refused(grant(world), "no-such-waiver", message.format(1, "begin"))


def test_a_waiver_is_granted_once_and_in_time() -> None:
    """What was granted, or has run out, is settled."""
    world = at_begin(waiving=WAIVING)
    agree(ask_to_waive(world))
    agree(grant(world))
    assert_refused(grant(world), "waiver-settled", "Waiver 1 was granted: ask for another if one is needed.")
    agree(ask_to_waive(world))
    world.wait(30)
    assert_refused(
        grant(world, 2), "waiver-settled", "Waiver 2 has expired: ask for another if one is needed."
    )


def test_a_waiver_is_granted_by_its_approvers() -> None:
    """The chair may ask, and not grant."""
    world = at_begin(waiving=WAIVING)
    agree(ask_to_waive(world, actor=PROPOSER))
    assert_refused(
        grant(world, actor=CHAIR),
        "wrong-role",
        "Granting a waiver at The begin gate belongs to chief and you act as npt: ask someone who holds that "
        "role.",
    )


@pytest.mark.parametrize("actor", [someone("Chair", "chief"), someone("A", "chief", on_behalf_of="Chair")])
def test_nobody_grants_their_own_waiver(actor: Actor) -> None:
    """Nor has a delegate do so."""
    world = at_begin(waiving=WAIVING)
    agree(ask_to_waive(world))
    assert_refused(
        grant(world, actor=actor),
        "own-waiver",
        "Chair asked for waiver 1, and nobody grants their own, in person or by a delegation: ask someone "
        "else who is chief.",
    )


def test_a_gate_has_only_so_many_waivers_at_once() -> None:
    """One here, until it has run out."""
    world = at_begin(waiving=WAIVING)
    agree(ask_to_waive(world, 30))
    agree(ask_to_waive(world, 60))
    agree(grant(world))
    assert_refused(
        grant(world, 2),
        "too-many-waivers",
        "The begin gate has 1 of 1 waivers in force: wait until one of them has expired.",
    )
    world.wait(30)
    assert not isinstance(grant(world, 2), Refusal)


# --- conditions ---------------------------------------------------------------------------------------------


def meet(world: World, number: int = 1, actor: Actor = NATIONAL_TEAM) -> Answer:
    """Somebody says that a condition of the first gate is met."""
    command = MeetCondition(actor=actor, gate="begin", condition=number, reason="ten were asked")
    return world.do(TECHNOLOGY, command)


def test_only_an_open_condition_is_met() -> None:
    """Neither one that was not made, nor one that is met."""
    world = at_begin()
    message = (
        'No condition {} is open at gate "begin" of technology/ccbt: show the gate to see its conditions.'
    )
    agree(decide(world, terms=on_terms(world)))
    assert_refused(meet(world, 2), "no-such-condition", message.format(2))
    agree(meet(world))
    assert_refused(meet(world), "no-such-condition", message.format(1))


def test_a_condition_is_met_by_its_owner() -> None:
    """Not by whoever made it."""
    world = at_begin()
    agree(decide(world, terms=on_terms(world)))
    assert_refused(
        meet(world, actor=CHAIR),
        "wrong-role",
        "Condition 1 (Ask ten users) belongs to team and you act as npt: ask someone who holds that role.",
    )


# --- the gate itself ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seats": (Seat(role="npt"), Seat(role="npt"))}, 'seat "npt" stands twice at gate "begin"'),
        ({"criteria": (CASE, CASE)}, 'criterion "case" stands twice at gate "begin"'),
        ({"quorum": 2}, 'gate "begin" asks 2 to agree and has 1 seats: lower the quorum or add seats'),
        ({"escalates_to": ("chief",)}, "has only one of time_limit and escalates_to: give both or neither"),
        ({"time_limit": timedelta(days=1)}, "has only one of time_limit and escalates_to"),
        (
            {"time_limit": timedelta(days=1), "escalates_to": ("npt",)},
            'gate "begin" escalates to npt, who has a seat there and decides with others: name another role',
        ),
    ],
    ids=["seat", "criterion", "quorum", "no limit", "nobody to escalate to", "escalates to a seat"],
)
def test_a_gate_can_be_decided(changes: dict[str, object], message: str) -> None:
    """What could not be is refused when the gate is written."""
    with pytest.raises(ValueError, match=message):
        make_gate("begin", "npt", **changes)  # type: ignore[arg-type]
