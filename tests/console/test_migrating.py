"""Boards are taken to another version of the playbook from the command line, and one of them cannot go."""

import json
from pathlib import Path

import pytest

from catalogue.queries.rollouts import list_rollouts
from console import reading
from console.desk import Desk, at_desk
from domain.names import technology_id
from domain.playbook import Playbook
from domain.proposal import Proposal
from domain.technology import PublishPlaybook
from tests.conftest import RunningStack
from tests.console.conftest import Starter
from tests.console.story import BOARD, OTHER, PILOT, Story, gate, plan, playbook, seat, short_life, step

ADVISOR, POLICY = "national-advisor", "policy-lead"
LEADS = {board: f"board-lead@{board}" for board in (PILOT, BOARD, OTHER)}
WHY = ("--reason", "It saves a week")

TRAIN, EQUIP = step("train-staff", "board-lead"), step("equip", "board-lead")
NOTES = step("write-notes", "board-lead", needs=("train-staff",))
FIRST = playbook().model_copy(update={"implementation": plan("implementation", TRAIN, EQUIP, NOTES)})
SECOND = FIRST.model_copy(
    update={
        "version": 2,
        "implementation": plan(
            "implementation",
            EQUIP.model_copy(update={"duration": EQUIP.duration * 2}),
            NOTES.model_copy(update={"needs": ()}),
            step("rehearse", "board-lead", mandatory=True),
        ),
    }
)
"""It drops the training, on which notes rest that were begun; it has one step more."""


def plain_life(slug: str) -> Proposal:
    """The story's technology with gates that ask for nothing."""
    usual, advisor = short_life(slug), (seat(ADVISOR),)
    simple = {name: gate(name, advisor, 1) for name in ("begin", "scale")}
    simple["go_live"] = gate("go-live", advisor, 1)
    return usual.model_copy(
        update={
            "assessment": plan("assessment", step("state-the-need", POLICY)),
            "proof_of_concept": plan("proof", step("measure", "board-lead")),
            "standardisation": plan("standardisation", step("write-it-down", POLICY)),
            "gates": usual.gates.model_copy(update=simple),
            "board_checks": {},
        }
    )


@pytest.fixture(scope="module")
def told(starter: Starter, stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A technology that three boards replicate, each as far as it happens to be."""
    story = Story("sleep-migration", starter, stack, Path(tmp_path_factory.mktemp("migration")))
    with pytest.MonkeyPatch.context() as patch:
        story.propose(patch, plain_life(story.slug))
        complete(story, POLICY, "national", "assessment", "state-the-need")
        decide(story, "begin")
        complete(story, LEADS[PILOT], PILOT, "proof", "measure")
        story.until_waiting("national/scale")
        decide(story, "scale")
        complete(story, POLICY, "national", "standardisation", "write-it-down")
        publish(story, patch, FIRST)
        decide(story, "approve")
        complete(story, LEADS[BOARD], BOARD, "implementation", "equip")
        complete(story, LEADS[OTHER], OTHER, "implementation", "train-staff")
        story.until_open(story.task(PILOT, "implementation", "train-staff"))
        publish(story, patch, SECOND)
    return story


def complete(story: Story, acting_as: str, place: str, name: str, done: str) -> None:
    """Complete a task as soon as it is open."""
    task = story.task(place, name, done)
    story.until_open(task)
    story.done(acting_as, "task", "complete", task)


def decide(story: Story, name: str) -> None:
    """Pass a national gate."""
    story.done(ADVISOR, "gate", "decide", story.slug, name, "proceed", *WHY)


def publish(story: Story, patch: pytest.MonkeyPatch, version: Playbook) -> None:
    """Publish a version."""
    patch.setenv("CAIRN_HOME", str(story.stack.home))

    async def send(desk: Desk) -> None:
        command = PublishPlaybook(actor=desk.actor, playbook=version)
        await desk.send(technology_id(story.slug), "publish_playbook", command)

    at_desk("national-programme-team", None, send)


def test_boards_go_on_and_one_stays(told: Story) -> None:
    """From what differs to what was decided."""
    what_differs_is_shown(told)
    what_would_become_of_each_board_is_shown(told)
    whoever_may_not_or_says_not_why_is_refused(told)
    boards_go_on_and_the_one_that_cannot_says_why(told)
    the_same_command_does_nothing_twice(told)
    the_board_that_stays_declines(told)
    who_is_behind_shows(told)
    how_long_steps_take_shows(told)


def what_differs_is_shown(story: Story) -> None:
    """Each step with what has become of it."""
    shown = story.shown("playbook", "diff", story.slug)
    assert "version 1 to version 2" in shown
    assert "added rehearse" in shown
    assert "dropped train-staff" in shown
    assert "duration: 14 days → 28 days" in shown
    assert "needs: train-staff → none" in shown
    found = story.read("playbook", "diff", story.slug)["implementation"]
    assert (found["added"], found["dropped"]) == (["rehearse"], ["train-staff"])
    assert "nothing to compare" in story.starter("playbook", "diff", story.slug, "--to", "1").err
    assert "has no version 9" in story.starter("playbook", "diff", story.slug, "--to", "9").err


def what_would_become_of_each_board_is_shown(story: Story) -> None:
    """In no role and for no reason; nothing is done by looking."""
    migrate = ("playbook", "migrate", story.slug, "--preview")
    found = {it["board"]: it for it in story.read(*migrate)}
    assert {board: it["safe"] for board, it in found.items()} == {PILOT: True, BOARD: True, OTHER: False}
    assert found[BOARD]["migration"]["kept"] == ["equip", "write-notes"]
    assert found[BOARD]["migration"]["added"] == ["rehearse"]
    assert found[BOARD]["migration"]["dropped"] == ["train-staff"]
    assert [it["step"] for it in found[PILOT]["migration"]["due"]] == ["equip"]
    assert 'takes the ground from "Write-notes" (open)' in found[OTHER]["why_not"]
    shown = story.shown(*migrate)
    assert "unsafe: dropping" in shown
    assert "due date of equip:" in shown
    assert {it["board"] for it in story.read(*migrate, "--board", BOARD)} == {BOARD}
    assert {it["playbook"] for it in story.read("rollout", "list", "--technology", story.slug)} == {1}


def whoever_may_not_or_says_not_why_is_refused(story: Story) -> None:
    """Nobody has gone on then."""
    migrate = ("playbook", "migrate", story.slug)
    assert "Say why: add --reason" in story.refused(ADVISOR, *migrate)
    said = story.run(POLICY, *migrate, *WHY)
    assert said.code == 1
    assert "3 of 3 boards stay as they were" in said.err
    assert "belongs to national-programme-team or national-advisor or board-lead" in " ".join(
        said.out.split()
    )
    unknown = story.refused(ADVISOR, *migrate, "--board", "fif", *WHY)
    assert "did you mean fife" in unknown


def boards_go_on_and_the_one_that_cannot_says_why(story: Story) -> None:
    """Those that can have gone on all the same."""
    said = story.run(ADVISOR, "playbook", "migrate", story.slug, *WHY)
    assert said.code == 1
    assert said.err.startswith("1 of 3 boards stay as they were")
    assert 'cannot adopt version 2 safely: dropping "Train-staff"' in " ".join(said.out.split())
    rollouts = {it["board"]: it for it in story.read("rollout", "list", "--technology", story.slug)}
    assert {board: it["playbook"] for board, it in rollouts.items()} == {PILOT: 2, BOARD: 2, OTHER: 1}
    assert rollouts[OTHER]["offered"] == 2
    story.until_open(story.task(BOARD, "implementation", "rehearse"))
    equip = story.read("task", "show", story.task(BOARD, "implementation", "equip"))
    assert equip["status"] == "completed"
    assert (
        story.read("task", "show", story.task(BOARD, "implementation", "train-staff"))["status"] == "dropped"
    )


def the_same_command_does_nothing_twice(story: Story) -> None:
    """It says so, and who cannot go is refused again."""
    said = story.run(ADVISOR, "playbook", "migrate", story.slug, *WHY, "-o", "json")
    assert said.code == 1
    assert {it["board"]: it["ending"] for it in said.json} == {
        PILOT: "was already",
        BOARD: "was already",
        OTHER: "not done",
    }
    again = ("playbook", "migrate", story.slug, "--board", BOARD, *WHY)
    assert "nothing was left to do" in story.done(ADVISOR, *again)
    asked = ("events", "list", "--stream", f"rollout/{story.slug}", "--type", "edition-adopted", "-o", "json")
    events = [json.loads(line)["source"] for line in story.starter(*asked).out.splitlines()]
    assert sorted(events) == sorted(f"/cairn/rollout/{story.slug}/{board}" for board in (PILOT, BOARD))


def the_board_that_stays_declines(story: Story) -> None:
    """With its reason; its lead decides for that board alone."""
    decline = ("playbook", "migrate", story.slug, "--decline", "--reason", "We go live first")
    assert "declined" in story.done(LEADS[OTHER], *decline)

    async def stays(connection: reading.Connection) -> bool:
        (found,) = await list_rollouts(connection, technology=story.slug, board=OTHER)
        return found.declined is not None

    story.until(stays)


def who_is_behind_shows(story: Story) -> None:
    """With the version, and what the board said to the later one."""
    for words in (("technology", "show", story.slug), ("playbook", "show", story.slug)):
        shown = story.shown(*words)
        assert "Boards on an earlier version of the playbook" in shown
        assert f"{OTHER} replication 1 of 2" in shown
        assert "We go live first" in shown
    shown = story.shown("rollout", "show", story.slug, OTHER)
    assert "version 1 of 2" in shown
    assert "declined a version" in shown
    assert "adopted a version" in story.shown("rollout", "show", story.slug, BOARD)


def how_long_steps_take_shows(story: Story) -> None:
    """Few boards are called few."""
    shown = story.shown("playbook", "durations", story.slug)
    assert "equip 28 days under 0.1 days only 1 board" in shown
    found = {it["step"]: it for it in story.read("playbook", "durations", story.slug)}
    assert (found["equip"]["boards"], found["equip"]["planned"]) == (1, 28.0)
    assert found["train-staff"]["planned"] is None
    assert found["rehearse"]["boards"] == 0
