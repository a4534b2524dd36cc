"""The tables that follow from the ledger, as a pure fold of each stream's events in their order.

A projection answers an event with changes to rows; it reads no clock, no serial and no table. Every row has
exactly one stream as its writer (its key says which), so it does not matter in which order the streams are
recorded: a rollout's events may come before or after its technology's. What several streams say about one
thing, such as a planned board that has a rollout and a slot, is put together when it is asked for.
"""

from catalogue.projections.change import Changes
from catalogue.projections.fold import fold

__all__ = ["Changes", "fold"]
