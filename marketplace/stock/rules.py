"""From where goods are taken: decided without a database."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FEW = 5
"""So few left are worth a word."""


@dataclass(frozen=True)
class FreeLevel:
    """What is free (on hand less held) of a product at one location."""

    id: int
    product_id: int
    in_store: bool
    free: int


@dataclass(frozen=True)
class Take:
    """A quantity to hold on one stock row."""

    level_id: int
    quantity: int


def shortages(demand: Mapping[int, int], levels: Iterable[FreeLevel]) -> dict[int, int]:
    """Return product id → free quantity for every product that falls short of its demand."""
    free: Counter[int] = Counter()
    for level in levels:
        free[level.product_id] += level.free
    return {product: free[product] for product, wanted in demand.items() if free[product] < wanted}


def plan(demand: Mapping[int, int], levels: Iterable[FreeLevel]) -> list[Take]:
    """Spread a demand over the rows, the store before the groups, and return the takes in row order.

    The demand must be covered: ask `shortages` first.
    """
    left = dict(demand)
    takes = []
    for level in sorted(levels, key=lambda level: (not level.in_store, level.id)):
        quantity = min(left.get(level.product_id, 0), level.free)
        if quantity > 0:
            left[level.product_id] -= quantity
            takes.append(Take(level.id, quantity))
    return sorted(takes, key=lambda take: take.level_id)
