"""What becomes of gates by themselves: they open, escalate, and are reopened when their ground falls."""

from datetime import datetime
from typing import NamedTuple

from domain.actor import ENGINE, Actor
from domain.criterion import Criterion, Judgement, Result, judge, places_of
from domain.docket import GateDecided, GateEscalated, GateOpened, GateReopened
from domain.evidence import Held, Register, stands
from domain.gate import Decision, Effect, Gate
from domain.journey import Journey, JourneyEvent
from domain.judging import blocks, judge_gate, waived_criteria
from domain.value import at_day
from domain.work import last_closers


def release_automatically(state: Journey, now: datetime) -> GateDecided | None:
    """The decision of a gate that opens by itself: every criterion is met and nobody objects.

    One that was reopened is confirmed in the same way, once those passed before it stand again.
    """
    if state.at_rest or state.held_up:
        return None
    for matter in state.docket.matters:
        if matter.gate.automatic and (decided := _released(state, matter.gate, now)) is not None:
            return decided
    return None


def _released(state: Journey, gate: Gate, now: datetime) -> GateDecided | None:
    if state.docket.earlier_review(gate.id) is not None or state.docket.open_objections(gate.id):
        return None
    judgements = judge_gate(state, gate, now)
    clear = all(it.result is Result.MET for it in judgements if it.required)
    outcome = next((name for name, effect in gate.outcomes.items() if effect is Effect.PROCEED), None)
    if not clear or outcome is None:
        return None
    return GateDecided(
        at=now,
        by=ENGINE,
        gate=gate.id,
        title=gate.title,
        outcome=outcome,
        effect=Effect.PROCEED,
        reason="Every criterion is met and the gate opens by itself.",
        role=ENGINE.roles[0],
        cycle=state.cycle,
        judgements=judgements,
    )


def reopen_what_fell(state: Journey, by: Actor, now: datetime) -> tuple[JourneyEvent, ...]:
    """The events that reopen every gate whose ground has fallen since it was passed."""
    events: list[JourneyEvent] = []
    for decision in state.docket.passed:
        gate = state.gate_named(decision.gate)
        if gate is None or decision.gate in state.docket.reviews:
            continue
        if (fall := _find_fall(state, gate, decision, by, now)) is not None:
            reopened = GateReopened(
                at=now,
                by=by,
                gate=gate,
                because=fall.because,
                asked_by=fall.people,
                due=escalation_of(state, gate, now),
            )
            events.append(reopened)
    return tuple(events)


class _Fall(NamedTuple):
    """Why a gate is reopened, and whose act that is: nobody's, where only time has passed."""

    because: str
    people: tuple[str, ...] = ()


def _find_fall(state: Journey, gate: Gate, decision: Decision, by: Actor, now: datetime) -> _Fall | None:
    if fall := _withdrawn_ground(state, decision):
        return fall
    if because := _unmet_condition(state, decision, now) or _lapsed_waiver(state, gate, decision, now):
        return _Fall(because)
    if because := _moved_ground(state, gate, decision, now):
        return _Fall(because, () if by == ENGINE else by.people)
    return None


def _withdrawn_ground(state: Journey, decision: Decision) -> _Fall | None:
    known = state.known_evidence
    for ref in sorted(decision.relied_on):
        if ref in known and (end := known[ref].withdrawn) is not None:
            return _Fall(f"{ref} was withdrawn: {end.reason}", end.people)
    return None


def _unmet_condition(state: Journey, decision: Decision, now: datetime) -> str | None:
    for it in state.docket.open_conditions(decision.gate):
        if it.terms.due <= now:
            return f"condition {it.number} was not met by {at_day(it.terms.due)}: {it.terms.text}"
    return None


def _lapsed_waiver(state: Journey, gate: Gate, decision: Decision, now: datetime) -> str | None:
    asked = {it.number: it for it in state.docket.waivers}
    waived = waived_criteria(state, gate.id, now)
    for number in decision.waivers:
        waiver, criterion = asked[number], _criterion(gate, asked[number].criterion)
        if waiver.until <= now and criterion is not None and criterion.id not in waived:
            judgement = judge(criterion, state.held, state.version, now)
            if judgement.result is not Result.MET:
                return f"the waiver of {criterion.title} expired on {at_day(waiver.until)}"
    return None


def _moved_ground(state: Journey, gate: Gate, decision: Decision, now: datetime) -> str | None:
    known, waived = state.known_evidence, waived_criteria(state, gate.id, now)
    for earlier in decision.judgements:
        criterion = _criterion(gate, earlier.criterion)
        if criterion is None or criterion.id in waived:
            continue
        version = state.version if criterion.same_version else None
        if _has_moved(known, earlier, version):
            held = state.held
            judgement = judge(criterion, held, state.version, _last_moved(held, criterion, now))
            if _no_longer_holds(earlier, judgement):
                return f"{criterion.title} no longer holds: {judgement.why.rstrip('.')}"
    return None


def _no_longer_holds(earlier: Judgement, judgement: Judgement) -> bool:
    # What a person once accepted as unclear may stay unclear; what was clear may not become so unseen.
    unclear = earlier.result is Result.MET and judgement.result is Result.INCONCLUSIVE
    return blocks(judgement) or (judgement.required and unclear)


def _last_moved(held: Held, criterion: Criterion, now: datetime) -> datetime:
    """When the evidence for a criterion was last brought: that time passes since reopens nothing."""
    moments = (
        entry.at
        for place in places_of(criterion, held)
        for entry in held[place]
        if entry.evidence.id == criterion.evidence and stands(entry)
    )
    return max(moments, default=now)


def _criterion(gate: Gate, name: str) -> Criterion | None:
    return next((criterion for criterion in gate.criteria if criterion.id == name), None)


def _has_moved(known: Register, earlier: Judgement, version: str | None) -> bool:
    """Whether what a criterion was judged by has been superseded, or is about another version than asked."""
    entries = (known[item.ref] for item in earlier.evidence if item.ref in known)
    return any(
        entry.superseded_by is not None or (version is not None and entry.version != version)
        for entry in entries
    )


def escalate(state: Journey, by: Actor, now: datetime) -> tuple[JourneyEvent, ...]:
    """The events of gates whose time limit has passed without a decision."""
    return tuple(
        GateEscalated(at=now, by=by, gate=matter.gate.id, roles=matter.gate.escalates_to)
        for matter in state.live_matters
        if matter.due is not None and matter.due <= now and not matter.escalated
    )


def open_gate(state: Journey, gate: Gate, by: Actor, now: datetime) -> GateOpened:
    """The event of a gate that waits for its decision from now on.

    Whoever closed the last step of the plan that ends there has brought it about.
    """
    closers = last_closers(state.work) if state.work is not None and state.working else ()
    return GateOpened(
        at=now,
        by=by,
        gate=gate,
        asked_by=closers,
        due=escalation_of(state, gate, now),
    )


def escalation_of(state: Journey, gate: Gate, now: datetime) -> datetime | None:
    """When a gate that waits from now on escalates, if it ever does."""
    return state.pace.due(now, gate.time_limit) if gate.time_limit else None
