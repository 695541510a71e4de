"""No page asks the database more than six times, however many rows there are."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from marketplace.catalog.models import Permit, PermitKind, Product
from marketplace.extensions import db
from marketplace.orders.models import Order
from marketplace.parcels.models import Parcel
from marketplace.shared.policy import Role
from tests import make
from tests.counting import counted_queries
from tests.parcels.build import offered
from tests.payments.billing import bank, qris
from tests.storefront.buying import TO_ADDRESS, fee, fill, order

pytestmark = pytest.mark.once
"""Either database is asked the same questions, as often."""
MOST = 6


@pytest.fixture
def shop(client: FlaskClient) -> FlaskClient:
    """Return the browser of a signed-in buyer with a full basket and two orders in a full shop."""
    fee(10_000)
    bank()
    qris()
    group = make.group(slug="group")
    products = [make.product(group, slug=f"p{number}", stock=50) for number in range(28)]
    for product in products[:10]:
        make.add(Permit(product_id=product.id, kind=PermitKind.HALAL, number="1"))
    others = [make.product(stock=50) for _ in range(6)]
    for number in range(3):
        offered(dict.fromkeys(others, 1), name=f"Parsel {number}")
    make.sign_in(client, make.user(Role.BUYER))
    things = [*products[:5], *db.session.scalars(db.select(Parcel))]
    for _time in range(2):
        fill(client, *things)
        order(client, **TO_ADDRESS, payment_method="qris")
    fill(client, *things)
    return client


PAGES: dict[str, Callable[[], str]] = {
    "home": lambda: "/",
    "list": lambda: "/produk",
    "narrowed": lambda: "/produk?halal=1&available=1&sort=name&page=1",
    "search": lambda: "/cari?q=keripik",
    "product": lambda: f"/produk/{db.session.scalars(db.select(Product.slug)).first()}",
    "parcels": lambda: "/parsel",
    "parcel": lambda: "/parsel/parsel-0",
    "group": lambda: "/kelompok/group",
    "basket": lambda: "/keranjang",
    "checkout": lambda: "/bayar",
    "orders": lambda: "/pesanan",
    "order": lambda: f"/pesanan/{db.session.scalars(db.select(Order.id)).first()}",
    "pay otherwise": lambda: f"/pesanan/{db.session.scalars(db.select(Order.id)).first()}/cara-bayar",
}


@pytest.mark.parametrize("name", PAGES)
def test_few_queries_whatever_the_rows(shop: FlaskClient, name: str) -> None:
    address = PAGES[name]()
    shop.get(address)  # what changes once in ten minutes is known then
    db.session.remove()
    with counted_queries() as queries:
        answer = shop.get(address)
    assert answer.status_code == 200
    assert len(queries) <= MOST, "\n".join(queries)
    assert queries != []
