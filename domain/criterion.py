"""Criteria: what a gate asks of the evidence, as data, and whether the evidence answers it.

Judging is a pure function with four answers. Where it cannot tell, a person has to: nothing unclear ever
passes by itself.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from domain.evidence import (
    NATIONAL,
    OWN,
    Entry,
    Held,
    Seen,
    SignOff,
    Source,
    Verdict,
    grounds,
    has_expired,
    stands,
)
from domain.findings import Contract, Reading, RunChart, SignalKind, readings
from domain.value import Fact, Line, Slug, Tagged, Value, at_day


class Result(StrEnum):
    """The answer that evidence gives to a criterion."""

    MET = "met"
    NOT_MET = "not-met"
    INCONCLUSIVE = "inconclusive"
    MISSING = "missing"


# --- tests --------------------------------------------------------------------------------------------------


class Present(Tagged, Value):
    """It is there and in force; whoever decides weighs what it says."""

    kind: Literal["present"] = "present"


class Limit(Value):
    """A figure that somebody has set, and answers for.

    Attributes:
        owner: The role that answers for it.
        source: Where it comes from.
        date: When it was set.
    """

    owner: Slug
    source: Line
    date: date


class Threshold(Tagged, Limit):
    """A figure reaches a threshold.

    Attributes:
        reading: The figure of the finding that counts: ``reliable-improvement-rate``.
        comparison: Whether it has to be at least or at most the threshold.
        value: The threshold, in that unit; a rate is a share from 0 to 1.
        unit: The unit.
    """

    kind: Literal["threshold"] = "threshold"
    reading: Slug
    comparison: Literal["at-least", "at-most"]
    value: float
    unit: Line


class Shift(Tagged, Value):
    """A run chart shows a shift to the better; a trend alone decides nothing."""

    kind: Literal["shift"] = "shift"


class Weigh(Tagged, Value):
    """There is no pass mark: a person weighs what is shown, and says so."""

    kind: Literal["weigh"] = "weigh"


class Flag(Tagged, Limit):
    """A figure above a limit asks for a discussion; it never fails.

    Attributes:
        reading: The figure of the finding: ``nasss-complex-domains``.
        most: The highest figure that needs no discussion.
    """

    kind: Literal["flag"] = "flag"
    reading: Slug
    most: float


class Signed(Tagged, Value):
    """A governance check is signed.

    Attributes:
        on_terms: What a conditional signature counts as.
    """

    kind: Literal["signed"] = "signed"
    on_terms: Literal["met", "inconclusive", "not-met"] = "inconclusive"


class UnderContract(Tagged, Limit):
    """A contract is in force and lasts long enough.

    Attributes:
        left: How long it has to last still.
    """

    kind: Literal["under-contract"] = "under-contract"
    left: timedelta = Field(ge=timedelta(0))


Test = Annotated[
    Present | Threshold | Shift | Weigh | Flag | Signed | UnderContract, Field(discriminator="kind")
]


class Criterion(Value):
    """One thing that a gate asks of the evidence.

    Attributes:
        id: The criterion's slug, unique in its gate.
        title: What it asks, for people.
        evidence: The slug of the evidence that answers it.
        source: Whose evidence that is.
        test: How the evidence answers it.
        required: Whether the gate cannot be passed without it; otherwise it is shown and binds nobody.
        minimum_sample: The number of people below which figures say too little.
        minimum_boards: How many pilot boards have to meet it; all that take part unless given.
        fresh_for: How old the evidence may be.
        same_version: Whether evidence about an earlier version of the technology is stale.
        stale: What evidence that is too old, or about an earlier version, counts as.
        contradictory: What evidence that disagrees counts as.
    """

    id: Slug
    title: Line
    evidence: Slug
    source: Source = OWN
    test: Test = Present()
    required: bool = True
    minimum_sample: int | None = Field(default=None, gt=0)
    minimum_boards: int | None = Field(default=None, gt=0)
    fresh_for: timedelta | None = Field(default=None, gt=timedelta(0))
    same_version: bool = False
    stale: Literal["inconclusive", "missing"] = "missing"
    contradictory: Literal["inconclusive", "not-met"] = "inconclusive"


class Judgement(Fact):
    """How a criterion was answered, by exactly which evidence, and why, in a sentence."""

    criterion: str
    title: str
    required: bool
    result: Result
    why: str
    evidence: tuple[Seen, ...] = ()


# --- judging ------------------------------------------------------------------------------------------------


class _Answer(NamedTuple):
    result: Result
    why: str
    entries: tuple[Entry, ...] = ()


def judge(criterion: Criterion, held: Held, version: str, now: datetime) -> Judgement:
    """How the evidence answers a criterion, at this moment.

    Args:
        criterion: What is asked.
        held: The evidence on record, by place; what is no longer in force counts as absent.
        version: The version of the technology that is in question.
        now: The moment.
    """
    answer = _judge_all(criterion, held, version, now)
    # A signature names its grounds for ever; what was withdrawn since is no ground of this answer.
    gone = {it.ref for entries in held.values() for it in entries if it.withdrawn is not None}
    return Judgement(
        criterion=criterion.id,
        title=criterion.title,
        required=criterion.required,
        result=answer.result,
        why=answer.why,
        evidence=tuple(item for entry in answer.entries for item in grounds(entry) if item.ref not in gone),
    )


def places_of(criterion: Criterion, held: Held) -> tuple[str, ...]:
    """The places whose evidence a criterion asks for."""
    if criterion.source in {OWN, NATIONAL}:
        return (criterion.source,)
    return tuple(sorted(place for place in held if place not in {OWN, NATIONAL}))


def _judge_all(criterion: Criterion, held: Held, version: str, now: datetime) -> _Answer:
    places = places_of(criterion, held)
    if criterion.source in {OWN, NATIONAL}:
        return _judge_place(criterion, held.get(places[0], ()), version, now)
    if not places:
        return _Answer(Result.MISSING, "No pilot board takes part any more.")
    answers = {place: _judge_place(criterion, held[place], version, now) for place in places}
    return _over_boards(criterion, answers)


def _over_boards(criterion: Criterion, answers: dict[str, _Answer]) -> _Answer:
    entries = tuple(entry for answer in answers.values() for entry in answer.entries)
    told = " ".join(f"{place}: {answer.why}" for place, answer in answers.items())
    by_result = {
        result: [place for place, answer in answers.items() if answer.result is result] for result in Result
    }
    met, wanted = len(by_result[Result.MET]), criterion.minimum_boards or len(answers)
    answered = len(answers) - len(by_result[Result.MISSING])
    if by_result[Result.NOT_MET] and not met:
        return _Answer(Result.NOT_MET, told, entries)
    if answered < wanted:
        few = (
            f"{wanted} boards have to answer it and {len(answers)} take part. "
            if wanted > len(answers)
            else ""
        )
        return _Answer(Result.MISSING, f"{few}{told}", entries)
    if by_result[Result.NOT_MET]:
        return _Answer(Result(criterion.contradictory), f"The boards disagree. {told}", entries)
    return _Answer(Result.MET if met >= wanted else Result.INCONCLUSIVE, told, entries)


def _judge_place(criterion: Criterion, entries: tuple[Entry, ...], version: str, now: datetime) -> _Answer:
    asked = [entry for entry in entries if entry.evidence.id == criterion.evidence]
    standing = [entry for entry in asked if stands(entry)]
    if not standing:
        return _Answer(Result.MISSING, _why_absent(criterion, asked))
    alive = [entry for entry in standing if not has_expired(entry, now.date())]
    if not alive:
        last = standing[-1]
        return _Answer(Result.MISSING, f"{last.ref} expired on {last.evidence.expires}.")
    answers = [_judge_one(criterion, entry, entries, version, now) for entry in alive]
    results = {answer.result for answer in answers}
    everything = tuple(alive)
    if {Result.MET, Result.NOT_MET} <= results:
        told = " ".join(f"{entry.ref}: {answer.why}" for entry, answer in zip(alive, answers, strict=True))
        return _Answer(Result(criterion.contradictory), f"The evidence disagrees. {told}", everything)
    for result in (Result.NOT_MET, Result.INCONCLUSIVE, Result.MET, Result.MISSING):
        if result in results:
            why = next(answer.why for answer in answers if answer.result is result)
            return _Answer(result, why, everything)
    return _Answer(Result.MISSING, "There is none.")


def _why_absent(criterion: Criterion, asked: list[Entry]) -> str:
    if not asked:
        return f'There is no evidence "{criterion.evidence}".'
    last = asked[-1]
    if last.withdrawn is not None:
        return (
            f"{last.ref} was withdrawn on {at_day(last.withdrawn.at)}: {last.withdrawn.reason.rstrip('.')}."
        )
    return f"{last.ref} no longer counts, because the step that brought it is being done again."


def _judge_one(
    criterion: Criterion, entry: Entry, entries: tuple[Entry, ...], version: str, now: datetime
) -> _Answer:
    if stale := _why_stale(criterion, entry, version, now):
        return _Answer(Result(criterion.stale), stale)
    match criterion.test:
        case Present():
            return _Answer(Result.MET, f"{_shown(entry)}")
        case Threshold() as test:
            return _against(criterion, test, entry)
        case Shift():
            return _shift(entry)
        case Weigh():
            return _Answer(
                Result.INCONCLUSIVE, f"There is no pass mark, so it has to be weighed: {_shown(entry)}"
            )
        case Flag() as test:
            return _flag(test, entry)
        case Signed() as test:
            return _signed(test, entry, entries)
        case UnderContract() as test:
            return _under_contract(test, entry, now.date())


def _why_stale(criterion: Criterion, entry: Entry, version: str, now: datetime) -> str | None:
    age = now.date() - entry.evidence.dated
    if criterion.fresh_for is not None and age > criterion.fresh_for:
        return (
            f"{entry.ref} is {age.days} days old, of {criterion.fresh_for.days} allowed: bring a newer one."
        )
    if criterion.same_version and entry.version != version:
        about = f"{entry.ref} is about version {entry.version}"
        return f"{about} and the technology is at {version}: check it again."
    return None


def _shown(entry: Entry) -> str:
    statement = entry.evidence.statement.strip()
    return statement if statement.endswith((".", "!", "?")) else f"{statement}."


def _read(entry: Entry, reading: str) -> Reading | None:
    finding = entry.evidence.finding
    if finding is None or isinstance(finding, SignOff):
        return None
    return readings(finding).get(reading)


def _unreadable(entry: Entry, reading: str) -> _Answer:
    return _Answer(Result.INCONCLUSIVE, f"{entry.ref} gives no {reading}: {_shown(entry)}")


def _against(criterion: Criterion, test: Threshold, entry: Entry) -> _Answer:
    reading = _read(entry, test.reading)
    if reading is None:
        return _unreadable(entry, test.reading)
    if reading.unit != test.unit:
        why = f"{entry.ref} gives {test.reading} in {reading.unit} and {test.unit} is asked for."
        return _Answer(Result.INCONCLUSIVE, why)
    least = criterion.minimum_sample
    if least is not None and (reading.sample is None or reading.sample < least):
        sample = "an unknown sample" if reading.sample is None else f"a sample of {reading.sample}"
        why = f"{entry.ref} rests on {sample} and at least {least} are asked for."
        return _Answer(Result.INCONCLUSIVE, why)
    reached = reading.value >= test.value if test.comparison == "at-least" else reading.value <= test.value
    sample = f" (n = {reading.sample})" if reading.sample is not None else ""
    said = f"{test.reading} is {_figure(reading.value, test.unit)}{sample}"
    wanted = f"{test.comparison.replace('-', ' ')} {_figure(test.value, test.unit)}"
    verdict = f"which is {wanted}" if reached else f"and {wanted} is asked for"
    return _Answer(Result.MET if reached else Result.NOT_MET, f"{said}, {verdict}.")


def _figure(value: float, unit: str) -> str:
    return f"{value * 100:.3g} %" if unit == "share" else f"{value:.6g} {unit}"


def _flag(test: Flag, entry: Entry) -> _Answer:
    reading = _read(entry, test.reading)
    if reading is None:
        return _unreadable(entry, test.reading)
    value = f"{test.reading} is {reading.value:.6g}"
    if reading.value > test.most:
        why = f"{value}, more than {test.most:.6g}: discuss it before you decide."
        return _Answer(Result.INCONCLUSIVE, why)
    return _Answer(Result.MET, f"{value}, which needs no discussion.")


def _shift(entry: Entry) -> _Answer:
    chart = entry.evidence.finding
    if not isinstance(chart, RunChart):
        return _Answer(Result.INCONCLUSIVE, f"{entry.ref} is no run chart: {_shown(entry)}")
    shifts = [signal for signal in chart.signals if signal.kind is SignalKind.SHIFT]
    if shifts:
        better = shifts[-1].direction == "better"
        why = f"The run chart of {chart.measure} shows a shift to the {'better' if better else 'worse'}."
        return _Answer(Result.MET if better else Result.NOT_MET, why)
    trend = any(signal.kind is SignalKind.TREND for signal in chart.signals)
    seen = "a trend alone, which decides nothing" if trend else "no shift"
    return _Answer(Result.INCONCLUSIVE, f"The run chart of {chart.measure} shows {seen}.")


def _under_contract(test: UnderContract, entry: Entry, today: date) -> _Answer:
    contract = entry.evidence.finding
    if not isinstance(contract, Contract):
        return _Answer(Result.INCONCLUSIVE, f"{entry.ref} is no contract: {_shown(entry)}")
    if not contract.in_force(today):
        why = f"The contract runs from {contract.starts} to {contract.ends} and is not in force."
        return _Answer(Result.NOT_MET, why)
    left, enough = contract.days_left(today), contract.days_left(today) >= test.left.days
    asked = "which is enough" if enough else f"and {test.left.days} are asked for"
    return _Answer(Result.MET if enough else Result.NOT_MET, f"The contract has {left} days left, {asked}.")


def _signed(test: Signed, entry: Entry, entries: tuple[Entry, ...]) -> _Answer:
    finding = entry.evidence.finding
    if not isinstance(finding, SignOff):
        return _Answer(Result.MISSING, f"{entry.ref} is no signature: sign the check.")
    below = {other.ref: other for other in entries}
    for ground in finding.rests_on:
        other = below.get(ground.ref)
        if other is not None and other.withdrawn is not None:
            return _Answer(
                Result.MISSING, f"{entry.ref} rests on {other.ref}, which was withdrawn: sign it again."
            )
    match finding.verdict:
        case Verdict.ACCEPTED:
            return _Answer(Result.MET, f"Signed by {entry.role} on {entry.evidence.dated}.")
        case Verdict.CONDITIONAL:
            return _Answer(Result(test.on_terms), f"Signed by {entry.role} on terms: {finding.terms}")
        case Verdict.REFUSED:
            return _Answer(Result.NOT_MET, f"Refused by {entry.role}: {_shown(entry)}")
