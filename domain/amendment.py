"""Amendments: changes to the playbook that boards' lessons lead to, proposed, reviewed and then published.

A published version is never changed. What was accepted makes the next one.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from domain.durations import Learned
from domain.event import Command, Event
from domain.gate import Note
from domain.lesson import Lesson
from domain.plan import EvidenceAsked, Plan, Step
from domain.playbook import Mitigation, Playbook
from domain.refusal import Refusal
from domain.value import Fact, Line, Slug, Tagged, Value


class Part(StrEnum):
    """The two plans of a playbook."""

    IMPLEMENTATION = "implementation"
    HANDOVER = "handover"


class AddStep(Tagged, Value):
    """A step that the playbook does not have.

    Attributes:
        part: The plan to which it is added.
        step: The step.
        needed_by: The steps that from now on come after it.
        before: The step before which it is listed; last unless given.
    """

    kind: Literal["add"] = "add"
    part: Part
    step: Step
    needed_by: tuple[Slug, ...] = ()
    before: Slug | None = None


class AlterStep(Tagged, Value):
    """What is different about a step; what is not given stays as it is.

    Attributes:
        part: The plan that has the step.
        id: The step.
        title: What is to be done.
        owner: The role that does it.
        duration: The time allowed.
        needs: The steps that come first.
        mandatory: Whether it may never be skipped.
        guidance: What helps whoever does it.
        evidence: What has to be brought to complete it.
        redo: Whether it changes so much that whoever has done it has to do it again.
    """

    kind: Literal["alter"] = "alter"
    part: Part
    id: Slug
    title: Line | None = None
    owner: Slug | None = None
    duration: timedelta | None = Field(default=None, gt=timedelta(0))
    needs: tuple[Slug, ...] | None = None
    mandatory: bool | None = None
    guidance: str | None = None
    evidence: tuple[EvidenceAsked, ...] | None = None
    redo: bool = False


class DropStep(Tagged, Value):
    """A step that is no longer needed; what came after it comes after what it needed.

    Attributes:
        part: The plan that has the step.
        id: The step.
    """

    kind: Literal["drop"] = "drop"
    part: Part
    id: Slug


class MoveStep(Tagged, Value):
    """A step that takes another place in the order.

    Attributes:
        part: The plan that has the step.
        id: The step.
        needs: The steps that come first from now on.
        before: The step before which it is listed; where it was unless given.
    """

    kind: Literal["move"] = "move"
    part: Part
    id: Slug
    needs: tuple[Slug, ...]
    before: Slug | None = None


Change = Annotated[AddStep | AlterStep | DropStep | MoveStep, Field(discriminator="kind")]


def step_of(change: AddStep | AlterStep | DropStep | MoveStep) -> str:
    """The step that a change is about."""
    return change.step.id if isinstance(change, AddStep) else change.id


class Amendment(Fact):
    """A proposed change to the playbook.

    Attributes:
        number: From 1, within its technology.
        change: What is to change.
        lessons: The names of the barriers from which it was learned.
        evidence: The names of the evidence on which it rests.
        observed: How long the step took, where that is why.
        against: The version that it is to change.
        proposed: Who proposed it, when and why.
        people: Whose act that was; none of them reviews it.
        accepted: What the review came to; ``None`` while nobody has reviewed it.
        reviewed: Who reviewed it, when and why.
        version: The version in which it was published.
    """

    number: int
    change: Change
    lessons: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    observed: Learned | None = None
    against: int
    proposed: Note
    people: tuple[str, ...]
    accepted: bool | None = None
    reviewed: Note | None = None
    version: int | None = None


Amendments = dict[int, Amendment]
"""The amendments to a technology's playbook by their numbers."""


# --- commands and events ------------------------------------------------------------------------------------


class AmendmentCommand(Command):
    """A command about a change to the playbook, before it is published."""


class ProposeAmendment(AmendmentCommand):
    """Propose a change to the playbook.

    Attributes:
        change: What is to change.
        lessons: The names of the barriers from which it was learned.
        evidence: The names of the evidence on which it rests.
        observed: How long the step took, where that is why.
        reason: Why.
    """

    change: Change
    lessons: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    observed: Learned | None = None
    reason: str


class ReviewAmendment(AmendmentCommand):
    """Accept or decline a proposed change.

    Attributes:
        amendment: Its number.
        accept: Whether it is accepted.
        reason: Why.
    """

    amendment: int
    accept: bool
    reason: str


class PublishAmendments(Command):
    """Make the next version of the playbook from all that was accepted."""

    reason: str


class AmendmentProposed(Event):
    """A change to the playbook was proposed."""

    kind: Literal["amendment-proposed"] = "amendment-proposed"
    number: int
    change: Change
    lessons: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    observed: Learned | None = None
    against: int
    role: str
    reason: str


class AmendmentReviewed(Event):
    """A proposed change was accepted or declined."""

    kind: Literal["amendment-reviewed"] = "amendment-reviewed"
    number: int
    accepted: bool
    role: str
    reason: str


AmendmentEvent = AmendmentProposed | AmendmentReviewed


def evolve_amendments(amendments: Amendments, event: AmendmentEvent) -> Amendments:
    """Apply an event."""
    note = Note(at=event.at, name=event.by.name, role=event.role, reason=event.reason)
    match event:
        case AmendmentProposed():
            proposed = Amendment(
                number=event.number,
                change=event.change,
                lessons=event.lessons,
                evidence=event.evidence,
                observed=event.observed,
                against=event.against,
                proposed=note,
                people=event.by.people,
            )
            return {**amendments, event.number: proposed}
        case AmendmentReviewed():
            reviewed = {"accepted": event.accepted, "reviewed": note}
            return {**amendments, event.number: amendments[event.number].model_copy(update=reviewed)}


def publish_in(amendments: Amendments, numbers: tuple[int, ...], version: int) -> Amendments:
    """The amendments once some of them were published in a version."""
    return {
        number: it.model_copy(update={"version": version}) if number in numbers else it
        for number, it in amendments.items()
    }


# --- questions ----------------------------------------------------------------------------------------------


def to_review(amendments: Amendments) -> tuple[Amendment, ...]:
    """What nobody has reviewed, in the order in which it was proposed."""
    return tuple(it for it in amendments.values() if it.accepted is None)


def to_publish(amendments: Amendments) -> tuple[Amendment, ...]:
    """What was accepted and is in no version yet, in the order in which it was proposed."""
    return tuple(it for it in amendments.values() if it.accepted and it.version is None)


def amend(playbook: Playbook, changes: tuple[Change, ...]) -> Playbook | Refusal:
    """The version that changes make of a playbook, one after the other; or why they do not go together."""
    parts = {Part.IMPLEMENTATION: playbook.implementation, Part.HANDOVER: playbook.handover}
    for change in changes:
        changed = _change_plan(parts[change.part], change)
        if isinstance(changed, Refusal):
            return changed
        parts[change.part] = changed
    return playbook.model_copy(
        update={
            "version": playbook.version + 1,
            "implementation": parts[Part.IMPLEMENTATION],
            "handover": parts[Part.HANDOVER],
        }
    )


def learn(playbook: Playbook, lessons: tuple[Lesson, ...]) -> Playbook:
    """The playbook with what helped against barriers listed among its mitigations."""
    learned = tuple(
        Mitigation(barrier=it.what, mitigation="; ".join(it.helped), source=it.barrier)
        for it in lessons
        if it.helped
    )
    known = {it.source for it in playbook.mitigations}
    return playbook.model_copy(
        update={"mitigations": (*playbook.mitigations, *(it for it in learned if it.source not in known))}
    )


def _change_plan(plan: Plan, change: AddStep | AlterStep | DropStep | MoveStep) -> Plan | Refusal:
    if refusal := _check_names(plan, change):
        return refusal
    match change:
        case AddStep():
            steps = _add(plan, change)
        case AlterStep():
            steps = tuple(_alter(it, change) if it.id == change.id else it for it in plan.steps)
        case DropStep():
            steps = _drop(plan, change.id)
        case MoveStep():
            steps = _move(plan, change)
    try:
        return Plan(id=plan.id, title=plan.title, steps=steps)
    except ValidationError as error:
        why = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        return Refusal(code="plan-unsound", message=f"The change does not go together with the rest: {why}.")


def _check_names(plan: Plan, change: AddStep | AlterStep | DropStep | MoveStep) -> Refusal | None:
    known = tuple(plan.by_id)
    if isinstance(change, AddStep):
        if change.step.id in known:
            return Refusal(
                code="step-known",
                message=f'Plan "{plan.id}" has a step "{change.step.id}" already: alter that, or name the '
                "new one otherwise.",
            )
        named: tuple[str, ...] = change.needed_by
    else:
        named = (change.id,)
    before = getattr(change, "before", None)
    for step in (*named, *((before,) if before is not None else ())):
        if step not in known:
            return Refusal(
                code="no-such-step",
                message=f'Plan "{plan.id}" has no step "{step}": choose from {", ".join(known)}.',
            )
    if isinstance(change, DropStep) and len(known) == 1:
        return Refusal(
            code="last-step", message=f'"{change.id}" is the only step of plan "{plan.id}": alter it instead.'
        )
    return None


def _add(plan: Plan, change: AddStep) -> tuple[Step, ...]:
    step = change.step
    steps = tuple(
        it.model_copy(update={"needs": (*it.needs, step.id)}) if it.id in change.needed_by else it
        for it in plan.steps
    )
    return _place(steps, step, change.before)


def _place(steps: tuple[Step, ...], step: Step, before: str | None) -> tuple[Step, ...]:
    at = next((number for number, it in enumerate(steps) if it.id == before), len(steps))
    return (*steps[:at], step, *steps[at:])


def _alter(step: Step, change: AlterStep) -> Step:
    given = {
        name: value
        for name in ("title", "owner", "duration", "needs", "mandatory", "guidance", "evidence")
        if (value := getattr(change, name)) is not None
    }
    return step.model_copy(update=given | {"revision": step.revision + change.redo})


def _drop(plan: Plan, dropped: str) -> tuple[Step, ...]:
    passed_on = plan.by_id[dropped].needs
    return tuple(
        it.model_copy(
            update={
                "needs": tuple(dict.fromkeys((*(need for need in it.needs if need != dropped), *passed_on)))
            }
        )
        if dropped in it.needs
        else it
        for it in plan.steps
        if it.id != dropped
    )


def _move(plan: Plan, change: MoveStep) -> tuple[Step, ...]:
    moved = plan.by_id[change.id].model_copy(update={"needs": change.needs})
    if change.before is None or change.before == change.id:
        return tuple(moved if it.id == change.id else it for it in plan.steps)
    others = tuple(it for it in plan.steps if it.id != change.id)
    return _place(others, moved, change.before)
