"""A life in which everything happens to evidence and to decisions, by chance and yet the same each time."""

import random
from collections.abc import Callable
from functools import cache

from domain.actor import Actor
from domain.amendment import AlterStep, Part, ProposeAmendment, PublishAmendments, ReviewAmendment
from domain.barrier import (
    CloseBarrier,
    ConcludeMitigation,
    MitigateBarrier,
    RaiseBarrier,
    ReassessBarrier,
    open_barriers,
)
from domain.barrier_words import Nature, Outcome, Resolution, Severity
from domain.evidence import AddEvidence, Verdict, WithdrawEvidence
from domain.gate import OpenGate, Terms
from domain.gate_commands import (
    ABSTAIN,
    AnswerObjection,
    AskWaiver,
    DecideGate,
    GrantWaiver,
    MeetCondition,
    ObjectToGate,
)
from domain.journey import Journey
from domain.learning import DecideTrial, StartTrial, StudyTrial
from domain.learning import Verdict as Fate
from domain.rollout import Rollout
from domain.steering import Pause, Resume, Stop
from domain.steps import ReopenStep
from domain.technology import DeclareChange, Technology
from domain.technology_progress import lessons
from tests.catalogue.halting_life import decide as release
from tests.catalogue.halting_life import stop_the_line
from tests.catalogue.life import DAY, OFFICE, TEAM, Life, bring, make_proposal, person

ROLES = ("npt", "clinician", "finance", "lead", "assurer", "board-of-npt", "team")


class Chance:
    """People who do what comes to their minds; what is refused changes nothing."""

    def __init__(self, life: Life, seed: int) -> None:
        self.life = life
        self.chance = random.Random(seed)
        self.hindrance = random.Random(seed)
        self.version = 1
        self.acts: tuple[tuple[Callable[[str, Journey], None], int], ...] = (
            *((self.add, 6), (self.withdraw, 2), (self.sign, 3), (self.change, 1), (self.try_change, 6)),
            *((self.at_gate, 12), (self.settle_terms, 4), (self.rest, 3), (self.do_again, 2)),
            (self.stop, 1),
        )

    def act(self) -> None:
        """One act of somebody, somewhere."""
        stream = self.chance.choice(list(self.life.journeys()))
        acts, weights = zip(*self.acts, strict=True)
        self.chance.choices(acts, weights)[0](stream, self.life.journeys()[stream])
        if self.hindrance.random() < 0.2:
            self.hinder(stream, self.life.journeys()[stream])
        self.see_to()
        self.amend()
        self.life.settle()

    def add(self, stream: str, state: Journey) -> None:
        """Bring evidence that something asks for, often in the place of another."""
        name = self.chance.choice([*state.asked_for(), "unknown"])
        known = [entry.ref for entry in state.on_record.values() if entry.evidence.id == name]
        supersedes = self.chance.choice([None, *known, *known])
        expires = self.chance.choice([None, None, (self.life.now + 15 * DAY).date()])
        evidence = bring(name, self.life.now, self.chance.randint(8, 20), expires)
        self.life.attempt(stream, AddEvidence(actor=TEAM, evidence=evidence, supersedes=supersedes))

    def withdraw(self, stream: str, state: Journey) -> None:
        """Take evidence back."""
        ref = self.chance.choice([*state.on_record, "none"])
        self.life.attempt(stream, WithdrawEvidence(actor=OFFICE, ref=ref, reason="The counts were wrong."))

    def sign(self, stream: str, state: Journey) -> None:
        """Sign a check, one way or the other."""
        for check in state.checks:
            self.life.sign(stream, check.id, self.chance.choice([Verdict.ACCEPTED, *Verdict]))

    def change(self, stream: str, state: Journey) -> None:
        """Declare that the technology has changed."""
        if isinstance(state, Technology):
            self.version += 1
            version = str(self.version)
            self.life.attempt(stream, DeclareChange(actor=OFFICE, version=version, reason="A new release."))

    def try_change(self, _stream: str, _state: Journey) -> None:
        """Start, study or end a test of change, wherever changes are tested."""
        testing = [name for name, it in self.life.journeys().items() if it.stage == "proof-of-concept"]
        if not testing:
            return
        stream = self.chance.choice(testing)
        trial = self.chance.choice(["reminders", "calls", "letters"])
        start = StartTrial(
            actor=TEAM, trial=trial, title=trial, priority="demand", prediction="More will begin."
        )
        study = StudyTrial(actor=TEAM, trial=trial, evidence=bring(trial, self.life.now))
        end = DecideTrial(actor=TEAM, trial=trial, verdict=self.chance.choice(list(Fate)), reason="Seen.")
        self.life.attempt(stream, self.chance.choice([start, study, end]))

    def at_gate(self, stream: str, state: Journey) -> None:
        """Object, answer, ask for a waiver, grant one, or say what should be decided."""
        waiting = [name for name, it in self.life.journeys().items() if it.docket.matters]
        stream = self.chance.choice([stream, *waiting, *waiting])
        state = self.life.journeys()[stream]
        if state.docket.matters:
            matter = self.chance.choice(state.docket.matters)
            acts = (self._object, self._answer, self._ask, self._grant, self._vote, self._vote)
            self.chance.choice(acts)(stream, state, matter)

    def settle_terms(self, _stream: str, _state: Journey) -> None:
        """Meet some of the conditions."""
        for stream, state in self.life.journeys().items():
            for condition in state.docket.conditions:
                if self.chance.random() < 0.3:
                    meet = MeetCondition(
                        actor=TEAM, gate=condition.gate, condition=condition.number, reason="It is done."
                    )
                    self.life.attempt(stream, meet)

    def rest(self, stream: str, _state: Journey) -> None:
        """Pause or resume."""
        act = self.chance.choice([Pause, Resume, Resume])
        self.life.attempt(stream, act(actor=OFFICE, reason="An incident."))

    def do_again(self, stream: str, state: Journey) -> None:
        """Have a step done again."""
        if state.work is not None:
            plan = state.work.plan
            step = self.chance.choice(plan.steps)
            again = ReopenStep(actor=TEAM, plan=plan.id, step=step.id, reason="It did not hold.")
            self.life.attempt(stream, again)

    def stop(self, stream: str, state: Journey) -> None:
        """End the rollout of a board, seldom."""
        if isinstance(state, Rollout) and not state.delivered and self.chance.random() < 0.2:
            self.life.attempt(stream, Stop(actor=OFFICE, reason="The board withdrew."))

    def hinder(self, stream: str, state: Journey) -> None:
        """Raise a barrier, or say what helps."""
        severity = self.hindrance.choice([*Severity, None])
        steps = [step.id for step in state.work.plan.steps] if state.work else []
        raising = RaiseBarrier(
            actor=person(self.hindrance.choice(ROLES)),
            nature=Nature.FACILITATOR if severity is None else Nature.BARRIER,
            what="Nobody has time.",
            category=self.hindrance.choice(["available-resources", "self-efficacy"]),
            severity=severity,
            steps=tuple(self.hindrance.sample(steps, min(len(steps), self.hindrance.randint(0, 2)))),
            owner="team",
            evidence=tuple(self.hindrance.sample(list(state.on_record), min(len(state.on_record), 1))),
            reason="Three said so.",
        )
        self.life.attempt(stream, raising)

    def see_to(self) -> None:
        """Try something against a barrier, say how it went, judge it anew, or close it."""
        hindered = [name for name, it in self.life.journeys().items() if open_barriers(it.barriers)]
        if not hindered:
            return
        stream = self.hindrance.choice(hindered)
        barrier = self.hindrance.choice(open_barriers(self.life.journeys()[stream].barriers))
        given = {"actor": TEAM, "barrier": barrier.number, "reason": "It was discussed."}
        strategy, attempt = self.hindrance.choice(["hire", "train"]), self.hindrance.randint(1, 2)
        outcome, severity = self.hindrance.choice([*Outcome]), self.hindrance.choice([*Severity])
        resolution = self.hindrance.choice([*Resolution, Resolution.GONE])
        commands = (
            MitigateBarrier.model_validate({**given, "strategy": strategy, "what": "Hire two."}),
            ConcludeMitigation.model_validate({**given, "attempt": attempt, "outcome": outcome}),
            ReassessBarrier.model_validate({**given, "severity": severity}),
            CloseBarrier.model_validate({**given, "resolution": resolution}),
        )
        self.life.attempt(stream, self.hindrance.choice((*commands, commands[-1])))

    def amend(self) -> None:
        """Propose a change to a playbook, review one, or publish what was accepted."""
        published = [it for it in self.life.journeys().values() if isinstance(it, Technology) and it.playbook]
        if not published or self.hindrance.random() < 0.7:
            return
        state = self.hindrance.choice(published)
        assert state.playbook is not None
        step = self.hindrance.choice(state.playbook.implementation.steps).id
        learned = [it.barrier for it in lessons(state)]
        change = AlterStep(part=Part.IMPLEMENTATION, id=step, duration=self.hindrance.randint(3, 9) * DAY)
        propose = ProposeAmendment(
            actor=person(self.hindrance.choice(ROLES)),
            change=change,
            lessons=tuple(self.hindrance.sample(learned, min(len(learned), 1))),
            reason="It took longer.",
        )
        number = 1 + self.hindrance.randint(0, len(state.amendments))
        accept = self.hindrance.random() < 0.7
        review = ReviewAmendment(actor=OFFICE, amendment=number, accept=accept, reason="It was discussed.")
        publish = PublishAmendments(actor=OFFICE, reason="It was agreed.")
        self.life.attempt(state.stream, self.hindrance.choice([propose, review, review, publish]))

    def clear_the_way(self) -> None:
        """Close most of what blocks, so that life goes on."""
        for stream, state in self.life.journeys().items():
            for barrier in state.blocking:
                if self.hindrance.random() < 0.85:
                    number, why = barrier.number, "It is gone."
                    for attempt in barrier.attempts:
                        ended = ConcludeMitigation(
                            actor=OFFICE,
                            barrier=number,
                            attempt=attempt.number,
                            outcome=Outcome.FAILED,
                            reason=why,
                        )
                        self.life.attempt(stream, ended)
                    gone = CloseBarrier(actor=OFFICE, barrier=number, resolution=Resolution.GONE, reason=why)
                    self.life.attempt(stream, gone)
        self.life.settle()

    def _anybody(self) -> Actor:
        return person(self.chance.choice(ROLES))

    def _object(self, stream: str, _state: Journey, matter: OpenGate) -> None:
        self.life.attempt(
            stream, ObjectToGate(actor=self._anybody(), gate=matter.gate.id, reason="Too few staff.")
        )

    def _answer(self, stream: str, state: Journey, matter: OpenGate) -> None:
        role = self.chance.choice(matter.gate.decides)
        for objection in state.docket.open_objections(matter.gate.id):
            answer = AnswerObjection(
                actor=person(role), gate=matter.gate.id, objection=objection.number, reason="Two came."
            )
            self.life.attempt(stream, answer)

    def _ask(self, stream: str, _state: Journey, matter: OpenGate) -> None:
        for criterion in matter.gate.criteria:
            ask = AskWaiver(
                actor=person("npt"),
                gate=matter.gate.id,
                criterion=criterion.id,
                reason="It comes later.",
                until=self.life.now + self.chance.randint(3, 40) * DAY,
            )
            self.life.attempt(stream, ask)

    def _grant(self, stream: str, state: Journey, matter: OpenGate) -> None:
        for waiver in state.docket.waivers:
            grant = GrantWaiver(
                actor=person("assurer"), gate=matter.gate.id, waiver=waiver.number, reason="For a time."
            )
            self.life.attempt(stream, grant)

    def _vote(self, stream: str, _state: Journey, matter: OpenGate) -> None:
        gate = matter.gate
        outcome = self.chance.choice([ABSTAIN, "go", "go", "go", "again"])
        due = self.life.now + self.chance.randint(2, 30) * DAY
        terms = (Terms(text="Train the rest", owner="team", due=due),) if outcome == "go" else ()
        roles = gate.decides if outcome == ABSTAIN else (*gate.decides, *gate.escalates_to)
        for role in roles:
            if self.chance.random() < 0.85:
                vote = DecideGate(
                    actor=person(role), gate=gate.id, outcome=outcome, reason="As I see it.", terms=terms
                )
                self.life.attempt(stream, vote)


@cache
def eventful_life(seed: int, days: int) -> Life:
    """A life of two technologies, one with automatic releases: every day something else happens.

    In the end the line of one is stopped for two days.
    """
    life = Life()
    life.open(capacity=4)
    life.propose(make_proposal("ccbt", automatic=False))
    life.propose(make_proposal("iecbt", boards=5))
    chance = Chance(life, seed)
    for _ in range(days):
        for _ in range(chance.chance.randint(4, 14)):
            chance.act()
        chance.clear_the_way()
        if chance.chance.random() < 0.4:
            life.work()
        else:
            life.let_time_pass(chance.chance.randint(1, 6))
    stop_the_line(life, "technology/iecbt")
    life.let_time_pass(2)
    release(life, "technology/iecbt", 1)
    return life
