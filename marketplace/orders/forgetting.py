"""What a family bought, and what was written on orders of its goods."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select

from ..extensions import db
from ..shared.forgetting import Forgetter, Whom, Words
from ..shared.i18n import Text, _l
from .models import Order, OrderAdjustment, OrderComponent, OrderEvent, OrderLine, OrderShare, OrderState, Substitute

OVER = (OrderState.COMPLETED, OrderState.CANCELLED, OrderState.EXPIRED, OrderState.RETURNED)


def bought(whom: Whom) -> ColumnElement[bool]:
    """Return the condition that an order is one that the family's own accounts placed."""
    return Order.buyer_id.in_(whom.user_ids)


def _made(whom: Whom) -> Select[Any]:
    """Select the orders that the family made goods for."""
    lines = select(OrderLine.order_id).join(OrderComponent, OrderComponent.line_id == OrderLine.id)
    shares = lines.join(OrderShare, OrderShare.component_id == OrderComponent.id)
    return shares.where(OrderShare.household_id == whom.household_id)


def touched(whom: Whom) -> Select[Any]:
    """Select the ids of the orders that the family placed or made goods for."""
    return select(Order.id).where(or_(bought(whom), Order.id.in_(_made(whom))))


def _obstacles(whom: Whom) -> Iterable[Text]:
    if db.session.scalar(select(exists().where(Order.id.in_(touched(whom)), Order.state.not_in(OVER)))):
        yield _l("An order of the family or of its goods is not finished.")


PLACE = (Order.buyer_name, Order.buyer_phone, Order.buyer_office, Order.street, Order.rt_rw, Order.landmark, Order.note)

FORGETTER = Forgetter(
    words=(
        Words(PLACE, bought, is_own=True),
        Words((OrderEvent.note,), lambda whom: OrderEvent.order_id.in_(touched(whom))),
        Words((OrderAdjustment.reason,), lambda whom: OrderAdjustment.order_id.in_(touched(whom))),
        Words((Substitute.reason,), lambda whom: Substitute.order_id.in_(touched(whom))),
    ),
    obstacles=_obstacles,
)
