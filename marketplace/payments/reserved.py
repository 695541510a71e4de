"""What a provider was asked to send back and has not sent yet: owed still, but nobody else may give it."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, select

from ..extensions import db
from ..orders import queries as orders_queries
from ..orders.models import Order
from .models import Refund, RefundState

IS_ASKED = Refund.state == RefundState.REQUESTED
SENT_OR_ASKED = (RefundState.REQUESTED, RefundState.SUCCEEDED)


def free_to_give(order_id: int) -> int:
    """Return what is owed back to the buyer of an order and nobody is giving back yet, rupiah."""
    return orders_queries.refund_due(order_id) - by_order([order_id]).get(order_id, 0)


def by_order(order_ids: Collection[int]) -> dict[int, int]:
    """Return order id → rupiah that is on its way back."""
    statement = (
        select(Refund.order_id, func.sum(Refund.amount))
        .where(Refund.order_id.in_(order_ids), IS_ASKED)
        .group_by(Refund.order_id)
    )
    return {order_id: int(amount) for order_id, amount in db.session.execute(statement)}


def of_order() -> ColumnElement[int]:
    """Return what is on its way back of an order, for a SELECT of orders."""
    asked = select(func.sum(Refund.amount)).where(Refund.order_id == Order.id, IS_ASKED)
    return func.coalesce(asked.correlate(Order).scalar_subquery(), 0)
