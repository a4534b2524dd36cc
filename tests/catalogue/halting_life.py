"""A life in which the line is stopped: for all and for one version, with pauses across, kept and released."""

from functools import cache

from domain.halt import HaltTechnology
from domain.rollout import Rollout
from domain.steering import Pause, Resume, Stop
from domain.technology import Technology
from domain.technology_gates import halt_gate
from tests.catalogue.life import DAY, OFFICE, Life, person, steps_to_do


def stop_the_line(life: Life, stream: str, **more: object) -> None:
    """Raise a halt."""
    given = {
        "actor": person("clinician"),
        "concern": "A wrong score is shown",
        "owner": "clinician",
        "reason": "Two people were told that they are well.",
    }
    life.do(stream, HaltTechnology.model_validate(given | more))
    life.settle()


def decide(life: Life, stream: str, number: int, outcome: str = "go") -> None:
    """Decide at the gate of a halt."""
    technology: Technology = life.states[stream]
    life.decide(stream, halt_gate(technology.proposal, technology.halts[number]), outcome)
    life.settle()


def do_what_goes_on(life: Life, stream: str) -> None:
    """Do the steps that a halt lets continue."""
    for command in steps_to_do(life.states[stream], life.now):
        life.attempt(stream, command)


@cache
def halting_life() -> Life:
    """A technology in the middle of its rollout, halted several times over, twice at this moment."""
    life = Life()
    life.open(capacity=3)
    stream = life.propose()
    while not [
        state for state in life.states.values() if isinstance(state, Rollout) and state.stage == "replication"
    ]:
        assert life.work()
    first = min(
        name
        for name, state in life.states.items()
        if isinstance(state, Rollout) and state.stage == "replication"
    )
    steps = [step.id for step in life.states[first].work.plan.steps]
    stop_the_line(life, stream, may_continue=tuple(steps[:2]), allowance="Guides answer those they know.")
    do_what_goes_on(life, first)
    life.let_time_pass(3)
    life.do(first, Pause(actor=OFFICE, reason="Staff are away."))
    life.let_time_pass(2)
    decide(life, stream, 1, "again")
    life.let_time_pass(9)
    decide(life, stream, 1)
    life.let_time_pass(4)
    life.do(first, Resume(actor=OFFICE, reason="They are back."))
    life.settle()
    life.work()
    stop_the_line(life, stream, version=1)
    life.now += 5 * DAY
    life.work()
    decide(life, stream, 2)
    while len([it for it in life.states.values() if isinstance(it, Rollout) and it.delivered]) < 1:
        assert life.work()
    stop_the_line(life, stream, version=1, concern="The alarm is not heard")
    life.work()
    life.let_time_pass(1)
    here = next(it for it in life.states.values() if isinstance(it, Rollout) and it.stage == "replication")
    going = tuple(step.id for step in here.work.plan.steps[1:3]) if here.work else ()
    stop_the_line(life, stream, may_continue=going)
    do_what_goes_on(life, here.stream)
    life.let_time_pass(12)
    life.do(here.stream, Stop(actor=OFFICE, reason="The board withdrew."))
    life.settle()
    return life
