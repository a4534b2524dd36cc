"""A life in which one version of the playbook comes after the other, by chance and yet the same each time."""

import random
from functools import cache

from domain.editions import AdoptEdition, DeclineEdition
from domain.plan import Plan, Step
from domain.playbook import Playbook
from domain.proposal import WaveRule
from domain.rollout import Rollout
from domain.rollout_briefs import RolloutStage
from domain.steering import Pause, Resume
from domain.steps import ReopenStep, SkipStep
from domain.technology import PublishPlaybook
from domain.work import open_steps
from tests.catalogue.life import DAY, OFFICE, TEAM, Life, make_proposal, person, steps_to_do

VERSIONS = 6
ENOUGH_BOARDS = 10


class Versions:
    """Somebody who publishes versions, and boards that take them up or not in the middle of their work."""

    def __init__(self, life: Life, seed: int) -> None:
        self.life = life
        self.chance = random.Random(seed)

    def rollouts(self) -> dict[str, Rollout]:
        """The boards that replicate."""
        found = {name: it for name, it in self.life.states.items() if isinstance(it, Rollout)}
        return {name: it for name, it in found.items() if it.replicating}

    def publish(self) -> None:
        """Publish another version, in which steps are dropped, added, changed or to be done again."""
        stream = "technology/ccbt"
        before: Playbook = self.life.states[stream].playbook
        after = before.model_copy(
            update={
                "version": before.version + 1,
                "implementation": self._plan(before.implementation),
                "handover": self._plan(before.handover),
            }
        )
        self.life.do(stream, PublishPlaybook(actor=OFFICE, playbook=after))
        self.life.settle()

    def _plan(self, plan: Plan) -> Plan:
        steps: list[Step] = []
        for number in range(10):
            known = plan.by_id.get(f"step-{number}")
            asks = known is not None and bool(known.evidence)
            if not asks and self.chance.random() < (0.2 if known else 0.7):
                continue
            step = known or plan.steps[0].model_copy(
                update={"id": f"step-{number}", "title": f"Added {number}", "needs": (), "evidence": ()}
            )
            earlier = [it.id for it in steps]
            needs = [it for it in step.needs if it in earlier]
            if self.chance.random() < 0.3:
                needs = [it for it in earlier if self.chance.random() < 0.3]
            changes = {
                "needs": tuple(needs),
                "duration": self.chance.randint(1, 20) * DAY if self.chance.random() < 0.3 else step.duration,
                "revision": step.revision + (self.chance.random() < 0.1),
            }
            steps.append(step.model_copy(update=changes))
        return Plan(id=plan.id, title=plan.title, steps=tuple(steps))

    def decide(self) -> None:
        """Some boards adopt what they are offered, some decline it, some wait."""
        for stream, state in self.rollouts().items():
            if state.offer is None:
                continue
            act = self.chance.choice([AdoptEdition, AdoptEdition, DeclineEdition, None])
            if act is not None:
                decision = act(
                    actor=person("lead"), version=state.offer.edition.version, reason="As we see it."
                )
                self.life.attempt(stream, decision)
        self.life.settle()

    def work(self) -> None:
        """Boards do some of what is open, skip some, and have some done again; some rest."""
        self.life.now += DAY * self.chance.randint(0, 4)
        for stream, state in self.rollouts().items():
            for command in steps_to_do(state, self.life.now):
                if self.chance.random() < 0.4:
                    self.life.attempt(stream, command)
            work = self.life.states[stream].work
            about = {"actor": TEAM, "plan": work.plan.id, "reason": "It did not hold."}
            dice = self.chance.random()
            if dice < 0.1 and open_steps(work):
                self.life.attempt(stream, SkipStep(**about, step=open_steps(work)[0].id))
            elif dice < 0.2:
                again = ReopenStep(**about, step=self.chance.choice(work.plan.steps).id)
                self.life.attempt(stream, again)
            elif dice < 0.3:
                self.life.attempt(stream, Pause(actor=OFFICE, reason="An incident."))
            elif dice < 0.6:
                self.life.attempt(stream, Resume(actor=OFFICE, reason="It is over."))
            if self.chance.random() < 0.4:
                for gate in self.life._gates(stream):
                    self.life.decide(stream, gate, "go")
        self.life.settle()
        self.life.let_time_pass(1)


@cache
def changing_life(seed: int = 1) -> Life:
    """A life in which boards are offered several versions while they replicate."""
    life = Life()
    life.open(capacity=14)
    at_once = WaveRule(reached=RolloutStage.REPLICATION)
    life.propose(make_proposal().model_copy(update={"wave_rule": at_once}))
    versions = Versions(life, seed)
    while len(versions.rollouts()) < ENOUGH_BOARDS:
        assert life.work()
    for _ in range(VERSIONS):
        versions.publish()
        for _ in range(3):
            versions.work()
            versions.decide()
    return life
