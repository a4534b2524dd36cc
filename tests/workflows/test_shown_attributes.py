"""Search attributes stay small, however many boards there are: one that is too large ends the workflow."""

import json

from hypothesis import given
from hypothesis import strategies as st

from domain.proposal import Wave
from domain.rollout_briefs import RolloutStage
from domain.technology_waits import waits
from tests.domain.examples import PROPOSAL, make_plan, make_step, propose
from tests.domain.halting import until
from tests.domain.world import World, found_programme
from workflows import attributes
from workflows.display import LARGEST_ATTRIBUTE, fitting, technology_attributes

MANY = tuple(f"board-of-a-long-name-{number}" for number in range(60))


def crowded() -> World:
    """A technology that scales at very many boards, with a track at each."""
    proposal = propose(
        waves=(Wave(name="all", boards=MANY),),
        board_checks=dict.fromkeys((*PROPOSAL.pilots, *MANY), ()),
        board_workstreams={"team": make_plan("team", make_step("post", provides="post"))},
    )
    return until(found_programme(proposal), f"rollout/ccbt/{MANY[0]}", RolloutStage.QUEUED)


def test_boards_and_tracks_count_as_one_each_among_those_who_are_waited_on() -> None:
    """Their names alone would be more than the server takes; each board has an attribute of its own."""
    state = crowded().technology
    named = json.dumps([wait.on for wait in waits(state)])
    assert len(named) > LARGEST_ATTRIBUTE
    on = technology_attributes(state)[attributes.WAITING_ON]
    assert {"boards", "tracks"} <= set(on)
    assert not set(on) & {*MANY, *(f"team@{board}" for board in MANY)}


@given(st.lists(st.text(st.characters(codec="ascii", categories=("Ll", "Nd")), min_size=1, max_size=80)))
def test_as_many_words_are_kept_as_fit(words: list[str]) -> None:
    """Each once, in order of the alphabet; nothing is left out that would fit."""
    kept = fitting(words)
    assert len(json.dumps(kept)) <= LARGEST_ATTRIBUTE
    assert kept == sorted(set(kept))
    first = list(dict.fromkeys(words))
    assert set(kept) == set(first[: len(kept)])
    if len(kept) < len(first):
        assert len(json.dumps([*kept, first[len(kept)]])) > LARGEST_ATTRIBUTE - len(", ")


def test_words_that_do_not_fit_are_left_out() -> None:
    """The last ones."""
    words = [f"{number:03d}{'x' * 60}" for number in range(99)]
    assert fitting(words) == words[: len(fitting(words))]
    assert 25 < len(fitting(words)) < 35
