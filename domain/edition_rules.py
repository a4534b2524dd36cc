"""What becomes of a board's rollout under a later version of the playbook, and who may decide on it.

A preview is a question of the state: what people see before they decide is what is done when they do.
"""

from datetime import datetime

from domain.actor import Actor
from domain.difference import PlanDiff, diff
from domain.editions import (
    AdoptEdition,
    EditionAdopted,
    EditionCommand,
    EditionDeclined,
    EditionEvent,
    EditionOffered,
    Unapplied,
)
from domain.halt import halt_of_version
from domain.migration import Migration, find_unsafe, migrate
from domain.plan import Plan
from domain.playbook import Edition
from domain.refusal import Refusal
from domain.rollout import Rollout
from domain.rollout_briefs import RolloutStage
from domain.steering import check_halted, check_steering, check_stopped
from domain.value import Fact, at_day
from domain.work import Work, is_finished


class Preview(Fact):
    """What adopting a version would do at a board.

    Attributes:
        before: The version that the board replicates.
        version: The version that it would replicate.
        plan: The plan that it works on, in that version.
        migration: What would become of each step.
        to_come: What would differ in the plan of the handover, where that is still to come.
        unapplied: What would not reach the board, because it lies behind a gate that was passed.
        withdraws: The gate that waits for its decision and would be withdrawn, as its plan would not be done.
        unsafe: Why the version cannot be adopted; empty where it can.
    """

    before: int
    version: int
    plan: Plan
    migration: Migration
    to_come: PlanDiff | None = None
    unapplied: tuple[Unapplied, ...] = ()
    withdraws: str | None = None
    unsafe: tuple[str, ...] = ()


def preview(state: Rollout, edition: Edition, now: datetime) -> Preview | Refusal:
    """What adopting a version would do at a board, or why there is nothing that it could do."""
    work = state.work
    if refusal := check_stopped(state) or check_halted(state) or _check_version(state, edition):
        return refusal
    if not state.replicating or state.adopted is None or work is None:
        return _replicates_nothing(state)
    if edition.version <= state.adopted:
        return _already_there(state, edition.version)
    live = state.stage == RolloutStage.HANDOVER
    plan = edition.handover if live else edition.implementation
    if plan.id != work.plan.id:
        return _other_plan(state, work.plan, plan)
    # While it is paused its clock stands, and due dates move once it is resumed.
    moment = state.paused_since or now
    migration = migrate(work, plan, state.pace, moment)
    unapplied = _unapplied(state, edition.implementation) if live else ()
    return Preview(
        before=state.adopted,
        version=edition.version,
        plan=plan,
        migration=migration,
        to_come=None if live or state.handover is None else diff(state.handover, edition.handover),
        unapplied=unapplied,
        withdraws=_withdrawn(state, work, plan, migration),
        unsafe=(*find_unsafe(work, plan), *_unsafe_behind(state, edition.implementation, unapplied)),
    )


def _check_version(state: Rollout, edition: Edition) -> Refusal | None:
    """Refuse a version that is halted, for a board on it would be frozen at once."""
    halt = halt_of_version(state.direction.halts, edition.version)
    if halt is None:
        return None
    return Refusal(
        code="halted-version",
        message=f"Version {edition.version} of the playbook is halted, for safety (halt {halt.number}: "
        f"{halt.concern}): {state.stream} may adopt it once that is released.",
    )


def _withdrawn(state: Rollout, work: Work, plan: Plan, migration: Migration) -> str | None:
    after = Work(plan=plan, records={**work.records, **migration.records})
    return None if state.gate is None or is_finished(after) else state.gate.gate.id


def _unapplied(state: Rollout, plan: Plan) -> tuple[Unapplied, ...]:
    """What a version changes in a plan that lies behind a gate that was passed."""
    done = state.behind.done
    new = [
        Unapplied(step=step.id, change="redone" if step.id in done else "added")
        for step in plan.steps
        if step.revision > done.get(step.id, 0)
    ]
    gone = [
        Unapplied(step=step, change="dropped")
        for step in state.behind.steps
        if step in done and step not in plan.by_id
    ]
    return (*new, *gone)


def _unsafe_behind(state: Rollout, plan: Plan, unapplied: tuple[Unapplied, ...]) -> tuple[str, ...]:
    words = {"added": "is new and mandatory", "redone": "is mandatory and would have to be done again"}
    return tuple(
        f'"{plan.by_id[it.step].title}" {words[it.change]}, and {state.brief.go_live.title} before which it '
        "stands was passed already"
        for it in unapplied
        if it.change in words and plan.by_id[it.step].mandatory
    )


def offer(state: Rollout, edition: Edition | None, by: Actor, now: datetime) -> tuple[EditionOffered, ...]:
    """The event of a later version that a board can adopt: once for each version."""
    known = state.offer.edition.version if state.offer else state.adopted
    if edition is None or not state.replicating or known is None or edition.version <= known:
        return ()
    return (EditionOffered(at=now, by=by, edition=edition),)


# --- deciding -----------------------------------------------------------------------------------------------


def decide_edition(
    state: Rollout, command: EditionCommand, now: datetime
) -> tuple[EditionEvent, ...] | Refusal:
    """Decide whether a board adopts the version that is offered to it, or declines it.

    It may be decided while the board is paused, for nobody is at work then; due dates move when it resumes.
    """
    doing = "Adopting" if isinstance(command, AdoptEdition) else "Declining"
    what = f"{doing} version {command.version} of the playbook at {state.stream}"
    refusal = check_stopped(state) or check_steering(state, command.actor, what)
    if refusal := refusal or _check_offer(state, command):
        return refusal
    if state.offer is None or state.adopted is None:
        return _replicates_nothing(state)
    role = command.actor.acting_as((*state.authority.national, *state.authority.board)) or ""
    if isinstance(command, AdoptEdition):
        return _adopt(state, state.offer.edition, command, role, now)
    if (note := state.offer.declined) is not None:
        return Refusal(
            code="already-declined",
            message=f"{state.stream} declined version {command.version} on {at_day(note.at)} "
            f"({note.reason}): adopt it, or leave it at that.",
        )
    return (
        EditionDeclined(
            at=now,
            by=command.actor,
            before=state.adopted,
            version=command.version,
            role=role,
            reason=command.reason,
        ),
    )


def _check_offer(state: Rollout, command: EditionCommand) -> Refusal | None:
    if not state.replicating or state.adopted is None:
        return _replicates_nothing(state)
    if command.version <= state.adopted:
        return _already_there(state, command.version)
    if state.offer is None:
        return Refusal(
            code="nothing-offered",
            message=f"{state.stream} replicates version {state.adopted} and no later one has reached it: "
            "publish one first, or try again in a moment.",
        )
    if command.version != (offered := state.offer.edition.version):
        return Refusal(
            code="other-version",
            message=f"Version {offered} is offered to {state.stream}, not version {command.version}: "
            f"decide on version {offered}.",
        )
    return None


def _adopt(
    state: Rollout, edition: Edition, command: AdoptEdition, role: str, now: datetime
) -> tuple[EditionEvent, ...] | Refusal:
    outcome = preview(state, edition, now)
    if isinstance(outcome, Refusal):
        return outcome
    if outcome.unsafe:
        return Refusal(
            code="unsafe-migration",
            message=f"{state.stream} cannot adopt version {edition.version} safely: "
            f"{'; '.join(outcome.unsafe)}. Decline it, or have a version published that leaves this alone.",
        )
    return (
        EditionAdopted(
            at=now,
            by=command.actor,
            before=outcome.before,
            version=outcome.version,
            role=role,
            reason=command.reason,
            plan=outcome.plan,
            handover=edition.handover if state.stage == RolloutStage.REPLICATION else None,
            implementation=tuple(edition.implementation.by_id) if outcome.to_come is None else (),
            migration=outcome.migration,
            unapplied=outcome.unapplied,
        ),
    )


def _replicates_nothing(state: Rollout) -> Refusal:
    if state.delivered:
        why = f"its implementation is over, and it stays on version {state.adopted}"
    elif state.stopped is not None:
        why = "nothing can be done to it any more"
    else:
        why = "it takes the latest version by itself when it starts to replicate"
    return Refusal(code="wrong-stage", message=f"{state.stream} is in stage {state.stage}: {why}.")


def _already_there(state: Rollout, version: int) -> Refusal:
    if version == state.adopted:
        return Refusal(
            code="already-adopted",
            message=f"{state.stream} is already on version {version} of the playbook: "
            "there is nothing to decide.",
        )
    return Refusal(
        code="earlier-version",
        message=f"{state.stream} is on version {state.adopted} of the playbook and does not go back to "
        f"version {version}: publish what was right in it as the next version.",
    )


def _other_plan(state: Rollout, old: Plan, new: Plan) -> Refusal:
    return Refusal(
        code="other-plan",
        message=f'{state.stream} works on plan "{old.id}" and the version has "{new.id}" in its place: '
        "publish a version that leaves the plan's name as it was.",
    )
