"""How many of the staff who are to use a technology are trained in it."""

from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from domain.findings.amounts import Count, insist_within
from domain.findings.reading import Readings, collect, ratio
from domain.findings.slugs import SHARE, TRAINING
from domain.value import Fact, Slug, Tagged


class RoleTraining(Fact):
    """The training of one role.

    Attributes:
        role: The role's slug.
        eligible: How many hold it and are to be trained.
        trained: How many of these are.

    Raises:
        ValueError: More are trained than are eligible.
    """

    role: Slug
    eligible: Count
    trained: Count

    @model_validator(mode="after")
    def _trained_are_eligible(self) -> Self:
        insist_within((f"trained as {self.role}", self.trained), ("eligible", self.eligible))
        return self


class Training(Tagged, Fact):
    """The training of all roles concerned.

    Attributes:
        roles: Each role's counts, by its slug whatever the order in which they came.

    Raises:
        ValueError: A role stands twice.
    """

    kind: Literal["training"] = "training"
    roles: tuple[RoleTraining, ...] = Field(min_length=1, max_length=100)

    @field_validator("roles")
    @classmethod
    def _in_order_and_once(cls, roles: tuple[RoleTraining, ...]) -> tuple[RoleTraining, ...]:
        ordered = tuple(sorted(roles, key=lambda each: each.role))
        for before, after in pairwise(ordered):
            if before.role == after.role:
                raise ValueError(f'The role "{after.role}" stands twice in the training: add its counts up.')
        return ordered

    def readings(self) -> Readings:
        """Coverage over all roles and of each; the whole can hide a role that has nobody."""
        trained = sum(each.trained for each in self.roles)
        eligible = sum(each.eligible for each in self.roles)
        return collect(
            (TRAINING, ratio(trained, eligible, SHARE)),
            *((f"{TRAINING}-{each.role}", ratio(each.trained, each.eligible, SHARE)) for each in self.roles),
        )
