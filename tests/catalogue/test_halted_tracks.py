"""What the catalogue tells of a halt where boards have tracks of their own."""

from collections import Counter
from copy import deepcopy
from datetime import timedelta

from catalogue.connection import Connection
from catalogue.ledger import Ledger
from catalogue.queries.matters import list_matters
from domain.names import task_name
from domain.notice import Subject
from domain.rollout import Rollout
from domain.steering import Stop
from domain.work import open_steps
from domain.workstream import Workstream
from domain.workstream import waits as track_waits
from tests.catalogue import queries
from tests.catalogue.halting_life import stop_the_line
from tests.catalogue.life import OFFICE, Life
from tests.catalogue.notices import PROGRAMME
from tests.catalogue.test_whole_life import record
from tests.catalogue.tracks_life import SLOW, TEAM, tracks_life

TECHNOLOGY = "technology/ccbt"


def halted_tracks() -> Life:
    """The line is stopped but for one step of each plan, and a board has been stopped in the halt."""
    life = deepcopy(tracks_life())
    assert [step.id for step in open_steps(life.states[TEAM].work)] == ["step-0", "step-1"]
    stop_the_line(life, TECHNOLOGY, may_continue=("step-1",))
    life.do(SLOW, Stop(actor=OFFICE, reason="The board withdrew."))
    life.settle()
    return life


async def test_a_halt_is_told_once_at_a_board_and_not_again_for_its_tracks(
    ledger: Ledger, connection: Connection
) -> None:
    """Tasks of a track rest with it, but for what may continue, which waits for whoever does it."""
    life = halted_tracks()
    await record(ledger, life)
    found = await list_matters(connection, PROGRAMME, now=life.now, expiring_within=timedelta(days=90))
    told = Counter(it.board for it in found if it.subject is Subject.HALTED and it.board is not None)
    frozen = [it for it in life.journeys().values() if isinstance(it, Rollout) and it.halting]
    assert set(told) == {it.brief.board for it in frozen}
    assert set(told.values()) == {len(life.states[TECHNOLOGY].authority.board)}
    rests = {it.name: it.at_rest for it in found if it.subject is Subject.TASK}
    spared, standing = (task_name(TEAM, "teams", step) for step in ("step-1", "step-0"))
    assert (rests[spared], rests[standing]) == (False, True)


async def test_what_a_halted_track_waits_for_and_what_it_is_frozen_by_is_what_the_rules_say(
    ledger: Ledger, connection: Connection
) -> None:
    """And what was stopped in the halt is frozen by none."""
    life = halted_tracks()
    await record(ledger, life)
    for stream, state in life.journeys().items():
        if isinstance(state, Workstream) and state.board is not None:
            shown = await queries.list_waits(connection, stream=stream)
            assert Counter((it.kind, it.on, it.what) for it in shown) == Counter(
                (str(it.kind), it.on, it.what) for it in track_waits(state)
            )
    tracks = {it.stream: it.halted for it in await queries.list_workstreams(connection)}
    boards = {it.stream: it.halted for it in await queries.list_rollouts(connection)}
    ended = {stream for stream, state in life.journeys().items() if state.stopped}
    assert SLOW in ended
    assert len(ended) == 2, "with its track"
    for stream, halted in {**tracks, **boards}.items():
        frozen = stream in life.states and stream not in ended
        assert halted == ((1,) if frozen else ()), stream
