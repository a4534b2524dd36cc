"""How a gate's criteria stand in a life at a moment, and what of that holds it up."""

import hashlib
import json
from datetime import datetime

from domain.criterion import Judgement, Result, judge
from domain.gate import Gate, Waiver
from domain.journey import Journey


def judge_gate(state: Journey, gate: Gate, now: datetime) -> tuple[Judgement, ...]:
    """How each criterion of a gate is answered at this moment."""
    held = state.held
    return tuple(judge(criterion, held, state.version, now) for criterion in gate.criteria)


def waivers_in_force(state: Journey, gate: str, now: datetime) -> tuple[Waiver, ...]:
    """The waivers that were granted at a gate and have not expired."""
    return tuple(
        waiver
        for waiver in state.docket.waivers
        if waiver.gate == gate and waiver.granted is not None and waiver.until > now
    )


def waived_criteria(state: Journey, gate: str, now: datetime) -> frozenset[str]:
    """The slugs of a gate's criteria that a waiver in force covers."""
    return frozenset(waiver.criterion for waiver in waivers_in_force(state, gate, now))


def basis_of(judgements: tuple[Judgement, ...]) -> str:
    """What judged evidence is known by: the results, and exactly what they rest on."""
    told = [(it.criterion, it.result, [(item.ref, item.digest) for item in it.evidence]) for it in judgements]
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()[:16]


def blocks(judgement: Judgement) -> bool:
    """Whether a gate cannot be passed with this answer, unless it is waived."""
    return judgement.required and judgement.result in {Result.MISSING, Result.NOT_MET}
