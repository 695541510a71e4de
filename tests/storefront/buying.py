"""Fill baskets and order over HTTP in tests."""

import datetime as dt
import re

from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalog.models import Product
from marketplace.extensions import db
from marketplace.orders.models import DeliveryFee, Order
from marketplace.parcels.models import Parcel
from marketplace.shared.transaction import unit_of_work
from marketplace.stock import service as stock
from tests import make

DISTRICT = make.VILLAGE[:8]
GUEST = {"name": "Siti Contoh", "phone": "0812 3456 7890", "delivery_method": "pickup", "payment_method": "cash"}
TO_ADDRESS = {"delivery_method": "address", "street": "Jalan Contoh 1", "village_code": make.VILLAGE}


def fee(amount: int, district: str = DISTRICT) -> None:
    """Say what bringing an order to a district costs."""
    make.add(DeliveryFee(district_code=district, amount=amount, effective_from=make.LONG_AGO, source="Contoh"))


def fill(client: FlaskClient, *things: Product | Parcel, quantity: int = 1) -> None:
    """Put things into the basket through their pages."""
    for thing in things:
        path = "/produk/" if isinstance(thing, Product) else "/parsel/"
        assert client.post(path + thing.slug, data={"quantity": quantity}).status_code == 302


def sold_elsewhere(of: Product, quantity: int) -> None:
    """Let others order so many of a product."""
    with unit_of_work():
        stock.hold(f"order:elsewhere-{of.id}", {of.id: quantity}, None)


def hidden(client: FlaskClient, **choices: str) -> dict[str, str]:
    """Return what the checkout page carries unseen (key, basket, sums), after it was asked what the choices cost."""
    page = client.post("/bayar", data={**choices, "go": "count"}) if choices else client.get("/bayar")
    names = "key|seen|goods|fee"
    found = dict(re.findall(rf'name="({names})"[^>]* value="([^"]*)"', page.text))
    assert set(found) == set(names.split("|"))
    return found


def form(client: FlaskClient, **values: str) -> dict[str, str]:
    """Return a filled-in checkout form with the sums that were shown for it."""
    wanted = {**GUEST, **values}
    return {**hidden(client, **wanted), **wanted}


def order(client: FlaskClient, **values: str) -> Order:
    """Order what is in the basket and return the order."""
    answer = client.post("/bayar", data=form(client, **values))
    assert answer.status_code == 303, answer.text
    return at(answer.headers["Location"])


def at(location: str) -> Order:
    """Return the order whose page has an address."""
    db.session.rollback()
    last = location.rsplit("/", 1)[1]
    is_id = location.startswith("/pesanan/")
    return db.session.scalars(select(Order).where(Order.id == int(last) if is_id else Order.token == last)).one()


def all_orders() -> list[Order]:
    """Return every order there is."""
    db.session.rollback()
    return list(db.session.scalars(select(Order).order_by(Order.id)))


def yesterday() -> dt.date:
    """Return a day that is over everywhere."""
    return dt.datetime.now(dt.UTC).date() - dt.timedelta(days=2)
