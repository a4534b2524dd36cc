"""Plans as people author them: steps with prerequisites, owners, durations and the evidence asked for."""

from datetime import timedelta
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Self

from pydantic import Field, model_validator

from domain.value import Line, Slug, Value


class EvidenceAsked(Value):
    """A finding that whoever completes the step has to bring.

    Attributes:
        id: The slug under which gates ask for it.
        title: What it is, for people.
        finding: The kind of finding that it has to be, such as ``measure``; any kind unless given.
    """

    id: Slug
    title: Line
    finding: Slug | None = None


class Step(Value):
    """A unit of work that a person completes.

    Attributes:
        id: The step's slug, unique in its plan.
        title: What is to be done.
        owner: The role that does it.
        needs: The steps that come first.
        duration: The time allowed, from the step's opening to its due date.
        area: The area of work, by which reports group.
        input: The area of sustained input, by which reports group.
        level: The level at which it is done: national, local or long-term.
        mandatory: Whether it may never be skipped.
        priority: The test-and-learn priority that it serves, in a proof of concept.
        section: The section of the playbook that it belongs to, in a playbook.
        guidance: What helps whoever does it.
        evidence: What has to be brought to complete it.
        provides: The infrastructure that is ready once it is done, in the plan of a track.
        draws_on: The pilots' findings that it turns into the standardised approach; it opens once every
            pilot that takes part has them.
        revision: Raised by an author when what the step asks for has changed so much that whoever has done it
            must do it again.
    """

    id: Slug
    title: Line
    owner: Slug
    duration: timedelta = Field(gt=timedelta(0), le=timedelta(days=3660))
    needs: tuple[Slug, ...] = ()
    area: Slug | None = None
    input: Slug | None = None
    level: Slug | None = None
    mandatory: bool = False
    priority: Slug | None = None
    section: Slug | None = None
    guidance: str | None = None
    evidence: tuple[EvidenceAsked, ...] = ()
    provides: Slug | None = None
    draws_on: tuple[Slug, ...] = ()
    revision: int = Field(default=1, ge=1)


class Plan(Value):
    """Steps in an order that their prerequisites allow.

    Attributes:
        id: The plan's slug; it becomes part of every task's name.
        title: What the plan is for.
        steps: The steps; every prerequisite names a step of this plan, and none waits for itself.

    Raises:
        ValueError: A step's id stands twice, a prerequisite names no step, or steps wait for each other.
    """

    id: Slug
    title: Line
    steps: tuple[Step, ...] = Field(min_length=1, max_length=500)

    @model_validator(mode="after")
    def _steps_are_sound(self) -> Self:
        seen: set[str] = set()
        for step in self.steps:
            if step.id in seen:
                raise ValueError(f'step "{step.id}" stands twice in plan "{self.id}": rename one of them')
            seen.add(step.id)
        for step in self.steps:
            for need in step.needs:
                if need not in seen:
                    raise ValueError(
                        f'step "{step.id}" needs "{need}", which is no step of plan "{self.id}": '
                        "correct the name or remove it"
                    )
        if cycle := find_cycle(self.steps):
            raise ValueError(
                f'the steps {" -> ".join(cycle)} of plan "{self.id}" wait for each other: '
                "remove one of these prerequisites"
            )
        return self

    @cached_property
    def by_id(self) -> dict[str, Step]:
        """The steps by their ids, in the plan's order."""
        return {step.id: step for step in self.steps}

    @cached_property
    def dependants(self) -> dict[str, tuple[str, ...]]:
        """For each step the steps that directly need it, in the plan's order."""
        return {
            step.id: tuple(other.id for other in self.steps if step.id in other.needs) for step in self.steps
        }

    def downstream(self, step_id: str) -> tuple[str, ...]:
        """The steps that directly or indirectly need this one, in the plan's order."""
        reached: set[str] = set()
        frontier = [step_id]
        while frontier:
            for dependant in self.dependants[frontier.pop()]:
                if dependant not in reached:
                    reached.add(dependant)
                    frontier.append(dependant)
        return tuple(step.id for step in self.steps if step.id in reached)


def find_cycle(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The ids of steps that wait for each other, the first repeated at the end; empty where none do."""
    try:
        TopologicalSorter({step.id: step.needs for step in steps}).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return ()
