"""Tracks at boards, told from the command line: what going live awaits, and whose it is."""

from pathlib import Path

import pytest

from domain.infrastructure import provided_by
from tests.conftest import RunningStack
from tests.console.conftest import Starter
from tests.console.story import PILOT, Story, plan, step
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

LEAD = LEADS[PILOT]


@pytest.fixture(scope="module")
def told(starter: Starter, stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A technology whose pilot has come to its go-live, and whose team is not there yet."""
    story = Story("sleep-tracks", starter, stack, Path(tmp_path_factory.mktemp("tracks")))
    team = plan("team", step("fill-post", "board-lead"), step("keep-it", "board-lead", needs=("fill-post",)))
    provides = team.steps[0].model_copy(update={"provides": "digital-therapy-lead-posts"})
    team = team.model_copy(update={"steps": (provides, *team.steps[1:])})
    assert provided_by(team) == ("digital-therapy-lead-posts",)
    proposal = plain_life(story.slug).model_copy(
        update={"board_workstreams": {"team": team}, "go_live_needs": ("digital-therapy-lead-posts",)}
    )
    with pytest.MonkeyPatch.context() as patch:
        story.propose(patch, proposal)
        complete(story, POLICY, "national", "assessment", "state-the-need")
        decide(story, "begin")
        complete(story, LEAD, PILOT, "proof", "measure")
        story.until_waiting("national/scale")
        decide(story, "scale")
        complete(story, POLICY, "national", "standardisation", "write-it-down")
        publish(story, patch, FIRST)
        decide(story, "approve")
        for name in (it.id for it in FIRST.implementation.steps):
            complete(story, LEAD, PILOT, "implementation", name)
    story.until_waiting(f"{PILOT}/go-live")
    return story


def test_a_board_is_told_what_its_going_live_awaits_and_from_whom(told: Story) -> None:
    """In its card, at the gate, in the technology's card, and as the one answer to why."""
    task = f"{told.slug}/workstream/team@{PILOT}/fill-post"
    card = told.read("rollout", "show", told.slug, PILOT)
    assert [(it["infrastructure"], it["task"], it["late"]) for it in card["awaits"]] == [
        ("digital-therapy-lead-posts", task, False)
    ]
    assert [it["area"] for it in card["workstreams"]] == ["team"]
    assert "Infrastructure that going live awaits" in told.shown("rollout", "show", told.slug, PILOT)
    assert f"team {PILOT} under-way" in told.shown("technology", "show", told.slug)
    assert "digital-therapy-lead-posts is not ready" in told.shown("gate", "show", told.slug, PILOT)
    why = told.read("why", told.slug, PILOT)
    assert [link["stream"] for link in why["chain"]] == [
        f"rollout/{told.slug}/{PILOT}",
        f"workstream/{told.slug}/team@{PILOT}",
    ]
    assert why["chain"][-1]["wait"]["name"] == task
    refused = told.refused(ADVISOR, "gate", "decide", told.slug, PILOT, "go-live", "proceed", *WHY)
    assert "digital-therapy-lead-posts is not ready" in refused


def test_a_barrier_is_raised_in_the_track_of_a_board(told: Story) -> None:
    """It holds its step there; a track that the board has not is told as such."""
    barrier = ("--what", "Nobody applied", "--category", "relative-priority", "--owner", "board-lead", *WHY)
    where = ("barrier", "raise", told.slug, PILOT, "--severity", "blocking", "--step", "fill-post")
    assert f'has no track "tem" at {PILOT}' in told.refused(LEAD, *where, "--track", "tem", *barrier)
    name = f"{told.slug}/team@{PILOT}/barrier/1"
    assert name in told.done(LEAD, *where, "--track", "team", *barrier)
    task = f"{told.slug}/workstream/team@{PILOT}/fill-post"
    assert "Nobody applied" in told.refused(LEAD, "task", "complete", task)
    assert "Nobody applied" in told.shown("why", told.slug, PILOT)
    told.done(ADVISOR, "barrier", "close", name, "gone", *WHY)


def test_the_track_of_a_board_is_paused_and_goes_on(told: Story) -> None:
    """Then nobody can say when the board goes live; what stands in a preview is not done."""
    at_pilot = ("technology", "pause", told.slug, "--board", PILOT, "--track")
    assert f'has no track "tem" at {PILOT}' in told.refused(LEAD, *at_pilot, "tem", *WHY)
    nationally = ("technology", "pause", told.slug, "--track", "team", *WHY)
    assert 'has no track "team"' in told.refused(ADVISOR, *nationally)
    assert "and not both" in told.refused(ADVISOR, *at_pilot, "team", "--wave", "pilots", *WHY)
    assert "digital-therapy-lead-posts has no date" in told.shown(*at_pilot, "team", "--preview")
    told.until(lambda _connection: _answer(lambda: expected(told) is not None))
    said = told.done(LEAD, *at_pilot, "team", *WHY)
    assert f"Track team of {told.slug} at {PILOT} is paused." in said
    told.until(lambda _connection: _answer(lambda: expected(told) is None))
    told.done(LEAD, "technology", "resume", told.slug, "--board", PILOT, "--track", "team", *WHY)
    told.until(lambda _connection: _answer(lambda: expected(told) is not None))


def expected(told: Story) -> object:
    """When what going live awaits is expected."""
    (awaited,) = told.read("rollout", "show", told.slug, PILOT)["awaits"]
    return awaited["due"]


def test_it_goes_live_once_all_is_ready(told: Story) -> None:
    """The task is the board's: somebody of another board does not complete it."""
    task = f"{told.slug}/workstream/team@{PILOT}/fill-post"
    assert "is the work of tayside" in told.refused("board-lead@shetland", "task", "complete", task)
    told.done(LEAD, "task", "complete", task)

    def ready() -> bool:
        return not told.read("rollout", "show", told.slug, PILOT)["awaits"]

    told.until(lambda _connection: _answer(ready))
    told.done(ADVISOR, "gate", "decide", told.slug, PILOT, "go-live", "proceed", *WHY)


async def _answer(question: object) -> bool:
    assert callable(question)
    return bool(question())
