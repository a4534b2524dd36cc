"""Clinical outcomes of a period as counts, with the rates that NHS Talking Therapies (England) publishes."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from domain.findings.amounts import Count, Period, insist_within
from domain.findings.reading import Readings, collect, ratio
from domain.findings.slugs import DETERIORATION, RECOVERY, RELIABLE_IMPROVEMENT, RELIABLE_RECOVERY, SHARE
from domain.value import Fact, Slug, Tagged


class Outcomes(Tagged, Fact):
    """How many of those who finished a course of treatment recovered, improved or got worse.

    The definitions are those of NHS Talking Therapies, for anxiety and depression.

    Attributes:
        period: The days in which the courses finished.
        instruments: What was measured with.
        finished: Finished a course of treatment: at least two attended treatment appointments.
        not_at_caseness: Of the finished, those at caseness on no measure at the start: nobody of them can
            recover, so they are outside both recovery rates.
        recovered: At caseness on depression or anxiety at the start, and below on both at the end.
        reliably_improved: At least one measure improved past its threshold and none reliably deteriorated.
        reliably_recovered: Both recovered and reliably improved.
        reliably_deteriorated: At least one measure got worse past its threshold and none reliably improved.

    Raises:
        ValueError: The counts cannot all be of the same people.
    """

    kind: Literal["outcomes"] = "outcomes"
    period: Period
    instruments: tuple[Slug, ...] = Field(min_length=1, max_length=20)
    finished: Count
    not_at_caseness: Count
    recovered: Count
    reliably_improved: Count
    reliably_recovered: Count
    reliably_deteriorated: Count

    @field_validator("instruments")
    @classmethod
    def _in_order_and_once(cls, instruments: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(set(instruments)))

    @model_validator(mode="after")
    def _counts_are_of_the_same_people(self) -> Self:
        finished = ("who finished", self.finished)
        recovered = ("who recovered", self.recovered)
        improved = ("who reliably improved", self.reliably_improved)
        reliably = ("who reliably recovered", self.reliably_recovered)
        insist_within(("who were not at caseness", self.not_at_caseness), finished)
        insist_within(recovered, ("who started at caseness", self.at_caseness))
        insist_within(improved, finished)
        insist_within(("who reliably deteriorated", self.reliably_deteriorated), finished)
        insist_within(reliably, recovered)
        insist_within(reliably, improved)
        # Nobody does both: improving excludes deteriorating on the other measure.
        changed = self.reliably_improved + self.reliably_deteriorated
        insist_within(("who reliably improved or deteriorated", changed), finished)
        # Whoever did both is counted under reliably recovered; the others are different people.
        either = self.recovered + self.reliably_improved - self.reliably_recovered
        insist_within(("who recovered or reliably improved", either), finished)
        return self

    @property
    def at_caseness(self) -> int:
        """Of the finished, those who started at caseness: the denominator of both recovery rates."""
        return self.finished - self.not_at_caseness

    def readings(self) -> Readings:
        """Both recovery rates over those at caseness; improvement and deterioration over all finished."""
        return collect(
            (RECOVERY, ratio(self.recovered, self.at_caseness, SHARE)),
            (RELIABLE_IMPROVEMENT, ratio(self.reliably_improved, self.finished, SHARE)),
            (RELIABLE_RECOVERY, ratio(self.reliably_recovered, self.at_caseness, SHARE)),
            (DETERIORATION, ratio(self.reliably_deteriorated, self.finished, SHARE)),
        )
