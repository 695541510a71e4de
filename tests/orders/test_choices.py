"""What may come in the place of something missing: what is sold and there, of its kind and near its price first."""

import pytest
from flask.testing import FlaskClient

from marketplace.catalog.models import Category, ProductState
from marketplace.orders import substitutes
from marketplace.orders.models import Order
from marketplace.orders.wanted import LineRequest
from marketplace.shared.policy import Role
from tests import make
from tests.orders.asking import placed
from tests.orders.test_money import pay
from tests.parcels import build

MISSING = "Is one thing missing inside a parcel?"
OTHERWISE = "Or ask the buyer under"


def offered(order: Order) -> list[str]:
    return [product.name for _key, product, _free in substitutes.choices(order)]


@pytest.mark.usefixtures("app")
def test_of_its_kind_and_near_its_price_comes_first() -> None:
    missing = make.product(name="Madu", price=30_000, category=Category.FRESH, stock=5)
    mat = make.product(name="Tikar", price=200_000, category=Category.CRAFT, stock=5)
    for name, price, category in (
        ("Pisang", 10_000, Category.FRESH),
        ("Labu", 29_000, Category.FRESH),
        ("Bakul", 195_000, Category.CRAFT),
        ("Keripik", 28_000, Category.SNACK),
        ("Sirup", 180_000, Category.DRINK),
        ("Emas", 200_001, Category.CRAFT),
    ):
        make.product(name=name, price=price, category=category, stock=2)
    order = placed(LineRequest(1, product_id=missing.id), LineRequest(1, product_id=mat.id))
    assert offered(order) == ["Labu", "Bakul", "Pisang", "Keripik", "Sirup"]


@pytest.mark.usefixtures("app")
def test_what_nobody_can_buy_is_no_choice() -> None:
    missing = make.product(price=30_000, stock=5)
    make.product(name="Habis", price=20_000, stock=0)
    make.product(name="Ditarik", price=20_000, stock=3, state=ProductState.PAUSED)
    taken = make.product(name="Dipesan orang", price=20_000, stock=1)
    placed(LineRequest(1, product_id=taken.id))
    make.product(name="Ada", price=20_000, stock=1)
    assert offered(placed(LineRequest(1, product_id=missing.id))) == ["Ada"]


def test_the_packer_reads_prices_and_what_to_do_about_a_parcel(client: FlaskClient) -> None:
    make.sign_in(client, make.user(Role.PACKER))
    parcel = build.offered({make.product(stock=2): 1, make.product(stock=2): 1}, price=60_000)
    order = placed(LineRequest(2, parcel_id=parcel.id))
    pay(order)
    url = f"/dinas/pesanan/{order.id}"
    assert MISSING in client.get(url).text
    assert OTHERWISE not in client.get(url).text
    make.product(name="Ada", price=order.lines[0].unit_price, stock=1)
    page = client.get(url).text
    assert OTHERWISE in page
    assert f"{order.lines[0].name} (2) · Rp" in page
    plain = placed(LineRequest(1, product_id=make.product(stock=1).id))
    pay(plain)
    assert MISSING not in client.get(f"/dinas/pesanan/{plain.id}").text
