"""Versions of the playbook come while boards replicate, and the laws hold after every step."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from domain.actor import Actor
from domain.editions import AdoptEdition, DeclineEdition, EditionCommand
from domain.plan import Plan
from domain.rollout import Rollout
from domain.technology import PublishPlaybook, Stage
from tests.domain.editions import successors
from tests.domain.examples import OFFICE, ROLLOUTS, TECHNOLOGY, lead_of
from tests.domain.strategies import worlds
from tests.domain.test_machine import ANYBODY, PICK, REASON, PeopleWork
from tests.domain.world import World, reach


class VersionsCome(PeopleWork):
    """People publish versions, and boards adopt or decline them, in the middle of everything else."""

    @initialize(world=worlds(least_capacity=2), rounds=st.integers(0, 5))
    def begin(self, world: World, rounds: int) -> None:
        """Begin with boards that replicate, or soon will."""
        self.world = reach(Stage.SCALE, world)
        for _ in range(rounds):
            world.work_through()

    @rule(picks=st.lists(PICK, min_size=1, max_size=8), days=st.sampled_from([0, 0.5, 3]))
    def work_at_boards(self, picks: list[int], days: float) -> None:
        """Boards complete some of what is open, one step after the other."""
        self.world.settle()
        for pick in picks:
            if tasks := [it for it in self.world.tasks() if it[0].startswith("rollout/")]:
                stream, step = tasks[pick % len(tasks)]
                self.world.complete(stream, step.id)
                self.world.wait(days)

    @rule(data=st.data(), settle=st.sampled_from([True, True, True, False]), boards=st.integers(0, 31))
    def publish_another_version(self, data: st.DataObject, settle: bool, boards: int) -> None:
        """Somebody publishes a version, and some boards adopt it as soon as they hear of it."""
        before = self.world.technology.playbook
        if before is None or self.world.technology.stage != Stage.SCALE:
            return
        version = before.version + 1
        plans: dict[str, Plan] = {
            name: data.draw(successors(plan))
            for name, plan in (("implementation", before.implementation), ("handover", before.handover))
        }
        after = before.model_copy(update={"version": version, **plans})
        self.attempt(TECHNOLOGY, PublishPlaybook(actor=OFFICE, playbook=after))
        if settle:
            self.world.settle()
        for place, stream in enumerate(ROLLOUTS):
            if boards >> place & 1 and stream in self.world.states:
                adopt = AdoptEdition(actor=OFFICE, version=version, reason="as agreed")
                self.attempt(stream, adopt)

    @rule(
        pick=PICK,
        who=ANYBODY,
        right=st.sampled_from([True, True, True, False]),
        kind=st.sampled_from([AdoptEdition, AdoptEdition, AdoptEdition, DeclineEdition]),
        reason=REASON,
    )
    def decide_on_a_version(
        self, pick: int, who: Actor, right: bool, kind: type[EditionCommand], reason: str
    ) -> None:
        """A board adopts or declines what it is offered; or anybody anything."""
        rollouts = {name: it for name, it in self.world.states.items() if isinstance(it, Rollout)}
        offers = {name: it.offer.edition.version for name, it in rollouts.items() if it.offer is not None}
        if right and offers:
            stream = list(offers)[pick % len(offers)]
            command = kind(actor=lead_of(rollouts[stream].brief.board), version=offers[stream], reason=reason)
        else:
            stream = list(rollouts)[pick % len(rollouts)]
            command = kind(actor=self.likely(stream, who, pick), version=pick % 4 + 1, reason=reason)
        self.attempt(stream, command)

    @rule(pick=PICK)
    def decide_a_gate(self, pick: int) -> None:
        """A gate that waits is passed, or sends back."""
        if gates := self.world.gates():
            self.world.pass_gate(gates[pick % len(gates)], "again" if pick % 5 == 0 else "go")


TestVersionsCome = VersionsCome.TestCase
TestVersionsCome.settings = settings(max_examples=6 * settings().max_examples)
