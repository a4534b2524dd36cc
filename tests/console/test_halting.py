"""The line is stopped from the command line, looked at, and let go at its own gate."""

from pathlib import Path

import pytest

from tests.conftest import RunningStack
from tests.console.conftest import Starter
from tests.console.story import PILOT, Story
from tests.console.test_migrating import ADVISOR, POLICY, complete, decide, plain_life

LEAD, CLINICAL = f"board-lead@{PILOT}", "clinical-lead"
OWNER = ("--concern", "The score is wrong", "--owner", CLINICAL)
HALT = (*OWNER, "--reason", "Two people were not called")
REVIEW = ("--statement", "The score is mended", "--source", "Safety log", "--dated", "2026-01-01")


@pytest.fixture(scope="module")
def told(starter: Starter, stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A technology in test and learn at one board."""
    story = Story("sleep-halt", starter, stack, Path(tmp_path_factory.mktemp("halt")))
    with pytest.MonkeyPatch.context() as patch:
        story.propose(patch, plain_life(story.slug))
    complete(story, POLICY, "national", "assessment", "state-the-need")
    decide(story, "begin")
    story.until_open(story.task(PILOT, "proof", "measure"))
    return story


def test_the_line_is_stopped_and_let_go(told: Story) -> None:
    """From what would freeze to the step that goes on."""
    what_would_freeze_is_shown_and_nothing_is_done(told)
    what_is_wrong_is_said(told)
    anybody_of_a_board_stops_the_line(told)
    where_one_looks_it_is_seen(told)
    nothing_but_its_gate_lets_it_go(told)
    it_is_let_go_by_two_with_a_review(told)


def what_would_freeze_is_shown_and_nothing_is_done(told: Story) -> None:
    """Dates, capacity and who is to come."""
    words = ("technology", "halt", told.slug, *OWNER, "--preview")
    shown = told.shown(*words)
    assert "nothing is done yet" in shown
    assert f"{PILOT} proof-of-concept measure" in shown
    assert "Due dates of what stops move by as long as it stands." in shown
    assert "Would not take up the playbook before the release:" in shown
    found = told.read(*words, "--may-continue", "measure")
    (pilot,) = (it for it in found["lives"] if it["board"] == PILOT)
    assert (pilot["stops"], pilot["goes_on"], pilot["due"]) == ([], ["measure"], None)
    assert "halted: The score is wrong" in shown
    held = {it["name"]: it["after"]["held"] for it in found["consequences"]["moves"]}
    assert held[PILOT] == "halted: The score is wrong"
    assert halts_of(told) == []


def halts_of(told: Story) -> list[int]:
    """The numbers of the halts in force."""
    (found,) = (it for it in told.read("technology", "list") if it["slug"] == told.slug)
    return list(found["halted"])


def what_is_wrong_is_said(told: Story) -> None:
    """In one sentence each, and nothing is halted by it."""
    halt = ("technology", "halt", told.slug, *HALT)
    assert 'did you mean "measure"?' in told.refused(LEAD, *halt, "--may-continue", "measured")
    assert 'did you mean "measure"?' in told.refused(LEAD, *halt, "--preview", "--may-continue", "measured")
    assert "Say why" in told.refused(LEAD, "technology", "halt", told.slug, *OWNER)
    assert "has no version 3" in told.refused(LEAD, *halt, "--version", "3")
    early = told.refused(LEAD, "technology", "release", told.slug, "1", "proceed", "--reason", "Over")
    assert "there is no halt to release" in early
    nobody = ("--concern", "The score is wrong", "--owner", "nobody-at-all", "--reason", "Two people")
    assert "nobody-at-all" in told.refused(LEAD, "technology", "halt", told.slug, *nobody)
    assert halts_of(told) == []


def anybody_of_a_board_stops_the_line(told: Story) -> None:
    """And is told how far it has stopped."""
    said = told.done(LEAD, "technology", "halt", told.slug, *HALT, "--allowance", "Guides answer calls.")
    assert "frozen at 1 of 1 board" in said


def where_one_looks_it_is_seen(told: Story) -> None:
    """At the technology, at the board, at its tasks."""
    for words in (("technology", "show", told.slug), ("rollout", "show", told.slug, PILOT)):
        shown = told.shown(*words)
        assert "The score is wrong" in shown
        assert "Guides answer calls." in shown
    assert halts_of(told) == [1]
    (task,) = told.read("task", "list", "--technology", told.slug, "--board", PILOT)
    assert (task["at_rest"], task["halted_by"]) == (True, 1)
    assert "halted" in told.refused(LEAD, "task", "complete", told.task(PILOT, "proof", "measure"))


def nothing_but_its_gate_lets_it_go(told: Story) -> None:
    """A resumption is about pauses, and without its review the gate stays shut."""
    assert "not paused" in told.refused(ADVISOR, "technology", "resume", told.slug, "--reason", "Over.")
    shown = told.shown("technology", "release", told.slug)
    assert "there is no other way out" in shown
    assert f"evidence add {told.slug} safety-review-1" in shown
    release = ("technology", "release", told.slug, "1", "proceed")
    assert "takes a reason" in told.refused(CLINICAL, *release)
    assert "safety-review-1" in told.refused(CLINICAL, *release, "--reason", "It is mended")


def it_is_let_go_by_two_with_a_review(told: Story) -> None:
    """Then the board goes on."""
    told.done(POLICY, "evidence", "add", told.slug, "safety-review-1", *REVIEW)
    release = ("technology", "release", told.slug, "1", "proceed", "--reason", "It was tried by two")
    told.done(CLINICAL, *release)
    assert halts_of(told) == [1], "one alone releases nothing"
    told.done(ADVISOR, *release)
    assert halts_of(told) == []
    told.until_going(told.task(PILOT, "proof", "measure"))
    told.done(LEAD, "task", "complete", told.task(PILOT, "proof", "measure"))
