"""What is measured and how: instruments, the definitions of the built-in measures, and published figures.

Nothing here is a pass mark. Definitions say what a figure means; comparisons are context for whoever decides.
"""

from datetime import date
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from domain.partial_date import PartialDate
from domain.value import Line, Slug, Value


class Cutoff(Value):
    """A score, or a difference of scores, that means something.

    Attributes:
        points: The score or the difference.
        assumption: Whether it is general knowledge and not yet checked against the named source.
    """

    points: int = Field(gt=0)
    assumption: bool = False


class Instrument(Value):
    """A questionnaire by which people report how they are.

    Attributes:
        id: The instrument's slug; outcomes name it.
        name: Its name for people.
        about: What it measures.
        lowest: The lowest total score.
        highest: The highest total score, which is the worst.
        caseness: From which score on somebody counts as a case; ``None`` where it has none.
        bands: The scores at which its bands of severity begin, from the mildest.
        reliable_change: By how much a score has to differ to be no mere error of measurement.
        note: What has to be known before relying on it.
        source: The title of its source.
        date: When the figures were read there.

    Raises:
        ValueError: A score lies outside the range, or the bands do not rise.
    """

    id: Slug
    name: Line
    about: Line
    lowest: int = Field(default=0, ge=0)
    highest: int
    caseness: Cutoff | None = None
    bands: tuple[int, ...] = ()
    reliable_change: Cutoff | None = None
    note: str | None = None
    source: Line
    date: date

    @model_validator(mode="after")
    def _scores_lie_in_the_range(self) -> Self:
        cutoffs = [each.points for each in (self.caseness, self.reliable_change) if each is not None]
        for points in (*self.bands, *cutoffs):
            if not self.lowest < points <= self.highest:
                raise ValueError(
                    f'instrument "{self.id}" has {points}, which is outside {self.lowest} to {self.highest}: '
                    "correct the score or the range"
                )
        if any(before >= after for before, after in pairwise(self.bands)):
            raise ValueError(f'the bands of instrument "{self.id}" do not rise: write them from the mildest')
        return self


class Definition(Value):
    """What a measure means, in words.

    Attributes:
        id: The slug under which findings are read.
        name: Its name for people.
        finding: The kind of finding that gives it.
        unit: In what it is given; a share lies between 0 and 1.
        meaning: What it says.
        numerator: What is counted, where it is a ratio.
        denominator: Over what, where it is a ratio.
        note: What has to be known before relying on it.
        source: The title of its source.
        date: When the definition was read there, or set.

    Raises:
        ValueError: It has a numerator and no denominator, or the other way round.
    """

    id: Slug
    name: Line
    finding: Literal["outcomes", "reach", "training", "run-chart", "nomad", "nasss", "contract"]
    unit: Line
    meaning: str
    numerator: Line | None = None
    denominator: Line | None = None
    note: str | None = None
    source: Line
    date: date

    @model_validator(mode="after")
    def _ratio_has_both_parts(self) -> Self:
        if (self.numerator is None) != (self.denominator is None):
            raise ValueError(f'measure "{self.id}" has one part of a ratio: give numerator and denominator')
        return self


class ConstructItem(Value):
    """One item of a construct of NoMAD.

    Attributes:
        number: Its place within the construct, from 1.
        label: What it is about, in the instrument's own term; not its wording.
        reversed: Whether agreeing with it is bad, so that its score is turned round.
    """

    number: int = Field(ge=1)
    label: Line
    reversed: bool = False


class Construct(Value):
    """One construct of NoMAD with its items.

    Raises:
        ValueError: The items are not numbered from 1 without a gap.
    """

    id: Slug
    name: Line
    items: tuple[ConstructItem, ...] = Field(min_length=1)
    source: Line

    @model_validator(mode="after")
    def _items_are_numbered(self) -> Self:
        if [item.number for item in self.items] != list(range(1, len(self.items) + 1)):
            raise ValueError(
                f'the items of construct "{self.id}" are not numbered from 1 to {len(self.items)}: '
                "number them in the instrument's order"
            )
        return self


class ComplexityDomain(Value):
    """One of the domains of NASSS."""

    id: Slug
    name: Line
    source: Line


class Comparison(Value):
    """A figure that somebody published about another service: context, never a pass mark.

    Attributes:
        measure: The measure it is a figure of.
        about: Of which service, and of whom.
        value: The figure, in the measure's unit.
        numerator: The part, where it was published.
        denominator: The whole, where it was published.
        period: The time it covers.
        source: The title of its source.
        date: The end of the period, as precisely as the source says.
    """

    measure: Slug
    about: Line
    value: float = Field(ge=0, allow_inf_nan=False)
    numerator: int | None = Field(default=None, ge=0)
    denominator: int | None = Field(default=None, gt=0)
    period: Line
    source: Line
    date: PartialDate


class Measures(Value):
    """All that is known about what is measured.

    Attributes:
        instruments: The questionnaires.
        measures: The definitions of the built-in measures.
        constructs: The constructs of NoMAD with their items.
        domains: The domains of NASSS.
        comparisons: Published figures, as context.
    """

    instruments: tuple[Instrument, ...] = Field(min_length=1)
    measures: tuple[Definition, ...] = Field(min_length=1)
    constructs: tuple[Construct, ...] = Field(min_length=1)
    domains: tuple[ComplexityDomain, ...] = Field(min_length=1)
    comparisons: tuple[Comparison, ...] = ()
