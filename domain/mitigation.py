"""What may help against a barrier: what experts endorsed and what worked before, each with its ground.

The two are shown side by side and never mixed into one number: a share of experts who endorse a strategy and
a count of boards at which it worked are different things.
"""

from datetime import date

from pydantic import Field

from domain.value import Line, Slug, Value


class Endorsement(Value):
    """A strategy that experts endorsed against barriers of a category.

    Attributes:
        strategy: The strategy's slug.
        share: The share of the experts who did.
    """

    strategy: Slug
    share: float = Field(gt=0, le=1)


class BarrierCategory(Value):
    """A category of barriers and facilitators.

    Attributes:
        id: Its slug.
        name: Its name for people.
        framework: The framework to which it belongs.
        about: What falls under it.
        endorsed: The strategies that experts endorsed against such barriers.
        matching: The study that asked the experts, where there are any.
        source: Where the category can be checked.
        date: When it was read.
    """

    id: Slug
    name: Line
    framework: Line
    about: str
    endorsed: tuple[Endorsement, ...] = ()
    matching: Line | None = None
    source: Line
    date: date


class Strategy(Value):
    """Something that can be done against barriers.

    Attributes:
        id: Its slug.
        name: Its name for people.
        source: Where it is described.
        date: When that was read.
    """

    id: Slug
    name: Line
    source: Line
    date: date


class Tried(Value):
    """How often a strategy was tried against barriers of one category, and how that ended.

    Attributes:
        strategy: The strategy's slug.
        worked: How often it worked.
        helped: How often it helped somewhat.
        failed: How often it did nothing.
        places: Where it worked or helped.
    """

    strategy: Slug
    worked: int = Field(default=0, ge=0)
    helped: int = Field(default=0, ge=0)
    failed: int = Field(default=0, ge=0)
    places: tuple[str, ...] = ()

    @property
    def times(self) -> int:
        """How often it was tried to an end."""
        return self.worked + self.helped + self.failed


class Suggestion(Value):
    """A strategy that may help, with why.

    Attributes:
        strategy: The strategy's slug.
        share: The share of experts who endorsed it; ``None`` where none were asked or none did.
        tried: What came of it in this programme; ``None`` where nobody tried it to an end.
    """

    strategy: Slug
    share: float | None = None
    tried: Tried | None = None


def suggest(endorsed: tuple[Endorsement, ...], tried: tuple[Tried, ...]) -> tuple[Suggestion, ...]:
    """What may help against a barrier of one category.

    What worked or helped somewhere in this programme comes first, by how much of the time it did; then what
    experts endorsed, by how many did; last what was tried and did nothing.

    Args:
        endorsed: What experts endorsed against barriers of that category.
        tried: What was tried against them to an end.
    """
    shares = {it.strategy: it.share for it in endorsed}
    results = {it.strategy: it for it in tried if it.times}
    names = sorted({**shares, **results})
    found = (Suggestion(strategy=it, share=shares.get(it), tried=results.get(it)) for it in names)
    return tuple(sorted(found, key=_rank))


def _rank(it: Suggestion) -> tuple[int, float, int, float, str]:
    share = it.share or 0.0
    if it.tried is None:
        return 1, 0.0, 0, -share, it.strategy
    # An attempt that helped somewhat counts half of one that worked.
    good = (it.tried.worked + it.tried.helped / 2) / it.tried.times
    return (0 if good else 2), -good, -it.tried.times, -share, it.strategy
