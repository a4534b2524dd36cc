"""What differs between two versions of the standardised approach, step by step."""

from difflib import SequenceMatcher

from pydantic import Field

from domain.plan import Plan, Step
from domain.playbook import Edition
from domain.value import Fact


class PlanDiff(Fact):
    """What differs between two versions of one plan; each list is in the order of the plan that has the step.

    Attributes:
        added: The steps that only the new version has.
        dropped: The steps that only the old version has.
        changed: The steps in both of which something was written anew, with the names of what was.
        redone: The steps in both that whoever has done them must do again.
        moved: The steps in both that stand elsewhere among the others.
    """

    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    changed: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    redone: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the two versions are the same."""
        return not (self.added or self.dropped or self.changed or self.redone or self.moved)


class EditionDiff(Fact):
    """What differs between two versions of a playbook for the boards that replicate it.

    Attributes:
        before: The number of the old version.
        version: The number of the new version.
        implementation: What differs on the way to go-live.
        handover: What differs on the way to business as usual.
    """

    before: int
    version: int
    implementation: PlanDiff
    handover: PlanDiff


def diff_editions(old: Edition, new: Edition) -> EditionDiff:
    """What differs between two versions of a playbook."""
    return EditionDiff(
        before=old.version,
        version=new.version,
        implementation=diff(old.implementation, new.implementation),
        handover=diff(old.handover, new.handover),
    )


def diff(old: Plan, new: Plan) -> PlanDiff:
    """What differs between two versions of a plan."""
    changed = {
        step.id: fields
        for step in new.steps
        if step.id in old.by_id and (fields := changed_fields(old.by_id[step.id], step))
    }
    return PlanDiff(
        added=tuple(step.id for step in new.steps if step.id not in old.by_id),
        dropped=tuple(step.id for step in old.steps if step.id not in new.by_id),
        changed=changed,
        redone=tuple(
            step.id
            for step in new.steps
            if step.id in old.by_id and step.revision > old.by_id[step.id].revision
        ),
        moved=_moved(old, new),
    )


def changed_fields(old: Step, new: Step) -> tuple[str, ...]:
    """The names of what was written anew about a step; its revision is told apart."""
    names = (name for name in Step.model_fields if name not in {"id", "revision"})
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def _moved(old: Plan, new: Plan) -> tuple[str, ...]:
    before = [step for step in old.by_id if step in new.by_id]
    after = [step for step in new.by_id if step in old.by_id]
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    stayed = [step for block in blocks for step in after[block.b : block.b + block.size]]
    return tuple(step for step in after if step not in stayed)
