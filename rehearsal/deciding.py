"""How the scripted staff decide: they sign checks, weigh what the evidence says, and vote seat by seat."""

from collections.abc import Iterator
from datetime import timedelta

from catalogue.queries.case import definition_of
from catalogue.rows.evidence import Check
from catalogue.rows.work import Decision
from catalogue.rows.work import Gate as GateRow
from domain.criterion import Judgement, Result, judge
from domain.evidence import SignCheck, Verdict
from domain.gate import Effect, Gate, Seat, Terms
from domain.gate_commands import DecideGate
from domain.judging import basis_of
from rehearsal.view import Act, View, person

CONDITIONAL_BOARD = "shetland"
SENT_BACK_BOARD = "grampian"
SEND_BACK_TO = ("train-staff",)
ITERATE_FROM = ("build-acceptance", "report-impact")
TIME_FOR_A_CONDITION = timedelta(minutes=2)
_LOST = ("withdrawn", "set aside")


def sign_checks(view: View) -> Iterator[Act]:
    """Sign every check whose grounds are there and that has no signature, or one whose ground was lost."""
    for check in view.checks:
        rollout = view.rollouts.get(check.board or "")
        if view.technology.paused or (rollout is not None and (rollout.paused or rollout.stopped)):
            continue
        here = [item for item in view.evidence if item.stream == check.stream]
        grounds = [item for item in here if item.evidence in check.rests_on and item.standing == "in force"]
        ready = {item.evidence for item in grounds} >= set(check.rests_on)
        if ready and not _is_signed(view, check):
            yield _sign(view, check, 1 + sum(item.evidence == check.check for item in here))


def _is_signed(view: View, check: Check) -> bool:
    if check.signature is None:
        return False
    lost = {item.ref for item in view.evidence if item.standing in _LOST}
    grounds = check.signature.content["finding"].get("rests_on", ())
    return not any(ground["ref"] in lost for ground in grounds)


def _sign(view: View, check: Check, number: int) -> Act:
    command = SignCheck(
        actor=person(check.signers[0], None if check.independent else check.board),
        check=check.check,
        verdict=Verdict.ACCEPTED,
        statement=f"{check.title}: rehearsed, no real finding.",
        source="Rehearsal record",
        dated=view.today,
    )
    return Act(f"sign/{check.stream}/{check.check}/{number}", check.stream, "sign_check", command)


def vote(view: View, gate: GateRow) -> Iterator[Act]:
    """Vote for what is due at a gate: nothing while evidence is missing or an objection is not answered."""
    case = view.cases.get(gate.stream)
    if case is None or gate.at_rest:
        return
    definition = definition_of(gate)
    judgements = tuple(
        judge(criterion, case.held, case.version, view.now) for criterion in definition.criteria
    )
    effect, reason, reopen, remark = _intention(view, gate)
    unclear = [it.title for it in judgements if it.required and it.result is Result.INCONCLUSIVE]
    if effect is Effect.PROCEED and unclear and not gate.board:
        remark = f"{gate.title}: each who votes judges what is inconclusive. {'; '.join(unclear)}"
    if effect is Effect.PROCEED and not _may_proceed(view, gate, judgements):
        return
    outcome = next(name for name, does in definition.outcomes.items() if does is effect)
    accepts = weighed(view, gate, judgements) if effect is Effect.PROCEED else {}
    basis = basis_of(judgements)
    for seat in _seats_to_fill(definition):
        said = next((vote for vote in gate.votes if vote.role == seat.role), None)
        if said is not None and said.outcome == outcome and said.basis == basis:
            continue
        command = DecideGate(
            actor=person(seat.role, None if seat.independent else gate.board),
            gate=gate.gate,
            outcome=outcome,
            reason=reason,
            reopen=reopen,
            accepts=accepts,
            terms=_terms(view, gate, seat) if effect is Effect.PROCEED else (),
        )
        key = f"vote/{gate.name}/{len(_decided(view, gate))}/{seat.role}/{basis}"
        yield Act(key, gate.stream, "decide_gate", command, remark)
        remark = None


def _intention(view: View, gate: GateRow) -> tuple[Effect, str, tuple[str, ...], str | None]:
    """What the staff want at a gate: its effect, why, what is to be done again, and a remark."""
    if not _decided(view, gate):
        if gate.gate == "scale":
            reason = "Too few referrers know the service: engage them again and measure once more."
            return Effect.REPEAT, reason, ITERATE_FROM, f"{gate.title}: another cycle. {reason}"
        if gate.gate == "go-live" and gate.board == SENT_BACK_BOARD:
            reason = "Barrier: half the team joined after the training. Train them before the doors open."
            return Effect.REPEAT, reason, SEND_BACK_TO, f"{gate.board} is sent back before go-live. {reason}"
    if gate.because is not None:
        return Effect.PROCEED, "The evidence brought anew holds.", (), _confirmed(gate)
    return Effect.PROCEED, "The evidence asked for is there and holds.", (), _passed(gate)


def _passed(gate: GateRow) -> str | None:
    if gate.board == CONDITIONAL_BOARD and gate.gate == "go-live":
        return f"{gate.board} goes live on a condition: the duty rota is to be published"
    return None if gate.board else f"{gate.title}: the votes come in"


def _confirmed(gate: GateRow) -> str:
    return f"{gate.title}{f' ({gate.board})' if gate.board else ''} is decided again on evidence brought anew"


def _may_proceed(view: View, gate: GateRow, judgements: tuple[Judgement, ...]) -> bool:
    objected = any(objection.answered is None for objection in gate.objections)
    if gate.held_up or objected:
        return False
    return not missing(view, gate, judgements)


def missing(view: View, gate: GateRow, judgements: tuple[Judgement, ...]) -> tuple[Judgement, ...]:
    """The criteria that stand in the way at a gate and are not waived."""
    waived = {it.criterion for it in gate.waivers if it.granted is not None and it.until > view.now}
    return tuple(
        it
        for it in judgements
        if it.required and it.result in {Result.MISSING, Result.NOT_MET} and it.criterion not in waived
    )


def weighed(view: View, gate: GateRow, judgements: tuple[Judgement, ...]) -> dict[str, str]:
    """Why each inconclusive criterion may pass, as each voter has to say."""
    waived = {it.criterion for it in gate.waivers if it.granted is not None and it.until > view.now}
    return {
        it.criterion: "Weighed: the figures are what such a service can expect in its first months."
        for it in judgements
        if it.required and it.result is Result.INCONCLUSIVE and it.criterion not in waived
    }


def _seats_to_fill(gate: Gate) -> tuple[Seat, ...]:
    """The required seats, and as many others as the quorum takes."""
    required = [seat for seat in gate.seats if seat.required]
    others = [seat for seat in gate.seats if not seat.required]
    return (*required, *others[: max(gate.quorum - len(required), 0)])


def _terms(view: View, gate: GateRow, seat: Seat) -> tuple[Terms, ...]:
    first = not _decided(view, gate)
    if gate.board != CONDITIONAL_BOARD or gate.gate != "go-live" or not seat.required or seat.independent:
        return ()
    if not first:
        return ()
    owner, due = "board-digital-therapy-lead", view.now + TIME_FOR_A_CONDITION
    return (Terms(text="Publish the duty rota for the first month", owner=owner, due=due),)


def _decided(view: View, gate: GateRow) -> list[Decision]:
    return [it for it in view.decisions if (it.stream, it.gate) == (gate.stream, gate.gate)]
