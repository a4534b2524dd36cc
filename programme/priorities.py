"""Checks that test and learn ends in findings, and that the standardised approach is made of them."""

from collections.abc import Iterator

from domain.catalogue import Frame, Priority
from domain.plan import EvidenceAsked, Plan
from domain.proposal import Proposal, track_plans
from programme.shape import suggest_choice


def check_priorities(plan: Plan, frame: Frame) -> Iterator[tuple[str, str]]:
    """Say which priorities a proof of concept leaves out, and which of their findings it does not bring."""
    for priority in frame.priorities:
        steps = tuple(step for step in plan.steps if step.priority == priority.id)
        if not steps:
            yield (
                f'the proof of concept, plan "{plan.id}", has no step with the priority "{priority.id}"',
                "add one to that plan",
            )
            continue
        asked = {item.id: item for step in steps for item in step.evidence}
        for output in priority.outputs:
            yield from _check_output(plan, priority, output, asked)


def _check_output(
    plan: Plan, priority: Priority, output: EvidenceAsked, asked: dict[str, EvidenceAsked]
) -> Iterator[tuple[str, str]]:
    brought = asked.get(output.id)
    if brought is None:
        yield (
            (
                f'the priority "{priority.id}" ends in "{output.id}", '
                f'which no step of plan "{plan.id}" with that priority asks for'
            ),
            suggest_choice(output.id, tuple(asked)),
        )
    elif brought.finding != output.finding:
        yield (
            (
                f'the priority "{priority.id}" ends in "{output.id}" as {output.finding or "a statement"} '
                f'and plan "{plan.id}" asks for it as {brought.finding or "a statement"}'
            ),
            "ask for the same kind of finding in both",
        )


def check_draws(proposal: Proposal, frame: Frame) -> Iterator[tuple[str, str]]:
    """Say which findings of the pilots are not drawn on, and which steps draw on what will never be there."""
    plan, pilots = proposal.standardisation, proposal.proof_of_concept
    found = {item.id for step in pilots.steps for item in step.evidence}
    drawn = {name for step in plan.steps for name in step.draws_on}
    for priority in frame.priorities:
        for output in priority.outputs:
            if output.id in found and output.id not in drawn:
                yield (
                    (
                        f'no step of plan "{plan.id}" draws on "{output.id}", '
                        f'in which the priority "{priority.id}" ends'
                    ),
                    "let one draw on it, so that what was learned is used",
                )
    for step in plan.steps:
        for name in step.draws_on:
            if name not in found:
                yield (
                    (
                        f'step "{step.id}" of plan "{plan.id}" draws on "{name}", '
                        f'which no step of plan "{pilots.id}" brings'
                    ),
                    suggest_choice(name, tuple(sorted(found))),
                )
    elsewhere = (proposal.assessment, pilots, proposal.sustain, *track_plans(proposal))
    for other in elsewhere:
        yield from _idle_draws(other)


def _idle_draws(plan: Plan) -> Iterator[tuple[str, str]]:
    """Say which steps draw on findings where none will ever arrive: they could never open."""
    for step in plan.steps:
        if step.draws_on:
            yield (
                (
                    f'step "{step.id}" of plan "{plan.id}" draws on what pilots found, and no such finding '
                    "reaches that plan"
                ),
                "draw on it in the plan that standardises",
            )
