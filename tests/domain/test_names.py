"""Names that people read and type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.names import TaskName, gate_name, programme_id
from domain.plan import Plan
from domain.technology import Stage
from tests.domain.examples import ADOPTION, FIFE, ORKNEY, PROGRAMME, TECHNOLOGY
from tests.domain.world import reach

SLUG = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,2}", fullmatch=True)


@given(parts=st.tuples(SLUG, SLUG, SLUG, SLUG))
def test_a_tasks_name_is_read_back_as_it_was_written(parts: tuple[str, str, str, str]) -> None:
    """Whatever its four parts."""
    name = TaskName(technology=parts[0], place=parts[1], plan=parts[2], step=parts[3])
    assert TaskName.parse(str(name)) == name
    assert TaskName.parse(f"  {name}\n") == name


@pytest.mark.parametrize("text", ["", "a", "a/b/c", "a/b/c/d/e", "a//c/d", "/b/c/d", "a/b/c/"])
def test_what_has_not_four_parts_is_no_tasks_name(text: str) -> None:
    """It is answered with nothing, not with a guess."""
    assert TaskName.parse(text) is None


def test_a_task_knows_its_workflow() -> None:
    """National work, a workstream's and a board's."""
    for text, stream in (
        ("ccbt/national/assessment/describe", TECHNOLOGY),
        ("ccbt/workstream/adoption/engage", ADOPTION),
        ("ccbt/orkney/replication/train", ORKNEY),
    ):
        name = TaskName.parse(text)
        assert name is not None
        assert name.workflow == stream


def test_a_gate_is_named_after_its_place() -> None:
    """The nation's and a board's."""
    assert gate_name(TECHNOLOGY, "scale") == "ccbt/national/scale"
    assert gate_name(FIFE, "go-live") == "ccbt/fife/go-live"
    assert programme_id("scotland") == PROGRAMME


def test_every_life_bears_the_name_of_its_stream() -> None:
    """Technology, boards, workstream and programme."""
    world = reach(Stage.SCALE)
    assert all(state.stream == stream for stream, state in world.states.items())
    assert all(isinstance(world.work(stream).plan, Plan) for stream in (TECHNOLOGY, FIFE, ADOPTION))
