"""Sheets for fetching and packing: each says all of its own work and nothing twice."""

import datetime as dt
import re

import pytest
from flask.testing import FlaskClient

from marketplace.catalog.models import Product
from marketplace.extensions import db
from marketplace.ledger.models import Account
from marketplace.orders import adjustments, service
from marketplace.orders.models import Order
from marketplace.orders.wanted import LineRequest
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.stock.movements import deliver_to_store
from tests import make
from tests.orders.asking import placed
from tests.parcels import build

PICKING = "/dinas/pesanan/ambil"


@pytest.fixture
def packer(client: FlaskClient) -> FlaskClient:
    make.sign_in(client, make.user(Role.PACKER))
    return client


def paid(*lines: LineRequest) -> Order:
    order = placed(*lines)
    with unit_of_work():
        service.mark_paid(order.id, order.due_amount, Account.BANK, f"payment:{order.id}", None)
    return order


def of(product: Product, quantity: int) -> LineRequest:
    return LineRequest(quantity, product_id=product.id)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2]))


def sheets(client: FlaskClient, query: str = "") -> dict[str, str]:
    """Return place → the words of its sheet."""
    parts = words(client.get(PICKING + query).text).split("To fetch: ")[1:]
    return {re.match(r"KUBE \w+|Gudang Dinas Sosial", part)[0]: part for part in parts}  # type: ignore[index]


def test_each_place_has_one_sheet_that_sums_what_open_orders_hold_there(packer: FlaskClient) -> None:
    make.store()
    group = make.group(name="KUBE Satu", phone="+6281250000401")
    dodol, wajik = make.product(group, name="Dodol", stock=10), make.product(group, name="Wajik", stock=10)
    other = make.product(make.group(name="KUBE Dua"), name="Sapu", stock=10)
    with unit_of_work():
        deliver_to_store(dodol.id, 3, None)
    first, second = paid(of(dodol, 2), of(other, 1)), paid(of(dodol, 4), of(wajik, 1))
    waiting = placed(of(wajik, 5))
    found = sheets(packer)
    assert list(found) == ["Gudang Dinas Sosial", "KUBE Dua", "KUBE Satu"]
    assert f"Dodol KUBE Satu 3 bungkus {first.number} (2), {second.number} (1)" in found["Gudang Dinas Sosial"]
    assert "Kandangan" not in found["Gudang Dinas Sosial"]  # the store is no KUBE's
    sheet = found["KUBE Satu"]
    assert "Kandangan Kota · 0812 5000 0401" in sheet
    assert f"Dodol KUBE Satu 3 bungkus {second.number} (3)" in sheet
    assert f"Wajik KUBE Satu 1 bungkus {second.number} (1)" in sheet
    assert "Sapu" not in sheet
    assert waiting.number not in " ".join(found.values())


def test_a_day_narrows_the_sheets(packer: FlaskClient) -> None:
    order = paid(of(make.product(stock=5), 1))
    day = order.ready_on
    assert sheets(packer, f"?until={day.isoformat()}")
    assert not sheets(packer, f"?until={(day - dt.timedelta(days=1)).isoformat()}")


def packing(client: FlaskClient, order: Order) -> str:
    return words(client.get(f"/dinas/pesanan/{order.id}/kemas").text)


def test_the_packing_sheet_lists_single_goods_once_and_opens_every_parcel(packer: FlaskClient) -> None:
    dodol, sapu = make.product(name="Dodol", stock=20), make.product(name="Sapu", stock=20)
    tikar = make.product(name="Tikar", stock=20)
    parcel = build.offered({dodol: 2, sapu: 1}, name="Parsel Lebaran")
    order = paid(LineRequest(3, parcel_id=parcel.id), of(tikar, 1))
    _leave_out(order, "Parsel Lebaran", 1)
    page = packing(packer, order)
    assert page.count("Tikar") == 1
    assert re.search(r"Single goods .*Tikar KUBE \d+ 1 bungkus KUBE \d+ ☐", page)
    assert "2 × Parsel Lebaran" in page
    assert re.search(r"Dodol KUBE \d+ 2 4 bungkus", page)
    assert re.search(r"Sapu KUBE \d+ 1 2 bungkus", page)


def _leave_out(order: Order, name: str, quantity: int) -> None:
    with unit_of_work():
        line = next(line for line in db.session.get_one(Order, order.id).lines if line.name == name)
        adjustments.short_ship(order.id, line.id, quantity, "Rusak", None)


def test_what_is_left_out_altogether_is_not_packed(packer: FlaskClient) -> None:
    dodol, sapu = make.product(name="Dodol", stock=20), make.product(name="Sapu", stock=20)
    order = paid(of(dodol, 2), of(sapu, 1))
    _leave_out(order, "Dodol", 2)
    page = packing(packer, order)
    assert "Sapu" in page
    assert "Dodol" not in page


def test_where_a_product_lies_is_counted_only_when_it_lies_in_two_places(packer: FlaskClient) -> None:
    make.store()
    dodol = make.product(make.group(name="KUBE Satu"), name="Dodol", stock=10)
    with unit_of_work():
        deliver_to_store(dodol.id, 3, None)
    near, far = paid(of(dodol, 2)), paid(of(dodol, 4))
    assert "2 bungkus Gudang Dinas Sosial ☐" in packing(packer, near)
    assert "4 bungkus Gudang Dinas Sosial (1), KUBE Satu (3) ☐" in packing(packer, far)
