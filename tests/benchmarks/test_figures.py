"""What the benchmark makes of its samples."""

import json
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from benchmarks import report
from benchmarks.bill import Bill, server_counts
from benchmarks.figures import Figure, Result, percentile, ratios
from benchmarks.parts import Part
from benchmarks.sign_offs import script, voters
from domain.gate_commands import DecideGate
from domain.playbook import Playbook
from programme.reader import load_programme
from runtime.settings import CODE

ABOUT = {
    "measured": "2026-11-23T12:00:00+00:00",
    "machine": {"cores": 2, "memory_gb": 7.8, "system": "Linux x86_64", "load_before": 0.4},
    "versions": {"python": "3.11.7"},
}


def event(kind: EventType.ValueType, **attributes: object) -> HistoryEvent:
    """An event of a history."""
    return HistoryEvent(event_type=kind, **attributes)  # type: ignore[arg-type]


def test_a_figure_is_the_median_with_the_smallest_and_the_largest_sample() -> None:
    """One disturbed sample moves the spread and not the figure."""
    assert Figure.of([1.0, 9.0, 2.0]) == Figure(median=2.0, low=1.0, high=9.0, samples=3)


def test_ratios_pair_what_was_measured_side_by_side() -> None:
    """A noisy round disturbs both of its sides, so their ratio holds."""
    assert ratios([10, 40], [20, 80]) == [0.5, 0.5]
    with pytest.raises(ValueError, match="zip"):
        ratios([1], [1, 2])


@pytest.mark.parametrize(("share", "expected"), [(0.5, 2), (0.95, 4), (0.0, 1)])
def test_a_percentile_is_a_sample(share: float, expected: float) -> None:
    """No value is reported that was never measured."""
    assert percentile([4, 1, 3, 2], share) == expected


@pytest.mark.parametrize(
    ("goal", "at_least", "met"),
    [(2.0, False, True), (1.4, False, False), (1.4, True, True), (None, True, None)],
)
def test_a_result_is_judged_by_its_median(goal: float | None, at_least: bool, met: bool | None) -> None:
    """The bound may be an upper or a lower one, or there is none."""
    assert Result("Rate", Figure(1.5, 1, 3, 3), "x", goal=goal, at_least=at_least).met is met


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    """A missing figure does not look like a success."""
    assert Result("Rate", None, "x", goal=2).met is None


def test_a_bill_counts_actions_and_not_every_event() -> None:
    """Retries count, the workflow's own tasks do not, and local activities of one task count once."""
    started = event(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)
    task = event(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
    marker = event(EventType.EVENT_TYPE_MARKER_RECORDED)
    marker.marker_recorded_event_attributes.workflow_task_completed_event_id = 4
    scheduled = event(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    tried = event(EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED)
    tried.activity_task_started_event_attributes.attempt = 3
    bill = Bill()
    bill.add([started, task, marker, marker, scheduled, tried])
    assert dict(bill.actions) == {
        "workflow started or continued": 1,
        "markers of one workflow task": 1,
        "activity": 1,
        "activity retried": 2,
    }
    assert (bill.total, bill.events, bill.runs) == (5, 6, 1)
    assert bill.bytes == sum(it.ByteSize() for it in (started, task, marker, marker, scheduled, tried))


def test_the_servers_own_count_is_read_from_its_metrics() -> None:
    """Only actions of the namespace count, not those of the server's own system."""
    text = (
        'action{action_type="command_StartTimer",namespace="default",service_name="history"} 3\n'
        'action{action_type="grpc_Start",namespace="temporal_system",service_name="frontend"} 2\n'
        'action{action_type="command_StartTimer",namespace="default",service_name="frontend"} 1\n'
    )
    assert server_counts(text) == {"command_StartTimer": 4}


def test_everything_at_a_board_is_signed_once_and_in_an_order_that_works() -> None:
    """Each sign-off waits only for earlier ones, and the last is the decision to hand over."""
    programme = load_programme(CODE / "programme" / "scotland")
    playbook: Playbook = programme.playbooks[0]
    gates = programme.proposals[0].gates
    sign_offs = script("fife", playbook, gates.go_live, gates.handover)
    keys = [it.key for it in sign_offs]
    votes = len(voters(gates.go_live)) + len(voters(gates.handover))
    assert len(set(keys)) == len(playbook.implementation.steps) + len(playbook.handover.steps) + votes
    assert all(it.after <= set(keys) - {it.key} for it in sign_offs)
    assert isinstance(sign_offs[-1].command, DecideGate)


def test_the_page_is_refreshed_between_its_markers_alone(tmp_path: Path) -> None:
    """What people wrote around the table stays, however often the table is renewed."""
    page = tmp_path / "performance.md"
    page.write_text(f"Before.\n{report.BEGIN}\nold\n{report.END}\nAfter.\n", encoding="utf-8")
    for _ in range(2):
        assert report.refresh(page, "new")
    assert page.read_text(encoding="utf-8") == f"Before.\n{report.BEGIN}\n\nnew\n\n{report.END}\nAfter.\n"


def test_a_page_without_markers_is_left_alone(tmp_path: Path) -> None:
    """A table is never put where nobody asked for one."""
    page = tmp_path / "performance.md"
    page.write_text("Mine.\n", encoding="utf-8")
    assert not report.refresh(page, "new")
    assert page.read_text(encoding="utf-8") == "Mine.\n"


def test_the_report_says_what_was_missed(tmp_path: Path) -> None:
    """The table and the JSON carry the figure, its spread, its goal and the verdict."""
    bill = Bill()
    bill.add([event(EventType.EVENT_TYPE_TIMER_STARTED)])
    result = Result("Rate", Figure(0.5, 0.4, 0.6, 3), "x", goal=0.85, at_least=True, note="at night")
    parts = {"rate": Part([result], {"bills": [bill]}, "Remark.")}
    page = report.markdown(ABOUT, parts)
    assert "| Rate | 0.50 x | 0.40 to 0.60, n=3 | at least 0.85 x | missed; at night |" in page
    assert page.endswith("Remark.")
    report.write_json(tmp_path / "results.json", ABOUT, parts)
    written = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert written["results"]["rate"][0]["met"] is False
    assert written["raw"]["rate"]["bills"][0]["actions"] == {"timer started": 1}
