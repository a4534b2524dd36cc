"""Versions of plans, and work in progress on them, by chance."""

from datetime import datetime, timedelta
from graphlib import TopologicalSorter

from hypothesis import strategies as st

from domain.pace import Pace
from domain.plan import Plan
from domain.steps import CompleteStep, ReopenStep, SkipStep, decide_step, open_what_can
from domain.work import Work, evolve_work
from tests.domain.examples import NATIONAL_TEAM, bring, make_step

TRAITS = st.integers(0, 2**10 - 1)
POOL = tuple(f"s{number}" for number in range(11))
"""The steps that a version can add: also those that an earlier one had."""


@st.composite
def successors(draw: st.DrawFn, plan: Plan, most_new: int = 3) -> Plan:
    """Another version of a plan: steps dropped, added, changed, to be done again, or put elsewhere."""
    order = list(TopologicalSorter({step.id: step.needs for step in plan.steps}).static_order())
    traits = {step: draw(TRAITS) for step in order}
    kept = [step for step in order if traits[step] & 7 or len(order) == 1]
    others = [name for name in POOL if name not in plan.by_id]
    for new in draw(st.lists(st.sampled_from(others), max_size=most_new, unique=True)) if others else ():
        kept.insert(draw(st.integers(0, len(kept))), new)
        traits[new] = draw(TRAITS)
    steps = []
    for place, name in enumerate(kept or order[:1]):
        earlier, trait = kept[:place], traits[name]
        step = plan.by_id.get(name) or make_step(name, days=1 + trait % 20)
        needs = [need for need in step.needs if need in earlier]
        if trait & 8 or name not in plan.by_id:
            needs = [need for at, need in enumerate(earlier) if trait >> (4 + at % 6) & 1]
        changes = {
            "needs": tuple(needs),
            "duration": timedelta(days=1 + trait % 30) if trait & 16 else step.duration,
            "revision": step.revision + (1 if trait & 224 == 224 else 0),
            "mandatory": not step.mandatory if trait & 896 == 896 else step.mandatory,
        }
        steps.append(step.model_copy(update=changes))
    if draw(st.booleans()):
        steps.reverse()
    return Plan(id=plan.id, title=plan.title, steps=tuple(steps))


@st.composite
def progress(draw: st.DrawFn, work: Work, now: datetime) -> tuple[Work, datetime]:
    """Work that has come some way further, and the moment at which it stands there."""
    plan = work.plan
    acts = draw(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 9), st.integers(0, 99)), max_size=14))
    for pick, act, hours in acts:
        work, now = begin(work, now), now + timedelta(hours=hours)
        step = plan.steps[pick % len(plan.steps)]
        evidence = tuple(bring(item.id) for item in step.evidence)
        about = {"actor": NATIONAL_TEAM, "plan": plan.id, "step": step.id}
        command = (
            CompleteStep.model_validate({**about, "evidence": evidence})
            if act < 7
            else SkipStep.model_validate({**about, "reason": "not here"})
            if act < 9
            else ReopenStep.model_validate({**about, "reason": "it changed"})
        )
        decided = decide_step(work, command, None, {}, now)
        for event in decided if isinstance(decided, tuple) else ():
            work = evolve_work(work, event)
    return begin(work, now), now


def begin(work: Work, now: datetime) -> Work:
    """The work with every step open that waits for nothing."""
    for event in open_what_can(work, {}, {}, Pace(), NATIONAL_TEAM, now):
        work = evolve_work(work, event)
    return work


def finish(work: Work, now: datetime) -> Work:
    """The work once everything was completed that can be."""
    while steps := [
        step for step in begin(work, now).plan.steps if begin(work, now).record(step.id).status == "open"
    ]:
        work = begin(work, now)
        step = steps[0]
        evidence = tuple(bring(item.id) for item in step.evidence)
        command = CompleteStep(actor=NATIONAL_TEAM, plan=work.plan.id, step=step.id, evidence=evidence)
        decided = decide_step(work, command, None, {}, now)
        assert isinstance(decided, tuple)
        for event in decided:
            work = evolve_work(work, event)
    return work
