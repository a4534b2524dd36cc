"""What may be done at a gate: decide, object, answer, waive, meet a condition - and what follows by itself.

Duties are kept apart: nobody decides alone on what they brought about, nobody fills two seats of one
decision, whoever assures the work of a board does not act for it, and nobody grants a waiver to themselves or
answers their own objection.
"""

from datetime import datetime

from domain.actor import Actor, person_in_both
from domain.criterion import Judgement, Result
from domain.docket import GateDecided, VoteCast
from domain.gate import Condition, Effect, Gate, OpenGate, Seat, Vote
from domain.gate_commands import (
    ABSTAIN,
    AnswerObjection,
    AskWaiver,
    DecideGate,
    GateCommand,
    GrantWaiver,
    MeetCondition,
    ObjectToGate,
)
from domain.gate_matters import (
    answer_objection,
    ask_waiver,
    grant_waiver,
    meet_condition,
    raise_objection,
)
from domain.journey import Journey, JourneyEvent, Stopped
from domain.judging import basis_of, blocks, judge_gate, waived_criteria, waivers_in_force
from domain.refusal import Refusal
from domain.steps import check_actor, check_reopening
from domain.value import at_day


def decide_at_gate(state: Journey, command: GateCommand, now: datetime) -> tuple[JourneyEvent, ...] | Refusal:
    """Decide a command about a gate: the events, or why not.

    Raises:
        TypeError: It is no gate command.
    """
    match command:
        case MeetCondition():
            return meet_condition(state, command, now)
        case GrantWaiver():
            return grant_waiver(state, command, now)
        case AnswerObjection():
            return answer_objection(state, command, now)
    matter = state.docket.matter(command.gate)
    if matter is None:
        return _not_open(state, command.gate)
    match command:
        case DecideGate():
            return _decide(state, matter, command, now)
        case ObjectToGate():
            return raise_objection(state, matter, command, now)
        case AskWaiver():
            return ask_waiver(state, matter, command, now)
        case _:
            raise TypeError(f"not a gate command: {type(command).__name__}")


def _not_open(state: Journey, gate: str) -> Refusal:
    waiting = " and ".join(f'"{matter.gate.id}"' for matter in state.docket.matters) or "none"
    return Refusal(
        code="gate-not-open",
        message=f'Gate "{gate}" of {state.stream} is not open: in stage {state.stage} the open gate is '
        f"{waiting}; show the gate to see what it waits for.",
    )


def _decide(
    state: Journey, matter: OpenGate, command: DecideGate, now: datetime
) -> tuple[JourneyEvent, ...] | Refusal:
    gate = matter.gate
    role = _find_seat(state, matter, command.actor)
    if isinstance(role, Refusal):
        return role
    if refusal := _check_outcome(state, matter, command):
        return refusal
    if command.reopen and gate.id in state.docket.halts:
        return Refusal(
            code="nothing-to-reopen",
            message=f"{gate.title} is about a halt and sends no step back: leave out the steps to reopen.",
        )
    judgements = judge_gate(state, gate, now)
    basis = basis_of(judgements)
    vote = Vote(
        role=role,
        name=command.actor.name,
        people=command.actor.people,
        outcome=None if command.outcome == ABSTAIN else command.outcome,
        reason=command.reason,
        at=now,
        accepts={name: command.accepts[name] for name in sorted(command.accepts)},
        terms=command.terms,
        reopen=command.reopen,
        basis=basis,
    )
    votes = {**matter.votes, role: vote}
    outcome = agreed_outcome(gate, votes, basis)
    # An abstention, too, can be what passes a gate: it is held to all that has come up since others agreed.
    if Effect.PROCEED in {gate.outcomes.get(name) for name in (command.outcome, outcome) if name}:
        refusal = _check_proceeding(state, matter, command, role, now)
        if refusal := refusal or _check_criteria(state, gate, votes, role, judgements, now):
            return refusal
    if outcome is None:
        return (VoteCast(at=now, by=command.actor, gate=gate.id, vote=vote),)
    return _decided(state, gate, outcome, votes, judgements, vote, command.actor, now)


def _decided(
    state: Journey,
    gate: Gate,
    outcome: str,
    votes: dict[str, Vote],
    judgements: tuple[Judgement, ...],
    last: Vote,
    by: Actor,
    now: datetime,
) -> tuple[JourneyEvent, ...]:
    effect = gate.outcomes[outcome]
    needed = frozenset(it.criterion for it in judgements if it.required and it.result is not Result.MET)
    waivers = waivers_in_force(state, gate.id, now) if effect is Effect.PROCEED else ()
    reopen = tuple(step for vote in votes.values() if vote.outcome == outcome for step in vote.reopen)
    decided = GateDecided(
        at=now,
        by=by,
        gate=gate.id,
        title=gate.title,
        outcome=outcome,
        effect=effect,
        reason=last.reason,
        role=last.role,
        cycle=state.cycle,
        reopen=tuple(dict.fromkeys(reopen)),
        judgements=judgements,
        votes=tuple(votes[role] for role in sorted(votes)),
        waivers=tuple(waiver.number for waiver in waivers if waiver.criterion in needed),
        conditions=_conditions(state, gate, outcome, votes) if effect is Effect.PROCEED else (),
    )
    if effect is Effect.STOP:
        return (decided, Stopped(at=now, by=by, role=last.role, reason=last.reason))
    return (decided,)


def _conditions(state: Journey, gate: Gate, outcome: str, votes: dict[str, Vote]) -> tuple[Condition, ...]:
    """What those who agreed made the outcome depend on."""
    agreed = [
        terms for role in sorted(votes) if votes[role].outcome == outcome for terms in votes[role].terms
    ]
    first = len(state.docket.conditions) + 1
    return tuple(
        Condition(number=number, gate=gate.id, terms=terms)
        for number, terms in enumerate(agreed, start=first)
    )


def agreed_outcome(gate: Gate, votes: dict[str, Vote], basis: str) -> str | None:
    """The outcome on which enough agree, or ``None``.

    A role to which the gate escalated decides alone. Otherwise every required seat has to be filled, those of
    them who do not abstain have to agree, and the quorum has to be reached. A vote to proceed counts only for
    the evidence on which it was given.

    Args:
        gate: The gate.
        votes: What was said, by role.
        basis: What the judged evidence is known by.
    """
    seats = {seat.role: seat for seat in gate.seats}
    counted = {
        role: vote
        for role, vote in votes.items()
        if vote.outcome is None or gate.outcomes[vote.outcome] is not Effect.PROCEED or vote.basis == basis
    }
    for role, vote in counted.items():
        if role not in seats and vote.outcome is not None:
            return vote.outcome
    if any(seat.required and seat.role not in counted for seat in gate.seats):
        return None
    for outcome in gate.outcomes:
        agreeing = sum(vote.outcome == outcome for vote in counted.values())
        against = any(
            seat.required and counted[seat.role].outcome not in {None, outcome}
            for seat in gate.seats
            if seat.role in counted
        )
        if agreeing >= gate.quorum and not against:
            return outcome
    return None


def _find_seat(state: Journey, matter: OpenGate, actor: Actor) -> str | Refusal:
    gate = matter.gate
    what = f"The decision at {gate.title}"
    roles = matter.may_decide
    if refusal := check_actor(actor, roles, state.board, what):
        return refusal
    held = [role for role in roles if role in actor.roles]
    seats = {seat.role: seat for seat in gate.seats}
    fit = [role for role in held if _may_fill(state, seats.get(role), actor)]
    if not fit:
        return Refusal(
            code="not-independent",
            message=f"{what} is assured in the seat of {held[0]} by somebody who does not act for "
            f"{state.board}: ask someone of the national programme.",
        )
    free = [role for role in fit if role not in matter.votes or matter.votes[role].name == actor.name]
    if not free:
        vote = matter.votes[fit[0]]
        return Refusal(
            code="seat-taken",
            message=f"The seat of {fit[0]} at {gate.title} was filled by {vote.name} on {at_day(vote.at)}: "
            "ask them to change what they said.",
        )
    mine = next(
        (role for role, vote in matter.votes.items() if vote.name == actor.name and role in free), free[0]
    )
    return _check_one_seat(matter, mine, actor) or mine


def _may_fill(state: Journey, seat: Seat | None, actor: Actor) -> bool:
    return seat is None or not seat.independent or state.board is None or actor.boards == "all"


def _check_one_seat(matter: OpenGate, role: str, actor: Actor) -> Refusal | None:
    for other, vote in matter.votes.items():
        if other != role and (person := person_in_both(vote.people, actor.people)):
            return Refusal(
                code="two-seats",
                message=f"{person} has already filled the seat of {other} at {matter.gate.title}, in person "
                "or by a delegation, and nobody fills two: ask somebody else.",
            )
    return None


def _check_outcome(state: Journey, matter: OpenGate, command: DecideGate) -> Refusal | None:
    gate = matter.gate
    if command.outcome == ABSTAIN and ABSTAIN not in gate.outcomes:
        if command.reopen or command.terms or command.accepts:
            return Refusal(
                code="abstention-bare",
                message="An abstention takes nothing but a reason: leave the rest out.",
            )
        return None
    if command.outcome not in gate.outcomes:
        return Refusal(
            code="no-such-outcome",
            message=f'{gate.title} has no outcome "{command.outcome}": choose {" or ".join(gate.outcomes)}.',
        )
    effect = gate.outcomes[command.outcome]
    if command.reopen and effect is not Effect.REPEAT:
        return Refusal(
            code="nothing-to-reopen",
            message=f'Outcome "{command.outcome}" of {gate.title} repeats nothing: '
            "leave out the steps to reopen.",
        )
    if (command.terms or command.accepts) and effect is not Effect.PROCEED:
        return Refusal(
            code="nothing-to-accept",
            message=f'Outcome "{command.outcome}" of {gate.title} passes nothing: '
            "leave out conditions and judgements.",
        )
    if effect is Effect.REPEAT and matter.because is not None:
        return Refusal(
            code="nothing-to-repeat",
            message=f"{gate.title} was passed and is only reviewed, so there is nothing to repeat: bring new "
            "evidence with `evidence add` and confirm it, or pause or stop.",
        )
    return check_reopening(command.reopen, state.repeatable)


def _check_proceeding(
    state: Journey, matter: OpenGate, command: DecideGate, role: str, now: datetime
) -> Refusal | None:
    gate, people = matter.gate, command.actor.people
    alone = command.outcome != ABSTAIN and (gate.quorum == 1 or role not in gate.decides)
    if alone and (person := person_in_both(people, (*matter.asked_by, *state.asked_by))):
        return Refusal(
            code="own-request",
            message=f"{gate.title} was brought about by {person}, and nobody decides alone, in person or by "
            "a delegation, on what they asked for: ask someone else who has a say.",
        )
    if alone and matter.owned_by in command.actor.roles:
        return Refusal(
            code="own-request",
            message=f"{gate.title} is about what {matter.owned_by} owns, and nobody decides alone on what is "
            "their own: ask someone else who has a say.",
        )
    if refusal := _check_way(state, gate):
        return refusal
    if objections := state.docket.open_objections(gate.id):
        first = objections[0]
        return Refusal(
            code="objection-open",
            message=f"{gate.title} cannot be passed before objection {first.number} is answered "
            f"({first.raised.reason}): answer it, or have somebody else do so.",
        )
    for terms in command.terms:
        if terms.due <= now or not terms.text.strip():
            return Refusal(
                code="condition-misformed",
                message=f'Condition "{terms.text}" at {gate.title} needs a text and a moment still to come: '
                "correct it.",
            )
    return None


def _check_way(state: Journey, gate: Gate) -> Refusal | None:
    """Refuse to pass a gate before which something else stands: nothing does before a halt's release."""
    if gate.id in state.docket.halts:
        return None
    if reason := state.held_up:
        return Refusal(code="held-up", message=f"{gate.title} cannot be passed: {reason}.")
    if other := state.docket.earlier_review(gate.id):
        return Refusal(
            code="earlier-gate-reopened",
            message=f"{gate.title} cannot be passed while {other.gate.title} has to be decided again "
            f"({other.because}): decide that first.",
        )
    return None


def _check_criteria(
    state: Journey,
    gate: Gate,
    votes: dict[str, Vote],
    role: str,
    judgements: tuple[Judgement, ...],
    now: datetime,
) -> Refusal | None:
    waived = waived_criteria(state, gate.id, now)
    if lacking := [it for it in judgements if blocks(it) and it.criterion not in waived]:
        items = "; ".join(f"{it.title} ({it.result}: {it.why.rstrip('.')})" for it in lacking)
        return Refusal(
            code="criteria-unmet",
            message=f"{gate.title} cannot be passed: {items}. Bring what is missing, or decide otherwise.",
        )
    unclear = [it for it in judgements if it.required and it.result is Result.INCONCLUSIVE]
    unclear = [it for it in unclear if it.criterion not in waived]
    accepts = votes[role].accepts
    if votes[role].outcome is None:
        accepts = {name: why for vote in votes.values() for name, why in vote.accepts.items()}
    for it in unclear:
        if not accepts.get(it.criterion, "").strip():
            return Refusal(
                code="judgement-needed",
                message=f'{gate.title} needs your judgement of "{it.criterion}" ({it.why.rstrip(".")}): '
                f"say why it may pass, or decide another outcome.",
            )
    for name in sorted(votes[role].accepts):
        if name not in [it.criterion for it in unclear]:
            return Refusal(
                code="nothing-to-accept",
                message=f'Criterion "{name}" of {gate.title} asks for no judgement: leave it out.',
            )
    return None
