"""What of an order a family earned with: how many pieces, at which price, in which parcel, and its own part."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
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
    destroyed: int = 0
    """Of what came back: how many cannot be sold again."""
    reason: str = ""
    """Why they came back, as the office wrote it."""


@dataclass
class _Back:
    """What of a line came back in a time, all together."""

    count: int = 0
    destroyed: int = 0
    reasons: dict[str, None] = field(default_factory=dict)
    """In the order in which they were written, each once."""


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
        select(OrderAdjustment, Order.regency_code)
        .join(Order, Order.id == OrderAdjustment.order_id)
        .where(
            Order.id.in_(order_ids),
            OrderAdjustment.kind == AdjustmentKind.RETURNED,
            OrderAdjustment.line_id.is_not(None),
        )
        .order_by(OrderAdjustment.id)
    )
    back: dict[int | None, _Back] = defaultdict(_Back)
    for row, regency_code in db.session.execute(statement):
        if since <= clock.local_date(row.at, zone_of(regency_code)) <= until:
            _add(back[row.line_id], row)
    if not back:
        return {}
    found: dict[tuple[int, int], list[Pieces]] = defaultdict(list)
    for line, component, share, key in db.session.execute(
        _parts(household_id, order_ids, OrderLine.id).where(OrderLine.id.in_(back))
    ):
        found[line.order_id, component.product_id].append(_came_back(line, component, share, back[key]))
    return dict(found)


def _add(back: _Back, row: OrderAdjustment) -> None:
    back.count += row.quantity
    back.destroyed += row.destroyed_quantity
    if row.reason:
        back.reasons[row.reason.rstrip(". ")] = None


def _came_back(line: Any, component: Any, share: int, back: _Back) -> Pieces:
    broken = component.quantity // line.quantity * back.destroyed
    return replace(_pieces(line, component, share, back.count), destroyed=broken, reason="; ".join(back.reasons))


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
