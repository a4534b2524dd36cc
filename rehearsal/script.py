"""What the scripted staff do next: a pure answer to what they see in the ledger.

Most do their tasks as they open, sign checks as their grounds are there, and vote as the evidence allows. The
scenes (``rehearsal.scenes``) make it a rehearsal of real life, and so do a pilot cycle that is iterated, a
board that is sent back before go-live, a step that a board has no need of, and a board that is late.
"""

from collections.abc import Iterator

from catalogue.rows.work import Task
from domain.evidence import Evidence
from domain.findings import Finding
from domain.names import technology_id
from domain.playbook import Playbook
from domain.steps import CompleteStep, SkipStep
from domain.technology import PublishPlaybook
from rehearsal.deciding import sign_checks, vote
from rehearsal.findings import rehearsed
from rehearsal.learning import HINDERED_STEP, LEARNING_BOARD, learn
from rehearsal.scenes import SHORT_OF, awaits_its_objection, scenes, training_of
from rehearsal.view import Act, View, person

LATE_BOARD = "western-isles"
NOT_NEEDED = "assess-islands"
ISLAND_BOARDS = ("ayrshire-and-arran", "highland", "orkney", "shetland", "western-isles")


def next_acts(view: View, playbook: Playbook) -> Iterator[Act]:
    """Everything that somebody can do now."""
    yield from _publish(view, playbook)
    yield from scenes(view)
    yield from learn(view)
    for task in view.tasks:
        if (
            not task.at_rest
            and task.held_by is None
            and not _is_about_to_be_held(view, task)
            and (act := _work(view, task, playbook))
        ):
            yield act
    yield from sign_checks(view)
    for gate in view.gates:
        if not awaits_its_objection(gate):
            yield from vote(view, gate)


def _work(view: View, task: Task, playbook: Playbook) -> Act | None:
    actor = person(task.owner, task.board)
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


def _is_about_to_be_held(view: View, task: Task) -> bool:
    """Whether a barrier is about to be raised on the task, so that nobody completes it before."""
    here = task.board == LEARNING_BOARD and task.step == HINDERED_STEP
    return here and not any(it.stream == task.stream for it in view.barriers)


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
            finding=_finding(view, task, asked["id"], asked.get("finding")),
        )
        for asked in task.asked
    )


def _finding(view: View, task: Task, name: str, kind: str | None) -> Finding | None:
    short = training_of(task.board) if name == SHORT_OF else None
    return short or rehearsed(kind, view.today)


def _publish(view: View, playbook: Playbook) -> Iterator[Act]:
    technology = view.technology
    if technology.stage == "standardise" and technology.playbook is None and not technology.paused:
        yield Act(
            key="publish/1",
            workflow=technology_id(technology.slug),
            update="publish_playbook",
            command=PublishPlaybook(actor=person(view.authority.national[0], None), playbook=playbook),
            remark=f"Version {playbook.version} of {playbook.title} is published",
        )
