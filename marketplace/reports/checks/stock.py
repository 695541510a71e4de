"""Quantities: what is there, what is kept for orders, what left."""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, func, or_, select, true, type_coerce

from ...catalog.models import Product, ProductKind
from ...orders.models import Order, OrderAdjustment, OrderComponent, OrderLine, OrderState
from ...shared import clock
from ...stock.models import Hold, HoldState, Location, LocationKind, MovementReason, StockLevel, StockMovement
from ..check import amounts, beside, check, joined, reference, row, within

S = OrderState
PACKED = (S.READY, S.SHIPPED, S.COMPLETED)
ALLOWED_HOLDS = {
    S.AWAITING_PAYMENT: "active released",
    S.AWAITING_VERIFICATION: "active released",
    S.PROCESSING: "active released",
    S.READY: "taken released",
    S.SHIPPED: "taken released",
    S.COMPLETED: "taken released",
    S.RETURNED: "taken released",
    S.CANCELLED: "released",
    S.EXPIRED: "released",
}


@check("On hand is the sum of the movements", "stock_level")
def on_hand() -> Select[Any]:
    moved = (
        select(StockMovement.level_id, func.sum(StockMovement.quantity).label("amount"))
        .group_by(StockMovement.level_id)
        .subquery()
    )
    statement = row(StockLevel.id, func.coalesce(moved.c.amount, 0), StockLevel.on_hand)
    return statement.outerjoin_from(StockLevel, moved, moved.c.level_id == StockLevel.id)


@check("Held is the sum of the active holds", "stock_level")
def held() -> Select[Any]:
    kept = (
        select(Hold.level_id, func.sum(Hold.quantity).label("amount"))
        .where(Hold.state == HoldState.ACTIVE)
        .group_by(Hold.level_id)
        .subquery()
    )
    statement = row(StockLevel.id, func.coalesce(kept.c.amount, 0), StockLevel.held)
    return statement.outerjoin_from(StockLevel, kept, kept.c.level_id == StockLevel.id)


@check("Held is from 0 to what is on hand", "stock_level", within)
def not_oversold() -> Select[Any]:
    return row(StockLevel.id, StockLevel.on_hand, StockLevel.held)


@check("Orders that wait for payment or packing hold all their goods", "order and product")
def open_orders_hold() -> Select[Any]:
    in_time = and_(Order.state == S.AWAITING_PAYMENT, Order.expires_at > clock.now())
    sure = or_(Order.state.in_((S.AWAITING_VERIFICATION, S.PROCESSING)), in_time)
    return beside(_demand(sure), _held_for(sure, HoldState.ACTIVE))


@check("Packed orders took all their goods", "order and product")
def packed_orders_took() -> Select[Any]:
    packed = Order.state.in_(PACKED)
    return beside(_demand(packed), _held_for(packed, HoldState.TAKEN))


def _demand(orders: ColumnElement[bool]) -> Select[Any]:
    """Select what orders still need of counted products: goods, and what was goods when it was sold."""
    left = OrderComponent.quantity // OrderLine.quantity * (OrderLine.quantity - OrderLine.reduced_quantity)
    counted = or_(Product.kind == ProductKind.GOODS, Product.id.in_(select(StockLevel.product_id)))
    return (
        amounts(joined(reference("order", Order.id), OrderComponent.product_id), left)
        .select_from(Order)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(OrderComponent, OrderComponent.line_id == OrderLine.id)
        .join(Product, Product.id == OrderComponent.product_id)
        .where(orders, counted)
    )


def _held_for(orders: ColumnElement[bool], state: HoldState) -> Select[Any]:
    return (
        amounts(joined(Hold.reference, StockLevel.product_id), Hold.quantity)
        .join_from(Hold, StockLevel)
        .where(Hold.reference.in_(_references(orders)), Hold.state == state)
    )


def _references(orders: ColumnElement[bool]) -> Select[Any]:
    # Asked with IN: a join by a name that is put together finds no index, and would compare every row with every other.
    return select(reference("order", Order.id)).where(orders)


@check("Orders hold goods only in the states in which they may", "hold", lambda may, state: may.contains(state))
def hold_states() -> Select[Any]:
    states = [(Hold.reference.in_(_references(Order.state == state)), words) for state, words in ALLOWED_HOLDS.items()]
    return row(Hold.id, case(*states, else_="active taken released"), type_coerce(Hold.state, String))


@check("Every hold is for an order, or for the tent where the goods are", "hold")
def holds_have_owners() -> Select[Any]:
    own_tent = (Location.kind == LocationKind.TENT) & (Hold.reference == reference("place", Location.id))
    known = own_tent | Hold.reference.in_(_references(true()))
    statement = row(Hold.id, case((known, Hold.reference), else_="an order or a tent"), Hold.reference)
    return statement.join(StockLevel, StockLevel.id == Hold.level_id).join(Location)


@check("All that is at a tent is held for it", "stock_level")
def tents_hold_all() -> Select[Any]:
    statement = row(StockLevel.id, StockLevel.on_hand, StockLevel.held)
    return statement.join(Location).where(Location.kind == LocationKind.TENT)


@check("What was packed left the stock, and what came back is there again", "stock_level/reference")
def sold_movements() -> Select[Any]:
    taken = amounts(joined(Hold.level_id, Hold.reference), Hold.quantity).where(Hold.state == HoldState.TAKEN)
    left = amounts(joined(StockMovement.level_id, StockMovement.reference), -StockMovement.quantity).where(
        StockMovement.reason.in_((MovementReason.SOLD, MovementReason.RETURNED))
    )
    return beside(taken, left)


@check("Goods that came back and cannot be sold were destroyed, and no others", "order and product")
def destroyed() -> Select[Any]:
    per_piece = OrderComponent.quantity // OrderLine.quantity
    said = (
        amounts(
            joined(reference("order", OrderAdjustment.order_id), OrderComponent.product_id),
            per_piece * OrderAdjustment.destroyed_quantity,
        )
        .select_from(OrderAdjustment)
        .join(OrderLine, OrderLine.id == OrderAdjustment.line_id)
        .join(OrderComponent, OrderComponent.line_id == OrderLine.id)
        .where(
            OrderAdjustment.destroyed_quantity > 0,
            OrderComponent.product_id.in_(select(StockLevel.product_id)),
        )
    )
    moved = amounts(joined(StockMovement.reference, StockLevel.product_id), -StockMovement.quantity).join_from(
        StockMovement, StockLevel
    )
    return beside(said, moved.where(StockMovement.reason == MovementReason.DESTROYED))


CHECKS = (
    on_hand,
    held,
    not_oversold,
    open_orders_hold,
    packed_orders_took,
    hold_states,
    holds_have_owners,
    tents_hold_all,
    sold_movements,
    destroyed,
)
