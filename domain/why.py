"""Why something is waiting: one answer, from what holds it now down to whoever can move it.

The answer is a question of the states alone, so the Temporal UI and the command line give the same one. What
a life waits for is ordered (``WaitKind``): what decides before everything else is the answer, and where that
is another life, the answer goes on there.
"""

from collections.abc import Mapping
from datetime import datetime

from domain.capacity import Lane
from domain.criterion import Judgement
from domain.evidence import NATIONAL, OWN
from domain.gate import OpenGate
from domain.journey import Journey
from domain.judging import blocks, judge_gate, waived_criteria
from domain.names import gate_name, technology_id
from domain.plan import Plan
from domain.programme import Programme
from domain.rollout import Rollout
from domain.rollout_briefs import RolloutStage
from domain.rollout_waits import waits as rollout_waits
from domain.service import survey
from domain.technology import Technology
from domain.technology_progress import boards_started
from domain.technology_waits import waits as technology_waits
from domain.value import Fact
from domain.waiting import Wait, WaitKind
from domain.workstream import Workstream
from domain.workstream import waits as workstream_waits

Life = Technology | Rollout | Workstream | Programme


class Link(Fact):
    """One link of the answer: which life waits, and for what.

    Attributes:
        stream: The life.
        wait: What it waits for.
    """

    stream: str
    wait: Wait


class Answer(Fact):
    """Why a life is waiting.

    Attributes:
        chain: From what holds it down to the root; none where it waits for nothing.
        more: What else the life itself waits for, in the order in which it decides.
        beyond: The life at which the answer goes on, where its state was not at hand.
    """

    chain: tuple[Link, ...] = ()
    more: tuple[Wait, ...] = ()
    beyond: str | None = None


def why(lives: Mapping[str, Life], stream: str, now: datetime) -> Answer:
    """Why a life is waiting.

    Args:
        lives: The states that are at hand, by their streams.
        stream: The life that is asked about.
        now: The moment of the question.
    """
    chain: list[Link] = []
    more: tuple[Wait, ...] = ()
    seen: list[str] = []
    asking, at = stream, stream
    while at not in seen:
        life = lives.get(at)
        if life is None:
            return Answer(chain=tuple(chain), more=more, beyond=at if at != stream else None)
        seen.append(at)
        waits = _of_office(life, asking) if isinstance(life, Programme) else ordered_waits(life, now)
        if not waits:
            break
        chain.append(Link(stream=at, wait=waits[0]))
        if at == stream:
            more = waits[1:]
        if waits[0].link is None:
            break
        asking, at = at, waits[0].link
    return Answer(chain=tuple(chain), more=more)


def ordered_waits(state: Technology | Rollout | Workstream, now: datetime) -> tuple[Wait, ...]:
    """What a life waits for, in the order in which it decides: the first is the answer."""
    match state:
        case Technology():
            found = technology_waits(state)
        case Rollout():
            found = (*_held_from_above(state), *rollout_waits(state))
        case Workstream():
            found = workstream_waits(state)
    return in_deciding_order((*_lacking(state, now), *found), now)


def in_deciding_order(waits: tuple[Wait, ...], now: datetime) -> tuple[Wait, ...]:
    """Waits by their kind; of one kind what is late, then what is due first, then as they came."""
    latest = datetime.max.replace(tzinfo=now.tzinfo)
    return tuple(sorted(waits, key=lambda it: (it.kind.rank, not it.late, it.due or latest)))


def _held_from_above(state: Rollout) -> tuple[Wait, ...]:
    """What the technology says that keeps the gate shut to which a board has come."""
    if state.at_rest or state.gate is None or not state.direction.held_up:
        return ()
    link = technology_id(state.brief.technology)
    return (
        Wait(
            # It stands before the decision, which nobody can take before that.
            kind=WaitKind.REVIEW,
            on="technology",
            what=state.direction.held_up,
            name=gate_name(state.stream, state.gate.gate.id),
            link=link,
        ),
    )


def _lacking(state: Journey, now: datetime) -> tuple[Wait, ...]:
    """The criteria that a gate waits for, and who can bring what they ask for."""
    if state.stopped is not None:
        return ()
    return tuple(
        _criterion_wait(state, matter, judgement)
        for matter in state.live_matters
        for judgement in judge_gate(state, matter.gate, now)
        if blocks(judgement) and judgement.criterion not in waived_criteria(state, matter.gate.id, now)
    )


def _criterion_wait(state: Journey, matter: OpenGate, judgement: Judgement) -> Wait:
    criterion = next(it for it in matter.gate.criteria if it.id == judgement.criterion)
    link = None
    if criterion.source == NATIONAL and isinstance(state, Rollout):
        link = technology_id(state.brief.technology)
    return Wait(
        kind=WaitKind.CRITERION,
        on=_bringer(state, criterion.evidence) if criterion.source == OWN else criterion.source,
        what=f"{judgement.title} for {matter.gate.title} ({judgement.result}: {judgement.why.rstrip('.')})",
        since=matter.since,
        due=matter.due,
        late=matter.escalated,
        name=gate_name(state.stream, matter.gate.id),
        link=link,
    )


def _bringer(state: Journey, evidence: str) -> str:
    """The role that signs a check, or that does the step which asks for evidence."""
    for check in state.checks:
        if check.id == evidence:
            return " or ".join(check.signers)
    plan: Plan | None = None if state.work is None else state.work.plan
    for step in () if plan is None else plan.steps:
        if any(asked.id == evidence for asked in step.evidence):
            return step.owner
    return "whoever has it"


# --- capacity -----------------------------------------------------------------------------------------------


def _of_office(office: Programme, rollout: str) -> tuple[Wait, ...]:
    """Why a rollout has no slot yet: where it stands in the queue, and whose slot is the next to be free."""
    standings = survey(office)
    mine = next((it for it in standings if it.place.name == rollout), None)
    if mine is None:
        return ()
    what = f"position {mine.position} of {len(standings)} in the queue"
    return (
        Wait(
            kind=WaitKind.CAPACITY,
            on="capacity",
            what=f"{what}; it waits for {mine.why}" if mine.why else what,
            since=mine.place.since,
            link=_next_to_be_free(office, mine.place.needs),
        ),
    )


def _next_to_be_free(office: Programme, needs: tuple[str, ...]) -> str | None:
    """The rollout that has held longest what is needed, for it is likely to be the next to give it back."""
    holders = (
        (place.since, name)
        for name, place in office.slots.items()
        if place.technology is not None
        and place.lane is Lane.DEVELOPING
        and any(need in place.needs for need in needs)
    )
    return min(holders, default=(None, None))[1]


def why_planned(technology: Technology, board: str) -> Wait | None:
    """Why the rollout of a board that is only planned has not begun; ``None`` where it takes no part."""
    wave = next((it for it in technology.waves if board in it.boards), None)
    if wave is None or wave.name in technology.waves_stopped:
        return None
    if (hold := technology.waves_paused.get(wave.name)) is not None:
        return Wait(
            kind=WaitKind.PAUSE,
            on="resume",
            what=f"the resumption of wave {wave.name}: {hold.reason}",
            since=hold.at,
        )
    if technology.halting and board in dict(boards_started(technology)):
        halt = technology.halting[0]
        return Wait(
            kind=WaitKind.HALT,
            on="halt",
            what=f"the release of halt {halt.number} ({halt.concern}), before which nothing begins",
            since=halt.raised.at,
            link=technology.stream,
        )
    return Wait(
        kind=WaitKind.DEPENDENCY,
        on="technology",
        what=f"the release of wave {wave.name}, once every board released so far has reached "
        f"{RolloutStage(technology.proposal.wave_rule.reached)}",
        link=technology.stream,
    )
