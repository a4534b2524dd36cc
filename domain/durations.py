"""What boards have shown about how long a step takes, beside what was planned."""

from collections.abc import Sequence
from datetime import timedelta
from statistics import median

from domain.value import Fact

ENOUGH = 3
"""From how many boards on their times say something; of fewer it is said how few they are."""


class Learned(Fact):
    """How long a step took where it was completed: times at work, without pauses.

    Attributes:
        boards: At how many boards that was.
        median: The time in the middle.
        least: The shortest.
        most: The longest.
    """

    boards: int
    median: timedelta
    least: timedelta
    most: timedelta

    @property
    def enough(self) -> bool:
        """Whether that is enough to say something."""
        return self.boards >= ENOUGH


def learn(times: Sequence[timedelta]) -> Learned | None:
    """What the times of several boards say together; ``None`` where there is none."""
    if not times:
        return None
    middle = timedelta(seconds=median(time.total_seconds() for time in times))
    return Learned(boards=len(times), median=middle, least=min(times), most=max(times))
