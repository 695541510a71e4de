"""Orders of offices by their name, one for each: so that it is known who bought."""

from sqlalchemy import select

from marketplace.extensions import db
from marketplace.orders.models import DeliveryMethod, Order
from marketplace.shared import clock
from tests import make


def order_of(office: str) -> int:
    """Return a new order of an office."""
    number = (db.session.scalar(select(Order.id).order_by(Order.id.desc()).limit(1)) or 0) + 1
    row = Order(
        number=f"UJI-{number}",
        token=f"uji-{number}",
        regency_code=make.REGENCY,
        buyer_name="Pembeli",
        buyer_phone="",
        buyer_office=office,
        delivery_method=DeliveryMethod.PICKUP,
        goods_amount=1,
        delivery_fee=0,
        total=1,
        payment_method="cash",
        ready_on=clock.now().date(),
    )
    db.session.add(row)
    db.session.flush()
    return row.id
