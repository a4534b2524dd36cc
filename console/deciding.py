"""Saying what should be decided at a gate: on what conditions, and who has to agree still."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from console import output
from console.acting import AsOption, IdentityOption, ReasonOption
from console.command import group
from console.desk import Desk, at_desk
from console.ending import NotDone, suggest
from console.finding import find_matter, find_role, find_stream, see
from console.output import example
from console.words import Place, read_place, read_slug

if TYPE_CHECKING:
    from catalogue.rows.work import Decision, Gate
    from domain.gate import Terms
    from domain.gate_commands import DecideGate

app = group("Say what should be decided.")

ABSTAIN = "abstain"
CONDITION = "TEXT @ OWNER @ YYYY-MM-DD"
_PARTS = 3
_AT = re.compile(r"\s*@\s*")


@dataclass(frozen=True)
class Said:
    """What somebody wants to be decided, as it was typed.

    Attributes:
        outcome: The outcome, or ``abstain``.
        reason: Why.
        reopen: The steps to do again.
        accepts: For each criterion that is unclear, why it may pass.
        terms: What the outcome depends on.
    """

    outcome: str
    reason: str
    reopen: tuple[str, ...]
    accepts: dict[str, str]
    terms: "tuple[Terms, ...]"


@app.command(
    epilog=example(
        'gate decide ccbt-perinatal scale scale --reason "Both pilots hold" --as national-advisor \\',
        '      --accept acceptance="Staff ask for it" --condition "Two trainers @ policy-lead @ 2026-12-31"',
        'gate decide ccbt-perinatal fife go-live iterate --reopen train-staff --reason "New staff" \\',
        "      --as board-lead@fife",
    )
)
def decide(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="TECHNOLOGY [BOARD] GATE OUTCOME",
            help="Which gate, and how it should be decided, or abstain; the board only for a gate of its "
            "rollout.",
        ),
    ],
    reason: ReasonOption,
    reopen: Annotated[
        list[str] | None,
        typer.Option(
            "--reopen",
            metavar="STEP",
            help="For an outcome that repeats: a step to do again; once for each. None means all of them.",
        ),
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            metavar='CRITERION="WHY"',
            help="Why a criterion that the evidence leaves unclear may pass; once for each.",
        ),
    ] = None,
    condition: Annotated[
        list[str] | None,
        typer.Option(
            "--condition",
            metavar=f'"{CONDITION}"',
            help="What passing depends on, the role that sees to it, and by when; once for each.",
        ),
    ] = None,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Say what should be decided at a gate. It is decided once enough people agree."""
    place, (gate, outcome) = read_place(words, "GATE", "OUTCOME")
    accepts = _read_accepts(accept or [])
    terms = tuple(map(_read_condition, condition or []))
    said = Said(outcome.lower(), reason, tuple(reopen or ()), accepts, terms)
    say(place, gate, said, acting_as, identity)


def say(place: Place, gate: str, said: Said, acting_as: str | None, identity: str | None) -> None:
    """Say what should be decided at a gate, and tell what became of it."""

    async def send(desk: Desk) -> str:
        stream = await find_stream(desk.connection, place.technology, place.board)
        found = await find_matter(desk.connection, stream, gate)
        command = await _command(desk, found, said)
        await desk.send(stream, "decide_gate", command)
        return await _became(desk, place, found)

    texts = {f"judgement of {name}": why for name, why in said.accepts.items()}
    texts |= {f"condition {number}": it.text for number, it in enumerate(said.terms, start=1)}
    output.write(at_desk(acting_as, identity, send, reason=said.reason, **texts))


def _read_accepts(written: list[str]) -> dict[str, str]:
    accepts: dict[str, str] = {}
    for text in written:
        name, equals, why = text.partition("=")
        if not equals or not why.strip():
            raise NotDone(f'A judgement is written as CRITERION="WHY IT MAY PASS": "{text[:60]}" is not.')
        accepts[read_slug("a criterion", name)] = why.strip()
    return accepts


def _read_condition(written: str) -> "Terms":
    from console.moments import end_of
    from domain.gate import Terms

    parts = _AT.split(written.strip())
    if len(parts) < _PARTS or not all(parts[-_PARTS:]):
        raise NotDone(f'A condition is written as "{CONDITION}": "{written[:60]}" is not.')
    return Terms(
        text=" @ ".join(parts[:-2]),
        owner=read_slug("a role", parts[-2]),
        due=end_of("The day of a condition", parts[-1]),
    )


async def _command(desk: Desk, found: "Gate", said: Said) -> "DecideGate":
    """The command, its names held against what the gate has.

    Raises:
        NotDone: The gate has no such outcome or criterion, or there is no such step or role.
    """
    from domain.gate_commands import DecideGate

    outcomes = list(dict.fromkeys((*found.outcomes, ABSTAIN)))
    if said.outcome not in outcomes:
        hint = suggest(said.outcome, outcomes) or f"choose {' or '.join(outcomes)}."
        raise NotDone(f'{found.title} has no outcome "{said.outcome}": {hint}')
    criteria = [criterion["id"] for criterion in found.criteria]
    for name in said.accepts:
        if name not in criteria:
            raise NotDone(f'{found.title} has no criterion "{name}": {suggest(name, criteria)}'.rstrip(": "))
    for terms in said.terms:
        await find_role(desk.connection, terms.owner)
    await _check_steps(desk, said.reopen, found)
    return DecideGate(
        actor=desk.actor,
        gate=found.gate,
        outcome=said.outcome,
        reason=said.reason,
        reopen=said.reopen,
        accepts=said.accepts,
        terms=said.terms,
    )


async def _check_steps(desk: Desk, steps: tuple[str, ...], found: "Gate") -> None:
    from catalogue.queries.tasks import list_tasks

    if not steps:
        return
    tasks = await list_tasks(desk.connection, technology=found.technology)
    known = {task.step for task in tasks if found.board in {None, task.board}}
    for step in steps:
        if step not in known:
            raise NotDone(f'There is no step "{step}" to reopen: {suggest(step, known)}'.rstrip(": "))


async def _became(desk: Desk, place: Place, gate: "Gate") -> str:
    """What became of the gate: how it was decided, or who has to agree still."""
    from catalogue.queries.gates import list_decisions
    from console.judging import judged
    from console.seats import still_to_agree

    decisions = await list_decisions(desk.connection, stream=gate.stream)
    if since := [it for it in decisions if it.gate == gate.gate and it.at >= gate.since]:
        return f"{gate.title}{place.suffix} is decided: {since[-1].outcome}.{_on_terms(since[-1])}"
    waiting = await find_matter(desk.connection, gate.stream, gate.gate)
    (now,) = await judged(desk.connection, gate.stream, (waiting,), datetime.now(UTC))
    return (
        f"What you said at {gate.title}{place.suffix} is counted, and it is not decided yet: "
        f"{still_to_agree(now.gate, now.basis)}; {see(f'gate show {place.words}')}"
    )


def _on_terms(decision: "Decision") -> str:
    count = sum(len(vote.terms) for vote in decision.votes if vote.outcome == decision.outcome)
    if not count:
        return ""
    return f" It depends on {output.counted(count, 'condition')}: see `gate show`."
