"""Where orders are picked up: written by the administrator of a regency, read by its buyers."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.areas.pickup import Place, place_of
from marketplace.extensions import cache
from marketplace.orders.models import DeliveryFee, DeliveryMethod
from marketplace.orders.wanted import Delivery, LineRequest
from marketplace.shared.policy import Role
from tests import make
from tests.orders.asking import placed
from tests.payments import billing
from tests.storefront import buying

HERE = "/dinas/pengaturan/63.06/tempat-ambil"
WRITTEN = {"address": "Jalan Contoh 7, Kandangan", "hours": "Senin–Jumat 08.00–15.00"}


@pytest.fixture
def admin(app: Flask, client: FlaskClient) -> FlaskClient:
    make.sign_in(client, make.user(Role.ADMINISTRATOR))
    return client


def test_buyers_read_where_to_go_and_when(admin: FlaskClient) -> None:
    assert "Buyers do not see where to go" in admin.get("/dinas/pengaturan").text
    assert admin.post(HERE, data=WRITTEN).status_code == 303
    cache.clear()
    assert WRITTEN["address"] in admin.get("/dinas/pengaturan").text
    assert f'value="{WRITTEN["address"]}"' in admin.get(HERE).text
    order = billing.order()
    billing.bill(order, "cash")
    page = admin.get(f"/p/{order.token}").text
    buying.fill(admin, make.product(stock=5))
    checkout = admin.get("/bayar").text
    for text in WRITTEN.values():
        assert page.count(text) == 2  # beside the code, and under the delivery
        assert text in checkout


def test_an_order_that_is_brought_names_no_place_to_fetch_it(admin: FlaskClient) -> None:
    admin.post(HERE, data=WRITTEN)
    cache.clear()
    make.add(DeliveryFee(district_code="63.06.05", amount=5_000, effective_from=make.LONG_AGO, source="SK"))
    product = make.product(stock=5)
    office = Delivery(DeliveryMethod.OFFICE, street="Ruang 7", village_code=make.VILLAGE)
    order = placed(LineRequest(1, product_id=product.id), delivery=office)
    assert WRITTEN["address"] not in admin.get(f"/p/{order.token}").text


@pytest.mark.parametrize("field", ["address", "hours"])
@pytest.mark.parametrize("typed", ["", " ", "x" * 301])
def test_what_is_missing_or_too_long_is_said(admin: FlaskClient, field: str, typed: str) -> None:
    answer = admin.post(HERE, data={**WRITTEN, field: typed})
    assert answer.status_code == 422
    assert typed.strip() in answer.text
    assert place_of("63.06") == Place()


@pytest.mark.parametrize("code", ["63", "63.07", "63.06.05", "xx"])
def test_only_for_a_regency_of_ones_own(admin: FlaskClient, code: str) -> None:
    assert admin.post(f"/dinas/pengaturan/{code}/tempat-ambil", data=WRITTEN).status_code == 404
    assert place_of(code) == Place()
