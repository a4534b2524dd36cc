"""A life in which going live depends on what parallel tracks make ready, nationally and in each board."""

from domain.proposal import Proposal
from tests.catalogue.life import Life, make_plan, make_proposal

NATIONAL = "workstream/ccbt/infrastructure"
TEAM = "workstream/ccbt/teams@board-0"
SLOW = "rollout/ccbt/board-1"


def with_tracks(name: str = "ccbt", boards: int = 14) -> Proposal:
    """A technology whose boards go live once a platform and their own team are ready."""
    return make_proposal(name, boards=boards).model_copy(
        update={
            "workstreams": {
                "adoption": make_plan("adoption", 4),
                "infrastructure": make_plan("infrastructure", 5, provides="training-platform"),
            },
            "board_workstreams": {"teams": make_plan("teams", 2, provides="digital-team")},
            "go_live_needs": ("training-platform", "digital-team"),
        }
    )


def tracks_life() -> Life:
    """A life in its middle: boards stand before their go-live, for the platform is late and a team too."""
    life = Life()
    life.open()
    life.propose(with_tracks())
    life.idle = frozenset({NATIONAL, TEAM})
    while SLOW not in life.states or life.states[SLOW].stage != "replication":
        assert life.work()
    life.idle = frozenset({NATIONAL, TEAM, SLOW})
    life.live()
    life.let_time_pass(7)
    return life
