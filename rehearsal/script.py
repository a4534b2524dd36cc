"""What the scripted staff do next: a pure answer to what they see in the ledger.

Most do their tasks as they open. Six scenes make it a rehearsal of real life: a pilot cycle that is iterated,
a wave that is split, a board that pauses for want of staff, a barrier that sends a board back before go-live,
a step that a board has no need of, and a board that is late.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from catalogue.rows.journeys import Rollout, Technology
from catalogue.rows.journeys import Wave as WaveRow
from catalogue.rows.work import Decision, Gate, Steering, Task
from domain.actor import Actor
from domain.event import Command
from domain.journey import Authority
from domain.names import rollout_id, technology_id
from domain.evidence import Evidence
from domain.playbook import Playbook
from domain.proposal import Wave
from domain.gate_commands import DecideGate
from domain.steering import Pause, Resume
from domain.steps import CompleteStep, SkipStep
from domain.technology import PublishPlaybook, ReorderWaves
from identity.development import name_of

LATE_BOARD = "western-isles"
PAUSED_BOARD = "borders"
SENT_BACK_BOARD = "grampian"
SEND_BACK_TO = "train-staff"
ITERATE_FROM = ("build-acceptance", "report-impact")
NOT_NEEDED = "assess-islands"
ISLAND_BOARDS = ("ayrshire-and-arran", "highland", "orkney", "shetland", "western-isles")
REPLICATION = "replication"
FINISHED = ("business-as-usual",)


@dataclass(frozen=True)
class View:
    """What the staff see.

    Attributes:
        technology: The technology that they work on.
        waves: Its waves, in their order.
        rollouts: Its boards' rollouts, by board.
        tasks: Its open tasks.
        gates: Its open gates.
        decisions: What was decided so far.
        steering: How it was steered so far.
        authority: The roles that may steer, nationally and at a board.
        today: The day to date evidence with.
    """

    technology: Technology
    waves: tuple[WaveRow, ...]
    rollouts: Mapping[str, Rollout]
    tasks: tuple[Task, ...]
    gates: tuple[Gate, ...]
    decisions: tuple[Decision, ...]
    steering: tuple[Steering, ...]
    authority: Authority
    today: date


@dataclass(frozen=True)
class Act:
    """One thing that somebody does.

    Attributes:
        key: What makes it the same act however often it is sent: the update's id.
        workflow: Who is told.
        update: The update's name.
        command: What is sent.
        remark: What an onlooker would say, where it is worth saying.
    """

    key: str
    workflow: str
    update: str
    command: Command
    remark: str | None = None


def next_acts(view: View, playbook: Playbook) -> Iterator[Act]:
    """Everything that somebody can do now."""
    yield from _publish(view, playbook)
    yield from _split_last_wave(view)
    yield from _pause_and_resume(view)
    for task in view.tasks:
        if not task.at_rest and (act := _work(view, task, playbook)):
            yield act
    for gate in view.gates:
        if not gate.at_rest:
            yield _decide(view, gate)


def _actor(role: str, board: str | None) -> Actor:
    return Actor(name=name_of(role, board), roles=(role,), boards=(board,) if board else "all")


def _steersman(view: View) -> Actor:
    return _actor(view.authority.national[0], None)


# --- ordinary work ------------------------------------------------------------------------------------------


def _work(view: View, task: Task, playbook: Playbook) -> Act | None:
    actor = _actor(task.owner, task.board)
    key = f"{task.id}/{task.round}"
    late = _is_late_one(task, playbook)
    if late and not task.overdue:
        return None
    if task.step == NOT_NEEDED and task.board not in ISLAND_BOARDS and not task.mandatory:
        skip = SkipStep(
            actor=actor,
            plan=task.plan,
            step=task.step,
            reason="The board holds no inhabited islands: no community is affected differently.",
        )
        return Act(f"skip/{key}", task.stream, "skip_step", skip)
    complete = CompleteStep(
        actor=actor,
        plan=task.plan,
        step=task.step,
        note="Late: the lead was on leave and nobody deputised." if late else "",
        evidence=_evidence(view, task),
    )
    remark = f'{task.board} completes "{task.title}", late' if late else None
    return Act(f"complete/{key}", task.stream, "complete_step", complete, remark)


def _is_late_one(task: Task, playbook: Playbook) -> bool:
    begins = task.plan == playbook.implementation.id and not task.needs and task.round == 1
    return begins and task.board == LATE_BOARD


def _evidence(view: View, task: Task) -> tuple[Evidence, ...]:
    place = task.board or "the national programme"
    return tuple(
        Evidence(
            id=asked["id"],
            statement=f"{asked['title']}: rehearsed by {place}, no real finding.",
            source="Rehearsal record",
            dated=view.today,
        )
        for asked in task.asked
    )


def _decide(view: View, gate: Gate) -> Act:
    before = sum(_of(decision) == _of(gate) for decision in view.decisions)
    command, remark = _send_back(gate) if before == 0 else (None, None)
    if command is None:
        command = _decision(gate, "proceed", "The evidence asked for is there and holds.")
        remark = None if gate.board else f"{gate.title}: {command.outcome}"
    return Act(f"decide/{gate.name}/{before + 1}", gate.stream, "decide_gate", command, remark)


def _send_back(gate: Gate) -> tuple[DecideGate, str] | tuple[None, None]:
    if gate.gate == "scale":
        reason = "Too few referrers know the service: engage them again and measure once more."
        remark = f"{gate.title}: another cycle. {reason}"
        return _decision(gate, "repeat", reason, ITERATE_FROM), remark
    if gate.gate == "go-live" and gate.board == SENT_BACK_BOARD:
        reason = "Barrier: half the team joined after the training. Train them before the doors open."
        remark = f"{gate.board} is sent back before go-live. {reason}"
        return _decision(gate, "repeat", reason, (SEND_BACK_TO,)), remark
    return None, None


def _decision(gate: Gate, effect: str, reason: str, reopen: tuple[str, ...] = ()) -> DecideGate:
    outcome = next(name for name, does in gate.outcomes.items() if does == effect)
    actor = _actor(gate.roles[0], gate.board)
    return DecideGate(actor=actor, gate=gate.gate, outcome=outcome, reason=reason, reopen=reopen)


def _of(matter: Gate | Decision) -> tuple[str, str]:
    return matter.stream, matter.gate


# --- scenes -------------------------------------------------------------------------------------------------


def _publish(view: View, playbook: Playbook) -> Iterator[Act]:
    technology = view.technology
    if technology.stage == "standardise" and technology.playbook is None and not technology.paused:
        yield Act(
            key="publish/1",
            workflow=technology_id(technology.slug),
            update="publish_playbook",
            command=PublishPlaybook(actor=_steersman(view), playbook=playbook),
            remark=f"Version {playbook.version} of {playbook.title} is published",
        )


def _split_last_wave(view: View) -> Iterator[Act]:
    to_come = [wave for wave in view.waves if wave.released is None and wave.name != "pilots"]
    steered = any(act.act == "waves-reordered" for act in view.steering)
    if view.technology.stage != "scale" or steered or not to_come or len(to_come[-1].boards) < 2:  # noqa: PLR2004
        return
    last = to_come[-1]
    middle = len(last.boards) // 2
    waves = (
        *(Wave(name=wave.name, boards=wave.boards) for wave in to_come[:-1]),
        Wave(name=f"{last.name}-a", boards=last.boards[:middle]),
        Wave(name=f"{last.name}-b", boards=last.boards[middle:]),
    )
    yield Act(
        key="reorder/1",
        workflow=technology_id(view.technology.slug),
        update="reorder_waves",
        command=ReorderWaves(
            actor=_steersman(view),
            waves=waves,
            reason="Eight boards at once would stretch the national team: two waves of four instead.",
        ),
        remark=f"The last wave, {last.name}, is split in two",
    )


def _pause_and_resume(view: View) -> Iterator[Act]:
    board = view.rollouts.get(PAUSED_BOARD)
    if board is None or board.stopped or view.technology.paused:
        return
    stream = rollout_id(board.technology, board.board)
    acts = [act.act for act in view.steering if act.stream == stream]
    lead = _actor(view.authority.board[0], board.board)
    if "paused" not in acts and board.stage == REPLICATION and board.closed > 0:
        reason = "Barrier: two of four posts in the digital therapies team are vacant; recruitment first."
        yield Act(
            key=f"pause/{stream}/1",
            workflow=stream,
            update="pause",
            command=Pause(actor=lead, reason=reason),
            remark=f"{board.board} pauses. {reason}",
        )
    others = [other for name, other in view.rollouts.items() if name != PAUSED_BOARD]
    recruited = all(other.stage in FINISHED for other in others if not other.stopped)
    if board.paused and board.paused.source == "own" and recruited:
        reason = "Both posts are filled; the other boards lent a trainer."
        yield Act(
            key=f"resume/{stream}/1",
            workflow=stream,
            update="resume",
            command=Resume(actor=lead, reason=reason),
            remark=f"{board.board} resumes. {reason}",
        )
