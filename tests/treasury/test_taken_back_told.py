"""What buyers, offices and treasurers read once a payment that was booked by mistake is taken back."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from marketplace.extensions import db
from marketplace.offices.models import Invoice
from marketplace.orders import adjustments
from marketplace.orders import service as orders
from marketplace.orders.history import owed_back
from marketplace.orders.models import Order, OrderState
from marketplace.orders.wanted import LineRequest
from marketplace.payments import queries, refunds
from marketplace.payments import service as payments
from marketplace.payments.models import Payment, RefundMethod, UniqueCode
from marketplace.shared.policy import Role
from marketplace.shared.transaction import unit_of_work
from marketplace.treasury.models import Outcome
from marketplace.treasury.queries import proposals
from tests import make
from tests.offices.purchasing import Bureau, do
from tests.payments import billing
from tests.treasury.taking import fresh
from tests.treasury.test_taken_back import matched, paid, taken_back, whole


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


def test_the_code_is_the_bills_as_long_as_the_account_is(app: Flask) -> None:
    account = billing.bank()
    bill = billing.bill(billing.order())
    billing.confirmed(bill)
    taken_back(bill)
    again = open_bill(bill.order_id)
    kept = db.session.scalars(select(UniqueCode)).one()
    assert (again.account_id, again.unique_code) == (account.id, bill.unique_code)
    assert (kept.payment_id, kept.code) == (again.id, bill.unique_code)


@pytest.mark.parametrize("is_late", [False, True])
def test_the_same_line_pays_the_order_again(app: Flask, is_late: bool) -> None:
    payment, row = paid()
    if is_late:  # the code is reserved no longer
        with unit_of_work():
            db.session.execute(delete(UniqueCode))
    taken_back(payment)
    again = open_bill(payment.order_id)
    assert (again.amount, again.unique_code) == (payment.amount, payment.unique_code)
    assert [each.bill.payment_id for each in proposals([fresh(row)])[row.id]] == [again.id]
    assert matched(payment.order_id, row.amount).outcome is Outcome.PAID
    assert billing.state_of(order_of(payment)) is OrderState.PROCESSING
    assert whole()


def test_a_short_payment_that_was_anothers_leaves_the_bill_as_it_was(app: Flask, client: FlaskClient) -> None:
    billing.bank()
    bill = billing.bill(billing.order())
    matched(bill.order_id, bill.amount - 7_000)
    taken_back(billing.fresh(bill))
    again = open_bill(bill.order_id)
    assert (again.amount, again.unique_code, again.expires_at is None) == (bill.amount, bill.unique_code, False)
    page = client.get(f"/p/{order_of(bill).token}").text
    assert again.instruction["number"] in page
    assert whole()
    assert matched(bill.order_id, bill.amount - 7_000).outcome is Outcome.SHORT
    assert queries.kept_of(order_of(bill)).missing == 7_000
    assert whole()


def test_the_buyer_reads_why_he_is_asked_again_until_he_paid(app: Flask, client: FlaskClient) -> None:
    payment, row = paid()
    taken_back(payment)
    page = f"/p/{order_of(payment).token}"
    assert "Uang pesanan lain" in client.get(page).text
    matched(payment.order_id, row.amount)
    assert "Uang pesanan lain" not in client.get(page).text


def test_an_invoice_lists_only_money_that_is_the_offices(app: Flask, client: FlaskClient) -> None:
    product = make.product(price=50_000, approved_price=50_000, stock=5)
    bureau = Bureau(credit=1_000_000)
    order = bureau.ordered(LineRequest(1, product_id=product.id))
    first, _second = matched(order.id, 12_345), matched(order.id, 23_456)
    taken_back(first.payment)
    invoice = db.session.query(Invoice).filter_by(order_id=order.id).one()
    make.sign_in(client, make.user(Role.TREASURER))
    desk = client.get(f"/dinas/tagihan/{invoice.id}").text
    make.sign_in(client, bureau.approver)
    theirs = client.get(f"/instansi/tagihan/{invoice.id}").text
    for page in (desk, theirs):
        assert ("12.345" in page or "12,345" in page, "23.456" in page or "23,456" in page) == (False, True)
