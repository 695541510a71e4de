"""The buyer's word that he paid: with a photo or a note, by account or secret link."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image as Pillow

from marketplace.extensions import db
from marketplace.orders.models import Order, OrderState
from marketplace.payments.models import PaymentState
from marketplace.shared.images import Image
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.payments import billing


def photo() -> io.BytesIO:
    """Return a small JPEG as a phone would send it."""
    out = io.BytesIO()
    Pillow.new("RGB", (600, 800), (200, 180, 60)).save(out, "JPEG")
    out.seek(0)
    return out


@pytest.fixture
def order(app: Flask) -> Order:
    """Return an order with an open transfer bill."""
    billing.bank()
    order = billing.order()
    billing.bill(order)
    return order


def test_a_guest_sends_a_photo_that_only_the_treasurer_sees(order: Order, client: FlaskClient) -> None:
    address = f"/p/{order.token}/bukti"
    assert client.get(address).status_code == 200
    answer = client.post(address, data={"photo": (photo(), "bukti.jpg")}, content_type="multipart/form-data")
    assert answer.location == f"/p/{order.token}"
    assert billing.state_of(order) is OrderState.AWAITING_VERIFICATION
    picture = db.session.query(Image).one()
    assert picture.is_private
    assert client.get(f"/foto/{picture.token}-960.jpg").status_code == 404
    shown = "/dinas/pembayaran/1/bukti.jpg"
    assert client.get(shown).status_code == 302
    make.sign_in(client, make.user(Role.TREASURER))
    seen = client.get(shown)
    assert (seen.status_code, seen.mimetype) == (200, "image/jpeg")
    assert "no-store" in seen.headers["Cache-Control"]
    seen.close()


def test_a_note_is_enough_and_nothing_is_not(order: Order, client: FlaskClient) -> None:
    address = f"/p/{order.token}/bukti"
    assert client.post(address, data={"note": " "}).status_code == 422
    assert billing.state_of(order) is OrderState.AWAITING_PAYMENT
    assert client.post(address, data={"note": "Rekening atas nama Siti"}).status_code == 302
    assert billing.state_of(order) is OrderState.AWAITING_VERIFICATION


@pytest.mark.parametrize("content", [b"", b"GIF89a nothing", b"\xff\xd8\xff broken"])
def test_what_is_no_photo_is_said_beside_the_field(order: Order, client: FlaskClient, content: bytes) -> None:
    sent = {"photo": (io.BytesIO(content), "bukti.jpg"), "note": "Siti"}
    answer = client.post(f"/p/{order.token}/bukti", data=sent, content_type="multipart/form-data")
    if content:
        assert answer.status_code == 422
        assert "Siti" in answer.text
        assert db.session.query(Image).count() == 0
    else:
        assert answer.status_code in (302, 422)


def test_a_buyer_sends_it_for_his_own_order_only(order: Order, client: FlaskClient) -> None:
    owner, stranger = make.user(), make.user()
    with unit_of_work():
        db.session.get_one(Order, order.id).buyer_id = owner.id
    address = f"/pesanan/{order.id}/bukti"
    assert client.get(address).status_code == 302
    make.sign_in(client, stranger)
    assert client.post(address, data={"note": "Siti"}).status_code == 404
    make.sign_in(client, owner)
    assert client.post(address, data={"note": "Siti"}).location == f"/pesanan/{order.id}"
    assert billing.state_of(order) is OrderState.AWAITING_VERIFICATION


def test_a_paid_or_cash_order_takes_no_proof(order: Order, client: FlaskClient) -> None:
    cash = billing.order()
    billing.bill(cash, "cash")
    billing.confirmed(billing.bill(order))
    for row in (order, cash):
        assert client.post(f"/p/{row.token}/bukti", data={"note": "Siti"}).location == f"/p/{row.token}"
    assert billing.state_of(order) is OrderState.PROCESSING


def test_a_strange_link_leads_nowhere(order: Order, client: FlaskClient) -> None:
    assert client.get("/p/nothing/bukti").status_code == 404
    assert client.post(f"/p/{order.token}x/bukti", data={"note": "Siti"}).status_code == 404


@pytest.mark.parametrize("code", ["transfer", "qris", "cash"])
def test_the_orders_page_tells_how_to_pay(app: Flask, client: FlaskClient, code: str) -> None:
    billing.bank()
    billing.qris()
    order = billing.order(75_000)
    bill = billing.bill(order, code)
    page = client.get(f"/p/{order.token}").text
    assert f"{bill.amount:,}".replace(",", ".") in page
    expected = {"transfer": "0011223344", "qris": f"/pembayaran/{bill.id}/qris.svg", "cash": order.pickup_code}
    assert expected[code] in page
    assert (f"/p/{order.token}/bukti" in page) is (code != "cash")
    assert billing.fresh(bill).state is PaymentState.PENDING
