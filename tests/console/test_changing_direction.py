"""Direction is changed from the command line: each change is previewed, asks for a reason, and is done."""

from pathlib import Path

import pytest

from catalogue.queries.rollouts import list_rollouts
from catalogue.queries.technologies import list_waves
from console import reading
from domain.proposal import Proposal, Wave
from tests.conftest import RunningStack
from tests.console.conftest import Starter
from tests.console.story import BOARD, OTHER, PILOT, Story
from tests.console.test_migrating import FIRST, complete, decide, plain_life, publish

ADVISOR, POLICY = "national-advisor", "policy-lead"
WHY = ("--reason", "As agreed on Monday")
FIRST_WAVE = ("fife", "orkney", "shetland")


def turning_life(slug: str) -> Proposal:
    """A technology with one pilot and two waves."""
    waves = (Wave(name="first", boards=FIRST_WAVE), Wave(name="second", boards=("lothian",)))
    return plain_life(slug).model_copy(update={"waves": waves})


@pytest.fixture(scope="module")
def told(starter: Starter, stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A technology that is being tested at one board."""
    story = Story("sleep-turning", starter, stack, Path(tmp_path_factory.mktemp("turning")))
    with pytest.MonkeyPatch.context() as patch:
        story.propose(patch, turning_life(story.slug))
        complete(story, POLICY, "national", "assessment", "state-the-need")
        decide(story, "begin")
        story.until_open(story.task(PILOT, "proof", "measure"))
    return story


def test_direction_is_changed(told: Story) -> None:
    """From the pilots to the last wave."""
    a_pilot_changes_places(told)
    a_board_joins(told)
    waves_are_cut_and_joined(told)
    what_cannot_be_is_said(told)
    a_wave_rests_and_ends(told)
    boards_are_ranked(told)
    work_that_nobody_planned_delays_others(told)
    another_technology_takes_its_place(told)


def waves_of(story: Story) -> dict[str, list[str]]:
    """The boards of each wave, in their order."""
    return {it["name"]: it["boards"] for it in story.read("wave", "list", story.slug)}


def a_pilot_changes_places(story: Story) -> None:
    """Seen first, then done: the other board begins, and the pilot waits for its wave."""
    swap = ("technology", "swap-pilot", story.slug, PILOT, BOARD)
    shown = story.shown(*swap, "--preview")
    assert "pilots → first" in shown
    assert "first → pilots" in shown
    assert "They are no forecast" in shown
    assert waves_of(story)["pilots"] == [PILOT], "nothing is done by looking"
    assert "Say why: add --reason" in story.refused(ADVISOR, *swap)
    assert "belongs to" in story.refused(POLICY, *swap, *WHY)
    assert f"{BOARD} tests {story.slug} in the place of {PILOT}." in story.done(ADVISOR, *swap, *WHY)
    assert waves_of(story) == {
        "pilots": [BOARD],
        "first": [PILOT, "orkney", "shetland"],
        "second": ["lothian"],
    }
    story.until_open(story.task(BOARD, "proof", "measure"))

    async def is_put_down(connection: reading.Connection) -> bool:
        found = await list_rollouts(connection, technology=story.slug, board=PILOT)
        return [(it.stage, it.pilot) for it in found] == [("released", False)]

    story.until(is_put_down)
    assert story.read("task", "show", story.task(PILOT, "proof", "measure"))["status"] == "waiting"
    assert "swapped a pilot" in story.shown("technology", "show", story.slug)


def a_board_joins(story: Story) -> None:
    """With the checks that the programme's files ask of it."""
    add = ("technology", "add-board", story.slug, "western-isles", "--wave", "islands")
    assert "none → islands" in story.shown(*add, "--preview")
    story.done(ADVISOR, *add, *WHY)
    assert waves_of(story)["islands"] == ["western-isles"]
    assert "takes part already, in wave islands" in story.refused(ADVISOR, *add, *WHY)
    assert "did you mean" in story.refused(
        ADVISOR, "technology", "add-board", story.slug, "westerly-isles", "--wave", "x", *WHY
    )


def waves_are_cut_and_joined(story: Story) -> None:
    """Each keeps its name where it can."""
    cut = ("wave", "split", story.slug, "first", "--into", PILOT, "--into", "orkney,shetland")
    assert "first → first-2" in story.shown(*cut, "--preview")
    assert "wave first → first-2" in story.done(ADVISOR, *cut, *WHY)
    assert list(waves_of(story)) == ["pilots", "first", "first-2", "second", "islands"]
    story.done(ADVISOR, "wave", "merge", story.slug, "second", "islands", *WHY)
    assert waves_of(story)["second-and-islands"] == ["lothian", "western-isles"]
    order = ("second-and-islands", "first", "first-2")
    story.done(ADVISOR, "wave", "reorder", story.slug, *order, *WHY)
    assert list(waves_of(story)) == ["pilots", *order]
    story.done(ADVISOR, "wave", "move", story.slug, "shetland", "first", *WHY)
    assert waves_of(story)["first"] == [PILOT, "shetland"]
    assert waves_of(story)["first-2"] == ["orkney"]


def what_cannot_be_is_said(story: Story) -> None:
    """Also by a preview, and nothing has changed then."""
    before = waves_of(story)
    reorder = ("wave", "reorder", story.slug, "first")
    said = story.starter(*reorder, "--preview")
    assert said.code == 1
    assert "Name every wave that is still to be released" in said.err
    assert "did you mean" in story.refused(ADVISOR, "wave", "merge", story.slug, "frist", "first-2", *WHY)
    pause = ("technology", "pause", story.slug, "--wave", "frist")
    said = story.starter(*pause, "--preview")
    assert said.code == 1
    assert "It would be refused" in said.err
    assert story.read(*pause, "--preview")["refused"] == ['There is no wave "frist": did you mean "first"?']
    both = ("technology", "pause", story.slug, "--wave", "first", "--board", OTHER)
    assert "Name a board or a wave, and not both" in story.refused(ADVISOR, *both, *WHY)
    assert waves_of(story) == before


def a_wave_rests_and_ends(story: Story) -> None:
    """One that is to come keeps nobody back, and one that works rests with its boards."""
    pause = ("technology", "pause", story.slug, "--wave", "second-and-islands")
    assert "lothian" in story.shown(*pause, "--preview")
    story.done(ADVISOR, *pause, *WHY)
    assert "paused: As agreed on Monday" in story.shown("wave", "list", story.slug)
    with pytest.MonkeyPatch.context() as patch:
        complete(story, f"board-lead@{BOARD}", BOARD, "proof", "measure")
        story.until_waiting("national/scale")
        decide(story, "scale")
        complete(story, POLICY, "national", "standardisation", "write-it-down")
        publish(story, patch, FIRST)
        decide(story, "approve")
    for board in (PILOT, "orkney", "shetland"):
        story.until_open(story.task(board, "implementation", "equip"))

    async def are_released(connection: reading.Connection) -> bool:
        found = await list_waves(connection, story.slug)
        return {it.name for it in found if it.released} == {"pilots", "first", "first-2"}

    # Boards record what they begin on their own, at times before the technology's permission is recorded.
    story.until(are_released)
    pause = ("technology", "pause", story.slug, "--wave", "first")
    found = story.read(*pause, "--preview")
    moved = {it["name"]: it["after"]["held"] for it in found["moves"] if it["what"] == "board"}
    assert moved == dict.fromkeys((PILOT, "shetland"), "paused: wave first: previewed")
    story.done(ADVISOR, *pause, *WHY)

    async def rests(connection: reading.Connection) -> bool:
        found = await list_rollouts(connection, technology=story.slug)
        return {it.board for it in found if it.paused and it.stage != "planned"} == {PILOT, "shetland"}

    story.until(rests)
    story.done(ADVISOR, "technology", "resume", story.slug, "--wave", "first", *WHY)
    stop = ("technology", "stop", story.slug, "--wave", "second-and-islands")
    assert "is stopped for good" in story.done(ADVISOR, *stop, *WHY)
    stages = {it["board"]: it["stopped"] for it in story.read("rollout", "list", "--technology", story.slug)}
    assert stages["lothian"]["reason"] == "As agreed on Monday"


def boards_are_ranked(story: Story) -> None:
    """With the queue and the dates that would change; a preview needs neither a reason nor a role."""
    story.done(ADVISOR, "programme", "capacity", "1", "--preview", *WHY)
    rank = ("technology", "reprioritise", story.slug, "5", "--wave", "first-2")
    shown = story.shown(*rank, "--preview")
    assert "nobody's position would change" in shown
    assert "No planned date moves." in shown
    assert "They are no forecast" in shown
    assert story.read(*rank, "--preview")["books"]["pushed_back"] == []
    assert "Say why: add --reason" in story.refused(ADVISOR, *rank)
    assert f"{story.slug} at orkney has priority 5." in story.done(ADVISOR, *rank, *WHY)
    single = ("programme", "prioritise", story.slug, "7", "--board", PILOT)
    assert f"{story.slug} at {PILOT} has priority 7." in story.done(ADVISOR, *single, *WHY)


def work_that_nobody_planned_delays_others(story: Story) -> None:
    """Its capacity is shown before it is accepted, and so are the dates."""
    work = ("programme", "take-on", "recall", "Recall a leaflet", "--lane", "developing", "--board", OTHER)
    shown = story.shown(*work, "--preview")
    assert "What it takes" in shown
    assert "board/orkney/developing" in shown
    assert "a national place for developing" in shown
    done = story.done(ADVISOR, *work, *WHY)
    assert done.index("What it takes") < done.index("recall is taken on.")
    finish = ("programme", "finish", "recall")
    assert "What would follow" in story.shown(*finish, "--preview")
    assert "Say why: add --reason" in story.refused(ADVISOR, *finish)
    assert "recall is finished." in story.done(ADVISOR, *finish, *WHY)


def another_technology_takes_its_place(story: Story) -> None:
    """Board by board: where it serves people it stays until the other does, elsewhere it ends at once."""
    for name in ("train-staff", "equip", "write-notes"):
        complete(story, f"board-lead@{BOARD}", BOARD, "implementation", name)
    story.until_waiting(f"{BOARD}/go-live")
    story.done(f"{ADVISOR}@{BOARD}", "gate", "decide", story.slug, BOARD, "go-live", "proceed", *WHY)
    story.until_open(story.task(BOARD, "handover", "accept-it"))
    successor = f"{story.slug}-next"
    stranger = ("technology", "replace", story.slug, "--by", story.slug, "--preview")
    assert "was not proposed to take the place of" in story.starter(*stranger).err
    following = turning_life(successor).model_copy(update={"replaces": story.slug, "pilots": (OTHER,)})
    waves = (Wave(name="first", boards=(PILOT, "shetland")),)
    with pytest.MonkeyPatch.context() as patch:
        story.propose(patch, following.model_copy(update={"waves": waves}))
    replace = ("technology", "replace", story.slug, "--by", successor)
    shown = story.shown(*replace, "--preview")
    assert "stays live, and the successor has no plan for it" in shown
    assert "ends at once: nobody is served there" in shown
    assert "1 board would keep it for good" in shown
    assert f"stopped: {successor} takes its place" in shown
    found = story.read(*replace, "--preview")
    assert {it["board"]: it["successor"] for it in found["fates"]}[BOARD] == "takes no part"
    assert {it["name"] for it in found["moves"] if it["what"] == "board"} >= {PILOT, OTHER, "shetland"}
    assert "Say why: add --reason" in story.refused(ADVISOR, *replace)
    done = story.done(ADVISOR, *replace, *WHY)
    assert f"{successor} takes the place of {story.slug} from now on" in done

    async def has_given_way(connection: reading.Connection) -> bool:
        found = await list_rollouts(connection, technology=story.slug)
        return [it.board for it in found if it.stopped is None] == [BOARD]

    story.until(has_given_way)
    for slug in (story.slug, successor):
        stop = ("technology", "stop", slug)
        assert "Stages" in story.shown(*stop, "--preview")
        story.done(ADVISOR, *stop, *WHY)
