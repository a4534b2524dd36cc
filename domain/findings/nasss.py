"""NASSS: how complex an undertaking is, domain by domain; it raises a flag and never fails anything.

Source: Greenhalgh and others, "Beyond adoption: a new framework for theorizing and evaluating nonadoption,
abandonment, and challenges to the scale-up, spread, and sustainability of health and care technologies",
Journal of Medical Internet Research 19(11) (2017). Its authors say that it is no formula that predicts.
"""

from enum import StrEnum
from typing import Literal

from domain.findings.reading import Reading, Readings
from domain.findings.slugs import NASSS_COMPLEX, UNITS
from domain.value import Fact, Line, Tagged


class Complexity(StrEnum):
    """How complex a domain is."""

    SIMPLE = "simple"
    COMPLICATED = "complicated"
    COMPLEX = "complex"


class Assessed(Fact):
    """How complex one domain is, and why in a line."""

    complexity: Complexity
    note: Line


class Nasss(Tagged, Fact):
    """The seven domains, each assessed."""

    kind: Literal["nasss"] = "nasss"
    condition: Assessed
    technology: Assessed
    value_proposition: Assessed
    adopters: Assessed
    organisation: Assessed
    wider_system: Assessed
    embedding: Assessed

    @property
    def complex_domains(self) -> tuple[str, ...]:
        """The domains assessed as complex, in the framework's order: what to talk about."""
        return tuple(name for name, each in self._domains() if each.complexity is Complexity.COMPLEX)

    def readings(self) -> Readings:
        """How many of the seven domains are complex."""
        return {NASSS_COMPLEX: Reading(value=len(self.complex_domains), unit=UNITS[NASSS_COMPLEX])}

    def _domains(self) -> tuple[tuple[str, Assessed], ...]:
        return (
            ("condition", self.condition),
            ("technology", self.technology),
            ("value-proposition", self.value_proposition),
            ("adopters", self.adopters),
            ("organisation", self.organisation),
            ("wider-system", self.wider_system),
            ("embedding", self.embedding),
        )
