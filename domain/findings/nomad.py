"""NoMAD: how normal a new way of working has become, as staff answered twenty items.

Source: Finch and others, "Improving the normalization of complex interventions: part 2 - validation of the
NoMAD instrument", BMC Medical Research Methodology 18 (2018). There is no validated pass mark, and there is
none here.
"""

from math import fsum
from typing import Annotated, Literal, Self

from pydantic import Field, Strict, model_validator

from domain.findings.amounts import MOST, Count, Number
from domain.findings.reading import Reading, Readings, collect
from domain.findings.slugs import (
    NOMAD_COGNITIVE_PARTICIPATION,
    NOMAD_COHERENCE,
    NOMAD_COLLECTIVE_ACTION,
    NOMAD_OVERALL,
    NOMAD_REFLEXIVE_MONITORING,
    SCORE,
)
from domain.value import Fact, Tagged

LOWEST, HIGHEST = 1, 5
"""Strongly disagree and strongly agree."""

REVERSED = 2
"""The item of collective action that says "disrupts working relationships": agreeing with it is bad."""


class NomadItem(Fact):
    """The answers to one item, as they were given: turning the reversed one round is done here.

    Attributes:
        mean: Their mean score from 1 to 5, or
        counts: how many gave each score, from 1 to 5. "Not relevant" is no score and is left out.

    Raises:
        ValueError: Both are given, or neither.
    """

    mean: Annotated[Number, Field(ge=LOWEST, le=HIGHEST)] | None = None
    counts: tuple[Count, Count, Count, Count, Count] | None = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if (self.mean is None) == (self.counts is None):
            raise ValueError("An item has either a mean or the counts of each score: give one of the two.")
        return self

    @property
    def answers(self) -> int | None:
        """How many answered it, where that is known."""
        return None if self.counts is None else sum(self.counts)

    @property
    def score(self) -> float | None:
        """Its mean score; ``None`` where nobody gave one."""
        if self.counts is None:
            return self.mean
        answers = sum(self.counts)
        total = sum(score * count for score, count in enumerate(self.counts, start=LOWEST))
        return total / answers if answers else None


Four = tuple[NomadItem, NomadItem, NomadItem, NomadItem]
Five = tuple[NomadItem, NomadItem, NomadItem, NomadItem, NomadItem]
Seven = tuple[NomadItem, NomadItem, NomadItem, NomadItem, NomadItem, NomadItem, NomadItem]


class Nomad(Tagged, Fact):
    """The answers of a group of staff, construct by construct, in the order of the instrument.

    Attributes:
        respondents: How many answered at all.
        coherence: Its four items.
        cognitive_participation: Its four items.
        collective_action: Its seven items; the second is the reversed one.
        reflexive_monitoring: Its five items.

    Raises:
        ValueError: An item has more answers than there are respondents.
    """

    kind: Literal["nomad"] = "nomad"
    respondents: Annotated[int, Strict(), Field(ge=1, le=MOST)]
    coherence: Four
    cognitive_participation: Four
    collective_action: Seven
    reflexive_monitoring: Five

    @model_validator(mode="after")
    def _nobody_answers_twice(self) -> Self:
        for construct, items in self._constructs():
            for number, item in enumerate(items, start=1):
                if (item.answers or 0) > self.respondents:
                    raise ValueError(
                        f"Item {number} of {construct.removeprefix('nomad-')} has {item.answers:,} answers "
                        f"and there are {self.respondents:,} respondents: correct the counts."
                    )
        return self

    def readings(self) -> Readings:
        """The mean of each construct's items and of all twenty, each item weighing the same."""
        scores = {name: self._scores(name, items) for name, items in self._constructs()}
        everything = [score for construct in scores.values() for score in construct]
        return collect(
            *((name, self._mean(construct)) for name, construct in scores.items()),
            (NOMAD_OVERALL, self._mean(everything)),
        )

    def _constructs(self) -> tuple[tuple[str, tuple[NomadItem, ...]], ...]:
        return (
            (NOMAD_COHERENCE, self.coherence),
            (NOMAD_COGNITIVE_PARTICIPATION, self.cognitive_participation),
            (NOMAD_COLLECTIVE_ACTION, self.collective_action),
            (NOMAD_REFLEXIVE_MONITORING, self.reflexive_monitoring),
        )

    def _scores(self, construct: str, items: tuple[NomadItem, ...]) -> list[float]:
        return [
            LOWEST + HIGHEST - score if (construct, number) == (NOMAD_COLLECTIVE_ACTION, REVERSED) else score
            for number, item in enumerate(items, start=1)
            if (score := item.score) is not None
        ]

    def _mean(self, scores: list[float]) -> Reading | None:
        if not scores:
            return None
        return Reading(value=fsum(scores) / len(scores), unit=SCORE, sample=self.respondents)
