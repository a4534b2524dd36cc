"""What may be done to the evidence of a life: add, supersede, withdraw, and sign a governance check."""

from datetime import date, datetime
from difflib import get_close_matches

from domain.actor import Actor
from domain.check import CheckNeeded
from domain.event import Command
from domain.evidence import (
    AddEvidence,
    CheckSigned,
    Entry,
    Evidence,
    EvidenceAdded,
    EvidenceEvent,
    EvidenceWithdrawn,
    SignCheck,
    SignOff,
    Verdict,
    WithdrawEvidence,
    check_dates,
    check_kind,
    in_force,
    next_ref,
    seen,
    stands,
)
from domain.journey import Journey
from domain.refusal import Refusal
from domain.steps import check_actor
from domain.value import at_day

EVIDENCE_COMMANDS = (AddEvidence, WithdrawEvidence, SignCheck)


def decide_evidence(state: Journey, command: Command, now: datetime) -> tuple[EvidenceEvent, ...] | Refusal:
    """Decide a command about evidence: the events, or why not.

    Raises:
        TypeError: It is none of ``EVIDENCE_COMMANDS``.
    """
    match command:
        case AddEvidence():
            return _add(state, command, now)
        case WithdrawEvidence():
            return _withdraw(state, command, now)
        case SignCheck():
            return _sign(state, command, now)
        case _:
            raise TypeError(f"not a command about evidence: {type(command).__name__}")


def _add(state: Journey, command: AddEvidence, now: datetime) -> tuple[EvidenceEvent, ...] | Refusal:
    evidence, actor = command.evidence, command.actor
    refusal = _check_here(state, actor, "Adding evidence")
    refusal = refusal or check_dates(evidence, now.date()) or check_kind(evidence, None)
    if refusal := refusal or _check_asked(state, evidence) or _check_superseding(state, command):
        return refusal
    return (
        EvidenceAdded(
            at=now,
            by=actor,
            ref=next_ref(state.on_record, state.place, evidence.id),
            role=actor.roles[0],
            version=state.version,
            evidence=evidence,
            supersedes=command.supersedes,
        ),
    )


def _check_here(state: Journey, actor: Actor, what: str) -> Refusal | None:
    if not actor.roles:
        return Refusal(code="wrong-role", message=f"{what} takes a role, and you have none: act in one.")
    return check_actor(actor, actor.roles, state.board, f"{what} to {state.stream}")


def _check_asked(state: Journey, evidence: Evidence) -> Refusal | None:
    asked = state.asked_for()
    if evidence.id in asked:
        return None
    if any(check.id == evidence.id for check in state.checks):
        return Refusal(
            code="not-to-be-brought",
            message=f'"{evidence.id}" is a governance check: sign it with `check sign`.',
        )
    close = get_close_matches(evidence.id, asked, n=1)
    hint = f'did you mean "{close[0]}"?' if close else f"choose from {', '.join(sorted(asked)) or 'nothing'}."
    return Refusal(
        code="evidence-unasked",
        message=f'Nothing in {state.stream} asks for evidence "{evidence.id}": {hint}',
    )


def _check_superseding(state: Journey, command: AddEvidence) -> Refusal | None:
    if command.supersedes is None:
        return None
    old = state.on_record.get(command.supersedes)
    if old is None:
        return _no_such(state, command.supersedes)
    if old.evidence.id != command.evidence.id:
        return Refusal(
            code="other-evidence",
            message=f'{old.ref} is evidence "{old.evidence.id}" and the new one is "{command.evidence.id}": '
            "only a finding about the same takes its place.",
        )
    if not stands(old):
        return Refusal(
            code="evidence-ended",
            message=f"{old.ref} no longer counts, so nothing can take its place: add the new one by itself.",
        )
    return None


def _no_such(state: Journey, ref: str) -> Refusal:
    close = get_close_matches(ref, state.on_record, n=1)
    hint = f"did you mean {close[0]}?" if close else "list the evidence to see what is on record."
    return Refusal(code="no-such-evidence", message=f'{state.stream} holds no evidence "{ref}": {hint}')


def _withdraw(
    state: Journey, command: WithdrawEvidence, now: datetime
) -> tuple[EvidenceEvent, ...] | Refusal:
    entry = state.on_record.get(command.ref)
    if entry is None:
        return _no_such(state, command.ref)
    if entry.withdrawn is not None:
        return Refusal(
            code="already-withdrawn",
            message=f"{entry.ref} was withdrawn on {at_day(entry.withdrawn.at)} ({entry.withdrawn.reason}): "
            "there is no need to withdraw it again.",
        )
    steering = (*state.authority.national, *(state.authority.board if state.board else ()))
    roles = tuple(dict.fromkeys((entry.role, *steering)))
    if refusal := check_actor(command.actor, roles, state.board, f"Withdrawing {entry.ref}"):
        return refusal
    role = command.actor.acting_as(roles) or ""
    return (EvidenceWithdrawn(at=now, by=command.actor, ref=entry.ref, role=role, reason=command.reason),)


def _sign(state: Journey, command: SignCheck, now: datetime) -> tuple[EvidenceEvent, ...] | Refusal:
    check = next((it for it in state.checks if it.id == command.check), None)
    if check is None:
        return _no_such_check(state, command.check)
    if refusal := _check_signer(state, check, command):
        return refusal
    rests_on = _grounds_of(state, check, now.date())
    if isinstance(rests_on, Refusal) and command.verdict is not Verdict.REFUSED:
        return rests_on
    evidence = Evidence(
        id=check.id,
        statement=command.statement,
        source=command.source,
        dated=command.dated,
        expires=command.dated + check.expires_after if check.expires_after else None,
        finding=SignOff(
            verdict=command.verdict,
            terms=command.terms,
            rests_on=() if isinstance(rests_on, Refusal) else tuple(seen(entry) for entry in rests_on),
        ),
    )
    if refusal := check_dates(evidence, now.date()):
        return refusal
    before = [it for it in state.on_record.values() if it.evidence.id == check.id and stands(it)]
    return (
        CheckSigned(
            at=now,
            by=command.actor,
            ref=next_ref(state.on_record, state.place, check.id),
            role=command.actor.acting_as(check.signers) or "",
            version=state.version,
            evidence=evidence,
            supersedes=before[-1].ref if before else None,
        ),
    )


def _no_such_check(state: Journey, check: str) -> Refusal:
    known = [it.id for it in state.checks]
    close = get_close_matches(check, known, n=1)
    hint = f'did you mean "{close[0]}"?' if close else f"choose from {', '.join(known) or 'none'}."
    return Refusal(code="no-such-check", message=f'{state.stream} has no check "{check}" to sign: {hint}')


def _check_signer(state: Journey, check: CheckNeeded, command: SignCheck) -> Refusal | None:
    what = f"Signing {check.title}"
    if refusal := check_actor(command.actor, check.signers, state.board, what):
        return refusal
    if check.independent and state.board is not None and command.actor.boards != "all":
        return Refusal(
            code="not-independent",
            message=f"{what} takes somebody who does not act for {state.board}: "
            "ask someone of the national programme.",
        )
    conditional = command.verdict is Verdict.CONDITIONAL
    if conditional != bool(command.terms.strip()):
        return Refusal(
            code="terms-misplaced",
            message=f"{check.title} is signed {command.verdict}: "
            f"{'say on what terms' if conditional else 'leave out the terms'}.",
        )
    return None


def _grounds_of(state: Journey, check: CheckNeeded, today: date) -> tuple[Entry, ...] | Refusal:
    """The evidence that a signature rests on, or why it cannot be given."""
    found: list[Entry] = []
    for name in check.rests_on:
        entries = [it for it in state.on_record.values() if it.evidence.id == name and in_force(it, today)]
        if not entries:
            return Refusal(
                code="evidence-missing",
                message=f'{check.title} cannot be accepted without evidence "{name}": bring it first, '
                "or sign that it is refused.",
            )
        found += entries
    return tuple(found)
