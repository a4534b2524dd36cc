"""Gates: decisions that people take on evidence, and the record of each."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from domain.plan import Evidence
from domain.value import Fact, Instant, Line, Slug, Value


class Effect(StrEnum):
    """What an outcome does to the life that waits at the gate."""

    PROCEED = "proceed"
    REPEAT = "repeat"
    STOP = "stop"


class EvidenceNeeded(Value):
    """Evidence without which a gate cannot be passed.

    Attributes:
        evidence: The slug under which a step asks for it.
        title: What it is, for people.
        source: ``plan``: from the steps of the stage that ends here; ``pilots``: from every pilot board
            that is still taking part.
    """

    evidence: Slug
    title: Line
    source: Literal["plan", "pilots"] = "plan"


class Gate(Value):
    """A decision point.

    Attributes:
        id: The gate's slug.
        title: Its name for people.
        question: What has to be decided.
        decides: The roles of which any may decide.
        outcomes: Each possible outcome with its effect.
        needs: What must be there before an outcome that proceeds.
    """

    id: Slug
    title: Line
    question: Line
    decides: tuple[Slug, ...] = Field(min_length=1)
    outcomes: dict[Slug, Effect] = Field(min_length=1)
    needs: tuple[EvidenceNeeded, ...] = ()


class Decision(Fact):
    """What was decided at a gate: by whom, when, why and on what.

    Attributes:
        gate: The gate's slug.
        title: Its name for people.
        outcome: The outcome chosen.
        effect: What it does.
        reason: Why, in the words of whoever decided.
        at: When.
        name: Who decided.
        role: The role used.
        cycle: The cycle of test and learn in which it was taken, from 1.
        seen: The evidence that the decision rests on, each under its place: ``plan`` or a board.
    """

    gate: str
    title: str
    outcome: str
    effect: Effect
    reason: str
    at: Instant
    name: str
    role: str
    cycle: int
    seen: dict[str, tuple[Evidence, ...]] = Field(default_factory=dict)


def missing_evidence(gate: Gate, held: dict[str, dict[str, Evidence]]) -> tuple[tuple[str, str], ...]:
    """What the gate asks for and has not got, as pairs of place and evidence title.

    Args:
        gate: The gate.
        held: The evidence held, by place (``plan``, or a pilot board's slug) and then by slug.
    """
    pilots = tuple(place for place in sorted(held) if place != "plan")
    lacking: list[tuple[str, str]] = []
    for need in gate.needs:
        places = ("plan",) if need.source == "plan" else pilots or ("any pilot board",)
        lacking += [(place, need.title) for place in places if need.evidence not in held.get(place, {})]
    return tuple(lacking)


def evidence_seen(gate: Gate, held: dict[str, dict[str, Evidence]]) -> dict[str, tuple[Evidence, ...]]:
    """The evidence that the gate asks for and has, by place."""
    asked = {need.evidence for need in gate.needs}
    seen = {
        place: tuple(items[name] for name in sorted(items) if name in asked)
        for place, items in sorted(held.items())
    }
    return {place: items for place, items in seen.items() if items}
