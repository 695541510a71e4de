"""What of an order a family earned with: how many pieces, at which price, in which parcel, and its own part."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from ..areas.rules import zone_of
from ..catalog.models import WHOLE
from ..extensions import db
from ..shared import clock
from .models import AdjustmentKind, Order, OrderAdjustment, OrderComponent, OrderLine, OrderShare


@dataclass(frozen=True)
class Pieces:
    """Pieces of a product that an order brought to its buyer; `price` is rupiah for one, as it was frozen."""

    quantity: int
    unit: str
    price: int
    is_exact: bool
    """False where a parcel's price does not divide evenly among its pieces: `price` is rounded down then."""
    parcel: str
    """Name of the parcel they were in; empty when they were bought by themselves."""
    parcels: int
    basis_points: int
    """The family's part."""


def pieces_of(household_id: int, order_ids: Collection[int]) -> dict[tuple[int, int], list[Pieces]]:
    """Return (order, product) → the pieces a family earned with, also of orders that came back later."""
    missing = (
        select(OrderAdjustment.line_id, func.sum(OrderAdjustment.quantity).label("pieces"))
        .where(OrderAdjustment.order_id.in_(order_ids), OrderAdjustment.kind != AdjustmentKind.RETURNED)
        .group_by(OrderAdjustment.line_id)
        .subquery()
    )
    left = OrderLine.quantity - func.coalesce(missing.c.pieces, 0)
    found = _parts(household_id, order_ids, left).outerjoin(missing, missing.c.line_id == OrderLine.id).where(left > 0)
    return _by_product(
        (line, component, share, int(count)) for line, component, share, count in db.session.execute(found)
    )


def pieces_back(
    household_id: int, order_ids: Collection[int], since: dt.date, until: dt.date
) -> dict[tuple[int, int], list[Pieces]]:
    """Return (order, product) → the pieces of a family that came back from one local day to another, both included."""
    statement = (
        select(OrderAdjustment.line_id, OrderAdjustment.quantity, OrderAdjustment.at, Order.regency_code)
        .join(Order, Order.id == OrderAdjustment.order_id)
        .where(
            Order.id.in_(order_ids),
            OrderAdjustment.kind == AdjustmentKind.RETURNED,
            OrderAdjustment.line_id.is_not(None),
        )
    )
    counts: Counter[int | None] = Counter()
    for line_id, quantity, at, regency_code in db.session.execute(statement):
        if since <= clock.local_date(at, zone_of(regency_code)) <= until:
            counts[line_id] += quantity
    if not counts:
        return {}
    parts = db.session.execute(_parts(household_id, order_ids, OrderLine.id).where(OrderLine.id.in_(counts)))
    return _by_product((line, component, share, counts[key]) for line, component, share, key in parts)


def _parts(household_id: int, order_ids: Collection[int], more: Any) -> Any:
    """Select a family's parts of orders: line, component, share, and one thing more."""
    return (
        select(OrderLine, OrderComponent, OrderShare.amount, more)
        .join(OrderComponent, OrderComponent.line_id == OrderLine.id)
        .join(OrderShare, OrderShare.component_id == OrderComponent.id)
        .where(OrderLine.order_id.in_(order_ids), OrderShare.household_id == household_id)
        .order_by(OrderLine.id)
    )


def _by_product(parts: Iterable[tuple[Any, ...]]) -> dict[tuple[int, int], list[Pieces]]:
    found: dict[tuple[int, int], list[Pieces]] = defaultdict(list)
    for line, component, share, count in parts:
        found[line.order_id, component.product_id].append(_pieces(line, component, share, count))
    return dict(found)


def _pieces(line: Any, component: Any, share: int, left: int) -> Pieces:
    price, rest = divmod(component.amount, component.quantity)
    return Pieces(
        quantity=component.quantity // line.quantity * left,
        unit=component.unit,
        price=price,
        is_exact=rest == 0,
        parcel=line.name if line.recipe_id else "",
        parcels=left,
        basis_points=(share * WHOLE + component.amount // 2) // component.amount if component.amount else WHOLE,
    )
