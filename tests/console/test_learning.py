"""From a barrier at a pilot to a step in the playbook, told from the command line; and why things wait."""

from pathlib import Path

import pytest

from tests.conftest import RunningStack
from tests.console.conftest import Starter
from tests.console.story import BOARD, PILOT, Story
from tests.console.test_migrating import (
    ADVISOR,
    FIRST,
    LEADS,
    POLICY,
    WHY,
    complete,
    decide,
    plain_life,
    publish,
)

TEAM = "national-programme-team"
LEAD = LEADS[PILOT]
RAISE = ("--what", "Practices have no time", "--category", "relative-priority", "--owner", "board-lead", *WHY)


@pytest.fixture(scope="module")
def told(starter: Starter, stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A technology whose pilot has just begun."""
    story = Story("sleep-learning", starter, stack, Path(tmp_path_factory.mktemp("learning")))
    with pytest.MonkeyPatch.context() as patch:
        story.propose(patch, plain_life(story.slug))
    complete(story, POLICY, "national", "assessment", "state-the-need")
    decide(story, "begin")
    story.until_open(story.task(PILOT, "proof", "measure"))
    return story


def test_what_a_pilot_learns_becomes_a_step_of_the_playbook(
    told: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first sign of trouble to the version that other boards are offered."""
    a_barrier_is_raised_and_holds_its_step(told)
    everybody_is_told_why_it_waits(told)
    what_may_help_is_suggested_and_tried(told)
    it_is_closed_once_something_helped(told)
    the_standard_is_published(told, monkeypatch)
    a_change_is_proposed_with_what_it_was_learned_from(told)
    somebody_else_reviews_it(told)
    the_next_version_has_it(told)


def name(story: Story) -> str:
    """The name of the pilot's first barrier."""
    return f"{story.slug}/{PILOT}/barrier/1"


def a_barrier_is_raised_and_holds_its_step(story: Story) -> None:
    """Whoever names what is not there, or says too little, is told."""
    at_pilot = ("barrier", "raise", story.slug, PILOT)
    assert "needs a severity: add --severity" in story.refused(LEAD, *at_pilot, *RAISE)
    worse = ("--severity", "blocking")
    unknown = story.refused(LEAD, *at_pilot, *RAISE, *worse, "--step", "mesure")
    assert 'works on no step "mesure" now: did you mean "measure"?' in unknown
    lost = ("--what", "x", "--category", "priorities", "--owner", "board-lead", *WHY)
    assert 'There is no category "priorities"' in story.refused(LEAD, *at_pilot, *lost, *worse)
    said = story.done(LEAD, *at_pilot, *RAISE, *worse, "--step", "measure")
    assert f"{name(story)} is raised" in said
    assert "it holds measure and keeps every gate there shut" in said
    measure = story.task(PILOT, "proof", "measure")
    assert 'is held by barrier 1 ("Practices have no time")' in story.refused(
        LEAD, "task", "complete", measure
    )
    assert story.read("task", "show", measure)["held_by"] == name(story)
    (listed,) = story.read("barrier", "list", "--technology", story.slug)
    assert (listed["severity"], listed["steps"], listed["board"]) == ("blocking", ["measure"], PILOT)


def everybody_is_told_why_it_waits(story: Story) -> None:
    """The technology's answer ends at the barrier's owner, whose inbox has it first."""
    answer = story.read("why", story.slug)
    assert [link["stream"] for link in answer["chain"]] == [
        f"technology/{story.slug}",
        f"rollout/{story.slug}/{PILOT}",
    ]
    root = answer["chain"][-1]["wait"]
    assert (root["kind"], root["on"], root["name"]) == ("barrier", "board-lead", name(story))
    assert f"barrier show {name(story)}" in story.shown("why", story.slug, PILOT)
    mine = story.starter("inbox", "--technology", story.slug, "-o", "json", "--as", LEAD).json
    assert [(it["kind"], it["name"]) for it in mine] == [("barrier", name(story))]
    planned = story.read("why", story.slug, BOARD)
    assert planned["chain"][0]["stream"] == f"rollout/{story.slug}/{BOARD}"
    assert "the release of wave" in planned["chain"][0]["wait"]["what"]


def what_may_help_is_suggested_and_tried(story: Story) -> None:
    """What was tried to an end is suggested from then on, beside what experts endorsed."""
    assert "nothing was tried to an end yet" in story.shown("barrier", "suggest", name(story))
    experts = story.read("barrier", "suggest", "--category", "adaptability")
    assert [(it["strategy"], it["share"]) for it in experts] == [
        ("promote-adaptability", 0.73),
        ("tailor-strategies", 0.35),
    ]
    attempt = ("--what", "Come to their meetings", *WHY)
    assert "Mitigation 1" in story.done(LEAD, "barrier", "mitigate", name(story), "meetings", *attempt)
    early = story.refused(LEAD, "barrier", "close", name(story), "overcome", *WHY)
    assert "has no outcome: say how it ended first" in early
    story.done(LEAD, "barrier", "outcome", name(story), "1", "worked", *WHY)
    (found,) = story.read("barrier", "suggest", name(story))
    assert (found["strategy"], found["tried"]["worked"]) == ("meetings", 1)
    assert found["tried"]["places"] == [f"{story.slug}/{PILOT}"]


def it_is_closed_once_something_helped(story: Story) -> None:
    """What it held goes on, and it stays on record."""
    assert "What it held goes on" in story.done(LEAD, "barrier", "close", name(story), "overcome", *WHY)
    again = story.refused(LEAD, "barrier", "close", name(story), "gone", *WHY)
    assert "was closed on" in again
    assert story.read("barrier", "list", "--technology", story.slug) == []
    shown = story.read("barrier", "show", name(story))
    assert (shown["resolution"], shown["mitigations"][0]["outcome"]) == ("overcome", "worked")
    complete(story, LEAD, PILOT, "proof", "measure")


def the_standard_is_published(story: Story, patch: pytest.MonkeyPatch) -> None:
    """Without it there is nothing to change."""
    early = story.refused(LEAD, "playbook", "propose", story.slug, "drop", "equip", *WHY)
    assert "No playbook has been published" in early
    story.until_waiting("national/scale")
    decide(story, "scale")
    complete(story, POLICY, "national", "standardisation", "write-it-down")
    publish(story, patch, FIRST)
    decide(story, "approve")
    story.until_open(story.task(PILOT, "implementation", "equip"))


def a_change_is_proposed_with_what_it_was_learned_from(story: Story) -> None:
    """What does not go together, or was not learned, is refused."""
    propose = ("playbook", "propose", story.slug)
    visit = ("add", "visit", "--title", "Visit practices", "--owner", "board-lead", "--duration", "P9D")
    loop = story.refused(LEAD, *propose, "move", "train-staff", "--needs", "write-notes", *WHY)
    assert "wait for each other" in loop
    assert "has no place in `drop`" in story.refused(LEAD, *propose, "drop", "equip", "--title", "x", *WHY)
    assert "needs --owner and --duration" in story.refused(
        LEAD, *propose, "add", "visit", "--title", "Visit", *WHY
    )
    few = story.refused(LEAD, *propose, "alter", "equip", "--duration", "learned", *WHY)
    assert '0 boards have done "equip" so far' in few
    unlearned = story.refused(LEAD, *propose, *visit, "--because", f"{name(story)}0", *WHY)
    assert f"did you mean {name(story)}?" in unlearned
    said = story.done(LEAD, *propose, *visit, "--needed-by", "write-notes", "--because", name(story), *WHY)
    assert 'Change 1 is proposed: add "Visit practices" (visit) to the implementation' in said
    assert "before write-notes" in said


def somebody_else_reviews_it(story: Story) -> None:
    """And not just anybody."""
    (waiting,) = story.read("playbook", "changes", story.slug)
    assert (waiting["lessons"], waiting["accepted"]) == ([name(story)], None)
    review = ("playbook", "review", story.slug, "1", "accept", *WHY)
    assert "belongs to" in story.refused(POLICY, *review)
    assert "No accepted change" in story.refused(ADVISOR, "playbook", "publish", story.slug, *WHY)
    assert f"playbook publish {story.slug}" in story.done(ADVISOR, *review)
    assert "was accepted on" in story.refused(ADVISOR, *review)


def the_next_version_has_it(story: Story) -> None:
    """Boards that are under way are offered it; the lesson stands among its mitigations."""
    said = story.done(TEAM, "playbook", "publish", story.slug, *WHY)
    assert "Version 2" in said
    assert f"playbook migrate {story.slug} --preview" in said
    playbook = story.read("playbook", "show", story.slug)["content"]
    assert [it["id"] for it in playbook["implementation"]["steps"]][-1] == "visit"
    assert playbook["mitigations"][-1] == {
        "barrier": "Practices have no time",
        "mitigation": "Come to their meetings",
        "source": name(story),
    }
    assert story.read("playbook", "changes", story.slug) == []
    (done,) = story.read("playbook", "changes", story.slug, "--all")
    assert done["version"] == 2
    story.done(LEAD, "playbook", "migrate", story.slug, "--board", PILOT, *WHY)
    story.until_open(story.task(PILOT, "implementation", "visit"))
