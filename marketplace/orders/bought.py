"""What an order is made of, as its papers and pages name it: what is left of it, was ordered, sent, or handed over."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import select

from ..areas.rules import zone_of
from ..extensions import db
from ..shared import clock
from .models import AdjustmentKind, Order, OrderAdjustment, OrderLine, Substitute
from .rules import Action
from .screens import adjustments_of

Pieces: TypeAlias = dict[int, int]
"""Line id → how many of it."""


@dataclass(frozen=True)
class Line:
    """So many of a line of an order."""

    name: str
    contents: str
    """What a parcel is made of; empty for a product."""
    unit: str
    quantity: int
    unit_price: int

    @property
    def amount(self) -> int:
        """Return what the line costs, rupiah."""
        return self.quantity * self.unit_price


@dataclass(frozen=True)
class Back:
    """So many of a line that came back after it had been handed over, and on which local day."""

    line: Line
    on: dt.date


def lines_of(order: Order, pieces: Mapping[int, int] | None = None) -> tuple[Line, ...]:
    """Return the lines of an order of which there are pieces; by themselves those of which anything is left."""
    counts = left(order) if pieces is None else pieces
    return tuple(_line(line, counts[line.id]) for line in order.lines if counts.get(line.id))


def _line(line: OrderLine, quantity: int) -> Line:
    return Line(line.name, _contents(line), line.unit, quantity, line.unit_price)


def left(order: Order) -> Pieces:
    """Return what is left of an order; of one that ended, what had been ordered."""
    return {line.id: line.shown_quantity for line in order.lines}


def ordered(order: Order) -> Pieces:
    """Return what the buyer ordered: without what he took out himself, and without what came in something's place."""
    dropped = (each for each in adjustments_of(order) if each.kind is AdjustmentKind.DROPPED)
    pieces = _without(order, dropped)
    for line_id in _in_place(order):
        del pieces[line_id]
    return pieces


def sent(order: Order) -> Pieces:
    """Return what left the house; of an order that did not leave it yet, what will."""
    left_at = next((event.at for event in order.events if event.action == Action.SHIP), None)
    missing = (each for each in _missing(order) if left_at is None or each.at <= left_at)
    return _without(order, missing)


def handed_over(order: Order) -> Pieces:
    """Return what the buyer got, also when some of it came back later; before he has it, what he will get."""
    return _without(order, _missing(order))


def came_back(order: Order) -> tuple[Back, ...]:
    """Return what came back after the buyer had it, as it came."""
    lines = {line.id: line for line in order.lines}
    back = (each for each in adjustments_of(order) if each.kind is AdjustmentKind.RETURNED)
    zone = zone_of(order.regency_code)
    return tuple(
        Back(_line(lines[each.line_id], each.quantity), clock.local_date(each.at, zone))
        for each in back
        if each.line_id is not None
    )


def _without(order: Order, gone: Iterable[OrderAdjustment]) -> Pieces:
    counts: Counter[int | None] = Counter()
    for each in gone:
        counts[each.line_id] += each.quantity
    return {line.id: line.quantity - counts[line.id] for line in order.lines}


def _missing(order: Order) -> list[OrderAdjustment]:
    return [each for each in adjustments_of(order) if each.kind is not AdjustmentKind.RETURNED]


def _in_place(order: Order) -> list[int]:
    """Return the ids of the lines that came in the place of others; mostly none, and no query."""
    if not order.reduced_amount:
        return []
    statement = select(Substitute.new_line_id).where(Substitute.order_id == order.id)
    return [line_id for line_id in db.session.scalars(statement) if line_id is not None]


def _contents(line: OrderLine) -> str:
    if line.recipe_id is None:
        return ""
    parts = (f"{part.quantity // line.quantity} {part.unit} {part.name}" for part in line.components)
    return ", ".join(parts)
