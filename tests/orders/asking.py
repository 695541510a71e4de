"""Ask for orders in tests."""

import itertools

from marketplace.extensions import db
from marketplace.orders import service
from marketplace.orders.models import DeliveryMethod, Order
from marketplace.orders.wanted import Buyer, Delivery, LineRequest, PlaceOrder
from marketplace.shared.transaction import unit_of_work
from tests import make

_keys = itertools.count(1)


def wanted(*lines: LineRequest, key: str | None = None, delivery: Delivery | None = None) -> PlaceOrder:
    """Return an order to be picked up, by a guest."""
    return PlaceOrder(
        regency_code=make.REGENCY,
        key=key or f"key-{next(_keys)}",
        buyer=Buyer(None, "Siti Contoh", "+6281200000001"),
        delivery=delivery or Delivery(DeliveryMethod.PICKUP),
        lines=lines,
        payment_method="transfer",
    )


def placed(*lines: LineRequest, **values: object) -> Order:
    """Place an order and return it, committed."""
    with unit_of_work():
        order = service.place(wanted(*lines, **values))  # type: ignore[arg-type]
    return db.session.get_one(Order, order.id)
