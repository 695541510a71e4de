"""Orders: sums, frozen parts, what fell away, and the steps they took."""

from typing import Any

from sqlalchemy import Select, String, case, func, literal, select, type_coerce, union_all

from ...orders.models import (
    AdjustmentKind,
    Channel,
    Order,
    OrderAdjustment,
    OrderComponent,
    OrderEvent,
    OrderLine,
    OrderShare,
    OrderState,
    Substitute,
    SubstituteState,
)
from ...orders.rules import TRANSITIONS
from ...parcels.models import Recipe, RecipeItem
from ..check import amounts, beside, check, joined, like, row, within

S = OrderState

MOMENTS = {
    S.AWAITING_PAYMENT: "----",
    S.AWAITING_VERIFICATION: "----",
    S.PROCESSING: "_---",
    S.READY: "_K--",
    S.SHIPPED: "PK--",
    S.COMPLETED: "PKC-",
    S.RETURNED: "PKCX",
    S.CANCELLED: "__-X",
    S.EXPIRED: "---X",
}
"""Which moments an order has: paid or on an invoice (P), packed (K), completed, closed (X); `_` may be either."""


@check("An order's goods are the sum of its lines", "orders")
def goods() -> Select[Any]:
    return (
        row(Order.id, func.sum(OrderLine.amount), Order.goods_amount)
        .outerjoin_from(Order, OrderLine)
        .group_by(Order.id)
    )


@check("An order's total is its goods and its delivery fee", "orders")
def totals() -> Select[Any]:
    return row(Order.id, Order.goods_amount + Order.delivery_fee, Order.total)


@check("A line is its quantity times its price", "order_line")
def lines() -> Select[Any]:
    return row(OrderLine.id, OrderLine.quantity * OrderLine.unit_price, OrderLine.amount)


@check("A line is its packing and its components", "order_line")
def line_parts() -> Select[Any]:
    parts = OrderLine.packing_amount + func.sum(OrderComponent.amount)
    return row(OrderLine.id, OrderLine.amount, parts).outerjoin_from(OrderLine, OrderComponent).group_by(OrderLine.id)


@check("A component is the sum of its households' shares", "order_component")
def shares() -> Select[Any]:
    statement = row(OrderComponent.id, OrderComponent.amount, func.sum(OrderShare.amount))
    return statement.outerjoin_from(OrderComponent, OrderShare).group_by(OrderComponent.id)


@check("A line holds what was ordered: the product, or what the parcel's recipe says", "order_line/product")
def components() -> Select[Any]:
    products = amounts(joined(OrderLine.id, OrderLine.product_id), OrderLine.quantity).where(
        OrderLine.product_id.is_not(None)
    )
    boxes = amounts(joined(OrderLine.id, RecipeItem.product_id), RecipeItem.quantity * OrderLine.quantity).join_from(
        OrderLine, RecipeItem, RecipeItem.recipe_id == OrderLine.recipe_id
    )
    present = amounts(joined(OrderComponent.line_id, OrderComponent.product_id), OrderComponent.quantity)
    return beside(union_all(products, boxes), present)


@check("A parcel was sold at its recipe's price", "order_line")
def parcel_prices() -> Select[Any]:
    statement = row(OrderLine.id, Recipe.price, OrderLine.unit_price).join_from(OrderLine, Recipe).join(Order)
    return statement.where(Order.channel != Channel.TENT)  # there a cashier may let something off


@check("A parcel's packing is what its recipe says", "order_line")
def parcel_packing() -> Select[Any]:
    within = case((Recipe.packing_cost > OrderLine.unit_price, OrderLine.unit_price), else_=Recipe.packing_cost)
    cost = func.coalesce(within, 0) * OrderLine.quantity
    return row(OrderLine.id, cost, OrderLine.packing_amount).outerjoin_from(OrderLine, Recipe)


@check("What was taken off an order is the sum of its adjustments", "orders")
def reduced() -> Select[Any]:
    taken = func.coalesce(func.sum(OrderAdjustment.amount), 0)
    return row(Order.id, taken, Order.reduced_amount).outerjoin_from(Order, OrderAdjustment).group_by(Order.id)


@check("What was taken off a line is the sum of its adjustments", "order_line")
def reduced_lines() -> Select[Any]:
    taken = func.coalesce(func.sum(OrderAdjustment.quantity), 0)
    statement = row(OrderLine.id, taken, OrderLine.reduced_quantity)
    return statement.outerjoin_from(OrderLine, OrderAdjustment).group_by(OrderLine.id)


@check("An adjustment of a line is its quantity times the price", "order_adjustment")
def adjustments() -> Select[Any]:
    price = OrderAdjustment.quantity * OrderLine.unit_price
    return row(OrderAdjustment.id, price, OrderAdjustment.amount).join_from(OrderAdjustment, OrderLine)


@check("Households gave up exactly what fell away of their lines", "order_line")
def reduced_shares() -> Select[Any]:
    makers = OrderLine.unit_price - OrderLine.packing_amount // OrderLine.quantity
    given_up = (
        select(OrderComponent.line_id, func.sum(OrderShare.reduced_amount).label("amount"))
        .join_from(OrderComponent, OrderShare)
        .group_by(OrderComponent.line_id)
        .subquery()
    )
    statement = row(OrderLine.id, OrderLine.reduced_quantity * makers, given_up.c.amount)
    return statement.outerjoin_from(OrderLine, given_up, given_up.c.line_id == OrderLine.id)


@check("An order's moments (paid, packed, completed, closed) fit its state", "orders", like)
def moments() -> Select[Any]:
    found = (
        case((Order.is_covered, "P"), else_="-")
        + case((Order.packed_at.is_not(None), "K"), else_="-")
        + case((Order.completed_at.is_not(None), "C"), else_="-")
        + case((Order.closed_at.is_not(None), "X"), else_="-")
    )
    return row(Order.id, case(*((Order.state == state, pattern) for state, pattern in MOMENTS.items())), found)


@check("An order is where its last step led", "orders")
def last_steps() -> Select[Any]:
    last = select(OrderEvent.order_id, func.max(OrderEvent.id).label("id")).group_by(OrderEvent.order_id).subquery()
    return (
        row(Order.id, type_coerce(OrderEvent.to_state, String), type_coerce(Order.state, String))
        .select_from(Order)
        .outerjoin(last, last.c.order_id == Order.id)
        .outerjoin(OrderEvent, OrderEvent.id == last.c.id)
    )


@check("Each step of an order begins where the one before it led", "order_event")
def chain() -> Select[Any]:
    before = func.lag(type_coerce(OrderEvent.to_state, String)).over(
        partition_by=OrderEvent.order_id, order_by=OrderEvent.id
    )
    return row(OrderEvent.id, before, OrderEvent.from_state)


@check("Orders took only steps that are allowed", "order_event")
def steps() -> Select[Any]:
    allowed = [f"{old} {action} {new}" for (old, action), new in TRANSITIONS.items()]
    step = (
        func.coalesce(OrderEvent.from_state, "new")
        + literal(" ")
        + OrderEvent.action
        + literal(" ")
        + type_coerce(OrderEvent.to_state, String)
    )
    known = step.in_([*allowed, f"new place {S.AWAITING_PAYMENT}"])
    return row(OrderEvent.id, case((known, step), else_="an allowed step"), step)


@check("What was taken off for a return belongs to an order that was delivered", "order_adjustment")
def returns() -> Select[Any]:
    state = type_coerce(Order.state, String)
    delivered = case((Order.state.in_((S.COMPLETED, S.RETURNED)), state), else_="completed or returned")
    statement = row(OrderAdjustment.id, delivered, state).join_from(OrderAdjustment, Order)
    return statement.where(OrderAdjustment.kind == AdjustmentKind.RETURNED)


@check("A delivered order came back exactly when nothing of it is left", "orders")
def returned_whole() -> Select[Any]:
    left = func.sum(OrderLine.quantity - OrderLine.reduced_quantity)
    statement = row(
        Order.id,
        case((left == 0, S.RETURNED.value), else_=S.COMPLETED.value),
        type_coerce(Order.state, String),
    ).join_from(Order, OrderLine)
    return statement.where(Order.state.in_((S.COMPLETED, S.RETURNED))).group_by(Order.id)


@check("An agreed substitute is its line, and took off what it replaces", "substitute")
def substitutes() -> Select[Any]:
    said = joined(Substitute.product_id, Substitute.quantity, Substitute.unit_price, Substitute.line_id)
    lined = joined(OrderLine.product_id, OrderLine.quantity, OrderLine.unit_price, OrderAdjustment.line_id)
    taken = case((OrderAdjustment.quantity == Substitute.quantity, lined), else_="other pieces")
    return (
        row(Substitute.id, said, taken)
        .select_from(Substitute)
        .outerjoin(OrderLine, OrderLine.id == Substitute.new_line_id)
        .outerjoin(OrderAdjustment, OrderAdjustment.id == Substitute.adjustment_id)
        .where(Substitute.state == SubstituteState.AGREED)
    )


@check("Nobody pays more for a substitute than for what it replaces", "substitute", within)
def substitute_prices() -> Select[Any]:
    statement = row(Substitute.id, OrderLine.unit_price, Substitute.unit_price)
    return statement.join_from(Substitute, OrderLine, OrderLine.id == Substitute.line_id)


@check("Buyers are asked only about orders that are not packed", "substitute")
def asked() -> Select[Any]:
    statement = row(Substitute.id, S.PROCESSING.value, type_coerce(Order.state, String)).join_from(Substitute, Order)
    return statement.where(Substitute.state == SubstituteState.ASKED)


CHECKS = (
    goods,
    totals,
    lines,
    line_parts,
    shares,
    components,
    parcel_prices,
    parcel_packing,
    reduced,
    reduced_lines,
    adjustments,
    reduced_shares,
    moments,
    last_steps,
    chain,
    steps,
    returns,
    returned_whole,
    substitutes,
    substitute_prices,
    asked,
)
