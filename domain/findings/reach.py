"""How far a service reaches: from referral to a finished course, as counts of a period."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.findings.amounts import Count, Period, insist_within
from domain.findings.reading import Readings, collect, ratio
from domain.findings.slugs import ACCEPTANCE, ACTIVATION, COMPLETION, REFERRALS, SHARE, UNITS, UPTAKE
from domain.value import Fact, Tagged


class Reach(Tagged, Fact):
    """How many were referred, and how far those referrals went.

    The wait for a digital therapy ends when the activation code is sent, not when it is first used; so
    accepted, which is when the code is sent, comes before activated.

    Attributes:
        period: The days in which the referrals were received; the later counts are of these referrals.
        referred: Referrals received, self-referrals among them.
        accepted: Of these, those accepted and sent an activation code.
        activated: Of these, those who activated their account.
        started: Of these, those who started treatment.
        finished: Of these, those who finished a course of treatment.
        population: How many people live where the service is offered, where the referrals are of that place.

    Raises:
        ValueError: A later count is larger than an earlier one.
    """

    kind: Literal["reach"] = "reach"
    period: Period
    referred: Count
    accepted: Count
    activated: Count
    started: Count
    finished: Count
    population: Annotated[Count, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _each_count_is_part_of_the_one_before(self) -> Self:
        way = (
            ("who were referred", self.referred),
            ("who were accepted", self.accepted),
            ("who activated", self.activated),
            ("who started", self.started),
            ("who finished", self.finished),
        )
        for whole, part in pairwise(way):
            insist_within(part, whole)
        return self

    def readings(self) -> Readings:
        """How many of the referred were accepted, activated and started, and of those how many finished.

        Uptake is started by referred, activation activated by referred, completion finished by started.
        Referrals for 1,000 people are those of the period and not of a year.
        """
        return collect(
            (ACCEPTANCE, ratio(self.accepted, self.referred, SHARE)),
            (ACTIVATION, ratio(self.activated, self.referred, SHARE)),
            (UPTAKE, ratio(self.started, self.referred, SHARE)),
            (COMPLETION, ratio(self.finished, self.started, SHARE)),
            (REFERRALS, ratio(self.referred, self.population or 0, UNITS[REFERRALS], per=1000)),
        )
