"""What buyers, offices and treasurers read once a payment that was booked by mistake is taken back."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.extensions import db
from marketplace.orders import adjustments
from marketplace.orders import service as orders
from marketplace.orders.history import owed_back
from marketplace.orders.models import Order
from marketplace.payments import refunds
from marketplace.payments import service as payments
from marketplace.payments.models import Payment, RefundMethod
from marketplace.shared.policy import Role
from marketplace.treasury.models import Outcome
from tests import make
from tests.offices.purchasing import do
from tests.treasury.test_taken_back import matched, paid, taken_back


def order_of(payment: Payment) -> Order:
    db.session.expire_all()
    return db.session.get_one(Order, payment.order_id)


def open_bill(order_id: int) -> Payment:
    db.session.expire_all()
    found = payments.open_payment(order_id)
    assert found is not None
    return found


def cancelled(payment: Payment) -> None:
    do(orders.pack, payment.order_id, None)
    do(adjustments.cancel, payment.order_id, by_buyer=False, reason="Bukan uangnya", actor_id=None)


def test_no_buyer_is_told_that_money_which_was_never_his_was_given_back(app: Flask, client: FlaskClient) -> None:
    payment, _row = paid()
    cancelled(payment)
    page = f"/p/{order_of(payment).token}"
    assert "will be given back" in client.get(page).text
    taken_back(payment)
    assert "given back" not in client.get(page).text
    assert owed_back(order_of(payment)).say_all() == ""
    make.sign_in(client, make.user(Role.TREASURER))
    assert "was given back" not in client.get(f"/dinas/pesanan/{payment.order_id}").text


@pytest.mark.parametrize("is_given", [False, True])
def test_of_money_that_came_twice_his_own_is_told_of(app: Flask, is_given: bool) -> None:
    payment, row = paid()
    own = matched(payment.order_id, row.amount)
    assert own.outcome is Outcome.TWICE
    cancelled(payment)
    if is_given:
        do(refunds.record_refund, payment.order_id, row.amount, RefundMethod.TRANSFER, "FT-1", "Batal", None)
    before = owed_back(order_of(payment)).say_all()
    taken_back(payment)
    said = owed_back(order_of(payment)).say_all()
    assert said == (before.replace("will be", "was") if is_given else before) != ""
