"""Objections, waivers and conditions at a gate: who may raise, answer, grant and meet them."""

from datetime import datetime

from domain.actor import person_in_both
from domain.docket import ConditionMet, ObjectionAnswered, ObjectionRaised, WaiverAsked, WaiverGranted
from domain.gate import OpenGate
from domain.gate_commands import AnswerObjection, AskWaiver, GrantWaiver, MeetCondition, ObjectToGate
from domain.journey import Journey, JourneyEvent
from domain.judging import waivers_in_force
from domain.refusal import Refusal
from domain.steps import check_actor
from domain.value import at_day


def raise_objection(
    state: Journey, matter: OpenGate, command: ObjectToGate, now: datetime
) -> tuple[JourneyEvent, ...] | Refusal:
    """Raise a concern about passing a gate."""
    actor = command.actor
    concerned = bool(actor.boards) if state.board is None else actor.covers(state.board)
    if not actor.roles or not concerned:
        return Refusal(
            code="out-of-scope",
            message=f"{matter.gate.title} of {state.stream} concerns others than {actor.scope}: "
            "ask someone who acts there to object.",
        )
    number = len(state.docket.objections) + 1
    return (
        ObjectionRaised(
            at=now, by=actor, gate=matter.gate.id, number=number, role=actor.roles[0], reason=command.reason
        ),
    )


def answer_objection(
    state: Journey, command: AnswerObjection, now: datetime
) -> tuple[JourneyEvent, ...] | Refusal:
    """Answer an objection that somebody else raised."""
    found = next((it for it in state.docket.objections if it.number == command.objection), None)
    matter = state.docket.matter(command.gate)
    if found is None or found.gate != command.gate or found.answered is not None or matter is None:
        return Refusal(
            code="no-such-objection",
            message=f"No objection {command.objection} waits for an answer at gate "
            f'"{command.gate}" of {state.stream}: show the gate to see its objections.',
        )
    roles = (*matter.gate.decides, *matter.gate.escalates_to)
    if refusal := check_actor(
        command.actor, roles, state.board, f"Answering an objection to {matter.gate.title}"
    ):
        return refusal
    if person := person_in_both(found.people, command.actor.people):
        return Refusal(
            code="own-objection",
            message=f"{person} raised objection {found.number}, and nobody answers their own, in person or "
            "by a delegation: ask someone else who has a say.",
        )
    role = command.actor.acting_as(roles) or ""
    return (
        ObjectionAnswered(
            at=now, by=command.actor, gate=found.gate, number=found.number, role=role, reason=command.reason
        ),
    )


def ask_waiver(
    state: Journey, matter: OpenGate, command: AskWaiver, now: datetime
) -> tuple[JourneyEvent, ...] | Refusal:
    """Ask that a criterion be waived for a time."""
    gate = matter.gate
    criteria = {criterion.id: criterion for criterion in gate.criteria}
    if gate.waiving is None:
        return Refusal(
            code="no-waivers", message=f"Nothing can be waived at {gate.title}: bring what it asks for."
        )
    steering = (*state.authority.national, *(state.authority.board if state.board else ()))
    roles = tuple(dict.fromkeys((*gate.decides, *steering)))
    if refusal := check_actor(command.actor, roles, state.board, f"Asking for a waiver at {gate.title}"):
        return refusal
    if command.criterion not in criteria or not criteria[command.criterion].required:
        names = ", ".join(name for name, it in criteria.items() if it.required) or "none"
        return Refusal(
            code="no-such-criterion",
            message=f'{gate.title} requires no criterion "{command.criterion}": it requires {names}.',
        )
    longest = now + gate.waiving.longest
    if not now < command.until <= longest:
        return Refusal(
            code="waiver-too-long",
            message=f"A waiver at {gate.title} ends at a moment still to come and by {at_day(longest)}: "
            "choose another end.",
        )
    return (
        WaiverAsked(
            at=now,
            by=command.actor,
            gate=gate.id,
            number=len(state.docket.waivers) + 1,
            criterion=command.criterion,
            until=command.until,
            role=command.actor.acting_as(roles) or "",
            reason=command.reason,
        ),
    )


def grant_waiver(state: Journey, command: GrantWaiver, now: datetime) -> tuple[JourneyEvent, ...] | Refusal:
    """Grant a waiver that somebody else asked for."""
    found = next((it for it in state.docket.waivers if it.number == command.waiver), None)
    matter = state.docket.matter(command.gate)
    if matter is None or matter.gate.waiving is None or found is None or found.gate != command.gate:
        return Refusal(
            code="no-such-waiver",
            message=f'No waiver {command.waiver} was asked for at gate "{command.gate}" of {state.stream}, '
            "or the gate no longer waits: show the gate to see what was.",
        )
    rule = matter.gate.waiving
    if found.granted is not None or found.until <= now:
        state_of = "was granted" if found.granted is not None else "has expired"
        return Refusal(
            code="waiver-settled",
            message=f"Waiver {found.number} {state_of}: ask for another if one is needed.",
        )
    what = f"Granting a waiver at {matter.gate.title}"
    if refusal := check_actor(command.actor, rule.approvers, state.board, what):
        return refusal
    if person := person_in_both(found.people, command.actor.people):
        return Refusal(
            code="own-waiver",
            message=f"{person} asked for waiver {found.number}, and nobody grants their own, in person or by "
            f"a delegation: ask someone else who is {' or '.join(rule.approvers)}.",
        )
    if len(waivers_in_force(state, found.gate, now)) >= rule.at_once:
        return Refusal(
            code="too-many-waivers",
            message=f"{matter.gate.title} has {rule.at_once} of {rule.at_once} waivers in force: wait until "
            "one of them has expired.",
        )
    return (
        WaiverGranted(
            at=now,
            by=command.actor,
            gate=found.gate,
            number=found.number,
            role=command.actor.acting_as(rule.approvers) or "",
            reason=command.reason,
        ),
    )


def meet_condition(
    state: Journey, command: MeetCondition, now: datetime
) -> tuple[JourneyEvent, ...] | Refusal:
    """Say that what a gate was passed on is met."""
    open_ones = state.docket.open_conditions(command.gate)
    found = next((it for it in open_ones if it.number == command.condition), None)
    if found is None:
        return Refusal(
            code="no-such-condition",
            message=f'No condition {command.condition} is open at gate "{command.gate}" of {state.stream}: '
            "show the gate to see its conditions.",
        )
    owner = (found.terms.owner,)
    if refusal := check_actor(
        command.actor, owner, state.board, f"Condition {found.number} ({found.terms.text})"
    ):
        return refusal
    return (
        ConditionMet(
            at=now,
            by=command.actor,
            gate=found.gate,
            number=found.number,
            role=found.terms.owner,
            reason=command.reason,
        ),
    )
