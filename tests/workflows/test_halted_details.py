"""What the Temporal UI shows of halts where waves, tracks and ends meet them."""

from domain.waves import StopWave
from tests.domain.examples import FIFE, OFFICE, TECHNOLOGY
from tests.domain.halting import halt
from tests.domain.test_barrier_refusals import done
from tests.domain.test_tracks import PLATFORM, TEAM_FIFE, at_go_live
from workflows import attributes
from workflows.display import (
    rollout_attributes,
    rollout_details,
    technology_details,
    workstream_attributes,
    workstream_details,
)


def test_a_halted_track_shows_the_halt_and_no_date_for_what_it_provides() -> None:
    """What may continue keeps its date."""
    world = at_go_live()
    done(halt(world, may_continue=("post",)))
    world.settle()
    national = workstream_details(world.workstream(PLATFORM), world.now)
    local = workstream_details(world.workstream(TEAM_FIFE), world.now)
    assert "## The line is stopped" in national
    assert "**training-platform**: Open, team" in national
    assert "training-platform**: Open, team, expected" not in national
    assert "**lead-post**: Post, team, expected by" in local
    shown = workstream_attributes(world.workstream(TEAM_FIFE))
    assert shown[attributes.HALTED] is True
    assert shown[attributes.WAITING_ON] == ["halt", "team"]


def test_what_was_stopped_in_a_halt_shows_its_end_and_no_halt() -> None:
    """Nobody looks for it among what is frozen."""
    world = at_go_live()
    halt(world)
    world.settle()
    assert rollout_attributes(world.rollout(FIFE))[attributes.HALTED] is True
    done(world.do(TECHNOLOGY, StopWave(actor=OFFICE, wave="pilots", reason="too few staff")))
    world.settle()
    ended = world.rollout(FIFE)
    assert rollout_attributes(ended)[attributes.HALTED] is False
    assert "The line is stopped" not in rollout_details(ended, world.now)
    assert "The line is stopped" in technology_details(world.technology, world.now)
