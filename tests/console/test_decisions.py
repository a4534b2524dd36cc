"""A technology is decided upon from the command line, by all who have a say, with all that goes wrong."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalogue.queries.rollouts import list_rollouts
from console import reading
from domain.pace import Pace
from tests.conftest import RunningStack
from tests.console.conftest import Starter
from tests.console.story import BOARD, OTHER, PILOT, SEEN, TODAY, Story, short_life

ADVISOR, TEAM, POLICY = "national-advisor", "national-programme-team", "policy-lead"
PILOT_LEAD, LEAD, CLINICIAN = f"board-lead@{PILOT}", f"board-lead@{BOARD}", f"clinical-lead@{BOARD}"
GOVERNANCE = f"information-governance-lead@{BOARD}"
WHY = ("--reason", "It is so")
SOON = str(TODAY + timedelta(days=30))

OUTCOMES = {
    "kind": "outcomes",
    "period": {"start": "2026-08-01", "end": "2026-10-31"},
    "instruments": ["phq-9"],
    "finished": 40,
    "not_at_caseness": 4,
    "recovered": 12,
    "reliably_improved": 20,
    "reliably_recovered": 10,
    "reliably_deteriorated": 2,
}


def training(trained: int) -> dict[str, object]:
    """A finding about training."""
    return {"kind": "training", "roles": [{"role": "nurse", "eligible": 20, "trained": trained}]}


def brought(name: str, finding: dict[str, object]) -> dict[str, object]:
    """Evidence with figures, as it stands in a file."""
    return {
        "id": name,
        "statement": "As the figures say",
        "source": "Report 7",
        "dated": str(TODAY),
        "finding": finding,
    }


@pytest.fixture
def story(starter: Starter, stack: RunningStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A technology that has just been proposed."""
    told = Story("sleep-support", starter, stack, tmp_path)
    told.propose(monkeypatch)
    told.until_open(told.task("national", "assessment", "state-the-need"))
    return told


def test_a_technology_is_decided_upon(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """From its need to a board that goes live, and to the withdrawal that undoes the ground of it."""
    the_need_is_stated(story)
    the_first_gate_is_passed_on_it(story)
    a_change_is_tested(story)
    the_pilot_brings_figures(story)
    two_have_to_agree_on_scaling(story)
    the_playbook_is_approved(story, monkeypatch)
    the_board_works_on_it(story)
    a_check_is_signed_on_its_ground(story)
    a_vote_falls_with_its_evidence(story)
    an_objection_is_answered_by_somebody_else(story)
    the_board_goes_live_on_a_condition(story)
    a_criterion_is_waived_for_a_time(story)
    the_condition_is_met(story)
    evidence_is_replaced(story)
    a_material_change_reopens_the_gate(story)
    a_withdrawal_is_told_to_everybody(story)
    what_is_read_says_all_of_it(story)
    what_was_reopened_is_decided_again(story)
    a_pilots_finding_reopens_a_national_gate(story)
    whoever_is_on_call_sees_it(story)


def test_time_decides_who_decides(
    starter: Starter, stack: RunningStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gate that waits too long goes to the role above; a condition not met in time brings it back."""
    story = Story("sleep-support-late", starter, stack, tmp_path)
    slug = story.slug
    usual = short_life(slug)
    limited = usual.gates.begin.model_copy(
        update={"time_limit": timedelta(days=2), "escalates_to": ("implementation-manager",)}
    )
    quick = {
        "pace": Pace(day=timedelta(seconds=1)),
        "gates": usual.gates.model_copy(update={"begin": limited}),
    }
    story.propose(monkeypatch, usual.model_copy(update=quick))
    story.until_open(story.task("national", "assessment", "state-the-need"))
    the_need_is_stated(story)
    story.until_waiting("national/begin", escalated=True)
    assert "escalated" in story.shown(
        "gate", "list", "--role", "implementation-manager", "--technology", slug
    )
    shown = story.shown("gate", "show", slug)
    assert "implementation-manager may decide alone" in shown
    assert "may decide alone, since it escalated" in shown
    soon = datetime.now(UTC) + timedelta(seconds=10)
    condition = ("--condition", f"A plan @ policy-lead @ {soon.isoformat(timespec='seconds')}")
    decide = ("gate", "decide", slug, "begin", "proceed", *WHY, *condition)
    assert "Begin is decided: proceed. It depends on 1" in story.done("implementation-manager", *decide)
    story.until_waiting("national/begin", again=True)
    assert "condition 1 was not met by" in story.shown("gate", "show", slug)
    story.until(is_held_up(story, PILOT, held_up=True))
    assert "held up" in story.shown("watch", slug, "--once")


def the_need_is_stated(story: Story) -> None:
    """A task that is completed twice is refused the second time; its evidence has a name from then on."""
    slug, task = story.slug, story.task("national", "assessment", "state-the-need")
    assert "does not wait" in story.refused(ADVISOR, "gate", "decide", slug, "begin", "proceed", *WHY)
    complete = ("task", "complete", task, "--evidence", f"need-statement=4,000 wait @ Return 3 @ {TODAY}")
    story.done(POLICY, *complete)
    assert "was already completed" in story.refused(POLICY, *complete)
    assert f"{slug}/need-statement/1" in story.shown("task", "show", task)
    assert "4,000 wait" in story.shown("evidence", "show", f"{slug}/need-statement/1")


def the_first_gate_is_passed_on_it(story: Story) -> None:
    """Whoever proposed it has no say; names that are not known get those that were meant."""
    slug = story.slug
    decide = ("gate", "decide", slug)
    assert "did you mean proceed?" in story.refused(ADVISOR, *decide, "begin", "procede", *WHY)
    assert 'the one that waits is "begin"' in story.refused(ADVISOR, *decide, "scale", "proceed", *WHY)
    assert "belongs to national-advisor" in story.refused(TEAM, *decide, "begin", "proceed", *WHY)
    unknown = ("--condition", f"A plan @ polcy-lead @ {SOON}")
    assert "did you mean policy-lead" in story.refused(ADVISOR, *decide, "begin", "proceed", *WHY, *unknown)
    late = ("--condition", "A plan @ policy-lead @ 2020-01-01")
    assert "a moment still to come" in story.refused(ADVISOR, *decide, "begin", "proceed", *WHY, *late)
    needless = ("--accept", "need=It is plain")
    assert "asks for no judgement" in story.refused(ADVISOR, *decide, "begin", "proceed", *WHY, *needless)
    wrong = ("--accept", "ned=It is plain")
    assert "did you mean need?" in story.refused(ADVISOR, *decide, "begin", "proceed", *WHY, *wrong)
    assert "Begin is decided: proceed." in story.done(ADVISOR, *decide, "begin", "proceed", *WHY)
    assert "does not wait" in story.refused(ADVISOR, *decide, "begin", "proceed", *WHY)


def a_change_is_tested(story: Story) -> None:
    """Plan, study, decide: in that order, and once."""
    slug, cycle = story.slug, ("cycle", "start")
    story.until_open(story.task(PILOT, "proof", "measure"))
    plan = ("--title", "Evening calls", "--prediction", "Two of three finish")
    known = (*cycle, slug, PILOT, "calls", *plan, "--priority")
    assert "no priority" in story.refused(PILOT_LEAD, *known, "speed")
    assert "has begun" in story.done(PILOT_LEAD, *known, "engagement")
    assert "already" in story.refused(PILOT_LEAD, *known, "engagement")
    assert "takes no part" in story.refused(
        PILOT_LEAD, *cycle, slug, "lothian", "calls", *plan, "--priority", "x"
    )
    decide = ("cycle", "decide", slug, PILOT, "calls", "adopt", *WHY)
    assert "has not been studied" in story.refused(PILOT_LEAD, *decide)
    assert "to be studied" in story.shown("cycle", "list", "--technology", slug)
    assert "adopt, adapt or abandon" in story.done(PILOT_LEAD, "cycle", "study", slug, PILOT, "calls", *SEEN)
    assert 'ended with "adopt"' in story.done(PILOT_LEAD, *decide)
    assert 'ended with "adopt"' in story.refused(PILOT_LEAD, *decide)
    (found,) = story.read("cycle", "list", "--board", PILOT, "--technology", slug)
    assert (found["verdict"], found["found"]) == ("adopt", f"{slug}/{PILOT}/calls/1")


def the_pilot_brings_figures(story: Story) -> None:
    """The task says which kind of figures it takes, and prints a template; a plain statement will not do."""
    slug, task = story.slug, story.task(PILOT, "proof", "measure")
    shown = story.starter("task", "show", task).out
    assert "--evidence-file evidence.yaml" in shown
    assert "    kind: outcomes\n" in shown
    template = story.file("template.yaml", shown[shown.index("- id: impact-evidence") :])
    assert "outcomes" in story.refused(
        PILOT_LEAD, "task", "complete", task, "--evidence", f"impact-evidence=Good @ Report @ {TODAY}"
    )
    assert "YYYY-MM-DD" in story.refused(PILOT_LEAD, "task", "complete", task, "--evidence-file", template)
    file = story.file("impact.json", [brought("impact-evidence", OUTCOMES)])
    story.done(PILOT_LEAD, "task", "complete", task, "--evidence-file", file)
    staff = story.task(PILOT, "proof", "ask-staff")
    story.done(PILOT_LEAD, "task", "complete", staff, "--evidence", f"acceptance=They ask @ Survey @ {TODAY}")
    assert "50 %" in story.shown("evidence", "show", f"{slug}/{PILOT}/impact-evidence/1")


def two_have_to_agree_on_scaling(story: Story) -> None:
    """What is unclear takes a judgement; the first vote decides nothing; nobody fills two seats."""
    slug = story.slug
    story.until_waiting("national/scale")
    shown = story.shown("gate", "show", slug)
    for part in ("reliable-improvement-rate is 50 % (n =", "no pass mark", "nothing yet", "--accept acc"):
        assert part in shown, part
    decide = ("gate", "decide", slug, "scale", "proceed", *WHY)
    assert 'your judgement of "acceptance"' in story.refused(POLICY, *decide)
    accept = ("--accept", "acceptance=Staff ask for it")
    said = story.done(POLICY, *decide, *accept)
    assert 'not decided yet: 1 of 2 agree on "proceed"' in said
    assert "still to be heard: national-advisor (required)" in said
    shown = story.shown("gate", "show", slug)
    assert "1 of 2 agree" in shown
    assert "acceptance: Staff ask for it" in shown
    assert "by policy" in shown
    both = ("--condition", f"A second trainer @ policy-lead @ {SOON}")
    said = story.done(ADVISOR, *decide, *accept, *both)
    assert "Scale is decided: proceed. It depends on 1 condition" in said


def the_playbook_is_approved(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its step draws on the pilot's finding; the wave after it opens by itself."""
    slug, task = story.slug, story.task("national", "standardisation", "write-it-down")
    story.until_open(task)
    assert f"{slug}/{PILOT}/impact-evidence/1" in story.shown("task", "show", task)
    story.done(POLICY, "task", "complete", task)
    story.publish(monkeypatch)
    story.done(ADVISOR, "gate", "decide", slug, "approve", "proceed", *WHY)
    story.until_open(story.task(BOARD, "implementation", "train-staff"))
    assert "opens by itself" in story.shown("technology", "show", slug)


def the_board_works_on_it(story: Story) -> None:
    """Too few are trained, which the gate will say."""
    file = story.file("training.json", [brought("training-record", training(12))])
    name = story.task(BOARD, "implementation", "train-staff")
    story.done(LEAD, "task", "complete", name, "--evidence-file", file)


def a_check_is_signed_on_its_ground(story: Story) -> None:
    """Not without it, not by somebody else, on terms only with terms; the last signature counts."""
    slug = story.slug
    sign = ("check", "sign", slug, BOARD, "dpia")
    assert 'without evidence "privacy-notes"' in story.refused(GOVERNANCE, *sign, "accepted", *SEEN)
    notes = story.task(BOARD, "implementation", "write-privacy-notes")
    story.done(LEAD, "task", "complete", notes, "--evidence", f"privacy-notes=Written @ Folder @ {TODAY}")
    assert "belongs to information-governance-lead" in story.refused(LEAD, *sign, "accepted", *SEEN)
    assert "say on what terms" in story.refused(GOVERNANCE, *sign, "conditional", *SEEN)
    misspelt = ("check", "sign", slug, BOARD, "dpai", "accepted", *SEEN)
    assert 'did you mean "dpia"?' in story.refused(GOVERNANCE, *misspelt)
    nationally = ("check", "sign", slug, "dpia", "accepted", *SEEN)
    assert "name one of fife" in story.refused("information-governance-lead", *nationally)
    assert "not signed" in story.shown("check", "list", "--technology", slug)
    terms = ("--terms", "Look again in May")
    said = story.done(GOVERNANCE, *sign, "conditional", *SEEN, *terms)
    assert "is signed conditional, until" in said
    assert "on terms: Look again in May; the signature is " in said
    assert f"{slug}/{BOARD}/dpia/1" in said
    by_hand = ("evidence", "add", slug, BOARD, "dpia", *SEEN)
    assert "sign it with `check sign`" in story.refused(LEAD, *by_hand)


def a_vote_falls_with_its_evidence(story: Story) -> None:
    """A gate that is not met cannot be passed; newer evidence makes what was said before count no longer."""
    slug = story.slug
    story.until_waiting(f"{BOARD}/go-live")
    decide = ("gate", "decide", slug, BOARD, "go-live", "proceed", *WHY)
    said = story.refused(LEAD, *decide)
    assert "training-coverage is 60 % (n = 20), and at least 80 % is asked for" in said
    add = ("evidence", "add", slug, BOARD, "training-record", *SEEN)
    newer = (*add, "--finding", story.file("newer.yaml", training(17)))
    typo = (*newer, "--supersedes", f"{slug}/{BOARD}/training-recod/1")
    assert f"did you mean {slug}/{BOARD}/training-record/1?" in story.refused(LEAD, *typo)
    other = (*newer, "--supersedes", f"{slug}/{BOARD}/privacy-notes/1")
    assert "only a finding about the same takes its place" in story.refused(LEAD, *other)
    old = ("--supersedes", f"{slug}/{BOARD}/training-record/1")
    said = story.done(LEAD, *newer, *old)
    assert f"{slug}/{BOARD}/training-record/2 is on record." in said
    assert "no longer counts" in story.refused(LEAD, *newer, *old)
    assert "superseded" in story.shown("evidence", "list", "--technology", slug, "--all")

    accept = ("--accept", "privacy=The terms are fair")
    assert "1 of 2 agree" in story.done(LEAD, *decide, *accept)
    story.done(GOVERNANCE, "check", "sign", slug, BOARD, "dpia", "accepted", *SEEN)
    assert "no longer counts: say it again" in story.shown("gate", "show", slug, BOARD)
    assert "nobody has agreed yet" in story.shown("gate", "show", slug, BOARD)
    assert "1 of 2 agree" in story.done(LEAD, *decide)


def an_objection_is_answered_by_somebody_else(story: Story) -> None:
    """Until then nobody passes the gate."""
    slug = story.slug
    at = (slug, BOARD, "go-live")
    assert "is not passed before" in story.done(
        CLINICIAN, "gate", "object", *at, "--reason", "The crisis route is untested"
    )
    decide = ("gate", "decide", *at, "proceed", *WHY)
    assert "before objection 1 is answered" in story.refused(TEAM, *decide)
    assert "nobody answers their own" in story.refused(CLINICIAN, "gate", "answer", *at, "1", *WHY)
    assert "No objection 2 waits" in story.refused(LEAD, "gate", "answer", *at, "2", *WHY)
    assert "1 objection" in story.shown("gate", "list", "--technology", slug)
    assert "to be answered" in story.shown("gate", "show", slug, BOARD)
    assert "Objection 1 at Go-live (fife) is answered." in story.done(
        LEAD, "gate", "answer", *at, "1", "--reason", "Tested on Monday"
    )
    assert "No objection 1 waits" in story.refused(LEAD, "gate", "answer", *at, "1", *WHY)
    assert "Tested on Monday" in story.shown("gate", "show", slug, BOARD)


def the_board_goes_live_on_a_condition(story: Story) -> None:
    """The assurer does not act for the board; an abstention decides nothing."""
    slug = story.slug
    decide = ("gate", "decide", slug, BOARD, "go-live")
    local = f"{TEAM}@{BOARD}"
    assert "who does not act for fife" in story.refused(local, *decide, "proceed", *WHY)
    assert "not decided yet" in story.done(CLINICIAN, *decide, "abstain", *WHY)
    condition = ("--condition", f"A second nurse @ board-lead @ {SOON}")
    said = story.done(TEAM, *decide, "proceed", *WHY, *condition)
    assert "Go-live (fife) is decided: proceed. It depends on 1 condition" in said
    shown = story.shown("gate", "show", slug, BOARD)
    assert "A second nurse" in shown
    assert f"trained met: {slug}/{BOARD}/training-record/2" in shown
    assert "abstains" in shown


def a_criterion_is_waived_for_a_time(story: Story) -> None:
    """At the other board: asked for by one, granted by another, limited in length and number."""
    slug, lead = story.slug, f"board-lead@{OTHER}"
    story.until_open(story.task(OTHER, "implementation", "train-staff"))
    file = story.file("few.json", [brought("training-record", training(2))])
    train = story.task(OTHER, "implementation", "train-staff")
    notes = story.task(OTHER, "implementation", "write-privacy-notes")
    story.done(lead, "task", "complete", train, "--evidence-file", file)
    story.done(lead, "task", "complete", notes, "--evidence", f"privacy-notes=Written @ Folder @ {TODAY}")
    at = (slug, OTHER, "go-live")
    story.until_waiting(f"{OTHER}/go-live")
    waive = ("gate", "waive", *at)
    assert "did you mean trained?" in story.refused(lead, *waive, "traind", "--until", SOON, *WHY)
    assert "a moment still to come" in story.refused(lead, *waive, "trained", "--until", "2020-01-01", *WHY)
    assert "by " in story.refused(lead, *waive, "trained", "--until", str(TODAY + timedelta(400)), *WHY)
    said = story.done(lead, *waive, "trained", "--until", SOON, *WHY)
    assert said.strip().endswith("is asked for: national-advisor can grant it.")
    assert "can be granted by national-advisor" in story.shown("gate", "show", slug, OTHER)
    assert "belongs to national-advisor" in story.refused(lead, "gate", "grant", *at, "1", *WHY)
    assert "No waiver 2" in story.refused(ADVISOR, "gate", "grant", *at, "2", *WHY)
    assert "is granted" in story.done(ADVISOR, "gate", "grant", *at, "1", *WHY)
    assert "was granted" in story.refused(ADVISOR, "gate", "grant", *at, "1", *WHY)
    assert "waived until" in story.shown("gate", "show", slug, OTHER)


def the_condition_is_met(story: Story) -> None:
    """By its owner, once."""
    slug = story.slug
    meet = ("gate", "meet", slug, BOARD, "go-live", "1", "--reason", "She has begun, list 9")
    assert "belongs to board-lead" in story.refused(CLINICIAN, *meet)
    assert "Condition 1" in story.done(LEAD, *meet)
    assert "No condition 1 is open" in story.refused(LEAD, *meet)
    assert "She has begun" in story.shown("gate", "show", slug, BOARD)


def evidence_is_replaced(story: Story) -> None:
    """Newer evidence that no longer meets the criterion reopens the gate, and is told at once."""
    slug = story.slug
    add = ("evidence", "add", slug, BOARD, "training-record", *SEEN)
    fewer = story.file("fewer.yaml", training(3))
    said = story.done(LEAD, *add, "--finding", fewer, "--supersedes", f"{slug}/{BOARD}/training-record/2")
    assert f"To be decided again: Go-live, at {BOARD} ({slug}/{BOARD}/go-live)." in said
    shown = story.shown("gate", "show", slug, BOARD)
    assert "To be decided again: Go-live" in shown
    assert "Staff are trained no longer holds" in shown
    assert "to be decided again" in story.shown("gate", "list", "--board", BOARD, "--technology", slug)
    assert "To be decided again: Go-live" in story.shown("rollout", "show", slug, BOARD)
    assert "To be decided again: Go-live at fife" in story.shown("watch", slug, "--once")
    better = story.file("better.yaml", training(19))
    story.done(LEAD, *add, "--finding", better, "--supersedes", f"{slug}/{BOARD}/training-record/3")
    repeat = ("gate", "decide", slug, BOARD, "go-live", "iterate", *WHY)
    assert "nothing to repeat" in story.refused(LEAD, *repeat)
    decide = ("gate", "decide", slug, BOARD, "go-live", "proceed", *WHY)
    story.done(LEAD, *decide)
    assert "is decided: proceed." in story.done(TEAM, *decide)


def a_material_change_reopens_the_gate(story: Story) -> None:
    """Evidence about the version before counts no longer where the criterion asks for the present one."""
    slug = story.slug
    change = ("technology", "change", slug)
    assert "belongs to" in story.refused(POLICY, *change, "2", *WHY)
    said = story.done(TEAM, *change, "2", "--reason", "The questions are new")
    assert f"{slug} is at version 2." in said
    assert f"To be decided again: Go-live, at {BOARD}" in said
    again = story.file("again.yaml", training(20))
    add = ("evidence", "add", slug, BOARD, "training-record", *SEEN, "--finding", again)
    story.done(LEAD, *add, "--supersedes", f"{slug}/{BOARD}/training-record/4")
    decide = ("gate", "decide", slug, BOARD, "go-live", "proceed", *WHY)
    story.done(LEAD, *decide)
    assert "is decided: proceed." in story.done(TEAM, *decide)


def a_withdrawal_is_told_to_everybody(story: Story) -> None:
    """Every gate that relied on it is named, nationally and at boards; boards are held up meanwhile."""
    slug = story.slug
    ref = f"{slug}/need-statement/1"
    relied = story.read("evidence", "show", ref)["relied_on"]
    assert relied == [f"{slug}/{BOARD}/go-live", f"{slug}/national/begin"]
    assert "did you mean" in story.refused(POLICY, "evidence", "withdraw", f"{slug}/need-statment/1", *WHY)
    assert "Withdrawing" in story.refused(LEAD, "evidence", "withdraw", ref, *WHY)
    said = story.done(POLICY, "evidence", "withdraw", ref, "--reason", "The return was wrong")
    assert f"{ref} is withdrawn." in said
    assert f"To be decided again: Begin, nationally ({slug}/national/begin)." in said
    assert f"To be decided again: Go-live, at {BOARD} ({slug}/{BOARD}/go-live)." in said
    assert "no board passes a gate" in said
    assert "was withdrawn on" in story.refused(POLICY, "evidence", "withdraw", ref, *WHY)
    assert "withdrawn" in story.shown("evidence", "show", ref)
    story.until(is_held_up(story, OTHER, held_up=True))
    assert "Boards that are held up" in story.shown("technology", "show", slug)
    assert "held up" in story.shown("gate", "list", "--technology", slug)
    decide = ("gate", "decide", slug, OTHER, "go-live", "proceed", *WHY)
    assert "cannot be passed" in story.refused(f"board-lead@{OTHER}", *decide)


def is_held_up(story: Story, board: str, *, held_up: bool) -> Callable[[reading.Connection], Awaitable[bool]]:
    """Whether a board is held up, or is not."""

    async def ask(connection: reading.Connection) -> bool:
        (found,) = await list_rollouts(connection, technology=story.slug, board=board)
        return bool(found.held_up) is held_up

    return ask


def what_was_reopened_is_decided_again(story: Story) -> None:
    """On evidence brought anew; then nobody is held up any more."""
    slug = story.slug
    begin = ("gate", "decide", slug, "begin", "proceed", *WHY)
    assert "The need is stated (missing: " in story.refused(ADVISOR, *begin)
    story.done(POLICY, "evidence", "add", slug, "need-statement", *SEEN)
    assert "Begin is decided: proceed." in story.done(ADVISOR, *begin)
    story.until(is_held_up(story, OTHER, held_up=False))
    decide = ("gate", "decide", slug, BOARD, "go-live", "proceed", *WHY)
    story.done(LEAD, *decide)
    said = story.done(TEAM, *decide, "--identity", "national programme team (deputy)")
    assert "Go-live (fife) is decided: proceed." in said
    assert "To be decided again" not in story.shown("technology", "show", slug)


def a_pilots_finding_reopens_a_national_gate(story: Story) -> None:
    """What a board withdraws undoes what the nation decided on it, and the board is told so."""
    slug = story.slug
    ref = f"{slug}/{PILOT}/impact-evidence/1"
    said = story.done(PILOT_LEAD, "evidence", "withdraw", ref, "--reason", "Counted twice")
    assert f"To be decided again: Scale, nationally ({slug}/national/scale)." in said
    assert "no board passes a gate" in said


def whoever_is_on_call_sees_it(story: Story) -> None:
    """From what waits, to the evidence, to the events: names lead from each to the next."""
    slug = story.slug
    (waiting,) = (it for it in story.read("gate", "list", "--technology", slug) if it["because"])
    assert waiting["because"] == f"{slug}/{PILOT}/impact-evidence/1 was withdrawn: Counted twice"
    shown = story.shown("evidence", "show", f"{slug}/{PILOT}/impact-evidence/1")
    assert "by tayside board lead (board-lead): Counted twice" in shown
    assert "gate-reopened" in story.shown("events", "list", "--stream", f"technology/{slug}", "--limit", "5")
    assert "Begin" not in story.shown("gate", "show", slug).partition("Decisions")[0]


def what_is_read_says_all_of_it(story: Story) -> None:
    """As JSON, for programs, too."""
    slug = story.slug
    looked = story.read("gate", "show", slug, BOARD)
    (waiting,) = looked["gates"]
    assert waiting["gate"]["because"].startswith(f"{slug}/need-statement/1 was withdrawn")
    results = {it["criterion"]: it["result"] for it in waiting["judgements"]}
    assert results == {"trained": "met", "privacy": "met", "national-need": "missing"}
    assert [it["outcome"] for it in looked["decisions"]] == ["proceed"] * 3
    expiring = story.read("evidence", "expiring", "--technology", slug)
    assert [it["ref"] for it in expiring] == [f"{slug}/{BOARD}/dpia/2"]
    assert story.read("evidence", "expiring", "--technology", slug, "--days", "5") == []
    (check,) = story.read("check", "list", "--technology", slug)
    assert check["signature"]["content"]["finding"]["verdict"] == "accepted"
    assert "No evidence is on record." in story.shown("evidence", "list", "--board", "lothian")
