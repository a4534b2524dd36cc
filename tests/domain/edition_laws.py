"""What must hold when a board goes on by another version of the playbook, written apart from the rules."""

from dataclasses import dataclass, field

from domain.editions import EditionAdopted
from domain.event import Event
from domain.journey import Journey, StageEntered
from domain.rollout import Rollout
from domain.technology import Technology
from domain.work import StepReopened, StepStatus


@dataclass
class Excused:
    """The prerequisites that a step got after it had been closed, by stream: each step with one of them."""

    pairs: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    def note(self, stream: str, state: object, event: Event) -> None:
        """Remember what a version of the plan asks for too late, for as long as that is so."""
        known = self.pairs.setdefault(stream, set())
        match event:
            case EditionAdopted():
                assert isinstance(state, Journey)
                assert state.work is not None
                known |= {
                    (step.id, need)
                    for step in state.work.plan.steps
                    for need in step.needs
                    if state.work.record(step.id).status.closed and not state.work.record(need).status.closed
                }
            case StepReopened():
                self.pairs[stream] = {pair for pair in known if pair[0] != event.step}
            case StageEntered() if event.plan is not None:
                known.clear()
            case _:
                pass

    def of(self, stream: str) -> frozenset[tuple[str, str]]:
        """What is excused in a stream."""
        return frozenset(self.pairs.get(stream, ()))


def check_adoption(before: Rollout, event: EditionAdopted, after: Rollout) -> None:
    """What was done stays done, what was decided stays decided, and all that changes is told."""
    assert before.work is not None
    assert after.work is not None
    assert before.offer is not None
    assert (before.adopted, after.adopted) == (event.before, event.version)
    assert event.version == before.offer.edition.version > event.before
    assert after.offer is None
    assert after.docket == before.docket, "a version decides nothing, and takes no decision back"
    assert after.stage == before.stage
    live = before.stage == "handover"
    assert after.work.plan == (before.offer.edition.handover if live else before.offer.edition.implementation)
    _check_done(before, event, after)
    _check_lists(before, event, after)
    _check_register(before, event, after)
    if live:
        assert all(
            not step.mandatory or before.behind.done.get(step.id, 0) >= step.revision
            for step in before.offer.edition.implementation.steps
        ), "nothing mandatory is missing before a gate that was passed"


def _check_done(before: Rollout, event: EditionAdopted, after: Rollout) -> None:
    assert before.work is not None
    assert after.work is not None
    plan = after.work.plan
    for name, record in {**before.work.past, **before.work.records}.items():
        if not record.status.closed:
            continue
        if name in plan.by_id and plan.by_id[name].revision > record.revision:
            assert name in event.migration.reopened
            assert after.work.record(name).status is not record.status
            assert after.work.record(name).round == record.round + 1
        else:
            kept = after.work.record(name) if name in plan.by_id else after.work.past[name]
            assert kept == record, f"{name} was {record.status}"
    for step in before.work.plan.steps:
        carried = step.id in plan.by_id and step.id not in event.migration.reopened
        if before.work.record(step.id).status is StepStatus.COMPLETED and not carried:
            begun = [
                it.id
                for it in before.work.plan.steps
                if step.id in it.needs
                and before.work.record(it.id).status is not StepStatus.WAITING
                and it.id in plan.by_id
                and it.id not in event.migration.reopened
            ]
            assert not begun, f"{begun} were built on {step.id}"


def _check_lists(before: Rollout, event: EditionAdopted, after: Rollout) -> None:
    assert before.work is not None
    assert after.work is not None
    old, new, told = before.work.plan, after.work.plan, event.migration
    assert set(told.added) == set(new.by_id) - set(old.by_id)
    assert set(told.dropped) == set(old.by_id) - set(new.by_id)
    both = [step for step in new.by_id if step in old.by_id]
    moved = (*told.held, *told.resumed, *(step for step in told.reopened if step in both))
    assert sorted((*told.kept, *moved)) == sorted(both)
    for step in both:
        was, now = before.work.record(step), after.work.record(step)
        if step in told.kept:
            assert (was.status, was.round) == (now.status, now.round)
        assert (step in told.held) == (was.status is StepStatus.OPEN and now.status is StepStatus.WAITING)
        assert (step in told.resumed) == (was.status is not StepStatus.OPEN and now.status is StepStatus.OPEN)
    dues = {it.step: (it.before, it.after) for it in told.due}
    for step in both:
        was, now = before.work.record(step), after.work.record(step)
        if was.status is now.status is StepStatus.OPEN:
            assert dues.get(step, (was.due, was.due)) == (was.due, now.due)


def _check_register(before: Rollout, event: EditionAdopted, after: Rollout) -> None:
    assert list(after.on_record) == list(before.on_record), "nothing that was brought is lost"
    for ref, entry in after.on_record.items():
        was = before.on_record[ref]
        if entry.plan == event.plan.id and entry.step in event.migration.reopened:
            assert entry.set_aside, "what is done again is brought again"
        if entry != was:
            assert entry == was.model_copy(update={"set_aside": True})
            assert entry.plan == event.plan.id
            assert entry.step in event.migration.reopened


def check_offered(sender: Technology, reader: Rollout) -> None:
    """A board that could go on by a later version knows of the latest."""
    if sender.playbook is None or reader.adopted is None or reader.stopped is not None:
        return
    if reader.stage in {"replication", "handover"}:
        offered = reader.offer.edition.version if reader.offer else None
        assert sender.playbook.version in {reader.adopted, offered}
    else:
        assert reader.offer is None
