"""The scenes that make a rehearsal of real life: what goes wrong at one board or another, and what is done.

A wave is split, a board pauses for want of staff, a change is tested, somebody objects, a condition is met, a
shortfall in training is waived for too short a time, and a finding is withdrawn after the scale decision.
"""

from collections.abc import Iterator
from datetime import timedelta

from catalogue.rows.evidence import Evidence as EvidenceRow
from catalogue.rows.work import Gate
from domain.evidence import AddEvidence, Evidence, WithdrawEvidence
from domain.findings import RoleTraining, Training
from domain.gate_commands import AnswerObjection, AskWaiver, GrantWaiver, MeetCondition, ObjectToGate
from domain.learning import DecideTrial, StartTrial, StudyTrial, Verdict
from domain.names import rollout_id, technology_id
from domain.proposal import Wave
from domain.steering import Pause, Resume
from domain.waves import ReorderWaves
from rehearsal.findings import rehearsed
from rehearsal.view import Act, View, person

PAUSED_BOARD = "borders"
TRIAL_BOARD = "forth-valley"
WITHDRAWING_BOARD = "tayside"
WITHDRAWN = "impact-evidence"
OBJECTION_BOARD = "fife"
WAIVER_BOARD = "lanarkshire"
SHORT_OF = "training-record"
WAIVED = "trained"
WAIVED_FOR = timedelta(seconds=6)
REPLICATION = "replication"
BUSINESS_AS_USUAL = "business-as-usual"


def scenes(view: View) -> Iterator[Act]:
    """Whatever of the scenes is due."""
    yield from _split_last_wave(view)
    yield from _pause_and_resume(view)
    yield from _test_a_change(view)
    yield from _object_and_answer(view)
    yield from _meet_conditions(view)
    yield from _waive_training(view)
    yield from _withdraw_a_finding(view)


def _split_last_wave(view: View) -> Iterator[Act]:
    to_come = [wave for wave in view.waves if wave.released is None and wave.name != "pilots"]
    steered = any(act.act == "waves-reordered" for act in view.steering)
    if view.technology.stage != "scale" or steered or not to_come or len(to_come[-1].boards) < 2:  # noqa: PLR2004
        return
    last = to_come[-1]
    middle = len(last.boards) // 2
    waves = (
        *(Wave(name=wave.name, boards=wave.boards) for wave in to_come[:-1]),
        Wave(name=f"{last.name}-a", boards=last.boards[:middle]),
        Wave(name=f"{last.name}-b", boards=last.boards[middle:]),
    )
    yield Act(
        key="reorder/1",
        workflow=technology_id(view.technology.slug),
        update="reorder_waves",
        command=ReorderWaves(
            actor=person(view.authority.national[0], None),
            waves=waves,
            reason="Eight boards at once would stretch the national team: two waves of four instead.",
        ),
        remark=f"The last wave, {last.name}, is split in two",
    )


def _pause_and_resume(view: View) -> Iterator[Act]:
    board = view.rollouts.get(PAUSED_BOARD)
    if board is None or board.stopped or view.technology.paused:
        return
    stream = rollout_id(board.technology, board.board)
    acts = [act.act for act in view.steering if act.stream == stream]
    lead = person(view.authority.board[0], board.board)
    if "paused" not in acts and board.stage == REPLICATION and board.closed > 0:
        reason = "Barrier: two of four posts in the digital therapies team are vacant; recruitment first."
        yield Act(
            key=f"pause/{stream}/1",
            workflow=stream,
            update="pause",
            command=Pause(actor=lead, reason=reason),
            remark=f"{board.board} pauses. {reason}",
        )
    others = [other for name, other in view.rollouts.items() if name != PAUSED_BOARD]
    recruited = all(other.stage == BUSINESS_AS_USUAL for other in others if not other.stopped)
    if board.paused and board.paused.source == "own" and recruited:
        reason = "Both posts are filled; the other boards lent a trainer."
        yield Act(
            key=f"resume/{stream}/1",
            workflow=stream,
            update="resume",
            command=Resume(actor=lead, reason=reason),
            remark=f"{board.board} resumes. {reason}",
        )


def _test_a_change(view: View) -> Iterator[Act]:
    """A pilot tries a change: it predicts, studies and decides."""
    board = view.rollouts.get(TRIAL_BOARD)
    if board is None or board.stage != "proof-of-concept" or board.stopped or board.paused:
        return
    stream, name = rollout_id(board.technology, board.board), "evening-calls"
    team = person("board-digital-therapies-team", TRIAL_BOARD)
    trial = next((it for it in view.trials if (it.stream, it.trial) == (stream, name)), None)
    if trial is None:
        start = StartTrial(
            actor=team,
            trial=name,
            title="Call people in the evening instead of by day",
            priority="service-implementation-approach",
            prediction="Half as many people miss their first call.",
        )
        remark = f"{board.board} tests a change: {start.title.lower()}"
        yield Act(f"trial/{stream}/start", stream, "start_trial", start, remark)
    elif trial.found is None:
        found = Evidence(
            id=name,
            statement="Fewer people missed their first call: rehearsed, no real finding.",
            source="Rehearsal record",
            dated=view.today,
            finding=rehearsed("measure", view.today),
        )
        study = StudyTrial(actor=team, trial=name, evidence=found)
        yield Act(f"trial/{stream}/study", stream, "study_trial", study)
    elif trial.verdict is None:
        reason = "It did as predicted and cost nothing."
        decide = DecideTrial(actor=team, trial=name, verdict=Verdict.ADOPT, reason=reason)
        remark = f"{board.board} adopts what it tested: {reason}"
        yield Act(f"trial/{stream}/decide", stream, "decide_trial", decide, remark)


def _object_and_answer(view: View) -> Iterator[Act]:
    gate = _gate_at(view, OBJECTION_BOARD, "go-live")
    if gate is None or gate.at_rest:
        return
    if not gate.objections:
        reason = "The hazard log does not say who answers an alert at night."
        objection = ObjectToGate(
            actor=person("clinical-safety-officer", gate.board), gate=gate.gate, reason=reason
        )
        remark = f"{gate.board}: an objection before go-live. {reason}"
        yield Act(f"object/{gate.name}/1", gate.stream, "object_to_gate", objection, remark)
    for waiting in (it for it in gate.objections if it.answered is None):
        answer = "The national out-of-hours service answers; the log now says so."
        command = AnswerObjection(
            actor=person("board-digital-therapy-lead", gate.board),
            gate=gate.gate,
            objection=waiting.number,
            reason=answer,
        )
        key = f"answer/{gate.name}/{waiting.number}"
        remark = f"{gate.board}: the objection is answered. {answer}"
        yield Act(key, gate.stream, "answer_objection", command, remark)


def awaits_its_objection(gate: Gate) -> bool:
    """Whether somebody is about to object at a gate, so that nobody votes before."""
    return gate.board == OBJECTION_BOARD and gate.gate == "go-live" and not gate.objections


def _meet_conditions(view: View) -> Iterator[Act]:
    for condition in view.conditions:
        if condition.state != "open":
            continue
        reason = "Published on the board's pages."
        command = MeetCondition(
            actor=person(condition.owner, condition.board),
            gate=condition.gate,
            condition=condition.number,
            reason=reason,
        )
        key = f"meet/{condition.stream}/{condition.number}"
        remark = f"{condition.board} meets its condition: {condition.what.lower()}"
        yield Act(key, condition.stream, "meet_condition", command, remark)


def training_of(board: str | None) -> Training | None:
    """What a board brings as its training record, where that falls short at first; else ``None``."""
    if board != WAIVER_BOARD:
        return None
    return Training(roles=(RoleTraining(role="board-digital-therapies-team", eligible=10, trained=7),))


def _waive_training(view: View) -> Iterator[Act]:
    """Too few are trained: that is waived for a while, too short a while, and made good in the end."""
    gate = _gate_at(view, WAIVER_BOARD, "go-live")
    if gate is None or gate.at_rest or gate.held_up:
        return
    if gate.because is not None and "waiver" in gate.because:
        yield from _train_the_rest(view, gate)
        return
    alive = [it for it in gate.waivers if it.until > view.now]
    if not alive and _is_short(view, gate):
        reason = "Three of ten start next week: their training is booked."
        wish = AskWaiver(
            actor=person("board-digital-therapy-lead", gate.board),
            gate=gate.gate,
            criterion=WAIVED,
            reason=reason,
            until=view.now + WAIVED_FOR,
        )
        key = f"waive/{gate.name}/{len(gate.waivers) + 1}"
        yield Act(key, gate.stream, "ask_waiver", wish, f"{gate.board} asks for a waiver. {reason}")
    for waiver in (it for it in alive if it.granted is None):
        grant = GrantWaiver(
            actor=person("national-advisor", None),
            gate=gate.gate,
            waiver=waiver.number,
            reason="For as long as it takes to train them.",
        )
        remark = f"The waiver for {gate.board} is granted for a short while"
        yield Act(f"grant/{gate.name}/{waiver.number}", gate.stream, "grant_waiver", grant, remark)


def _is_short(view: View, gate: Gate) -> bool:
    ready = [it for it in view.checks if it.stream == gate.stream and it.signature is None]
    return not ready and any(it.evidence == SHORT_OF for it in _in_force(view, gate.stream))


def _train_the_rest(view: View, gate: Gate) -> Iterator[Act]:
    """The waiver has expired: bring the record of everybody's training."""
    records = [it for it in _in_force(view, gate.stream) if it.evidence == SHORT_OF]
    if len(records) != 1 or records[0].content["finding"]["roles"][0]["trained"] > 7:  # noqa: PLR2004
        return
    whole = Training(roles=(RoleTraining(role="board-digital-therapies-team", eligible=10, trained=10),))
    evidence = Evidence(
        id=SHORT_OF,
        statement="All ten are trained: rehearsed, no real finding.",
        source="Rehearsal record",
        dated=view.today,
        finding=whole,
    )
    command = AddEvidence(
        actor=person("board-digital-therapies-team", gate.board),
        evidence=evidence,
        supersedes=records[0].ref,
    )
    remark = f"The waiver has expired and reopened {gate.title} ({gate.board}); everybody is trained now"
    yield Act(f"train/{gate.stream}", gate.stream, "add_evidence", command, remark)


def _withdraw_a_finding(view: View) -> Iterator[Act]:
    """After the scale decision a pilot finds that it had counted wrongly."""
    board = view.rollouts.get(WITHDRAWING_BOARD)
    released = [wave for wave in view.waves if wave.released is not None and wave.name != "pilots"]
    if board is None or board.stopped or view.technology.stage != "scale" or not released:
        return
    stream = rollout_id(board.technology, board.board)
    lead = person("board-digital-therapy-lead", WITHDRAWING_BOARD)
    found = [it for it in view.evidence if it.stream == stream and it.evidence == WITHDRAWN]
    standing = [it for it in found if it.standing == "in force"]
    withdrawn = [it for it in found if it.standing == "withdrawn"]
    if standing and not withdrawn:
        reason = "Two clinics were counted twice."
        command = WithdrawEvidence(actor=lead, ref=standing[0].ref, reason=reason)
        remark = f"{board.board} withdraws what the scale decision rests on. {reason} Every board is held up"
        yield Act(f"withdraw/{standing[0].ref}", stream, "withdraw_evidence", command, remark)
    elif withdrawn and not standing:
        evidence = Evidence(
            id=WITHDRAWN,
            statement="Counted anew, each clinic once: rehearsed, no real finding.",
            source="Rehearsal record",
            dated=view.today,
            finding=rehearsed("outcomes", view.today),
        )
        remark = f"{board.board} brings the finding anew"
        add = AddEvidence(actor=lead, evidence=evidence)
        yield Act(f"anew/{stream}/{WITHDRAWN}", stream, "add_evidence", add, remark)


def _gate_at(view: View, board: str, gate: str) -> Gate | None:
    return next((it for it in view.gates if (it.board, it.gate) == (board, gate)), None)


def _in_force(view: View, stream: str) -> list[EvidenceRow]:
    return [it for it in view.evidence if it.stream == stream and it.standing == "in force"]
