"""What is to be done and decided, and what was."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from catalogue.rows import Json
from catalogue.rows.decisions import Judgement, Objection, Vote, Waiver


@dataclass(frozen=True)
class Task:
    """A step of a plan as somebody's task.

    Attributes:
        id: Its readable name: technology, place, plan and step, joined by slashes.
        stream: The workflow and ledger stream that it belongs to.
        technology: The technology's slug.
        place: ``national``, ``workstream`` or the board's slug.
        board: The board's slug, where it is a board's task.
        plan: The plan's slug.
        step: The step's slug.
        title: What is to be done.
        owner: The role that does it.
        status: ``waiting``, ``open``, ``completed``, ``skipped``, or ``dropped`` where it was not closed when
            a version of the playbook dropped it.
        round: From 1; one higher each time it was reopened.
        needs: The steps of the plan that come first.
        mandatory: Whether it may never be skipped.
        guidance: What helps whoever does it.
        area: The area of work.
        input: The area of sustained input.
        level: The level at which it is done.
        opened: When it last opened.
        due: When it has to be done.
        overdue: Whether its due date has been noticed to have passed.
        closed: When it was completed or skipped.
        closed_by: Who did that.
        note: The note of whoever completed it, the reason for skipping it, or for reopening it.
        asked: The evidence it asks for: ``id`` and ``title`` of each.
        given: The evidence that was brought: ``ref``, ``id``, ``statement``, ``source``, ``dated`` of each.
        draws_on: The pilots' findings that it turns into the standardised approach; it waits for them.
        drawn: The names of the evidence that was there when it opened.
        held_by: The name of the barrier that holds it, where one does.
        dropped: The version of the playbook that no longer has it.
        at_rest: Whether its journey is paused, halted or stopped, so that it cannot be worked on.
        halted_by: The number of the halt that freezes it, where one does.
    """

    id: str
    stream: str
    technology: str
    place: str
    board: str | None
    plan: str
    step: str
    title: str
    owner: str
    status: str
    round: int
    needs: tuple[str, ...]
    mandatory: bool
    guidance: str | None
    area: str | None
    input: str | None
    level: str | None
    opened: datetime | None
    due: datetime | None
    overdue: bool
    closed: datetime | None
    closed_by: str | None
    note: str | None
    asked: tuple[Json, ...]
    given: tuple[Json, ...]
    draws_on: tuple[str, ...]
    drawn: tuple[str, ...]
    held_by: str | None
    dropped: int | None
    at_rest: bool
    halted_by: int | None


@dataclass(frozen=True)
class StepTimes:
    """How long boards took for a step, beside what is planned; times are in days of the plan.

    Attributes:
        plan: The plan's slug.
        step: The step's slug.
        title: What is to be done.
        planned: The time that the latest version allows; ``None`` where it no longer has the step.
        boards: How many boards have completed it.
        enough: Whether these are enough to say something.
        median: The time in the middle; ``None`` where no board has completed it, as the next two.
        least: The shortest time.
        most: The longest time.
    """

    plan: str
    step: str
    title: str
    planned: timedelta | None
    boards: int
    enough: bool
    median: timedelta | None
    least: timedelta | None
    most: timedelta | None


@dataclass(frozen=True)
class Gate:
    """A gate that waits for its decision: for its first one, or for another since it was reopened.

    Attributes:
        name: Its readable name, such as ``ccbt-perinatal/fife/go-live``.
        stream: The workflow and ledger stream that waits at it.
        technology: The technology's slug.
        board: The board's slug, where it is a board's gate.
        gate: The gate's slug.
        title: Its name for people.
        question: What has to be decided.
        seats: Who has a say: ``role``, ``required`` and ``independent`` of each.
        quorum: How many of them have to agree.
        roles: The roles that may decide now: those of the seats, and since it escalated those others as well.
        outcomes: Each possible outcome with its effect.
        criteria: What it asks of the evidence, as ``domain.criterion.Criterion`` is written.
        since: Since when it waits.
        due: When it escalates, or did.
        escalated: Whether it has escalated.
        because: Why it was reopened, where it had been passed.
        asked_by: The people who brought it about; none of them decides it alone.
        votes: What was said so far, by role.
        objections: What was objected at it, the answered included.
        waivers: What was to be waived at it.
        held_up: Why it cannot be passed at present; empty where nothing stands in the way.
        at_rest: Whether its journey is paused or halted, so that it cannot be decided now.
        halt: The number of the halt that can be released here.
        definition: All of it, as ``domain.gate.Gate`` is written.
    """

    name: str
    stream: str
    technology: str
    board: str | None
    gate: str
    title: str
    question: str
    seats: tuple[Json, ...]
    quorum: int
    roles: tuple[str, ...]
    outcomes: dict[str, str]
    criteria: tuple[Json, ...]
    since: datetime
    due: datetime | None
    escalated: bool
    because: str | None
    asked_by: tuple[str, ...]
    votes: tuple[Vote, ...]
    objections: tuple[Objection, ...]
    waivers: tuple[Waiver, ...]
    held_up: str
    at_rest: bool
    halt: int | None
    definition: Json


@dataclass(frozen=True)
class Decision:
    """What was decided at a gate: by whom, when, why and on what.

    Attributes:
        stream: The workflow and ledger stream.
        sequence: The number of the event in its stream.
        technology: The technology's slug.
        board: The board's slug, where it is a board's decision.
        gate: The gate's slug.
        title: The gate's name for people.
        outcome: The outcome chosen.
        effect: What it does: ``proceed``, ``repeat`` or ``stop``.
        reason: Why.
        at: When.
        name: Who completed the decision; ``cairn`` where the gate opened by itself.
        role: The role used.
        cycle: The cycle of test and learn in which it was taken.
        judgements: How each criterion was answered, and by exactly which evidence.
        votes: What everybody said who had a say, by role.
        waivers: The numbers of the waivers on which it rests.
    """

    stream: str
    sequence: int
    technology: str
    board: str | None
    gate: str
    title: str
    outcome: str
    effect: str
    reason: str
    at: datetime
    name: str
    role: str
    cycle: int
    judgements: tuple[Judgement, ...]
    votes: tuple[Vote, ...]
    waivers: tuple[int, ...]


@dataclass(frozen=True)
class Steering:
    """How somebody steered: paused, resumed, stopped, reordered waves, published, set capacity or priority.

    Attributes:
        stream: The workflow and ledger stream.
        sequence: The number of the event in its stream.
        act: The kind of the event, such as ``paused``.
        at: When.
        name: Who.
        role: In which role.
        reason: Why.
        detail: What, where the act has more to say: the waves, the capacity, the version.
    """

    stream: str
    sequence: int
    act: str
    at: datetime
    name: str
    role: str
    reason: str
    detail: Json


@dataclass(frozen=True)
class Wait:
    """One thing that a technology, a rollout or a track waits for.

    Attributes:
        kind: What it is, as ``domain.waiting.WaitKind`` says it.
        stream: Which workflow waits.
        board: The board's slug, where it is a board's rollout.
        on: Who has to act: a role's slug, or ``capacity``, ``resume``, ``technology``, ``pilots`` or
            ``test-of-change``.
        what: What is waited for, in words.
        since: Since when.
        due: By when it is expected.
        overdue: Whether that has passed.
        name: The name by which to act on it: a task's id or a gate's name; ``None`` where there is none.
    """

    kind: str
    stream: str
    board: str | None
    on: str
    what: str
    since: datetime | None
    due: datetime | None
    overdue: bool
    name: str | None
