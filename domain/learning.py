"""Tests of change: small trials within a proof of concept, each predicted, studied and decided on.

They follow the plan-do-study-act cycle: say what is expected, try it, look at what happened, and adopt, adapt
or abandon the change.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from domain.event import Command, Event
from domain.evidence import Evidence
from domain.gate import Note
from domain.refusal import Refusal
from domain.value import Fact, Line, Slug


class Verdict(StrEnum):
    """What becomes of a change that was tried."""

    ADOPT = "adopt"
    ADAPT = "adapt"
    ABANDON = "abandon"


class TrialOfChange(Fact):
    """One plan-do-study-act cycle.

    Attributes:
        id: Its slug.
        title: What is tried.
        priority: The test-and-learn priority that it serves.
        prediction: What is expected, said before it is tried.
        started: Who started it.
        found: The name of the evidence that was found, once it has been studied.
        verdict: What becomes of the change.
        decided: Who decided that, and why.
    """

    id: str
    title: str
    priority: str
    prediction: str
    started: Note
    found: str | None = None
    verdict: Verdict | None = None
    decided: Note | None = None


class TrialCommand(Command):
    """A command about one test of change."""

    trial: Slug


class StartTrial(TrialCommand):
    """Plan: say what is tried and what is expected.

    Attributes:
        title: What is tried.
        priority: The test-and-learn priority that it serves.
        prediction: What is expected.
    """

    title: Line
    priority: Slug
    prediction: str


class StudyTrial(TrialCommand):
    """Study: bring what was found; its slug is that of the test of change."""

    evidence: Evidence


class DecideTrial(TrialCommand):
    """Act: adopt, adapt or abandon the change."""

    verdict: Verdict
    reason: str


class TrialStarted(Event):
    """A test of change began."""

    kind: Literal["trial-started"] = "trial-started"
    trial: str
    title: str
    priority: str
    prediction: str
    role: str


class TrialStudied(Event):
    """What a test of change found was entered as evidence under that name."""

    kind: Literal["trial-studied"] = "trial-studied"
    trial: str
    ref: str


class TrialDecided(Event):
    """A test of change ended."""

    kind: Literal["trial-decided"] = "trial-decided"
    trial: str
    verdict: Verdict
    role: str
    reason: str


TrialEvent = TrialStarted | TrialStudied | TrialDecided
Trials = dict[str, TrialOfChange]


def evolve_trials(trials: Trials, event: TrialEvent) -> Trials:
    """Apply an event."""
    match event:
        case TrialStarted():
            note = Note(at=event.at, name=event.by.name, role=event.role, reason=event.prediction)
            begun = TrialOfChange(
                id=event.trial,
                title=event.title,
                priority=event.priority,
                prediction=event.prediction,
                started=note,
            )
            return {**trials, event.trial: begun}
        case TrialStudied():
            return {**trials, event.trial: trials[event.trial].model_copy(update={"found": event.ref})}
        case TrialDecided():
            note = Note(at=event.at, name=event.by.name, role=event.role, reason=event.reason)
            change = {"verdict": event.verdict, "decided": note}
            return {**trials, event.trial: trials[event.trial].model_copy(update=change)}


def undecided(trials: Trials) -> tuple[TrialOfChange, ...]:
    """The tests of change that have not ended, in the order of their start."""
    return tuple(trial for trial in trials.values() if trial.verdict is None)


def check_start(
    trials: Trials, command: StartTrial, priorities: tuple[str, ...], checks: tuple[str, ...]
) -> Refusal | None:
    """Refuse a test of change whose name is taken, or that serves no priority of the pilot.

    Args:
        trials: Those that were started before.
        command: What is to be started.
        priorities: The pilot's priorities.
        checks: The governance checks, whose names stand for signatures alone.
    """
    if command.trial in checks:
        return Refusal(
            code="trial-known",
            message=f'There is a governance check "{command.trial}" already: give the test of change a name '
            "of its own.",
        )
    if command.trial in trials:
        return Refusal(
            code="trial-known",
            message=f'There is a test of change "{command.trial}" already: give the next one its own name.',
        )
    if command.priority not in priorities:
        known = ", ".join(priorities) or "none"
        return Refusal(
            code="no-such-priority",
            message=f'The pilot has no priority "{command.priority}": choose from {known}.',
        )
    if not command.prediction.strip():
        return Refusal(
            code="prediction-missing", message="A test of change needs a prediction: say what you expect."
        )
    return None


def find_trial(trials: Trials, trial: str) -> TrialOfChange | Refusal:
    """The test of change of that slug that has not ended, or why there is none."""
    found = trials.get(trial)
    if found is None:
        known = ", ".join(trials) or "none"
        return Refusal(
            code="no-such-trial", message=f'There is no test of change "{trial}": choose from {known}.'
        )
    if found.verdict is not None:
        return Refusal(
            code="trial-ended",
            message=f'The test of change "{trial}" ended with "{found.verdict}": start another.',
        )
    return found


def decide_trial(
    trial: TrialOfChange, command: DecideTrial, role: str, now: datetime
) -> TrialDecided | Refusal:
    """The end of a test of change, which takes that it was studied."""
    if trial.found is None:
        return Refusal(
            code="not-studied",
            message=f'The test of change "{trial.id}" has not been studied: bring what was found first.',
        )
    return TrialDecided(
        at=now, by=command.actor, trial=trial.id, verdict=command.verdict, role=role, reason=command.reason
    )
