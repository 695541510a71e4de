"""What a buyer reads of an order that he did not get, or not all of: what it was, and where the money is."""

import pytest
from flask.testing import FlaskClient

from marketplace.extensions import db
from marketplace.orders import adjustments
from marketplace.orders.models import Order
from marketplace.payments import refunds
from marketplace.payments.models import Payment, RefundMethod
from marketplace.shared.transaction import unit_of_work
from tests import make
from tests.ledger.earning import money_in
from tests.payments.billing import bank, confirmed, packed, qris
from tests.storefront.buying import fill, order


@pytest.fixture
def shop(client: FlaskClient) -> FlaskClient:
    """Return the browser of a guest with two of a product in the basket, at Rp30.000 each."""
    bank()
    qris()
    fill(client, make.product(stock=5, price=30_000, name="Dodol Nangka"), quantity=2)
    return client


def paid(client: FlaskClient) -> Order:
    made = order(client, payment_method="qris")
    confirmed(db.session.scalars(db.select(Payment)).one())
    return made


def leave_out_one(of: Order) -> None:
    with unit_of_work():
        adjustments.short_ship(of.id, db.session.get_one(Order, of.id).lines[0].id, 1, "Habis", None)


def give_back(of: Order, amount: int) -> None:
    money_in(amount)
    with unit_of_work():
        refunds.record_refund(of.id, amount, RefundMethod.CASH, "Siti", "Batal", None)


@pytest.mark.parametrize("is_paid", [True, False])
def test_a_cancelled_order_shows_what_had_been_ordered(shop: FlaskClient, is_paid: bool) -> None:
    made = paid(shop) if is_paid else order(shop, payment_method="transfer")
    shop.post(f"/p/{made.token}/batal")
    page = shop.get(f"/p/{made.token}").text
    assert "2 × Dodol Nangka" in page
    assert "The order was cancelled." in page
    assert "You do not pay this." not in page
    assert ("will be given back" in page) is is_paid
    for text in (page, shop.get("/pesanan").text):
        assert "Rp60.000" in text
        assert "Rp0" not in text


def test_money_of_a_cancelled_order_will_be_given_back_until_it_was(shop: FlaskClient) -> None:
    made = paid(shop)
    shop.post(f"/p/{made.token}/batal")
    assert "The order was cancelled. Rp60.000 will be given back." in shop.get(f"/p/{made.token}").text
    give_back(made, 60_000)
    assert "The order was cancelled. Rp60.000 was given back." in shop.get(f"/p/{made.token}").text


def test_what_was_paid_and_left_out_will_be_given_back(shop: FlaskClient) -> None:
    made = paid(shop)
    leave_out_one(made)
    page = shop.get(f"/p/{made.token}").text
    assert "1 × Dodol Nangka" in page
    assert "Not bought after all: Rp30.000. Rp30.000 will be given back." in page
    give_back(made, 30_000)
    assert "Not bought after all: Rp30.000. Rp30.000 was given back." in shop.get(f"/p/{made.token}").text


def test_what_was_left_out_before_it_was_paid_is_never_paid(shop: FlaskClient) -> None:
    made = order(shop)  # in cash, at pick-up
    leave_out_one(made)
    said = "Not bought after all: Rp30.000. You do not pay this."
    assert said in shop.get(f"/p/{made.token}").text
    packed(made)
    confirmed(db.session.scalars(db.select(Payment)).one(), 30_000, "")
    assert said in shop.get(f"/p/{made.token}").text


def test_nobody_chooses_how_to_pay_an_order_that_has_ended(shop: FlaskClient) -> None:
    made = order(shop, payment_method="transfer")
    shop.post(f"/p/{made.token}/batal")
    answer = shop.get(f"/p/{made.token}/cara-bayar", follow_redirects=True)
    assert "There is nothing to pay." in answer.text
    assert 'name="payment_method"' not in answer.text
