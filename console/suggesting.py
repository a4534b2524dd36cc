"""What may help against barriers of a category: the catalogue's matches beside what boards have tried."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogue.queries.barriers import list_experience
from catalogue.queries.entities import list_entities
from console.finding import find_category
from domain.mitigation import BarrierCategory, Suggestion, Tried, suggest

if TYPE_CHECKING:
    from console.reading import Connection
    from domain.barrier import Ground


@dataclass(frozen=True)
class Advice:
    """What may help against barriers of a category.

    Attributes:
        category: The category.
        suggestions: What may help, the best first.
        names: The names of the strategies, by their slugs.
    """

    category: BarrierCategory
    suggestions: tuple[Suggestion, ...]
    names: dict[str, str]


async def advise(connection: "Connection", category: str) -> Advice:
    """What may help against barriers of a category.

    Raises:
        NotDone: There is no such category.
    """
    found = BarrierCategory.model_validate((await find_category(connection, category)).data)
    tried = tuple(
        Tried(strategy=it.strategy, worked=it.worked, helped=it.helped, failed=it.failed, places=it.places)
        for it in await list_experience(connection, category)
    )
    names = {it.id: it.name for it in await list_entities(connection, kind="strategy")}
    return Advice(found, suggest(found.endorsed, tried), names)


def ground_of(advice: Advice, strategy: str) -> "Ground":
    """Why a strategy is expected to help, as far as is known now."""
    from domain.barrier import Ground

    known = next((it for it in advice.suggestions if it.strategy == strategy), None)
    if known is None:
        return Ground()
    return Ground(
        share=known.share,
        source=None if known.share is None else advice.category.matching,
        tried=known.tried.times if known.tried else 0,
        worked=known.tried.worked if known.tried else 0,
    )
