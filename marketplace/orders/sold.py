"""What of an order a family earned with: how many pieces, at which price, in which parcel, and its own part."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from ..catalog.models import WHOLE
from ..extensions import db
from .models import AdjustmentKind, OrderAdjustment, OrderComponent, OrderLine, OrderShare


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
    statement = (
        select(OrderLine, OrderComponent, OrderShare.amount, left)
        .join(OrderComponent, OrderComponent.line_id == OrderLine.id)
        .join(OrderShare, OrderShare.component_id == OrderComponent.id)
        .outerjoin(missing, missing.c.line_id == OrderLine.id)
        .where(OrderLine.order_id.in_(order_ids), OrderShare.household_id == household_id, left > 0)
        .order_by(OrderLine.id)
    )
    found: dict[tuple[int, int], list[Pieces]] = defaultdict(list)
    for line, component, share, count in db.session.execute(statement):
        found[line.order_id, component.product_id].append(_pieces(line, component, share, int(count)))
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
