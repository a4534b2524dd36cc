"""Where a life stands: what it waits for, when it must be looked at again, what it rests on, its status."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from domain.actor import Actor
from domain.barrier import Barrier, holding, open_barriers
from domain.calendar import DAY
from domain.evidence import Entry, EvidenceExpired, has_expired, stands
from domain.gate import OpenGate
from domain.halt import Halt, in_force
from domain.journey import Journey, Rag
from domain.names import barrier_name, gate_name, task_name, technology_of
from domain.waiting import Wait, WaitKind
from domain.work import next_moment, open_steps, overdue_steps, risk_moment

# --- what passed gates rest on ------------------------------------------------------------------------------


def relied_on(state: Journey) -> tuple[Entry, ...]:
    """The evidence that nobody has taken back and on which a passed gate rests.

    It is what was seen, and what has been brought about the same since then.
    """
    standing = {ref: entry for ref, entry in state.known_evidence.items() if stands(entry)}
    found: dict[str, Entry] = {}
    for decision in state.docket.passed:
        seen = decision.relied_on
        about = frozenset(_about(ref) for ref in seen)
        found |= {
            ref: entry
            for ref, entry in standing.items()
            if ref in seen or (entry.at >= decision.at and _about(ref) in about)
        }
    return tuple(found[ref] for ref in sorted(found))


def _about(ref: str) -> str:
    """The place and the slug of evidence, which every piece about the same shares."""
    return ref.rpartition("/")[0]


def notice_expired(state: Journey, by: Actor, now: datetime) -> tuple[EvidenceExpired, ...]:
    """The events of evidence that has expired while a passed gate rests on it."""
    return tuple(
        EvidenceExpired(at=now, by=by, ref=entry.ref)
        for entry in relied_on(state)
        if has_expired(entry, now.date()) and entry.ref not in state.expired
    )


def to_renew(state: Journey) -> tuple[Entry, ...]:
    """The evidence that has expired and was not brought anew, while a passed gate rests on it."""
    if not state.expired:
        return ()
    ground = relied_on(state)
    renewed = {_about(entry.ref) for entry in ground if entry.ref not in state.expired}
    return tuple(entry for entry in ground if entry.ref in state.expired and _about(entry.ref) not in renewed)


# --- time ---------------------------------------------------------------------------------------------------


def next_deadline(state: Journey, now: datetime) -> datetime | None:
    """When the life must next be looked at, to notice what is late, at risk, expired or unmet.

    While it is at rest its steps and gates have time, but for what a halt lets continue and for the gate that
    releases it; what holds until a certain day has none.
    """
    if state.stopped:
        return None
    moments = list(_ends_of_grounds(state, now))
    moments += [it.due for it in state.live_matters if it.due is not None and not it.escalated]
    if not state.on_hold:
        moments += [it.due for it in open_barriers(state.barriers) if it.due is not None and not it.escalated]
    if state.work is not None and not state.pauses:
        share, still = state.pace.at_risk_share, state.standing
        if step := next_moment(state.work, share, now, but_for=still):
            moments.append(step)
    return max(min(moments), now) if moments else None


def _ends_of_grounds(state: Journey, now: datetime) -> Iterator[datetime]:
    """The moments at which something ends on which a passed gate rests."""
    until = {it.number: it.until for it in state.docket.waivers}
    for decision in state.docket.passed:
        if decision.gate in state.docket.reviews:
            continue
        yield from (it.terms.due for it in state.docket.open_conditions(decision.gate))
        yield from (until[number] for number in decision.waivers if until[number] > now)
    for entry in relied_on(state):
        # The last of all days is how people write that it never ends.
        last = entry.evidence.expires
        if last is not None and last < date.max and entry.ref not in state.expired:
            yield datetime.combine(last + DAY, time(), tzinfo=UTC)


def next_due(state: Journey) -> datetime | None:
    """The earliest due date of an open step."""
    if state.work is None or state.stopped:
        return None
    dues = [state.work.record(step.id).due for step in open_steps(state.work)]
    return min((due for due in dues if due is not None), default=None)


# --- status -------------------------------------------------------------------------------------------------


def judge_rag(state: Journey, delivered: bool, now: datetime) -> Rag:
    """The delivery status: delivered, off track with a late step, at risk where ground or time is short.

    What is halted is off track, a live service too: it is not delivered as it should be, and nobody can say
    when it will be. A technology of which a halt freezes one version is at risk.

    Args:
        state: The journey.
        delivered: Whether it has reached what it was for.
        now: The moment of the question.
    """
    if state.stopped:
        return state.rag
    work = state.work
    if state.halting or (work is not None and overdue_steps(work)):
        return Rag.OFF_TRACK
    if in_force(state.halts.values()) or state.pauses:
        return Rag.AT_RISK
    if state.docket.reviews or state.held_up or state.delays or to_renew(state):
        return Rag.AT_RISK
    if delivered:
        return Rag.DELIVERED
    if work is not None:
        moments = (risk_moment(work.record(step.id), state.pace.at_risk_share) for step in open_steps(work))
        if any(moment is not None and moment <= now for moment in moments):
            return Rag.AT_RISK
    return Rag.ON_TRACK


# --- what it waits for --------------------------------------------------------------------------------------


def common_waits(state: Journey) -> tuple[Wait, ...]:
    """What every life can wait for: its end is final, what holds it hides the rest, then steps and decisions.

    What a halt lets continue, and its release, are waited for even so.
    """
    if state.stopped:
        return ()
    held = (*_halt_waits(state), *_pause_waits(state))
    if state.on_hold:
        return (*held, *_step_waits(state), *_decision_waits(state))
    return (
        *held,
        *_step_waits(state),
        *_barrier_waits(state),
        *_decision_waits(state),
        *_ground_waits(state),
    )


def _halt_waits(state: Journey) -> tuple[Wait, ...]:
    """The release of each halt: its owner sees to it, and elsewhere one waits for the technology."""
    technology = technology_of(state.stream)
    here = state.stream == technology
    return tuple(
        Wait(
            kind=WaitKind.HALT,
            on=halt.owner if here else "halt",
            what=f"{halt.release}{_continuing(halt)}",
            since=halt.raised.at,
            link=None if here else technology,
        )
        for halt in in_force(state.halts.values())
    )


def _continuing(halt: Halt) -> str:
    goes_on = ", ".join((*halt.may_continue, *((halt.allowance,) if halt.allowance else ())))
    return f"; meanwhile go on: {goes_on}" if goes_on else ""


def _pause_waits(state: Journey) -> tuple[Wait, ...]:
    return tuple(
        Wait(
            kind=WaitKind.PAUSE,
            on="resume",
            what=f"resumption ({'paused here' if source == 'own' else 'paused from above'}: {hold.reason})",
            since=hold.at,
            link=technology_of(state.stream) if source == "technology" else None,
        )
        for source, hold in sorted(state.pauses.items())
    )


def _step_waits(state: Journey) -> tuple[Wait, ...]:
    if state.work is None or state.pauses:
        return ()
    # A step that a barrier holds waits for whoever sees to the barrier.
    plan, still = state.work.plan.id, state.standing
    going = (step for step in open_steps(state.work) if step.id not in still)
    workable = (step for step in going if not holding(state.barriers, plan, step.id))
    records = ((step, state.work.record(step.id)) for step in workable)
    return tuple(
        Wait(
            kind=WaitKind.STEP,
            on=step.owner,
            what=step.title,
            since=record.opened,
            due=record.due,
            late=record.overdue,
            name=task_name(state.stream, plan, step.id),
        )
        for step, record in records
    )


def _barrier_waits(state: Journey) -> tuple[Wait, ...]:
    """The barriers that block, or that were open for too long: whoever sees to them is waited for."""
    return tuple(
        Wait(
            kind=WaitKind.BARRIER,
            on=role,
            what=f'{it.severity} barrier {it.number} to be overcome: "{it.what}"{_held_by(state, it)}',
            since=it.raised.at,
            due=it.due,
            late=bool(it.escalated),
            name=barrier_name(state.stream, it.number),
        )
        for it in open_barriers(state.barriers)
        if it.blocks or it.escalated
        for role in dict.fromkeys((it.owner, *it.escalated))
    )


def _held_by(state: Journey, barrier: Barrier) -> str:
    """Which steps a barrier holds, in words."""
    if not barrier.blocks or state.work is None or barrier.plan != state.work.plan.id:
        return ""
    titles = [f'"{step.title}"' for step in state.work.plan.steps if step.id in barrier.steps]
    return f", which holds {' and '.join(titles)}" if titles else ""


def _decision_waits(state: Journey) -> tuple[Wait, ...]:
    waits: list[Wait] = []
    for matter in state.live_matters:
        name = gate_name(state.stream, matter.gate.id)
        again = "" if matter.because is None else f" again ({matter.because})"
        waits += [
            Wait(
                kind=WaitKind.GATE if matter.because is None else WaitKind.REVIEW,
                on=role,
                what=f"the decision at {matter.gate.title}{again}",
                since=matter.since,
                due=matter.due,
                late=matter.escalated,
                name=name,
            )
            for role in still_to_decide(matter)
        ]
        waits += [
            Wait(
                kind=WaitKind.OBJECTION,
                on=role,
                what=f"an answer to objection {objection.number} at {matter.gate.title}",
                since=objection.raised.at,
                name=name,
            )
            for objection in state.docket.open_objections(matter.gate.id)
            for role in matter.gate.decides
        ]
    return tuple(waits)


def still_to_decide(matter: OpenGate) -> tuple[str, ...]:
    """The roles that have a say and have said nothing yet."""
    return tuple(role for role in dict.fromkeys(matter.may_decide) if role not in matter.votes)


def _ground_waits(state: Journey) -> tuple[Wait, ...]:
    conditions = tuple(
        Wait(
            kind=WaitKind.CONDITION,
            on=it.terms.owner,
            what=f"condition {it.number}: {it.terms.text}",
            due=it.terms.due,
            name=gate_name(state.stream, it.gate),
        )
        for decision in state.docket.passed
        for it in state.docket.open_conditions(decision.gate)
    )
    renewals = tuple(
        Wait(
            kind=WaitKind.EVIDENCE,
            on=entry.role,
            what=f"{entry.ref} to be brought anew: it expired on {entry.evidence.expires}",
            name=entry.ref,
        )
        for entry in to_renew(state)
    )
    return (*conditions, *renewals)
