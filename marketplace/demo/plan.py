"""A year of trade, decided before it happens: which family sells how much in which month.

Families rise, stay flat, live by the season or hardly sell, so that the months against the poverty line differ.
Pure: the same seed makes the same year.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from ..shared.clock import months_back

LINE = 600_000
"""Roughly the poverty line, rupiah per person: only the measure of the story, never of a result."""
CHUNK = (250_000, 1_400_000)
"""Least and most that one order buys of one product, rupiah: offices buy for a meeting, not for a day."""
CRUMB = 50_000
"""What is left of a month's target and not worth an order, rupiah."""
MOST = 90
"""Most pieces of one product in an order."""
TAKEN = (3, 4, 5)
"""How many products one order buys."""
MONTHS = 12


class Course(StrEnum):
    """How a family's sales go over the year."""

    RISING = "rising"
    FLAT = "flat"
    SEASONAL = "seasonal"
    IDLE = "idle"


COURSES = (Course.RISING, Course.FLAT, Course.SEASONAL, Course.FLAT, Course.FLAT, Course.RISING, Course.IDLE)
PEAKS = {2: 1.2, 3: 1.5, 12: 1.25, 4: 0.6}
"""Months that lift the seasonal: before Lebaran and at the year's end."""


def course_of(family: int) -> Course:
    """Return the course of the family of a number."""
    return COURSES[family % len(COURSES)]


def ratio(course: Course, step: int, month: dt.date, luck: Random) -> float:
    """Return a family's sales of a month as a part of the line; `step` runs from 0 to 11."""
    swing = luck.uniform(0.9, 1.1)
    if course is Course.RISING:
        return (0.45 + 0.085 * step) * swing
    if course is Course.FLAT:
        return 0.32 * swing
    if course is Course.SEASONAL:
        return PEAKS.get(month.month, 0.3) * swing
    return 0.15 if luck.random() < 0.25 else 0.0


@dataclass(frozen=True)
class Chunk:
    """So many of one product, to be sold in a month."""

    product: int
    quantity: int


@dataclass(frozen=True)
class PlannedOrder:
    """An order of the plan: its day, its buyer, what is in it."""

    day: dt.date
    buyer: int
    chunks: tuple[Chunk, ...]
    parcel: int | None
    parcels: int
    luck: int
    """A number of its own, from which its further fate follows."""


@dataclass(frozen=True)
class Seller:
    """A family as the plan sees it: how many people, and the products (number, price) it makes alone or first."""

    people: int
    products: tuple[tuple[int, int], ...]


def chunks_of(seller: Seller, target: int, luck: Random) -> list[Chunk]:
    """Cut a month's target into quantities of a family's products."""
    chunks = []
    while target > CRUMB and seller.products:
        product, price = luck.choice(seller.products)
        worth = min(target, luck.randint(*CHUNK))
        quantity = max(1, min(MOST, round(worth / price)))
        chunks.append(Chunk(product, quantity))
        target -= quantity * price
    return chunks


def story(
    sellers: Sequence[Seller], buyers: int, parcels: int, last_day: dt.date, months: int, luck: Random
) -> list[PlannedOrder]:
    """Return the orders of some months up to a day, in the order of their days."""
    orders: list[PlannedOrder] = []
    for step, month in enumerate(months_back(last_day.replace(day=1), months)):
        pool: list[Chunk] = []
        for family, seller in enumerate(sellers):
            part = ratio(course_of(family), step, month, luck)
            pool += chunks_of(seller, round(part * LINE * seller.people), luck)
        luck.shuffle(pool)
        orders += _orders(pool, month, last_day, buyers, parcels, luck)
    return sorted(orders, key=lambda order: (order.day, order.luck))


def _orders(
    pool: list[Chunk], month: dt.date, last_day: dt.date, buyers: int, parcels: int, luck: Random
) -> list[PlannedOrder]:
    days = _days(month, last_day)
    orders = []
    while pool:
        take = luck.choice(TAKEN)
        part, pool = pool[:take], pool[take:]
        chunks = {chunk.product: chunk for chunk in part}  # a product once an order
        parcel = luck.randrange(parcels) if luck.random() < 0.12 else None
        order = PlannedOrder(
            luck.choice(days), luck.randrange(buyers), tuple(chunks.values()), parcel,
            luck.randint(2, 8), luck.randrange(10**6),
        )  # fmt: skip
        orders.append(order)
    return orders


def _days(month: dt.date, last_day: dt.date) -> list[dt.date]:
    days = [month + dt.timedelta(days=offset) for offset in range(31)]
    return [day for day in days if day.month == month.month and day <= last_day]
