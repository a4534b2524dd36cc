"""How evidence answers a criterion: met, not met, unclear or missing, and why in a sentence."""

from datetime import date, timedelta

import pytest

from domain.criterion import Criterion, Judgement, Result, judge
from domain.evidence import Entry, Held, Seen, SignOff, Verdict, Withdrawal
from domain.findings.contract import Contract
from domain.findings.nasss import Assessed, Complexity, Nasss
from domain.findings.nomad import Nomad, NomadItem
from domain.findings.run_chart import Point, RunChart
from domain.learning import DecideTrial, StartTrial, StudyTrial, TrialCommand
from domain.learning import Verdict as Becoming
from domain.rollout_briefs import RolloutStage
from domain.rollout_waits import waits
from domain.technology import Stage
from tests.domain.deciding import agree, decide, withdraw
from tests.domain.examples import (
    AGREED,
    FIFE,
    START,
    TECHNOLOGY,
    ask,
    ask_of,
    at_least,
    bring,
    figure,
    make_gate,
    make_plan,
    make_step,
    people_of,
    propose,
)
from tests.domain.world import World, found_programme, reach

TODAY = START.date()
ENOUGH = ask_of("enough", evidence="case", test=at_least(0.5))
BOARDS = ENOUGH.model_copy(update={"source": "pilots"})


def entry(name: str = "case", number: int = 1, place: str = "ccbt", **more: object) -> Entry:
    """A piece of evidence on record, with such content or such a fate."""
    fate = {
        key: more.pop(key) for key in ("version", "withdrawn", "superseded_by", "set_aside") if key in more
    }
    given = {
        "ref": f"{place}/{name}/{number}",
        "evidence": bring(name, **more),
        "at": START,
        "name": "A",
        "role": "team",
        "version": "1",
    }
    return Entry.model_validate(given | fate)


def judge_own(criterion: Criterion, *entries: Entry, version: str = "1", days: float = 0) -> Judgement:
    """How evidence of one's own answers a criterion, so many days later."""
    return judge(criterion, {"own": entries}, version, START + timedelta(days=days))


def judge_boards(criterion: Criterion, **values: float | None) -> Judgement:
    """How such figures of the pilot boards answer a criterion; ``None`` is a board without any."""
    held: Held = {"own": ()}
    for board, value in values.items():
        held[board] = () if value is None else (entry(place=f"ccbt/{board}", finding=figure(value)),)
    return judge(criterion, held, "1", START)


def assert_judged(judgement: Judgement, result: Result, why: str) -> None:
    """The answer is this, for this reason, word for word."""
    assert (judgement.result, judgement.why) == (result, why)


# --- figures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "result"), [(0.5, Result.MET), (0.49, Result.NOT_MET), (1, Result.MET)])
def test_a_threshold_is_reached_at_its_value(value: float, result: Result) -> None:
    """At least half: half does."""
    assert judge_own(ENOUGH, entry(finding=figure(value))).result is result


@pytest.mark.parametrize(("value", "result"), [(0.5, Result.MET), (0.51, Result.NOT_MET), (0, Result.MET)])
def test_a_threshold_may_be_an_upper_limit(value: float, result: Result) -> None:
    """At most half: half does."""
    most = ask_of("few", evidence="case", test=at_least(0.5, comparison="at-most"))
    assert judge_own(most, entry(finding=figure(value))).result is result


def test_a_threshold_says_what_it_compares() -> None:
    """The figure, its sample, and what was asked for."""
    assert_judged(
        judge_own(ENOUGH, entry(finding=figure(0.4))),
        Result.NOT_MET,
        "completion is 40 % (n = 50), and at least 50 % is asked for.",
    )


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        (entry(), "ccbt/case/1 gives no completion: 8 of 10 completed."),
        (
            entry(finding=figure(0.9, measure="uptake")),
            "ccbt/case/1 gives no completion: 8 of 10 completed.",
        ),
        (
            entry(finding=figure(0.9).model_copy(update={"unit": "people"})),
            "ccbt/case/1 gives completion in people and share is asked for.",
        ),
    ],
    ids=["a statement", "another figure", "another unit"],
)
def test_what_cannot_be_compared_is_unclear(evidence: Entry, why: str) -> None:
    """It is there, and a person has to say what it means."""
    assert_judged(judge_own(ENOUGH, evidence), Result.INCONCLUSIVE, why)


@pytest.mark.parametrize(
    ("sample", "result"),
    [(19, Result.INCONCLUSIVE), (20, Result.MET), (None, Result.INCONCLUSIVE)],
)
def test_figures_over_too_few_people_are_unclear(sample: int | None, result: Result) -> None:
    """However good they look; a sample that nobody told is too small."""
    criterion = ENOUGH.model_copy(update={"minimum_sample": 20})
    assert judge_own(criterion, entry(finding=figure(0.9, sample))).result is result


# --- what counts --------------------------------------------------------------------------------------------

GONE = Withdrawal(at=START, reason="miscounted", name="A", role="team")


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        ((), 'There is no evidence "case".'),
        ((entry("cost"),), 'There is no evidence "case".'),
        ((entry(withdrawn=GONE),), "ccbt/case/1 was withdrawn on 4 Jan 2027: miscounted."),
        (
            (entry(set_aside=True),),
            "ccbt/case/1 no longer counts, because the step that brought it is being done again.",
        ),
        ((entry(expires=date(2027, 1, 3)),), "ccbt/case/1 expired on 2027-01-03."),
    ],
    ids=["none", "other", "withdrawn", "set aside", "expired"],
)
def test_what_no_longer_counts_is_missing(evidence: tuple[Entry, ...], why: str) -> None:
    """Whatever became of it, it is told."""
    judgement = judge_own(ask_of("case"), *evidence)
    assert_judged(judgement, Result.MISSING, why)
    assert judgement.evidence == ()


def test_evidence_holds_to_the_end_of_its_last_day() -> None:
    """The day after, it has expired."""
    last = entry(expires=TODAY)
    assert judge_own(ask_of("case"), last, days=0.6).result is Result.MET
    assert judge_own(ask_of("case"), last, days=0.7).result is Result.MISSING


def test_superseded_evidence_gives_way_to_what_took_its_place() -> None:
    """Only the later one is judged."""
    old = entry(finding=figure(0.9), superseded_by="ccbt/case/2")
    judgement = judge_own(ENOUGH, old, entry(number=2, finding=figure(0.1)))
    assert judgement.result is Result.NOT_MET
    assert [item.ref for item in judgement.evidence] == ["ccbt/case/2"]


@pytest.mark.parametrize("stale", [Result.MISSING, Result.INCONCLUSIVE])
def test_evidence_that_is_too_old_is_stale(stale: Result) -> None:
    """What that counts as is the programme's to say."""
    criterion = ENOUGH.model_copy(update={"fresh_for": timedelta(days=30), "stale": stale})
    found = entry(finding=figure(0.9), dated=TODAY - timedelta(days=30))
    assert judge_own(criterion, found).result is Result.MET
    assert_judged(
        judge_own(criterion, found, days=1),
        stale,
        "ccbt/case/1 is 31 days old, of 30 allowed: bring a newer one.",
    )


def test_evidence_about_an_earlier_version_is_stale_where_that_matters() -> None:
    """Elsewhere it counts."""
    found = entry(finding=figure(0.9))
    assert judge_own(ENOUGH, found, version="2").result is Result.MET
    assert_judged(
        judge_own(ENOUGH.model_copy(update={"same_version": True}), found, version="2"),
        Result.MISSING,
        "ccbt/case/1 is about version 1 and the technology is at 2: check it again.",
    )


@pytest.mark.parametrize("counts_as", [Result.INCONCLUSIVE, Result.NOT_MET])
def test_evidence_that_disagrees_is_not_averaged(counts_as: Result) -> None:
    """What it counts as is the programme's to say; both are shown."""
    criterion = ENOUGH.model_copy(update={"contradictory": counts_as})
    judgement = judge_own(criterion, entry(finding=figure(0.9)), entry(number=2, finding=figure(0.1)))
    assert judgement.result is counts_as
    assert judgement.why.startswith("The evidence disagrees. ccbt/case/1: completion is 90 %")
    assert [item.ref for item in judgement.evidence] == ["ccbt/case/1", "ccbt/case/2"]


def test_one_unclear_answer_makes_the_whole_unclear() -> None:
    """That another is clear does not help."""
    judgement = judge_own(ENOUGH, entry(finding=figure(0.9)), entry(number=2))
    assert judgement.result is Result.INCONCLUSIVE


# --- boards -------------------------------------------------------------------------------------------------


def test_every_pilot_has_to_meet_it_unless_fewer_are_asked_for() -> None:
    """One that has nothing holds the others back."""
    assert judge_boards(BOARDS, fife=0.9, tayside=0.6).result is Result.MET
    assert judge_boards(BOARDS, fife=0.9, tayside=None).result is Result.MISSING
    one = BOARDS.model_copy(update={"minimum_boards": 1})
    assert judge_boards(one, fife=0.9, tayside=None).result is Result.MET


def test_a_board_that_has_nothing_is_not_passed_over_because_another_is_unclear() -> None:
    """Somebody may accept what is unclear, and nobody what is not there."""
    criterion = BOARDS.model_copy(update={"minimum_sample": 100})
    assert judge_boards(criterion, fife=0.9, tayside=0.6).result is Result.INCONCLUSIVE
    assert judge_boards(criterion, fife=0.9, tayside=None).result is Result.MISSING


def test_more_boards_than_take_part_cannot_answer() -> None:
    """How many are missing is told."""
    judgement = judge_boards(BOARDS.model_copy(update={"minimum_boards": 3}), fife=0.9, tayside=0.6)
    assert judgement.result is Result.MISSING
    assert judgement.why.startswith("3 boards have to answer it and 2 take part. fife: completion is 90 %")


def test_boards_that_disagree_are_not_outvoted() -> None:
    """Even where one would have been enough."""
    judgement = judge_boards(BOARDS.model_copy(update={"minimum_boards": 1}), fife=0.9, tayside=0.1)
    assert judgement.result is Result.INCONCLUSIVE
    assert judgement.why.startswith("The boards disagree. fife: completion is 90 %")


def test_boards_that_agree_that_it_is_not_met_say_so() -> None:
    """There is nothing unclear about it."""
    assert judge_boards(BOARDS, fife=0.2, tayside=0.1).result is Result.NOT_MET
    assert judge_boards(BOARDS, fife=0.2, tayside=None).result is Result.NOT_MET


def test_without_pilots_nothing_is_found() -> None:
    """All of them have stopped."""
    assert_judged(judge_boards(BOARDS), Result.MISSING, "No pilot board takes part any more.")


# --- run charts, surveys, complexity, contracts -------------------------------------------------------------


def chart(*values: float, better: str = "up") -> Entry:
    """A run chart of ten points about 50 and of these after them."""
    baseline = (49.0, 51.0) * 5
    points = (
        Point(on=date(2026, 1, 1) + timedelta(days=7 * number), value=value)
        for number, value in enumerate((*baseline, *values))
    )
    return entry(finding=RunChart(measure="starts", unit="people", better=better, points=tuple(points)))


SHIFT = ask_of("case", test={"kind": "shift"})


def test_a_shift_to_the_better_is_a_change() -> None:
    """Six in a row above the median."""
    assert_judged(
        judge_own(SHIFT, chart(*[60.0] * 6)),
        Result.MET,
        "The run chart of starts shows a shift to the better.",
    )


def test_a_shift_to_the_worse_fails() -> None:
    """The same points, where fewer would be better."""
    assert_judged(
        judge_own(SHIFT, chart(*[60.0] * 6, better="down")),
        Result.NOT_MET,
        "The run chart of starts shows a shift to the worse.",
    )


def test_the_latest_shift_counts() -> None:
    """It was better for a while."""
    assert judge_own(SHIFT, chart(*[60.0] * 6, *[40.0] * 6)).result is Result.NOT_MET


def test_a_trend_alone_decides_nothing() -> None:
    """Five points up, but not on one side of the median."""
    assert_judged(
        judge_own(SHIFT, chart(46.0, 47.0, 48.0, 52.0, 53.0)),
        Result.INCONCLUSIVE,
        "The run chart of starts shows a trend alone, which decides nothing.",
    )


def test_a_chart_without_signals_decides_nothing() -> None:
    """Nor does what is no chart at all."""
    assert_judged(
        judge_own(SHIFT, chart(60.0)), Result.INCONCLUSIVE, "The run chart of starts shows no shift."
    )
    assert_judged(
        judge_own(SHIFT, entry()), Result.INCONCLUSIVE, "ccbt/case/1 is no run chart: 8 of 10 completed."
    )


def nomad(mean: float) -> Nomad:
    """A survey in which every item has such a mean."""
    item = NomadItem(mean=mean)
    return Nomad(
        respondents=40,
        coherence=(item,) * 4,
        cognitive_participation=(item,) * 4,
        collective_action=(item,) * 7,
        reflexive_monitoring=(item,) * 5,
    )


@pytest.mark.parametrize("mean", [1.0, 3.0, 5.0])
def test_how_normal_it_has_become_is_always_for_a_person_to_weigh(mean: float) -> None:
    """There is no validated pass mark, neither for the best nor for the worst."""
    assert_judged(
        judge_own(ask_of("case", test={"kind": "weigh"}), entry(finding=nomad(mean))),
        Result.INCONCLUSIVE,
        "There is no pass mark, so it has to be weighed: 8 of 10 completed.",
    )


FLAG = ask_of("case", test={"kind": "flag", "reading": "nasss-complex-domains", "most": 2, **AGREED})


def nasss(complex_domains: int) -> Nasss:
    """An assessment in which so many of the seven domains are complex."""
    names = list(Nasss.model_fields)[1:]
    kinds = [Complexity.COMPLEX if number < complex_domains else Complexity.SIMPLE for number in range(7)]
    return Nasss.model_validate(
        {name: Assessed(complexity=kind, note="-") for name, kind in zip(names, kinds, strict=True)}
    )


@pytest.mark.parametrize("complex_domains", range(8))
def test_complexity_raises_a_flag_and_never_fails(complex_domains: int) -> None:
    """Above the limit it has to be discussed."""
    expected = Result.MET if complex_domains <= 2 else Result.INCONCLUSIVE
    assert judge_own(FLAG, entry(finding=nasss(complex_domains))).result is expected


def test_a_flag_without_its_figure_is_unclear() -> None:
    """Somebody has to say how complex it is."""
    assert judge_own(FLAG, entry()).result is Result.INCONCLUSIVE


@pytest.mark.parametrize(
    ("starts", "ends", "result", "why"),
    [
        (-10, 90, Result.MET, "The contract has 90 days left, which is enough."),
        (-10, 89, Result.NOT_MET, "The contract has 89 days left, and 90 are asked for."),
        (1, 200, Result.NOT_MET, "The contract runs from 2027-01-05 to 2027-07-23 and is not in force."),
        (-90, -1, Result.NOT_MET, "The contract runs from 2026-10-06 to 2027-01-03 and is not in force."),
    ],
    ids=["long enough", "too short", "not yet", "no longer"],
)
def test_a_contract_is_in_force_and_lasts_long_enough(
    starts: int, ends: int, result: Result, why: str
) -> None:
    """It is judged on the day of the question."""
    criterion = ask_of("case", test={"kind": "under-contract", "left": timedelta(days=90), **AGREED})
    days = {"starts": TODAY + timedelta(days=starts), "ends": TODAY + timedelta(days=ends)}
    assert_judged(judge_own(criterion, entry(finding=Contract.model_validate(days))), result, why)


def test_what_is_no_contract_is_unclear() -> None:
    """A statement about one is none."""
    criterion = ask_of("case", test={"kind": "under-contract", "left": timedelta(days=90), **AGREED})
    assert judge_own(criterion, entry()).result is Result.INCONCLUSIVE


# --- signatures ---------------------------------------------------------------------------------------------

SIGNED = ask_of("case", test={"kind": "signed"})


@pytest.mark.parametrize(
    ("verdict", "on_terms", "result"),
    [
        (Verdict.ACCEPTED, "not-met", Result.MET),
        (Verdict.REFUSED, "met", Result.NOT_MET),
        (Verdict.CONDITIONAL, "met", Result.MET),
        (Verdict.CONDITIONAL, "inconclusive", Result.INCONCLUSIVE),
        (Verdict.CONDITIONAL, "not-met", Result.NOT_MET),
    ],
)
def test_a_check_is_met_as_it_was_signed(verdict: Verdict, on_terms: str, result: Result) -> None:
    """On terms, as the programme says."""
    criterion = ask_of("case", test={"kind": "signed", "on_terms": on_terms})
    assert judge_own(criterion, entry(finding=SignOff(verdict=verdict, terms="x"))).result is result


def test_a_statement_is_no_signature() -> None:
    """Whatever it says."""
    assert_judged(judge_own(SIGNED, entry()), Result.MISSING, "ccbt/case/1 is no signature: sign the check.")


def test_a_signature_without_its_ground_is_missing_and_does_not_name_it() -> None:
    """What was withdrawn is no ground of anything."""
    ground = Seen(ref="ccbt/cost/1", digest="x")
    signature = entry(finding=SignOff(verdict=Verdict.ACCEPTED, rests_on=(ground,)))
    judgement = judge_own(SIGNED, signature, entry("cost", withdrawn=GONE))
    assert_judged(
        judgement, Result.MISSING, "ccbt/case/1 rests on ccbt/cost/1, which was withdrawn: sign it again."
    )
    assert [item.ref for item in judgement.evidence] == ["ccbt/case/1"]


# --- tests of change ----------------------------------------------------------------------------------------


def trying() -> World:
    """A world whose pilots ask the gate for what a test of change found."""
    asked = ask_of("text-first", source="pilots", test=at_least(0.5), minimum_boards=1, required=False)
    proof = make_plan("proof", make_step("try", priority="uptake", evidence=[ask("outcomes")]))
    scale = make_gate("scale", "npt", (asked,))
    return reach(
        Stage.TEST_AND_LEARN, found_programme(propose(proof_of_concept=proof, gates={"scale": scale}))
    )


def try_change(world: World, kind: type[TrialCommand], **more: object) -> None:
    """Fife goes on with its test of change."""
    given = {"actor": people_of("fife"), "trial": "text-first"}
    agree(world.do(FIFE, kind.model_validate(given | more)))


def start_trial(world: World) -> None:
    """Fife starts its test of change."""
    try_change(world, StartTrial, title="Text first", priority="uptake", prediction="More people begin")


def test_a_pilot_is_not_done_before_its_tests_of_change_are() -> None:
    """Each is predicted, studied and decided on; what it waits for is told."""
    world = trying()
    start_trial(world)
    world.finish_plan(FIFE)
    assert world.rollout(FIFE).stage == RolloutStage.PROOF_OF_CONCEPT
    assert [wait.what for wait in waits(world.rollout(FIFE))] == ['"Text first" to be studied']
    try_change(world, StudyTrial, evidence=bring("text-first", finding=figure(0.7)))
    assert [wait.what for wait in waits(world.rollout(FIFE))] == ['"Text first" to be decided on']
    try_change(world, DecideTrial, verdict=Becoming.ADOPT, reason="more began")
    assert world.rollout(FIFE).stage == RolloutStage.PILOTED


def test_a_test_of_change_may_be_studied_again() -> None:
    """The later finding takes the place of the earlier one."""
    world = trying()
    start_trial(world)
    for value in (0.2, 0.7):
        try_change(world, StudyTrial, evidence=bring("text-first", finding=figure(value)))
    record = world.rollout(FIFE).on_record
    assert record["ccbt/fife/text-first/1"].superseded_by == "ccbt/fife/text-first/2"
    assert world.rollout(FIFE).trials["text-first"].found == "ccbt/fife/text-first/2"


def test_what_a_test_of_change_found_reaches_the_gate() -> None:
    """And the gate is open again once it is withdrawn."""
    world = trying()
    start_trial(world)
    try_change(world, StudyTrial, evidence=bring("text-first", finding=figure(0.7)))
    try_change(world, DecideTrial, verdict=Becoming.ADAPT, reason="more began")
    for stream in (FIFE, "rollout/ccbt/tayside"):
        world.finish_plan(stream)
    agree(decide(world, gate="scale"))
    judgement = world.technology.decisions[-1].judgements[0]
    assert (judgement.result, judgement.evidence[0].ref) == (Result.MET, "ccbt/fife/text-first/1")
    agree(withdraw(world, "ccbt/fife/text-first/1", FIFE, actor=people_of("fife")))
    assert "scale" in world.technology.docket.reviews
    assert TECHNOLOGY in world.states
