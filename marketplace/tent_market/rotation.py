"""Whose turn it is to sell in a tent: who was there least in the last year, then who waited longest. Pure.

Groups that are always there are never more than a day apart, over any number of weeks: tests/tent_market holds this.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LOOK_BACK = dt.timedelta(days=365)
"""A group that joins is not served first for months for the years before it came."""


@dataclass(frozen=True)
class Waiting:
    """A group with something to sell: how often it was there in the year before, when last, how often ever."""

    group_id: int
    name: str
    days: int = 0
    last: dt.date | None = None
    ever: int = 0


@dataclass(frozen=True)
class Turn:
    """A group that gets a place in a tent, with the reason."""

    tent: int
    group: Waiting


def in_turn(groups: Iterable[Waiting]) -> list[Waiting]:
    """Return groups in the order of their turn: fewest days first, then longest ago, then by name.

    Before the name comes who was there less often at all: days fall out of the year one by one, and of two groups that
    were there on the same day last, one could get ahead by that.
    """
    return sorted(groups, key=lambda each: (each.days, each.last or dt.date.min, each.ever, each.name, each.group_id))


def share_out(groups: Iterable[Waiting], free: Mapping[int, int]) -> list[Turn]:
    """Give the free places of tents (id → how many) to the groups whose turn it is, one place in each tent first.

    What is left over of either side stays without.
    """
    return [Turn(tent, group) for tent, group in zip(_places(free), in_turn(groups), strict=False)]


def _places(free: Mapping[int, int]) -> list[int]:
    """Return the tents by place, the first of each before the second of any."""
    rounds = max(free.values(), default=0)
    return [tent for number in range(rounds) for tent, count in free.items() if number < count]
