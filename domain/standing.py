"""Where a life stands: what it waits for, when it must be looked at again, what it rests on, its status."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from domain.actor import Actor
from domain.evidence import Entry, EvidenceExpired, has_expired, stands
from domain.gate import OpenGate
from domain.journey import Journey, Rag
from domain.steps import DAY
from domain.value import Fact, Instant
from domain.work import next_moment, open_steps, overdue_steps, risk_moment


class Wait(Fact):
    """One thing that a journey waits for.

    Attributes:
        on: Who or what has to act: a role's slug, or a word such as ``capacity``.
        what: What is waited for, in words.
        since: Since when.
        due: By when it is expected, where that is known.
        late: Whether that has been noticed to have passed.
    """

    on: str
    what: str
    since: Instant | None = None
    due: Instant | None = None
    late: bool = False


# --- what passed gates rest on ------------------------------------------------------------------------------


def relied_on(state: Journey) -> tuple[Entry, ...]:
    """The evidence that nobody has taken back and on which a passed gate rests.

    It is what was seen, and what has been brought about the same since then.
    """
    found: dict[str, Entry] = {}
    for decision in state.docket.passed:
        about = frozenset(_about(ref) for ref in decision.relied_on)
        for ref, entry in state.known_evidence.items():
            since = entry.at >= decision.at and _about(ref) in about
            if stands(entry) and (since or ref in decision.relied_on):
                found[ref] = entry
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
    return tuple(
        entry for entry in relied_on(state) if entry.ref in state.expired and not _is_renewed(state, entry)
    )


def _is_renewed(state: Journey, old: Entry) -> bool:
    return any(
        _about(entry.ref) == _about(old.ref) and entry.ref not in state.expired for entry in relied_on(state)
    )


# --- time ---------------------------------------------------------------------------------------------------


def next_deadline(state: Journey, now: datetime) -> datetime | None:
    """When the life must next be looked at, to notice what is late, at risk, expired or unmet.

    While it is at rest its steps and gates have time; what holds until a certain day does not.
    """
    if state.stopped:
        return None
    moments = list(_ends_of_grounds(state, now))
    if not state.pauses:
        moments += [it.due for it in state.docket.matters if it.due is not None and not it.escalated]
        if state.work is not None and (step := next_moment(state.work, state.pace.at_risk_share, now)):
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

    Args:
        state: The journey.
        delivered: Whether it has reached what it was for.
        now: The moment of the question.
    """
    if state.stopped:
        return state.rag
    work = state.work
    if work is not None and overdue_steps(work):
        return Rag.OFF_TRACK
    if state.pauses or state.docket.reviews or state.held_up or to_renew(state):
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
    """What every life can wait for: its end is final, a pause hides the rest, then steps and decisions."""
    if state.stopped:
        return ()
    if state.pauses:
        return tuple(
            Wait(
                on="resume",
                what=f"resumption ({'paused here' if source == 'own' else 'the technology is paused'}: "
                f"{hold.reason})",
                since=hold.at,
            )
            for source, hold in sorted(state.pauses.items())
        )
    return (*_step_waits(state), *_decision_waits(state), *_ground_waits(state))


def _step_waits(state: Journey) -> tuple[Wait, ...]:
    if state.work is None:
        return ()
    records = ((step, state.work.record(step.id)) for step in open_steps(state.work))
    return tuple(
        Wait(on=step.owner, what=step.title, since=record.opened, due=record.due, late=record.overdue)
        for step, record in records
    )


def _decision_waits(state: Journey) -> tuple[Wait, ...]:
    waits: list[Wait] = []
    for matter in state.docket.matters:
        again = "" if matter.because is None else f" again ({matter.because})"
        waits += [
            Wait(
                on=role,
                what=f"the decision at {matter.gate.title}{again}",
                since=matter.since,
                due=matter.due,
                late=matter.escalated,
            )
            for role in still_to_decide(matter)
        ]
        waits += [
            Wait(
                on=role,
                what=f"an answer to objection {objection.number} at {matter.gate.title}",
                since=objection.raised.at,
            )
            for objection in state.docket.open_objections(matter.gate.id)
            for role in matter.gate.decides
        ]
    return tuple(waits)


def still_to_decide(matter: OpenGate) -> tuple[str, ...]:
    """The roles that have a say and have said nothing yet."""
    roles = (*matter.gate.decides, *(matter.gate.escalates_to if matter.escalated else ()))
    return tuple(role for role in dict.fromkeys(roles) if role not in matter.votes)


def _ground_waits(state: Journey) -> tuple[Wait, ...]:
    conditions = tuple(
        Wait(on=it.terms.owner, what=f"condition {it.number}: {it.terms.text}", due=it.terms.due)
        for decision in state.docket.passed
        for it in state.docket.open_conditions(decision.gate)
    )
    renewals = tuple(
        Wait(on=entry.role, what=f"{entry.ref} to be brought anew: it expired on {entry.evidence.expires}")
        for entry in to_renew(state)
    )
    return (*conditions, *renewals)
